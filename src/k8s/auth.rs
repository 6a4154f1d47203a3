//! Whether a kubeconfig leads to the cluster that Azure means.
//!
//! Writing the objects of one cluster into another is the worst mistake a wrong context can cause,
//! so commands compare the server with the names that Azure Resource Manager reports.

use url::Url;

/// Port of an API server when its address names none.
const DEFAULT_PORT: u16 = 443;

/// Tells whether `server` is one of the cluster's own addresses (`fqdn`, `privateFQDN`, ...).
///
/// Hosts are compared ignoring case and a trailing dot; an address may carry a scheme and a port.
#[must_use]
pub fn same_cluster(server: &Url, fqdns: &[String]) -> bool {
    let Some(host) = server.host_str() else {
        return false;
    };
    let port = server.port_or_known_default().unwrap_or(DEFAULT_PORT);
    let wanted = (canonical(host), port);
    fqdns
        .iter()
        .filter_map(|fqdn| endpoint(fqdn))
        .any(|endpoint| endpoint == wanted)
}

fn endpoint(fqdn: &str) -> Option<(String, u16)> {
    let fqdn = fqdn.trim();
    if fqdn.is_empty() {
        return None;
    }
    let url = if fqdn.contains("://") {
        Url::parse(fqdn)
    } else {
        Url::parse(&format!("https://{fqdn}"))
    }
    .ok()?;
    let port = url.port_or_known_default().unwrap_or(DEFAULT_PORT);
    Some((canonical(url.host_str()?), port))
}

fn canonical(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::same_cluster;
    use url::Url;

    fn same(server: &str, fqdn: &str) -> bool {
        same_cluster(&Url::parse(server).unwrap(), &[fqdn.to_owned()])
    }

    #[test]
    fn compares_host_and_port() {
        let fqdn = "demo-abc.hcp.westeurope.azmk8s.io";
        assert!(same("https://demo-abc.hcp.westeurope.azmk8s.io:443", fqdn));
        assert!(same("https://DEMO-abc.hcp.westeurope.azmk8s.io.", fqdn));
        assert!(same("https://127.0.0.1:6443/", "127.0.0.1:6443"));
        assert!(same("https://[::1]:6443", "https://[::1]:6443"));
        assert!(!same("https://127.0.0.1:6443/", "127.0.0.1:6444"));
        assert!(!same("https://127.0.0.1:6443/", "127.0.0.1"));
        assert!(!same("https://other.hcp.westeurope.azmk8s.io", fqdn));
    }

    #[test]
    fn nothing_matches_an_empty_name() {
        let server = Url::parse("https://demo:443").unwrap();
        assert!(!same_cluster(&server, &[]));
        assert!(!same_cluster(&server, &[String::new()]));
    }

    #[test]
    fn any_name_of_the_cluster_will_do() {
        let server = Url::parse("https://private.example:443").unwrap();
        let names = ["public.example".to_owned(), "private.example".to_owned()];
        assert!(same_cluster(&server, &names));
    }
}
