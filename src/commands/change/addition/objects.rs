//! The objects of one pod identity: its claim, written before the scale sets, and its binding,
//! written after them.

use super::{Manner, Wanted};
use crate::domain::pod_identity::PodIdentity;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s;
use crate::k8s::pod_identity::{
    self, ApplyOptions, Binding, Expected, Identity, WantedBinding, WantedIdentity,
};

/// How often an object that others change at the same time is written.
const TRIES: u32 = 10;

/// Writes the own object, unless another command gave the same name to another identity since it
/// was compared: both write as podid, so server-side apply alone would see no conflict.
pub(super) async fn write_claim(
    client: &kube::Client,
    item: &Wanted,
    manner: Manner,
) -> Result<()> {
    let wanted = &item.pod_identity;
    let is_same = |object: &Identity| is_about(object, wanted);
    // What `--replace` gave up is gone by now.
    let mut found = item.found.clone().filter(is_same);
    for _ in 0..TRIES {
        let object = WantedIdentity {
            namespace: wanted.namespace.to_string(),
            name: wanted.name.to_string(),
            resource_id: item.managed.id.to_string(),
            client_id: item.managed.client_id.clone(),
            expected: found
                .as_ref()
                .map_or_else(Expected::absent, Identity::expected),
            ..WantedIdentity::default()
        };
        let options = ApplyOptions {
            force: manner.replace,
            ..ApplyOptions::default()
        };
        match pod_identity::apply_identity(client, &object, options).await {
            Ok(_) => return Ok(()),
            Err(k8s::Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
        found = pod_identity::get_identity(client, namespace, name).await?;
        if found.as_ref().is_some_and(|object| !is_same(object)) {
            return Err(overtaken(wanted, "given another managed identity"));
        }
    }
    Err(overtaken(wanted, "changed again and again"))
}

/// Whether the object refers to the managed identity that is wanted.
pub(super) fn is_about(object: &Identity, wanted: &PodIdentity) -> bool {
    object.resource_id.parse::<ResourceId>().ok().as_ref() == Some(&wanted.identity)
}

/// Writes the binding of a pod identity whose managed identity is in place, unless another command
/// gave it other content since it was compared.
pub(super) async fn write_binding(
    client: &kube::Client,
    item: &Wanted,
    manner: Manner,
) -> Result<()> {
    let wanted = &item.pod_identity;
    let (namespace, name) = (wanted.namespace.as_str(), wanted.name.binding());
    let mut found = item.found_binding.clone();
    for _ in 0..TRIES {
        let expected = found.as_ref();
        let binding = WantedBinding {
            namespace: namespace.to_owned(),
            name: name.clone(),
            identity_name: wanted.name.to_string(),
            selector: wanted.selector.to_string(),
            expected: expected.map_or_else(Expected::absent, Binding::expected),
            ..WantedBinding::default()
        };
        let options = ApplyOptions {
            force: manner.replace,
            ..ApplyOptions::default()
        };
        match pod_identity::apply_binding(client, &binding, options).await {
            Ok(written) => return still_claimed(client, wanted, &written).await,
            Err(k8s::Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        // What `--replace` gave up is gone by now.
        found = pod_identity::get_binding(client, namespace, &name).await?;
        let Some(now) = &found else {
            continue;
        };
        if is_binding(now, &binding.identity_name, &binding.selector) {
            return still_claimed(client, wanted, now).await;
        }
        let compared = item.found_binding.as_ref();
        if !compared.is_some_and(|then| is_binding(now, &then.identity_name, &then.selector)) {
            return Err(overtaken(wanted, "given another binding"));
        }
    }
    Err(overtaken(wanted, "changed again and again"))
}

fn is_binding(binding: &Binding, identity: &str, selector: &str) -> bool {
    binding.identity_name == identity && binding.selector == selector
}

/// Takes the binding back when the claim under it went while it was written.
///
/// A removal of the same pod identity marks the claim before it looks for the binding: either it
/// finds the binding, or its mark is found here.
async fn still_claimed(
    client: &kube::Client,
    wanted: &PodIdentity,
    binding: &Binding,
) -> Result<()> {
    let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
    let claim = pod_identity::get_identity(client, namespace, name).await?;
    if claim.is_some_and(|claim| claim.releasing_until().is_none()) {
        return Ok(());
    }
    let expected = pod_identity::Expected::same(&binding.uid);
    pod_identity::delete_binding(client, namespace, &binding.name, &expected).await?;
    Err(overtaken(wanted, "removed"))
}

/// Another command changed the same pod identity while this one was at work.
pub(super) fn overtaken(wanted: &PodIdentity, how: &str) -> Error {
    let key = wanted.key();
    Error::new(
        Kind::Conflict,
        format!("Pod identity `{key}` was {how} by another command meanwhile"),
    )
    .hint(
        "see what is there with `podid list`, and run the same command again if you still want it",
    )
    .target(key)
}
