//! Which requests go through the proxy of the environment.
//!
//! kube takes `HTTPS_PROXY` but compares `NO_PROXY` with the proxy's own address, and would send a
//! sandbox on loopback to a company's proxy. The rules here are those of kubectl: loopback never goes
//! through a proxy of the environment, and `NO_PROXY` is about the server.

use std::net::IpAddr;

use crate::env;

/// Tells whether the environment's proxy is not for `host`.
pub(crate) fn is_bypassed(host: &str) -> bool {
    // Both cases are in use; the capital one wins, as under kubectl.
    let list = env::read_any_case(env::NO_PROXY);
    bypasses(host, list.as_deref().unwrap_or_default())
}

fn bypasses(host: &str, no_proxy: &str) -> bool {
    let host = host
        .trim_matches(['[', ']'])
        .trim_end_matches('.')
        .to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    no_proxy
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            entry == "*" || names(entry, &host) || address.is_some_and(|ip| covers(entry, ip))
        })
}

fn names(entry: &str, host: &str) -> bool {
    let entry = entry
        .split_once(':')
        .map_or(entry, |(name, _port)| name)
        .to_ascii_lowercase();
    let domain = entry.trim_start_matches("*.").trim_start_matches('.');
    host == domain
        || host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.'))
}

fn covers(network: &str, address: IpAddr) -> bool {
    let Some((base, bits)) = network.split_once('/') else {
        return network.parse() == Ok(address);
    };
    let (Ok(base), Ok(bits)) = (base.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            base.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(base), IpAddr::V6(address)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            base.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::bypasses;

    #[test]
    fn loopback_needs_no_entry() {
        for host in ["127.0.0.1", "localhost", "[::1]", "127.1.2.3"] {
            assert!(bypasses(host, ""), "{host}");
        }
        assert!(!bypasses("10.0.0.1", ""));
    }

    #[test]
    fn entries_name_hosts_domains_and_networks() {
        assert!(bypasses("api.example.com", "other, example.com"));
        assert!(bypasses("api.example.com", ".example.com"));
        assert!(bypasses("api.example.com", "*.example.com"));
        assert!(bypasses("api.example.com", "*"));
        assert!(!bypasses("badexample.com", "example.com"));
        assert!(bypasses("10.1.2.3", "10.0.0.0/8"));
        assert!(!bypasses("11.1.2.3", "10.0.0.0/8"));
        assert!(bypasses("11.1.2.3", "0.0.0.0/0"));
        assert!(bypasses("fd00::1", "fd00::/16"));
        assert!(!bypasses("10.1.2.3", "10.0.0.0/99"));
    }
}
