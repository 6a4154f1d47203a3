//! PATCH (and PUT on what exists) of a scale set or machine: one operation at a time, identities as a delta.

use serde_json::Value;

use super::machines::{finish, job, merge_model, refuse_if_busy, write_action};
use super::resource::{reply, set_state};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::identity::block;
use crate::providers::identity::block_change::{BlockChange, Style};
use crate::providers::identity::linked_access;
use crate::providers::json::text;
use crate::providers::long_running::{self, result_of};
use crate::providers::refusals::resource_not_found;
use crate::world::World;
use crate::world::operations::OperationStyle as Tracking;
use crate::world::resources::Resource;
use crate::world::settings::IdentityShown;

/// Serves PATCH.
pub(crate) fn patch(
    world: &mut World,
    request: &Request,
    target: &Target,
    kind: &'static str,
) -> Result<Reply, ArmError> {
    let existing = world
        .resources
        .get(&target.id)
        .cloned()
        .ok_or_else(|| resource_not_found(&target.id))?;
    request.check_etag(Some(&existing.etag))?;
    write(world, request, &existing, kind, Style::Delta)
}

/// Serves PUT on a resource that exists; its conditions are checked already.
pub(crate) fn replace(
    world: &mut World,
    request: &Request,
    existing: &Resource,
    kind: &'static str,
) -> Result<Reply, ArmError> {
    write(world, request, existing, kind, Style::Replace)
}

fn write(
    world: &mut World,
    request: &Request,
    existing: &Resource,
    kind: &'static str,
    style: Style,
) -> Result<Reply, ArmError> {
    let wanted = request
        .body
        .get("identity")
        .filter(|i| !i.is_null())
        .cloned();
    let mut changes = false;
    if let Some(wanted) = &wanted {
        let change = BlockChange::read(existing.body.get("identity"), wanted, style)?;
        linked_access::check(
            world,
            request,
            &write_action(kind),
            &existing.id,
            &change.added,
        )?;
        block::check(world, &existing.id, &change)?;
        changes = change.changes;
    }
    refuse_if_busy(&existing.body, kind)?;
    let mut model = existing.body.clone();
    merge_model(&mut model, &request.body);
    if !changes && model == existing.body {
        return Ok(reply(existing));
    }
    let change = Change {
        id: existing.id.clone(),
        body: request.body.clone(),
        wanted,
        style,
        before: existing.body.get("identity").cloned(),
    };
    if world.settings.identity_shown == IdentityShown::AtStart {
        change.apply_identity(world)?;
    }
    set_state(world, &existing.id, "Updating");
    let headers = long_running::run(
        world,
        request,
        job(
            kind,
            &existing.id,
            text(&existing.body, "/location"),
            Tracking::AzureAsync,
        ),
        move |world, outcome| {
            let result = match result_of(outcome) {
                Ok(()) => change.carry_out(world),
                Err(error) => change.give_up(world).and(Err(error)),
            };
            finish(world, &change.id, result)
        },
    )?;
    world
        .resources
        .get(&existing.id)
        .map(|r| reply(r).with_headers(headers))
        .ok_or_else(|| resource_not_found(&existing.id))
}

/// A change under way.
struct Change {
    id: String,
    body: Value,
    wanted: Option<Value>,
    style: Style,
    before: Option<Value>,
}

impl Change {
    fn apply_identity(&self, world: &mut World) -> Result<(), ArmError> {
        match &self.wanted {
            Some(wanted) => block::apply(world, &self.id, wanted, self.style),
            None => Ok(()),
        }
    }

    /// The change itself, when the operation's time has come. The delta is read again: the cluster provider may have
    /// written the block meanwhile.
    fn carry_out(&self, world: &mut World) -> Result<(), ArmError> {
        self.apply_identity(world)?;
        if let Some(resource) = world.resources.get(&self.id) {
            let mut changed = resource.clone();
            merge_model(&mut changed.body, &self.body);
            world.resources.put(changed);
        }
        Ok(())
    }

    /// What a failed operation leaves of the identities.
    fn give_up(&self, world: &mut World) -> Result<(), ArmError> {
        let shown = world.settings.identity_shown == IdentityShown::AtStart;
        match (world.settings.identity_kept_after_failure, shown) {
            (true, false) => self.apply_identity(world),
            (false, true) if self.wanted.is_some() => {
                block::restore(world, &self.id, self.before.clone());
                Ok(())
            }
            (true, true) | (false, _) => Ok(()),
        }
    }
}
