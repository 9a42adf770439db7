//! The integration tests of the library, as one binary so that they link once.

mod architecture;
mod contract;
mod dedupe;
mod oauth;
mod sandbox;
mod screens;
mod support;
mod tokens;
mod transport;
mod worker;
