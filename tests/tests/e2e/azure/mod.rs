//! Azure tenants, on the simulator.

mod access;
mod defender;
mod faults;
mod storage;
mod tenants;
mod vault;
