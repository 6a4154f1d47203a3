//! The shipped binary, one file per command.

mod machine;
mod sandbox_down;
mod sandbox_run;
mod sandbox_serve;
mod sandbox_status;
mod sandbox_up;
