//! What a command returns: a value, how a person reads it, and what to do next.

use serde::Serialize;
use serde_json::Value;

use super::table::Table;
use crate::error::Error;

/// The result of a command.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The result as JSON, keys in camel case.
    pub value: Value,
    /// The result as a table.
    pub table: Table,
    /// What to say on stderr when the table has no row.
    pub empty: Option<String>,
    /// Text for people: it replaces the table, and is the default where stdout is no terminal too.
    pub text: Option<String>,
    /// Lines begin with a sign (`+`, `~`, `-`) that colour repeats.
    pub signed: bool,
    /// Kubernetes objects that YAML shows as a document each.
    pub objects: Option<Vec<Value>>,
    /// Text that replaces every format, for documents such as completions.
    pub document: Option<String>,
    /// Next commands, shown on a terminal.
    pub next_steps: Vec<String>,
    /// Part of the work failed: the result is printed and then this error.
    pub failure: Option<Error>,
    /// Exit code of a wrapped command, or of changes found; otherwise 0 or the failure's.
    pub exit_code: Option<u8>,
}

impl Report {
    /// A report of `value` shown as `table`.
    pub fn new(value: impl Serialize, table: Table) -> Self {
        // A value made of our own plain structs always has a JSON form.
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        Report {
            value,
            table,
            ..Report::default()
        }
    }

    /// A report that is a document: printed as it is, whatever the format.
    #[must_use]
    pub fn document(text: impl Into<String>) -> Self {
        Report {
            document: Some(text.into()),
            ..Report::default()
        }
    }

    /// A report without a result.
    #[must_use]
    pub fn nothing() -> Self {
        Report::document(String::new())
    }

    /// Shows `text` to people, with or without a terminal, instead of the table.
    #[must_use]
    pub fn as_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Colours lines by their signs.
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// Shows `objects` as YAML documents.
    #[must_use]
    pub fn with_objects(mut self, objects: Vec<Value>) -> Self {
        self.objects = Some(objects);
        self
    }

    /// Says `text` on stderr when there is no row.
    #[must_use]
    pub fn when_empty(mut self, text: impl Into<String>) -> Self {
        self.empty = Some(text.into());
        self
    }

    /// Adds a next command.
    #[must_use]
    pub fn next_step(mut self, step: impl Into<String>) -> Self {
        self.next_steps.push(step.into());
        self
    }

    /// Marks the work as partly failed.
    #[must_use]
    pub fn failed(mut self, failure: Option<Error>) -> Self {
        self.failure = failure;
        self
    }
}
