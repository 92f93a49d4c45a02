//! What several controls have in common. A control stays one file; only what would be written twice is here.

pub(crate) mod access;
pub(crate) mod access_point;
pub(crate) mod alert;
pub(crate) mod detector;
pub(crate) mod environment;
pub(crate) mod export;
pub(crate) mod flow;
pub(crate) mod key;
pub(crate) mod kubernetes;
pub(crate) mod opening;
pub(crate) mod organization;
pub(crate) mod rights;
pub(crate) mod root;
pub(crate) mod shows;
pub(crate) mod sign_in;
pub(crate) mod soft_delete;
pub(crate) mod storage;
pub(crate) mod tags;
pub(crate) mod trail;
pub(crate) mod vault;
pub(crate) mod workspace;
