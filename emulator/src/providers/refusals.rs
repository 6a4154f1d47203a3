//! The errors several providers answer with, in Resource Manager's own words.

use super::id::ResourceId;
use crate::arm::error::ArmError;

/// The resource of an id does not exist.
pub(crate) fn resource_not_found(id: &str) -> ArmError {
    let (kind, name, group) = ResourceId::parse(id).map_or_else(
        || (String::new(), id.to_owned(), String::new()),
        |id| (id.full_type(), id.names.join("/"), id.group),
    );
    ArmError::new(
        404,
        "ResourceNotFound",
        format!(
            "The Resource '{kind}/{name}' under resource group '{group}' was not found. For more details please go to \
             https://aka.ms/ARMResourceNotFoundFix"
        ),
    )
}

/// A parent of the resource does not exist.
pub(crate) fn parent_not_found(kind: &str, parent: &str) -> ArmError {
    ArmError::new(
        404,
        "ParentResourceNotFound",
        format!(
            "Failed to perform 'write' on resource(s) of type '{kind}', because the parent resource '{parent}' could \
             not be found."
        ),
    )
}

/// A parameter of the body is refused.
pub(crate) fn invalid_parameter(target: &str, message: impl Into<String>) -> ArmError {
    let mut error = ArmError::new(400, "InvalidParameter", message);
    error.target = Some(target.to_owned());
    error
}

/// A request the service does not accept, with the service's own code.
pub(crate) fn bad_request(code: &str, message: impl Into<String>) -> ArmError {
    ArmError::new(400, code, message)
}

/// The body lacks a location.
pub(crate) fn location_required() -> ArmError {
    bad_request(
        "LocationRequired",
        "The location property is required for this definition.",
    )
}

/// The resource exists in another location.
pub(crate) fn location_conflict(name: &str, existing: &str, kind: &str) -> ArmError {
    ArmError::new(
        409,
        "InvalidResourceLocation",
        format!(
            "The resource '{name}' already exists in location '{existing}' in resource group. A resource with the same \
             name and type '{kind}' cannot be created in another location. Please select a new resource name."
        ),
    )
}
