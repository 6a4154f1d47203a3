//! `podid wait`.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use clap::{Args as ClapArgs, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::arguments::{ClusterArgs, KubernetesArgs};
use super::complete;
use super::state::{self, State, Summary};
use crate::context::Context;
use crate::domain::name::{Namespace, PodIdentityName};
use crate::error::{Error, Kind, Result};
use crate::output::progress::Step;
use crate::output::report::Report;

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Wait until pod identities are usable, or gone
///
/// Usable means that every node pool holds the identity and a binding gives it to pods, or that
/// the add-on says Assigned. Ends with exit code 8 when --timeout is over, with 3 when there is
/// no such pod identity, and at once with 1 when it cannot become usable by itself.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # After `podid add --no-wait`
  podid wait -g prod --cluster-name prod-aks --namespace billing --name reader --timeout 10m

  # All of a cluster, before a deployment
  podid wait -g prod --cluster-name prod-aks --all

  # Until one is gone
  podid wait -g prod --cluster-name prod-aks --namespace billing --name reader --for deleted")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// What to wait for
    #[arg(long = "for", value_enum, default_value_t, value_name = "CONDITION")]
    condition: Condition,
    /// Namespace of the pod identity; with --all only those of this namespace
    #[arg(long, value_name = "NAMESPACE", required_unless_present = "all", add = ArgValueCompleter::new(complete::namespaces))]
    namespace: Option<String>,
    /// Name of the pod identity
    #[arg(long, short = 'n', value_name = "NAME", required_unless_present = "all", requires = "namespace", add = ArgValueCompleter::new(complete::pod_identities))]
    name: Option<String>,
    /// All pod identities of the cluster
    #[arg(long, conflicts_with = "name")]
    all: bool,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// `--for`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Condition {
    /// Pods can use it.
    #[default]
    Assigned,
    /// It is gone.
    Deleted,
}

/// Which pod identities.
struct Selection {
    namespace: Option<Namespace>,
    name: Option<PodIdentityName>,
}

impl Selection {
    fn includes(&self, item: &State) -> bool {
        let namespace = self.namespace.as_ref();
        let name = self.name.as_ref();
        namespace.is_none_or(|wanted| wanted.as_str() == item.namespace)
            && name.is_none_or(|wanted| wanted.as_str() == item.name)
    }

    fn shown(&self) -> String {
        match (&self.namespace, &self.name) {
            (Some(namespace), Some(name)) => format!("pod identity `{namespace}/{name}`"),
            (Some(namespace), None) => format!("pod identities in namespace `{namespace}`"),
            _ => "pod identities".to_owned(),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// The time is over, there is no such pod identity, or it cannot become usable by itself.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let selection = Selection {
        namespace: args.namespace.as_deref().map(str::parse).transpose()?,
        name: args.name.as_deref().map(str::parse).transpose()?,
    };
    let deadline = Instant::now() + context.timeout();
    let mut pause = Duration::from_millis(500);
    let mut step: Option<Step> = None;
    let (mut told, mut seen) = (String::new(), String::new());
    loop {
        let read = state::read(context, &args.cluster, &args.kubernetes).await;
        let view = match (read, &step) {
            (Ok(view), _) => view,
            // The time ended within a read: what was seen last is what the user waits for.
            (Err(error), Some(step)) if error.kind == Kind::Pending => {
                step.failed("not ready yet");
                return Err(out_of_time(&selection, &seen, &told));
            }
            (Err(error), _) => return Err(error),
        };
        let cluster = view.cluster.id.name().to_owned();
        let items: Vec<State> = view
            .states
            .into_iter()
            .filter(|item| selection.includes(item))
            .collect();
        let waiting: Vec<&State> = items
            .iter()
            .filter(|item| !reached(item, args.condition))
            .collect();
        if args.condition == Condition::Assigned && items.is_empty() {
            return Err(absent(&selection, &cluster));
        }
        if waiting.is_empty() {
            if let Some(step) = step {
                step.done("ready");
            }
            return Ok(report(items));
        }
        if args.condition == Condition::Assigned {
            check(&waiting)?;
        }
        let text = under_way(&waiting);
        let step = step.get_or_insert_with(|| context.ui.step(&format!("Cluster `{cluster}`")));
        if text == told {
            step.detail(&text);
        } else {
            step.update(&text);
        }
        if Instant::now() + pause > deadline {
            step.failed("not ready yet");
            return Err(out_of_time(&selection, &cluster, &text));
        }
        (told, seen) = (text, cluster);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn reached(item: &State, condition: Condition) -> bool {
    condition == Condition::Assigned
        && matches!(item.state, Summary::Assigned | Summary::ServicePrincipal)
}

/// Ends at once when waiting would not help.
fn check(waiting: &[&State]) -> Result<()> {
    let mut hopeless = Vec::new();
    for item in waiting {
        let (why, hint) = match item.state {
            Summary::Stale => (
                "its managed identity was deleted, or deleted and made again",
                "run `podid add` again, or remove it",
            ),
            Summary::BrokenRecord => (
                "the record of what podid assigned cannot be read",
                "see `podid remove` for what to repair",
            ),
            Summary::Failed | Summary::Canceled => (
                "the add-on gave up",
                "see why with `podid show`, then `podid remove --repair` or `podid add`",
            ),
            _ => continue,
        };
        let key = format!("{}/{}", item.namespace, item.name);
        let mut error = Error::new(
            Kind::Failed,
            format!("Pod identity `{key}` is {}", item.state),
        )
        .cause(why)
        .hint(hint)
        .target(key);
        if let Some(told) = &item.error {
            error = error.cause(format!("{} ({})", told.message, told.code));
        }
        hopeless.push(error);
    }
    if hopeless.is_empty() {
        return Ok(());
    }
    let message = "Waiting does not make every pod identity usable";
    Err(Error::several(message, hopeless))
}

/// What is waited for, shortly.
fn under_way(waiting: &[&State]) -> String {
    let shown = waiting
        .iter()
        .take(3)
        .map(|item| format!("{}/{} is {}", item.namespace, item.name, item.state));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if waiting.len() > 3 {
        // Writing to a text cannot fail.
        let _ = write!(text, " and {} more", waiting.len() - 3);
    }
    text
}

fn absent(selection: &Selection, cluster: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("Cluster `{cluster}` has no {}", selection.shown()),
    )
    .hint("see what there is with `podid list`")
}

fn out_of_time(selection: &Selection, cluster: &str, text: &str) -> Error {
    Error::new(
        Kind::Pending,
        format!(
            "Cluster `{cluster}`: {} did not get there in time",
            selection.shown()
        ),
    )
    .cause(text)
    .hint("wait longer with --timeout; `podid list` shows what is missing")
}

fn report(items: Vec<State>) -> Report {
    let table = state::table(&items);
    Report::new(items, table)
}
