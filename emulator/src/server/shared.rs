//! What all tasks of one emulator share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use crate::entra::keys::SigningKey;
use crate::world::World;

/// The world behind its lock, and the signals around it.
pub struct Shared {
    world: Mutex<World>,
    /// Signs tokens.
    pub key: SigningKey,
    /// What a request to the control API must name: every user of the machine reaches the port.
    pub control_token: String,
    /// Wakes the clock: an operation may have become due.
    pub clock: Notify,
    /// Wakes the worker that carries out effects.
    pub effects: Notify,
    /// Counts releases of held requests.
    pub releases: watch::Sender<u64>,
    listeners: Mutex<Vec<AbortHandle>>,
}

impl Shared {
    /// Puts a world behind its lock.
    pub fn new(world: World, key: SigningKey) -> Self {
        Self {
            world: Mutex::new(world),
            key,
            control_token: uuid::Uuid::new_v4().simple().to_string(),
            clock: Notify::new(),
            effects: Notify::new(),
            releases: watch::Sender::new(0),
            listeners: Mutex::default(),
        }
    }

    /// Locks the world. A handler that panicked left it as whole as any other early return.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the background tasks that the world changed.
    pub fn changed(&self) {
        self.clock.notify_one();
        self.effects.notify_one();
    }

    /// Remembers a task to end with the emulator.
    pub fn keep(&self, task: AbortHandle) {
        self.tasks().push(task);
    }

    /// Ends all remembered tasks.
    pub fn abort_tasks(&self) {
        for task in self.tasks().drain(..) {
            task.abort();
        }
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<AbortHandle>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
