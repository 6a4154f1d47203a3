//! Everything said on stderr: status, warnings, hints, progress, errors, questions.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use indicatif::{MultiProgress, ProgressDrawTarget};

use super::message::error_text;
use super::progress::{Step, UnderWay};
use super::style::{ColorChoice, Style, paint};
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::redact::redacted;

/// `--error-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ErrorFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object in ARM's error envelope.
    Json,
}

/// The user interface on stderr. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ui {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    quiet: bool,
    colour: bool,
    errors: ErrorFormat,
    progress: Option<MultiProgress>,
    under_way: UnderWay,
    asking: AtomicBool,
}

/// How the user interface behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Manner {
    /// Silences everything but errors.
    pub quiet: bool,
    /// Log lines go to stderr as well, so nothing there may be redrawn.
    pub verbose: bool,
    /// When to use colour.
    pub colour: ColorChoice,
    /// The format of errors.
    pub errors: ErrorFormat,
}

impl Manner {
    /// Says nothing but errors, without colour.
    #[must_use]
    pub fn silent() -> Self {
        Manner {
            quiet: true,
            colour: ColorChoice::Never,
            ..Manner::default()
        }
    }
}

impl Ui {
    /// A user interface.
    #[must_use]
    pub fn new(manner: Manner) -> Self {
        let Manner { quiet, errors, .. } = manner;
        let stderr = io::stderr();
        let colour = manner.colour.enabled(&stderr);
        let spins = !quiet
            && !manner.verbose
            && stderr.is_terminal()
            && env::read(env::PODID_NO_PROGRESS).is_none();
        let progress = spins.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Ui {
            inner: Arc::new(Inner {
                quiet,
                colour,
                errors,
                progress,
                under_way: UnderWay::default(),
                asking: AtomicBool::new(false),
            }),
        }
    }

    /// Says what happened or is about to.
    pub fn status(&self, text: &str) {
        if !self.inner.quiet {
            self.line(text);
        }
    }

    /// Says something that deserves a look.
    pub fn warn(&self, text: &str) {
        if !self.inner.quiet {
            self.line(&format!(
                "{} {text}",
                paint(self.inner.colour, Style::Warning, "Warning:")
            ));
        }
    }

    /// Shows the next commands, on a terminal only.
    pub fn next_steps(&self, steps: &[String]) {
        if steps.is_empty() || self.inner.quiet || !io::stderr().is_terminal() {
            return;
        }
        self.line(&paint(self.inner.colour, Style::Strong, "Next steps:"));
        for (index, step) in steps.iter().enumerate() {
            self.line(&format!("  {}. {step}", index + 1));
        }
    }

    /// Shows an error in the chosen format.
    pub fn error(&self, error: &Error) {
        match self.inner.errors {
            ErrorFormat::Text => self.line(&error_text(error, self.inner.colour)),
            ErrorFormat::Json => self.line(&error.to_json().to_string()),
        }
    }

    /// Starts a step of work that takes time.
    #[must_use]
    pub fn step(&self, label: &str) -> Step {
        let under_way = &self.inner.under_way;
        match &self.inner.progress {
            Some(all) => Step::on_terminal(self.clone(), all, label, under_way),
            None if self.inner.quiet => Step::silent(label, under_way),
            None => Step::plain(self.clone(), label, under_way),
        }
    }

    /// What every step that has not ended said last.
    #[must_use]
    pub fn steps_under_way(&self) -> Vec<String> {
        self.inner.under_way.lines()
    }

    /// Whether there is somebody to ask.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a yes-or-no question.
    ///
    /// # Errors
    /// Nobody can be asked (no terminal): a usage error that names `--yes`.
    pub fn confirm(&self, question: &str) -> Result<bool> {
        if !self.can_ask() {
            return Err(
                Error::usage("A confirmation is needed and nobody can be asked here")
                    .hint("add --yes when not running interactively"),
            );
        }
        self.write(&format!("{question} [y/N] "));
        let mut answer = String::new();
        self.inner.asking.store(true, Ordering::Relaxed);
        let read = io::stdin().lock().read_line(&mut answer);
        self.inner.asking.store(false, Ordering::Relaxed);
        read.map_err(|error| {
            Error::new(Kind::Failed, "The answer could not be read").cause(error.to_string())
        })?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
    }

    /// Says lines whose signs (`+`, `~`, `-`) colour repeats.
    pub fn changes(&self, text: &str) {
        if !self.inner.quiet {
            self.line(&super::style::paint_signed(self.inner.colour, text));
        }
    }

    /// Whether a question waits for its answer: nothing else goes on then.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.inner.asking.load(Ordering::Relaxed)
    }

    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        paint(self.inner.colour, style, text)
    }

    pub(super) fn line(&self, text: &str) {
        if let Some(progress) = &self.inner.progress {
            progress.suspend(|| self.write(&format!("{text}\n")));
        } else {
            self.write(&format!("{text}\n"));
        }
    }

    // When stderr itself cannot be written there is nobody left to tell.
    #[allow(clippy::unused_self)]
    fn write(&self, text: &str) {
        let mut stderr = io::stderr().lock();
        // The last gate: what a service or a proxy said may quote what it was sent.
        let _ = stderr.write_all(redacted(text).as_bytes());
        let _ = stderr.flush();
    }
}
