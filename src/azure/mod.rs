//! Azure Resource Manager and Entra over one HTTP pipeline.
