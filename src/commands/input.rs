//! Texts that a user hands over: a file, or stdin.

use std::path::Path;

use crate::error::{Error, Kind, Result};

/// The text of the file `path`; `-` reads stdin. `flag` is what named it.
///
/// # Errors
/// It does not exist, or cannot be read.
pub async fn read_text(path: &Path, flag: &str) -> Result<String> {
    let shown = path.display().to_string();
    let text = if shown == "-" {
        // On a thread of its own: Ctrl-C must not wait for whoever writes stdin.
        tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin()))
            .await
            .unwrap_or_else(|ended| Err(std::io::Error::other(ended)))
    } else {
        std::fs::read_to_string(path)
    };
    text.map_err(|error| {
        let kind = if error.kind() == std::io::ErrorKind::NotFound {
            Kind::NotFound
        } else {
            Kind::Failed
        };
        Error::new(kind, format!("File `{shown}` could not be read"))
            .cause(error.to_string())
            .target(flag)
    })
}
