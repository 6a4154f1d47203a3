//! `podid install`.

use clap::{ArgGroup, Args as ClapArgs, ValueEnum};
use serde_json::{Value, json};

use crate::context::Context;
use crate::domain::name::Namespace;
use crate::error::{Error, Kind, Result};
use crate::k8s;
use crate::k8s::crd::{self, InstallAction, InstallOutcome};
use crate::k8s::node_daemon::{self, NodeDaemon};
use crate::output::format::Format;
use crate::output::report::Report;
use crate::output::table::Table;
use crate::settings::Origin;

/// Install what pod identity needs in a cluster
///
/// Installs the custom resource definitions and, with --mode, podid-nmi: the daemon that answers
/// the token requests of pods on every node, with an account that may do what it needs and nothing
/// else. Everything is written by server-side apply; newer definitions are left alone. With
/// `-o yaml` the objects are printed and no cluster is asked.
#[derive(Debug, ClapArgs)]
#[command(group(ArgGroup::new("what").required(true).args(["crds_only", "mode"])))]
#[command(after_long_help = "Examples:
  # Install the custom resource definitions
  podid install --crds-only

  # Install them and podid-nmi, from your own registry
  podid install --mode managed --image registry.example/podid:0.1.0

  # The same for GitOps
  podid install --mode managed --image registry.example/podid:0.1.0 -o yaml > podid.yaml")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct Args {
    /// Only the custom resource definitions
    #[arg(long)]
    crds_only: bool,
    /// Install podid-nmi, too: where identities come from
    #[arg(long, value_enum, requires = "image")]
    mode: Option<Mode>,
    /// Image of podid-nmi, from a registry that the nodes may pull from
    #[arg(long, value_name = "IMAGE", requires = "mode", value_parser = image)]
    image: Option<String>,
    /// Namespace of podid-nmi; it must exist
    #[arg(long, value_name = "NAMESPACE", default_value = "kube-system")]
    namespace: Namespace,
    /// Serve identities that are service principals; podid-nmi may then read every Secret
    #[arg(long, requires = "mode")]
    allow_service_principals: bool,
    /// Remove the taint of this key from a node once podid-nmi answers there
    #[arg(long, value_name = "KEY", requires = "mode")]
    startup_taint: Option<String>,
    /// Show what would be installed, install nothing
    #[arg(long)]
    dry_run: bool,
    /// Take over objects that somebody else manages with other content
    #[arg(long)]
    force: bool,
    /// Kubeconfig file; else KUBECONFIG, else ~/.kube/config
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<std::path::PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

/// Where podid-nmi's identities come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Bindings alone; podid or the add-on puts identities on the nodes' machines
    Managed,
    /// Bindings, once MIC has recorded that the node's machine holds the identity
    Standard,
}

fn image(text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic());
    fits.then(|| text.to_owned())
        .ok_or_else(|| "expected the name of an image, as in registry.example/podid:0.1.0".into())
}

/// Runs the command.
///
/// # Errors
/// The API server does not answer or refuses, or another NMI runs in the cluster.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let daemon = daemon(&args);
    if let Some(daemon) = daemon.as_ref().filter(|_| is_printed(context)) {
        return Ok(printed(context, daemon));
    }
    let options = k8s::ConnectOptions {
        kubeconfig: args.kubeconfig.clone(),
        context: args.context.clone(),
        timeout: Some(context.timeout()),
        ..k8s::ConnectOptions::default()
    };
    let client = k8s::connect(&options).await?.client;
    if let Some(daemon) = &daemon {
        check_alone(&client, daemon).await?;
    }
    let options = crd::InstallOptions {
        dry_run: args.dry_run,
        force: args.force,
        timeout: Some(context.timeout()),
    };
    let mut outcomes = crd::install(&client, &options).await?;
    warn(context, &outcomes);
    let Some(daemon) = daemon else {
        return Ok(report("CRD", &outcomes, args.dry_run));
    };
    let options = node_daemon::InstallOptions {
        dry_run: args.dry_run,
        force: args.force,
    };
    let own = node_daemon::install(&client, &daemon, options).await?;
    let failure = own.iter().find_map(not_installed);
    outcomes.extend(own);
    Ok(report("OBJECT", &outcomes, args.dry_run)
        .failed(failure)
        .next_step(format!(
            "kubectl -n {} rollout status daemonset/{}",
            daemon.namespace,
            node_daemon::NAME
        )))
}

fn daemon(args: &Args) -> Option<NodeDaemon> {
    let (mode, image) = (args.mode?, args.image.clone()?);
    Some(NodeDaemon {
        image,
        namespace: args.namespace.to_string(),
        standard: mode == Mode::Standard,
        allow_service_principals: args.allow_service_principals,
        startup_taint: args.startup_taint.clone(),
    })
}

/// Asked for here: a default format in a file must not keep anything from being installed.
fn is_printed(context: &Context) -> bool {
    let output = context.settings.output();
    output.is_some_and(|output| {
        matches!(output.origin, Origin::Flag(_))
            && matches!(output.value, Format::Yaml | Format::Yamlc)
    })
}

fn printed(context: &Context, daemon: &NodeDaemon) -> Report {
    let crds = crd::manifests().into_iter();
    let mut objects: Vec<Value> = crds.map(|crd| json!(crd)).collect();
    objects.extend(daemon.objects());
    context
        .ui
        .status("Nothing was installed: `kubectl apply --server-side -f` installs what is printed");
    Report::new(&objects, Table::default()).with_objects(objects)
}

/// Two of them would take each other's requests.
async fn check_alone(client: &kube::Client, daemon: &NodeDaemon) -> Result<()> {
    use k8s::cluster::NmiState;
    let found = match k8s::cluster::nmi_running(client).await? {
        NmiState::Absent => return Ok(()),
        NmiState::NotReady(found) | NmiState::Running(found) => found,
    };
    let own = |set: &&k8s::cluster::NmiDaemonSet| {
        set.name == node_daemon::NAME && set.namespace == daemon.namespace
    };
    let Some(other) = found.iter().find(|set| !own(set)) else {
        return Ok(());
    };
    let name = format!("{}/{}", other.namespace, other.name);
    Err(
        Error::new(Kind::Conflict, format!("Another NMI is installed: DaemonSet `{name}`"))
            .cause("each of them would take the requests of pods to itself")
            .hint("remove it first; `podid disable` turns the add-on of AKS off, `podid uninstall` removes podid's")
            .target(name),
    )
}

fn not_installed(outcome: &InstallOutcome) -> Option<Error> {
    let InstallAction::ManagedByOthers(managers) = &outcome.action else {
        return None;
    };
    let what = format!("{} was not installed", outcome.name);
    Some(
        Error::new(Kind::Conflict, what)
            .cause(format!("{} manages it with other content", managers.join(", ")))
            .hint("look at it with `kubectl get -o yaml --show-managed-fields`; --force takes it over")
            .target(outcome.name.clone()),
    )
}

fn warn(context: &Context, outcomes: &[InstallOutcome]) {
    for InstallOutcome { name, action } in outcomes {
        match action {
            InstallAction::Newer => context
                .ui
                .warn(&format!("{name} is newer than podid's and was left alone")),
            InstallAction::UnknownVersions(versions) => context.ui.warn(&format!(
                "{name} serves versions podid does not know ({}) and was left alone",
                versions.join(", ")
            )),
            InstallAction::ManagedByOthers(managers) => context.ui.warn(&format!(
                "{name} is managed by {} and was left alone; --force takes it over",
                managers.join(", ")
            )),
            _ => {}
        }
    }
}

fn report(heading: &'static str, outcomes: &[InstallOutcome], dry_run: bool) -> Report {
    let mut table = Table::new(&[heading, "OUTCOME"]);
    let mut items = Vec::new();
    for outcome in outcomes {
        let word = word(&outcome.action, dry_run);
        table.row([outcome.name.as_str(), word]);
        items.push(json!({"name": outcome.name, "outcome": word}));
    }
    Report::new(items, table)
}

fn word(action: &InstallAction, dry_run: bool) -> &'static str {
    match (action, dry_run) {
        (InstallAction::Created, false) => "created",
        (InstallAction::Created, true) => "wouldCreate",
        (InstallAction::Updated, false) => "updated",
        (InstallAction::Updated, true) => "wouldUpdate",
        (InstallAction::Unchanged, _) => "unchanged",
        (InstallAction::Newer, _) => "newer",
        (InstallAction::UnknownVersions(_), _) => "unknownVersions",
        (InstallAction::ManagedByOthers(_), _) => "managedByOthers",
    }
}
