//! How an error reads on a terminal.

use super::style::{Style, paint};
use crate::error::Error;

/// The lines of an error: what, why, what to do, and the service's code and request id.
#[must_use]
pub fn error_text(error: &Error, colour: bool) -> String {
    let mut lines = Vec::new();
    lines.push(format!(
        "{} {}",
        paint(colour, Style::Error, "Error:"),
        error.message
    ));
    body(error, colour, "", &mut lines);
    lines.join("\n")
}

fn body(error: &Error, colour: bool, indent: &str, lines: &mut Vec<String>) {
    for cause in &error.causes {
        lines.push(format!(
            "{indent}{} {cause}",
            paint(colour, Style::Strong, "Caused by:")
        ));
    }
    for detail in &error.details {
        lines.push(format!("{indent}  - {}", detail.message));
        body(detail, colour, &format!("{indent}    "), lines);
    }
    for hint in &error.hints {
        lines.push(format!(
            "{indent}{} {hint}",
            paint(colour, Style::Success, "Hint:")
        ));
    }
    let mut last = Vec::new();
    if let Some(request) = &error.request_id {
        last.push(format!("request {request}"));
    }
    if let Some(code) = &error.code {
        last.push(format!("code {code}"));
    }
    if !last.is_empty() {
        lines.push(format!(
            "{indent}      {}",
            paint(colour, Style::Dim, &last.join("  "))
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn says_what_why_and_what_next() {
        let mut error = Error::new(Kind::Permission, "Pod identity `a/b` was not added")
            .cause("the signed-in principal may not assign it")
            .hint("ask an owner");
        error.code = Some("LinkedAuthorizationFailed".to_owned());
        error.request_id = Some("5f0c".to_owned());
        assert_eq!(
            error_text(&error, false),
            "Error: Pod identity `a/b` was not added\n\
             Caused by: the signed-in principal may not assign it\n\
             Hint: ask an owner\n\
             \u{20}     request 5f0c  code LinkedAuthorizationFailed"
        );
    }
}
