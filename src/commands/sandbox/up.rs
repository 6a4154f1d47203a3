//! `podid sandbox up`.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use clap::Args as ClapArgs;

use super::{NameArgs, StartArgs, progress};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;
use crate::sandbox::environment::export_lines;
use crate::sandbox::named::{Place, State, Status};

const POLL: Duration = Duration::from_millis(50);

/// Start a sandbox and print what to export
///
/// Azure (Resource Manager, Entra, IMDS, a vault) is emulated; Kubernetes is a real kube-apiserver
/// with etcd, built once with the Go toolchain. The sandbox runs on until `podid sandbox down`.
/// When it runs already, only prints what to export. With --nmi the cluster has a node that runs
/// podid-nmi, and pods with networks of their own: see `podid sandbox exec`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Work in a sandbox
  eval \"$(podid sandbox up)\"
  podid list

  # The same with a node that runs podid-nmi: pods get tokens as in a cluster (Linux, root)
  eval \"$(podid sandbox up --nmi)\"
  podid sandbox exec --pod web --pod-labels aadpodidbinding=reader -- curl -s -H Metadata:true \
    'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net'

  # Keep what to export in a file
  podid sandbox up --env-file sandbox.env")]
pub struct Args {
    #[command(flatten)]
    name: NameArgs,
    #[command(flatten)]
    start: StartArgs,
    /// Write the export lines to a file instead of stdout
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// The sandbox did not start.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let place = args.name.place()?;
    let status = match place.status().await? {
        Some(status) if status.state == State::Ready => {
            args.start.check_offered(&place, &status)?;
            context
                .ui
                .status(&format!("Sandbox `{}` is up already", place.name()));
            status
        }
        _ => start(context, &place, &args.start).await?,
    };
    let environment = status.environment.iter();
    let lines = export_lines(environment.map(|(name, value)| (name.as_str(), value.as_str())));
    let Some(file) = args.env_file else {
        return Ok(Report::document(lines));
    };
    write(&file, &lines).map_err(|error| {
        Error::new(
            Kind::Failed,
            format!("`{}` was not written", file.display()),
        )
        .cause(error.to_string())
        .hint("the sandbox is up; run the same command with another file")
    })?;
    Ok(Report::nothing().next_step(format!(". {}", file.display())))
}

/// For the owner only: the lines hold a secret.
fn write(file: &Path, lines: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(file)?.write_all(lines.as_bytes())
}

async fn start(context: &Context, place: &Place, args: &StartArgs) -> Result<Status> {
    // Refuse what is wrong here: in the server's log nobody would look for it.
    args.options(progress(context))?;
    place.create()?;
    let mut server = spawn(place, args).map_err(|error| {
        Error::new(Kind::Failed, "The sandbox did not start").cause(error.to_string())
    })?;
    let show = progress(context);
    loop {
        // Asked before the process is looked at: what it said last is in the log then.
        let ended = server.try_wait().ok().flatten();
        match place.status().await? {
            Some(status) if status.state == State::Ready => return Ok(status),
            Some(status) => show(&status.step),
            None if let Some(status) = ended => return Err(not_started(place, status)?),
            None => {}
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The error of a server that ended while it started: the end of its log says why.
fn not_started(place: &Place, status: ExitStatus) -> Result<Error> {
    let usage = status.code() == Some(i32::from(Kind::Usage.exit_code()));
    let kind = if usage { Kind::Usage } else { Kind::Failed };
    let log = place.log_tail();
    place.remove_unless_taken()?;
    Ok(Error::new(kind, "The sandbox did not start").cause(log))
}

/// Starts the server in a process group of its own: neither Ctrl-C nor this command's end reaches it.
fn spawn(place: &Place, args: &StartArgs) -> std::io::Result<Child> {
    // Appended: when two start at once, the one that comes second writes here too.
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(place.log())?;
    let arguments = args.to_arguments().map_err(std::io::Error::other)?;
    Command::new(std::env::current_exe()?)
        .args(["sandbox", "serve", "--name", &place.name().to_string()])
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0)
        .spawn()
}
