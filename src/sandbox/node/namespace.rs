//! One network namespace, without a name: it ends with the last file, process or socket in it.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::NotReplaced;
use crate::sandbox::error::Error;

/// A network namespace that lasts at least as long as this.
#[derive(Debug)]
pub(super) struct Namespace(File);

impl Namespace {
    /// A new one, empty but for its loopback device.
    pub(super) fn new() -> Result<Namespace, Error> {
        Self::make().map_err(Error::io("make a network namespace"))
    }

    fn make() -> io::Result<Namespace> {
        // Making one in this process needs unsafe code. The program lives until the namespace is open here.
        let mut holder = Command::new("unshare")
            .args(["--net", "sh", "-c", "echo; read -r _ || :"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = holder.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let opened = File::open(format!("/proc/{}/ns/net", holder.id()));
        let ended = holder.wait_with_output()?;
        if line.is_empty() {
            return Err(failure(&ended.stderr));
        }
        Ok(Namespace(opened?))
    }

    /// A path to it, for as long as this process holds it.
    pub(super) fn path(&self) -> PathBuf {
        let (process, file) = (std::process::id(), self.0.as_raw_fd());
        PathBuf::from(format!("/proc/{process}/fd/{file}"))
    }

    /// Runs `work` in a thread inside; the programs it starts and the sockets it opens stay there.
    pub(super) fn inside<T: Send>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send,
    ) -> io::Result<T> {
        let done = thread::scope(|scope| {
            let inside = || {
                enter(&self.0)?;
                work()
            };
            scope.spawn(inside).join()
        });
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Runs a batch of `ip` commands inside.
    pub(super) fn ip(&self, batch: &str) -> Result<(), Error> {
        let run = || {
            let mut ip = Command::new("ip")
                .args(["-batch", "-"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()?;
            if let Some(mut input) = ip.stdin.take() {
                input.write_all(batch.as_bytes())?;
            }
            let ended = ip.wait_with_output()?;
            if ended.status.success() {
                Ok(())
            } else {
                Err(failure(&ended.stderr))
            }
        };
        self.inside(run)
            .map_err(Error::io("set up a network with `ip`"))
    }

    /// Changes a setting of the kernel inside.
    pub(super) fn set(&self, setting: &str, value: &str) -> Result<(), Error> {
        let path = Path::new("/proc/sys/net").join(setting);
        self.inside(|| std::fs::write(&path, value))
            .map_err(Error::path("write", &path))
    }
}

/// What a program said when it failed.
fn failure(said: &[u8]) -> io::Error {
    io::Error::other(String::from_utf8_lossy(said).trim().to_owned())
}

fn enter(namespace: &File) -> io::Result<()> {
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(io::Error::from)
}

/// Becomes `command` inside the network that `way` leads to; returns only when that fails, with the reason.
#[must_use]
pub fn replace_by(way: &Path, mut command: Command) -> NotReplaced {
    let replace = || -> Result<Infallible, NotReplaced> {
        let network = File::open(way).map_err(NotReplaced::Network)?;
        enter(&network).map_err(NotReplaced::Network)?;
        Err(NotReplaced::Program(command.exec()))
    };
    // In a thread of its own: the new program takes its place, and nothing else has moved if it cannot.
    let ended = thread::scope(|scope| scope.spawn(replace).join());
    match ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}
