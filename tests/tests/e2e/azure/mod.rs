//! Azure tenants, on the simulator.

mod access;
mod defender;
mod directory;
mod faults;
mod storage;
mod tenants;
mod vault;
