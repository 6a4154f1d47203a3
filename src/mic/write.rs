//! Carries out the steps of one pod, one after the other.

use kube::Client;

use super::fence::{Fence, Lost};
use super::steps::Step;
use crate::domain::matching::Key;
use crate::domain::wanted::Want;
use crate::k8s::assignment::{self, Assignment, FINALIZER, Recorded};
use crate::k8s::crd::AzureAssignedIdentity;
use crate::k8s::{Error, Result};

/// What came of a step.
#[derive(Debug)]
pub enum Written {
    /// The object is so now.
    Is(Box<Recorded>),
    /// The object is gone.
    Gone(Key, String),
}

/// What came of the steps of a pod.
#[derive(Debug)]
pub struct Done {
    /// The pod.
    pub pod: Key,
    /// What was written, in order.
    pub written: Vec<Written>,
    /// The first failure, which ended it.
    pub failure: Option<Failure>,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The API server's word, or none.
    #[error("{0}")]
    Kubernetes(#[from] Error),
    /// This process may not write any more.
    #[error("{0}")]
    Lost(#[from] Lost),
}

/// Carries out the steps of one pod.
pub async fn carry_out(client: &Client, fence: &Fence, pod: Key, steps: Vec<Step>) -> Done {
    let mut done = Done {
        pod,
        written: Vec::new(),
        failure: None,
    };
    for step in steps {
        if let Err(failure) = one(client, fence, step, &mut done.written).await {
            done.failure = Some(failure);
            break;
        }
    }
    done
}

async fn one(
    client: &Client,
    fence: &Fence,
    step: Step,
    written: &mut Vec<Written>,
) -> std::result::Result<(), Failure> {
    fence.check()?;
    let is = |object: AzureAssignedIdentity| Written::Is(Box::new(object.into()));
    match step {
        Step::Create {
            name,
            want,
            progress,
        } => {
            let made = assignment::create(client, &assigned(&name, &want), &progress).await?;
            written.push(is(made));
        }
        Step::Rewrite {
            key,
            want,
            progress,
        } => {
            let object =
                assignment::rewrite(client, &key, &assigned(&key.name, &want), &progress).await?;
            written.extend(object.map(is));
        }
        Step::Progress { key, progress, .. } => {
            let object = assignment::progress(client, &key, &progress).await?;
            written.extend(object.map(is));
        }
        Step::Remove {
            key,
            uid,
            finalizers,
            deleting,
        } => {
            remove(client, fence, (&key, &uid), &finalizers, deleting).await?;
            written.push(Written::Gone(key, uid));
        }
    }
    Ok(())
}

async fn remove(
    client: &Client,
    fence: &Fence,
    (key, uid): (&Key, &str),
    finalizers: &[String],
    deleting: bool,
) -> std::result::Result<(), Failure> {
    if finalizers.iter().any(|own| own == FINALIZER) {
        ignore_invalid(assignment::release(client, key, uid, finalizers).await)?;
    }
    if !deleting {
        fence.check()?;
        assignment::delete(client, key, uid).await?;
    }
    Ok(())
}

/// Another object has the name by now, which a uid that does not fit tells.
fn ignore_invalid(released: Result<Option<AzureAssignedIdentity>>) -> Result<()> {
    match released {
        Ok(_) | Err(Error::Invalid { .. } | Error::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn assigned<'a>(name: &'a str, want: &'a Want) -> Assignment<'a> {
    Assignment {
        name,
        pod: &want.pod.key,
        uid: &want.pod.uid,
        node: &want.pod.node,
        identity: &want.identity,
        binding: &want.binding,
    }
}
