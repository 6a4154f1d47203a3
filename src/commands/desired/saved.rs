//! A plan kept in a file, so that exactly what was looked at is carried out, or nothing.
//!
//! It holds what the file asked for, what was read, and the changes; no token and no secret is in
//! any of these. Only its owner may read it all the same: it names what can be attacked.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::PlanningArgs;
use super::planned::Planned;
use super::source::{self, Source};
use crate::commands::input;
use crate::context::Context;
use crate::domain::change_plan::Change;
use crate::domain::file::{self, API_VERSION, File};
use crate::error::{Error, Kind, Result};

const KIND: &str = "Plan";

/// A saved plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Saved {
    api_version: String,
    kind: String,
    /// The podid that made it.
    podid: String,
    /// The file it was made from.
    file: String,
    /// SHA-256 of that file's text.
    sha256: String,
    /// Whether what the file does not name goes.
    prune: bool,
    /// Whether objects of others are taken over.
    replace: bool,
    /// What the file asks for.
    wanted: File,
    /// What was read.
    read: BTreeMap<String, String>,
    /// The changes.
    changes: Vec<Change>,
}

impl Saved {
    /// The plan of `source`.
    #[must_use]
    pub fn of(source: &Source, options: PlanningArgs, planned: &Planned) -> Self {
        Saved {
            api_version: API_VERSION.to_owned(),
            kind: KIND.to_owned(),
            podid: env!("CARGO_PKG_VERSION").to_owned(),
            file: source.name.clone(),
            sha256: source.sha256.clone(),
            prune: options.prune,
            replace: options.replace,
            wanted: source.read.file.clone(),
            read: planned.versions.clone(),
            changes: planned.changes(),
        }
    }

    /// Writes it to `path`, readable for its owner only.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let shown = path.display();
        let failed = |error: &dyn std::fmt::Display| {
            Error::new(Kind::Failed, format!("Plan `{shown}` could not be written"))
                .cause(error.to_string())
                .target("--out")
        };
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(&error))?;
        let written = || -> std::io::Result<()> {
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(path)?;
            // One that was there keeps its former permissions.
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")
        };
        written().map_err(|error| failed(&error))
    }

    /// Reads one.
    ///
    /// # Errors
    /// It cannot be read, is no plan, or was made by another version.
    pub async fn read(path: &Path) -> Result<Self> {
        let shown = path.display().to_string();
        let text = input::read_text(path, "PLAN").await?;
        let refused = |why: String| {
            Error::usage(format!("File `{shown}` is not a saved plan"))
                .cause(why)
                .hint(format!("a plan is made with `podid plan -f FILE --out {shown}`; a file of pod identities is applied with `podid apply -f`"))
                .target("PLAN")
        };
        let saved: Saved =
            serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
        if saved.api_version != API_VERSION || saved.kind != KIND {
            return Err(refused(format!(
                "it is {} of {}",
                saved.kind, saved.api_version
            )));
        }
        let mine = env!("CARGO_PKG_VERSION");
        if saved.podid != mine {
            let theirs = &saved.podid;
            return Err(refused(format!(
                "podid {theirs} made it, this is podid {mine}"
            )));
        }
        Ok(saved)
    }

    /// How it was planned.
    #[must_use]
    pub fn options(&self) -> PlanningArgs {
        PlanningArgs {
            prune: self.prune,
            replace: self.replace,
        }
    }

    /// What it asks for, as if it were read from its file.
    ///
    /// # Errors
    /// Somebody edited the plan into something that is refused.
    pub fn source(&self, context: &Context) -> Result<Source> {
        if let Ok(text) = std::fs::read_to_string(&self.file)
            && source::sha256(&text) != self.sha256
        {
            context.ui.warn(&format!(
                "file `{}` was changed since this plan was made; the plan is applied as it is",
                self.file
            ));
        }
        let text = serde_json::to_string(&self.wanted).unwrap_or_default();
        let read = file::read(&text).map_err(|faults| source::refused(&self.file, faults))?;
        Ok(Source {
            name: self.file.clone(),
            sha256: self.sha256.clone(),
            read,
        })
    }

    /// Refuses when the world is not as it was when the plan was made.
    ///
    /// # Errors
    /// Names what moved.
    pub fn check(&self, planned: &Planned) -> Result<()> {
        let mut moved = Vec::new();
        let names: std::collections::BTreeSet<&String> =
            self.read.keys().chain(planned.versions.keys()).collect();
        for name in names {
            let (then, now) = (self.read.get(name), planned.versions.get(name));
            if then != now {
                let how = match (then.map(String::as_str), now.map(String::as_str)) {
                    (Some("absent") | None, _) => "was made",
                    (_, Some("absent") | None) => "was removed",
                    _ => "was changed",
                };
                moved.push(format!("{name} {how}"));
            }
        }
        if moved.is_empty() && self.changes != planned.changes() {
            moved.push("the changes would be others now".to_owned());
        }
        if moved.is_empty() {
            return Ok(());
        }
        let details = moved
            .into_iter()
            .map(|text| Error::new(Kind::Conflict, text))
            .collect();
        Err(
            Error::several("The plan is out of date, nothing was changed", details)
                .hint("make a new plan with `podid plan`, look at it, and apply that one"),
        )
    }
}
