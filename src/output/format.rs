//! The output formats of `-o`, with az's names.

use clap::ValueEnum;
use serde_json::Value;

use super::table::{Table, scalar};
use crate::error::{Error, Kind, Result};

/// `-o, --output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned columns for people; tabs when piped.
    Table,
    /// Indented JSON.
    Json,
    /// az's coloured JSON; podid prints plain JSON.
    #[value(hide = true)]
    Jsonc,
    /// YAML.
    Yaml,
    /// az's coloured YAML; podid prints plain YAML.
    #[value(hide = true)]
    Yamlc,
    /// Tab-separated values without headers.
    Tsv,
    /// Nothing.
    None,
}

/// JSON with two spaces of indentation.
///
/// # Errors
/// The value cannot be written, which JSON values always can.
pub fn json(value: &Value) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(unwritable)
}

/// YAML that readers of YAML 1.1 and 1.2 understand the same way.
///
/// # Errors
/// The value cannot be written.
pub fn yaml(value: &Value) -> Result<String> {
    // A resource id stays on its line: whoever copies it wants it whole.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let text = serde_saphyr::to_string_with_options(value, options).map_err(unwritable)?;
    Ok(text.trim_end().to_owned())
}

/// Several YAML documents, as `kubectl apply -f -` reads them.
///
/// # Errors
/// A value cannot be written.
pub fn documents(values: &[Value]) -> Result<String> {
    let texts = values.iter().map(yaml).collect::<Result<Vec<_>>>()?;
    Ok(texts.join("\n---\n"))
}

/// One line per item, fields in their order separated by tabs, as az does.
#[must_use]
pub fn tsv(value: &Value) -> String {
    let line = |item: &Value| match item {
        Value::Object(fields) => join(fields.values()),
        Value::Array(cells) => join(cells.iter()),
        other => clean(&scalar(other)),
    };
    match value {
        Value::Array(items) => items.iter().map(line).collect::<Vec<_>>().join("\n"),
        Value::Null => String::new(),
        other => line(other),
    }
}

fn join<'a>(cells: impl Iterator<Item = &'a Value>) -> String {
    cells
        .map(|cell| clean(&scalar(cell)))
        .collect::<Vec<_>>()
        .join("\t")
}

/// A tab or line break inside a cell would be read as a separator.
fn clean(cell: &str) -> String {
    cell.replace(['\t', '\n', '\r'], " ")
}

fn unwritable(error: impl std::fmt::Display) -> Error {
    Error::new(Kind::Failed, "The result could not be written").cause(error.to_string())
}

/// The text of `value` in `format`; `table` is used for [`Format::Table`].
///
/// # Errors
/// The value cannot be written in that format.
pub fn text(format: Format, value: &Value, table: &Table) -> Result<String> {
    Ok(match format {
        Format::Table => table.draw_for_stdout(),
        Format::Json | Format::Jsonc => json(value)?,
        Format::Yaml | Format::Yamlc => yaml(value)?,
        Format::Tsv => tsv(value),
        Format::None => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tsv_keeps_one_line_per_item() {
        assert_eq!(
            tsv(&json!([{"a": "x\ty", "b": null}, {"a": 1, "b": true}])),
            "x y\t\n1\ttrue"
        );
        assert_eq!(tsv(&json!(["a", "b"])), "a\nb");
    }

    #[test]
    fn yaml_quotes_what_yaml_1_1_would_misread() {
        let text = yaml(&json!({"selector": "no", "date": "2024-01-01"})).unwrap();
        assert!(!text.contains("selector: no\n"), "{text}");
        assert!(!text.ends_with("date: 2024-01-01"), "{text}");
    }
}
