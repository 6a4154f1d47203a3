//! What the documents say: every command they show is one that podid takes, every link leads somewhere.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::ErrorKind;
use podid::cli::Cli;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Markdown files of the repository that people read: path from the root, and text.
fn documents() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path();
        if is_markdown(&path) {
            paths.push(path);
        }
    }
    collect(&root().join("docs"), &mut paths);
    assert!(paths.len() > 10, "found only {paths:?}");
    let read = |path: PathBuf| {
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        (shown, std::fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if is_markdown(&path) {
            paths.push(path);
        }
    }
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// The commands in fenced blocks, and those in inline code, with their line.
fn commands(text: &str) -> Vec<(usize, bool, Vec<String>)> {
    let mut found = Vec::new();
    let (mut fenced, mut skipped) = (false, false);
    let mut whole = String::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fenced = !fenced;
            skipped = language == "json";
        } else if fenced && skipped {
            // What podid prints, not what is typed.
        } else if fenced {
            // A backslash continues the command on the next line.
            whole.push_str(line.trim_end_matches('\\'));
            if !line.ends_with('\\') {
                let code = std::mem::take(&mut whole);
                let code = code.split(" #").next().unwrap_or_default();
                let usage = code.contains("[OPTIONS]");
                if !usage && !code.trim_start().starts_with(['#', '$']) {
                    found.extend(in_code(code).map(|words| (at + 1, true, words)));
                }
            }
        } else {
            let inline = line.split('`').skip(1).step_by(2);
            let shown = inline.filter(|code| code.starts_with("podid "));
            found.extend(shown.flat_map(in_code).map(|words| (at + 1, false, words)));
        }
    }
    found
}

/// The arguments of each podid in a line of shell.
fn in_code(code: &str) -> impl Iterator<Item = Vec<String>> {
    let starts = code.match_indices("podid ").filter(|(at, _)| {
        let before = code[..*at].trim_end_matches(' ').chars().last();
        let spaced = code[..*at].ends_with(' ');
        match before {
            None => true,
            Some('"' | '\'' | '(' | '`') => !spaced,
            // After a keyword, an operator or another program that runs it.
            Some(_) => spaced && after_an_operator(&code[..*at]),
        }
    });
    starts.map(|(at, found)| words(&code[at + found.len()..]))
}

fn after_an_operator(before: &str) -> bool {
    let last = before.split_whitespace().last().unwrap_or_default();
    matches!(last, "|" | "||" | "&&" | ";" | "--" | "run:" | "-" | "then")
        || last.ends_with([';', ')'])
}

/// Splits at spaces, honours quotes, and ends at the end of the command.
fn words(code: &str) -> Vec<String> {
    let mut words = vec!["podid".to_owned()];
    let mut word: Option<String> = None;
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' => {
                let rest = letters.as_str();
                let Some(end) = rest.find(letter) else { break };
                word.get_or_insert_default().push_str(&rest[..end]);
                letters = rest[end + 1..].chars();
            }
            ' ' => words.extend(word.take()),
            '>' | '|' | ';' | ')' | '&' | '<' => {
                // `2>` sends stderr elsewhere.
                word = word.filter(|word| word != "2");
                break;
            }
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// Why podid does not take `words`, if it does not; inline code may leave required arguments away.
fn refusal(words: &[String], complete: bool) -> Option<String> {
    let error = Cli::try_parse_from(words).err()?;
    let shown = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    let partial = matches!(
        error.kind(),
        ErrorKind::MissingRequiredArgument | ErrorKind::InvalidValue | ErrorKind::MissingSubcommand
    );
    if shown || (partial && !complete) {
        return None;
    }
    Some(format!("{}: {error}", words.join(" ")))
}

#[test]
fn commands_in_documents_are_commands_of_podid() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in documents() {
        for (line, complete, words) in commands(&text) {
            seen += 1;
            wrong
                .extend(refusal(&words, complete).map(|reason| format!("{path}:{line}: {reason}")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(seen > 80, "only {seen} commands were found");
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for (path, text) in documents() {
        let folder = root().join(&path).parent().unwrap().to_owned();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = link.split('#').next().unwrap_or_default();
            if !link.contains("://") && !file.is_empty() && !folder.join(file).exists() {
                wrong.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_unknown_argument_or_command_is_found() {
    let text = "```sh\nX=$(podid list --nonsense)\n```\nSee `podid frobnicate`, `podid role grant|check` and `podid add`.\n";
    let found = commands(text);
    let words: Vec<String> = found.iter().map(|(_, _, words)| words.join(" ")).collect();
    assert_eq!(
        words,
        [
            "podid list --nonsense",
            "podid frobnicate",
            "podid role grant",
            "podid add"
        ]
    );
    let refused: Vec<bool> = found
        .iter()
        .map(|(_, complete, words)| refusal(words, *complete).is_some())
        .collect();
    assert_eq!(refused, [true, true, false, false]);
}

#[test]
fn a_command_ends_where_the_shell_ends_it() {
    let line =
        "code=0; podid add --query \"[?a=='b'] | [0]\" -o tsv 2> error.txt || podid list | jq .";
    let found: Vec<String> = in_code(line).map(|words| words.join(" ")).collect();
    assert_eq!(
        found,
        ["podid add --query [?a=='b'] | [0] -o tsv", "podid list"]
    );
}
