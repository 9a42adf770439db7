//! The `ghl-tui` program: hands over to the library and turns its answer into an exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    ghl_tui::app::run(std::env::args_os())
}
