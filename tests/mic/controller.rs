//! A podid-mic that runs for a test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::support::{Site, until};

/// The controller; ends with the test.
pub(crate) struct Controller {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Drop for Controller {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Controller {
    /// Starts one.
    pub(crate) fn start(site: &Site, more: &[&str]) -> Controller {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podid-mic"));
        let child = command
            .env_clear()
            .envs(site.environment.iter().map(|(name, value)| (name, value)))
            .env("PODID_MIC_LOG_LEVEL", "debug")
            .args(["--namespace", "default", "--status-address", "127.0.0.1:0"])
            .args(["--linger", "0s", "--lease-duration", "5s"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.unwrap();
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        Controller { child, log }
    }

    /// Everything it has logged.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// Whether it leads.
    pub(crate) fn leads(&self) -> bool {
        self.log().contains("\"leading\"")
    }

    /// Waits until it leads.
    #[track_caller]
    pub(crate) fn until_leading(&self) {
        until("podid-mic to lead", || self.leads());
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end; whether it ended well.
    pub(crate) fn end(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}
