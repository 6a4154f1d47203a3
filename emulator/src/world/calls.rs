//! The record of calls: what clients asked and what they were told.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::server::incoming::{Incoming, Service};

/// One recorded call.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Its number, from 1.
    pub n: u64,
    /// When it came in.
    pub time: String,
    /// The HTTP method.
    pub method: String,
    /// The decoded path.
    pub path: String,
    /// The query as sent.
    pub query: String,
    /// The status answered; null until then, and for ever when the call never was handled.
    pub status: Option<u16>,
    /// Object id of the caller.
    pub principal: Option<String>,
    /// Which service was called.
    pub service: Service,
    /// The `User-Agent`.
    pub user_agent: Option<String>,
    /// The body of an ARM write, secrets blotted out.
    pub body: Option<Value>,
    /// The headers of an ARM call, without the one that carries the token.
    pub headers: BTreeMap<String, String>,
}

/// All recorded calls.
#[derive(Debug, Default)]
pub struct Calls {
    all: Vec<Call>,
    last: u64,
}

impl Calls {
    /// Records a call as it comes in; gives its number.
    pub fn begin(&mut self, incoming: &Incoming, time: jiff::Timestamp) -> u64 {
        self.last += 1;
        let body = (incoming.service == Service::Arm && !incoming.body.is_empty())
            .then(|| serde_json::from_slice(&incoming.body).ok().map(blot))
            .flatten();
        self.all.push(Call {
            n: self.last,
            time: time.to_string(),
            method: incoming.method.to_string(),
            path: incoming.path.clone(),
            query: incoming.raw_query.clone(),
            status: None,
            principal: None,
            service: incoming.service,
            user_agent: incoming.header("user-agent").map(str::to_owned),
            body,
            headers: headers(incoming),
        });
        self.last
    }

    /// Records the answer.
    pub fn end(&mut self, n: u64, status: u16, principal: Option<String>) {
        if let Some(call) = self.all.iter_mut().rev().find(|call| call.n == n) {
            call.status = Some(status);
            call.principal = principal;
        }
    }

    /// Calls after number `n`.
    pub fn since(&self, n: u64) -> &[Call] {
        let at = self.all.partition_point(|call| call.n <= n);
        &self.all[at..]
    }

    /// Forgets all calls; numbers go on.
    pub fn clear(&mut self) {
        self.all.clear();
    }
}

/// Who calls is recorded as `principal`; the token itself is nobody's business.
fn headers(incoming: &Incoming) -> BTreeMap<String, String> {
    if incoming.service != Service::Arm {
        return BTreeMap::new();
    }
    let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let kept = *name != http::header::AUTHORIZATION;
        kept.then(|| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .flatten()
    };
    incoming.headers.iter().filter_map(text).collect()
}

fn blot(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| {
                let lower = key.to_lowercase();
                let secret = ["secret", "password", "kubeconfig", "token"]
                    .iter()
                    .any(|word| lower.contains(word));
                let value = if secret && value.is_string() {
                    "***".into()
                } else {
                    blot(value)
                };
                (key, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(blot).collect(),
        other => other,
    }
}
