//! The one door for what people and scripts read.
//!
//! stdout carries the result and nothing else ([`render`]); everything that is said on the way
//! goes to stderr through [`ui::Ui`].

pub mod format;
pub mod markdown;
pub mod message;
pub mod progress;
pub mod query;
pub mod render;
pub mod report;
pub mod style;
pub mod table;
pub mod ui;
