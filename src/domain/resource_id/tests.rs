//! Tests of resource ids.

use super::*;
use proptest::prelude::*;

const SUB: &str = "11111111-2222-3333-4444-555555555555";

fn id(rest: &str) -> ResourceId {
    ResourceId::parse(&format!("/subscriptions/{SUB}{rest}")).unwrap()
}

fn refusal(rest: &str) -> String {
    ResourceId::parse(&format!("/subscriptions/{SUB}{rest}"))
        .unwrap_err()
        .to_string()
        .replace(SUB, "SUB")
}

#[test]
fn reads_the_parts() {
    let reader = ResourceId::user_assigned_identity(SUB, "ids", "reader").unwrap();
    assert_eq!(reader.subscription(), SUB);
    assert_eq!(reader.resource_group(), Some("ids"));
    assert_eq!(reader.provider(), Some("Microsoft.ManagedIdentity"));
    assert_eq!(reader.resource_type(), USER_ASSIGNED_IDENTITY);
    assert_eq!(reader.name(), "reader");
    assert_eq!(
        reader.parent(),
        Some(ResourceId::resource_group_id(SUB, "IDS").unwrap())
    );
    assert_eq!(
        reader.parent().unwrap().parent().unwrap().resource_type(),
        SUBSCRIPTION
    );
    assert_eq!(ResourceId::subscription_id(SUB).unwrap().parent(), None);
}

#[test]
fn reads_nested_and_extension_resources() {
    let build = id(
        "/resourcegroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader/federatedIdentityCredentials/build",
    );
    assert_eq!(
        build.resource_type(),
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    );
    assert_eq!(build.parent().unwrap().name(), "reader");
    let assignment = id(
        "/resourceGroups/ids/providers/Microsoft.Compute/virtualMachineScaleSets/providers/providers/Microsoft.Authorization/roleAssignments/1",
    );
    assert_eq!(assignment.provider(), Some("Microsoft.Authorization"));
    assert_eq!(
        assignment.resource_type(),
        "Microsoft.Authorization/roleAssignments"
    );
    assert_eq!(assignment.parent().unwrap().name(), "providers");
    assert_eq!(assignment.parent().unwrap().resource_type(), SCALE_SET);
}

#[test]
fn keeps_its_casing_and_ignores_it_when_comparing() {
    let mixed =
        id("/resourcegroups/Ids/providers/microsoft.managedidentity/UserAssignedIdentities/R");
    let same = ResourceId::user_assigned_identity(SUB, "ids", "r").unwrap();
    assert_eq!(mixed, same);
    assert_eq!(mixed.cmp(&same), Ordering::Equal);
    assert!(mixed.to_string().contains("/resourcegroups/Ids/"));
    assert!(mixed.is_type(USER_ASSIGNED_IDENTITY));
    let set: std::collections::HashSet<_> = [mixed, same].into_iter().collect();
    assert_eq!(set.len(), 1);
}

#[test]
fn says_what_is_wrong() {
    assert_eq!(
        ResourceId::parse("").unwrap_err().to_string(),
        "the resource id is empty"
    );
    assert_eq!(
        ResourceId::parse("reader").unwrap_err().to_string(),
        "`reader` is not a resource id: it must start with `/subscriptions/`"
    );
    assert_eq!(
        ResourceId::parse("/subscriptions/prod")
            .unwrap_err()
            .to_string(),
        "`/subscriptions/prod` is not a resource id: the subscription `prod` is not a GUID"
    );
    assert_eq!(
        refusal("/resourceGroups"),
        "`/subscriptions/SUB/resourceGroups` is not a resource id: the resource group is missing at its end"
    );
    assert_eq!(
        refusal("/resourceGroups//providers/A/b/c"),
        "`/subscriptions/SUB/resourceGroups//providers/A/b/c` is not a resource id: segment 4 is empty"
    );
    assert_eq!(
        refusal("/groups/ids"),
        "`/subscriptions/SUB/groups/ids` is not a resource id: expected `resourceGroups` or `providers` instead of `groups`"
    );
    assert_eq!(
        refusal("/resourceGroups/ids/providers/Microsoft.Compute/virtualMachineScaleSets"),
        "`/subscriptions/SUB/resourceGroups/ids/providers/Microsoft.Compute/virtualMachineScaleSets` is not a resource id: the name is missing at its end"
    );
    assert_eq!(
        refusal("/resourceGroups/i%64s"),
        "`/subscriptions/SUB/resourceGroups/i%64s` is not a resource id: `i%64s` may not contain '%'"
    );
    let error = id("/resourceGroups/ids")
        .expect_type(SCALE_SET)
        .unwrap_err();
    assert_eq!(
        error.to_string().replace(SUB, "SUB"),
        "`/subscriptions/SUB/resourceGroups/ids` is a `Microsoft.Resources/resourceGroups`, not a `Microsoft.Compute/virtualMachineScaleSets`"
    );
}

#[test]
fn a_name_cannot_smuggle_a_path() {
    for name in ["a/b", "..", "", "a?b", "a#b", "a%2fb", " a"] {
        assert!(
            ResourceId::scale_set(SUB, "nodes", name).is_err(),
            "{name:?}"
        );
        assert!(
            ResourceId::resource_group_id(SUB, name).is_err(),
            "{name:?}"
        );
    }
}

#[test]
fn contains_stops_at_path_boundaries() {
    let group = ResourceId::resource_group_id(SUB, "ids").unwrap();
    assert!(group.contains(&group));
    assert!(group.contains(&ResourceId::user_assigned_identity(SUB, "IDS", "r").unwrap()));
    assert!(!group.contains(&ResourceId::resource_group_id(SUB, "ids2").unwrap()));
}

#[test]
fn travels_as_a_string() {
    let reader = ResourceId::user_assigned_identity(SUB, "ids", "reader").unwrap();
    let json = serde_json::to_string(&reader).unwrap();
    assert_eq!(json, format!("\"{reader}\""));
    assert_eq!(serde_json::from_str::<ResourceId>(&json).unwrap(), reader);
    assert!(serde_json::from_str::<ResourceId>("\"reader\"").is_err());
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,80}") {
        let _ = ResourceId::parse(&text);
    }

    #[test]
    fn near_misses_never_panic(tail in "(/[a-zA-Z.]{0,12}){0,9}") {
        if let Ok(id) = ResourceId::parse(&format!("/subscriptions/{SUB}{tail}")) {
            prop_assert!(!id.name().is_empty());
            prop_assert!(!id.resource_type().is_empty());
            prop_assert!(id.parent().is_none_or(|parent| parent.contains(&id)));
        }
    }

    #[test]
    fn parts_come_back(
        group in "[a-zA-Z0-9_().-]{0,20}[a-zA-Z0-9]", name in "[a-zA-Z0-9][a-zA-Z0-9_-]{0,20}"
    ) {
        let id = ResourceId::user_assigned_identity(SUB, &group, &name).unwrap();
        prop_assert_eq!(id.resource_group(), Some(group.as_str()));
        prop_assert_eq!(id.name(), name.as_str());
        let again = ResourceId::parse(&id.to_string().to_uppercase().replace("/SUBSCRIPTIONS", "/subscriptions")).unwrap();
        prop_assert_eq!(&again, &id);
        prop_assert_eq!(again.cmp(&id), Ordering::Equal);
    }
}
