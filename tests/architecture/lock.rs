//! Which crates the build may hold: `deny.toml`'s bans, held without cargo-deny.

/// Crates of which there is exactly one version: two would be two TLS stacks or two pipelines.
pub(crate) const ONE_VERSION: &[&str] = &["azure_core", "hyper", "reqwest", "rustls"];
/// Crates that must not be in the build.
pub(crate) const BANNED: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "native-tls",
    "openssl",
    "openssl-sys",
    "serde_yaml",
];
/// The only registry crates may come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What `Cargo.lock` holds against the policy.
pub(crate) fn violations(lock: &str) -> Vec<String> {
    let packages = packages(lock);
    let mut wrong = Vec::new();
    for name in ONE_VERSION {
        let versions: Vec<&str> = packages
            .iter()
            .filter(|package| package.name == *name)
            .map(|package| package.version)
            .collect();
        if versions.len() != 1 {
            wrong.push(format!("{name}: one version wanted, found {versions:?}"));
        }
    }
    for package in &packages {
        if BANNED.contains(&package.name) {
            wrong.push(format!("{} is banned", package.name));
        }
        if package.source.is_some_and(|source| source != REGISTRY) {
            wrong.push(format!("{} does not come from crates.io", package.name));
        }
    }
    wrong
}

/// Bans of this file that `deny.toml` does not name.
pub(crate) fn not_in_policy(deny: &str) -> Vec<String> {
    BANNED
        .iter()
        .chain(ONE_VERSION)
        .filter(|name| !deny.contains(&format!("\"{name}\"")))
        .map(|name| format!("deny.toml does not name {name}"))
        .collect()
}

#[derive(Debug)]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    source: Option<&'a str>,
}

fn packages(lock: &str) -> Vec<Package<'_>> {
    lock.split("[[package]]")
        .skip(1)
        .filter_map(|block| {
            let value = |key: &str| {
                block.lines().find_map(|line| {
                    let value = line.strip_prefix(key)?.trim().strip_prefix('=')?;
                    Some(value.trim().trim_matches('"'))
                })
            };
            Some(Package {
                name: value("name")?,
                version: value("version")?,
                source: value("source"),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str) -> String {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{REGISTRY}\"\n\n"
        )
    }

    fn sound() -> String {
        ONE_VERSION
            .iter()
            .map(|name| package(name, "1.0.0"))
            .collect()
    }

    #[test]
    fn accepts_one_version_of_each() {
        assert_eq!(violations(&sound()), [""; 0]);
    }

    #[test]
    fn refuses_doubles_bans_and_other_sources() {
        let double = sound() + &package("reqwest", "0.12.0");
        assert_eq!(violations(&double).len(), 1);
        let banned = sound() + &package("openssl-sys", "0.9.0");
        assert_eq!(violations(&banned), ["openssl-sys is banned"]);
        let foreign = sound()
            + "[[package]]\nname = \"x\"\nversion = \"1\"\nsource = \"git+https://example\"\n";
        assert_eq!(violations(&foreign).len(), 1);
        assert_eq!(violations("").len(), ONE_VERSION.len());
        assert_eq!(not_in_policy("").len(), BANNED.len() + ONE_VERSION.len());
    }
}
