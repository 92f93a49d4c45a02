//! Tests of posture that cross crates
