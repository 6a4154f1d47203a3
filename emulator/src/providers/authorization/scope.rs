//! Scopes of the authorisation types: where a listed object applies, and which `$filter`s narrow a list.

use serde_json::Value;

use crate::arm::error::ArmError;
use crate::arm::request::Request;
use crate::providers::json::text;
use crate::providers::odata_filter::{Term, parse};
use crate::providers::refusals::bad_request;
use crate::world::World;
use crate::world::directory::Principal;
use crate::world::resources::is_at_or_below;

/// A list's conditions, read from `$filter`.
pub(crate) struct Filter {
    at_scope: bool,
    principal: Option<String>,
    assigned_to: Option<String>,
}

impl Filter {
    /// Reads the request's `$filter`.
    ///
    /// # Errors
    /// For any filter the service does not know.
    pub(crate) fn read(request: &Request) -> Result<Self, ArmError> {
        let mut filter = Self {
            at_scope: false,
            principal: None,
            assigned_to: None,
        };
        let terms = parse(request.query.get("$filter").map_or("", String::as_str))?;
        for term in terms {
            match term {
                Term::Call(name, _) if name.eq_ignore_ascii_case("atScope") => {
                    filter.at_scope = true;
                }
                Term::Call(name, value) if name.eq_ignore_ascii_case("assignedTo") => {
                    filter.assigned_to = Some(value);
                }
                Term::Equals(name, value) if name.eq_ignore_ascii_case("principalId") => {
                    filter.principal = Some(value);
                }
                Term::Call(name, _) | Term::Equals(name, _) => {
                    return Err(bad_request(
                        "UnsupportedQuery",
                        format!(
                            "The filter '{name}' is not supported. Supported filters are either 'atScope()' or \
                             'principalId eq '{{value}}' or assignedTo('{{value}}')'."
                        ),
                    ));
                }
            }
        }
        Ok(filter)
    }

    /// Whether an object that applies at `scope` belongs in a list for `listed`: always when it applies at or above,
    /// and when it applies below unless `atScope()` was asked.
    pub(crate) fn admits_scope(&self, scope: &str, listed: &str) -> bool {
        is_at_or_below(listed, scope) || (!self.at_scope && is_at_or_below(scope, listed))
    }

    /// Whether an assignment to `principal` belongs in the list; `assignedTo` also counts the principal's groups.
    pub(crate) fn admits_principal(&self, world: &World, principal: &str) -> bool {
        let direct = self
            .principal
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(principal));
        let indirect = self.assigned_to.as_ref().is_none_or(|wanted| {
            wanted.eq_ignore_ascii_case(principal)
                || crate::providers::principals::groups_of(world, wanted)
                    .iter()
                    .any(|group| group.eq_ignore_ascii_case(principal))
        });
        direct && indirect
    }
}

/// The scope an assignment's body applies at.
pub(crate) fn scope_of(body: &Value) -> &str {
    text(body, "/properties/scope")
}

/// Whether `id` may name an assignment or a definition.
pub(crate) fn is_guid(id: &str) -> bool {
    id.len() == 36 && uuid::Uuid::parse_str(id).is_ok()
}

/// Who wrote something, as `createdBy` shows it.
pub(crate) fn author(principal: &Principal) -> Value {
    if principal.system {
        Value::Null
    } else {
        Value::String(principal.object_id.clone())
    }
}
