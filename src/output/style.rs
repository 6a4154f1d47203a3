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

impl ColorChoice {
    /// Whether to colour results.
    #[must_use]
    pub fn for_stdout(self) -> bool {
        self.enabled(&std::io::stdout())
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

/// Paints each line by the sign it begins with: what comes, what changes, what goes.
#[must_use]
pub fn paint_signed(enabled: bool, text: &str) -> String {
    if !enabled {
        return text.to_owned();
    }
    let painted = text.split_inclusive('\n').map(|line| {
        let bare = line.trim_end_matches('\n');
        let style = match bare.as_bytes() {
            [b'+', b'+', ..] | [b'-', b'-', ..] => Style::Strong,
            [b'+', ..] => Style::Success,
            [b'~', ..] => Style::Warning,
            [b'-', ..] => Style::Error,
            [b'@', ..] => Style::Dim,
            _ => return line.to_owned(),
        };
        format!("{}{}", paint(true, style, bare), &line[bare.len()..])
    });
    painted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_coloured_and_stay() {
        let text = "+ a\n~ b\n- c\n  d\n";
        assert_eq!(paint_signed(false, text), text);
        assert_eq!(
            paint_signed(true, text),
            "\x1b[32m+ a\x1b[0m\n\x1b[1;33m~ b\x1b[0m\n\x1b[1;31m- c\x1b[0m\n  d\n"
        );
    }
}
