//! Azure tenants, on the simulator.

mod faults;
mod storage;
mod tenants;
mod vault;
