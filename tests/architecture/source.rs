//! Reads Rust sources into words, texts and marks: enough to see paths, not a parser.

use std::path::{Path, PathBuf};

/// A piece of source text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier, keyword or number.
    Word(String),
    /// The content of a string literal.
    Text(String),
    /// Any other character.
    Mark(char),
}

/// A piece of source text with its place.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// Whether it is inside a module that only tests see.
    pub(crate) in_test: bool,
    /// The module it is in, from the crate's root.
    pub(crate) module: Vec<String>,
}

impl Token {
    /// Whether it is this word.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if own == word)
    }

    /// Whether it is this character.
    pub(crate) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// One source file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path from the repository's root.
    pub(crate) path: String,
    /// The text.
    pub(crate) text: String,
    /// The text in pieces, without comments.
    pub(crate) tokens: Vec<Token>,
}

impl Source {
    /// Reads `text` as if it were the file `path`, for example `src/azure/cloud.rs`.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let mut tokens = scan(text);
        place(&mut tokens, &module_of(path));
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens,
        }
    }

    /// Where a violation is, for messages.
    pub(crate) fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust sources below `folder`, by path.
pub(crate) fn all(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no sources in {folder}");
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(root()).unwrap().to_string_lossy();
        Source::new(&shown, &text)
    };
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// The module that a file is, from the crate's root.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.split_once("src/").map_or(path, |(_, inside)| inside);
    let mut parts: Vec<String> = inside
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

/// Fills in the module of each token and whether only tests see it.
fn place(tokens: &mut [Token], file: &[String]) {
    let test_file = file.last().is_some_and(|last| last == "tests");
    let mut inner: Vec<(String, usize, bool)> = Vec::new();
    let mut depth = 0;
    let mut test_next = false;
    for at in 0..tokens.len() {
        let is_test = test_file || inner.iter().any(|(_, _, test)| *test);
        tokens[at].in_test = is_test || test_next;
        tokens[at].module = file.to_vec();
        let names = inner.iter().map(|(name, _, _)| name.clone());
        tokens[at].module.extend(names);
        match &tokens[at].kind {
            Kind::Mark('{') => {
                depth += 1;
                if at >= 2
                    && tokens[at - 2].is_word("mod")
                    && let Kind::Word(name) = &tokens[at - 1].kind
                {
                    inner.push((name.clone(), depth, test_next));
                }
                test_next = false;
            }
            Kind::Mark('}') => {
                inner.retain(|(_, level, _)| *level != depth);
                depth -= 1;
            }
            Kind::Mark(';') => test_next = false,
            Kind::Mark(']') => test_next |= ends_cfg_test(&tokens[..at]),
            _ => {}
        }
    }
}

fn ends_cfg_test(before: &[Token]) -> bool {
    let [.., cfg, open, test, close] = before else {
        return false;
    };
    cfg.is_word("cfg") && open.is_mark('(') && test.is_word("test") && close.is_mark(')')
}

fn scan(text: &str) -> Vec<Token> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < letters.len() {
        let (kind, end) = next(&letters, at);
        if let Some(kind) = kind {
            tokens.push(Token {
                kind,
                line,
                in_test: false,
                module: Vec::new(),
            });
        }
        line += letters[at..end].iter().filter(|c| **c == '\n').count();
        at = end;
    }
    tokens
}

/// The token at `at`, if what stands there is one, and where it ends.
fn next(letters: &[char], at: usize) -> (Option<Kind>, usize) {
    let is = |offset: usize, wanted: char| letters.get(at + offset) == Some(&wanted);
    match letters[at] {
        c if c.is_whitespace() => (None, at + 1),
        '/' if is(1, '/') => (None, find(letters, at, |c| c == '\n')),
        '/' if is(1, '*') => (None, block_comment(letters, at)),
        '"' => string(letters, at + 1),
        '\'' => character(letters, at),
        c if c.is_alphanumeric() || c == '_' => {
            let end = find(letters, at, |c| !(c.is_alphanumeric() || c == '_'));
            let word: String = letters[at..end].iter().collect();
            let raw = matches!(word.as_str(), "r" | "br" | "cr");
            match letters.get(end) {
                Some('"' | '#') if raw => raw_string(letters, end),
                Some('"') if matches!(word.as_str(), "b" | "c") => string(letters, end + 1),
                _ => (Some(Kind::Word(word)), end),
            }
        }
        c => (Some(Kind::Mark(c)), at + 1),
    }
}

fn find(letters: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    let found = letters[from..].iter().position(|c| stop(*c));
    found.map_or(letters.len(), |offset| from + offset)
}

fn block_comment(letters: &[char], at: usize) -> usize {
    let (mut depth, mut end) = (0, at);
    while end < letters.len() {
        match letters[end..] {
            ['/', '*', ..] => (depth, end) = (depth + 1, end + 2),
            ['*', '/', ..] => (depth, end) = (depth - 1, end + 2),
            _ => end += 1,
        }
        if depth == 0 {
            break;
        }
    }
    end
}

fn string(letters: &[char], start: usize) -> (Option<Kind>, usize) {
    let mut end = start;
    while end < letters.len() && letters[end] != '"' {
        end += if letters[end] == '\\' { 2 } else { 1 };
    }
    let end = end.min(letters.len());
    let text = letters[start..end].iter().collect();
    (Some(Kind::Text(text)), (end + 1).min(letters.len()))
}

fn raw_string(letters: &[char], at: usize) -> (Option<Kind>, usize) {
    let open = find(letters, at, |c| c != '#');
    if letters.get(open) != Some(&'"') {
        // `r#type`: a raw identifier.
        return (None, open);
    }
    let hashes = open - at;
    let mut end = open + 1;
    while end < letters.len() {
        let closed = letters[end] == '"'
            && letters[end + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
        if closed {
            break;
        }
        end += 1;
    }
    let end = end.min(letters.len());
    let text = letters[open + 1..end].iter().collect();
    (
        Some(Kind::Text(text)),
        (end + 1 + hashes).min(letters.len()),
    )
}

/// A character literal, or the mark of a lifetime.
fn character(letters: &[char], at: usize) -> (Option<Kind>, usize) {
    match letters[at + 1..] {
        ['\\', _, ..] => (None, find(letters, at + 3, |c| c == '\'') + 1),
        [_, '\'', ..] => (None, at + 3),
        _ => (Some(Kind::Mark('\'')), at + 1),
    }
}

#[test]
fn comments_and_strings_are_not_code() {
    let text = r##"
        // use crate::a;
        /* use /* crate */ ::b; */
        let x = "crate::c"; let y = r#"crate::"d"#; let z = '"'; fn f<'a>() {} '\'' end
    "##;
    let source = Source::new("src/x.rs", text);
    let words: Vec<_> = source
        .tokens
        .iter()
        .filter_map(|token| match &token.kind {
            Kind::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        words,
        ["let", "x", "let", "y", "let", "z", "fn", "f", "a", "end"]
    );
    let last = source.tokens.last().unwrap();
    assert_eq!(last.line, 4);
    assert!(
        source
            .tokens
            .iter()
            .any(|token| token.kind == Kind::Text("crate::\"d".to_owned()))
    );
}

#[test]
fn knows_modules_and_test_modules() {
    let text = "a; mod inner { b } #[cfg(test)] mod tests { c; mod deep { d } } e";
    let source = Source::new("src/k8s/crd/mod.rs", text);
    let seen = |word: &str| {
        let token = source.tokens.iter().find(|token| token.is_word(word));
        let token = token.unwrap();
        (token.module.join("::"), token.in_test)
    };
    assert_eq!(seen("a"), ("k8s::crd".to_owned(), false));
    assert_eq!(seen("b"), ("k8s::crd::inner".to_owned(), false));
    assert_eq!(seen("c"), ("k8s::crd::tests".to_owned(), true));
    assert_eq!(seen("d"), ("k8s::crd::tests::deep".to_owned(), true));
    assert_eq!(seen("e"), ("k8s::crd".to_owned(), false));
}
