//! Ctrl-C: the command ends with what was going on and how to continue.

use std::ffi::OsString;
use std::future::Future;

use tokio::sync::oneshot;

use crate::error::{Error, Kind, Result};
use crate::output::ui::Ui;

/// Runs `work` to its end, or to Ctrl-C.
///
/// A second Ctrl-C, or one while nothing listens any more (the result is being written), ends the
/// process at once.
///
/// # Errors
/// Those of `work`, or the interruption.
pub(super) async fn unless_interrupted<T>(
    ui: &Ui,
    work: impl Future<Output = Result<T>>,
    told: impl FnOnce() -> Error,
) -> Result<T> {
    let (first, interrupted) = oneshot::channel();
    // A task of its own: `work` may block its thread, for example on stdin.
    tokio::spawn(listen(ui.clone(), first));
    tokio::select! {
        done = work => done,
        Ok(()) = interrupted => Err(told()),
    }
}

async fn listen(ui: Ui, first: oneshot::Sender<()>) {
    if tokio::signal::ctrl_c().await.is_err() {
        // No handler was installed: Ctrl-C ends the process as it does by default.
        return;
    }
    if ui.is_asking() {
        // Whoever asks blocks its thread, and nobody will answer any more.
        ui.error(&Error::new(
            Kind::Interrupted,
            "Interrupted before the question was answered",
        ));
    } else if first.send(()).is_ok() && tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    // Every command can be killed at any point and continued, so there is nothing to clean up.
    #[allow(clippy::exit)]
    std::process::exit(i32::from(Kind::Interrupted.exit_code()));
}

/// What an interrupted run says: what goes on in Azure, and the command that continues.
pub(super) fn error(ui: &Ui, changes: bool, arguments: &[OsString]) -> Error {
    if !changes {
        return Error::new(Kind::Interrupted, "Interrupted");
    }
    let under_way: Vec<Error> = ui
        .steps_under_way()
        .into_iter()
        .map(|step| Error::new(Kind::Interrupted, step))
        .collect();
    let watched = !under_way.is_empty();
    let error =
        Error::new(Kind::Interrupted, "Interrupted before everything was done").details(under_way);
    let error = if watched {
        error.hint("what Azure has accepted goes on there; `podid list` shows how far it got")
    } else {
        error
    };
    error.hint(format!("continue with: {}", command_line(arguments)))
}

/// The command as it can be typed again; podid takes no secret as an argument.
fn command_line(arguments: &[OsString]) -> String {
    let words = arguments
        .iter()
        .skip(1)
        .map(|word| quoted(&word.to_string_lossy()));
    std::iter::once("podid".to_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_typed_again() {
        let words = ["/usr/bin/podid", "list", "--query", "[?name=='a'].name", ""];
        let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
        assert_eq!(
            command_line(&words),
            r"podid list --query '[?name=='\''a'\''].name' ''"
        );
    }
}
