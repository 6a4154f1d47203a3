//! Resources kept exactly as they are sent (a key vault, for one), and the list of everything in a group.

use http::Method;
use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::id::ResourceId;
use crate::providers::json::{as_object, merge, object, text};
use crate::providers::odata_filter::{Term, parse};
use crate::providers::paging::page;
use crate::providers::principals;
use crate::providers::refusals::{bad_request, location_required, resource_not_found};
use crate::providers::resource_groups::require_group;
use crate::world::World;
use crate::world::resources::Resource;

/// The full type of key vaults.
pub(crate) const VAULT: &str = "Microsoft.KeyVault/vaults";

/// Serves one resource of `kind`, or a list of them.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
    kind: &str,
) -> Result<Reply, ArmError> {
    if target.is_collection() {
        return match request.method {
            Method::GET => {
                let items = world
                    .resources
                    .list_under(&target.scope, kind)
                    .into_iter()
                    .map(|r| r.body.clone())
                    .collect();
                page(request, items, world.settings.page_size)
            }
            _ => Err(ArmError::method_not_allowed(request.method.as_str())),
        };
    }
    let existing = world.resources.get(&target.id).cloned();
    request.check_etag(existing.as_ref().map(|r| r.etag.as_str()))?;
    match request.method {
        Method::GET => existing
            .map(|r| Reply::ok(r.body))
            .ok_or_else(|| resource_not_found(&target.id)),
        Method::PUT => put(world, request, target, kind, existing),
        Method::PATCH => {
            let mut changed = existing.ok_or_else(|| resource_not_found(&target.id))?;
            merge(&mut changed.body, &writable(&request.body));
            Ok(Reply::ok(world.resources.put(changed).body.clone()))
        }
        Method::DELETE => {
            let removed = world.resources.remove_tree(&target.id);
            Ok(Reply::empty(if removed.is_empty() { 204 } else { 200 }))
        }
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

fn writable(body: &Value) -> Value {
    let mut body = body.clone();
    for read_only in ["id", "name", "type"] {
        as_object(&mut body).remove(read_only);
    }
    body
}

fn put(
    world: &mut World,
    request: &Request,
    target: &Target,
    kind: &str,
    existing: Option<Resource>,
) -> Result<Reply, ArmError> {
    let group = require_group(world, target)?;
    if text(&request.body, "/location").is_empty() {
        return Err(location_required());
    }
    let subscription = target.subscription.as_deref().unwrap_or_default();
    let name = target.name();
    let id =
        format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}/{name}");
    let mut body = writable(&request.body);
    for (field, value) in [("id", id.as_str()), ("name", name), ("type", kind)] {
        body[field] = value.into();
    }
    let tenant = principals::tenant_of(world, subscription);
    let properties = object(&mut body, "properties");
    properties.insert("provisioningState".into(), "Succeeded".into());
    if kind.eq_ignore_ascii_case(VAULT) {
        properties
            .entry("tenantId")
            .or_insert_with(|| tenant.into());
        properties
            .entry("enableRbacAuthorization")
            .or_insert(true.into());
    }
    let mut resource = existing
        .clone()
        .unwrap_or_else(|| Resource::new(&id, Value::Null));
    resource.body = body;
    let body = world.resources.put(resource).body.clone();
    Ok(match existing {
        Some(_) => Reply::ok(body),
        None => Reply::created(body),
    })
}

/// Serves `.../resources`: everything in a group or subscription, with an optional filter on the type.
pub(crate) fn list_all(
    world: &World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    if request.method != Method::GET {
        return Err(ArmError::method_not_allowed(request.method.as_str()));
    }
    let mut kinds = Vec::new();
    for term in parse(request.query("$filter").unwrap_or_default())? {
        match term {
            Term::Equals(name, value) if name.eq_ignore_ascii_case("resourceType") => {
                kinds.push(value);
            }
            Term::Equals(name, _) | Term::Call(name, _) => {
                return Err(bad_request(
                    "InvalidFilterInQueryString",
                    format!("Invalid $filter '{name}' specified in the query string."),
                ));
            }
        }
    }
    let items = world
        .resources
        .iter()
        .filter(|r| crate::world::resources::is_at_or_below(&r.id, &target.scope))
        .filter(|r| ResourceId::parse(&r.id).is_some_and(|id| id.names.len() == 1))
        .filter(|r| !r.full_type().starts_with("Microsoft.Authorization/"))
        .filter(|r| kinds.iter().all(|k| k.eq_ignore_ascii_case(r.full_type())))
        .map(|r| {
            let mut short = json!({"id": r.id, "name": r.name(), "type": r.full_type(), "location": r.location()});
            for field in ["tags", "identity", "sku", "kind"] {
                if let Some(value) = r.body.get(field) {
                    short[field] = value.clone();
                }
            }
            short
        })
        .collect();
    page(request, items, world.settings.page_size)
}
