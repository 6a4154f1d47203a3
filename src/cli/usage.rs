//! Usage errors that clap finds, in the format asked for.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::GlobalArgs;
use crate::env;
use crate::error::Error;
use crate::output::ui::{ErrorFormat, Manner, Ui};
use crate::settings::Settings;

/// Prints what clap says, help and version included, and returns the exit code.
pub(super) fn tell(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if !asked && wants_json(arguments) {
        let ui = Ui::new(Manner {
            errors: ErrorFormat::Json,
            ..Manner::silent()
        });
        ui.error(&translated(error));
    } else {
        // Nobody is left to tell when the stream is closed.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Whether `--error-format json` was among the arguments, which clap could not read to the end.
fn wants_json(arguments: &[OsString]) -> bool {
    let mut words = arguments
        .iter()
        .skip(1)
        .take_while(|word| *word != "--")
        .peekable();
    let mut wanted = None;
    while let Some(word) = words.next() {
        if word == "--error-format" {
            wanted = words.peek().map(|next| *next == "json");
        } else if let Some(value) = word
            .to_str()
            .and_then(|word| word.strip_prefix("--error-format="))
        {
            wanted = Some(value == "json");
        }
    }
    wanted.unwrap_or_else(|| {
        if let Some(format) = env::read(env::PODID_ERROR_FORMAT) {
            return format == "json";
        }
        let (settings, _) = Settings::load(GlobalArgs::default(), None);
        settings.error_format().value == ErrorFormat::Json
    })
}

fn translated(error: &clap::Error) -> Error {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Error::usage("No command is given").hint("see `podid --help`");
    }
    let text = error.to_string();
    let mut parts = text.split("\n\n");
    let lines = parts.next().unwrap_or_default().lines().map(str::trim);
    let message = lines.collect::<Vec<_>>().join(" ");
    // The list of subcommands is what the hint's `--help` is for.
    let message = match message.split_once(" [subcommands: ") {
        Some((before, _)) => before,
        None => message.as_str(),
    };
    let mut told = Error::usage(message.trim_start_matches("error: "));
    for part in parts {
        if let Some(tip) = part.trim().strip_prefix("tip: ") {
            told.hints.push(tip.to_owned());
        } else if let Some(usage) = part.trim().strip_prefix("Usage: ") {
            told.hints.push(format!("usage: {usage}"));
        }
    }
    told.target = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => Some(argument.clone()),
        Some(ContextValue::Strings(arguments)) => Some(arguments.join(" ")),
        _ => None,
    };
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn the_last_format_wins() {
        assert!(wants_json(&words(&[
            "podid",
            "--error-format",
            "json",
            "x"
        ])));
        assert!(wants_json(&words(&["podid", "--error-format=json"])));
        let both = ["podid", "--error-format=json", "--error-format", "text"];
        assert!(!wants_json(&words(&both)));
        assert!(!wants_json(&words(&[
            "podid",
            "run",
            "--",
            "--error-format=json"
        ])));
    }
}
