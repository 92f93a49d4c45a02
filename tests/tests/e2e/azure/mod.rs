//! Azure tenants, on the simulator.

mod access;
mod defender;
mod directory;
mod directory_roles;
mod faults;
mod storage;
mod tenants;
mod vault;
