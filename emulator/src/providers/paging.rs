//! Lists in pages: `$top`, `$skiptoken` and `nextLink`. The token names the last item handed out, so that a resource
//! added or removed between two pages neither repeats nor hides another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::json::text;
use super::refusals::bad_request;
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};

/// One page of `items`, which carry an `id` and are sorted by it ignoring case.
pub(crate) fn page(
    request: &Request,
    items: Vec<Value>,
    page_size: usize,
) -> Result<Reply, ArmError> {
    let after = match request.query.get("$skiptoken") {
        None => String::new(),
        Some(token) => read_token(token)?,
    };
    let size = match request.query.get("$top") {
        None => page_size,
        Some(top) => top
            .parse()
            .ok()
            .filter(|top| (1..=page_size).contains(top))
            .ok_or_else(|| {
                bad_request(
                    "InvalidTopQueryParameter",
                    format!("The query parameter $top must be between 1 and {page_size}."),
                )
            })?,
    };
    let mut rest = items
        .into_iter()
        .filter(|item| text(item, "/id").to_ascii_lowercase() > after);
    let value: Vec<Value> = rest.by_ref().take(size).collect();
    let mut body = json!({ "value": value });
    if let (Some(_), Some(last)) = (rest.next(), value.last()) {
        body["nextLink"] = Value::String(next_link(request, text(last, "/id")));
    }
    Ok(Reply::ok(body))
}

fn read_token(token: &str) -> Result<String, ArmError> {
    URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|id| id.starts_with('/'))
        .ok_or_else(|| {
            bad_request(
                "InvalidSkipToken",
                format!("The query parameter $skiptoken '{token}' is not valid."),
            )
        })
}

fn next_link(request: &Request, last: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in &request.query {
        if key != "$skiptoken" {
            query.append_pair(key, value);
        }
    }
    let token = URL_SAFE_NO_PAD.encode(last.to_ascii_lowercase());
    query.append_pair("$skiptoken", &token);
    let path: Vec<String> = request
        .path
        .split('/')
        .map(|s| percent_encoding::utf8_percent_encode(s, SEGMENT).to_string())
        .collect();
    format!("{}{}?{}", request.base_url, path.join("/"), query.finish())
}

const SEGMENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
