//! Pods on a sandbox's node: curl and Microsoft's SDKs ask 169.254.169.254 in namespaces of their own and are answered by
//! podid-nmi, which its packet rules lead them to.
//!
//! Needs root on Linux with `ip`, `unshare` and curl. `podid sandbox up --nmi` refuses without, and so these tests fail.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::machine::{Machine, stderr, stdout, until};
use crate::{ROOT, TENANT, go_program, python_program};

const METADATA: &str = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net";

/// A sandbox with a node whose machine holds two identities, of which pods that select `reader` may have one.
struct Pods {
    machine: Machine,
    environment: Vec<(String, String)>,
    client_id: String,
}

impl Pods {
    fn start() -> Pods {
        let machine = Machine::new();
        let up = ["sandbox", "up", "--nmi", "--time-scale", "0"];
        let up = machine.run(&[&up[..], &["--env-file", "sandbox.env"]].concat());
        assert!(up.status.success(), "{}", stderr(&up));
        let exported = Command::new("sh")
            .args(["-c", ". ./sandbox.env && env -0"])
            .current_dir(machine.path(""))
            .output();
        let exported = String::from_utf8(exported.unwrap().stdout).unwrap();
        let variables = exported.split_terminator('\0');
        let pairs = variables.filter_map(|variable| variable.split_once('='));
        let ours = |(name, _): &(&str, &str)| {
            ["PODID_", "AZURE_", "KUBECONFIG", "SSL_", "REQUESTS_"]
                .iter()
                .any(|start| name.starts_with(start))
        };
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let mut pods = Pods {
            machine,
            environment: pairs.filter(ours).map(own).collect(),
            client_id: String::new(),
        };
        pods.prepare();
        pods
    }

    fn prepare(&mut self) {
        let reader = self.podid(&["identity", "create", "-n", "reader"]);
        let writer = self.podid(&["identity", "create", "-n", "writer"]);
        let [reader_id, writer_id] = [&reader, &writer].map(|own| own["id"].as_str().unwrap());
        reader["clientId"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.client_id);
        let identity = ["--identity-resource-id", reader_id];
        self.podid(&[&["role", "grant"], &identity[..]].concat());
        let add = ["add", "--namespace", "demo", "--name", "reader"];
        self.podid(&[&add, &identity[..]].concat());
        self.podid(&["nodepool", "assign", "--identity-resource-id", writer_id]);
        let group = reader_id.split("/providers/").next().unwrap();
        let seed = json!({"roleAssignments": [{
            "scope": format!("{group}/providers/Microsoft.KeyVault/vaults/demo-vault"),
            "role": "Key Vault Secrets User",
            "principal": reader_id,
        }]});
        let url = format!("{}/seed", self.variable("PODID_SANDBOX"));
        let authority = self.variable("PODID_CA_FILE");
        let curl = Command::new("curl")
            .args(["--fail", "--silent", "--show-error", "--noproxy", "*"])
            .args(["--cacert", authority, "--data", &seed.to_string(), &url])
            .output()
            .unwrap();
        assert!(curl.status.success(), "{}", stderr(&curl));
        let secret = format!(
            "{}/_vault/demo-vault/secrets/greeting?api-version=7.4",
            self.variable("PODID_ARM_ENDPOINT")
        );
        self.environment.extend([
            ("INTEROP_IDENTITY".to_owned(), self.client_id.clone()),
            ("INTEROP_IDENTITY_RESOURCE".to_owned(), reader_id.to_owned()),
            ("INTEROP_SECRET_URL".to_owned(), secret),
        ]);
    }

    fn variable(&self, name: &str) -> &str {
        let found = self.environment.iter().find(|(known, _)| known == name);
        &found.unwrap().1
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.machine.podid(arguments);
        let environment = self.environment.iter();
        let output = command
            .envs(environment.map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            stderr(&output)
        );
        output
    }

    fn podid(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["-o", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// What a program prints that runs in a place: JSON.
    fn inside(&self, place: &[&str], program: &[&str]) -> Value {
        let exec = [&["sandbox", "exec"], place, &["--"], program].concat();
        let output = self.run(&exec);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    }

    /// What a pod, or the node, is told by whoever answers at the address of the metadata service.
    fn curl(&self, place: &[&str]) -> Value {
        self.inside(
            place,
            &[
                "curl",
                "--silent",
                "--show-error",
                "-H",
                "Metadata: true",
                METADATA,
            ],
        )
    }

    /// Runs an SDK in each place and checks what it gets.
    fn check(&self, sdk: &[&str]) {
        let sdk = [sdk, &["pod"]].concat();
        let whole = json!({
            "appid": self.client_id, "tid": TENANT, "aud": "https://vault.azure.net", "greeting": "Hello from the vault",
        });
        let bound = ["--pod", "a", "--pod-labels", "aadpodidbinding=reader"];
        assert_eq!(
            self.inside(&bound, &sdk),
            json!({"byDefault": whole, "clientId": whole, "resourceId": whole})
        );

        let unbound = ["--pod", "b", "--pod-labels", "aadpodidbinding=nothing"];
        let refused = self.inside(&unbound, &sdk);
        for way in ["byDefault", "clientId", "resourceId"] {
            assert!(refused[way]["error"].is_string(), "{way}: {refused}");
        }

        // Past podid-nmi, and through it: the machine's two identities, of which one must be named.
        let labels = ["--pod-labels", "app=driver"];
        let name = ["--namespace", "demo", "--name", "drivers"];
        self.podid(&[&["exception", "add"], &name[..], &labels[..]].concat());
        let excepted = ["--pod", "c", labels[0], labels[1]];
        until("the exception was not heard of", || {
            is_the_metadata_service(&self.curl(&excepted))
        });
        for place in [&excepted[..], &["--node"]] {
            let direct = self.inside(place, &sdk);
            assert!(direct["byDefault"]["error"].is_string(), "{direct}");
            assert_eq!(direct["clientId"], whole);
            assert_eq!(direct["resourceId"], whole);
        }
    }
}

/// Whether the answer is the metadata service's own, which does not know whom of two identities is meant.
fn is_the_metadata_service(answer: &Value) -> bool {
    let said = answer["error_description"].as_str().unwrap_or_default();
    said.starts_with("Multiple user assigned identities") && !said.contains("podid")
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_get_their_tokens_with_curl_and_the_go_sdk() {
    let program = go_program().await;
    let pods = Pods::start();
    let token = pods.curl(&["--pod", "a", "--pod-labels", "aadpodidbinding=reader"]);
    assert_eq!(token["client_id"], pods.client_id, "{token}");
    assert_eq!(token["token_type"], "Bearer");
    let refused = pods.curl(&["--pod", "b", "--pod-labels", "aadpodidbinding=nothing"]);
    let said = refused["error_description"].as_str().unwrap();
    assert!(said.contains("podid NoBinding"), "{refused}");
    let node = pods.curl(&["--node"]);
    assert!(is_the_metadata_service(&node), "{node}");

    pods.check(&[program.to_str().unwrap()]);

    // Of the node's own requests for tokens podid-nmi has seen none.
    let log = Path::new(pods.variable("PODID_SANDBOX_NODE")).join("podid-nmi.log");
    let log = std::fs::read_to_string(log).unwrap();
    let tokens_for = |peer: &str| {
        let asked = |line: &&str| {
            line.contains(r#""route":"token""#) && line.contains(&format!(r#""peer":"{peer}""#))
        };
        log.lines().filter(asked).count()
    };
    assert!(tokens_for("10.244.0.2") > 0, "{log}");
    assert_eq!(tokens_for("10.0.0.4"), 0, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs python3 with venv, and PyPI: cargo test --test interop -- --include-ignored"]
async fn pods_get_their_tokens_with_the_python_sdk() {
    let [python, script] = python_program().await;
    Pods::start().check(&[python.to_str().unwrap(), script.to_str().unwrap()]);
}

#[test]
fn the_demo_reads_the_secret_in_a_pod_and_says_so_when_it_cannot() {
    let script = Path::new(ROOT).join("tests/demo.sh");
    let run = |more: &[&str]| {
        let machine = Machine::new();
        let run = ["sandbox", "run", "--time-scale", "0"];
        let script = ["--", "sh", script.to_str().unwrap()];
        let run = machine.run(&[&run[..], more, &script].concat());
        assert!(run.status.success(), "{}{}", stdout(&run), stderr(&run));
        stdout(&run).to_owned()
    };
    let whole = run(&["--nmi"]);
    assert!(whole.contains("\nHello from the vault\n"), "{whole}");
    assert!(
        whole.ends_with("token used in a pod, all removed.\n"),
        "{whole}"
    );
    let less = run(&[]);
    assert!(less.contains("\nHello from the vault\n"), "{less}");
    assert!(less.contains("Left out: the pod"), "{less}");
}
