//! Pods that are passed through to the metadata service.

use serde_json::json;

use crate::client::{request, send};
use crate::daemon::Daemon;
use crate::node::Node;

#[test]
fn an_excepted_pod_speaks_to_the_metadata_service_itself() {
    let node = Node::new();
    node.put(
        "AzurePodIdentityException",
        "drivers",
        &json!({"spec": {"podLabels": {"app": "driver", "x": "y"}}}),
    );
    node.pod("driver", "127.0.0.2", &json!({"app": "DRIVER"}));
    node.pod("other", "127.0.0.3", &json!({"app": "other"}));
    // Upstream let any pod through whose owner is called mic... in namespace default.
    node.pod("mic-7d9f", "127.0.0.4", &json!({"component": "mic"}));
    let daemon = Daemon::start(&node, &[]);

    // Two identities and none named: the metadata service's own refusal, untouched.
    let through = daemon.token("127.0.0.2", "");
    assert_eq!(through.header("x-podid-code"), None);
    assert_eq!(through.status, 400);
    let said = through.json()["error_description"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        said.starts_with("Multiple user assigned identities"),
        "{said}"
    );
    // What aad-pod-identity drops on the way: the resource id and the object id.
    let writer = node.object_id("writer");
    for more in [
        format!("&msi_res_id={}", node.site.identity("writer")),
        format!("&object_id={writer}"),
    ] {
        assert_eq!(
            daemon.token("127.0.0.2", &more).claims()["oid"],
            writer,
            "{more}"
        );
    }
    assert_eq!(daemon.token("127.0.0.3", "").code(), "NoLabel");
    assert_eq!(daemon.token("127.0.0.4", "").code(), "NoLabel");

    let method = request(
        "DELETE",
        "/metadata/identity/oauth2/token?resource=r",
        &[("Metadata", "true")],
    );
    assert_eq!(send("127.0.0.2", daemon.address, &method).code(), "Method");

    node.delete("AzurePodIdentityException", "drivers");
    let refused = daemon.until_token("the exception to be gone", "127.0.0.2", "", |reply| {
        reply.header("x-podid-code").is_some()
    });
    assert_eq!(refused.code(), "NoLabel");
}
