//! Sandboxes that outlive the command that started them, found again by name.
//!
//! Each has a folder below the cache folder with its log and a unix socket. Whether one runs is decided
//! by asking over that socket: a process id or a file alone proves nothing. Only the folder's owner can
//! reach the socket, so it may hand out the secrets of the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::assets::Places;
use super::error::Error;
use super::process;

/// How long a running server may take to say how it is.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// The name of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Default for Name {
    fn default() -> Self {
        Name("default".to_owned())
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Name, Error> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = (1..=32).contains(&text.len()) && text.chars().all(plain);
        if fits {
            Ok(Name(text.to_owned()))
        } else {
            Err(Error::Name(text.to_owned()))
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a sandbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Its parts are being built or started.
    Starting,
    /// It can be used.
    Ready,
    /// It ends.
    Stopping,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Starting => "Starting",
            State::Ready => "Ready",
            State::Stopping => "Stopping",
        })
    }
}

/// What a running sandbox says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Its name.
    pub name: String,
    /// How far it is.
    pub state: State,
    /// What it does while it starts.
    pub step: String,
    /// Its process.
    pub pid: u32,
    /// When it was started.
    pub since: String,
    /// Version of its Kubernetes.
    pub kubernetes: String,
    /// What to export, once it is ready.
    pub environment: BTreeMap<String, String>,
}

/// The folder of a named sandbox.
#[derive(Debug, Clone)]
pub struct Place {
    name: Name,
    folder: PathBuf,
}

impl Place {
    /// The place of sandbox `name` below the cache folder of `places`.
    ///
    /// # Errors
    /// When no cache folder is known.
    pub fn new(name: Name, places: &Places) -> Result<Place, Error> {
        let cache = places.cache.as_ref().ok_or(Error::NoCacheFolder)?;
        Ok(Place {
            folder: cache.join("sandboxes").join(&name.0),
            name,
        })
    }

    /// The places of all sandboxes that were ever started and not cleaned up.
    #[must_use]
    pub fn all(places: &Places) -> Vec<Place> {
        let Some(cache) = &places.cache else {
            return Vec::new();
        };
        let Ok(entries) = fs::read_dir(cache.join("sandboxes")) else {
            return Vec::new();
        };
        let names = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort();
        let names = names.iter().filter_map(|name| name.parse().ok());
        names
            .filter_map(|name| Place::new(name, places).ok())
            .collect()
    }

    /// The sandbox's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Where its server listens.
    pub(super) fn socket(&self) -> PathBuf {
        self.folder.join("control")
    }

    /// Where its server writes.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The end of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        process::tail(&self.log(), 4096)
    }

    /// Creates its folder, for its owner only.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn create(&self) -> Result<(), Error> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder
            .create(&self.folder)
            .map_err(Error::path("create", &self.folder))
    }

    /// Takes the name for as long as the returned file lives.
    pub(super) fn lock(&self) -> Result<File, Error> {
        let path = self.folder.join("lock");
        let file = File::create(&path).map_err(Error::path("create", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::Running(self.name.0.clone())),
            Err(TryLockError::Error(source)) => Err(Error::path("lock", &path)(source)),
        }
    }

    /// Removes what a sandbox leaves behind.
    ///
    /// # Errors
    /// When the folder cannot be removed.
    pub fn remove(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::path("remove", &self.folder)(error))
            }
            _ => Ok(()),
        }
    }

    /// Removes what a killed sandbox left behind; leaves one alone that starts just now.
    ///
    /// # Errors
    /// When the folder cannot be removed.
    pub fn remove_unless_taken(&self) -> Result<(), Error> {
        if !self.folder.exists() {
            return Ok(());
        }
        match self.lock() {
            Ok(_name) => self.remove(),
            Err(Error::Running(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Asks the sandbox how it is; `None` when it does not run.
    ///
    /// # Errors
    /// When it runs and does not answer.
    pub async fn status(&self) -> Result<Option<Status>, Error> {
        let Some(answer) = self.ask("status", ANSWER_TIME).await? else {
            return Ok(None);
        };
        let status = serde_json::from_str(&answer);
        status
            .map(Some)
            .map_err(|error| self.broken(io::Error::other(error)))
    }

    /// Tells the sandbox to end and waits until it is gone; `false` when it did not run.
    ///
    /// # Errors
    /// When it does not end within `limit`.
    pub async fn stop(&self, limit: Duration) -> Result<bool, Error> {
        Ok(self.ask("stop", limit).await?.is_some())
    }

    /// Sends one word and reads the answer to its end.
    async fn ask(&self, word: &str, limit: Duration) -> Result<Option<String>, Error> {
        let mut stream = match UnixStream::connect(self.socket()).await {
            Ok(stream) => stream,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(self.broken(error)),
        };
        let talk = async {
            stream.write_all(format!("{word}\n").as_bytes()).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            io::Result::Ok(answer)
        };
        match tokio::time::timeout(limit, talk).await {
            Ok(Ok(answer)) if answer.is_empty() => Ok(None),
            Ok(Ok(answer)) => Ok(Some(answer)),
            // It was killed while it was asked.
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => Ok(None),
            Ok(Err(error)) => Err(self.broken(error)),
            Err(_) => Err(self.broken(io::ErrorKind::TimedOut.into())),
        }
    }

    fn broken(&self, source: io::Error) -> Error {
        Error::io(format!("talk to sandbox `{}`", self.name))(source)
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(cache: &std::path::Path, name: &str) -> Place {
        let places = Places {
            assets: None,
            cache: Some(cache.to_owned()),
        };
        Place::new(name.parse().unwrap(), &places).unwrap()
    }

    #[test]
    fn names_are_safe_as_folders() {
        assert!("default".parse::<Name>().is_ok());
        for bad in ["", "..", "a/b", "Upper", "a b", &"x".repeat(33)] {
            assert!(bad.parse::<Name>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_taken_once() {
        let cache = tempfile::tempdir().unwrap();
        let place = place(cache.path(), "one");
        place.create().unwrap();
        let lock = place.lock().unwrap();
        assert!(matches!(place.lock(), Err(Error::Running(name)) if name == "one"));
        drop(lock);
        place.lock().unwrap();
        let all = Place::all(&Places {
            assets: None,
            cache: Some(cache.path().to_owned()),
        });
        assert_eq!(
            all.iter()
                .map(|place| place.name().to_string())
                .collect::<Vec<_>>(),
            ["one"]
        );
        place.remove().unwrap();
        place.remove().unwrap();
    }

    #[tokio::test]
    async fn a_socket_that_nobody_serves_means_down() {
        let cache = tempfile::tempdir().unwrap();
        let place = place(cache.path(), "dead");
        assert!(place.status().await.unwrap().is_none());
        place.create().unwrap();
        drop(std::os::unix::net::UnixListener::bind(place.socket()).unwrap());
        assert!(place.socket().exists());
        assert!(place.status().await.unwrap().is_none());
        assert!(!place.stop(Duration::from_secs(1)).await.unwrap());
    }
}
