//! AWS accounts, on a server that nobody here wrote.

mod accounts;
mod denied;
mod faults;
mod law;
mod output;
mod permissions;
mod public;
mod several;
