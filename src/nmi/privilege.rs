//! What the threads of podid-nmi may do in the kernel.
//!
//! Linux keeps capabilities per thread, and a thread hands on only what it has. So one thread keeps what the packet
//! rules need (`redirect/keeper.rs`), and every other thread, those that read what pods send above all, gives up
//! everything. Guarantees: nothing comes back, neither to a thread nor by starting a program. It is no wall inside
//! the process: the threads share their memory.

use rustix::io::Result;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, set_capabilities,
    set_no_new_privs,
};

/// Gives up every capability of this thread but those in `kept`, for good.
///
/// # Errors
/// The kernel refuses.
pub fn keep_only(kept: CapabilitySet) -> Result<()> {
    // A program that root starts would get everything back.
    set_no_new_privs(true)?;
    clear_ambient_capability_set()?;
    let own = capabilities(None)?.permitted & kept;
    set_capabilities(
        None,
        CapabilitySets {
            effective: own,
            permitted: own,
            inheritable: CapabilitySet::empty(),
        },
    )
}

/// Gives up every capability of this thread; a failure is logged, because podid-nmi works all the same.
pub fn give_up() {
    if let Err(error) = keep_only(CapabilitySet::empty()) {
        tracing::error!(%error, "a thread could not give up its capabilities");
    }
}
