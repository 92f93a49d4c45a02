//! Azure tenants, on the simulator.

mod defender;
mod faults;
mod storage;
mod tenants;
mod vault;
