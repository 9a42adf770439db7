//! The `ghl-tui` program: calls the library and exits with its status.

use std::process::ExitCode;

fn main() -> ExitCode {
    ghl_tui::app::run(std::env::args_os())
}
