//! The private folder of a sandbox, removed with its owner.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use super::error::Error;
use super::process::{Guarded, Program};

/// A folder of mode 0700 that vanishes when its owner drops it or is killed.
#[derive(Debug)]
pub(super) struct Folder {
    // Dropped first: its end removes the folder too.
    _guard: Guarded,
    folder: TempDir,
}

impl Folder {
    /// A new folder below the system's temporary one.
    pub(super) fn new() -> Result<Folder, Error> {
        let temporary = std::env::temp_dir();
        let folder = tempfile::Builder::new()
            .prefix("podid-sandbox-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .map_err(Error::path("create a folder in", &temporary))?;
        // The child only has to live as long as we do; what it says is of no interest.
        let log = NamedTempFile::new().map_err(Error::path("create a file in", &temporary))?;
        let guard = Guarded::start(Program {
            path: Path::new("/bin/sh"),
            arguments: ["-c", "exec sleep 2147483647"].map(String::from).to_vec(),
            environment: Vec::new(),
            folder: Path::new("/"),
            log: PathBuf::from(log.path()),
            remove: Some(folder.path()),
        })
        .map_err(Error::io("start /bin/sh"))?;
        Ok(Folder {
            _guard: guard,
            folder,
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}
