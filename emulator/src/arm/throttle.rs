//! Which token buckets a request draws from, and the 429 of each service.

use http::Method;

use super::error::ArmError;
use super::target::Target;
use crate::world::World;
use crate::world::directory::Principal;
use crate::world::settings::BucketSize;

struct Rule {
    name: &'static str,
    key: String,
    size: BucketSize,
    header: Header,
    service: Limiter,
}

enum Header {
    None,
    Own(String),
    Resource(&'static str),
}

#[derive(Clone, Copy)]
enum Limiter {
    Arm,
    Aks,
    Compute,
    Identity,
}

const fn bucket(size: f64, per_second: f64) -> BucketSize {
    BucketSize { size, per_second }
}

/// Draws one token from each bucket of a request; gives the remaining-headers of the reply.
///
/// # Errors
/// 429 in the words of the service whose bucket is empty.
pub fn draw(
    world: &mut World,
    principal: &Principal,
    method: &Method,
    target: &Target,
) -> Result<Vec<(String, String)>, ArmError> {
    if principal.system || !world.settings.throttling.enabled {
        return Ok(Vec::new());
    }
    let mut rules = arm_rules(principal, method, target);
    rules.extend(provider_rules(method, target));
    let sizes = &world.settings.throttling.buckets;
    let wanted: Vec<(String, BucketSize)> = rules
        .iter()
        .map(|rule| {
            let size = sizes.get(rule.name).copied().unwrap_or(rule.size);
            (format!("{}|{}", rule.name, rule.key.to_lowercase()), size)
        })
        .collect();
    let now = world.now();
    match world.buckets.draw(&wanted, now) {
        Ok(left) => Ok(headers(&rules, &left)),
        Err((at, empty)) => Err(refusal(
            &rules[at],
            empty.retry_after,
            principal,
            method,
            target,
        )),
    }
}

fn arm_rules(principal: &Principal, method: &Method, target: &Target) -> Vec<Rule> {
    let (word, name, global, size) = match *method {
        Method::GET | Method::HEAD => (
            "reads",
            "arm-reads",
            "arm-global-reads",
            bucket(250.0, 25.0),
        ),
        Method::DELETE => (
            "deletes",
            "arm-deletes",
            "arm-global-deletes",
            bucket(200.0, 10.0),
        ),
        _ => (
            "writes",
            "arm-writes",
            "arm-global-writes",
            bucket(200.0, 10.0),
        ),
    };
    let oid = &principal.object_id;
    let Some(subscription) = &target.subscription else {
        return vec![Rule {
            name,
            key: format!("tenant|{oid}"),
            size,
            header: Header::Own(format!("x-ms-ratelimit-remaining-tenant-{word}")),
            service: Limiter::Arm,
        }];
    };
    vec![
        Rule {
            name,
            key: format!("{subscription}|{oid}"),
            size,
            header: Header::Own(format!("x-ms-ratelimit-remaining-subscription-{word}")),
            service: Limiter::Arm,
        },
        Rule {
            name: global,
            key: subscription.clone(),
            size: bucket(size.size * 15.0, size.per_second * 15.0),
            header: Header::Own(format!(
                "x-ms-ratelimit-remaining-subscription-global-{word}"
            )),
            service: Limiter::Arm,
        },
    ]
}

fn provider_rules(method: &Method, target: &Target) -> Vec<Rule> {
    let first = target
        .types
        .first()
        .map(|t| t.to_lowercase())
        .unwrap_or_default();
    match (target.provider.to_lowercase().as_str(), first.as_str()) {
        ("microsoft.containerservice", _) => vec![aks_rule(method, target)],
        ("microsoft.compute", "virtualmachinescalesets") => {
            compute_rules(method, target, &VMSS_NAMES)
        }
        ("microsoft.compute", "virtualmachines") => compute_rules(method, target, &VM_NAMES),
        ("microsoft.managedidentity", "userassignedidentities") => identity_rules(method, target),
        _ => Vec::new(),
    }
}

/// `subscription|first resource`: what per-resource buckets are keyed by.
fn parent(target: &Target) -> String {
    format!(
        "{}/{}",
        target.scope,
        target.names.first().map(String::as_str).unwrap_or_default()
    )
}

fn aks_rule(method: &Method, target: &Target) -> Rule {
    let kind = target.types.join("/").to_lowercase();
    let subscription = target.subscription.clone().unwrap_or_default();
    let (name, key, size) = match (kind.as_str(), method) {
        ("managedclusters", &Method::PUT) => {
            ("aks-put-cluster", parent(target), bucket(20.0, 1.0 / 60.0))
        }
        ("managedclusters/agentpools", &Method::PUT) => (
            "aks-put-agent-pool",
            parent(target),
            bucket(20.0, 1.0 / 60.0),
        ),
        ("managedclusters", &Method::GET) if !target.is_collection() => {
            ("aks-get-cluster", parent(target), bucket(60.0, 1.0))
        }
        ("managedclusters", &Method::GET) if target.resource_group.is_some() => {
            ("aks-list-group", target.scope.clone(), bucket(60.0, 1.0))
        }
        ("managedclusters", &Method::GET) => {
            ("aks-list-subscription", subscription, bucket(500.0, 1.0))
        }
        (locations, _) if locations.starts_with("locations/operation") => {
            ("aks-get-operation", subscription, bucket(200.0, 2.0))
        }
        _ => ("aks-other", parent(target), bucket(60.0, 1.0)),
    };
    Rule {
        name,
        key,
        size,
        header: Header::None,
        service: Limiter::Aks,
    }
}

struct ComputeNames {
    update: (&'static str, &'static str),
    get: (&'static str, &'static str),
    view: (&'static str, &'static str),
    list: &'static str,
    labels: [&'static str; 7],
}

static VMSS_NAMES: ComputeNames = ComputeNames {
    update: ("vmss-update", "vmss-update-subscription"),
    get: ("vmss-get", "vmss-get-subscription"),
    view: ("vmss-instance-view", "vmss-get-subscription"),
    list: "vmss-list-subscription",
    labels: [
        "Microsoft.Compute/UpdateVMScaleSetResource",
        "Microsoft.Compute/UpdateVMScaleSetSubscription",
        "Microsoft.Compute/GetVMScaleSetResource",
        "Microsoft.Compute/GetVMScaleSetSubscription",
        "Microsoft.Compute/VMScaleSetInstanceViewResource",
        "Microsoft.Compute/GetVMScaleSetSubscription",
        "Microsoft.Compute/ListVMScaleSetsSubscription",
    ],
};

static VM_NAMES: ComputeNames = ComputeNames {
    update: ("vm-update", "vm-update-subscription"),
    get: ("vm-get", "vm-get-subscription"),
    view: ("vm-instance-view", "vm-get-subscription"),
    list: "vm-list-subscription",
    labels: [
        "Microsoft.Compute/UpdateVMResource",
        "Microsoft.Compute/UpdateVMSubscription",
        "Microsoft.Compute/GetVMResource",
        "Microsoft.Compute/GetVMSubscription",
        "Microsoft.Compute/VMInstanceViewResource",
        "Microsoft.Compute/GetVMSubscription",
        "Microsoft.Compute/ListVMsSubscription",
    ],
};

fn compute_rules(method: &Method, target: &Target, names: &ComputeNames) -> Vec<Rule> {
    let per_minute = |size: f64, per_minute: f64| bucket(size, per_minute / 60.0);
    let rule = |name, key: &str, size, label| Rule {
        name,
        key: key.to_owned(),
        size,
        header: Header::Resource(label),
        service: Limiter::Compute,
    };
    let subscription = target.subscription.clone().unwrap_or_default();
    let resource = parent(target);
    let labels = names.labels;
    if target.names.is_empty() {
        return vec![rule(
            names.list,
            &subscription,
            per_minute(1080.0, 360.0),
            labels[6],
        )];
    }
    let view = target
        .types
        .last()
        .is_some_and(|t| t.eq_ignore_ascii_case("instanceView"));
    let (own, own_size, shared, shared_size, label, shared_label) = match *method {
        Method::GET | Method::HEAD if view => (
            names.view.0,
            per_minute(30.0, 10.0),
            names.view.1,
            per_minute(2400.0, 800.0),
            labels[4],
            labels[5],
        ),
        Method::GET | Method::HEAD => (
            names.get.0,
            per_minute(36.0, 12.0),
            names.get.1,
            per_minute(2400.0, 800.0),
            labels[2],
            labels[3],
        ),
        _ => (
            names.update.0,
            per_minute(12.0, 4.0),
            names.update.1,
            per_minute(1500.0, 500.0),
            labels[0],
            labels[1],
        ),
    };
    vec![
        rule(own, &resource, own_size, label),
        rule(shared, &subscription, shared_size, shared_label),
    ]
}

fn identity_rules(method: &Method, target: &Target) -> Vec<Rule> {
    // The published limits are rates; a minute's worth makes the bucket.
    let rate = |per_second: f64| bucket((per_second * 60.0).max(1.0), per_second);
    let (tenant, subscription, resource, rates) = match *method {
        Method::GET | Method::HEAD if target.is_collection() => (
            "identity-list-tenant",
            "identity-list-subscription",
            "identity-list",
            (15.0, 5.0, 0.25),
        ),
        Method::GET | Method::HEAD => (
            "identity-get-tenant",
            "identity-get-subscription",
            "identity-get",
            (30.0, 10.0, 0.5),
        ),
        Method::DELETE => (
            "identity-delete-tenant",
            "identity-delete-subscription",
            "identity-delete",
            (10.0, 2.0, 0.25),
        ),
        _ => (
            "identity-write-tenant",
            "identity-write-subscription",
            "identity-write",
            (10.0, 2.0, 0.25),
        ),
    };
    let keys = [
        (tenant, String::new(), rates.0),
        (
            subscription,
            target.subscription.clone().unwrap_or_default(),
            rates.1,
        ),
        (resource, parent(target), rates.2),
    ];
    keys.into_iter()
        .map(|(name, key, per_second)| Rule {
            name,
            key,
            size: rate(per_second),
            header: Header::None,
            service: Limiter::Identity,
        })
        .collect()
}

fn headers(rules: &[Rule], left: &[u64]) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    let mut resource = Vec::new();
    for (rule, left) in rules.iter().zip(left) {
        match &rule.header {
            Header::None => {}
            Header::Own(name) => headers.push((name.clone(), left.to_string())),
            Header::Resource(label) => resource.push(format!("{label};{left}")),
        }
    }
    if !resource.is_empty() {
        headers.push((
            "x-ms-ratelimit-remaining-resource".into(),
            resource.join(","),
        ));
    }
    headers
}

fn refusal(
    rule: &Rule,
    retry_after: u64,
    principal: &Principal,
    method: &Method,
    target: &Target,
) -> ArmError {
    let subscription = target.subscription.clone().unwrap_or_default();
    let (code, message) = match rule.service {
        Limiter::Arm => (
            "SubscriptionRequestsThrottled",
            format!(
                "Number of '{method}' requests for subscription '{subscription}' actor '{}' exceeded. Please try again after \
                 '{retry_after}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.",
                principal.object_id
            ),
        ),
        Limiter::Aks => (
            "Throttled",
            format!("The request is throttled by the resource provider. Please retry after {retry_after} seconds."),
        ),
        Limiter::Compute => (
            "OperationNotAllowed",
            "The server rejected the request because too many requests have been received for this subscription.".to_owned(),
        ),
        Limiter::Identity => (
            "TooManyRequests",
            format!("The request is being throttled. Retry after {retry_after} seconds."),
        ),
    };
    let mut error =
        ArmError::new(429, code, message).header("Retry-After", retry_after.to_string());
    if matches!(rule.service, Limiter::Compute) {
        error = error.target(rule.name).detail(ArmError::new(
            429,
            "TooManyRequests",
            format!(
                "The throttling policy '{}' of '{}' has no tokens left.",
                rule.name, rule.key
            ),
        ));
    }
    error
}
