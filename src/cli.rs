//! The root arguments and the way from arguments to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};
use clap::error::ErrorKind;
use clap::{ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser};

use crate::azure::credential::CredentialKind;
use crate::commands::{self, Command};
use crate::context::Context;
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::output::format::Format;
use crate::output::query::Query;
use crate::output::render::Renderer;
use crate::output::report::Report;
use crate::output::style::ColorChoice;
use crate::output::ui::{ErrorFormat, Manner, Ui};
use crate::settings::Settings;

mod interrupt;
mod usage;

const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

/// Set up, explain and keep healthy Microsoft Entra pod-managed identity on AKS
///
/// podid mirrors `az aks pod-identity`: it keeps az's names and arguments, and leaves out its
/// defects. Results go to stdout, everything else to stderr.
#[derive(Debug, Parser)]
#[command(name = "podid", version, styles = STYLES, propagate_version = true, max_term_width = 100)]
#[command(disable_help_subcommand = true)]
#[command(after_long_help = "Examples:
  # Give pods labelled aadpodidbinding=reader in namespace billing a managed identity
  podid add -g prod --cluster-name prod-aks --namespace billing --name reader --identity-resource-id ID

  # See what is there
  podid list -g prod --cluster-name prod-aks

  # Try everything on this machine, without Azure
  podid sandbox run -- podid list

Help topics, to be read with `podid help TOPIC`:
  exit-codes     what a script may conclude from the exit code
  errors         what an error holds, as text and as JSON
  output         keys and values of every result
  environment    every environment variable
  configuration  the configuration file, and which source wins
  permissions    who needs which role")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Output format; a table on a terminal, JSON otherwise
    #[arg(long, short, global = true, value_enum, env = env::PODID_OUTPUT, hide_env_values = true)]
    pub output: Option<Format>,
    /// JMESPath query over the JSON result
    #[arg(long, global = true, value_name = "JMESPATH")]
    pub query: Option<String>,
    /// Subscription name or id
    #[arg(long, global = true, value_name = "NAME_OR_ID", env = env::AZURE_SUBSCRIPTION_ID, hide_env_values = true)]
    pub subscription: Option<String>,
    /// Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate
    #[arg(long, global = true, value_name = "KIND", env = env::PODID_CREDENTIAL, hide_env_values = true)]
    pub credential: Option<CredentialKind>,
    /// Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud
    #[arg(long, global = true, value_name = "CLOUD", env = env::PODID_CLOUD, hide_env_values = true)]
    pub cloud: Option<String>,
    /// Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration, env = env::PODID_TIMEOUT, hide_env_values = true)]
    pub timeout: Option<Duration>,
    /// When to use colour; auto when not given
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<ColorChoice>,
    /// Format of errors on stderr; text when not given
    #[arg(long, global = true, value_enum, value_name = "FORMAT", env = env::PODID_ERROR_FORMAT, hide_env_values = true)]
    pub error_format: Option<ErrorFormat>,
    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, alias = "only-show-errors")]
    pub quiet: bool,
    /// Show requests and their statuses; twice for more, never secrets
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Same as -vv
    #[arg(long, global = true, hide = true)]
    pub debug: bool,
}

/// Reads a duration such as `90s`, `5m`, `1h30m` or plain seconds.
///
/// # Errors
/// It is none, negative, or longer than a day.
pub fn duration(text: &str) -> std::result::Result<Duration, String> {
    if let Ok(seconds) = text.parse::<u64>() {
        return within_a_day(Duration::from_secs(seconds));
    }
    let span: jiff::SignedDuration = text
        .parse()
        .map_err(|_| "expected a duration such as 90s, 5m or 1h30m".to_owned())?;
    let duration =
        Duration::try_from(span).map_err(|_| "a duration cannot be negative".to_owned())?;
    within_a_day(duration)
}

/// Nobody waits longer, and points in time further away overflow the clock.
fn within_a_day(duration: Duration) -> std::result::Result<Duration, String> {
    if duration > Duration::from_hours(24) {
        return Err("at most 24h".to_owned());
    }
    Ok(duration)
}

/// Runs podid with the process's arguments and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    clap_complete::CompleteEnv::with_factory(Cli::command).complete();
    run(std::env::args_os())
}

/// Runs podid with `arguments`.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let (cli, matches) = match parse(&arguments) {
        Ok(parsed) => parsed,
        Err(error) => return usage::tell(&error, &arguments),
    };
    let verbosity = if cli.global.debug {
        2
    } else {
        cli.global.verbose
    };
    crate::telemetry::start(verbosity);
    crate::azure::install_crypto_provider();
    let (settings, refused) = Settings::load(cli.global.clone(), Some(&matches));
    let ui = Ui::new(Manner {
        quiet: cli.global.quiet,
        verbose: verbosity > 0,
        colour: settings.color().value,
        errors: settings.error_format().value,
    });
    let done = match refused {
        Some(error) if cli.command.heeds_configuration() => Err(error),
        _ => execute(cli, settings, &ui, &arguments),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            ui.error(&error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

/// Reads the arguments; `podid help COMMAND` becomes `podid COMMAND --help`.
fn parse(arguments: &[OsString]) -> std::result::Result<(Cli, ArgMatches), clap::Error> {
    let read = |arguments: &[OsString]| {
        let matches = Cli::command().try_get_matches_from(arguments)?;
        let cli =
            Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
        Ok((cli, matches))
    };
    let (cli, matches) = read(arguments)?;
    match &cli.command {
        Command::Help(help) => match help.command_line() {
            Some(line) => read(&line).map_err(|error: clap::Error| match error.kind() {
                ErrorKind::InvalidSubcommand => Cli::command().error(error.kind(), help.unknown()),
                _ => error,
            }),
            None => Ok((cli, matches)),
        },
        _ => Ok((cli, matches)),
    }
}

fn execute(cli: Cli, settings: Settings, ui: &Ui, arguments: &[OsString]) -> Result<u8> {
    let query = cli.global.query.as_deref().map(Query::parse).transpose()?;
    let renderer = Renderer {
        format: settings.output().map(|setting| setting.value),
        query,
        colour: settings.color().value.for_stdout(),
    };
    let context = Context::new(settings, ui.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Error::new(Kind::Failed, "The runtime could not start").cause(error.to_string())
        })?;
    let changes = cli.command.changes();
    let catches_signals = cli.command.catches_signals();
    let work = commands::run(&context, cli.command);
    let report = if catches_signals {
        runtime.block_on(work)
    } else {
        let told = || interrupt::error(ui, changes, arguments);
        runtime.block_on(interrupt::unless_interrupted(ui, work, told))
    };
    let code = report.and_then(|report| show(&report, &renderer, ui));
    // Requests still under way belong to a command that has ended; nobody waits for them.
    runtime.shutdown_background();
    code
}

fn show(report: &Report, renderer: &Renderer, ui: &Ui) -> Result<u8> {
    if let Err(error) = renderer.write(report) {
        // What failed in Azure or the cluster matters more than a result that cannot be shown.
        if let Some(failure) = &report.failure {
            let told = Error::new(
                failure.kind,
                "The work failed, and its result cannot be shown",
            );
            return Err(told.details(vec![failure.clone(), error]));
        }
        return Err(error);
    }
    if renderer.shows_nothing(report)
        && let Some(text) = &report.empty
    {
        ui.status(text);
    }
    if let Some(failure) = &report.failure {
        ui.error(failure);
        return Ok(failure.kind.exit_code());
    }
    ui.next_steps(&report.next_steps);
    Ok(report.exit_code.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn reads_durations() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_mins(90)));
        assert!(duration("soon").is_err());
        assert!(duration("-5s").is_err());
        assert!(duration("18446744073709551615").is_err());
    }
}
