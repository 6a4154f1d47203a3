//! Finds and reads kubeconfigs.
//!
//! Messages name the file, the line and the context, never a line's text: it may be a key or a token.

use std::io;
use std::path::{Path, PathBuf};

use kube::config::{Kubeconfig, KubeconfigError};

use super::error::Error;
use crate::env;

/// A kubeconfig and where it came from.
#[derive(Debug)]
pub(crate) struct Found {
    /// For messages: a path, or the name of a source.
    pub(crate) origin: String,
    /// The merged content.
    pub(crate) config: Kubeconfig,
}

/// Reads a kubeconfig that is in memory only.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Found, Error> {
    let origin = "the kubeconfig from Azure".to_owned();
    let text = std::str::from_utf8(bytes).map_err(|_| Error::Kubeconfig {
        origin: origin.clone(),
        message: "it is not UTF-8 text".to_owned(),
    })?;
    let config = Kubeconfig::from_yaml(text).map_err(|error| refused(&origin, &error))?;
    Ok(Found { origin, config })
}

/// Reads the kubeconfig of one file.
pub(crate) fn from_file(path: &Path) -> Result<Found, Error> {
    let origin = format!("kubeconfig `{}`", path.display());
    let config = Kubeconfig::read_from(path).map_err(|error| refused(&origin, &error))?;
    Ok(Found { origin, config })
}

/// Reads what kubectl would read: the files of `KUBECONFIG`, else `~/.kube/config`.
///
/// Answers the paths that were looked at when none of them exists. A file of the list may be missing,
/// as kubectl allows it.
pub(crate) fn from_environment() -> Result<Result<Found, Vec<String>>, Error> {
    let paths = candidates(env::read_os(env::KUBECONFIG), std::env::home_dir());
    merged(&paths)
}

fn candidates(variable: Option<std::ffi::OsString>, home: Option<PathBuf>) -> Vec<PathBuf> {
    let listed: Vec<PathBuf> = variable
        .iter()
        .flat_map(std::env::split_paths)
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    if listed.is_empty() {
        home.map(|home| home.join(".kube").join("config"))
            .into_iter()
            .collect()
    } else {
        listed
    }
}

fn merged(paths: &[PathBuf]) -> Result<Result<Found, Vec<String>>, Error> {
    let mut found: Option<Found> = None;
    for path in paths {
        let next = match from_file(path) {
            Err(Error::Kubeconfig { .. }) if !path.exists() => continue,
            other => other?,
        };
        found = Some(match found {
            None => next,
            Some(before) => Found {
                config: before
                    .config
                    .merge(next.config)
                    .map_err(|error| refused(&next.origin, &error))?,
                origin: format!("{}, {}", before.origin, next.origin),
            },
        });
    }
    Ok(found.ok_or_else(|| {
        paths
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect()
    }))
}

/// Says what is wrong with a kubeconfig without repeating what is in it.
pub(crate) fn refused(origin: &str, error: &KubeconfigError) -> Error {
    let message = match error {
        KubeconfigError::ReadConfig(source, _) if source.kind() == io::ErrorKind::NotFound => {
            "the file does not exist".to_owned()
        }
        KubeconfigError::Parse(source) => match source.location() {
            Some(at) => format!(
                "it is not valid at line {}, column {}",
                at.line(),
                at.column()
            ),
            None => "it is not valid YAML".to_owned(),
        },
        other => other.to_string(),
    };
    Error::Kubeconfig {
        origin: origin.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::{candidates, from_bytes, merged};
    use std::path::PathBuf;

    const ONE: &str = "apiVersion: v1\nkind: Config\ncurrent-context: one\ncontexts:\n- name: one\n  context: {cluster: a, user: a}\n";
    const TWO: &str = "apiVersion: v1\nkind: Config\ncurrent-context: two\ncontexts:\n- name: two\n  context: {cluster: b, user: b}\n";

    #[test]
    fn the_list_wins_over_the_home_directory() {
        let home = Some(PathBuf::from("/home/me"));
        assert_eq!(
            candidates(None, home.clone()),
            [PathBuf::from("/home/me/.kube/config")]
        );
        assert_eq!(
            candidates(Some("".into()), home.clone()),
            [PathBuf::from("/home/me/.kube/config")]
        );
        let list = std::env::join_paths(["/a", "/b"]).unwrap();
        assert_eq!(
            candidates(Some(list), home),
            [PathBuf::from("/a"), PathBuf::from("/b")]
        );
    }

    #[test]
    fn files_merge_and_missing_ones_are_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        std::fs::write(&one, ONE).unwrap();
        std::fs::write(&two, TWO).unwrap();
        let found = merged(&[folder.path().join("none"), one, two])
            .unwrap()
            .unwrap();
        assert_eq!(found.config.current_context.as_deref(), Some("one"));
        assert_eq!(found.config.contexts.len(), 2);
        let looked_at = merged(&[folder.path().join("none")]).unwrap().unwrap_err();
        assert_eq!(looked_at.len(), 1);
    }

    #[test]
    fn a_malformed_one_is_named_without_its_content() {
        let error = from_bytes(
            b"apiVersion: v1\nusers:\n- name: a\n  user: {token: s3cret, token: s3cret2}\n: :\n",
        );
        let text = error.unwrap_err().to_string();
        assert!(text.contains("line"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}
