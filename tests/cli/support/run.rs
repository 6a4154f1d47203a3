//! Runs of the shipped binary, each in a clean environment.

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use super::output::{Names, Output, holds_no_secret};
use super::site::Site;
use super::{seed, servers};

/// A run that goes on.
pub(crate) struct Started<'a> {
    site: &'a Site,
    child: Child,
}

impl Site {
    /// Runs podid to its end.
    #[track_caller]
    pub(crate) fn podid(&self, arguments: &[&str]) -> Output {
        self.podid_with(&[], arguments)
    }

    /// Runs podid to its end with more variables; an empty value unsets one.
    #[track_caller]
    pub(crate) fn podid_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
        self.start(variables, arguments, None).finish()
    }

    /// Runs podid to its end with a text on stdin.
    #[track_caller]
    pub(crate) fn podid_reading(&self, input: &str, arguments: &[&str]) -> Output {
        self.start(&[], arguments, Some(input)).finish()
    }

    /// Starts podid.
    pub(crate) fn start(
        &self,
        variables: &[(&str, &str)],
        arguments: &[&str],
        input: Option<&str>,
    ) -> Started<'_> {
        let mut command = self.command(variables);
        command.args(arguments).stdin(if input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = command.spawn().unwrap();
        if let Some(text) = input {
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(text.as_bytes()).unwrap();
        }
        Started { site: self, child }
    }

    /// Starts podid with a stdin that stays open until the caller drops it.
    pub(crate) fn start_with_stdin(&self, arguments: &[&str]) -> (Started<'_>, ChildStdin) {
        let mut command = self.command(&[]);
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        (Started { site: self, child }, stdin)
    }

    /// The binary in the environment of this site and nothing else.
    pub(crate) fn command(&self, variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podid"));
        command
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in variables {
            if value.is_empty() {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
        }
        command
    }

    /// What a process printed, with fixed names; panics when there is a secret in it.
    #[track_caller]
    pub(crate) fn output(&self, output: &std::process::Output) -> Output {
        let raw_stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let raw_stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        for text in [&raw_stdout, &raw_stderr] {
            holds_no_secret(text, &[seed::SECRET, seed::ADMIN_SECRET, "cluster-secret"]);
        }
        let home = self.home.path().display().to_string();
        let names = Names {
            pairs: vec![
                (home.as_str(), "HOME"),
                (&self.namespace, "billing"),
                (&self.subscription, "SUBSCRIPTION"),
                (seed::TENANT, "TENANT"),
                (seed::OTHER_TENANT, "OTHER-TENANT"),
                (seed::OPERATOR, "OPERATOR"),
                (seed::OPERATOR_APP, "OPERATOR-APP"),
            ],
        };
        Output {
            code: code(output.status),
            stdout: names.fix(&raw_stdout),
            stderr: names.fix(&raw_stderr),
            raw_stdout,
            raw_stderr,
        }
    }
}

fn code(status: ExitStatus) -> i32 {
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap()
}

impl Started<'_> {
    /// Waits for the end.
    #[track_caller]
    pub(crate) fn finish(self) -> Output {
        let output = self.child.wait_with_output().unwrap();
        self.site.output(&output)
    }

    /// Whether the process has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends a signal by name, such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let script = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &script]).status().unwrap();
        assert!(status.success(), "{script}");
    }

    /// Waits until SIGINT no longer ends podid by itself.
    #[track_caller]
    pub(crate) fn until_it_catches_signals(&mut self) {
        let path = format!("/proc/{}/status", self.child.id());
        servers::until("a handler of SIGINT", || {
            let status = std::fs::read_to_string(&path).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
            // Signal 2 is the second bit.
            caught & 0b10 != 0
        });
    }

    /// Waits until podid has made a call to Resource Manager that fits.
    #[track_caller]
    pub(crate) fn until_call(&mut self, what: &str, fits: impl Fn(&super::Call) -> bool) {
        servers::until(what, || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "podid ended before: {what}");
            self.site.calls().iter().any(&fits)
        });
    }
}
