//! Tests of what a failed PATCH means.

use super::*;
use crate::azure::ServiceError;
use crate::azure::host::AssignedIds;

const SUB: &str = "11111111-2222-3333-4444-555555555555";

fn id(name: &str) -> ResourceId {
    ResourceId::user_assigned_identity(SUB, "ids", name).unwrap()
}

fn answer(status: u16, code: &str, message: &str) -> Error {
    Error::from(Box::new(ServiceError {
        status,
        code: code.to_owned(),
        message: message.to_owned(),
        target: None,
        details: Vec::new(),
        request_id: None,
        retry_after: Some(Duration::from_secs(20)),
        call: "PATCH /x".to_owned(),
    }))
}

fn failed(code: &str, message: &str) -> Error {
    Error::OperationFailed {
        state: "Failed".to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        request_id: None,
    }
}

fn verdict(error: &Error) -> Verdict {
    let delta = Delta {
        add: [id("a"), id("b")].into(),
        remove: [id("old")].into(),
    };
    let held = ["old", "kept"].map(|name| (id(name), AssignedIds::default()));
    let identity = Identity {
        user_assigned: held.into(),
        ..Identity::default()
    };
    judge(error, &delta, &identity)
}

#[test]
fn the_one_that_the_message_names_is_at_fault() {
    let text = format!("Resource '{}' was not found.", id("B"));
    let refused = Verdict::Refused([id("b")].into());
    assert_eq!(
        verdict(&answer(400, "FailedIdentityOperation", &text)),
        refused
    );
    assert_eq!(
        verdict(&answer(403, "LinkedAuthorizationFailed", &text)),
        refused
    );
    assert_eq!(verdict(&answer(404, "NotFound", &text)), refused);
    assert_eq!(verdict(&failed("Whatever", &text)), refused);
}

#[test]
fn one_that_was_there_before_can_block_all_others() {
    let of = |name| format!("Resource '{}' was not found.", id(name));
    assert_eq!(
        verdict(&answer(400, "FailedIdentityOperation", &of("kept"))),
        Verdict::Blocked([id("kept")].into())
    );
    // It is being taken off by this very PATCH.
    assert_eq!(
        verdict(&answer(400, "FailedIdentityOperation", &of("old"))),
        Verdict::OneOf
    );
}

#[test]
fn an_unnamed_fault_lies_with_one_of_them() {
    assert_eq!(verdict(&answer(400, "BadRequest", "no")), Verdict::OneOf);
    assert_eq!(
        verdict(&failed("FailedIdentityOperation", "no")),
        Verdict::OneOf
    );
    let error = answer(400, "BadRequest", "no");
    let only_removes = Delta {
        add: BTreeSet::new(),
        remove: [id("old")].into(),
    };
    assert_eq!(
        judge(&error, &only_removes, &Identity::default()),
        Verdict::Trouble(Some(Duration::from_secs(20)))
    );
}

#[test]
fn trouble_of_the_host_is_nobodys_fault() {
    let after = Some(Duration::from_secs(20));
    for (status, code) in [
        (429, "TooManyRequests"),
        (403, "AuthorizationFailed"),
        (403, "RequestDisallowedByPolicy"),
        (409, "ScopeLocked"),
    ] {
        assert_eq!(
            verdict(&answer(status, code, "no")),
            Verdict::Trouble(after)
        );
    }
    assert_eq!(
        verdict(&failed("InternalExecutionError", "no")),
        Verdict::Trouble(None)
    );
    // Even when it names an identity: throttled by the identity provider.
    let text = format!("{} is throttled", id("a"));
    assert_eq!(
        verdict(&answer(429, "FailedIdentityOperation", &text)),
        Verdict::Trouble(after)
    );
}

#[test]
fn what_others_did_and_what_nobody_knows() {
    assert_eq!(
        verdict(&answer(412, "PreconditionFailed", "no")),
        Verdict::Overtaken
    );
    assert_eq!(
        verdict(&answer(409, "OperationNotAllowed", "no")),
        Verdict::Overtaken
    );
    for status in [500, 503, 408] {
        assert_eq!(
            verdict(&answer(status, "ServerError", "no")),
            Verdict::Unknown(Some(Duration::from_secs(20)))
        );
    }
}
