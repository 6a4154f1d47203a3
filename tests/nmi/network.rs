//! podid-nmi as it runs on a node: in the node's network, with pods behind a bridge and the metadata service in the
//! fabric.
//!
//! The emulator and the API server stay outside; two relays bring them into the namespaces, the API server to the
//! loopback address of the node, the metadata service to 169.254.169.254 in the fabric.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::client::{Reply, read, request, token_request};
use crate::namespaces::{Node as Network, Place};
use crate::node::Node;
use crate::support::until;

/// The status address of every podid-nmi of these tests, in its own network.
const STATUS: &str = "127.0.0.1:8085";
const PATIENCE: Duration = Duration::from_secs(5);

/// A node in a network of its own.
pub(crate) struct World {
    pub(crate) node: Node,
    pub(crate) network: Network,
    /// Who has spoken to the metadata service itself.
    callers: Arc<Mutex<Vec<IpAddr>>>,
}

impl World {
    pub(crate) fn new() -> World {
        let world = World::around(Node::new());
        let environment = &world.node.site.environment;
        let kubeconfig = environment.iter().find(|(name, _)| name == "KUBECONFIG");
        world.reach(&std::fs::read_to_string(&kubeconfig.unwrap().1).unwrap());
        world
    }

    /// A network around a node, from which no API server can be reached yet.
    pub(crate) fn around(node: Node) -> World {
        let network = Network::new();
        let imds = address(&node.imds);
        let callers = Arc::default();
        for at in [crate::namespaces::IMDS, crate::namespaces::IMDS_6] {
            relay(&network, Place::Fabric, at, imds, &callers);
        }
        World {
            node,
            network,
            callers,
        }
    }

    /// Brings the API server of a kubeconfig to the node; its address there.
    pub(crate) fn reach(&self, kubeconfig: &str) -> SocketAddr {
        let mut lines = kubeconfig.lines();
        let server = lines.find_map(|line| line.split_once("server:")).unwrap().1;
        let server = address(server.trim().trim_matches('"'));
        let at = server.to_string();
        relay(&self.network, Place::Host, &at, server, &Arc::default());
        server
    }

    /// The addresses from which the metadata service was spoken to.
    pub(crate) fn callers(&self) -> Vec<String> {
        let callers = self.callers.lock().unwrap();
        callers.iter().map(ToString::to_string).collect()
    }

    /// A podid-nmi with its redirect, and more arguments.
    pub(crate) fn start(&self, more: &[&str]) -> Nmi<'_> {
        Nmi::start(self, more)
    }

    /// Runs podid-nmi until it ends; exit code and what it says.
    pub(crate) fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self
            .command()
            .args(arguments)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    }

    fn command(&self) -> Command {
        let mut command = self.in_node_network();
        let environment = &self.node.site.environment;
        command
            .arg(env!("CARGO_BIN_EXE_podid-nmi"))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("PODID_IMDS_ENDPOINT", "http://169.254.169.254/");
        command
    }

    /// The beginning of a command in the node's network; what is to run has to be added.
    pub(crate) fn in_node_network(&self) -> Command {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", &self.network.name(Place::Host)])
            .env_clear()
            .env("PATH", path)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// Starts such a command.
    pub(crate) fn spawn(&self, command: Command) -> Nmi<'_> {
        Nmi::spawn(self, command)
    }

    /// Sends a request from a place.
    pub(crate) fn ask(&self, from: Place, to: &str, request: &[u8]) -> io::Result<Reply> {
        self.network.inside(from, || {
            let mut stream = TcpStream::connect_timeout(&to.parse().unwrap(), PATIENCE)?;
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            stream.write_all(request)?;
            Ok(read(&mut stream))
        })
    }

    /// Asks for a token of the vault as an SDK does.
    pub(crate) fn token(&self, from: Place, to: &str) -> Reply {
        let request = token_request("https://vault.azure.net", "");
        self.ask(from, to, &request).unwrap()
    }
}

/// A podid-nmi that runs; killed at the end of the test, as by a crash.
pub(crate) struct Nmi<'world> {
    world: &'world World,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl<'world> Nmi<'world> {
    fn start(world: &'world World, more: &[&str]) -> Self {
        let mut command = world.command();
        command
            .args(["--node", &world.node.name, "--redirect", "nftables"])
            .args(["--status-address", STATUS])
            .args(more);
        Self::spawn(world, command)
    }

    fn spawn(world: &'world World, mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        Nmi { world, child, log }
    }

    /// What `/readyz` says; nothing while nobody listens.
    pub(crate) fn readiness(&self) -> Option<Reply> {
        let request = request("GET", "/readyz", &[]);
        self.world.ask(Place::Host, STATUS, &request).ok()
    }

    /// The counters.
    pub(crate) fn metrics(&self) -> String {
        let request = request("GET", "/metrics", &[]);
        self.world.ask(Place::Host, STATUS, &request).unwrap().body
    }

    #[track_caller]
    pub(crate) fn until_ready(&self) {
        let ready = || self.readiness().is_some_and(|reply| reply.status == 200);
        until(
            &format!("podid-nmi to be ready: {:?}", self.readiness()),
            ready,
        );
    }

    /// Ends it by SIGTERM and waits; the exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code()
    }

    /// Ends it by SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Fails unless the threads of the redirect have the right to change packet rules, and no thread has another.
    #[track_caller]
    pub(crate) fn only_the_redirect_has_rights(&self) {
        const NET_ADMIN: u64 = 1 << 12;
        let folder = format!("/proc/{}/task", self.child.id());
        let mut seen = [0, 0];
        for task in std::fs::read_dir(folder).unwrap() {
            // A thread may have ended meanwhile.
            let Ok(status) = std::fs::read_to_string(task.unwrap().path().join("status")) else {
                continue;
            };
            let field = |name: &str| {
                let mut lines = status.lines();
                let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                line.unwrap().trim().to_owned()
            };
            let rights = |name| u64::from_str_radix(&field(name), 16).unwrap();
            let redirects = field("Name").starts_with("redirect");
            let allowed = if redirects { NET_ADMIN } else { 0 };
            for name in ["CapPrm", "CapEff"] {
                assert_eq!(rights(name), allowed, "{name} of {}", field("Name"));
            }
            assert_eq!((rights("CapInh"), rights("CapAmb")), (0, 0));
            assert_eq!(field("NoNewPrivs"), "1");
            seen[usize::from(redirects)] += 1;
        }
        assert!(seen[0] >= 3 && seen[1] >= 1, "{seen:?}");
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }
}

impl Drop for Nmi<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            #[allow(clippy::print_stdout)] // shown with the failed test only
            {
                println!("{}", self.log());
            }
        }
    }
}

/// The address in a URL without a name.
fn address(url: &str) -> SocketAddr {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap().parse().unwrap()
}

/// Passes connections on, from a place of the network to an address outside of it; until the process ends.
fn relay(
    network: &Network,
    place: Place,
    at: &str,
    to: SocketAddr,
    callers: &Arc<Mutex<Vec<IpAddr>>>,
) {
    let listener = network.inside(place, || TcpListener::bind(at)).unwrap();
    let callers = Arc::clone(callers);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            callers
                .lock()
                .unwrap()
                .push(stream.peer_addr().unwrap().ip());
            thread::spawn(move || pass(&stream, to));
        }
    });
}

fn pass(near: &TcpStream, to: SocketAddr) -> io::Result<()> {
    let far = TcpStream::connect(to)?;
    thread::scope(|scope| {
        scope.spawn(|| copy(near, &far));
        copy(&far, near)
    })
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let copied = io::copy(&mut from, &mut to);
    // The other direction may still have something to say.
    to.shutdown(Shutdown::Write)?;
    copied.map(drop)
}
