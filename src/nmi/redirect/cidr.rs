//! A range of addresses, such as the pods of a node.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An address range: `10.244.1.0/24`, `fd00:10:244::/64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// The first address.
    #[must_use]
    pub fn network(&self) -> IpAddr {
        self.network
    }

    /// Whether it is a range of IPv4.
    #[must_use]
    pub fn is_ipv4(&self) -> bool {
        self.network.is_ipv4()
    }

    /// The bits that are equal in all its addresses, as bytes of an address.
    #[must_use]
    pub fn mask(&self) -> Vec<u8> {
        let length = octets(self.network).len();
        (0..length)
            .map(|at| {
                let bits = usize::from(self.prefix).saturating_sub(at * 8).min(8);
                // 0 to 8 ones from the left.
                u8::try_from((0xff00_u16 >> bits) & 0xff).unwrap_or(u8::MAX)
            })
            .collect()
    }

    /// Whether `address` lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.is_ipv4() && masked(address, &self.mask()) == octets(self.network)
    }
}

/// The bytes of an address.
pub(super) fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn masked(address: IpAddr, mask: &[u8]) -> Vec<u8> {
    octets(address)
        .iter()
        .zip(mask)
        .map(|(a, m)| a & m)
        .collect()
}

impl FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not an address range such as 10.244.1.0/24");
        let (network, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let network: IpAddr = network.parse().map_err(|_| wrong())?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u8 = match prefix.parse() {
            Ok(prefix) if digits => prefix,
            _ => return Err(wrong()),
        };
        let cidr = Cidr { network, prefix };
        if usize::from(prefix) > octets(network).len() * 8 {
            return Err(format!("the prefix of `{text}` is too long"));
        }
        if !cidr.contains(network) {
            return Err(format!("`{text}` has bits set after its prefix"));
        }
        Ok(cidr)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn contains_its_addresses_only() {
        for (range, inside, outside) in [
            ("10.244.1.0/24", "10.244.1.255", "10.244.2.0"),
            ("10.244.0.0/15", "10.245.255.255", "10.246.0.0"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("10.0.0.7/32", "10.0.0.7", "10.0.0.6"),
            ("fd00:10::/36", "fd00:10:0fff::1", "fd00:10:1000::1"),
        ] {
            assert!(cidr(range).contains(inside.parse().unwrap()), "{range}");
            assert!(!cidr(range).contains(outside.parse().unwrap()), "{range}");
            assert_eq!(cidr(range).to_string(), range);
        }
        assert_eq!(cidr("10.244.0.0/15").mask(), [255, 254, 0, 0]);
    }

    #[test]
    fn refuses_what_is_no_range() {
        for text in [
            "",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.1/24",
            "::/129",
            "pods/24",
            "10.0.0.0/8/8",
        ] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }
}
