//! The addresses of this node.

use std::net::IpAddr;

use super::error::Result;
use super::netlink::attribute::find;
use super::netlink::{Netlink, Request};

/// Every address of every device of this node.
pub(super) fn of_this_node() -> Result<Vec<IpAddr>> {
    const GET_ADDRESS: u16 = 22;
    /// `struct ifaddrmsg`.
    const FIXED: usize = 8;
    const ADDRESS: u16 = 1;
    const LOCAL: u16 = 2;
    let request = Request::new("read the addresses of this node", GET_ADDRESS, &[0; FIXED]);
    let answers = Netlink::route()?.dump(request)?;
    let address = |attributes: &[u8]| {
        // On a point-to-point device ADDRESS is the other end.
        let bytes = find(attributes, LOCAL).or_else(|| find(attributes, ADDRESS))?;
        from_octets(bytes)
    };
    let addresses = answers
        .iter()
        .filter_map(|answer| address(answer.attributes(FIXED)));
    Ok(addresses.collect())
}

/// The address with these bytes.
pub(super) fn from_octets(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => Some(IpAddr::from(*bytes.first_chunk::<4>()?)),
        16 => Some(IpAddr::from(*bytes.first_chunk::<16>()?)),
        _ => None,
    }
}
