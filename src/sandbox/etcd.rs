//! etcd for one API server.
//!
//! It listens on a unix socket in a folder that only its owner can enter: no port to clash over, and
//! no way around the API server's access control for other users of the machine.

use std::path::Path;
use std::time::{Duration, Instant};

use super::error::Error;
use super::process::{Guarded, Program};

/// The socket's name in the folder; etcd wants the form of a host and a port.
const SOCKET: &str = "etcd:1";
const START_TIME: Duration = Duration::from_mins(1);

/// A running etcd.
#[derive(Debug)]
pub(super) struct Etcd {
    process: Guarded,
}

impl Etcd {
    /// What kube-apiserver takes as `--etcd-servers`, when it works in the same folder.
    pub(super) const URL: &'static str = "unix://etcd:1";

    /// Starts etcd in `folder`, which is removed when it is stopped or its owner ends.
    pub(super) fn start(program: &Path, folder: &Path) -> Result<Etcd, Error> {
        let peer = "unix://peer:1";
        let arguments = [
            "--name=sandbox",
            &format!("--data-dir={}", folder.join("data").display()),
            // A sandbox that dies is thrown away: nothing has to survive a power cut.
            "--unsafe-no-fsync",
            "--heartbeat-interval=50",
            "--election-timeout=500",
            "--log-level=warn",
            &format!("--listen-client-urls={}", Self::URL),
            &format!("--advertise-client-urls={}", Self::URL),
            &format!("--listen-peer-urls={peer}"),
            &format!("--initial-advertise-peer-urls={peer}"),
            &format!("--initial-cluster=sandbox={peer}"),
        ];
        let process = Guarded::start(Program {
            path: program,
            arguments: arguments.map(String::from).to_vec(),
            environment: Vec::new(),
            folder,
            log: folder.join("etcd.log"),
            remove: Some(folder),
        })
        .map_err(Error::path("start", program))?;
        Ok(Etcd { process })
    }

    /// Waits until it listens; kube-apiserver itself waits until it serves.
    pub(super) async fn listening(&mut self, folder: &Path) -> Result<(), Error> {
        let start = Instant::now();
        while !folder.join(SOCKET).exists() {
            if self.process.ended().is_some() {
                return Err(Error::Ended {
                    program: "etcd",
                    log: self.process.log_tail(),
                });
            }
            if start.elapsed() > START_TIME {
                let log = self.process.log_tail();
                return Err(Error::NotReady {
                    program: "etcd",
                    seconds: START_TIME.as_secs(),
                    log,
                });
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Kills it and removes its folder.
    pub(super) fn stop(&mut self) {
        self.process.stop();
    }
}
