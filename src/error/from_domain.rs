//! Refusals of the domain as a user reads them.

use super::Error;
use super::from_k8s::capitalised;
use crate::domain::name::InvalidName;
use crate::domain::resource_id::ParseError;

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Error::usage(capitalised(&error.to_string()))
    }
}

impl From<InvalidName> for Error {
    fn from(invalid: InvalidName) -> Self {
        let flag = match invalid.what {
            "namespace" => "--namespace",
            "binding selector" => "--binding-selector",
            _ => "--name",
        };
        Error::usage(invalid.to_string()).target(flag)
    }
}
