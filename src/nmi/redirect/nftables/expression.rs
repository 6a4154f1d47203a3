//! The expressions rules are made of. Numbers and names are those of `linux/netfilter/nf_tables.h`.

use std::net::{IpAddr, SocketAddr};

use crate::nmi::redirect::cidr::{Cidr, octets};
use crate::nmi::redirect::netlink::attribute::Attribute;

/// One step of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expression {
    name: &'static str,
    data: Vec<Attribute>,
}

/// Attributes of an expression.
const NAME: u16 = 1;
const DATA: u16 = 2;
/// Attributes of data.
const VALUE: u16 = 1;
/// Registers.
const FIRST: u32 = 1;
const SECOND: u32 = 2;
/// Operators of `cmp`.
const EQUAL: u32 = 0;
const UNEQUAL: u32 = 1;
/// Bases of `payload`.
const NETWORK: u32 = 1;
const TRANSPORT: u32 = 2;

impl Expression {
    /// As it is sent in a rule.
    pub(super) fn attributes(&self) -> Vec<Attribute> {
        vec![
            Attribute::text(NAME, self.name),
            Attribute::nest(DATA, self.data.clone()),
        ]
    }
}

fn compare(operator: u32, value: Vec<u8>) -> Expression {
    let value = Attribute::nest(3, vec![Attribute::bytes(VALUE, value)]);
    Expression {
        name: "cmp",
        data: vec![
            Attribute::number(1, FIRST),
            Attribute::number(2, operator),
            value,
        ],
    }
}

fn meta(key: u32) -> Expression {
    Expression {
        name: "meta",
        data: vec![Attribute::number(1, FIRST), Attribute::number(2, key)],
    }
}

fn payload(base: u32, offset: u32, length: u32) -> Expression {
    Expression {
        name: "payload",
        data: vec![
            Attribute::number(1, FIRST),
            Attribute::number(2, base),
            Attribute::number(3, offset),
            Attribute::number(4, length),
        ],
    }
}

/// Keeps the bits of `mask`.
fn bitwise(mask: Vec<u8>) -> Expression {
    let length = u32::try_from(mask.len()).unwrap_or_default();
    let zero = vec![0; mask.len()];
    Expression {
        name: "bitwise",
        data: vec![
            Attribute::number(1, FIRST),
            Attribute::number(2, FIRST),
            Attribute::number(3, length),
            Attribute::nest(4, vec![Attribute::bytes(VALUE, mask)]),
            Attribute::nest(5, vec![Attribute::bytes(VALUE, zero)]),
        ],
    }
}

fn immediate(register: u32, value: Vec<u8>) -> Expression {
    let value = Attribute::nest(2, vec![Attribute::bytes(VALUE, value)]);
    Expression {
        name: "immediate",
        data: vec![Attribute::number(1, register), value],
    }
}

/// The packet did not arrive on the loopback device: it is not the node's own.
pub(super) fn not_from_this_node() -> Vec<Expression> {
    const DEVICE_TYPE: u32 = 8;
    const LOOPBACK: u16 = 772;
    // The one number in the byte order of the machine.
    vec![
        meta(DEVICE_TYPE),
        compare(UNEQUAL, LOOPBACK.to_ne_bytes().to_vec()),
    ]
}

/// The packet carries this mark.
pub(super) fn marked(mark: u32) -> Vec<Expression> {
    const MARK: u32 = 3;
    vec![meta(MARK), compare(EQUAL, mark.to_ne_bytes().to_vec())]
}

/// The packet is of this address' family.
fn family(address: IpAddr) -> Vec<Expression> {
    const FAMILY: u32 = 15;
    vec![meta(FAMILY), compare(EQUAL, vec![protocol(address)])]
}

/// The packet comes from `cidr`.
pub(super) fn from(cidr: Cidr) -> Vec<Expression> {
    let (offset, length) = if cidr.is_ipv4() { (12, 4) } else { (8, 16) };
    let mut expressions = family(cidr.network());
    expressions.extend([
        payload(NETWORK, offset, length),
        bitwise(cidr.mask()),
        compare(EQUAL, octets(cidr.network())),
    ]);
    expressions
}

/// The packet goes to `address` by TCP.
pub(super) fn to(address: SocketAddr) -> Vec<Expression> {
    const TRANSPORT_PROTOCOL: u32 = 16;
    const TCP: u8 = 6;
    let (offset, length) = if address.is_ipv4() { (16, 4) } else { (24, 16) };
    let mut expressions = family(address.ip());
    expressions.extend([
        payload(NETWORK, offset, length),
        compare(EQUAL, octets(address.ip())),
        meta(TRANSPORT_PROTOCOL),
        compare(EQUAL, vec![TCP]),
        payload(TRANSPORT, 2, 2),
        compare(EQUAL, address.port().to_be_bytes().to_vec()),
    ]);
    expressions
}

/// The connection's destination has not been changed.
pub(super) fn not_redirected() -> Vec<Expression> {
    const STATUS: u32 = 2;
    const DESTINATION_CHANGED: u32 = 1 << 5;
    let status = Expression {
        name: "ct",
        data: vec![Attribute::number(1, FIRST), Attribute::number(2, STATUS)],
    };
    vec![
        status,
        bitwise(DESTINATION_CHANGED.to_ne_bytes().to_vec()),
        compare(EQUAL, 0_u32.to_ne_bytes().to_vec()),
    ]
}

/// Counts; for the operator who lists the rules.
pub(super) fn counted() -> Expression {
    Expression {
        name: "counter",
        data: Vec::new(),
    }
}

/// Sends the connection to `target`; the sender stays as it is.
pub(super) fn redirect(target: SocketAddr) -> Vec<Expression> {
    const DESTINATION: u32 = 1;
    let nat = Expression {
        name: "nat",
        data: vec![
            Attribute::number(1, DESTINATION),
            Attribute::number(2, u32::from(protocol(target.ip()))),
            Attribute::number(3, FIRST),
            Attribute::number(5, SECOND),
        ],
    };
    vec![
        immediate(FIRST, octets(target.ip())),
        immediate(SECOND, target.port().to_be_bytes().to_vec()),
        nat,
    ]
}

/// Refuses with a TCP reset, which ends the connection at once.
pub(super) fn refuse() -> Expression {
    const TCP_RESET: u32 = 1;
    Expression {
        name: "reject",
        data: vec![Attribute::number(1, TCP_RESET)],
    }
}

/// The number of a family in netfilter.
fn protocol(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 2,
        IpAddr::V6(_) => 10,
    }
}
