//! The node daemon of podid.

use std::process::ExitCode;

fn main() -> ExitCode {
    podid::nmi::main()
}
