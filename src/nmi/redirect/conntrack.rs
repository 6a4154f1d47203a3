//! Connections the kernel tracks: those from before the redirect are cut.

use std::net::{IpAddr, SocketAddr};

use super::address::{self, from_octets};
use super::cidr::octets;
use super::error::{Error, Result};
use super::netlink::attribute::{Attribute, find};
use super::netlink::{Answer, Netlink, Request, netfilter};
use super::options::Options;

/// Numbers of `linux/netfilter/nfnetlink_conntrack.h`.
const GET: u16 = 1 << 8 | 1;
const DELETE: u16 = 1 << 8 | 2;
const FIXED: usize = 4;
const ORIGINAL: u16 = 1;
const REPLY: u16 = 2;
const IDENTITY: u16 = 12;
const ZONE: u16 = 18;
const TCP: u8 = 6;

/// One direction of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tuple {
    from: SocketAddr,
    to: SocketAddr,
}

impl Tuple {
    /// Reads a tuple of TCP.
    fn read(attributes: &[u8]) -> Option<Self> {
        let (addresses, protocol) = (find(attributes, 1)?, find(attributes, 2)?);
        if find(protocol, 1)? != [TCP] {
            return None;
        }
        // 1 and 2 are sender and receiver of IPv4, 3 and 4 those of IPv6.
        let address = |v4, v6| find(addresses, v4).or_else(|| find(addresses, v6));
        let port = |kind| Some(u16::from_be_bytes(*find(protocol, kind)?.first_chunk()?));
        Some(Tuple {
            from: SocketAddr::new(from_octets(address(1, 3)?)?, port(2)?),
            to: SocketAddr::new(from_octets(address(2, 4)?)?, port(3)?),
        })
    }

    fn attributes(&self) -> Vec<Attribute> {
        let (from, to) = if self.from.is_ipv4() { (1, 2) } else { (3, 4) };
        let addresses = vec![
            Attribute::bytes(from, octets(self.from.ip())),
            Attribute::bytes(to, octets(self.to.ip())),
        ];
        let protocol = vec![
            Attribute::bytes(1, [TCP]),
            Attribute::bytes(2, self.from.port().to_be_bytes()),
            Attribute::bytes(3, self.to.port().to_be_bytes()),
        ];
        vec![Attribute::nest(1, addresses), Attribute::nest(2, protocol)]
    }
}

/// Forgets the connections of pods to a metadata address that do not end at podid-nmi; how many.
///
/// Their next packet is taken for a new connection and redirected, or refused; either way they
/// end. Those of the node itself are left alone.
pub(super) fn cut(options: &Options) -> Result<usize> {
    let own = address::of_this_node()?;
    let mut netlink = Netlink::netfilter()?;
    let mut cut = 0;
    for ipv4 in [true, false] {
        if !options
            .metadata
            .iter()
            .any(|address| address.is_ipv4() == ipv4)
        {
            continue;
        }
        let doing = "read the tracked connections";
        let request = Request::new(doing, GET, &netfilter(family(ipv4), 0));
        for answer in netlink.dump(request)? {
            if is_to_be_cut(&answer, options, &own) && forget(&mut netlink, &answer, ipv4)? {
                cut += 1;
            }
        }
    }
    Ok(cut)
}

fn is_to_be_cut(answer: &Answer, options: &Options, own: &[IpAddr]) -> bool {
    let attributes = answer.attributes(FIXED);
    let tuple = |kind| find(attributes, kind).and_then(Tuple::read);
    let (Some(original), Some(reply)) = (tuple(ORIGINAL), tuple(REPLY)) else {
        return false;
    };
    let metadata = original.to;
    let sender = original.from.ip();
    let redirected = |cidr: Option<super::cidr::Cidr>| cidr.is_none_or(|c| c.contains(sender));
    options.metadata.contains(&metadata)
        && !own.contains(&sender)
        && options.target(metadata) != Some(reply.from)
        && options.senders(metadata).into_iter().any(redirected)
}

/// Deletes a connection; `false` when it ended by itself meanwhile.
fn forget(netlink: &mut Netlink, answer: &Answer, ipv4: bool) -> Result<bool> {
    let attributes = answer.attributes(FIXED);
    let doing = "cut a connection from before the redirect";
    let mut request = Request::new(doing, DELETE, &netfilter(family(ipv4), 0));
    // The identity keeps a new connection between the same ports safe.
    for kind in [ORIGINAL, IDENTITY, ZONE] {
        if let Some(value) = find(attributes, kind) {
            request = request.with_raw(kind, value);
        }
    }
    match netlink.transact(&[request]) {
        Err(Error::Kernel { source, .. }) if is_missing(&source) => Ok(false),
        other => other.map(|_| true),
    }
}

/// Who answers the connection from `from` to `to`; `None` when it is not tracked.
pub(super) fn answerer(from: SocketAddr, to: SocketAddr) -> Result<Option<SocketAddr>> {
    let doing = "read a tracked connection";
    let request = Request::new(doing, GET, &netfilter(family(to.is_ipv4()), 0))
        .with(&[Attribute::nest(ORIGINAL, Tuple { from, to }.attributes())]);
    let answers = match Netlink::netfilter()?.transact(&[request]) {
        Err(Error::Kernel { source, .. }) if is_missing(&source) => return Ok(None),
        other => other?,
    };
    let reply = |answer: &Answer| find(answer.attributes(FIXED), REPLY).and_then(Tuple::read);
    Ok(answers.iter().find_map(reply).map(|reply| reply.from))
}

fn is_missing(source: &std::io::Error) -> bool {
    source.kind() == std::io::ErrorKind::NotFound
}

fn family(ipv4: bool) -> u8 {
    if ipv4 { 2 } else { 10 }
}
