//! From a node's provider id to what carries its identities.
//!
//! The node's virtual machine carries them itself, or the scale set that it is an instance of. Anything else is
//! told, never guessed: neither the node's name nor a configured subscription or resource group fills a gap.

use super::resource_id::{MACHINE, ParseError, ResourceId};

/// How the provider ids of Azure's nodes begin.
const SCHEME: &str = "azure://";
/// The type of an instance of a scale set.
const INSTANCE: &str = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines";

/// Why a node has no place for identities that podid knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAHost {
    /// The cloud provider has not written it yet, or there is none.
    #[error("the node has no provider id")]
    Empty,
    /// The node is not Azure's.
    #[error("provider id `{text}` does not begin with `azure://`")]
    NotAzure {
        /// The provider id.
        text: String,
    },
    /// What follows is not a resource id.
    #[error("provider id of the node: {0}")]
    Malformed(#[from] ParseError),
    /// A resource id, and neither that of a virtual machine nor of an instance of a scale set.
    #[error(
        "the node's machine is a `{found}`, and podid knows virtual machines and instances of scale sets: `{text}`"
    )]
    UnknownKind {
        /// The provider id.
        text: String,
        /// The type of the resource.
        found: String,
    },
}

/// The id of the scale set or virtual machine that carries the identities of a node.
///
/// # Errors
/// Why there is none.
pub fn host(provider_id: &str) -> Result<ResourceId, NotAHost> {
    if provider_id.is_empty() {
        return Err(NotAHost::Empty);
    }
    let own = || provider_id.to_owned();
    let (_, path) = provider_id
        .split_at_checked(SCHEME.len())
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
        .ok_or_else(|| NotAHost::NotAzure { text: own() })?;
    let id = ResourceId::parse(path)?;
    if id.is_type(MACHINE) && id.resource_group().is_some() {
        return Ok(id);
    }
    let scale_set = id
        .parent()
        .filter(|parent| parent.resource_group().is_some());
    scale_set
        .filter(|_| id.is_type(INSTANCE))
        .ok_or_else(|| NotAHost::UnknownKind {
            text: own(),
            found: id.resource_type(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/MC_one";

    fn compute(rest: &str) -> String {
        format!("azure://{GROUP}/providers/Microsoft.Compute/{rest}")
    }

    #[test]
    fn an_instance_leads_to_its_scale_set_in_any_casing() {
        let whole = ResourceId::parse(&format!(
            "{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/aks-one-vmss"
        ))
        .unwrap();
        let instance = compute("virtualMachineScaleSets/aks-one-vmss/virtualMachines/0");
        assert_eq!(host(&instance), Ok(whole.clone()));
        assert_eq!(host(&instance.to_uppercase()), Ok(whole.clone()));
        assert_eq!(host(&instance.to_lowercase()), Ok(whole));
    }

    #[test]
    fn a_machine_is_its_own_host() {
        let machine = compute("virtualMachines/one");
        let id = ResourceId::parse(machine.strip_prefix("azure://").unwrap()).unwrap();
        assert_eq!(host(&machine), Ok(id.clone()));
        assert_eq!(host(&machine.to_uppercase()), Ok(id));
    }

    #[test]
    fn scale_sets_of_one_name_in_two_groups_are_two() {
        let rest = "virtualMachineScaleSets/one/virtualMachines/0";
        let here = host(&compute(rest)).unwrap();
        let there = host(&compute(rest).replace("MC_one", "MC_two")).unwrap();
        let elsewhere = host(&compute(rest).replace("0001", "0002")).unwrap();
        assert!(here != there && here != elsewhere && there != elsewhere);
    }

    #[test]
    fn what_is_not_a_host_is_told() {
        assert_eq!(host(""), Err(NotAHost::Empty));
        for text in [
            "kind://docker/kind/one",
            "aws:///eu/i-1",
            "azure",
            "azure:/x",
            "ä",
            GROUP,
        ] {
            let text = text.to_owned();
            assert_eq!(host(&text), Err(NotAHost::NotAzure { text }));
        }
        for text in [
            "azure://",
            "azure://one",
            "azure:///subscriptions/x",
            "azure:////subscriptions",
        ] {
            assert!(matches!(host(text), Err(NotAHost::Malformed(_))), "{text}");
        }
        let kinds = [
            (
                "virtualMachineScaleSets/one",
                "Microsoft.Compute/virtualMachineScaleSets",
            ),
            (
                "virtualMachines/one/extensions/two",
                "Microsoft.Compute/virtualMachines/extensions",
            ),
            ("disks/one", "Microsoft.Compute/disks"),
        ];
        for (rest, kind) in kinds {
            let text = compute(rest);
            let found = kind.to_owned();
            assert_eq!(host(&text), Err(NotAHost::UnknownKind { text, found }));
        }
        let arc = format!("azure://{GROUP}/providers/Microsoft.HybridCompute/machines/one");
        assert!(matches!(host(&arc), Err(NotAHost::UnknownKind { .. })));
        let whole_group = format!("azure://{GROUP}");
        assert!(matches!(
            host(&whole_group),
            Err(NotAHost::UnknownKind { .. })
        ));
        let groupless = compute("virtualMachines/one").replace("/resourceGroups/MC_one", "");
        assert!(matches!(
            host(&groupless),
            Err(NotAHost::UnknownKind { .. })
        ));
    }
}
