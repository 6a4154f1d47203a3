//! A table: headers without spaces, one row per resource.

use std::io::IsTerminal;

use comfy_table::{ContentArrangement, Table as Drawn, presets};
use serde_json::Value;

/// Rows to show to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Column names, upper case.
    pub headers: Vec<String>,
    /// One list of cells per resource, as long as the headers.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns and no row yet.
    #[must_use]
    pub fn new(headers: &[&str]) -> Self {
        Table {
            headers: headers.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; an empty cell becomes `<none>`.
    pub fn row<I>(&mut self, cells: I)
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let cells = cells.into_iter().map(|cell| {
            let cell = cell.into();
            if cell.is_empty() {
                "<none>".to_owned()
            } else {
                cell
            }
        });
        self.rows.push(cells.collect());
    }

    /// A table made from the shape of a JSON value, for the result of `--query`.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        let rows = match value {
            Value::Array(items) => items.clone(),
            Value::Null => Vec::new(),
            other => vec![other.clone()],
        };
        let mut headers: Vec<String> = Vec::new();
        for item in &rows {
            if let Value::Object(fields) = item {
                for key in fields.keys() {
                    if !headers.contains(key) {
                        headers.push(key.clone());
                    }
                }
            }
        }
        let objects = !headers.is_empty();
        let cells = |item: &Value| -> Vec<String> {
            if objects {
                headers
                    .iter()
                    .map(|key| scalar(item.get(key).unwrap_or(&Value::Null)))
                    .collect()
            } else if let Value::Array(inner) = item {
                inner.iter().map(scalar).collect()
            } else {
                vec![scalar(item)]
            }
        };
        let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
        if !objects {
            let width = rows.iter().map(Vec::len).max().unwrap_or(0);
            headers = (1..=width)
                .map(|column| format!("Column{column}"))
                .collect();
            if width == 1 {
                headers = vec!["Result".to_owned()];
            }
        }
        Table { headers, rows }
    }

    /// The table as text: aligned on a terminal, tabs and no truncation elsewhere.
    #[must_use]
    pub fn draw(&self, terminal: bool) -> String {
        if !terminal {
            let mut lines = vec![self.headers.join("\t")];
            lines.extend(self.rows.iter().map(|row| row.join("\t")));
            return lines.join("\n");
        }
        let mut drawn = Drawn::new();
        drawn
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(self.headers.clone())
            .add_rows(self.rows.clone());
        for column in drawn.column_iter_mut() {
            column.set_padding((0, 2));
        }
        drawn
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The table as text for the process's stdout.
    #[must_use]
    pub fn draw_for_stdout(&self) -> String {
        self.draw(std::io::stdout().is_terminal())
    }
}

/// A cell's text: strings bare, `null` empty, lists and objects as compact JSON.
#[must_use]
pub fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn draws_aligned_columns_without_trailing_space() {
        let mut table = Table::new(&["NAME", "STATE"]);
        table.row(["reader", "Assigned"]);
        table.row(["a", ""]);
        assert_eq!(
            table.draw(true),
            "NAME    STATE\nreader  Assigned\na       <none>"
        );
        assert_eq!(
            table.draw(false),
            "NAME\tSTATE\nreader\tAssigned\na\t<none>"
        );
    }

    #[test]
    fn derives_columns_from_json() {
        let table = Table::from_value(&json!([{"name": "a", "pools": 2}, {"name": "b"}]));
        assert_eq!(table.headers, ["name", "pools"]);
        assert_eq!(table.rows, [["a", "2"], ["b", ""]]);
        assert_eq!(Table::from_value(&json!("x")).headers, ["Result"]);
        assert_eq!(
            Table::from_value(&json!([["a", 1]])).headers,
            ["Column1", "Column2"]
        );
    }
}
