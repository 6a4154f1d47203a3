//! The podid command.

use std::process::ExitCode;

fn main() -> ExitCode {
    podid::cli::main()
}
