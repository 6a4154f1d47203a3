//! Deny assignments, which only Azure itself writes.

use serde::Deserialize;

use super::client::{Call, Client};
use super::error::Error;
use super::role_assignment::{PrincipalType, collection, quoted};
use super::role_definition::API_VERSION;
use super::wire::{or_default, read_all};
use crate::domain::deny::{Deny, Party};
use crate::domain::permission::Permission;
use crate::domain::resource_id::ResourceId;

/// A deny assignment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct DenyAssignment {
    #[serde(default, deserialize_with = "or_default")]
    id: String,
    properties: Properties,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    #[serde(default, deserialize_with = "or_default")]
    deny_assignment_name: String,
    #[serde(default, deserialize_with = "or_default")]
    scope: String,
    #[serde(default, deserialize_with = "or_default")]
    do_not_apply_to_child_scopes: bool,
    #[serde(default, deserialize_with = "or_default")]
    permissions: Vec<Permission>,
    #[serde(default, deserialize_with = "or_default")]
    principals: Vec<Principal>,
    #[serde(default, deserialize_with = "or_default")]
    exclude_principals: Vec<Principal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Principal {
    id: String,
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    kind: PrincipalType,
}

impl From<Principal> for Party {
    fn from(principal: Principal) -> Self {
        Party {
            id: principal.id,
            is_group: matches!(
                principal.kind,
                PrincipalType::Group | PrincipalType::ForeignGroup
            ),
        }
    }
}

impl From<Properties> for Deny {
    fn from(properties: Properties) -> Self {
        let parties = |list: Vec<Principal>| list.into_iter().map(Party::from).collect();
        Deny {
            name: properties.deny_assignment_name,
            scope: properties.scope,
            only_there: properties.do_not_apply_to_child_scopes,
            permissions: properties.permissions,
            principals: parties(properties.principals),
            excluded: parties(properties.exclude_principals),
        }
    }
}

/// The deny assignments at `scope` and above it, and those below it when `and_below`; as they
/// concern `principal`: one of a group the principal is in names the principal.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    scope: &ResourceId,
    principal: &str,
    and_below: bool,
) -> Result<Vec<Deny>, Error> {
    let mut found = filtered(client, scope, (!and_below).then(|| "atScope()".to_owned())).await?;
    let of_groups = |item: &DenyAssignment| {
        item.properties.principals.iter().any(|party| {
            matches!(
                party.kind,
                PrincipalType::Group | PrincipalType::ForeignGroup
            )
        })
    };
    if found.iter().any(of_groups) {
        // Azure knows who is in a group. Those of everybody are not asked for: whether this
        // filter lists them is not documented.
        let mut filter = format!("assignedTo({})", quoted(principal));
        if !and_below {
            filter = format!("atScope() and {filter}");
        }
        let own = filtered(client, scope, Some(filter)).await?;
        for item in found.iter_mut().filter(|item| of_groups(item)) {
            let concerned = own.iter().any(|other| other.id == item.id);
            settle_groups(&mut item.properties, principal, concerned);
        }
    }
    Ok(found
        .into_iter()
        .map(|item| item.properties.into())
        .collect())
}

/// Puts what Azure says about the principal in place of the groups.
fn settle_groups(properties: &mut Properties, principal: &str, concerned: bool) {
    properties.principals.retain(|party| {
        !matches!(
            party.kind,
            PrincipalType::Group | PrincipalType::ForeignGroup
        )
    });
    if concerned {
        properties.principals.push(Principal {
            id: principal.to_owned(),
            kind: PrincipalType::Unknown,
        });
    }
}

async fn filtered(
    client: &Client,
    scope: &ResourceId,
    filter: Option<String>,
) -> Result<Vec<DenyAssignment>, Error> {
    let mut call = Call::get(collection(scope, "denyAssignments"), API_VERSION);
    if let Some(filter) = filter {
        call = call.query("$filter", &filter);
    }
    read_all(&call, client.list(&call).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_of_aks_is_read() {
        let item: DenyAssignment = serde_json::from_value(json!({
            "id": "/x",
            "properties": {
                "denyAssignmentName": "lock",
                "scope": "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/MC",
                "doNotApplyToChildScopes": null,
                "permissions": [{"actions": ["*"], "notActions": ["*/read"], "condition": null}],
                "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
                "excludePrincipals": [{"id": "aks", "type": "ServicePrincipal"}, {"id": "team", "type": "Group"}],
            },
        }))
        .unwrap();
        let deny = Deny::from(item.properties);
        assert!(!deny.only_there && !deny.principals[0].is_group);
        let groups: Vec<bool> = deny.excluded.iter().map(|party| party.is_group).collect();
        assert_eq!(groups, [false, true]);
    }
}
