//! What a machine must offer for a node: Linux, root, and two programs.

use std::path::PathBuf;

use crate::env;
use crate::sandbox::error::Error;

/// Programs that make the networks, each with the package that has it.
const PROGRAMS: [(&str, &str); 2] = [("ip", "iproute2"), ("unshare", "util-linux")];

/// Tells whether a node can be made here, before anything is started.
///
/// # Errors
/// The first thing that is missing.
pub fn check() -> Result<(), Error> {
    if !cfg!(target_os = "linux") {
        return Err(Error::NotLinux);
    }
    if !is_root() {
        return Err(Error::NotRoot);
    }
    for (program, package) in PROGRAMS {
        if find(program).is_none() {
            return Err(Error::ProgramMissing { program, package });
        }
    }
    podid_nmi().map(drop)
}

/// The podid-nmi to run: the one beside this podid, else the first on the search path.
///
/// # Errors
/// There is none.
pub(super) fn podid_nmi() -> Result<PathBuf, Error> {
    let name = "podid-nmi";
    let beside = std::env::current_exe()
        .ok()
        .map(|own| own.with_file_name(name))
        .filter(|file| file.is_file());
    beside.or_else(|| find(name)).ok_or(Error::NmiMissing)
}

#[cfg(target_os = "linux")]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(target_os = "linux"))]
fn is_root() -> bool {
    false
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::read_os(env::PATH)?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
