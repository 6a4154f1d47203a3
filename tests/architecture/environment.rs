//! Environment variables: all of them stand in `src/env.rs`, with their meaning.

use super::imports::paths;
use super::source::{Kind, Source};

/// Functions of `std::env` that read the environment.
const READERS: &[&str] = &["var", "var_os", "vars", "vars_os"];
/// The one file that may call them.
const REGISTRY: &str = "src/env.rs";

/// Reads of the environment that go past `src/env.rs`, outside tests.
pub(crate) fn read_elsewhere(source: &Source) -> Vec<String> {
    if source.path == REGISTRY {
        return Vec::new();
    }
    let tested: Vec<usize> = source
        .tokens
        .iter()
        .filter(|token| token.in_test)
        .map(|token| token.line)
        .collect();
    let mut wrong: Vec<String> = paths(source)
        .into_iter()
        .filter(|path| !tested.contains(&path.line))
        .filter(|path| matches!(path.segments.as_slice(), [.., module, reader] if module == "env" && READERS.contains(&reader.as_str())))
        .map(|path| {
            format!("{}: {} is read past {REGISTRY}", source.at(path.line), path.segments.join("::"))
        })
        .collect();
    for window in source.tokens.windows(3) {
        if let [name, equals, value] = window
            && name.is_word("env")
            && equals.is_mark('=')
            && let Kind::Text(text) = &value.kind
        {
            wrong.push(format!(
                "{}: variable `{text}` has no constant in {REGISTRY}",
                source.at(name.line)
            ));
        }
    }
    wrong
}

/// Constants of the registry without a doc comment just above.
pub(crate) fn undocumented(text: &str) -> Vec<String> {
    let is_name = |line: &str| {
        let name = line.strip_prefix("pub const ").unwrap_or(line);
        let end = name.find([';', ':']).filter(|end| *end > 0);
        end.is_some_and(|end| {
            name[..end]
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines
        .iter()
        .enumerate()
        .filter(|(at, line)| is_name(line) && !(*at > 0 && lines[at - 1].starts_with("/// ")))
        .map(|(at, line)| format!("{REGISTRY}:{}: `{line}` has no doc comment", at + 1))
        .collect()
}

/// Registered variables that no source mentions: a documentation of nothing.
pub(crate) fn unused(names: &[&str], sources: &[Source]) -> Vec<String> {
    // Read by clap_complete before podid's own code runs.
    let by_libraries = ["COMPLETE"];
    let mentioned = |name: &str| {
        sources
            .iter()
            .filter(|source| source.path != REGISTRY)
            .flat_map(|source| &source.tokens)
            .any(|token| token.is_word(name))
    };
    names
        .iter()
        .filter(|name| !by_libraries.contains(name) && !mentioned(name))
        .map(|name| format!("{REGISTRY}: {name} is documented and never read"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_reads_past_the_registry() {
        for text in [
            "fn f() { std::env::var(\"HOME\"); }",
            "use std::env::var_os;",
            "use std::env; fn f() { env::vars() }",
            "#[arg(long, env = \"PODID_X\")] x: String",
        ] {
            assert_eq!(
                read_elsewhere(&Source::new("src/x.rs", text)).len(),
                1,
                "{text}"
            );
        }
        for text in [
            "fn f() { crate::env::read(crate::env::HOME); env!(\"CARGO\"); }",
            "#[arg(long, env = env::PODID_X)] x: String",
            "#[cfg(test)]\nmod tests {\n fn f() { std::env::var_os(\"PODID_BLESS\"); }\n}",
        ] {
            assert_eq!(
                read_elsewhere(&Source::new("src/x.rs", text)),
                [""; 0],
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_variables_without_documentation_or_use() {
        assert_eq!(undocumented("/// Good.\nA_NAME;\nB_NAME;\n").len(), 1);
        assert_eq!(undocumented("pub const X: &str = \"X\";\n").len(), 1);
        assert_eq!(
            undocumented("/// Good.\npub const X: &str = \"X\";\nlet x: u8;"),
            [""; 0]
        );
        let sources = [Source::new("src/x.rs", "env::read(env::USED)")];
        assert_eq!(unused(&["USED", "UNUSED", "COMPLETE"], &sources).len(), 1);
    }
}
