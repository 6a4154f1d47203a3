//! Which part of the house may know which.

use super::source::{Kind, Source, Token};

/// A path that occurs in a source: `use` items with nested braces count as several.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathUse {
    /// The segments; for paths inside the crate `crate` and the full module path.
    pub(crate) segments: Vec<String>,
    /// Its line.
    pub(crate) line: usize,
    /// The module it is in.
    pub(crate) module: Vec<String>,
}

/// What each top-level module of podid may import, besides itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &[]),
    (
        "cli",
        &[
            "azure",
            "commands",
            "context",
            "env",
            "error",
            "output",
            "settings",
            "telemetry",
        ],
    ),
    (
        "commands",
        &[
            "azure", "cli", "context", "domain", "env", "error", "k8s", "output", "sandbox",
            "settings",
        ],
    ),
    (
        "context",
        &["azure", "cli", "env", "error", "output", "settings"],
    ),
    ("settings", &["azure", "cli", "env", "error", "output"]),
    ("error", &["azure", "domain", "k8s"]),
    ("output", &["env", "error", "redact"]),
    ("azure", &["domain"]),
    ("k8s", &["domain", "env"]),
    ("sandbox", &["env", "k8s"]),
    (
        "nmi",
        &["azure", "domain", "env", "error", "k8s", "telemetry"],
    ),
    (
        "mic",
        &["azure", "domain", "env", "error", "k8s", "telemetry"],
    ),
    ("domain", &[]),
    ("env", &[]),
    ("redact", &[]),
    ("telemetry", &["redact"]),
];

/// Imports that only the named modules of the first part may have.
const ONLY_FROM: &[(&str, &[&str])] = &[
    // The commands that print the command tree itself, and completion of live values.
    (
        "cli",
        &[
            "context",
            "settings",
            "commands::complete",
            "commands::completion",
            "commands::docs",
        ],
    ),
    ("sandbox", &["commands::sandbox"]),
    ("telemetry", &["cli", "mic", "nmi"]),
];

/// Crates that a part must not know.
const FOREIGN: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "azure_core",
            "azure_identity",
            "clap",
            "futures",
            "indicatif",
            "k8s_openapi",
            "kube",
            "reqwest",
            "tokio",
        ],
    ),
    (
        "azure",
        &["clap", "comfy_table", "indicatif", "k8s_openapi", "kube"],
    ),
    // Not `azure_identity`: the module of the CRD AzureIdentity has the crate's name.
    ("k8s", &["azure_core", "clap", "comfy_table", "indicatif"]),
    ("output", &["azure_core", "k8s_openapi", "kube", "reqwest"]),
];

/// What makes code impure: I/O, the clock, concurrency.
const IMPURE: &[&str] = &["async", "await", "Instant", "SystemTime"];
const IMPURE_STD: &[&str] = &["env", "fs", "io", "net", "process", "thread"];
/// What `std::net` has besides the network: an address is a value.
const ADDRESSES: &[&str] = &["IpAddr", "Ipv4Addr", "Ipv6Addr"];

/// Every path in `source` that starts at the crate, at a parent or at another crate.
pub(crate) fn paths(source: &Source) -> Vec<PathUse> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let continues = at >= 2
            && tokens[at - 1].is_mark(':')
            && tokens[at - 2].is_mark(':')
            && at >= 3
            && matches!(&tokens[at - 3].kind, Kind::Word(_) | Kind::Mark('>'));
        if matches!(&tokens[at].kind, Kind::Word(_)) && !continues {
            at = tree(tokens, at, &[], &mut found).max(at + 1);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads the path at `at` after `prefix`; where it ends.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<PathUse>) -> usize {
    let mut segments = prefix.to_vec();
    let start = at;
    while let Some(Kind::Word(word)) = tokens.get(at).map(|token| &token.kind) {
        segments.push(word.clone());
        at += 1;
        let colons = |at: usize| tokens.get(at).is_some_and(|token| token.is_mark(':'));
        if !(colons(at) && colons(at + 1)) {
            break;
        }
        if tokens.get(at + 2).is_some_and(|token| token.is_mark('{')) {
            return braces(tokens, at + 3, &segments, found);
        }
        if !matches!(
            tokens.get(at + 2).map(|token| &token.kind),
            Some(Kind::Word(_))
        ) {
            break;
        }
        at += 2;
    }
    let token = &tokens[start];
    found.push(PathUse {
        segments: absolute(&segments, &token.module),
        line: token.line,
        module: token.module.clone(),
    });
    at
}

fn braces(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<PathUse>) -> usize {
    while at < tokens.len() && !tokens[at].is_mark('}') {
        at = match &tokens[at].kind {
            Kind::Word(_) => tree(tokens, at, prefix, found).max(at + 1),
            _ => at + 1,
        };
    }
    at + 1
}

/// Replaces `self` and `super` at the start by the module they mean.
fn absolute(segments: &[String], module: &[String]) -> Vec<String> {
    let mut base = module.to_vec();
    let mut rest = segments;
    let mut relative = false;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "self" if !relative && others.is_empty() => return segments.to_vec(),
            "self" => {}
            "super" => {
                base.pop();
            }
            _ => break,
        }
        relative = true;
        rest = others;
    }
    if !relative {
        return segments.to_vec();
    }
    let mut full = vec!["crate".to_owned()];
    full.extend(base);
    full.extend(rest.iter().cloned());
    full
}

/// The imports of a podid source against the directions.
pub(crate) fn against_directions(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in paths(source) {
        let Some(from) = path.module.first() else {
            continue;
        };
        if let Some(reason) = refused(from, &path) {
            wrong.push(format!("{}: {reason}", source.at(path.line)));
        }
    }
    wrong
}

fn refused(from: &str, path: &PathUse) -> Option<String> {
    let first = path.segments.first()?.as_str();
    let shown = path.segments.join("::");
    if first == "podid_emulator" && from != "sandbox" {
        return Some(format!(
            "`{from}` imports `{shown}`; only `sandbox` may use the emulator"
        ));
    }
    if foreign(FOREIGN, from).contains(&first) {
        return Some(format!("`{from}` must not know crate `{first}`"));
    }
    let to = path.segments.get(1)?.as_str();
    let inside = first == "crate" && to.starts_with(|c: char| c.is_ascii_lowercase());
    if !inside || to == from {
        return None;
    }
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == from) else {
        return Some(format!("module `{from}` has no direction yet: give it one"));
    };
    if !MAY_IMPORT.iter().any(|(name, _)| *name == to) {
        // A macro or a function at the root is no module.
        return None;
    }
    if !allowed.contains(&to) {
        return Some(format!(
            "`{from}` imports `{shown}`; it may import {allowed:?}"
        ));
    }
    let only = foreign(ONLY_FROM, to);
    let module = path.module.join("::");
    let named = |name: &&str| module == **name || module.starts_with(&format!("{name}::"));
    if !only.is_empty() && !only.iter().any(named) {
        return Some(format!("`{module}` imports `{shown}`; only {only:?} may"));
    }
    None
}

fn foreign(table: &[(&str, &'static [&'static str])], name: &str) -> &'static [&'static str] {
    table
        .iter()
        .find(|(part, _)| *part == name)
        .map_or(&[], |(_, listed)| *listed)
}

/// I/O, clocks and concurrency in `domain`, outside its tests.
pub(crate) fn impure(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src/domain/") {
        return Vec::new();
    }
    let words = source.tokens.iter().filter(|token| !token.in_test);
    let mut wrong: Vec<String> = words
        .filter(|token| IMPURE.iter().any(|word| token.is_word(word)))
        .map(|token| {
            format!(
                "{}: {:?} in the pure domain",
                source.at(token.line),
                token.kind
            )
        })
        .collect();
    for path in paths(source) {
        let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
        let address =
            matches!(segments.as_slice(), ["std", "net", name] if ADDRESSES.contains(name));
        let io = !address
            && matches!(segments.as_slice(), ["std", part, ..] if IMPURE_STD.contains(part));
        let clock = matches!(segments.as_slice(), [.., _, "now"]);
        if io || clock {
            wrong.push(format!(
                "{}: {} in the pure domain",
                source.at(path.line),
                path.segments.join("::")
            ));
        }
    }
    wrong
}

/// Uses of podid in the emulator: shared wire types would put one mistake on both sides.
pub(crate) fn podid_in_emulator(source: &Source) -> Vec<String> {
    paths(source)
        .into_iter()
        .filter(|path| path.segments.first().is_some_and(|first| first == "podid"))
        .map(|path| {
            format!(
                "{}: the emulator uses {}",
                source.at(path.line),
                path.segments.join("::")
            )
        })
        .collect()
}

/// Direct uses of stdout outside `output`.
pub(crate) fn stdout(source: &Source) -> Vec<String> {
    if source.path.starts_with("src/output/") {
        return Vec::new();
    }
    paths(source)
        .into_iter()
        .filter(|path| path.segments.len() > 1 && path.segments.ends_with(&["stdout".to_owned()]))
        .map(|path| format!("{}: stdout belongs to the renderer", source.at(path.line)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source::new(path, text)
    }

    #[test]
    fn reads_nested_braces_and_relative_paths() {
        let text =
            "use crate::{a::{b, c::D}, e}; fn f() { super::g::h(); std::mem::take::<u8>(x); }";
        let found: Vec<String> = paths(&source("src/x/y.rs", text))
            .into_iter()
            .map(|path| path.segments.join("::"))
            .filter(|path| path.contains("::"))
            .collect();
        assert_eq!(
            found,
            [
                "crate::a::b",
                "crate::a::c::D",
                "crate::e",
                "crate::x::g::h",
                "std::mem::take"
            ]
        );
    }

    #[test]
    fn refuses_imports_against_the_directions() {
        for (path, text) in [
            ("src/domain/claim.rs", "use crate::azure::Client;"),
            (
                "src/azure/client/call.rs",
                "use crate::{domain::x, output::ui::Ui};",
            ),
            ("src/k8s/client.rs", "fn f() { crate::azure::client() }"),
            (
                "src/output/table.rs",
                "use super::super::domain::name::Namespace;",
            ),
            ("src/azure/cloud.rs", "use clap::ValueEnum;"),
            ("src/commands/add.rs", "use crate::cli::Cli;"),
            ("src/commands/add.rs", "use crate::sandbox::Sandbox;"),
            ("src/k8s/mod.rs", "use podid_emulator::Emulator;"),
            ("src/novel.rs", "use crate::error::Error;"),
        ] {
            let wrong = against_directions(&source(path, text));
            assert_eq!(wrong.len(), 1, "{path}: {text}: {wrong:?}");
        }
    }

    #[test]
    fn accepts_imports_along_the_directions() {
        for (path, text) in [
            (
                "src/azure/client/call.rs",
                "use crate::domain::x; use super::super::error::Error; use crate::azure::y;",
            ),
            ("src/commands/completion.rs", "use crate::cli::Cli;"),
            ("src/commands/sandbox/up.rs", "use crate::sandbox::Sandbox;"),
            ("src/sandbox/mod.rs", "use podid_emulator::Emulator;"),
            (
                "src/k8s/mod.rs",
                "// use crate::azure::x\nconst X: &str = \"crate::azure::x\";",
            ),
        ] {
            assert_eq!(against_directions(&source(path, text)), [""; 0], "{path}");
        }
    }

    #[test]
    fn refuses_io_and_clocks_in_the_domain() {
        for text in [
            "async fn f() {}",
            "use std::{fs, mem};",
            "use std::net::{IpAddr, TcpStream};",
            "let now = Timestamp::now();",
        ] {
            assert_ne!(impure(&source("src/domain/x.rs", text)), [""; 0], "{text}");
        }
        assert_eq!(
            impure(&source(
                "src/domain/x.rs",
                "use std::net::{IpAddr, Ipv6Addr};"
            )),
            [""; 0]
        );
        let tests = "#[cfg(test)] mod tests { fn f() { Instant::elapsed() } }";
        assert_eq!(impure(&source("src/domain/x.rs", tests)), [""; 0]);
        assert_eq!(
            impure(&source("src/azure/x.rs", "async fn f() {}")),
            [""; 0]
        );
    }

    #[test]
    fn refuses_podid_in_the_emulator_and_stdout_outside_the_renderer() {
        let text = "use podid::domain::resource_id::ResourceId;";
        assert_eq!(
            podid_in_emulator(&source("emulator/src/x.rs", text)).len(),
            1
        );
        assert_eq!(
            podid_in_emulator(&source("emulator/src/x.rs", "let podid_x = 1;")).len(),
            0
        );
        assert_eq!(
            stdout(&source("src/commands/x.rs", "std::io::stdout().lock()")).len(),
            1
        );
        assert_eq!(
            stdout(&source("src/output/render.rs", "io::stdout()")).len(),
            0
        );
        assert_eq!(stdout(&source("src/x.rs", "command.stdout(log)")).len(), 0);
    }
}
