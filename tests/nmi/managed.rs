//! Managed mode: label, binding, identity.

use serde_json::json;

use crate::daemon::Daemon;
use crate::node::Node;

#[test]
fn a_bound_pod_gets_its_token_and_another_pod_does_not() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    node.pod("other", "127.0.0.3", &json!({"aadpodidbinding": "nothing"}));
    node.pod("plain", "127.0.0.4", &json!({}));
    let daemon = Daemon::start(&node, &[]);

    let reply = daemon.token("127.0.0.2", "");
    let claims = reply.claims();
    assert_eq!(claims["oid"], node.object_id("reader"));
    assert_eq!(claims["aud"], "https://vault.azure.net");
    let body = reply.json();
    assert_eq!(body["client_id"], node.client_id("reader"));
    assert_eq!(body["resource"], "https://vault.azure.net");
    assert_eq!(body["token_type"], "Bearer");
    assert!(
        body.as_object()
            .unwrap()
            .values()
            .all(serde_json::Value::is_string)
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));

    let refused = daemon.token("127.0.0.3", "");
    assert_eq!((refused.status, refused.code()), (400, "NoBinding"));
    assert_eq!(refused.json()["error"], "invalid_request");
    let said = refused.json()["error_description"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        said.starts_with("Identity not found: ")
            && said.contains("docs/reference/podid-nmi.md#nobinding"),
        "{said}"
    );
    assert_eq!(refused.header("retry-after"), None);
    assert_eq!(daemon.token("127.0.0.4", "").code(), "NoLabel");
    assert_eq!(node.imds_calls(), 1);
}

#[test]
fn ids_choose_ignoring_case_and_must_agree() {
    let node = Node::new();
    node.bind("reader", "both");
    node.bind("writer", "both");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "both"}));
    let daemon = Daemon::start(&node, &[]);
    let (reader, writer) = (node.object_id("reader"), node.object_id("writer"));
    let client = node.client_id("writer").to_uppercase();
    let resource = node
        .site
        .identity("writer")
        .replace("resourceGroups", "RESOURCEGROUPS");

    // Nothing named: the first by name.
    assert_eq!(daemon.token("127.0.0.2", "").claims()["oid"], reader);
    for more in [
        format!("&client_id={client}"),
        format!("&msi_res_id={resource}"),
        format!("&mi_res_id={resource}/"),
        format!("&object_id={writer}"),
        format!(
            "&CLIENT_ID={client}&msi_res_id={resource}&object_id={}",
            writer.to_uppercase()
        ),
    ] {
        assert_eq!(
            daemon.token("127.0.0.2", &more).claims()["oid"],
            writer,
            "{more}"
        );
    }
    let other = node.site.identity("reader");
    for (more, code) in [
        (
            format!("&client_id={client}&msi_res_id={other}"),
            "Contradiction",
        ),
        (
            format!("&client_id={client}&object_id={reader}"),
            "NotBound",
        ),
        (format!("&object_id={}", "0".repeat(36)), "NotBound"),
        (
            "&client_id=11111111-2222-3333-4444-555555555555".to_owned(),
            "NotBound",
        ),
        (
            format!("&client_id={client}&client_id={client}"),
            "BadQuery",
        ),
        (
            format!("&msi_res_id={resource}&mi_res_id={other}"),
            "BadQuery",
        ),
    ] {
        let refused = daemon.token("127.0.0.2", &more);
        assert_eq!((refused.status, refused.code()), (400, code), "{more}");
    }
}

#[test]
fn what_is_taken_away_is_refused_at_once() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    let daemon = Daemon::start(&node, &[]);
    let oid = node.object_id("reader");
    assert_eq!(daemon.token("127.0.0.2", "").claims()["oid"], oid);

    node.delete("AzureIdentityBinding", "reader");
    daemon.until_token("the binding to be gone", "127.0.0.2", "", |reply| {
        reply.status == 400
    });
    node.bind("reader", "reads");
    daemon.until_token("the binding to be back", "127.0.0.2", "", |reply| {
        reply.status == 200
    });
    node.delete("AzureIdentity", "reader");
    let gone = daemon.until_token("the identity to be gone", "127.0.0.2", "", |reply| {
        reply.status == 400
    });
    assert_eq!(gone.code(), "NoIdentity");
}

#[test]
fn bindings_of_other_namespaces_match_only_when_an_operator_says_so() {
    let node = Node::new();
    let other = Node::new();
    let identity = json!({"spec": {"type": 0, "clientID": node.client_id("reader"), "resourceID": node.site.identity("reader")}});
    let selector = format!("shared-{}", node.site.namespace);
    let binding = json!({"spec": {"azureIdentity": "reader", "selector": selector}});
    let foreign = &other.site.namespace;
    node.put_in(foreign, "AzureIdentity", "reader", &identity);
    node.put_in(foreign, "AzureIdentityBinding", "reader", &binding);
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": selector}));

    let usual = Daemon::start(&node, &[]);
    assert_eq!(usual.token("127.0.0.2", "").code(), "NoBinding");
    let wide = Daemon::start(&node, &["--across-namespaces"]);
    assert_eq!(wide.token("127.0.0.2", "").status, 200);

    let mut own = identity.clone();
    own["metadata"]["annotations"] = json!({"aadpodidentity.k8s.io/Behavior": "namespaced"});
    node.put_in(foreign, "AzureIdentity", "reader", &own);
    let refused = wide.until_token("the annotation", "127.0.0.2", "", |reply| {
        reply.status != 200
    });
    assert_eq!(refused.code(), "NoBinding");
}

#[test]
fn an_identity_that_the_node_does_not_hold_can_be_asked_for_again() {
    let node = Node::with(&["reader"]);
    node.bind("writer", "writes");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "writes"}));
    let daemon = Daemon::start(&node, &[]);
    let refused = daemon.token("127.0.0.2", "");
    assert_eq!((refused.status, refused.code()), (404, "NotOnNode"));
    assert!(refused.header("retry-after").is_some());
    node.site.assign_by_hand("writer", "apps");
    assert_eq!(
        daemon.token("127.0.0.2", "").claims()["oid"],
        node.object_id("writer")
    );
}
