//! Sizes, names and module documentation.

use super::source::{Kind, Source};

/// Lines a file may have.
const LONGEST_FILE: usize = 500;
/// Lines a binary's root may have: parse, run, exit code.
const LONGEST_BINARY: usize = 25;
/// Names that say nothing; whatever fits nowhere would collect there.
const EMPTY_NAMES: &[&str] = &[
    "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils",
];

/// A file that has grown too long.
pub(crate) fn too_long(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    let binary = source.path == "src/main.rs" || source.path.starts_with("src/bin/");
    let limit = if binary { LONGEST_BINARY } else { LONGEST_FILE };
    (lines > limit).then(|| format!("{}: {lines} lines, at most {limit}", source.path))
}

/// Modules whose name says nothing, as files, folders or inside a file.
pub(crate) fn empty_names(source: &Source) -> Vec<String> {
    let parts = source.path.trim_end_matches(".rs").split('/');
    let mut wrong: Vec<String> = parts
        .filter(|part| EMPTY_NAMES.contains(part))
        .map(|part| format!("{}: `{part}` says nothing", source.path))
        .collect();
    for pair in source.tokens.windows(2) {
        if let ([keyword, name], true) = (pair, pair[0].is_word("mod"))
            && let Kind::Word(text) = &name.kind
            && EMPTY_NAMES.contains(&text.as_str())
        {
            wrong.push(format!(
                "{}: module `{text}` says nothing",
                source.at(keyword.line)
            ));
        }
    }
    wrong
}

/// A module without a word on what lives in it.
pub(crate) fn undocumented(source: &Source) -> Option<String> {
    let documented = source.text.starts_with("//! ");
    (!documented).then(|| format!("{}: begins without `//!`", source.path))
}

/// Lints that hold the walls and must not be switched off where they hurt.
pub(crate) fn silenced(source: &Source) -> Vec<String> {
    let walls = [
        "too_many_lines",
        "print_stdout",
        "print_stderr",
        "unsafe_code",
    ];
    let tokens = &source.tokens;
    let mut wrong = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if !(token.is_word("allow") || token.is_word("expect")) || !is_attribute(source, at) {
            continue;
        }
        for inner in tokens[at..].iter().take_while(|inner| !inner.is_mark(']')) {
            if let Some(wall) = walls.iter().find(|wall| inner.is_word(wall)) {
                wrong.push(format!(
                    "{}: lint `{wall}` is switched off",
                    source.at(inner.line)
                ));
            }
        }
    }
    wrong
}

fn is_attribute(source: &Source, at: usize) -> bool {
    at > 0 && source.tokens[at - 1].is_mark('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_long_files() {
        let long = |lines: usize| "//! x\n".repeat(lines);
        assert!(too_long(&Source::new("src/x.rs", &long(501))).is_some());
        assert!(too_long(&Source::new("src/x.rs", &long(500))).is_none());
        assert!(too_long(&Source::new("src/bin/podid-mic.rs", &long(26))).is_some());
    }

    #[test]
    fn refuses_names_that_say_nothing() {
        assert_eq!(empty_names(&Source::new("src/azure/utils.rs", "")).len(), 1);
        assert_eq!(empty_names(&Source::new("src/helpers/x.rs", "")).len(), 1);
        assert_eq!(
            empty_names(&Source::new("src/x.rs", "mod common { }")).len(),
            1
        );
        assert_eq!(
            empty_names(&Source::new("src/managed.rs", "mod helper_free {}")).len(),
            0
        );
    }

    #[test]
    fn refuses_modules_without_documentation() {
        assert!(undocumented(&Source::new("src/x.rs", "use std::fmt;")).is_some());
        assert!(undocumented(&Source::new("src/x.rs", "//! Words.\n")).is_none());
    }

    #[test]
    fn refuses_walls_that_are_switched_off() {
        let text = "#[allow(clippy::too_many_lines)] fn f() {} #![expect(clippy::print_stdout, reason = \"\")]";
        assert_eq!(silenced(&Source::new("src/x.rs", text)).len(), 2);
        let text = "#[allow(clippy::struct_excessive_bools)] fn f() { x.expect(exit) }";
        assert_eq!(silenced(&Source::new("src/x.rs", text)).len(), 0);
    }
}
