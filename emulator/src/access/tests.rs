//! Evaluation of role and deny assignments.

use serde_json::json;

use super::{DENY_ASSIGNMENT, EVERYBODY, ROLE_ASSIGNMENT, authorize, is_allowed, is_data_allowed};
use crate::access::roles;
use crate::world::World;
use crate::world::directory::{Principal, PrincipalKind};
use crate::world::resources::Resource;

const ALICE: &str = "11111111-1111-1111-1111-111111111111";
const RG1: &str = "/subscriptions/s/resourceGroups/rg1";
const VMSS: &str =
    "/subscriptions/s/resourceGroups/rg1/providers/Microsoft.Compute/virtualMachineScaleSets/v";
const WRITE: &str = "Microsoft.Compute/virtualMachineScaleSets/write";

fn principal(object_id: &str) -> Principal {
    Principal {
        tenant_id: "t".into(),
        object_id: object_id.into(),
        app_id: Some("app".into()),
        kind: PrincipalKind::ServicePrincipal,
        groups: vec!["group".into()],
        system: false,
    }
}

fn assign(world: &mut World, name: &str, principal_id: &str, role: &str, scope: &str) {
    let role = roles::by_name(role).unwrap().id;
    let id = format!("{scope}/providers/{ROLE_ASSIGNMENT}/{name}");
    world.resources.put(Resource::new(
        id,
        json!({"type": ROLE_ASSIGNMENT, "properties": {
            "scope": scope,
            "principalId": principal_id,
            "roleDefinitionId": format!("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{role}"),
            "createdOn": world.now().to_string(),
        }}),
    ));
}

#[test]
fn a_role_holds_below_its_scope_only() {
    let mut world = World::default();
    assign(&mut world, "a", ALICE, "Virtual Machine Contributor", RG1);
    let alice = principal(ALICE);
    assert!(is_allowed(&world, &alice, WRITE, VMSS));
    assert!(is_allowed(&world, &alice, WRITE, &VMSS.to_uppercase()));
    assert!(!is_allowed(
        &world,
        &alice,
        WRITE,
        &VMSS.replace("rg1", "rg10")
    ));
    assert!(!is_allowed(&world, &alice, WRITE, "/subscriptions/s"));
    assert!(!is_allowed(&world, &principal("other"), WRITE, VMSS));
}

#[test]
fn groups_count_and_subscription_roles_are_inherited() {
    let mut world = World::default();
    assign(&mut world, "a", "GROUP", "Reader", "/subscriptions/s");
    assert!(is_allowed(
        &world,
        &principal(ALICE),
        "Microsoft.Compute/x/read",
        VMSS
    ));
    assert!(!is_allowed(&world, &principal(ALICE), WRITE, VMSS));
}

#[test]
fn not_actions_take_away_from_their_own_role_only() {
    let mut world = World::default();
    let grant = "Microsoft.Authorization/roleAssignments/write";
    assign(&mut world, "a", ALICE, "Contributor", RG1);
    assert!(is_allowed(&world, &principal(ALICE), WRITE, VMSS));
    assert!(!is_allowed(&world, &principal(ALICE), grant, VMSS));
    assign(&mut world, "b", ALICE, "User Access Administrator", RG1);
    assert!(is_allowed(&world, &principal(ALICE), grant, VMSS));
}

#[test]
fn the_operator_role_assigns_but_does_not_write() {
    let mut world = World::default();
    assign(&mut world, "a", ALICE, "Managed Identity Operator", RG1);
    let id = format!("{RG1}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i");
    let kind = "Microsoft.ManagedIdentity/userAssignedIdentities";
    let alice = principal(ALICE);
    assert!(is_allowed(
        &world,
        &alice,
        &format!("{kind}/assign/action"),
        &id
    ));
    assert!(is_allowed(&world, &alice, &format!("{kind}/read"), &id));
    assert!(!is_allowed(&world, &alice, &format!("{kind}/write"), &id));
}

#[test]
fn deny_assignments_win_unless_the_principal_is_excluded() {
    let mut world = World::default();
    assign(&mut world, "a", ALICE, "Owner", "/subscriptions/s");
    assign(&mut world, "b", "bob", "Owner", "/subscriptions/s");
    world.resources.put(Resource::new(
        format!("{RG1}/providers/{DENY_ASSIGNMENT}/d"),
        json!({"type": DENY_ASSIGNMENT, "properties": {
            "scope": RG1,
            "permissions": [{"actions": ["*"], "notActions": ["*/read"]}],
            "principals": [{"id": EVERYBODY, "type": "SystemDefined"}],
            "excludePrincipals": [{"id": "bob"}],
        }}),
    ));
    let alice = principal(ALICE);
    assert_eq!(
        authorize(&world, &alice, WRITE, VMSS).unwrap_err().code,
        "DenyAssignmentAuthorizationFailed"
    );
    assert!(is_allowed(
        &world,
        &alice,
        "Microsoft.Compute/virtualMachineScaleSets/read",
        VMSS
    ));
    assert!(is_allowed(&world, &principal("bob"), WRITE, VMSS));
    assert!(is_allowed(
        &world,
        &alice,
        WRITE,
        &VMSS.replace("rg1", "rg10")
    ));
}

#[test]
fn a_role_takes_effect_after_the_delay() {
    let mut world = World::default();
    world.settings.role_delay_seconds = 60.0;
    assign(&mut world, "a", ALICE, "Owner", RG1);
    assert!(!is_allowed(&world, &principal(ALICE), WRITE, VMSS));
    world.clock.advance(61.0);
    assert!(is_allowed(&world, &principal(ALICE), WRITE, VMSS));
}

#[test]
fn data_actions_are_apart_from_actions() {
    let mut world = World::default();
    let get = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
    assign(&mut world, "a", ALICE, "Owner", RG1);
    assert!(!is_data_allowed(&world, &principal(ALICE), get, RG1));
    assign(&mut world, "b", ALICE, "Key Vault Secrets User", RG1);
    assert!(is_data_allowed(&world, &principal(ALICE), get, RG1));
}

#[test]
fn the_refusal_is_worded_as_arm_does() {
    let error = authorize(&World::default(), &principal(ALICE), WRITE, VMSS).unwrap_err();
    assert_eq!(
        (error.status, error.code.as_str()),
        (403, "AuthorizationFailed")
    );
    assert!(error.message.starts_with(&format!(
        "The client 'app' with object id '{ALICE}' does not have authorization to perform action '{WRITE}' over scope '{VMSS}'"
    )));
}
