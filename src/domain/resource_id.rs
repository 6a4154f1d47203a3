//! Azure resource ids.
