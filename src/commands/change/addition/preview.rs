//! What an addition would do.

use std::collections::{BTreeMap, BTreeSet};

use super::{Wanted, holdings};
use crate::commands::change::cluster::Pool;
use crate::domain::assignment;
use crate::domain::resource_id::ResourceId;

/// One line per pod identity for a preview: what would be written.
#[must_use]
pub fn preview(
    wanted: &[Wanted],
    pools: &[Pool],
    absent: &[ResourceId],
) -> BTreeMap<String, Vec<String>> {
    let held = holdings(pools);
    let lines = |item: &Wanted| {
        let mut lines = Vec::new();
        if absent.contains(&item.managed.id) {
            lines.push(format!(
                "create managed identity {}",
                item.managed.id.name()
            ));
        }
        if !item.is_written() {
            lines.push(format!("apply AzureIdentity {}", item.pod_identity.key()));
        }
        let missing =
            assignment::missing(&BTreeSet::from([item.pod_identity.identity.clone()]), &held);
        lines.extend(
            missing
                .keys()
                .map(|set| format!("assign to scale set {}", set.name())),
        );
        let stale = pools.iter().filter_map(Pool::target).filter(|set| {
            let client_id = &item.managed.client_id;
            !client_id.is_empty() && set.is_stale(&item.managed.id, client_id)
        });
        lines.extend(stale.map(|set| {
            let set = set.id.name();
            format!(
                "assign anew to scale set {set}: the managed identity was deleted and made again"
            )
        }));
        if !item.is_written() {
            let namespace = &item.pod_identity.namespace;
            lines.push(format!(
                "apply AzureIdentityBinding {namespace}/{}",
                item.pod_identity.name.binding()
            ));
        }
        lines
    };
    wanted
        .iter()
        .map(|item| (item.pod_identity.key(), lines(item)))
        .collect()
}
