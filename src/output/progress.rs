//! Progress lines on stderr: a spinner per step on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::style::Style;

/// How often a log without a terminal hears that something still goes on.
const PLAIN_INTERVAL: Duration = Duration::from_secs(15);

/// What every step that goes on said last, in the order they began.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay {
    steps: Arc<Mutex<BTreeMap<usize, String>>>,
}

impl UnderWay {
    /// One line per step.
    pub(super) fn lines(&self) -> Vec<String> {
        self.locked().values().cloned().collect()
    }

    fn begin(&self, label: &str) -> usize {
        let mut steps = self.locked();
        let number = steps.last_key_value().map_or(0, |(last, _)| last + 1);
        steps.insert(number, label.to_owned());
        number
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<usize, String>> {
        // A text is whole at any moment, whatever happened to the thread that wrote it.
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One step that takes time, for example the PATCH of one scale set.
///
/// Cloning gives another handle on the same line.
#[derive(Debug, Clone)]
pub struct Step {
    label: String,
    bar: Option<ProgressBar>,
    ui: Option<super::ui::Ui>,
    last: Arc<Mutex<Instant>>,
    under_way: UnderWay,
    number: usize,
}

impl Step {
    pub(super) fn on_terminal(
        ui: super::ui::Ui,
        all: &MultiProgress,
        label: &str,
        under_way: &UnderWay,
    ) -> Self {
        let bar = all.add(ProgressBar::new_spinner());
        let style = ProgressStyle::with_template("{spinner} {prefix} {msg} ({elapsed})");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_prefix(label.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Step {
            bar: Some(bar),
            ui: Some(ui),
            ..Step::silent(label, under_way)
        }
    }

    pub(super) fn plain(ui: super::ui::Ui, label: &str, under_way: &UnderWay) -> Self {
        Step {
            ui: Some(ui),
            ..Step::silent(label, under_way)
        }
    }

    pub(super) fn silent(label: &str, under_way: &UnderWay) -> Self {
        Step {
            label: label.to_owned(),
            bar: None,
            ui: None,
            last: Arc::new(Mutex::new(Instant::now())),
            number: under_way.begin(label),
            under_way: under_way.clone(),
        }
    }

    /// Says what is being done now.
    pub fn update(&self, message: &str) {
        self.remember(message);
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        } else if let Some(ui) = &self.ui {
            ui.line(&format!("{}: {message}", self.label));
        }
    }

    /// Says how far it is; without a terminal only every quarter of a minute.
    pub fn detail(&self, message: &str) {
        self.remember(message);
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        } else if self.ui.is_some() && self.quiet_for_long() {
            self.update(message);
        }
    }

    /// For whoever interrupts: what went on.
    fn remember(&self, message: &str) {
        let line = format!("{}: {message}", self.label);
        self.under_way.locked().insert(self.number, line);
    }

    /// Whether the last plain line is old; starts the count anew if so.
    fn quiet_for_long(&self) -> bool {
        let Ok(mut last) = self.last.lock() else {
            return false;
        };
        let long = last.elapsed() >= PLAIN_INTERVAL;
        if long {
            *last = Instant::now();
        }
        long
    }

    /// Ends the step well.
    pub fn done(&self, message: &str) {
        self.end("done", Style::Success, message);
    }

    /// Ends the step badly; the error itself is told at the end of the command.
    pub fn failed(&self, message: &str) {
        self.end("failed", Style::Error, message);
    }

    fn end(&self, word: &str, style: Style, message: &str) {
        self.under_way.locked().remove(&self.number);
        if let Some(bar) = &self.bar {
            // A finished bar that stays would be redrawn over what is printed after it.
            bar.finish_and_clear();
        }
        let Some(ui) = &self.ui else { return };
        if self.bar.is_some() {
            ui.line(&format!(
                "{}: {message} {}",
                self.label,
                ui.paint(style, word)
            ));
        } else {
            ui.line(&format!("{}: {message}", self.label));
        }
    }
}
