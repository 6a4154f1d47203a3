//! The budgets of Resource Manager and its resource providers, kept on this side as well.
//!
//! The services count with token buckets and answer 429 when one is empty; asking again then costs
//! more than holding back before. podid keeps the published buckets and corrects them by the
//! `x-ms-ratelimit-remaining-*` headers, because others use the same budgets.
//! Sizes: ARM and AKS "request limits" and Compute "API throttling" pages on learn.microsoft.com.

use std::collections::HashMap;
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use super::answer::text;
use super::call::Method;
use super::retry::retry_after;

/// The buckets seen so far.
#[derive(Debug, Default)]
pub(super) struct Budgets(HashMap<String, Bucket>);

#[derive(Debug)]
struct Bucket {
    size: f64,
    per_second: f64,
    tokens: f64,
    filled: Instant,
    closed_until: Option<Instant>,
}

/// A bucket that a call draws from.
#[derive(Debug, PartialEq)]
struct Draw {
    key: String,
    size: f64,
    per_second: f64,
}

impl Budgets {
    /// Takes one token from each bucket of the call; or says how long until it could.
    pub(super) fn take(&mut self, now: Instant, method: Method, path: &str) -> Option<Duration> {
        let wait = self.wait(now, method, path);
        if !wait.is_zero() {
            return Some(wait);
        }
        for draw in &draws(method, path) {
            self.bucket(draw, now).tokens -= 1.0;
        }
        None
    }

    /// How long until each bucket of the call has a token.
    pub(super) fn wait(&mut self, now: Instant, method: Method, path: &str) -> Duration {
        let draws = draws(method, path);
        draws
            .iter()
            .map(|draw| self.bucket(draw, now).wait(now))
            .max()
            .unwrap_or_default()
    }

    /// Corrects the buckets of a call by what the answer says is left.
    pub(super) fn learn(
        &mut self,
        now: Instant,
        method: Method,
        path: &str,
        status: u16,
        headers: &HeaderMap,
    ) {
        let draws = draws(method, path);
        let of_subscription = format!("x-ms-ratelimit-remaining-subscription-{}", class(method));
        let left = text(headers, &of_subscription).and_then(|value| value.trim().parse().ok());
        if let (Some(left), Some(first)) = (left, draws.first()) {
            self.bucket(first, now).lower_to(left);
        }
        let Some(last) = draws.last() else { return };
        let of_resource = text(headers, "x-ms-ratelimit-remaining-resource");
        if let Some(left) = of_resource.and_then(least_left) {
            self.bucket(last, now).lower_to(left);
        }
        if status == 429
            && let Some(wait) = retry_after(headers)
        {
            // Other calls to the same resource hold back too, instead of earning a 429 each.
            self.bucket(last, now).closed_until = Some(now + wait);
        }
    }

    fn bucket(&mut self, draw: &Draw, now: Instant) -> &mut Bucket {
        let bucket = self.0.entry(draw.key.clone()).or_insert(Bucket {
            size: draw.size,
            per_second: draw.per_second,
            tokens: draw.size,
            filled: now,
            closed_until: None,
        });
        let gained = now.duration_since(bucket.filled).as_secs_f64() * bucket.per_second;
        bucket.tokens = (bucket.tokens + gained).min(bucket.size);
        bucket.filled = now;
        bucket
    }
}

impl Bucket {
    fn wait(&self, now: Instant) -> Duration {
        let closed = self
            .closed_until
            .map(|until| until.saturating_duration_since(now))
            .unwrap_or_default();
        let empty = (1.0 - self.tokens).max(0.0) / self.per_second;
        closed.max(Duration::from_secs_f64(empty))
    }

    fn lower_to(&mut self, left: f64) {
        self.tokens = self.tokens.min(left);
    }
}

/// The smallest number of `Microsoft.Compute/PutVMScaleSet;11,Microsoft.Compute/...;1499`.
fn least_left(header: &str) -> Option<f64> {
    header
        .split(',')
        .filter_map(|entry| entry.rsplit_once(';')?.1.trim().parse::<f64>().ok())
        .min_by(f64::total_cmp)
}

fn class(method: Method) -> &'static str {
    match method {
        Method::Get => "reads",
        Method::Delete => "deletes",
        Method::Put | Method::Patch | Method::Post => "writes",
    }
}

/// The buckets of a call, the widest first.
fn draws(method: Method, path: &str) -> Vec<Draw> {
    let path = path.trim_end_matches('/').to_lowercase();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let scope = match segments.as_slice() {
        ["subscriptions", subscription, ..] => subscription,
        _ => "tenant",
    };
    let (size, per_second) = match method {
        Method::Get => (250.0, 25.0),
        _ => (200.0, 10.0),
    };
    let mut draws = vec![Draw {
        key: format!("{scope} {}", class(method)),
        size,
        per_second,
    }];
    if path.contains("/providers/microsoft.managedidentity/userassignedidentities/") {
        // Published as rates; a minute's worth makes the bucket.
        let per_second = if method == Method::Get { 10.0 } else { 2.0 };
        draws.push(Draw {
            key: format!("{scope} identity {}", class(method)),
            size: per_second * 60.0,
            per_second,
        });
    }
    draws.extend(of_resource(method, &path, &segments));
    draws
}

fn of_resource(method: Method, path: &str, segments: &[&str]) -> Option<Draw> {
    let at = segments.iter().rposition(|word| *word == "providers")?;
    let draw = |what: &str, key: &str, size: f64, per_second: f64| {
        Some(Draw {
            key: format!("{what} {key}"),
            size,
            per_second,
        })
    };
    let write = matches!(method, Method::Put | Method::Patch);
    match (&segments[at + 1..], method) {
        // One token a minute: the reason why several identities go into one PUT.
        (["microsoft.containerservice", "managedclusters", ..], Method::Put) => {
            draw("put", path, 20.0, 1.0 / 60.0)
        }
        (["microsoft.containerservice", "managedclusters"], Method::Get) if at == 2 => {
            draw("list", path, 500.0, 1.0)
        }
        (["microsoft.containerservice", "managedclusters", ..], Method::Get) => {
            draw("get", path, 60.0, 1.0)
        }
        (["microsoft.containerservice", "locations", ..], Method::Get) => {
            draw("operation", segments.get(1)?, 200.0, 2.0)
        }
        (["microsoft.containerservice", ..], _) => draw("other", path, 60.0, 1.0),
        (
            [
                "microsoft.compute",
                "virtualmachinescalesets" | "virtualmachines",
                _,
            ],
            _,
        ) if write => draw("write", path, 12.0, 4.0 / 60.0),
        (
            ["microsoft.compute", "virtualmachines", _]
            | ["microsoft.compute", "virtualmachinescalesets", _, ..],
            Method::Get,
        ) => draw("get", path, 36.0, 12.0 / 60.0),
        // Four seconds apart for each identity, whichever of its credentials is written.
        (
            [
                "microsoft.managedidentity",
                "userassignedidentities",
                _,
                "federatedidentitycredentials",
                name,
            ],
            _,
        ) if method != Method::Get => {
            let identity = path.strip_suffix(name).unwrap_or(path);
            draw("credential", identity, 1.0, 0.25)
        }
        (["microsoft.managedidentity", "userassignedidentities", _], _) => {
            let per_second = if method == Method::Get { 0.5 } else { 0.25 };
            draw(class(method), path, per_second * 60.0, per_second)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &str = "/subscriptions/S/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/aks-apps";

    fn take(budgets: &mut Budgets, now: Instant, times: usize) -> Option<Duration> {
        (0..times).find_map(|_| budgets.take(now, Method::Patch, SET))
    }

    #[test]
    fn a_scale_set_takes_twelve_writes_and_four_a_minute() {
        let (mut budgets, now) = (Budgets::default(), Instant::now());
        assert_eq!(take(&mut budgets, now, 12), None);
        let wait = take(&mut budgets, now, 1).unwrap();
        assert!((14.0..=15.0).contains(&wait.as_secs_f64()), "{wait:?}");
        // Another scale set, and reads of this one, have their own.
        assert_eq!(budgets.take(now, Method::Patch, &format!("{SET}2")), None);
        assert_eq!(budgets.take(now, Method::Get, SET), None);
        let now = now + Duration::from_secs(15);
        assert_eq!(budgets.take(now, Method::Patch, &SET.to_uppercase()), None);
    }

    #[test]
    fn what_the_service_says_is_left_counts() {
        let (mut budgets, now) = (Budgets::default(), Instant::now());
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-ms-ratelimit-remaining-resource",
            "Microsoft.Compute/PutVMScaleSet;1,Microsoft.Compute/VMScaleSetResource;900"
                .parse()
                .unwrap(),
        );
        assert_eq!(take(&mut budgets, now, 1), None);
        budgets.learn(now, Method::Patch, SET, 200, &headers);
        assert_eq!(take(&mut budgets, now, 1), None);
        assert!(take(&mut budgets, now, 1).is_some());
    }

    #[test]
    fn a_429_closes_the_bucket_for_everybody() {
        let (mut budgets, now) = (Budgets::default(), Instant::now());
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", "20".parse().unwrap());
        budgets.learn(now, Method::Patch, SET, 429, &headers);
        assert_eq!(take(&mut budgets, now, 1), Some(Duration::from_secs(20)));
        let now = now + Duration::from_secs(20);
        assert_eq!(take(&mut budgets, now, 1), None);
    }

    #[test]
    fn writes_to_the_credentials_of_one_identity_are_kept_apart() {
        let (mut budgets, now) = (Budgets::default(), Instant::now());
        let credential = |identity: &str, name: &str| {
            format!(
                "/subscriptions/S/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{identity}/federatedIdentityCredentials/{name}"
            )
        };
        assert_eq!(
            budgets.take(now, Method::Put, &credential("a", "one")),
            None
        );
        let wait = budgets.take(now, Method::Put, &credential("a", "two"));
        assert_eq!(wait, Some(Duration::from_secs(4)));
        assert_eq!(
            budgets.take(now, Method::Put, &credential("b", "one")),
            None
        );
        assert_eq!(
            budgets.take(now, Method::Get, &credential("a", "one")),
            None
        );
    }

    #[test]
    fn every_call_draws_from_its_subscription() {
        let keys = |method, path| {
            draws(method, path)
                .into_iter()
                .map(|draw| draw.key)
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(Method::Get, "/subscriptions"), ["tenant reads"]);
        assert_eq!(
            keys(Method::Delete, "/subscriptions/S/resourceGroups/g"),
            ["s deletes"]
        );
    }
}
