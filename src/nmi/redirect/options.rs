//! What is redirected where, checked before anything is changed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::cidr::Cidr;
use super::error::{Error, Result};

/// The metadata service of Azure. It publishes no IPv6 address today.
pub const METADATA: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), 80);

/// How packets get to podid-nmi.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Rules in a table of podid's own, written through netlink; needs no program.
    Nftables,
    /// Rules in chains of podid's own, written by the programs of iptables.
    Iptables,
    /// Something else redirects; podid changes nothing.
    None,
}

impl Method {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Nftables => "nftables",
            Method::Iptables => "iptables",
            Method::None => "none",
        }
    }
}

/// What is redirected where.
#[derive(Debug, Clone)]
pub struct Options {
    /// How.
    pub method: Method,
    /// The addresses pods send their requests to, one or more of each family.
    pub metadata: Vec<SocketAddr>,
    /// Where podid-nmi listens: an address of the node, at most one of each family.
    ///
    /// Requests to a metadata address of a family that has no target are refused: nothing that
    /// podid was told to take over stays open.
    pub targets: Vec<SocketAddr>,
    /// Only senders in these ranges are redirected; all that are not the node itself when empty.
    pub pod_cidrs: Vec<Cidr>,
    /// How often the rules are compared even when no change was announced.
    pub resync: Duration,
}

impl Options {
    /// The redirect of Azure's metadata address to `targets` by `method`.
    #[must_use]
    pub fn new(method: Method, targets: Vec<SocketAddr>) -> Self {
        Options {
            method,
            metadata: vec![METADATA],
            targets,
            pod_cidrs: Vec::new(),
            resync: Duration::from_secs(10),
        }
    }

    /// The target of the family of `metadata`.
    pub(super) fn target(&self, metadata: SocketAddr) -> Option<SocketAddr> {
        let same = |target: &&SocketAddr| target.is_ipv4() == metadata.is_ipv4();
        self.targets.iter().find(same).copied()
    }

    /// The metadata addresses that have a target, each with it.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (SocketAddr, SocketAddr)> + '_ {
        let with_target = |metadata: &SocketAddr| Some((*metadata, self.target(*metadata)?));
        self.metadata.iter().filter_map(with_target)
    }

    /// The sender ranges that concern `metadata`; one `None` stands for every sender.
    pub(super) fn senders(&self, metadata: SocketAddr) -> Vec<Option<Cidr>> {
        if self.pod_cidrs.is_empty() {
            return vec![None];
        }
        let same = |cidr: &&Cidr| cidr.is_ipv4() == metadata.is_ipv4();
        self.pod_cidrs
            .iter()
            .filter(same)
            .copied()
            .map(Some)
            .collect()
    }

    /// Refuses what cannot work.
    ///
    /// # Errors
    /// [`Error::Options`] with the reason.
    pub(super) fn check(&self) -> Result<()> {
        if self.method == Method::None {
            return Ok(());
        }
        let refuse = |reason: String| Err(Error::Options(reason));
        if self.metadata.is_empty() || self.targets.is_empty() {
            return refuse("it needs a metadata address and an address to redirect to".to_owned());
        }
        for target in &self.targets {
            let address = target.ip();
            if address.is_loopback() {
                // It would need route_localnet on every pod interface, and IPv6 has no such thing.
                return refuse(format!(
                    "packets of pods cannot be sent to the loopback address {address}; \
                     use an address of the node"
                ));
            }
            if address.is_unspecified() || address.is_multicast() || target.port() == 0 {
                return refuse(format!("{target} is not one address and port of the node"));
            }
            if self.metadata.contains(target) {
                return refuse(format!("{target} would be redirected to itself"));
            }
        }
        for ipv4 in [true, false] {
            let of_family = |address: &&SocketAddr| address.is_ipv4() == ipv4;
            if self.targets.iter().filter(of_family).count() > 1 {
                return refuse("there are two addresses of one family to redirect to".to_owned());
            }
            let named = self.metadata.iter().any(|address| of_family(&address));
            let sent = self.pod_cidrs.iter().any(|cidr| cidr.is_ipv4() == ipv4);
            if named && !sent && !self.pod_cidrs.is_empty() {
                return refuse(format!(
                    "no range of pod addresses is of the family of {}",
                    if ipv4 { "IPv4" } else { "IPv6" }
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(targets: &[&str]) -> Options {
        let targets = targets.iter().map(|text| text.parse().unwrap()).collect();
        Options::new(Method::Nftables, targets)
    }

    #[test]
    fn accepts_an_address_of_each_family() {
        let mut both = options(&["10.0.0.4:2579", "[fd00::4]:2579"]);
        both.metadata
            .push("[fd00:169:254::254]:80".parse().unwrap());
        both.check().unwrap();
        assert_eq!(both.pairs().count(), 2);
    }

    #[test]
    fn refuses_targets_that_cannot_work() {
        for targets in [
            &[][..],
            &["127.0.0.1:2579"],
            &["[::1]:2579"],
            &["0.0.0.0:2579"],
            &["10.0.0.4:0"],
            &["169.254.169.254:80"],
            &["10.0.0.4:2579", "10.0.0.5:2579"],
        ] {
            let refused = options(targets).check();
            assert!(matches!(refused, Err(Error::Options(_))), "{targets:?}");
        }
    }

    #[test]
    fn refuses_ranges_that_leave_a_family_open() {
        let mut options = options(&["10.0.0.4:2579"]);
        options.pod_cidrs = vec!["fd00::/64".parse().unwrap()];
        assert!(options.check().is_err());
        options.pod_cidrs.push("10.244.1.0/24".parse().unwrap());
        options.check().unwrap();
        assert_eq!(options.senders(METADATA).len(), 1);
    }
}
