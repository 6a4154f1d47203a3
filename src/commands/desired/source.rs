//! A file of pod identities, read and found good.

use std::fmt::Write as _;
use std::path::Path;

use ring::digest::{SHA256, digest};

use crate::commands::input;
use crate::context::Context;
use crate::domain::file::{self, Fault, Read};
use crate::error::{Error, Result};

/// A file that was read.
#[derive(Debug)]
pub struct Source {
    /// Its name, as given.
    pub name: String,
    /// SHA-256 of its text.
    pub sha256: String,
    /// What it says.
    pub read: Read,
}

/// Reads a file and says what deserves a look.
///
/// # Errors
/// It cannot be read, or is refused: every fault with its line and column.
pub async fn load(context: &Context, path: &Path) -> Result<Source> {
    let name = path.display().to_string();
    let text = input::read_text(path, "--file").await?;
    let read = file::read(&text).map_err(|faults| refused(&name, faults))?;
    for warning in &read.warnings {
        context.ui.warn(&format!("{name}: {warning}"));
    }
    Ok(Source {
        sha256: sha256(&text),
        name,
        read,
    })
}

/// The SHA-256 of a text.
#[must_use]
pub fn sha256(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    let mut hex = String::with_capacity(64);
    for byte in digest.as_ref() {
        // Writing to a text cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The error of a file with faults.
#[must_use]
pub fn refused(name: &str, faults: Vec<Fault>) -> Error {
    let message = format!("File `{name}` was refused");
    let hint = "docs/reference/file.md explains every key";
    let target = |fault: &Fault| format!("{name}:{}:{}", fault.line, fault.column);
    if let [only] = faults.as_slice() {
        return Error::usage(message)
            .cause(only.to_string())
            .hint(hint)
            .target(target(only));
    }
    let details = faults
        .iter()
        .map(|fault| Error::usage(fault.to_string()).target(target(fault)));
    Error::several(message, details.collect()).hint(hint)
}
