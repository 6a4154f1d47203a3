//! `podid remove --revoke`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{OPERATOR, Output, Plan, Site};

/// The operator reads everything and may grant roles, nothing else.
fn site() -> Site {
    Site::planned(&Plan::with_roles(&[
        ("Reader", ""),
        ("User Access Administrator", ""),
    ]))
}

fn add(site: &Site, name: &str, identity: &str) {
    let id = site.identity(identity);
    let arguments = ["add", "--namespace", &site.namespace, "--name", name];
    let more = ["--identity-resource-id", &id, "--grant"];
    site.podid(&[&arguments[..], &more].concat()).ok();
}

/// The outcomes of the roles.
fn outcomes(output: &Output) -> Vec<String> {
    let roles = output.json()["roles"].clone();
    let roles = roles.as_array().unwrap().iter();
    roles
        .map(|role| role["outcome"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn takes_back_what_podid_granted() {
    let site = site();
    add(&site, "reader", "reader");
    site.forget_calls();
    let dry = site.remove("reader", &["--revoke", "--dry-run", "--query", "changes"]);
    assert_snapshot!(dry.all(), @r#"
    exit code 0
    ----- stdout
    [
      "delete AzureIdentityBinding billing/reader-binding",
      "unassign from scale set aks-apps-vmss",
      "unassign from scale set aks-system-vmss",
      "delete AzureIdentity billing/reader",
      "revoke `Managed Identity Operator` on reader from the signed-in principal OPERATOR",
      "revoke `Virtual Machine Contributor` on MC_demo_demo_westeurope from the signed-in principal OPERATOR"
    ]
    "#);
    assert!(site.writes().is_empty());
    let output = site.remove("reader", &["--revoke"]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "outcome": "removed",
      "unassignedPools": [
        "system",
        "apps"
      ],
      "stillNeededBy": null,
      "via": "direct",
      "roles": [
        {
          "role": "Managed Identity Operator",
          "scope": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
          "principalId": "OPERATOR",
          "outcome": "revoked"
        },
        {
          "role": "Virtual Machine Contributor",
          "scope": "/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope",
          "principalId": "OPERATOR",
          "outcome": "revoked"
        }
      ]
    }
    ----- stderr
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: unassigning 1 identity
    Node pool `apps`: up to date
    Node pool `system`: unassigning 1 identity
    Node pool `system`: up to date
    Revoked `Managed Identity Operator` on reader from the signed-in principal OPERATOR
    Revoked `Virtual Machine Contributor` on MC_demo_demo_westeurope from the signed-in principal OPERATOR
    "#);
    let deletes = site
        .writes()
        .into_iter()
        .filter(|write| write.starts_with("DELETE"));
    assert_eq!(deletes.count(), 2);
}

#[test]
fn without_the_flag_the_roles_stay() {
    let site = site();
    add(&site, "reader", "reader");
    let output = site.remove("reader", &[]).ok();
    assert_eq!(output.json().get("roles"), None);
    let reader = site.identity("reader");
    let check = ["role", "check", "--identity-resource-id", &reader];
    site.podid(&check).ok();
}

#[test]
fn what_another_pod_identity_needs_stays() {
    let site = site();
    add(&site, "reader", "reader");
    add(&site, "twin", "reader");
    add(&site, "writer", "writer");
    let twin = site.remove("twin", &["--revoke"]).ok();
    assert_eq!(outcomes(&twin), ["stillNeeded", "stillNeeded"]);
    let reader = site.remove("reader", &["--revoke"]).ok();
    assert_eq!(outcomes(&reader), ["revoked", "stillNeeded"]);
    // Nothing is in the way of the one that is left.
    let writer = site.remove("writer", &["--revoke"]).ok();
    assert_eq!(outcomes(&writer), ["revoked", "revoked"]);
}

#[test]
fn what_somebody_else_granted_stays() {
    let site = site();
    site.grant("Managed Identity Operator", &site.identity("reader"));
    site.grant("Virtual Machine Contributor", &site.node_group());
    add(&site, "reader", "reader");
    let output = site.remove("reader", &["--revoke"]).ok();
    assert_eq!(
        outcomes(&output),
        ["notGrantedByPodid", "notGrantedByPodid"]
    );
}

#[test]
fn a_grant_by_hand_under_podids_name_stays() {
    let site = site();
    site.grant("Virtual Machine Contributor", &site.node_group());
    add(&site, "reader", "reader");
    let list = format!(
        "{}/providers/Microsoft.Authorization/roleAssignments",
        site.identity("reader")
    );
    let all = site.azure("GET", &list, &serde_json::Value::Null);
    let mut own = all["value"].as_array().unwrap().iter();
    let own =
        own.find(|item| item["properties"]["description"] == "Granted by podid for pod identity");
    let mut own = own.unwrap().clone();
    assert_eq!(own["properties"]["principalId"], OPERATOR);
    own["properties"]["description"] = json!("By me");
    let id = own["id"].as_str().unwrap().to_owned();
    site.store(&id, &own);
    let output = site.remove("reader", &["--revoke"]).ok();
    assert_eq!(
        outcomes(&output),
        ["notGrantedByPodid", "notGrantedByPodid"]
    );
}

#[test]
fn who_may_not_revoke_is_told_the_command() {
    let site = site();
    add(&site, "reader", "reader");
    site.fault(&json!({
        "match": {"method": "DELETE", "path": "userAssignedIdentities/reader"}, "times": 9,
        "action": {"status": 403, "code": "AuthorizationFailed", "message": "No."},
    }));
    let output = site.remove(
        "reader",
        &["--revoke", "--query", "[outcome, roles[].outcome]"],
    );
    assert_eq!(output.code, 4);
    assert_eq!(output.json(), json!(["removed", ["failed", "revoked"]]));
    assert_snapshot!(output.error(), @"
    exit code 4
    Error: The pod identity is gone, but not every role was revoked
    Caused by: Role `Managed Identity Operator` on `reader` was not revoked from the signed-in principal OPERATOR
    Caused by: No.
    Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
    Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader, or have them run: az role assignment delete --ids /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader/providers/Microsoft.Authorization/roleAssignments/GUID
    Hint: the roles are taken back with: podid role revoke -g demo --cluster-name demo --identity-resource-id /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
          request GUID  code AuthorizationFailed
    ");
    site.heal();
    // The command of the hint.
    let reader = site.identity("reader");
    let revoke = ["role", "revoke", "--identity-resource-id", &reader];
    let output = site.podid(&[&revoke[..], &["--query", "[].outcome"]].concat());
    assert_eq!(output.ok().json(), json!(["revoked", "notGrantedByPodid"]));
}

#[test]
fn through_the_add_on_the_control_plane_loses_its_role() {
    let site = Site::planned(&Plan {
        add_on: true,
        ..Plan::default()
    });
    add(&site, "reader", "reader");
    add(&site, "twin", "reader");
    let twin = site.remove("twin", &["--revoke"]).ok();
    assert_eq!(outcomes(&twin), ["stillNeeded"]);
    let dry = site.remove("reader", &["--revoke", "--dry-run", "--query", "changes"]);
    assert_snapshot!(dry.all(), @r#"
    exit code 0
    ----- stdout
    [
      "remove `billing/reader` from podIdentityProfile",
      "revoke `Managed Identity Operator` on reader from the control-plane identity of cluster `demo`"
    ]
    "#);
    let reader = site.remove("reader", &["--revoke"]).ok();
    assert_eq!(outcomes(&reader), ["revoked"]);
    let id = site.identity("reader");
    let check = [
        "role",
        "check",
        "--for",
        "managed",
        "--identity-resource-id",
        &id,
    ];
    assert_eq!(site.podid(&check).code, 4);
}
