//! `Microsoft.Authorization/roleDefinitions`: reading only, at any scope. The built-in ones live at the root.

use http::Method;
use serde_json::Value;

use crate::access::roles::BUILT_IN;
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::id::subscription_of;
use crate::providers::json::{list as json_list, text};
use crate::providers::odata_filter::{Term, parse};
use crate::providers::refusals::bad_request;
use crate::world::World;
use crate::world::resources::is_at_or_below;

/// The full resource type.
pub(crate) const KIND: &str = "Microsoft.Authorization/roleDefinitions";

/// Serves one definition, or the list of a scope.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    if request.method != Method::GET {
        return Err(ArmError::method_not_allowed(request.method.as_str()));
    }
    if let Some(name) = target.names.last() {
        return find(world, name)
            .map(|body| Reply::ok(shown(body, &target.scope)))
            .ok_or_else(|| {
                ArmError::new(
                    404,
                    "RoleDefinitionDoesNotExist",
                    format!(
                        "The specified role definition with ID '{}' does not exist.",
                        name.replace('-', "")
                    ),
                )
            });
    }
    let terms = parse(request.query.get("$filter").map_or("", String::as_str))?;
    let mut value = Vec::new();
    for definition in all(world) {
        if applies(&definition, &target.scope) && admitted(&definition, &terms)? {
            value.push(shown(definition, &target.scope));
        }
    }
    Ok(Reply::ok(serde_json::json!({ "value": value })))
}

/// The definition of this GUID, wherever it is stored.
pub(crate) fn find(world: &World, guid: &str) -> Option<Value> {
    all(world).find(|body| text(body, "/name").eq_ignore_ascii_case(guid))
}

/// The built-in definitions and those kept as resources.
fn all(world: &World) -> impl Iterator<Item = Value> {
    let custom = world.resources.of_type(KIND).map(|r| r.body.clone());
    BUILT_IN.iter().map(|role| role.document("/")).chain(custom)
}

fn applies(body: &Value, scope: &str) -> bool {
    let scopes = json_list(body, "/properties/assignableScopes");
    scopes.is_empty()
        || scopes.iter().filter_map(Value::as_str).any(|assignable| {
            assignable == "/"
                || is_at_or_below(scope, assignable)
                || is_at_or_below(assignable, scope)
        })
}

fn admitted(body: &Value, terms: &[Term]) -> Result<bool, ArmError> {
    for term in terms {
        let holds = match term {
            Term::Equals(name, value) if name.eq_ignore_ascii_case("roleName") => {
                text(body, "/properties/roleName").eq_ignore_ascii_case(value)
            }
            Term::Equals(name, value) if name.eq_ignore_ascii_case("type") => {
                text(body, "/properties/type").eq_ignore_ascii_case(value)
            }
            // Whether a role is assigned somewhere below does not narrow the list of those that could be.
            Term::Call(name, _) if name.eq_ignore_ascii_case("atScopeAndBelow") => true,
            Term::Call(name, _) if name.eq_ignore_ascii_case("atScope") => true,
            Term::Equals(name, _) | Term::Call(name, _) => {
                return Err(bad_request(
                    "UnsupportedQuery",
                    format!("The filter '{name}' is not supported for role definitions."),
                ));
            }
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The body with its id below the subscription it was asked for, as the service shows built-in roles.
fn shown(mut body: Value, scope: &str) -> Value {
    let subscription = subscription_of(scope);
    let name = text(&body, "/name").to_owned();
    if !subscription.is_empty() {
        body["id"] = format!("/subscriptions/{subscription}/providers/{KIND}/{name}").into();
    }
    body
}
