//! The shipped binary, one file per command, against an Azure emulator and a real Kubernetes API
//! server.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod add;
mod add_from_file;
mod completion;
mod config_path;
mod config_set;
mod config_show;
mod config_unset;
mod docs;
mod exception_add;
mod exception_aks;
mod exception_list;
mod exception_remove;
mod exception_suggest;
mod exception_test;
mod exception_update;
mod errors;
mod exit_codes;
mod help;
mod identity_create;
mod identity_delete;
mod identity_list;
mod identity_show;
mod install;
mod list;
mod machine;
mod nodepool_assign;
mod nodepool_list;
mod nodepool_unassign;
mod remove;
mod rendering;
mod role_check;
mod role_grant;
mod role_list;
mod role_revoke;
mod sandbox_down;
mod sandbox_run;
mod sandbox_serve;
mod sandbox_status;
mod sandbox_up;
mod show;
mod support;
mod trouble;
mod version;
