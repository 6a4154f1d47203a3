//! `--dry-run`: what would be done with everything that is there now.

use std::io::Write;

use super::engine::Engine;
use super::steps::Step;
use crate::azure::{self, Client, host};

/// Says on stderr what would be written and what each host would gain or lose at the most.
///
/// # Errors
/// A host cannot be read.
pub async fn print(engine: &Engine, azure: &Client) -> Result<(), azure::Error> {
    let mut lines = Vec::new();
    for (pod, steps) in engine.preview() {
        lines.extend(
            steps
                .iter()
                .map(|step| format!("pod {pod}: {}", shown(step))),
        );
    }
    for id in engine.state().hosts() {
        let needed = engine.state().needed(id);
        let held = host::get(azure, id).await?;
        let missing: Vec<String> = needed
            .keys()
            .filter(|one| !held.identity.holds(one))
            .map(ToString::to_string)
            .collect();
        if !missing.is_empty() {
            lines.push(format!("host {id}: assign {}", missing.join(", ")));
        }
    }
    if lines.is_empty() {
        lines.push("nothing to do".to_owned());
    }
    let mut out = std::io::stderr().lock();
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    Ok(())
}

fn shown(step: &Step) -> String {
    match step {
        Step::Create {
            name,
            want,
            progress,
        } => {
            format!(
                "record {name} for identity {} as {}",
                want.identity.key,
                progress.state.word()
            )
        }
        Step::Rewrite { key, .. } => {
            format!("write what identity and binding say now into record {key}")
        }
        Step::Progress { key, progress, .. } => {
            format!(
                "say {} ({}) in record {key}",
                progress.state.word(),
                progress.reason.0
            )
        }
        Step::Remove { key, .. } => format!("remove record {key}"),
    }
}
