//! What every request goes through: record, faults, service, reply headers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http_body_util::Full;
use serde_json::Value;
use tokio::sync::watch;

use super::Shared;
use super::connections::response;
use super::incoming::{Incoming, Service};
use super::services;
use crate::arm::request::Reply;
use crate::control;
use crate::world::faults::{Action, Moment};

/// The connection is to be closed without a reply.
#[derive(Debug, thiserror::Error)]
#[error("dropped on purpose")]
pub struct Dropped;

/// Answers a request.
///
/// # Errors
/// When a fault wants the connection dropped.
pub async fn respond(
    shared: Arc<Shared>,
    incoming: Incoming,
) -> Result<http::Response<Full<Bytes>>, Dropped> {
    if incoming.service == Service::Control {
        let reply = control::serve(&shared, &incoming).await;
        shared.changed();
        return Ok(finish(&incoming, reply));
    }
    // Subscribed before the call is recorded: whoever sees the call in the record can release it.
    let releases = shared.releases.subscribe();
    let (n, fault) = {
        let mut world = shared.world();
        world.tick();
        let fault = world.faults.take(&incoming);
        let now = world.now();
        if fault.hang.is_some() {
            world.faults.hanging += 1;
        }
        (world.calls.begin(&incoming, now), fault)
    };
    let held = fault.hang.map(|moment| (moment, Held(Arc::clone(&shared))));
    if let Some(seconds) = fault.delay_seconds {
        tokio::time::sleep(Duration::from_secs_f64(seconds.clamp(0.0, 3600.0))).await;
    }
    match (fault.drop, &held) {
        (Some(Moment::Before), _) => return Err(Dropped),
        (_, Some((Moment::Before, _))) => released(releases.clone()).await,
        _ => {}
    }
    let reply = services::answer(&shared, &incoming, &fault, n).await;
    shared.changed();
    tokio::time::sleep(reply.delay).await;
    match (fault.drop, &held) {
        (Some(Moment::After), _) => return Err(Dropped),
        (_, Some((Moment::After, _))) => released(releases).await,
        _ => {}
    }
    Ok(finish(&incoming, reply))
}

/// Counts a held request for as long as its client waits.
struct Held(Arc<Shared>);

impl Drop for Held {
    fn drop(&mut self) {
        let mut world = self.0.world();
        world.faults.hanging = world.faults.hanging.saturating_sub(1);
    }
}

async fn released(mut releases: watch::Receiver<u64>) {
    // The sender lives as long as the emulator; when it is gone, so is this connection.
    let _ = releases.changed().await;
}

fn finish(incoming: &Incoming, reply: Reply) -> http::Response<Full<Bytes>> {
    let mut headers: Vec<(String, String)> = vec![
        ("Cache-Control".into(), "no-cache".into()),
        ("x-ms-request-id".into(), incoming.request_id.clone()),
    ];
    if incoming.service == Service::Arm {
        let correlation = incoming
            .header("x-ms-correlation-request-id")
            .unwrap_or(&incoming.request_id);
        headers.extend([
            ("Pragma".into(), "no-cache".into()),
            ("Expires".into(), "-1".into()),
            ("x-ms-correlation-request-id".into(), correlation.to_owned()),
            (
                "x-ms-routing-request-id".into(),
                format!("EMULATOR:{}", incoming.request_id),
            ),
            (
                "Strict-Transport-Security".into(),
                "max-age=31536000; includeSubDomains".into(),
            ),
            ("X-Content-Type-Options".into(), "nosniff".into()),
        ]);
        if let Some(id) = incoming.header("x-ms-client-request-id") {
            headers.push(("x-ms-client-request-id".into(), id.to_owned()));
        }
    }
    let text = |body: &Value| Bytes::from(body.to_string());
    let body = match (&reply.body, incoming.method == Method::HEAD) {
        (Some(Value::String(plain)), false) if is_plain(&reply) => Bytes::from(plain.clone()),
        (Some(body), false) => {
            headers.push((
                "Content-Type".into(),
                "application/json; charset=utf-8".into(),
            ));
            text(body)
        }
        _ => Bytes::new(),
    };
    headers.extend(reply.headers);
    response(reply.status, &headers, body)
}

/// A reply that names its own content type is text, not JSON.
fn is_plain(reply: &Reply) -> bool {
    reply
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
}

/// Whether a fault answers by itself.
pub(crate) fn answers(fault: &Action) -> bool {
    fault.status.is_some() || fault.throttle.is_some()
}
