//! From what one pod wants and what is recorded of it to what has to be written: a pure function.
//!
//! A record of podid's satisfies a want when it has the name that pod, uid and identity give it; one of
//! aad-pod-identity's when it speaks of the same pod, identity and node. What satisfies nothing goes.

use crate::domain::assignment_name::assignment_name;
use crate::domain::matching::Key;
use crate::domain::wanted::Want;
use crate::k8s::assignment::{FINALIZER, Progress, Recorded};
use crate::k8s::crd::AssignmentState;

/// Where the identity of a want stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place<'a> {
    /// On the host.
    Held,
    /// A service principal, which no host holds.
    NeedsNoHost,
    /// On its way.
    Pending,
    /// The host was not read yet.
    Unread,
    /// The node's machine cannot hold it.
    NoHost(&'a str),
    /// The resource id is none.
    Malformed,
    /// Azure refuses it: code and message.
    Refused(&'a str, &'a str),
}

/// One write.
#[derive(Debug, Clone)]
pub enum Step {
    /// A new record.
    Create {
        /// Its name.
        name: String,
        /// What it is about.
        want: Want,
        /// How far it is.
        progress: Progress,
    },
    /// A record's content and progress.
    Rewrite {
        /// The record.
        key: Key,
        /// What it is about.
        want: Want,
        /// How far it is.
        progress: Progress,
    },
    /// A record's progress.
    Progress {
        /// The record.
        key: Key,
        /// What it is about.
        want: Want,
        /// How far it is.
        progress: Progress,
    },
    /// A record goes.
    Remove {
        /// The record.
        key: Key,
        /// Its uid.
        uid: String,
        /// Who holds it.
        finalizers: Vec<String>,
        /// Somebody has deleted it already.
        deleting: bool,
    },
}

/// What has to be written.
pub fn of<'a>(
    wants: &[Want],
    records: &[&Recorded],
    place: impl Fn(&Want) -> Place<'a>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut kept: Vec<&Key> = Vec::new();
    for want in wants {
        let name = assignment_name(&want.pod.key, &want.pod.uid, &want.identity.key);
        let found = satisfying(want, &name, records);
        let place = place(want);
        match found {
            Some(record) => {
                kept.push(&record.key);
                steps.extend(further(want, record, &place));
            }
            None => steps.push(Step::Create {
                name,
                want: want.clone(),
                progress: progress(&place),
            }),
        }
    }
    let surplus = records.iter().filter(|record| !kept.contains(&&record.key));
    steps.extend(
        surplus
            .filter(|record| !record.deleting || is_held(record))
            .map(|record| Step::Remove {
                key: record.key.clone(),
                uid: record.uid.clone(),
                finalizers: record.finalizers.clone(),
                deleting: record.deleting,
            }),
    );
    steps
}

fn is_held(record: &Recorded) -> bool {
    record.finalizers.iter().any(|own| own == FINALIZER)
}

fn satisfying<'a>(want: &Want, name: &str, records: &[&'a Recorded]) -> Option<&'a Recorded> {
    let lives =
        |record: &&&'a Recorded| !record.deleting && record.state != AssignmentState::Unassigned;
    let own = records.iter().filter(lives).find(|record| {
        record.own && record.key.name == name && record.key.namespace == want.pod.key.namespace
    });
    let theirs = || {
        records.iter().filter(lives).find(|record| {
            !record.own && record.identity.key == want.identity.key && record.node == want.pod.node
        })
    };
    own.or_else(theirs).copied()
}

fn further(want: &Want, record: &Recorded, place: &Place<'_>) -> Option<Step> {
    let same = record.is_copy_of(&want.identity) && record.binding == want.binding.key;
    if same && *place == Place::Unread {
        // Whatever was true before this process began is believed until the host was read.
        return None;
    }
    let progress = progress(place);
    let key = record.key.clone();
    if !same {
        return Some(Step::Rewrite {
            key,
            want: want.clone(),
            progress,
        });
    }
    let told = record
        .reason
        .as_ref()
        .is_none_or(|reason| *reason == progress.reason.0);
    let as_is =
        record.state == progress.state && (told || progress.state == AssignmentState::Assigned);
    (!as_is).then(|| Step::Progress {
        key,
        want: want.clone(),
        progress,
    })
}

fn progress(place: &Place<'_>) -> Progress {
    let (state, reason, message) = match place {
        Place::Held => (
            AssignmentState::Assigned,
            "Assigned",
            "the node's machine holds the identity",
        ),
        Place::NeedsNoHost => (
            AssignmentState::Assigned,
            "Assigned",
            "a service principal needs no machine",
        ),
        Place::Pending | Place::Unread => (
            AssignmentState::Created,
            "Pending",
            "the identity is being assigned",
        ),
        Place::NoHost(problem) => (AssignmentState::Created, "NoHost", *problem),
        Place::Malformed => (
            AssignmentState::Created,
            "MalformedResourceId",
            "spec.resourceID is not the id of a user-assigned managed identity",
        ),
        Place::Refused(code, message) => (AssignmentState::Created, *code, *message),
    };
    Progress {
        state,
        reason: (word(reason), message.to_owned()),
    }
}

/// A reason as Kubernetes takes it: one word.
fn word(text: &str) -> String {
    let kept: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    if kept.is_empty() {
        "Failed".to_owned()
    } else {
        kept
    }
}
