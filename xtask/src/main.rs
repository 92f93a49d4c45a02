//! Chores: `cargo xtask <task>`.

fn main() {}
