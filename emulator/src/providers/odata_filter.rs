//! The little OData that `$filter` speaks here: `atScope()`, `name('value')`, `name eq 'value'`, joined by `and`.

use super::refusals::bad_request;
use crate::arm::error::ArmError;

/// One condition of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// `name eq 'value'`
    Equals(String, String),
    /// `name('value')`, or `name()` with an empty value
    Call(String, String),
}

/// Splits a filter into its terms.
///
/// # Errors
/// When the text is anything but terms joined by `and`.
pub(crate) fn parse(filter: &str) -> Result<Vec<Term>, ArmError> {
    let mut terms = Vec::new();
    let mut rest = filter.trim();
    while !rest.is_empty() {
        let (term, after) = term(rest).ok_or_else(|| {
            bad_request(
                "UnsupportedQuery",
                format!("The filter '{filter}' is not supported. Supported filters are either 'atScope()', 'principalId eq '{{value}}'' or 'assignedTo('{{value}}')'."),
            )
        })?;
        terms.push(term);
        rest = after.trim_start();
        if rest.is_empty() {
            break;
        }
        rest = strip_word(rest, "and").ok_or_else(|| {
            bad_request(
                "UnsupportedQuery",
                format!("The filter '{filter}' is not supported."),
            )
        })?;
    }
    Ok(terms)
}

fn term(text: &str) -> Option<(Term, &str)> {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '_'))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    if let Some(inside) = rest.trim_start().strip_prefix('(') {
        if let Some(after) = inside.trim_start().strip_prefix(')') {
            return Some((Term::Call(name.to_owned(), String::new()), after));
        }
        let (value, after) = quoted(inside.trim_start())?;
        let after = after.trim_start().strip_prefix(')')?;
        return Some((Term::Call(name.to_owned(), value), after));
    }
    let (value, after) = quoted(strip_word(rest.trim_start(), "eq")?)?;
    Some((Term::Equals(name.to_owned(), value), after))
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    let rest = &text[word.len()..];
    (head.eq_ignore_ascii_case(word) && rest.starts_with(char::is_whitespace))
        .then(|| rest.trim_start())
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let end = rest.find('\'')?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        // A doubled quote is a quote inside the value.
        match rest.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Some((value, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_the_clients() {
        assert_eq!(
            parse("atScope() and assignedTo('ab')").unwrap(),
            [
                Term::Call("atScope".into(), String::new()),
                Term::Call("assignedTo".into(), "ab".into())
            ]
        );
        assert_eq!(
            parse("roleName eq 'Owner''s'").unwrap(),
            [Term::Equals("roleName".into(), "Owner's".into())]
        );
        assert!(parse("principalId ne 'x'").is_err());
        assert!(parse("atScope() or atScope()").is_err());
        assert!(parse("principalId eq 'x").is_err());
    }
}
