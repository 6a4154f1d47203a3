//! A podid-nmi that runs for a test.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{Reply, request, send, token_request};
use crate::node::Node;
use crate::support::until;

/// The daemon; ends with the test.
pub(crate) struct Daemon {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    /// Where pods ask.
    pub(crate) address: SocketAddr,
    /// Where operators ask.
    pub(crate) status: SocketAddr,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    /// Starts one in managed mode and waits until it is ready.
    pub(crate) fn start(node: &Node, more: &[&str]) -> Daemon {
        let daemon = Daemon::spawn(node, more);
        daemon.until_ready();
        daemon
    }

    /// Starts one without waiting for its caches.
    pub(crate) fn spawn(node: &Node, more: &[&str]) -> Daemon {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podid-nmi"));
        let child = command
            .env_clear()
            .envs(
                node.site
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .env("PODID_IMDS_ENDPOINT", &node.imds)
            .env("PODID_NMI_LOG_LEVEL", "debug")
            .args([
                "--node",
                &node.name,
                "--port",
                "0",
                "--status-address",
                "127.0.0.1:0",
            ])
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
        let address = address_in(&log, "answering pods");
        let status = address_in(&log, "answering operators");
        Daemon {
            child,
            log,
            address,
            status,
        }
    }

    /// Waits until every check passes.
    #[track_caller]
    pub(crate) fn until_ready(&self) {
        until("podid-nmi to be ready", || {
            self.ask("/readyz").status == 200
        });
    }

    /// Asks as an operator.
    pub(crate) fn ask(&self, path: &str) -> Reply {
        send("127.0.0.1", self.status, &request("GET", path, &[]))
    }

    /// Asks for a token of the vault from an address, with more parameters.
    pub(crate) fn token(&self, from: &str, more: &str) -> Reply {
        send(
            from,
            self.address,
            &token_request("https://vault.azure.net", more),
        )
    }

    /// Asks until the answer is as it should be, which takes as long as a watch.
    #[track_caller]
    pub(crate) fn until_token(
        &self,
        what: &str,
        from: &str,
        more: &str,
        fits: impl Fn(&Reply) -> bool,
    ) -> Reply {
        let mut reply = self.token(from, more);
        until(what, || {
            if fits(&reply) {
                return true;
            }
            reply = self.token(from, more);
            fits(&reply)
        });
        reply
    }

    /// Sends a request with the metadata header.
    pub(crate) fn get(&self, from: &str, target: &str) -> Reply {
        send(
            from,
            self.address,
            &request("GET", target, &[("Metadata", "true")]),
        )
    }

    /// The log so far.
    pub(crate) fn log(&self) -> Vec<Value> {
        let lines = self.log.lock().unwrap();
        lines
            .iter()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// The log so far, as it is.
    pub(crate) fn log_text(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// A counter's value; 0 while it is not there.
    pub(crate) fn counter(&self, line: &str) -> f64 {
        let text = self.ask("/metrics").body;
        let found = text
            .lines()
            .find_map(|own| own.strip_prefix(line)?.trim().parse().ok());
        found.unwrap_or_default()
    }

    /// The memory it has now, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        self.process_status("VmRSS:")
    }

    /// The most memory it has had, in KiB.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.process_status("VmHWM:")
    }

    fn process_status(&self, name: &str) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(name));
        let number = value.unwrap().split_whitespace().next().unwrap();
        number.parse().unwrap()
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let script = format!("kill -TERM {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &script])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for its end; the exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("podid-nmi did not end:\n{}", self.log_text());
    }
}

fn address_in(log: &Mutex<Vec<String>>, message: &str) -> SocketAddr {
    let mut found = None;
    until(message, || {
        let lines = log.lock().unwrap();
        found = lines.iter().find_map(|line| {
            let entry: Value = serde_json::from_str(line).ok()?;
            let fits = entry["message"] == *message;
            fits.then(|| entry["address"].as_str()?.parse().ok())
                .flatten()
        });
        found.is_some()
    });
    found.unwrap()
}
