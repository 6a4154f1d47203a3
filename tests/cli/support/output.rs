//! What a run of the binary printed, made comparable: volatile values get fixed names.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// A finished run.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The exit code; 128 and the signal's number for a killed process.
    pub(crate) code: i32,
    /// stdout, with fixed names for volatile values.
    pub(crate) stdout: String,
    /// stderr, likewise.
    pub(crate) stderr: String,
    /// The bytes as they came.
    pub(crate) raw_stdout: String,
    /// The bytes as they came.
    pub(crate) raw_stderr: String,
}

impl Output {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Output {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.raw_stdout, self.raw_stderr
        );
        self
    }

    /// Asserts success.
    #[track_caller]
    pub(crate) fn ok(self) -> Output {
        self.ends_with(0)
    }

    /// stdout as JSON, as it came.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.raw_stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.raw_stdout))
    }

    /// Exit code and the error at the end, for runs whose progress differs from time to time.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        let at = self.stderr.find("Error: ").expect("an error");
        format!("exit code {}\n{}", self.code, &self.stderr[at..])
    }

    /// Exit code, stdout and stderr in one text.
    pub(crate) fn all(&self) -> String {
        let mut text = format!("exit code {}\n", self.code);
        for (name, content) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !content.is_empty() {
                text.extend(["----- ", name, "\n", content.as_str()]);
            }
        }
        text
    }
}

/// What has a name of its own in a test.
pub(super) struct Names<'a> {
    pub(super) pairs: Vec<(&'a str, &'a str)>,
}

impl Names<'_> {
    /// Puts fixed names in place of what differs from run to run.
    pub(super) fn fix(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, name) in &self.pairs {
            text = text.replace(value, name);
        }
        for (pattern, name) in RULES.iter() {
            text = pattern.replace_all(&text, *name).into_owned();
        }
        in_order(&text)
    }
}

static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"\baks-([a-z0-9]+)-\d{8}-vmss", "aks-$1-vmss"),
        (
            r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
            "GUID",
        ),
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?\b", "TIME"),
        (r"\b\d+(\.\d+)? s\b", "N s"),
        (r"\t\d+[smhd]\n", "\tAGE\n"),
        (r"-\d{8}((?:\.portal)?\.hcp\.)", "-DIGITS$1"),
        // What the network says depends on where it was cut, and on which request was first.
        (r"cannot be reached: [^\n]*", "cannot be reached: ..."),
        (r"No permission to [^\n]*", "No permission to ..."),
    ]
    .into_iter()
    .map(|(pattern, name)| (Regex::new(pattern).unwrap(), name))
    .collect()
});

/// Panics when `text` holds a token, a key or one of `secrets`.
#[track_caller]
pub(super) fn holds_no_secret(text: &str, secrets: &[&str]) {
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
        // The head of a JWT, and the heads of PEM and of PEM in base64.
        Regex::new(r"eyJ[A-Za-z0-9_-]{8,}|PRIVATE KEY|LS0tLS1CRUdJTi").unwrap()
    });
    if let Some(found) = TOKEN.find(text) {
        panic!("a secret ({}...) in: {text}", &found.as_str()[..8]);
    }
    for secret in secrets {
        assert!(!text.contains(secret), "a secret in: {text}");
    }
}

/// Sorts runs of lines about node pools, which work side by side and end in any order.
fn in_order(text: &str) -> String {
    let about_pool = |line: &str| line.starts_with("Node pool `") && !line.contains("left out");
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    for run in lines.chunk_by_mut(|a, b| about_pool(a) && about_pool(b)) {
        // Stable: the order within a pool stays.
        run.sort_by_key(|line| line.split_once("`:").map_or(*line, |(pool, _)| pool));
    }
    lines.concat()
}
