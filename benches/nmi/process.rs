//! podid-nmi as it is shipped, with the log that it writes by default, and what it costs as the kernel counts it.

use std::fs::read_to_string;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

use crate::load::connect;
use crate::node::Node;
use crate::support::{until, wait};

/// Ticks of a second, in which the kernel counts CPU time for programs.
const TICKS: f64 = 100.0;

/// A daemon that runs.
pub(crate) struct Daemon {
    child: Child,
    /// Where pods ask.
    pub(crate) address: SocketAddr,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    /// Starts one without a limit on requests to the metadata service, and waits until it is ready.
    pub(crate) fn start(node: &Node, more: &[&str]) -> Daemon {
        let variables = node.site.environment.iter();
        let mut child = Command::new(env!("CARGO_BIN_EXE_podid-nmi"))
            .env_clear()
            .envs(variables.map(|(name, value)| (name, value)))
            .env("PODID_IMDS_ENDPOINT", &node.imds)
            .args(["--node", &node.name, "--port", "0", "--imds-rate", "0"])
            .args(["--status-address", "127.0.0.1:0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = address_in(&mut log, "answering pods");
        let status = address_in(&mut log, "answering operators");
        // Somebody reads the log of a container, too.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        until("podid-nmi to be ready", || is_ready(status));
        Daemon { child, address }
    }

    /// CPU seconds so far, of the whole process.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name, in brackets, may hold anything; the state comes after it.
        let fields: Vec<&str> = stat[stat.rfind(')').unwrap()..]
            .split_whitespace()
            .collect();
        let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
        (ticks(12) + ticks(13)) / TICKS
    }

    /// Resident memory now, in megabytes of a million bytes.
    pub(crate) fn memory(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// The most it ever was.
    pub(crate) fn peak(&self) -> f64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> f64 {
        let status = read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kibibytes.unwrap().parse::<f64>().unwrap() * 1024.0 / 1e6
    }
}

fn address_in(log: &mut BufReader<ChildStderr>, message: &str) -> SocketAddr {
    for line in log.lines() {
        let entry: Value = serde_json::from_str(&line.unwrap()).unwrap_or_default();
        if entry["message"] == message {
            return entry["address"].as_str().unwrap().parse().unwrap();
        }
    }
    panic!("podid-nmi ended before it was {message}");
}

fn is_ready(status: SocketAddr) -> bool {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let text = wait(async {
        let mut stream = connect([127, 0, 0, 1].into(), status).await;
        let request = b"GET /readyz HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    });
    text.starts_with("HTTP/1.1 200")
}
