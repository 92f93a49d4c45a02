//! The ways from some rights to all of them.
