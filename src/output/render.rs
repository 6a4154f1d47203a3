//! Writes a command's result to stdout.

use std::io::{self, IsTerminal, Write};

use super::format::{self, Format};
use super::query::Query;
use super::report::Report;
use super::style;
use super::table::Table;
use crate::error::{Error, Kind, Result};

/// How results are written.
#[derive(Debug, Clone)]
pub struct Renderer {
    /// `-o`, if given.
    pub format: Option<Format>,
    /// `--query`, if given.
    pub query: Option<Query>,
    /// Whether stdout shows colour.
    pub colour: bool,
}

impl Renderer {
    /// The format in force: a table on a terminal, else JSON.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format.unwrap_or(if io::stdout().is_terminal() {
            Format::Table
        } else {
            Format::Json
        })
    }

    /// The text for people, when it is what is asked for.
    fn prose<'a>(&self, report: &'a Report) -> Option<&'a String> {
        let wanted = matches!(self.format, None | Some(Format::Table)) && self.query.is_none();
        report.text.as_ref().filter(|_| wanted)
    }

    /// Whether the report is shown as a table without rows, or as a text without a line.
    #[must_use]
    pub fn shows_nothing(&self, report: &Report) -> bool {
        if let Some(text) = self.prose(report) {
            return text.is_empty();
        }
        report.document.is_none()
            && self.format() == Format::Table
            && self.query.is_none()
            && report.table.rows.is_empty()
    }

    /// Writes `report` to stdout.
    ///
    /// A reader that went away (`podid list | head -1`) is not an error.
    ///
    /// # Errors
    /// The query does not fit, or stdout cannot be written.
    pub fn write(&self, report: &Report) -> Result<()> {
        if let Some(document) = &report.document {
            return put(document);
        }
        if self.shows_nothing(report) {
            return Ok(());
        }
        if let Some(text) = self.prose(report) {
            return put(&self.painted(report, text));
        }
        let text = match &self.query {
            None => self.whole(report)?,
            Some(query) => {
                let found = query.apply(&report.value)?;
                format::text(self.format(), &found, &Table::from_value(&found))?
            }
        };
        if text.is_empty() {
            Ok(())
        } else {
            put(&format!("{text}\n"))
        }
    }
}

impl Renderer {
    /// The result without a query.
    fn whole(&self, report: &Report) -> Result<String> {
        match (self.format(), &report.objects) {
            (Format::Yaml | Format::Yamlc, Some(objects)) => format::documents(objects),
            (Format::Table, _) => {
                let text = format::text(Format::Table, &report.value, &report.table)?;
                Ok(self.painted(report, &text))
            }
            (format, _) => format::text(format, &report.value, &report.table),
        }
    }

    fn painted(&self, report: &Report, text: &str) -> String {
        if report.signed {
            style::paint_signed(self.colour, text)
        } else {
            text.to_owned()
        }
    }
}

fn put(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::new(
            Kind::Failed,
            "The result could not be written to stdout",
        )
        .cause(error.to_string())),
        _ => Ok(()),
    }
}
