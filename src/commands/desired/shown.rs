//! How plans and their outcomes are shown.

use serde_json::{Value, json};

use crate::domain::change_plan::unified::unified;
use crate::domain::change_plan::{Change, Count};
use crate::error::Result;
use crate::output::format;
use crate::output::report::Report;
use crate::output::table::Table;

/// One line per change, sign first.
#[must_use]
pub fn table(changes: &[Change]) -> Table {
    let mut table = Table::new(&["ACTION", "CLUSTER", "KIND", "NAME", "WHY"]);
    for change in changes {
        table.row([
            format!("{} {}", change.action.sign(), change.action),
            change.cluster.clone().unwrap_or_else(|| "-".to_owned()),
            change.kind.to_string(),
            change.name.clone(),
            change.why.clone(),
        ]);
    }
    table
}

/// The changes as lines for stderr, before somebody is asked.
#[must_use]
pub fn lines(changes: &[Change]) -> String {
    let lines = changes.iter().map(|change| {
        let place = change.cluster.as_deref().unwrap_or("-");
        format!(
            "{} {place} {} {} ({})",
            change.action.sign(),
            change.kind,
            change.name,
            change.why
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A plan.
#[must_use]
pub fn plan(file: &str, sha256: &str, changes: &[Change]) -> Report {
    let value = json!({
        "file": file,
        "sha256": sha256,
        "summary": Count::of(changes),
        "changes": changes,
    });
    Report::new(value, table(changes)).signed()
}

/// The objects side by side, as a unified diff.
///
/// # Errors
/// A value cannot be written as YAML, which JSON values always can.
pub fn diff(changes: &[Change]) -> Result<Report> {
    let mut text = String::new();
    for change in changes {
        let place = change
            .cluster
            .as_deref()
            .map_or(String::new(), |place| format!("{place} "));
        let title = format!("{place}{} {}", change.kind, change.name);
        text.push_str(&unified(
            &title,
            &yaml(&change.before)?,
            &yaml(&change.after)?,
        ));
    }
    let items: Vec<Value> = changes
        .iter()
        .map(|change| {
            json!({
                "action": change.action,
                "cluster": change.cluster,
                "kind": change.kind,
                "name": change.name,
                "before": change.before,
                "after": change.after,
            })
        })
        .collect();
    Ok(Report::new(items, table(changes)).as_text(text).signed())
}

fn yaml(value: &Value) -> Result<String> {
    if value.is_null() {
        return Ok(String::new());
    }
    Ok(format!("{}\n", format::yaml(value)?))
}

/// What became of the changes.
#[must_use]
pub fn outcomes(rows: &[(Change, &'static str)]) -> Report {
    let mut table = Table::new(&["CLUSTER", "KIND", "NAME", "OUTCOME"]);
    let mut items = Vec::new();
    for (change, outcome) in rows {
        table.row([
            change.cluster.clone().unwrap_or_else(|| "-".to_owned()),
            change.kind.to_string(),
            change.name.clone(),
            (*outcome).to_owned(),
        ]);
        items.push(json!({
            "action": change.action,
            "cluster": change.cluster,
            "kind": change.kind,
            "name": change.name,
            "outcome": outcome,
        }));
    }
    Report::new(items, table)
}
