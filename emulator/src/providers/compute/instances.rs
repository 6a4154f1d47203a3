//! The instances of a scale set, derived from its capacity.

use http::Method;
use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::json::text;
use crate::providers::paging::page;
use crate::providers::refusals::resource_not_found;
use crate::world::World;

/// Serves `virtualMachineScaleSets/NAME/virtualMachines[/INSTANCE]`.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    if request.method != Method::GET {
        return Err(ArmError::method_not_allowed(request.method.as_str()));
    }
    let parent: Vec<&str> = target.id.split('/').take(9).collect();
    let parent = parent.join("/");
    let scale_set = world
        .resources
        .get(&parent)
        .ok_or_else(|| resource_not_found(&parent))?;
    let items = of(&scale_set.body);
    match target.names.get(1) {
        None => page(request, items, world.settings.page_size),
        Some(instance) => items
            .into_iter()
            .find(|item| text(item, "/instanceId") == instance)
            .map(Reply::ok)
            .ok_or_else(|| {
                ArmError::new(
                    404,
                    "NotFound",
                    format!("The VM instance '{instance}' of the scale set was not found."),
                )
            }),
    }
}

/// The instances of a scale set's body.
fn of(scale_set: &Value) -> Vec<Value> {
    let capacity = scale_set["sku"]["capacity"].as_u64().unwrap_or_default();
    let mut items: Vec<Value> = (0..capacity).map(|n| instance(scale_set, n)).collect();
    items.sort_by_key(|item| text(item, "/id").to_ascii_lowercase());
    items
}

fn instance(scale_set: &Value, number: u64) -> Value {
    let name = text(scale_set, "/name");
    json!({
        "id": format!("{}/virtualMachines/{number}", text(scale_set, "/id")),
        "name": format!("{name}_{number}"),
        "type": "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
        "location": scale_set["location"],
        "tags": scale_set["tags"],
        "instanceId": number.to_string(),
        "sku": {"name": scale_set["sku"]["name"], "tier": scale_set["sku"]["tier"]},
        "properties": {
            "latestModelApplied": true,
            "provisioningState": "Succeeded",
            "osProfile": {"computerName": format!("{name}{}", base36(number))},
        },
    })
}

/// The six digits that end a node's name.
fn base36(mut number: u64) -> String {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        let value = u8::try_from(number % 36).unwrap_or_default();
        *digit = if value < 10 {
            b'0' + value
        } else {
            b'a' + value - 10
        };
        number /= 36;
    }
    String::from_utf8_lossy(&digits).into_owned()
}

#[cfg(test)]
mod tests {
    use super::base36;

    #[test]
    fn node_names_count_in_base_36() {
        assert_eq!(
            (base36(0), base36(35), base36(36)),
            ("000000".into(), "00000z".into(), "000010".into())
        );
    }
}
