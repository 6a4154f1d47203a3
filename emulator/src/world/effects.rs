//! Work that needs I/O: decided under the lock, carried out by a background task, reported back.

use serde_json::Value;

use super::World;

/// One thing to do with a Kubernetes object.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Server-side apply of a whole object (apiVersion, kind, metadata, spec).
    Apply(Value),
    /// Delete the object named by apiVersion, kind and metadata; absent counts as done.
    Delete(Value),
}

/// Reports the result of an effect into the world.
pub type Done = Box<dyn FnOnce(&mut World, Result<(), String>) + Send>;

/// Writes to the Kubernetes API of one cluster.
pub struct Effect {
    /// The managed cluster's resource id; its attached kubeconfig is used.
    pub cluster_id: String,
    /// What to do, in order; the first failure ends it.
    pub steps: Vec<Step>,
    /// Called with the result.
    pub done: Done,
}

impl std::fmt::Debug for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Effect")
            .field("cluster_id", &self.cluster_id)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}
