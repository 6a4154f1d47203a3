//! `podid role`: who needs which role, and who has it.

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;
use futures::future::join_all;

use self::access::{Answer, Demand};
use self::holder::Holder;
use super::arguments::{ClusterArgs, identity_id};
use super::change::cluster::{self, Cluster};
use super::complete;
use crate::azure::role_assignment::{self, Grant};
use crate::context::Context;
use crate::domain::grant::{Need, Purpose, needs};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;

pub(in crate::commands) mod access;
pub(in crate::commands) mod holder;

pub mod check;
pub mod grant;
pub mod list;
pub mod revoke;
pub mod wishes;

/// What can be done with roles.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a comment here would replace the command's whole help"
)]
pub enum Command {
    Grant(grant::Args),
    Revoke(revoke::Args),
    List(list::Args),
    Check(check::Args),
}

impl Command {
    /// Whether it may change something.
    pub(super) fn changes(&self) -> bool {
        matches!(self, Command::Grant(_) | Command::Revoke(_))
    }
}

/// Runs one command of the group.
///
/// # Errors
/// What the command could not do.
pub async fn run(context: &Context, command: Command) -> Result<Report> {
    match command {
        Command::Grant(args) => grant::run(context, args).await,
        Command::Revoke(args) => revoke::run(context, args).await,
        Command::List(args) => list::run(context, args).await,
        Command::Check(args) => check::run(context, args).await,
    }
}

/// `--for`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum For {
    /// The signed-in operator, who runs podid.
    #[default]
    Direct,
    /// The cluster's control-plane identity, for the AKS add-on.
    Managed,
    /// The kubelet identity, for MIC.
    Standard,
}

impl From<For> for Purpose {
    fn from(value: For) -> Self {
        match value {
            For::Direct => Purpose::Direct,
            For::Managed => Purpose::Managed,
            For::Standard => Purpose::Standard,
        }
    }
}

/// Whose roles, on what.
#[derive(Debug, Clone, Args)]
pub struct Scope {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)
    #[arg(
        long = "for",
        value_enum,
        default_value_t,
        value_name = "WAY",
        hide_possible_values = true
    )]
    purpose: For,
    /// Resource id of a user-assigned managed identity; may be repeated
    #[arg(long, value_name = "ID", num_args = 1.., add = ArgValueCompleter::new(complete::identities))]
    identity_resource_id: Vec<String>,
    /// Object id of the principal, instead of the one `--for` means
    #[arg(long, value_name = "OBJECT_ID")]
    assignee_object_id: Option<String>,
    /// Type of that principal; ServicePrincipal when not given
    #[arg(
        long,
        value_enum,
        value_name = "TYPE",
        requires = "assignee_object_id",
        ignore_case = true
    )]
    assignee_principal_type: Option<AssigneeType>,
}

/// `--assignee-principal-type`, with az's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "PascalCase")]
pub enum AssigneeType {
    /// A person.
    User,
    /// A group.
    Group,
    /// A service principal or managed identity.
    ServicePrincipal,
}

/// A principal and what it needs.
struct Resolved {
    cluster: Cluster,
    holder: Holder,
    needs: Vec<Need>,
}

async fn resolve(context: &Context, scope: &Scope) -> Result<Resolved> {
    let identities = scope
        .identity_resource_id
        .iter()
        .map(|text| identity_id(text));
    let identities = identities.collect::<Result<Vec<ResourceId>>>()?;
    let cluster = cluster::read(context, &scope.cluster).await?;
    let holder = holder::find(&cluster, scope).await?;
    let needs = needs(
        scope.purpose.into(),
        &identities,
        &cluster.node_resource_group()?,
    );
    if needs.is_empty() {
        return Err(Error::usage("No identity is given")
            .hint("use --identity-resource-id")
            .target("--identity-resource-id"));
    }
    Ok(Resolved {
        cluster,
        holder,
        needs,
    })
}

/// Grants `holder` what it needs, one write each; whether anything was granted.
///
/// # Errors
/// The signed-in principal may not grant roles; the error says who can.
pub(in crate::commands) async fn ensure(
    context: &Context,
    cluster: &Cluster,
    holder: &Holder,
    needs: &[Need],
) -> Result<bool> {
    let mut granted = false;
    let mut failures = Vec::new();
    let writes = needs.iter().map(|need| create(cluster, holder, need));
    for (need, outcome) in needs.iter().zip(join_all(writes).await) {
        match outcome {
            Ok(Outcome::Present) => {}
            Ok(Outcome::Granted) => {
                granted = true;
                let scope = need.scope.name();
                context.ui.status(&format!(
                    "Granted `{}` on {scope} to {}",
                    need.role, holder.label
                ));
            }
            Err(error) => failures.push(error),
        }
    }
    if failures.is_empty() {
        return Ok(granted);
    }
    Err(Error::several("Not every role could be granted", failures))
}

/// What became of a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The role, or one that covers it, was there.
    Present,
    /// podid granted it.
    Granted,
}

/// Grants each need that is not covered yet, side by side; one outcome per need, in their order.
async fn grant_needs(cluster: &Cluster, holder: &Holder, needs: &[Need]) -> Vec<Result<Outcome>> {
    let demands: Vec<Demand> = needs.iter().map(Demand::from).collect();
    let answers = access::check(&cluster.azure, holder, &demands).await;
    let work = needs.iter().zip(answers).map(|(need, answer)| async move {
        match answer {
            Answer::Allowed => Ok(Outcome::Present),
            // Whoever may grant a role may not be allowed to read others; a grant is idempotent.
            Answer::Missing(_) | Answer::Unknown(_) => create(cluster, holder, need).await,
            Answer::Denied(name) => Err(forbidden(need, &name)),
        }
    });
    join_all(work).await
}

async fn create(cluster: &Cluster, holder: &Holder, need: &Need) -> Result<Outcome> {
    let role = need.role;
    let (object_id, principal_type) = (&holder.object_id, holder.principal_type);
    let created =
        role_assignment::create(&cluster.azure, &need.scope, role, object_id, principal_type);
    match created.await {
        Ok(Grant::Unchanged) => Ok(Outcome::Present),
        Ok(Grant::Created(_)) => Ok(Outcome::Granted),
        Err(error) => Err(denied(holder, need, error.into())),
    }
}

/// A deny assignment stands against what the role allows.
fn forbidden(need: &Need, name: &str) -> Error {
    let scope = &need.scope;
    Error::new(
        Kind::Permission,
        format!(
            "Deny assignment `{name}` forbids on {scope} what role `{}` allows",
            need.role
        ),
    )
    .hint("no role helps against a deny assignment; ask whoever locked the scope")
    .target(scope.to_string())
}

/// Who could grant `need` to `holder`, and how.
pub(in crate::commands) fn who_can(holder: &Holder, need: &Need) -> String {
    let scope = &need.scope;
    format!(
        "ask an owner of {scope}, or have them run: az role assignment create --role \"{}\" --assignee-object-id {} --assignee-principal-type {} --scope {scope}",
        need.role, holder.object_id, holder.principal_type
    )
}

fn denied(holder: &Holder, need: &Need, error: Error) -> Error {
    let scope = &need.scope;
    let mut error = error;
    if error.kind == Kind::Permission {
        // They are about roles that could be granted; this is about who may grant.
        error.hints.clear();
    }
    error
        .context(format!(
            "Role `{}` on `{}` was not granted to {}",
            need.role,
            scope.name(),
            holder.label
        ))
        .hint(who_can(holder, need))
        .target(scope.to_string())
}
