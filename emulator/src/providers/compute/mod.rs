//! Microsoft.Compute: scale sets, their instances, and single machines. Only what identities need is modelled; the rest
//! of a document is kept as it was sent.

pub(crate) mod instances;
pub(crate) mod machine_identity;
pub(crate) mod machines;
pub(crate) mod resource;

/// The full type of scale sets.
pub(crate) const SCALE_SET: &str = "Microsoft.Compute/virtualMachineScaleSets";
/// The full type of single machines.
pub(crate) const MACHINE: &str = "Microsoft.Compute/virtualMachines";
