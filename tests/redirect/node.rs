//! A node with two pods, and the fabric it is plugged into.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// A network namespace of the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Where the real metadata service is.
    Fabric,
    /// The node itself: its own processes and pods in its network.
    Host,
    /// A pod.
    PodA,
    /// Another pod of the node.
    PodB,
}

const PLACES: [Place; 4] = [Place::Fabric, Place::Host, Place::PodA, Place::PodB];

pub(crate) const IMDS: &str = "169.254.169.254:80";
pub(crate) const IMDS_6: &str = "[fd00:169:254::254]:80";
pub(crate) const HOST: &str = "10.0.0.4";
pub(crate) const HOST_6: &str = "fd00:a::4";
pub(crate) const POD_A: &str = "10.244.1.10";
pub(crate) const POD_A_6: &str = "fd00:f4::10";
pub(crate) const POD_B: &str = "10.244.1.11";
pub(crate) const POD_B_6: &str = "fd00:f4::11";

/// Four namespaces, joined as on a node with a bridge: pods - bridge - node - fabric.
#[derive(Debug)]
pub(crate) struct Node {
    id: String,
}

impl Node {
    /// Makes the namespaces and their devices.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        require();
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let node = Node {
            id: format!("podid-{}-{next}", std::process::id()),
        };
        for place in PLACES {
            run("ip", &["netns", "add", &node.name(place)], "");
            // Addresses are usable at once: nobody else can have them.
            node.set(place, "ipv6/conf/all/accept_dad", "0");
            node.set(place, "ipv6/conf/default/accept_dad", "0");
        }
        let [fabric, a, b] = [Place::Fabric, Place::PodA, Place::PodB].map(|p| node.name(p));
        node.ip(
            Place::Host,
            &format!(
                "link set lo up
                 link add eth0 type veth peer name eth0 netns {fabric}
                 address add {HOST}/24 dev eth0
                 address add {HOST_6}/64 dev eth0 nodad
                 link set eth0 up
                 link add cbr0 type bridge mcast_snooping 0
                 address add 10.244.1.1/24 dev cbr0
                 address add fd00:f4::1/64 dev cbr0 nodad
                 link set cbr0 up
                 link add veth-a type veth peer name eth0 netns {a}
                 link add veth-b type veth peer name eth0 netns {b}
                 link set veth-a master cbr0 up
                 link set veth-b master cbr0 up
                 route add default via 10.0.0.1
                 route add default via fd00:a::1"
            ),
        );
        node.ip(
            Place::Fabric,
            &format!(
                "link set lo up
                 address add 169.254.169.254/32 dev lo
                 address add fd00:169:254::254/128 dev lo nodad
                 address add 10.0.0.1/24 dev eth0
                 address add fd00:a::1/64 dev eth0 nodad
                 link set eth0 up
                 route add 10.244.1.0/24 via {HOST}
                 route add fd00:f4::/64 via {HOST_6}"
            ),
        );
        node.plug_pods();
        for setting in ["ipv4/ip_forward", "ipv6/conf/all/forwarding"] {
            node.set(Place::Host, setting, "1");
        }
        node
    }

    fn plug_pods(&self) {
        for (place, last) in [(Place::PodA, 10), (Place::PodB, 11)] {
            self.ip(
                place,
                &format!(
                    "link set lo up
                     address add 10.244.1.{last}/24 dev eth0
                     address add fd00:f4::{last}/64 dev eth0 nodad
                     link set eth0 up
                     route add default via 10.244.1.1
                     route add default via fd00:f4::1"
                ),
            );
        }
    }

    /// Runs `work` in a thread of that place.
    pub(crate) fn inside<T: Send>(&self, place: Place, work: impl FnOnce() -> T + Send) -> T {
        let entry = self.entry(place);
        let done = thread::scope(|scope| {
            let inside = || {
                entry.enter();
                work()
            };
            scope.spawn(inside).join()
        });
        match done {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Changes a setting of the kernel in a place.
    pub(crate) fn set(&self, place: Place, setting: &str, value: &str) {
        let path = format!("/proc/sys/net/{setting}");
        self.inside(place, || std::fs::write(&path, value)).unwrap();
    }

    /// The way into a place, for a thread that stays there.
    pub(crate) fn entry(&self, place: Place) -> Entry {
        let path = format!("/run/netns/{}", self.name(place));
        Entry(File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}")))
    }

    /// Runs a program of the node; what it prints.
    pub(crate) fn on_host(&self, program: &str, arguments: &[&str]) -> String {
        let name = self.name(Place::Host);
        let mut all = vec!["netns", "exec", &name, program];
        all.extend(arguments);
        run("ip", &all, "")
    }

    /// The name of a place for `ip netns`.
    pub(crate) fn name(&self, place: Place) -> String {
        format!("{}-{place:?}", self.id)
    }

    fn ip(&self, place: Place, batch: &str) {
        run("ip", &["-n", &self.name(place), "-batch", "-"], batch);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        for place in PLACES {
            let deleted = Command::new("ip")
                .args(["netns", "delete", &self.name(place)])
                .status();
            if !thread::panicking() {
                assert!(deleted.unwrap().success());
            }
        }
    }
}

/// The way into a namespace.
#[derive(Debug)]
pub(crate) struct Entry(File);

impl Entry {
    /// Moves the calling thread, and those it starts.
    pub(crate) fn enter(&self) {
        move_into_link_name_space(self.0.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
    }
}

/// The address in `text`.
pub(crate) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// Without root or a program these tests cannot say anything, so they fail.
fn require() {
    assert!(
        rustix::process::geteuid().is_root(),
        "the tests of the redirect make network namespaces: run them as root"
    );
    for program in ["ip", "nft", "iptables", "ip6tables"] {
        let found = Command::new(program)
            .arg("-V")
            .stdout(Stdio::null())
            .status();
        assert!(
            found.is_ok(),
            "`{program}` is missing: install the packages iproute2, nftables and iptables"
        );
    }
}

fn run(program: &str, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{input}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
