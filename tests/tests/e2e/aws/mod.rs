//! AWS accounts, on a server that nobody here wrote.

mod accounts;
mod denied;
mod faults;
mod output;
mod public;
mod same;
mod several;
