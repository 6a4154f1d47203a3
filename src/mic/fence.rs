//! Whether this process may still write.
//!
//! Asked right before every write to Azure or Kubernetes: a former leader stops before another can
//! have taken over.

use std::fmt;
use std::sync::Arc;

/// This process may not write any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another podid-mic may be writing by now")]
pub struct Lost;

/// Says whether this process may write.
#[derive(Clone)]
pub struct Fence(Arc<dyn Fn() -> bool + Send + Sync>);

impl Fence {
    /// A fence that holds while `holds` says so.
    pub fn new(holds: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(holds))
    }

    /// A fence that always holds: for a process that is alone.
    #[must_use]
    pub fn always() -> Self {
        Self::new(|| true)
    }

    /// Whether this process may write now.
    #[must_use]
    pub fn holds(&self) -> bool {
        (self.0)()
    }

    /// Refuses when this process may not write.
    ///
    /// # Errors
    /// [`Lost`].
    pub fn check(&self) -> Result<(), Lost> {
        if self.holds() { Ok(()) } else { Err(Lost) }
    }
}

impl fmt::Debug for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fence").field(&self.holds()).finish()
    }
}
