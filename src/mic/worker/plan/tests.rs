//! Tests of what a worker does next.
