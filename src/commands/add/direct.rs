//! `podid add --via direct`: everything is looked at, then podid itself writes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Args, shown};
use crate::commands::change::addition::{self, Added, Manner, Wanted};
use crate::commands::change::claims::{self, Snapshot};
use crate::commands::change::cluster::{Cluster, Pool, Way};
use crate::commands::change::managed::{self, Managed};
use crate::commands::change::preflight::{self, Findings, Grants, Roles};
use crate::commands::change::{removal, wanted};
use crate::commands::role;
use crate::context::Context;
use crate::domain::assignment;
use crate::domain::grant::Role;
use crate::domain::pod_identity::{Comparison, PodIdentity};
use crate::domain::preflight::Actor;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Result};
use crate::k8s::pod_identity::{self, Binding};
use crate::k8s::{self, crd};
use crate::output::report::Report;

/// What was read and found good.
struct Ready {
    managed: Managed,
    pools: Vec<Pool>,
    snapshot: Snapshot,
    bindings: Vec<Binding>,
    compared: Vec<Wanted>,
    grants: Grants,
    warning: Option<&'static str>,
}

/// Adds what was requested.
///
/// # Errors
/// Refused input, what the cluster cannot do, or a failure of every pod identity.
pub(super) async fn run(
    context: &Context,
    cluster: &Cluster,
    client: &kube::Client,
    requested: &[PodIdentity],
    args: &Args,
) -> Result<Report> {
    let mut ready = Box::pin(look(context, cluster, client, requested, args)).await?;
    Cluster::tell_left_out(context, &ready.pools);
    if let Some(text) = ready.warning {
        context.ui.warn(text);
    }
    let many = args.many().is_some();
    if args.change.dry_run {
        let preview = preview(cluster, &ready).await?;
        return Ok(shown::preview(&ready.compared, &preview, many));
    }
    cluster.announce(context, Way::Direct);
    ready.managed.create_absent(context, cluster).await?;
    let compared = compare(
        requested,
        &ready.managed,
        &ready.snapshot,
        &ready.bindings,
        args,
    )?;
    let grants = &ready.grants;
    let granted = role::ensure(context, cluster, &grants.holder, &grants.needs).await?;
    let (compared, failed) = release_replaced(context, cluster, client, compared, &ready).await;
    let manner = Manner {
        no_wait: args.change.no_wait,
        replace: args.replace,
        permissions_may_be_late: granted,
    };
    let mut added = addition::run(context, cluster, client, compared, manner).await;
    added.extend(failed);
    let report = shown::report(added, args.change.no_wait, many);
    Ok(report.next_step(format!(
        "podid list -g {} --cluster-name {}",
        cluster.group(),
        cluster.id.name()
    )))
}

/// Reads everything and looks for what speaks against the change, before the first write.
async fn look(
    context: &Context,
    cluster: &Cluster,
    client: &kube::Client,
    requested: &[PodIdentity],
    args: &Args,
) -> Result<Ready> {
    let mut findings = Findings::default();
    preflight::look_at_cluster(&mut findings, cluster, Actor::Podid, false);
    let namespaces = wanted::namespaces(requested);
    let (managed, pools, snapshot, bindings, crds, checked) = tokio::join!(
        managed::read(cluster, requested, args.create_identity),
        cluster.pools(),
        claims::snapshot(client),
        pod_identity::list_bindings(client, None),
        check_crds(client),
        check_rest(client, &namespaces),
    );
    // Without them every other look at the cluster says the same again.
    crds?;
    let pools = pools?;
    let warning = findings.take(checked)?.flatten();
    let snapshot = findings.take(snapshot)?;
    let bindings = findings.take(bindings.map_err(Error::from))?;
    let managed = findings.take(managed)?;
    preflight::look_at_pools(&mut findings, cluster, &pools);
    let identities = wanted::identities(requested);
    let mut compared = None;
    if let (Some(managed), Some(snapshot), Some(bindings)) = (&managed, &snapshot, &bindings) {
        snapshot.check_records(&identities)?;
        compared = findings.take(compare(requested, managed, snapshot, bindings, args))?;
    }
    let none = Managed::default();
    let known = managed.as_ref().map_or(&[][..], |_| &identities[..]);
    let there = managed.as_ref().unwrap_or(&none);
    let grants = look_at_roles(&mut findings, cluster, known, there, &pools, args).await?;
    if pools.iter().all(|pool| pool.target().is_none()) {
        Cluster::tell_left_out(context, &pools);
    }
    findings.end(context)?;
    match (managed, snapshot, bindings, compared) {
        (Some(managed), Some(snapshot), Some(bindings), Some(compared)) => Ok(Ready {
            managed,
            pools,
            snapshot,
            bindings,
            compared,
            grants,
            warning,
        }),
        // What is not there was refused above.
        _ => Err(Error::usage("The change was refused")),
    }
}

/// The roles that the PATCHes need; none when the scale sets hold everything already.
async fn look_at_roles(
    findings: &mut Findings,
    cluster: &Cluster,
    identities: &[ResourceId],
    managed: &Managed,
    pools: &[Pool],
    args: &Args,
) -> Result<Grants> {
    let wanted: BTreeSet<ResourceId> = identities.iter().cloned().collect();
    let mut missing = assignment::missing(&wanted, &addition::holdings(pools));
    let client_ids = managed.found.values();
    let client_ids = client_ids.map(|one| (one.id.clone(), one.client_id.clone()));
    addition::with_stale(&mut missing, pools, &client_ids.collect());
    let scale_sets: Vec<ResourceId> = missing.keys().cloned().collect();
    let assigned: BTreeSet<ResourceId> = missing.into_values().flatten().collect();
    let assigned: Vec<ResourceId> = assigned.into_iter().collect();
    let roles = Roles {
        identities: &assigned,
        absent: &managed.absent,
        scale_sets: &scale_sets,
        grant: args.grant,
    };
    preflight::look_at_roles(findings, cluster, Actor::Podid, &roles).await
}

fn compare(
    requested: &[PodIdentity],
    managed: &Managed,
    snapshot: &Snapshot,
    bindings: &[Binding],
    args: &Args,
) -> Result<Vec<Wanted>> {
    let pairs = requested
        .iter()
        .map(|wanted| (wanted.clone(), managed.get(&wanted.identity)));
    addition::compare_all(pairs.collect(), snapshot, bindings, args.replace)
}

/// One line per change, by pod identity: what goes first, what is granted, what is written.
async fn preview(cluster: &Cluster, ready: &Ready) -> Result<BTreeMap<String, Vec<String>>> {
    let mut lines = addition::preview(&ready.compared, &ready.pools, &ready.managed.absent);
    let mut granted = BTreeSet::new();
    for item in &ready.compared {
        let own = lines.entry(item.pod_identity.key()).or_default();
        let mut first = Vec::new();
        for need in &ready.grants.needs {
            // The role on the node resource group is shown with whatever needs it first.
            let concerns = need.scope == item.pod_identity.identity
                || need.role == Role::VirtualMachineContributor;
            if concerns && !own.is_empty() && granted.insert(need.scope.clone()) {
                first.push(format!(
                    "grant `{}` on {} to {}",
                    need.role,
                    need.scope.name(),
                    ready.grants.holder.label
                ));
            }
        }
        if let Some(found) = replaced(item, ready) {
            let former = found.managed_identity();
            let name = former.as_ref().map_or("", ResourceId::name);
            let released = removal::preview(cluster, &found, &ready.snapshot).await?;
            first.extend(
                released
                    .into_iter()
                    .map(|line| format!("release identity {name}: {line}")),
            );
        }
        own.splice(0..0, first);
    }
    Ok(lines)
}

/// What `--replace` releases before it gives the name another managed identity.
fn replaced(item: &Wanted, ready: &Ready) -> Option<removal::Found> {
    if !matches!(item.comparison, Comparison::Different(_)) {
        return None;
    }
    let wanted = &item.pod_identity;
    let found = removal::find(
        wanted.namespace.as_str(),
        wanted.name.as_str(),
        &ready.snapshot,
        &ready.bindings,
    );
    let other = found.managed_identity().as_ref() != Some(&wanted.identity);
    (found.identity.is_some() && other).then_some(found)
}

/// Removes the pod identities that `--replace` gives another managed identity.
///
/// What podid recorded on the object is about the former identity, so the former one is released
/// like in `podid remove` before the object stands for the new one. What is ready to be added
/// comes back first, then what could not be released.
async fn release_replaced(
    context: &Context,
    cluster: &Cluster,
    client: &kube::Client,
    compared: Vec<Wanted>,
    ready: &Ready,
) -> (Vec<Wanted>, Vec<Added>) {
    let mut free = Vec::with_capacity(compared.len());
    let mut failed = Vec::new();
    for item in compared {
        let removed = match replaced(&item, ready) {
            Some(found) => removal::run(context, cluster, client, &found, false)
                .await
                .map(|_| ()),
            None => Ok(()),
        };
        match removed {
            Ok(()) => free.push(item),
            Err(error) => failed.push(Added::failed(item, error)),
        }
    }
    (free, failed)
}

/// Checks what a cluster needs before anything is written: CRDs, namespaces, and (a warning) NMI.
pub(in crate::commands) async fn check_cluster(
    client: &kube::Client,
    namespaces: &[String],
) -> Result<Option<&'static str>> {
    let ((), warning) = tokio::try_join!(check_crds(client), check_rest(client, namespaces))?;
    Ok(warning)
}

async fn check_rest(client: &kube::Client, namespaces: &[String]) -> Result<Option<&'static str>> {
    let ((), warning) = tokio::try_join!(check_namespaces(client, namespaces), check_nmi(client))?;
    Ok(warning)
}

async fn check_crds(client: &kube::Client) -> Result<()> {
    let state = crd::check(client).await?;
    if state.is_complete() {
        return Ok(());
    }
    Err(k8s::Error::CrdsMissing {
        missing: state.missing,
    }
    .into())
}

async fn check_namespaces(client: &kube::Client, namespaces: &[String]) -> Result<()> {
    let absent = |namespace: &String| k8s::Error::NamespaceNotFound {
        namespace: namespace.clone(),
    };
    if let [only] = namespaces {
        if !k8s::cluster::namespace_exists(client, only).await? {
            return Err(absent(only).into());
        }
        return Ok(());
    }
    let known = k8s::cluster::list_namespaces(client).await?;
    let errors: Vec<Error> = namespaces
        .iter()
        .filter(|namespace| !known.contains(namespace))
        .map(|namespace| absent(namespace).into())
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::several("Nothing was changed", errors))
    }
}

async fn check_nmi(client: &kube::Client) -> Result<Option<&'static str>> {
    match k8s::cluster::nmi_running(client).await {
        Ok(state) if state.is_running() => Ok(None),
        Ok(_) => Ok(Some(
            "no NMI runs in this cluster: pods get no tokens until it is installed",
        )),
        Err(error) if error.is_forbidden() => Ok(Some(
            "whether NMI runs could not be seen: no permission to list daemon sets",
        )),
        Err(error) => Err(error.into()),
    }
}
