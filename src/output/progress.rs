//! Progress lines on stderr: a spinner per step on a terminal, plain lines elsewhere.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::style::{Style, paint};

/// How often a log without a terminal hears that something still goes on.
const PLAIN_INTERVAL: Duration = Duration::from_secs(15);

/// One step that takes time, for example the PATCH of one scale set.
///
/// Cloning gives another handle on the same line.
#[derive(Debug, Clone)]
pub struct Step {
    label: String,
    bar: Option<ProgressBar>,
    plain: Option<super::ui::Ui>,
    last: Arc<Mutex<Instant>>,
}

impl Step {
    pub(super) fn on_terminal(all: &MultiProgress, label: &str) -> Self {
        let bar = all.add(ProgressBar::new_spinner());
        let style = ProgressStyle::with_template("{spinner} {prefix} {msg} ({elapsed})");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_prefix(label.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Step {
            label: label.to_owned(),
            bar: Some(bar),
            plain: None,
            last: now(),
        }
    }

    pub(super) fn plain(ui: super::ui::Ui, label: &str) -> Self {
        Step {
            label: label.to_owned(),
            bar: None,
            plain: Some(ui),
            last: now(),
        }
    }

    pub(super) fn silent(label: &str) -> Self {
        Step {
            label: label.to_owned(),
            bar: None,
            plain: None,
            last: now(),
        }
    }

    /// Says what is being done now.
    pub fn update(&self, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        } else if let Some(ui) = &self.plain {
            ui.line(&format!("{}: {message}", self.label));
        }
    }

    /// Says how far it is; without a terminal only every quarter of a minute.
    pub fn detail(&self, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        } else if self.plain.is_some() && self.quiet_for_long() {
            self.update(message);
        }
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
        if let Some(bar) = &self.bar {
            let template = ProgressStyle::with_template("{msg}");
            bar.set_style(template.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.finish_with_message(format!(
                "{} {} {message}",
                paint(true, style, word),
                self.label
            ));
        } else if let Some(ui) = &self.plain {
            ui.line(&format!("{}: {message}", self.label));
        }
    }
}

fn now() -> Arc<Mutex<Instant>> {
    Arc::new(Mutex::new(Instant::now()))
}
