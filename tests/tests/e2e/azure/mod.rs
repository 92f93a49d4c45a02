//! Azure tenants, on the simulator.

mod access;
mod faults;
mod storage;
mod tenants;
