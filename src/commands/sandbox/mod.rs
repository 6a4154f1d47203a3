//! `podid sandbox`: the Azure emulator and a real Kubernetes API server on this machine.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{Args as ClapArgs, Subcommand};

use crate::context::Context;
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;
use crate::sandbox::assets::{Places, Progress};
use crate::sandbox::named::{Name, Place, Status};
use crate::sandbox::node::requirements;
use crate::sandbox::{self, Options};

pub mod down;
pub mod exec;
pub mod run;
pub mod serve;
pub mod status;
pub mod up;

/// What can be done with sandboxes.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a comment here would replace the command's whole help"
)]
pub enum Command {
    Up(up::Args),
    Down(down::Args),
    Status(status::Args),
    Run(run::Args),
    Exec(exec::Args),
    #[command(hide = true)]
    Serve(serve::Args),
}

impl Command {
    /// Whether it may change something.
    pub(super) fn changes(&self) -> bool {
        matches!(self, Command::Up(_) | Command::Down(_))
    }

    /// Whether it deals with Ctrl-C itself.
    pub(super) fn catches_signals(&self) -> bool {
        matches!(self, Command::Run(_) | Command::Serve(_))
    }
}

/// Runs one command of the group.
///
/// # Errors
/// What the command could not do.
pub async fn run(context: &Context, command: Command) -> Result<Report> {
    match command {
        Command::Up(args) => up::run(context, args).await,
        Command::Down(args) => down::run(context, args).await,
        Command::Status(args) => status::run(context, args).await,
        Command::Run(args) => run::run(context, args).await,
        Command::Exec(args) => exec::run(context, args).await,
        Command::Serve(args) => serve::run(context, args).await,
    }
}

/// Which sandbox is meant.
#[derive(Debug, ClapArgs)]
struct NameArgs {
    /// Name of the sandbox
    #[arg(long, short = 'n', value_name = "NAME", default_value_t)]
    name: Name,
}

impl NameArgs {
    /// The sandbox of this name, or the default one.
    fn named(name: Option<Name>) -> Self {
        let name = name.unwrap_or_default();
        NameArgs { name }
    }

    fn place(self) -> Result<Place> {
        Ok(Place::new(self.name, &Places::from_environment())?)
    }
}

/// How a new sandbox is.
#[derive(Debug, Clone, ClapArgs)]
struct StartArgs {
    /// Factor on the time that Azure's operations take; 0 ends them at once, 1 is Azure's own pace
    #[arg(long, value_name = "FACTOR", default_value_t = 0.1, value_parser = time_scale)]
    time_scale: f64,
    /// YAML file with the state of Azure at the start
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Start the Azure emulator only, no Kubernetes API server
    #[arg(long)]
    no_kubernetes: bool,
    /// Add a node with podid-nmi, whose pods have networks of their own; needs Linux and root
    #[arg(long, conflicts_with = "no_kubernetes")]
    nmi: bool,
    /// Number of Kubernetes API servers, one for each cluster in the seed
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    clusters: usize,
}

impl StartArgs {
    /// What the sandbox is started with.
    fn options(&self, progress: Progress) -> Result<Options> {
        if self.nmi {
            requirements::check()?;
        }
        let seed = self.seed.as_ref().map(|file| {
            std::fs::read_to_string(file).map_err(|error| {
                Error::usage(format!("Seed file `{}` cannot be read", file.display()))
                    .cause(error.to_string())
                    .target("--seed")
            })
        });
        Ok(Options {
            time_scale: self.time_scale,
            with_kubernetes: !self.no_kubernetes,
            with_nmi: self.nmi,
            clusters: self.clusters,
            seed: seed.transpose()?,
            progress,
            ..Options::default()
        })
    }

    /// Refuses a sandbox that is up without the node that is wanted.
    fn check_offered(&self, place: &Place, status: &Status) -> Result<()> {
        if !self.nmi || status.environment.contains_key(env::PODID_SANDBOX_NODE) {
            return Ok(());
        }
        let name = place.name();
        Err(Error::new(
            Kind::Conflict,
            format!("Sandbox `{name}` is up without podid-nmi"),
        )
        .hint(format!(
            "end it with `podid sandbox down --name {name}` and start it again, or choose another --name"
        ))
        .target("--nmi"))
    }

    /// The arguments that say the same to another podid.
    fn to_arguments(&self) -> Result<Vec<std::ffi::OsString>> {
        let mut arguments = vec![format!("--time-scale={}", self.time_scale).into()];
        arguments.push(format!("--clusters={}", self.clusters).into());
        if let Some(seed) = &self.seed {
            // The server works in another folder.
            let seed = std::path::absolute(seed).map_err(|error| {
                Error::usage("The seed file cannot be found").cause(error.to_string())
            })?;
            arguments.extend(["--seed".into(), seed.into()]);
        }
        if self.no_kubernetes {
            arguments.push("--no-kubernetes".into());
        }
        if self.nmi {
            arguments.push("--nmi".into());
        }
        Ok(arguments)
    }
}

fn time_scale(text: &str) -> std::result::Result<f64, String> {
    let factor = text
        .parse::<f64>()
        .ok()
        .filter(|factor| (0.0..=1000.0).contains(factor));
    factor.ok_or_else(|| "expected a number from 0 to 1000".to_owned())
}

/// Shows each step of the start once, on stderr.
fn progress(context: &Context) -> Progress {
    let ui = context.ui.clone();
    let last = Mutex::new(String::new());
    Arc::new(move |step| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != step {
            step.clone_into(&mut last);
            ui.status(step);
        }
    })
}

impl From<sandbox::Error> for Error {
    fn from(error: sandbox::Error) -> Self {
        let kind = match &error {
            sandbox::Error::Seed(_)
            | sandbox::Error::Name(_)
            | sandbox::Error::NotLinux
            | sandbox::Error::ProgramMissing { .. }
            | sandbox::Error::NmiMissing => Kind::Usage,
            sandbox::Error::Running(_) => Kind::Conflict,
            sandbox::Error::Down(_) => Kind::NotFound,
            sandbox::Error::NotRoot => Kind::Permission,
            _ => Kind::Failed,
        };
        let hint = hint(&error);
        // A log comes after the first line.
        let text = error.to_string();
        let (what, log) = text.split_once('\n').unwrap_or((&text, ""));
        let mut start = what.trim_end_matches(':').chars();
        // The errors of a library start in lower case, those on a user's screen do not.
        let first = start.next().map(|c| c.to_ascii_uppercase());
        let mut error = Error::new(kind, first.into_iter().chain(start).collect::<String>());
        if !log.is_empty() {
            error = error.cause(log);
        }
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// What to do when a node with podid-nmi is not to be had.
fn hint(error: &sandbox::Error) -> Option<String> {
    let without = "or leave out --nmi: everything else works without";
    Some(match error {
        sandbox::Error::NotLinux => {
            "leave out --nmi: everything else works without; or use a virtual machine with Linux"
                .to_owned()
        }
        sandbox::Error::NotRoot => format!("run it as root, as in `sudo -E podid ...`, {without}"),
        sandbox::Error::ProgramMissing { package, .. } => {
            format!("install the package {package}, {without}")
        }
        sandbox::Error::NmiMissing => {
            format!("build it beside podid with `cargo build --bin podid-nmi`, {without}")
        }
        _ => return None,
    })
}
