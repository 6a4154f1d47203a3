//! A machine of its own for each test that starts sandboxes: its own cache folder, no variables of the
//! person who runs the tests, and everything ended when the test ends, however it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use podid::sandbox::assets::{self, Places};
use serde_json::Value;
use tempfile::TempDir;

/// See the module.
pub(crate) struct Machine {
    folder: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Machine {
        Machine {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// podid with `arguments`.
    pub(crate) fn podid(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podid"));
        command
            .args(arguments)
            .env_clear()
            .current_dir(self.folder.path());
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", self.folder.path());
        command.env("PODID_CACHE_DIR", self.path("cache"));
        command.env("KUBEBUILDER_ASSETS", programs());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.podid(arguments).output().unwrap()
    }

    /// What `podid sandbox status` says of one sandbox.
    pub(crate) fn status(&self, name: &str) -> Option<Value> {
        let output = self.run(&["sandbox", "status", "-o", "json"]);
        let all: Value = serde_json::from_slice(&output.stdout).unwrap();
        all.as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name)
            .cloned()
    }

    /// The folder of a named sandbox.
    pub(crate) fn sandbox(&self, name: &str) -> PathBuf {
        self.path("cache").join("sandboxes").join(name)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let Ok(entries) = std::fs::read_dir(self.path("cache/sandboxes")) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().into_string().unwrap();
            self.run(&["sandbox", "down", "--ignore-not-found", "--name", &name]);
        }
    }
}

/// etcd and kube-apiserver from the repository's cache, built there when they are missing.
fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache");
        let places = Places {
            cache: Some(cache),
            ..Places::from_environment()
        };
        // In a thread: some callers are inside a runtime.
        let find = || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime
                .block_on(assets::find(places, std::sync::Arc::new(|_| {})))
                .unwrap()
        };
        let found = std::thread::scope(|scope| scope.spawn(find).join().unwrap());
        found.etcd.parent().unwrap().to_owned()
    })
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Sends a signal to the process `pid`.
pub(crate) fn signal(name: &str, pid: u32) {
    let kill = Command::new("/bin/sh")
        .args(["-c", &format!("kill -{name} {pid}")])
        .status();
    assert!(kill.unwrap().success());
}

/// Waits until `done`, at most a minute.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
