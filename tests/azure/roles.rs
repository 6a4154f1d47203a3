//! Role assignments, permissions and what is said when they are missing.

use podid::azure::credential::CredentialSettings;
use podid::azure::notice::Reason;
use podid::azure::role_assignment::{self, PrincipalType, Role};
use podid::azure::{Client, deny_assignment, role_definition, user_assigned_identity};
use podid::domain::permission;
use podid::domain::resource_id::ResourceId;
use serde_json::json;

use crate::fixture::{Azure, OWNER, STRANGER, STRANGER_APP, SUBSCRIPTION, identity, owner};

const READ: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/read";

fn stranger(azure: &Azure) -> Client {
    let mut options = azure.options();
    options.credential_settings = CredentialSettings {
        client_id: Some(STRANGER_APP.to_owned()),
        ..owner()
    };
    Client::new(options).unwrap()
}

fn group() -> ResourceId {
    ResourceId::resource_group_id(SUBSCRIPTION, "ids").unwrap()
}

#[tokio::test]
async fn a_role_is_granted_once_and_found_again() {
    let azure = Azure::start().await;
    let client = azure.client();
    let role = Role::ManagedIdentityOperator;
    let scope = group();
    let grant = || {
        role_assignment::create(
            &client,
            &scope,
            role,
            STRANGER,
            PrincipalType::ServicePrincipal,
        )
    };
    let first = grant().await.unwrap();
    let role_assignment::Grant::Created(created) = first else {
        panic!("{first:?}")
    };
    assert!(created.is_role(role));
    assert_eq!(grant().await.unwrap(), role_assignment::Grant::Unchanged);
    // Inherited: asked at an identity below the group, it is there as well.
    let found = role_assignment::list(&client, &identity("alpha"), Some(STRANGER))
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].id.to_lowercase(),
        role_assignment::assignment_id(&group(), role, STRANGER).to_lowercase()
    );
    assert!(role_assignment::delete(&client, &created.id).await.unwrap());
    assert!(!role_assignment::delete(&client, &created.id).await.unwrap());
    assert!(
        role_assignment::list(&client, &group(), Some(STRANGER))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_principal_made_just_now_is_waited_for_and_the_user_told() {
    let azure = Azure::start().await;
    azure
        .fault(json!({"match": {"method": "PUT", "path": "roleAssignments"},
            "action": {"status": 400, "code": "PrincipalNotFound", "message": "not in the directory"}}))
        .await;
    let (client, heard) = azure.client_heard();
    let scope = group();
    role_assignment::create(
        &client,
        &scope,
        Role::Reader,
        STRANGER,
        PrincipalType::ServicePrincipal,
    )
    .await
    .unwrap();
    let reasons: Vec<_> = heard
        .all()
        .into_iter()
        .map(|notice| notice.reason)
        .collect();
    assert_eq!(reasons, [Reason::PrincipalNotFound]);
}

#[tokio::test]
async fn a_missing_permission_is_told_apart_from_everything_else() {
    let azure = Azure::start().await;
    let client = stranger(&azure);
    let error = user_assigned_identity::get(&client, &identity("alpha"))
        .await
        .unwrap_err();
    assert!(error.is_authorization() && !error.is_sign_in(), "{error}");
    assert_eq!(error.code(), Some("AuthorizationFailed"));
    assert!(error.message().contains(STRANGER), "{error}");
}

#[tokio::test]
async fn permissions_say_what_the_caller_may_do() {
    let azure = Azure::start().await;
    let scope = group();
    let owner = role_assignment::permissions(&azure.client(), &scope)
        .await
        .unwrap();
    assert!(permission::allows(&owner, READ));
    let principal = azure.client().principal().await.unwrap();
    assert_eq!(principal.object_id, OWNER);
    assert!(
        deny_assignment::list(&azure.client(), &scope, OWNER, true)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn role_definitions_are_found_by_name_and_id() {
    let azure = Azure::start().await;
    let client = azure.client();
    let found = role_definition::list(&client, &group(), Some("Managed Identity Operator"))
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    let id = Role::ManagedIdentityOperator.definition_id(SUBSCRIPTION);
    let one = role_definition::get(&client, &id).await.unwrap();
    assert_eq!(one.properties.role_name, "Managed Identity Operator");
    assert!(permission::allows(
        &one.properties.permissions,
        "Microsoft.ManagedIdentity/userAssignedIdentities/x/assign/action"
    ));
}
