//! Colour: when it is used, and the few styles there are. Colour never carries meaning alone.

use std::io::IsTerminal;

use clap::ValueEnum;

use crate::env;

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// Colour on a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always colour.
    Always,
    /// Never colour.
    Never,
}

impl ColorChoice {
    /// Whether to colour a stream: the flag beats `NO_COLOR`, which beats `FORCE_COLOR`.
    #[must_use]
    pub fn enabled(self, stream: &impl IsTerminal) -> bool {
        match self {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                if env::read(env::NO_COLOR).is_some() {
                    return false;
                }
                let forced = env::read(env::FORCE_COLOR).is_some()
                    || env::read(env::CLICOLOR_FORCE).is_some_and(|value| value != "0");
                forced || stream.is_terminal()
            }
        }
    }
}

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A failure.
    Error,
    /// Something to look at.
    Warning,
    /// Done.
    Success,
    /// Secondary text.
    Dim,
    /// A command or a name to copy.
    Strong,
}

/// Wraps `text` in the style's terminal codes when `enabled`.
#[must_use]
pub fn paint(enabled: bool, style: Style, text: &str) -> String {
    if !enabled {
        return text.to_owned();
    }
    let code = match style {
        Style::Error => "1;31",
        Style::Warning => "1;33",
        Style::Success => "32",
        Style::Dim => "2",
        Style::Strong => "1",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
