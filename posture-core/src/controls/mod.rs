//! Every control, one file each. Written by `cargo xtask generate`; add a control by adding its file.

use crate::control::Control;

/// Controls of storage.
pub mod storage {
    pub mod public_access;
}

/// Every control, ordered by id.
pub static ALL: &[&Control] = &[&storage::public_access::CONTROL];
