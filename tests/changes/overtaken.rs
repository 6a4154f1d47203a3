//! Commands that another one overtakes between what they read and what they write.

use serde_json::json;

use crate::api_proxy::{ApiProxy, Trouble};
use crate::support::{Kubernetes, Plan, Site, Started, desired, until};

/// Starts podid and waits until its first write to a path that contains `path` is held.
fn held<'a>(site: &'a Site, proxy: &ApiProxy, path: &str, arguments: &[&str]) -> Started<'a> {
    proxy.order(Trouble::Delayed, path, 0);
    let list = [arguments, &proxy.arguments()].concat();
    let run = site.start(&[], &list, None);
    until("the write to be held", || proxy.holds_one());
    run
}

#[test]
fn a_removal_leaves_the_binding_of_a_later_pod_identity_of_the_same_name() {
    let site = Site::planned(&Plan::pools(1));
    let proxy = ApiProxy::start(&site);
    site.add("reader", &[]).ok();
    let namespace = site.namespace.as_str();
    let remove = ["remove", "--namespace", namespace, "--name", "reader"];
    let run = held(&site, &proxy, "/azureidentities/", &remove);
    site.podid(&remove).ok();
    site.add("reader", &[]).ok();
    proxy.heal();
    run.finish().ok();
    assert_eq!(
        site.object_names(),
        [
            "AzureIdentity reader",
            "AzureIdentityBinding reader-binding"
        ]
    );
    assert_eq!(site.holders("reader"), ["pool0"]);
}

#[test]
fn the_selector_that_another_add_wrote_meanwhile_stays() {
    let site = Site::planned(&Plan::pools(1));
    let proxy = ApiProxy::start(&site);
    let identity = site.identity("reader");
    let mut add = vec!["add", "--namespace", &site.namespace, "--name", "reader"];
    add.extend(["--identity-resource-id", &identity]);
    let first = [&add[..], &["--binding-selector", "first"]].concat();
    let run = held(&site, &proxy, "/azureidentitybindings", &first);
    site.add("reader", &["--binding-selector", "second"]).ok();
    proxy.heal();
    let output = run.finish().ends_with(5);
    assert!(
        output.stderr.contains("was given another binding"),
        "{}",
        output.stderr
    );
    let bindings = site.objects("AzureIdentityBinding");
    assert_eq!(bindings[0]["spec"]["selector"], json!("second"));
}

#[test]
fn pruning_leaves_a_pod_identity_that_others_bound_meanwhile() {
    // Pruning looks at the whole cluster, and other tests share the usual one.
    let kubernetes = Kubernetes::with_crds();
    let site = Site::on(&kubernetes, &Plan::pools(1));
    let proxy = ApiProxy::start(&site);
    site.add("reader", &[]).ok();
    let file = site.write("wanted.yaml", &desired("  podIdentities: []\n"));
    let apply = ["apply", "-f", &file, "--prune", "--yes"];
    let run = held(&site, &proxy, "/azureidentitybindings/", &apply);
    let theirs = json!({"spec": {"azureIdentity": "reader", "selector": "theirs"}});
    site.apply("AzureIdentityBinding", "theirs", &theirs);
    proxy.heal();
    let output = run.finish().ends_with(5);
    assert!(
        output.stderr.contains("other bindings use it now"),
        "{}",
        output.stderr
    );
    assert_eq!(
        site.object_names(),
        ["AzureIdentity reader", "AzureIdentityBinding theirs"]
    );
    assert_eq!(site.holders("reader"), ["pool0"]);
}
