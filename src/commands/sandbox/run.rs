//! `podid sandbox run`.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use clap::Args as ClapArgs;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{StartArgs, progress};
use crate::context::Context;
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;
use crate::sandbox::Sandbox;
use crate::sandbox::environment::Environment;

/// Run a command in a sandbox of its own
///
/// Starts a sandbox, runs the command in it, and ends both. The exit code is the command's.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Look around
  podid sandbox run -- sh

  # Run a script with a node that runs podid-nmi (Linux, root)
  podid sandbox run --nmi -- ./test.sh

  # Run a script at once, without Azure's waiting times
  podid sandbox run --time-scale 0 -- ./test.sh")]
pub struct Args {
    #[command(flatten)]
    start: StartArgs,
    /// Command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command.
///
/// # Errors
/// The sandbox or the command did not start.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let mut signals = Signals::new().map_err(|error| {
        Error::new(Kind::Failed, "Signals cannot be caught").cause(error.to_string())
    })?;
    let options = args.start.options(progress(context))?;
    // Dropping the start half-way ends what it has started.
    let sandbox = tokio::select! {
        sandbox = Sandbox::start(options) => sandbox?,
        _ = signals.next() => {
            return Err(Error::new(Kind::Interrupted, "Interrupted while the sandbox started"));
        }
    };
    let outcome = run_in(&sandbox.environment(), &args.command, &mut signals).await;
    sandbox.stop().await;
    let mut report = Report::nothing();
    report.exit_code = Some(exit_code(outcome?));
    Ok(report)
}

async fn run_in(
    environment: &Environment,
    command: &[OsString],
    signals: &mut Signals,
) -> Result<ExitStatus> {
    let failed = |error: io::Error| {
        let name = command
            .first()
            .map(|name| name.to_string_lossy())
            .unwrap_or_default();
        Error::usage(format!("Command `{name}` cannot be run")).cause(error.to_string())
    };
    let mut child = Command::new(command.first().map_or("sh".as_ref(), OsString::as_os_str))
        .args(command.iter().skip(1))
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env(env::PATH, path_with_podid())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    loop {
        tokio::select! {
            status = child.wait() => return status.map_err(failed),
            name = signals.next() => forward(name, &child).await,
        }
    }
}

/// The search path, with this podid at its end: the command may call it by name.
fn path_with_podid() -> OsString {
    let path = env::read_os(env::PATH).unwrap_or_default();
    let own = std::env::current_exe()
        .ok()
        .and_then(|file| Some(file.parent()?.to_owned()));
    let folders: Vec<_> = std::env::split_paths(&path).chain(own).collect();
    std::env::join_paths(folders).unwrap_or(path)
}

/// Passes a signal on. The terminal sends its own to the command too: twice would be once too often.
async fn forward(name: &str, child: &Child) {
    let from_terminal = name == "INT" && io::stdin().is_terminal();
    if let (Some(pid), false) = (child.id(), from_terminal) {
        // `kill` is a builtin of every shell, and sending signals ourselves needs unsafe code.
        let script = format!("kill -{name} {pid}");
        // A command that has just ended needs no signal.
        let _ = Command::new("/bin/sh").args(["-c", &script]).status().await;
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// The signals that end a command.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "INT",
            _ = self.terminate.recv() => "TERM",
            _ = self.hangup.recv() => "HUP",
        }
    }
}
