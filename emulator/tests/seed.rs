//! Seeds and dumps, and the program around them.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use http::Method;
use podid_emulator::Seed;
use serde_json::{Value, json};
use support::{Azure, OWNER_APP, SEED};

#[tokio::test]
async fn a_dump_is_a_seed_of_the_same_world() {
    let azure = Azure::start().await;
    azure
        .control(
            Method::PUT,
            "settings",
            json!({"durations": {"vmss-identity": 5.0}}),
        )
        .await
        .is(200);
    azure.assign("reader").await;
    assert_eq!(
        azure
            .control(Method::GET, "dump", Value::Null)
            .await
            .is(409)
            .code(),
        "OperationsUnderWay"
    );
    azure.advance(10.0).await;
    let first = azure
        .control(Method::GET, "dump", Value::Null)
        .await
        .is(200)
        .text;
    let again = Azure::start_with(Seed::from_yaml(&first).unwrap()).await;
    let second = again
        .control(Method::GET, "dump", Value::Null)
        .await
        .is(200)
        .text;
    assert_eq!(first, second);
    let (a, b) = (
        azure.get(&azure.scale_set()).await,
        again.get(&again.scale_set()).await,
    );
    assert_eq!((a.status, &a.body), (200, &b.body));
    assert!(
        a.text.contains("userAssignedIdentities/reader"),
        "{}",
        a.text
    );
    assert_eq!(azure.emulator.dump().unwrap(), first);
}

#[tokio::test]
async fn managed_identities_may_have_fixed_ids() {
    let mut seed = Seed::from_yaml(SEED).unwrap();
    let mut fixed = seed.service_principals[0].clone();
    fixed.app_id = "40000000-0000-0000-0000-000000000001".into();
    fixed.object_id = "40000000-0000-0000-0000-0000000000a1".into();
    fixed.secrets.clear();
    fixed.resource_id = seed
        .resources
        .iter()
        .map(|r| r.id.clone())
        .find(|id| id.ends_with("/reader"));
    seed.service_principals.push(fixed);
    let azure = Azure::start_with(seed).await;
    let identity = azure.get(&azure.identity("reader")).await.is(200).body;
    assert_eq!(
        identity["properties"]["clientId"],
        "40000000-0000-0000-0000-000000000001"
    );
}

#[test]
fn a_wrong_seed_says_what_is_wrong() {
    let unknown = Seed::from_yaml("tenant: []").unwrap_err().to_string();
    assert!(unknown.contains("tenant"), "{unknown}");
}

#[tokio::test]
async fn a_refused_resource_is_named() {
    let azure = Azure::start().await;
    let seed = json!({"roleAssignments": [{"scope": support::GROUP, "role": "King", "principal": support::OWNER}]});
    let refused = azure.control(Method::POST, "seed", seed).await.is(400);
    assert!(
        refused.text.contains("there is no role 'King'"),
        "{}",
        refused.text
    );
    let seed = json!({"resources": [{"id": format!("{}/providers/No.Such/things/x", support::GROUP), "body": {}}]});
    let refused = azure.control(Method::POST, "seed", seed).await.is(400);
    assert!(
        refused.text.contains("No.Such/things/x: ("),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn stopping_frees_the_ports() {
    let azure = Azure::start().await;
    let address = azure.emulator.https_url().replace("https://", "");
    azure.emulator.stop().await;
    std::net::TcpListener::bind(address).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn the_program_prints_its_urls_and_dumps_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("seed.yaml"), SEED).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_podid-emulator"))
        .args(["--time-scale", "0", "--seed"])
        .arg(path("seed.yaml"))
        .arg("--ca-file")
        .arg(path("ca.pem"))
        .arg("--dump-on-exit")
        .arg(path("dump.yaml"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let urls: Value = serde_json::from_str(&line).unwrap();
    let client = support::client(&std::fs::read_to_string(path("ca.pem")).unwrap());
    for name in ["https", "http"] {
        let url = format!(
            "{}/metadata/endpoints?api-version=2022-09-01",
            urls[name].as_str().unwrap()
        );
        support::send(client.get(url)).await.unwrap().is(200);
    }
    let killed = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(killed.success() && child.wait().unwrap().success());
    let dump = Seed::from_yaml(&std::fs::read_to_string(path("dump.yaml")).unwrap()).unwrap();
    assert!(
        dump.service_principals
            .iter()
            .any(|p| p.app_id == OWNER_APP)
    );
}
