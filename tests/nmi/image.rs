//! The image: what is in it, and podid-nmi running from it as its DaemonSet says. Needs root, `ip`, `setpriv`, musl-gcc.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::deployment::{account_token, installed};
use crate::namespaces::{HOST, HOST_6, IMDS, POD_A, POD_B, Place};
use crate::network::World;
use crate::node::Node;
use crate::support::Kubernetes;

const FILES: [&str; 3] = ["etc/ssl/certs/ca-certificates.crt", "podid", "podid-nmi"];
const ACCOUNT: &str = "var/run/secrets/kubernetes.io/serviceaccount";

/// The image's root file system, made by what the Dockerfile runs.
fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("image-root");
        let mut script = Command::new(here.join("image/root"));
        let made = script.arg(&folder).arg("dev").output().unwrap();
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{said}");
        folder
    })
}

fn files(folder: &Path, below: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            files(&path, below, found);
        } else {
            assert!(kind.is_file(), "{} is no file", path.display());
            let name = path.strip_prefix(below).unwrap();
            found.push(name.to_str().unwrap().to_owned());
        }
    }
}

#[test]
fn it_holds_two_programs_and_the_certificate_authorities() {
    let mut found = Vec::new();
    files(root(), root(), &mut found);
    found.sort();
    assert_eq!(found, FILES);
    let authorities = fs::read_to_string(root().join(FILES[0])).unwrap();
    assert!(authorities.contains("-----BEGIN CERTIFICATE-----"));
    // The image is this folder and nothing besides.
    let recipe = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Dockerfile")).unwrap();
    let (build, image) = recipe.split_once("FROM scratch\n").unwrap();
    assert!(build.contains("RUN image/root /image\n"), "{build}");
    let image: Vec<&str> = image.lines().collect();
    assert_eq!(
        image,
        ["COPY --from=build /image /", "ENTRYPOINT [\"/podid-nmi\"]"]
    );
}

/// Kinds of an ELF program's segments that a dynamic program has: what it is loaded by, what it loads.
fn dynamic_parts(program: &[u8]) -> (bool, usize) {
    const INTERPRETER: u64 = 3;
    const DYNAMIC: u64 = 2;
    const NEEDED: u64 = 1;
    let number = |at: usize, bytes: usize| {
        let mut all = [0; 8];
        all[..bytes].copy_from_slice(&program[at..at + bytes]);
        u64::from_le_bytes(all)
    };
    let place = |at| usize::try_from(number(at, 8)).unwrap();
    assert_eq!(&program[..6], b"\x7fELF\x02\x01", "64 bits, little-endian");
    let (table, size, count) = (place(32), number(54, 2), number(56, 2));
    let (mut interpreter, mut needed) = (false, 0);
    for index in 0..count {
        let header = table + usize::try_from(index * size).unwrap();
        match number(header, 4) {
            INTERPRETER => interpreter = true,
            DYNAMIC => {
                let (start, length) = (place(header + 8), place(header + 32));
                let entries = program[start..start + length].chunks_exact(16);
                let tag = |entry: &[u8]| u64::from_le_bytes(*entry.first_chunk().unwrap());
                needed += entries.filter(|entry| tag(entry) == NEEDED).count();
            }
            _ => {}
        }
    }
    (interpreter, needed)
}

#[test]
fn its_programs_need_no_loader_and_no_library() {
    for name in ["podid", "podid-nmi"] {
        let program = fs::read(root().join(name)).unwrap();
        assert_eq!(dynamic_parts(&program), (false, 0), "{name}");
    }
    // This test itself is a program of the other kind, so that the look would notice one.
    let own = fs::read(std::env::current_exe().unwrap()).unwrap();
    let (interpreter, needed) = dynamic_parts(&own);
    assert!(interpreter && needed > 0);
}

#[test]
fn its_podid_runs_with_nothing_else() {
    let mut podid = Command::new("chroot");
    podid.arg(root()).args(["/podid", "version", "-o", "json"]);
    let path = std::env::var("PATH").unwrap();
    let output = podid.env_clear().env("PATH", path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains(env!("CARGO_PKG_VERSION")),
        "{output:?}"
    );
}

/// The image with what the kubelet puts into a container: the pod's account.
fn container(kubernetes: &Kubernetes, account: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in FILES {
        let to = folder.path().join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(root().join(name), to).unwrap();
    }
    let own = folder.path().join(ACCOUNT);
    fs::create_dir_all(&own).unwrap();
    let config: Value = serde_saphyr::from_str(&kubernetes.server.kubeconfig()).unwrap();
    let authority = config["clusters"][0]["cluster"]["certificate-authority-data"].as_str();
    let authority = STANDARD.decode(authority.unwrap()).unwrap();
    fs::write(own.join("ca.crt"), authority).unwrap();
    fs::write(own.join("token"), account_token(kubernetes, account)).unwrap();
    fs::write(own.join("namespace"), "kube-system").unwrap();
    folder
}

/// What the kubelet makes of a variable of the DaemonSet.
fn value(variable: &Value, node: &str) -> String {
    match variable["valueFrom"]["fieldRef"]["fieldPath"].as_str() {
        Some("spec.nodeName") => node.to_owned(),
        Some("status.hostIPs") => format!("{HOST},{HOST_6}"),
        _ => panic!("{variable}"),
    }
}

#[test]
fn it_runs_on_a_node_as_its_daemon_set_says() {
    let kubernetes = Kubernetes::bare();
    let node = Node::on(&kubernetes, &["reader"]);
    let pod = installed(&kubernetes, &node, "managed", &[]);
    node.bind("reader", "reads");
    node.pod("a", POD_A, &json!({"aadpodidbinding": "reads"}));
    node.pod("b", POD_B, &json!({}));
    let world = World::around(node);
    let server = world.reach(&kubernetes.server.kubeconfig());

    let account = pod["serviceAccountName"].as_str().unwrap();
    let container_root = container(&kubernetes, account);
    let set = &pod["containers"][0];
    let rights = &set["securityContext"]["capabilities"];
    assert_eq!(rights, &json!({"drop": ["ALL"], "add": ["NET_ADMIN"]}));
    let mut command = world.in_node_network();
    // chroot's own right is the one that a container is not started with.
    command
        .args(["setpriv", "--no-new-privs", "--inh-caps=-all"])
        .args(["--bounding-set=-all,+net_admin,+sys_chroot", "chroot"])
        .arg(container_root.path())
        .arg("/podid-nmi")
        .args(
            set["args"]
                .as_array()
                .unwrap()
                .iter()
                .map(|argument| argument.as_str().unwrap()),
        )
        .env("KUBERNETES_SERVICE_HOST", server.ip().to_string())
        .env("KUBERNETES_SERVICE_PORT", server.port().to_string());
    for variable in set["env"].as_array().unwrap() {
        command.env(
            variable["name"].as_str().unwrap(),
            value(variable, &world.node.name),
        );
    }
    let nmi = world.spawn(command);
    nmi.until_ready();
    let claims = world.token(Place::PodA, IMDS).claims();
    assert_eq!(claims["oid"], world.node.object_id("reader"));
    assert_eq!(world.token(Place::PodB, IMDS).code(), "NoLabel");
    let callers = world.callers();
    assert!(callers.iter().all(|caller| caller == HOST), "{callers:?}");
    nmi.only_the_redirect_has_rights();
    assert_eq!(nmi.terminate(), Some(0));
}
