//! The networks around the node: the fabric with the metadata service, the node, its pods behind a bridge.
//!
//! Every sandbox has the same addresses: they exist in its own namespaces only.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::namespace::Namespace;
use crate::sandbox::error::Error;

/// Where the metadata service answers.
pub(super) const METADATA: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), 80);
/// The node.
pub(super) const HOST: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 4);

/// Fabric and node.
#[derive(Debug)]
pub(super) struct Network {
    /// Where the metadata service is.
    pub(super) fabric: Namespace,
    /// The node.
    pub(super) host: Namespace,
}

impl Network {
    /// Makes both and connects them.
    pub(super) fn new() -> Result<Network, Error> {
        let (fabric, host) = (Namespace::new()?, Namespace::new()?);
        let there = fabric.path();
        host.ip(&format!(
            "link set lo up
             link add eth0 type veth peer name eth0 netns {}
             address add {HOST}/24 dev eth0
             link set eth0 up
             route add default via 10.0.0.1
             link add cbr0 type bridge mcast_snooping 0
             address add 10.244.0.1/24 dev cbr0
             link set cbr0 up",
            there.display()
        ))?;
        fabric.ip(&format!(
            "link set lo up
             address add {}/32 dev lo
             address add 10.0.0.1/24 dev eth0
             link set eth0 up
             route add 10.244.0.0/24 via {HOST}",
            METADATA.ip()
        ))?;
        // As on every node: without podid-nmi's rules pods reach the metadata service itself.
        host.set("ipv4/ip_forward", "1")?;
        Ok(Network { fabric, host })
    }

    /// Makes the network of pod `number`, from 2 to 254, and connects it; its address.
    pub(super) fn plug(&self, number: u8) -> Result<(Namespace, Ipv4Addr), Error> {
        let (pod, address) = (Namespace::new()?, Ipv4Addr::new(10, 244, 0, number));
        let there = pod.path();
        self.host.ip(&format!(
            "link add pod{number} type veth peer name eth0 netns {}
             link set pod{number} master cbr0 up",
            there.display()
        ))?;
        pod.ip(&format!(
            "link set lo up
             address add {address}/24 dev eth0
             link set eth0 up
             route add default via 10.244.0.1"
        ))?;
        Ok((pod, address))
    }

    /// Cuts a pod off, whatever still runs in it.
    pub(super) fn unplug(&self, number: u8) -> Result<(), Error> {
        self.host.ip(&format!("link delete pod{number}"))
    }
}
