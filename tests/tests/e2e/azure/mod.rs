//! Azure tenants, on the simulator.

mod access;
mod defender;
mod denied;
mod directory;
mod directory_roles;
mod exports;
mod faults;
mod logging;
mod network;
mod people;
mod shapes;
mod sign_in;
mod storage;
mod tenants;
mod tiers;
mod vault;
