//! Benchmarks of posture
