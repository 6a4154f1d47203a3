//! Eventual consistency: reads that still show what was before a write.

use super::World;
use crate::arm::error::ArmError;
use crate::arm::request::Reply;

/// Reads of one resource that lag behind.
#[derive(Debug, Clone)]
pub struct Stale {
    /// The resource.
    pub id: String,
    /// What they answer.
    pub reply: Result<Reply, ArmError>,
    /// How many are left.
    pub left: u64,
}

impl World {
    /// What a read of this resource answers while it lags, if it does.
    pub fn stale_read(&mut self, id: &str) -> Option<Result<Reply, ArmError>> {
        self.stale.retain(|stale| stale.left > 0);
        let stale = self
            .stale
            .iter_mut()
            .find(|stale| stale.id.eq_ignore_ascii_case(id))?;
        stale.left -= 1;
        Some(stale.reply.clone())
    }
}
