//! Plans all clusters of a file, side by side.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::PlanningArgs;
use super::identities::{self, Identities};
use super::site::{self, Held, Site};
use super::source::{self, Source, sha256};
use crate::commands::arguments::KubernetesArgs;
use crate::commands::change::aks;
use crate::commands::change::cluster::Way;
use crate::commands::change::preflight::{self, Findings};
use crate::commands::role::wishes;
use crate::context::Context;
use crate::domain::change_plan::direct::{self, World};
use crate::domain::change_plan::{self, Action, Change, Kind as Resource, Refusal, sort};
use crate::domain::file::RoleWish;
use crate::domain::grant::Need;
use crate::domain::preflight::Actor;
use crate::domain::profile::{Edit, Effect, Profile};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};

/// Clusters that are dealt with at a time.
pub const AT_A_TIME: usize = 4;

/// What was read, for a saved plan: resource to version.
pub type Versions = BTreeMap<String, String>;

/// What has to change.
pub struct Planned {
    /// The managed identities.
    pub identities: Identities,
    /// The clusters.
    pub clusters: Vec<PlannedCluster>,
    /// What was read.
    pub versions: Versions,
}

/// What has to change in one cluster.
pub struct PlannedCluster {
    /// The cluster.
    pub site: Site,
    /// What it holds, when podid itself changes it.
    pub held: Option<Held>,
    /// The edits of the profile, when the add-on changes it, with what each does.
    pub edits: Vec<(Edit, Effect)>,
    /// Roles to be granted, with the names of their changes.
    pub roles: Vec<(RoleWish, String)>,
    /// Pod identities that go, as namespace and name.
    pub pruned: Vec<(String, String)>,
    /// The changes, in their order.
    pub changes: Vec<Change>,
    versions: Versions,
}

impl Planned {
    /// All changes, in their order.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = self.identities.changes();
        for cluster in &self.clusters {
            changes.extend(cluster.changes.iter().cloned());
        }
        changes
    }
}

/// Plans what `source` asks for.
///
/// # Errors
/// The file is refused, a cluster cannot be reached, or something is in the way; nothing was
/// changed.
pub async fn plan(
    context: &Context,
    source: &Source,
    options: PlanningArgs,
    kubernetes: &KubernetesArgs,
) -> Result<Planned> {
    let wanted = &source.read.wanted;
    let several = wanted.clusters.len() > 1;
    if several && kubernetes.context.is_some() {
        return Err(
            Error::usage("One context cannot be that of several clusters")
                .hint("name a `kubeContext` per cluster in the file, or leave --context out: credentials then come from Azure")
                .target("--context"),
        );
    }
    distinct(context, source).await?;
    let identities = identities::read(context, source).await?;
    let work = wanted.clusters.iter().map(|cluster| {
        let identities = &identities;
        Box::pin(async move {
            let reached = site::reach(context, cluster, kubernetes, several);
            let site = Box::pin(reached).await?;
            Box::pin(plan_cluster(context, site, identities, options)).await
        })
    });
    let outcomes: Vec<Result<PlannedCluster>> =
        stream::iter(work).buffered(AT_A_TIME).collect().await;
    let mut clusters = Vec::new();
    let mut failures = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(cluster) => clusters.push(cluster),
            Err(error) => failures.push(error),
        }
    }
    if !failures.is_empty() {
        return Err(Error::refusals(failures));
    }
    let mut versions = Versions::new();
    for id in wanted.named.keys() {
        let client_id = identities
            .found
            .get(id)
            .map(|found| found.client_id.clone());
        versions.insert(
            format!("ManagedIdentity {id}"),
            client_id.unwrap_or_else(|| "absent".to_owned()),
        );
    }
    for cluster in &clusters {
        let id = &cluster.site.cluster.id;
        let read = cluster.versions.iter();
        versions.extend(read.map(|(name, version)| (format!("{name} of {id}"), version.clone())));
    }
    Ok(Planned {
        identities,
        clusters,
        versions,
    })
}

/// Refuses a cluster that is named twice, once with its subscription and once by the usual one.
async fn distinct(context: &Context, source: &Source) -> Result<()> {
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (at, cluster) in source.read.wanted.clusters.iter().enumerate() {
        let id = site::id(context, cluster).await?;
        if !seen.insert(id) {
            let message = format!("Cluster `{}` is there already", cluster.key.name);
            faults.push(source.read.fault(&format!("/clusters/{at}"), message));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(source::refused(&source.name, faults))
}

async fn plan_cluster(
    context: &Context,
    site: Site,
    identities: &Identities,
    options: PlanningArgs,
) -> Result<PlannedCluster> {
    check_cluster(context, &site)?;
    let (roles, role_changes) = roles(&site, identities).await?;
    let mut planned = match site.way {
        Way::Direct => Box::pin(plan_direct(context, site, identities, options)).await?,
        Way::Aks => plan_aks(context, site, identities, options)?,
    };
    planned.roles = roles;
    planned.changes.extend(role_changes);
    sort(&mut planned.changes);
    for change in &mut planned.changes {
        change.cluster = Some(planned.site.label.clone());
    }
    Ok(planned)
}

/// What speaks against any change of the cluster.
fn check_cluster(context: &Context, site: &Site) -> Result<()> {
    let wanted = &site.wanted;
    let holds = !wanted.pod_identities.is_empty() || !wanted.exceptions.is_empty();
    if !holds && wanted.enabled != Some(true) {
        return Ok(());
    }
    let actor = match site.way {
        Way::Direct => Actor::Podid,
        Way::Aks => Actor::AddOn,
    };
    let consent = wanted.allow_network_plugin_kubenet == Some(true);
    let mut findings = Findings::default();
    preflight::look_at_cluster(&mut findings, &site.cluster, actor, consent);
    findings.end(context)
}

async fn plan_direct(
    context: &Context,
    site: Site,
    identities: &Identities,
    options: PlanningArgs,
) -> Result<PlannedCluster> {
    let held = Box::pin(site.read(context)).await?;
    let world = held.world(&site.cluster, identities.client_ids());
    let manner = direct::Manner {
        prune: options.prune,
        replace: options.replace,
    };
    let outcome =
        direct::plan(&site.wanted, &world, manner).map_err(|refusals| refused(&site, refusals))?;
    for note in &outcome.notes {
        context
            .ui
            .warn(&format!("cluster `{}`: {note}", site.label));
    }
    Ok(PlannedCluster {
        versions: versions(&site, &world, &outcome.changes),
        held: Some(held),
        edits: Vec::new(),
        roles: Vec::new(),
        pruned: outcome.pruned,
        changes: outcome.changes,
        site,
    })
}

fn plan_aks(
    context: &Context,
    site: Site,
    identities: &Identities,
    options: PlanningArgs,
) -> Result<PlannedCluster> {
    let edits = change_plan::aks::edits(&site.wanted, &identities.principals());
    let raw = site.cluster.managed.pod_identity_profile();
    let profile = Profile::of(raw);
    // The profile does not say who made an item; the file is what its owner wants.
    let effects = if edits.is_empty() {
        Vec::new()
    } else {
        aks::plan(&site.cluster, &edits, true)
            .map_err(|error| error.hint("or write `enabled: true` for this cluster into the file"))?
            .effects
    };
    let changes = change_plan::aks::changes(&edits, &effects, &profile);
    if options.prune {
        tell_unnamed(context, &site, &profile);
    }
    let read = json!({"profile": raw}).to_string();
    Ok(PlannedCluster {
        versions: Versions::from([("AddOn".to_owned(), sha256(&read))]),
        held: None,
        edits: edits.into_iter().zip(effects).collect(),
        roles: Vec::new(),
        pruned: Vec::new(),
        changes,
        site,
    })
}

/// Pruning is for what podid made, and a profile does not say who made what.
fn tell_unnamed(context: &Context, site: &Site, profile: &Profile) {
    let wanted = &site.wanted;
    let identities = profile
        .identities
        .iter()
        .map(crate::domain::profile::Item::key);
    let named = |key: &String| wanted.pod_identities.iter().any(|item| item.key() == *key);
    let unnamed: Vec<String> = identities.filter(|key| !named(key)).collect();
    if !unnamed.is_empty() {
        context.ui.warn(&format!(
            "cluster `{}`: {} stay: the add-on does not say who made them; remove them with `podid remove`",
            site.label,
            unnamed.join(", ")
        ));
    }
}

/// The roles that are missing, each with its change.
async fn roles(
    site: &Site,
    identities: &Identities,
) -> Result<(Vec<(RoleWish, String)>, Vec<Change>)> {
    let mut missing = Vec::new();
    let mut changes = Vec::new();
    for wish in &site.wanted.roles {
        let need = wishes::need(&site.cluster, wish)?;
        // Nobody holds a role on an identity that does not exist.
        let absent = identities.absent.contains_key(&need.scope);
        if !absent && wishes::is_held(&site.cluster, wish).await? {
            continue;
        }
        let principal = serde_json::to_value(wish.principal).unwrap_or(Value::Null);
        let principal = principal.as_str().unwrap_or_default();
        let name = role_name(site, wish, &need, principal);
        changes.push(Change {
            action: Action::Create,
            cluster: None,
            kind: Resource::RoleAssignment,
            name: name.clone(),
            before: Value::Null,
            after: json!({
                "role": need.role.to_string(),
                "scope": need.scope,
                "principalId": wishes::principal_id(&site.cluster, wish).await?,
            }),
            why: "neither this role nor one that covers it is held".to_owned(),
        });
        missing.push((wish.clone(), name));
    }
    Ok((missing, changes))
}

/// What a role is called: with the whole id of its scope when others are called alike.
fn role_name(site: &Site, wish: &RoleWish, need: &Need, principal: &str) -> String {
    let alike = site.wanted.roles.iter().any(|other| {
        other.role == wish.role
            && other.principal == wish.principal
            && wishes::need(&site.cluster, other).is_ok_and(|other| {
                other.scope != need.scope
                    && other.scope.name().eq_ignore_ascii_case(need.scope.name())
            })
    });
    let scope = if alike {
        need.scope.as_str()
    } else {
        need.scope.name()
    };
    format!("{} on {scope} for {principal}", need.role)
}

/// What of the cluster matters for the plan.
fn versions(site: &Site, world: &World, changes: &[Change]) -> Versions {
    let mut versions = Versions::new();
    for object in direct::wanted(&site.wanted, world) {
        let found = world.find(object.kind, &object.key);
        let version = found.map_or("absent", |found| found.version.as_str());
        versions.insert(
            format!("{} {}", object.kind, object.key),
            version.to_owned(),
        );
    }
    for change in changes {
        if let Some(found) = world.find(change.kind, &change.name) {
            let name = format!("{} {}", change.kind, change.name);
            versions.insert(name, found.version.clone());
        }
    }
    // Its ETag changes with every node that comes or goes; the identities are what matters.
    for (set, pool) in &world.pools {
        let held: Vec<&str> = pool.held.iter().map(ResourceId::key).collect();
        let name = format!("ScaleSet {}", set.name());
        versions.insert(name, sha256(&held.join("\n")));
    }
    versions
}

fn refused(site: &Site, refusals: Vec<Refusal>) -> Error {
    let told = refusals.into_iter().map(|refusal| {
        let error = Error::new(Kind::Conflict, refusal.to_string());
        match refusal {
            Refusal::OfAddOn { name, .. } => error
                .hint("change it through the add-on, or choose another name")
                .target(name),
            Refusal::OfOthers { name, how, .. } => error
                .cause(how)
                .hint("use --replace to take it over, or choose another name")
                .target(name),
        }
    });
    Error::several(
        format!("Cluster `{}` was not changed", site.label),
        told.collect(),
    )
}
