//! `podid install`.

use clap::Args as ClapArgs;
use serde_json::json;

use crate::context::Context;
use crate::error::Result;
use crate::k8s;
use crate::k8s::crd::{self, InstallAction};
use crate::output::report::Report;
use crate::output::table::Table;

/// Install what pod identity needs in a cluster
///
/// Installs the custom resource definitions by server-side apply. Newer ones are left alone.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Install the custom resource definitions
  podid install --crds-only")]
pub struct Args {
    /// Only the custom resource definitions
    #[arg(long, required = true)]
    crds_only: bool,
    /// Show what would be installed, install nothing
    #[arg(long)]
    dry_run: bool,
    /// Take over definitions that somebody else manages with other content
    #[arg(long)]
    force: bool,
    /// Kubeconfig file; else KUBECONFIG, else ~/.kube/config
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<std::path::PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// The API server does not answer or refuses.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let options = k8s::ConnectOptions {
        kubeconfig: args.kubeconfig,
        context: args.context,
        timeout: Some(context.timeout()),
        ..k8s::ConnectOptions::default()
    };
    let connection = k8s::connect(&options).await?;
    let options = crd::InstallOptions {
        dry_run: args.dry_run,
        force: args.force,
        timeout: Some(context.timeout()),
    };
    let outcomes = crd::install(&connection.client, &options).await?;
    let mut table = Table::new(&["CRD", "OUTCOME"]);
    let mut items = Vec::new();
    for outcome in outcomes {
        let word = word(&outcome.action, args.dry_run);
        match &outcome.action {
            InstallAction::Newer => {
                context.ui.warn(&format!(
                    "{} is newer than podid's and was left alone",
                    outcome.name
                ));
            }
            InstallAction::UnknownVersions(versions) => context.ui.warn(&format!(
                "{} serves versions podid does not know ({}) and was left alone",
                outcome.name,
                versions.join(", ")
            )),
            InstallAction::ManagedByOthers(managers) => context.ui.warn(&format!(
                "{} is managed by {} and was left alone; --force takes it over",
                outcome.name,
                managers.join(", ")
            )),
            _ => {}
        }
        table.row([outcome.name.as_str(), word]);
        items.push(json!({"name": outcome.name, "outcome": word}));
    }
    Ok(Report::new(items, table))
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
