//! Progress lines on stderr: a spinner per step on a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::style::{Style, paint};

/// One step that takes time, for example the PATCH of one scale set.
///
/// Cloning gives another handle on the same line.
#[derive(Debug, Clone)]
pub struct Step {
    label: String,
    bar: Option<ProgressBar>,
    plain: Option<super::ui::Ui>,
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
        }
    }

    pub(super) fn plain(ui: super::ui::Ui, label: &str) -> Self {
        Step {
            label: label.to_owned(),
            bar: None,
            plain: Some(ui),
        }
    }

    pub(super) fn silent(label: &str) -> Self {
        Step {
            label: label.to_owned(),
            bar: None,
            plain: None,
        }
    }

    /// Says what is going on now.
    pub fn update(&self, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        } else if let Some(ui) = &self.plain {
            ui.line(&format!("{}: {message}", self.label));
        }
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
