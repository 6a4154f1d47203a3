//! Changes of the configuration file that keep its comments and its order.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::file;
use super::key::Key;
use crate::error::{Error, Kind, Result};

/// The text with `key` set to `value`, or without it.
#[must_use]
pub fn changed(text: &str, key: Key, value: Option<&str>) -> String {
    let line = value.map(|value| format!("{key}: {}\n", scalar(value)));
    let mut found = false;
    let mut new = String::with_capacity(text.len());
    for old in text.split_inclusive('\n') {
        if is_about(old, key) {
            found = true;
            new.extend(line.clone());
        } else {
            new.push_str(old);
        }
    }
    if let (false, Some(line)) = (found, line) {
        if !new.is_empty() && !new.ends_with('\n') {
            new.push('\n');
        }
        new.push_str(&line);
    }
    new
}

fn is_about(line: &str, key: Key) -> bool {
    let Some((name, _)) = line.split_once(':') else {
        return false;
    };
    // Keys of the one mapping there is stand at the margin.
    !line.starts_with([' ', '#', '\t']) && name.trim().trim_matches(['"', '\'']) == key.name()
}

/// Always quoted, so that `no`, `1e3` or `a: b` stay text.
fn scalar(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let starts_well = value.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts_well && value.chars().all(plain) && !words.contains(&value.to_lowercase().as_str()) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "''"))
}

/// Writes the file whole or not at all, after reading it again as podid would.
///
/// # Errors
/// The new text would not be read back, or the file cannot be written.
pub fn write(path: &Path, text: &str) -> Result<()> {
    file::parse(text, path).map_err(|error| {
        error
            .context("The configuration file was left as it is")
            .hint("edit it by hand")
    })?;
    replace(path, text).map_err(|error| {
        Error::new(
            Kind::Failed,
            format!(
                "The configuration file `{}` could not be written",
                path.display()
            ),
        )
        .cause(error.to_string())
        .target(path.display().to_string())
    })
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link to the real file, as in a repository of dot files, stays a link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = folder.join(name);
    let written = fs::File::create(&beside).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(path) {
            new.set_permissions(old.permissions())?;
        }
        new.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_order_stay() {
        let text = "# mine\noutput: json # for scripts\n\nvia: direct";
        assert_eq!(
            changed(text, Key::Output, Some("table")),
            "# mine\noutput: table\n\nvia: direct"
        );
        assert_eq!(
            changed(text, Key::Subscription, Some("My sub: 1")),
            "# mine\noutput: json # for scripts\n\nvia: direct\nsubscription: 'My sub: 1'\n"
        );
        assert_eq!(
            changed(text, Key::Via, None),
            "# mine\noutput: json # for scripts\n\n"
        );
        assert_eq!(changed(text, Key::Color, None), text);
    }

    #[test]
    fn every_value_is_read_back() {
        for value in [
            "no", "1e3", "it's", "a: b", "# x", "0123", "null", "- x", "ü",
        ] {
            let text = changed("", Key::Subscription, Some(value));
            let back = file::parse(&text, Path::new("x")).unwrap();
            assert_eq!(back.subscription.as_deref(), Some(value), "{text}");
        }
    }
}
