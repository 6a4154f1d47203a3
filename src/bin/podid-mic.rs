//! The controller of podid.

use std::process::ExitCode;

fn main() -> ExitCode {
    podid::mic::main()
}
