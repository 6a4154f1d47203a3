//! The redirect of the shipped binary in network namespaces: needs root, `ip`, `nft` and `iptables`.

use std::sync::atomic::{AtomicBool, Ordering};

use k8s_openapi::api::core::v1::Node as NodeObject;
use kube::api::{Api, PostParams};
use serde_json::json;

use crate::client::{Reply, token_request};
use crate::namespaces::{HOST, HOST_6, IMDS, IMDS_6, POD_A, POD_A_6, POD_B, POD_B_6, Place};
use crate::network::World;
use crate::support::{until, wait};

/// The redirect of both addresses of the metadata service.
const BOTH_FAMILIES: [&str; 4] = [
    "--host-ip",
    "10.0.0.4,fd00:a::4",
    "--metadata-address",
    "169.254.169.254:80,[fd00:169:254::254]:80",
];
const REQUEST: &str = "https://vault.azure.net";

/// A pod with an identity and one without, at the addresses of the network's pods.
fn world() -> World {
    let world = World::new();
    let node = &world.node;
    node.bind("reader", "reads");
    node.make_pod("a", &json!({"aadpodidbinding": "reads"}), &json!({}));
    node.pod_status("a", "Running", &[POD_A, POD_A_6]);
    node.make_pod("b", &json!({"aadpodidbinding": "nothing"}), &json!({}));
    node.pod_status("b", "Running", &[POD_B, POD_B_6]);
    world
}

#[test]
fn a_pod_gets_its_token_from_the_address_it_knows() {
    let world = world();
    let nmi = world.start(&BOTH_FAMILIES);
    nmi.until_ready();
    let ready = nmi.readiness().unwrap().body;
    assert!(ready.contains("[+]redirect ok"), "{ready}");

    for imds in [IMDS, IMDS_6] {
        let claims = world.token(Place::PodA, imds).claims();
        assert_eq!(claims["oid"], world.node.object_id("reader"), "{imds}");
        assert_eq!(world.token(Place::PodB, imds).code(), "NoBinding", "{imds}");
    }
    let callers = world.callers();
    assert!(callers.iter().all(|caller| caller == HOST), "{callers:?}");

    // The node's own processes speak to the metadata service itself.
    for imds in [IMDS, IMDS_6] {
        assert_untouched(&world.token(Place::Host, imds));
    }
    assert!(world.callers().contains(&HOST_6.to_owned()));
}

/// The metadata service's own answer: which of its machine's identities is meant?
#[track_caller]
fn assert_untouched(reply: &Reply) {
    assert_eq!(reply.header("x-podid-code"), None);
    let body = reply.json();
    let said = body["error_description"].as_str().unwrap();
    assert!(said.contains("Multiple user assigned"), "{said}");
}

#[test]
fn an_excepted_pod_passes_through_podid_nmi() {
    let world = world();
    let labels = json!({"spec": {"podLabels": {"aadpodidbinding": "nothing"}}});
    world
        .node
        .put("AzurePodIdentityException", "drivers", &labels);
    let nmi = world.start(&BOTH_FAMILIES);
    nmi.until_ready();
    for imds in [IMDS, IMDS_6] {
        assert_untouched(&world.token(Place::PodB, imds));
        world.token(Place::PodA, imds).claims();
    }
    // As podid-nmi's requests: the pod itself has not come through.
    assert!(world.callers().iter().all(|caller| caller == HOST));
}

#[test]
fn no_request_gets_past_it_when_it_is_killed_and_started_again_under_load() {
    let world = world();
    let mut nmi = world.start(&[]);
    nmi.until_ready();
    let (done, request) = (AtomicBool::new(false), token_request(REQUEST, ""));
    let (answered, refused) = std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let (mut answered, mut refused) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                // A kill may also end a connection before its answer.
                match world.ask(Place::PodA, IMDS, &request) {
                    Ok(reply) if reply.status == 200 => answered += 1,
                    _ => refused += 1,
                }
            }
            (answered, refused)
        });
        for _ in 0..3 {
            nmi.kill();
            let start = std::time::Instant::now();
            // While nobody listens.
            while start.elapsed().as_millis() < 300 {
                assert!(world.ask(Place::PodB, IMDS, &request).is_err());
            }
            nmi = world.start(&[]);
            nmi.until_ready();
            world.token(Place::PodA, IMDS).claims();
        }
        done.store(true, Ordering::Relaxed);
        asking.join().unwrap()
    });
    assert!(answered > 0 && refused > 0, "{answered} {refused}");
    let callers = world.callers();
    assert!(callers.iter().all(|caller| caller == HOST), "{callers:?}");
}

#[test]
fn rules_that_are_removed_under_it_come_back_within_a_second() {
    let world = world();
    let nmi = world.start(&[]);
    nmi.until_ready();
    let removed = std::time::Instant::now();
    world.network.on_host("nft", &["flush", "ruleset"]);
    until("the rules to come back", || {
        nmi.metrics()
            .contains("podid_nmi_redirect_restored_total 1")
    });
    let took = removed.elapsed();
    assert!(took.as_millis() < 1000, "{took:?}");
    world.token(Place::PodA, IMDS).claims();
    assert!(!world.callers().contains(&POD_A.to_owned()));
    nmi.until_ready();
}

#[test]
fn the_rules_outlive_it_until_they_are_cleaned_up() {
    let world = world();
    let nmi = world.start(&[]);
    nmi.until_ready();
    assert_eq!(nmi.terminate(), Some(0));
    let request = token_request(REQUEST, "");
    world.ask(Place::PodA, IMDS, &request).unwrap_err();

    let (code, said) = world.run(&["cleanup"]);
    assert_eq!(
        (code, said.trim()),
        (Some(0), "The packet rules of podid-nmi were removed")
    );
    let direct = world.token(Place::PodA, IMDS);
    assert_eq!(direct.header("x-podid-code"), None);
    assert!(world.callers().contains(&POD_A.to_owned()));
    let (code, said) = world.run(&["cleanup"]);
    assert_eq!(
        (code, said.trim()),
        (Some(0), "There were no packet rules of podid-nmi")
    );

    let nmi = world.start(&["--cleanup"]);
    nmi.until_ready();
    assert_eq!(nmi.terminate(), Some(0));
    assert_eq!(world.network.on_host("nft", &["list", "ruleset"]), "");
}

#[test]
fn the_taint_goes_when_the_redirect_is_proven_and_no_other_does() {
    let world = world();
    let nodes: Api<NodeObject> = Api::all(world.node.site.kubernetes.clone());
    let node: NodeObject = serde_json::from_value(json!({
        "metadata": {"name": world.node.name},
        "spec": {"taints": [
            {"key": "podid.io/starting", "effect": "NoSchedule"},
            {"key": "other", "value": "x", "effect": "NoExecute"},
            {"key": "podid.io/starting", "effect": "NoExecute"},
        ]},
    }))
    .unwrap();
    wait(nodes.create(&PostParams::default(), &node)).unwrap();
    let keys = || -> Vec<String> {
        let node = wait(nodes.get(&world.node.name)).unwrap();
        let taints = node.spec.and_then(|spec| spec.taints).unwrap_or_default();
        // The API server adds its own to a node that is not ready.
        let own = taints
            .into_iter()
            .filter(|taint| !taint.key.starts_with("node.kubernetes.io"));
        own.map(|taint| taint.key).collect()
    };
    // Somebody else's rules take the requests first.
    world.network.on_host(
        "nft",
        &["add table ip other;
        add chain ip other output { type nat hook output priority -190; };
        add rule ip other output ip daddr 169.254.169.254 tcp dport 80 meta mark 0x706f6469 \
        dnat to 10.0.0.1:80"],
    );
    let nmi = world.start(&["--startup-taint", "podid.io/starting"]);
    let unproven = || {
        let reply = nmi.readiness();
        reply.is_some_and(|reply| {
            reply.status == 503 && reply.body.contains("[-]redirect failed: a")
        })
    };
    until("the redirect to be found out", unproven);
    assert_eq!(keys().len(), 3);

    world
        .network
        .on_host("nft", &["delete", "table", "ip", "other"]);
    nmi.until_ready();
    until("the taint to go", || keys() == ["other"]);
}

#[test]
fn the_right_to_change_rules_stays_with_the_threads_that_use_it() {
    let world = world();
    let nmi = world.start(&[]);
    nmi.until_ready();
    world.token(Place::PodA, IMDS).claims();
    nmi.only_the_redirect_has_rights();
    // And it still is enough to put them back.
    world.network.on_host("nft", &["flush", "ruleset"]);
    until("the rules to come back", || {
        nmi.metrics()
            .contains("podid_nmi_redirect_restored_total 1")
    });
    nmi.only_the_redirect_has_rights();
}

#[test]
fn it_says_what_is_missing_and_does_not_start() {
    let world = world();
    let node = [
        "--node",
        &world.node.name,
        "--redirect",
        "nftables",
        "--status-address",
        "127.0.0.1:0",
    ];
    let run = |more: &[&str]| world.run(&[&node[..], more].concat());
    let (code, said) = run(&["--pod-cidr", "10.244.1.0"]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("`10.244.1.0` is not an address range"),
        "{said}"
    );
    let (code, said) = run(&["--host-ip", "127.0.0.1"]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("loopback") && said.contains("Hint: "),
        "{said}"
    );
    assert_eq!(world.network.on_host("nft", &["list", "ruleset"]), "");
}
