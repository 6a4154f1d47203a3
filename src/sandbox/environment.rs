//! What a sandbox exports, so that podid, kubectl, az and the Azure SDKs all work inside it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::api_server::{ApiServer, write_private};
use super::azure::{Azure, group_of, name_of};
use super::error::Error;
use crate::env;

/// Names and values, in the order they are shown.
pub type Environment = Vec<(&'static str, String)>;

/// Where systems keep their certificate authorities.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Writes the files that the environment points to into `folder` and returns the environment.
pub(super) fn write(
    folder: &Path,
    azure: &Azure,
    servers: &[ApiServer],
) -> Result<Environment, Error> {
    let file = |name: &str| folder.join(name);
    let shown = |name: &str| file(name).display().to_string();
    write_private(&file("ca.pem"), &azure.ca_pem())?;
    write_private(&file("ca-bundle.pem"), &bundle(azure, servers))?;
    let mut environment = Environment::new();
    let mut kubeconfigs = Vec::new();
    for (index, server) in servers.iter().enumerate() {
        // kubectl takes the first one's context.
        let name = format!("kubeconfig-{}", index + 1);
        write_private(&file(&name), &server.kubeconfig())?;
        kubeconfigs.push(shown(&name));
    }
    if !kubeconfigs.is_empty() {
        environment.push((env::KUBECONFIG, kubeconfigs.join(":")));
    }
    if let Some(cluster) = azure.clusters().first() {
        environment.push((env::PODID_RESOURCE_GROUP, group_of(cluster).to_owned()));
        environment.push((env::PODID_CLUSTER_NAME, name_of(cluster).to_owned()));
    }
    let operator = azure.operator()?;
    environment.extend([
        (env::AZURE_SUBSCRIPTION_ID, operator.subscription),
        (env::AZURE_TENANT_ID, operator.tenant),
        (env::AZURE_CLIENT_ID, operator.client),
        (env::AZURE_CLIENT_SECRET, operator.secret),
        (env::PODID_ARM_ENDPOINT, azure.url()),
        (env::PODID_AUTHORITY_HOST, azure.url()),
        (env::AZURE_AUTHORITY_HOST, azure.url()),
        (env::PODID_IMDS_ENDPOINT, azure.imds_url()),
        (env::PODID_CA_FILE, shown("ca.pem")),
        (env::SSL_CERT_FILE, shown("ca-bundle.pem")),
        (env::REQUESTS_CA_BUNDLE, shown("ca-bundle.pem")),
        (env::PODID_SANDBOX, azure.control_url()),
    ]);
    if let Some(hosts) = proxy_exceptions(env::read_any_case) {
        let both = [env::NO_PROXY, env::NO_PROXY_IN_LOWER_CASE];
        environment.extend(both.map(|name| (name, hosts.clone())));
    }
    Ok(environment)
}

/// The system's authorities and the sandbox's: the variables replace the system's list.
fn bundle(azure: &Azure, servers: &[ApiServer]) -> String {
    let named = env::read(env::SSL_CERT_FILE);
    let mut files = named.iter().map(String::as_str).chain(SYSTEM_ROOTS);
    let mut bundle = files
        .find_map(|file| fs::read_to_string(file).ok())
        .unwrap_or_default();
    for authority in std::iter::once(azure.ca_pem()).chain(servers.iter().map(ApiServer::ca_pem)) {
        if !bundle.is_empty() && !bundle.ends_with('\n') {
            bundle.push('\n');
        }
        bundle.push_str(&authority);
    }
    bundle
}

/// What `NO_PROXY` must be where a proxy is set: clients would ask it for 127.0.0.1 too.
fn proxy_exceptions(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let proxies = [env::HTTPS_PROXY, env::HTTP_PROXY, env::ALL_PROXY];
    proxies.iter().find_map(|name| variable(name))?;
    let before = variable(env::NO_PROXY).unwrap_or_default();
    let comma = if before.is_empty() { "" } else { "," };
    Some(format!("{before}{comma}127.0.0.1,localhost"))
}

/// The environment as lines for a POSIX shell.
#[must_use]
pub fn export_lines<'a>(environment: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    environment
        .into_iter()
        .fold(String::new(), |mut lines, (name, value)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-~,@%+=".contains(c);
            let quoted = if !value.is_empty() && value.chars().all(plain) {
                value.to_owned()
            } else {
                format!("'{}'", value.replace('\'', r"'\''"))
            };
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "export {name}={quoted}");
            lines
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_a_shell() {
        let value = "it's a $(date) \"thing\"; `x` \\ *";
        let lines = export_lines([("A", value), ("B", "https://127.0.0.1:1/_x"), ("C", "")]);
        assert!(
            lines.ends_with("export B=https://127.0.0.1:1/_x\nexport C=''\n"),
            "{lines}"
        );
        let script = format!("{lines}printf '%s|%s|%s' \"$A\" \"$B\" \"$C\"");
        let output = std::process::Command::new("/bin/sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_eq!(shown, format!("{value}|https://127.0.0.1:1/_x|"));
    }

    #[test]
    fn loopback_is_kept_from_proxies() {
        assert_eq!(proxy_exceptions(|_| None), None);
        let set = |name: &str| (name == "HTTPS_PROXY").then(|| "http://proxy:3128".to_owned());
        assert_eq!(
            proxy_exceptions(set).as_deref(),
            Some("127.0.0.1,localhost")
        );
        let both = |name: &str| match name {
            "HTTPS_PROXY" => Some("http://proxy:3128".to_owned()),
            "NO_PROXY" => Some("example.org".to_owned()),
            _ => None,
        };
        assert_eq!(
            proxy_exceptions(both).as_deref(),
            Some("example.org,127.0.0.1,localhost")
        );
    }
}
