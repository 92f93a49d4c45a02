//! Every control, one file each. Written by `cargo xtask generate`; add a control by adding its file.

use crate::control::Control;

/// Controls of detection.
pub mod detection {
    pub mod finding_hub;
    pub mod threat_detector;
    pub mod threat_detector_databases;
    pub mod threat_detector_functions;
    pub mod threat_detector_kubernetes;
    pub mod threat_detector_malware;
    pub mod threat_detector_runtime;
    pub mod threat_detector_storage;
}

/// Controls of keys.
pub mod keys {
    pub mod cross_account_access;
    pub mod pending_deletion;
    pub mod policy_service_source;
    pub mod public_policy;
    pub mod rotation;
    pub mod rotation_period;
}

/// Controls of storage.
pub mod storage {
    pub mod access_log_loop;
    pub mod access_log_target;
    pub mod access_logging;
    pub mod access_point_network;
    pub mod access_point_public_access;
    pub mod access_point_public_access_block;
    pub mod account_public_access_block;
    pub mod acls_disabled;
    pub mod cross_account_access;
    pub mod customer_managed_encryption;
    pub mod default_lock;
    pub mod encryption;
    pub mod lifecycle_rules;
    pub mod mfa_delete;
    pub mod object_lock;
    pub mod policy_service_source;
    pub mod public_access;
    pub mod public_access_block;
    pub mod public_policy;
    pub mod public_write;
    pub mod replication;
    pub mod tags;
    pub mod tls_enforced;
    pub mod versioning;
}

/// Every control, ordered by id.
pub static ALL: &[&Control] = &[
    &detection::finding_hub::CONTROL,
    &detection::threat_detector::CONTROL,
    &detection::threat_detector_databases::CONTROL,
    &detection::threat_detector_functions::CONTROL,
    &detection::threat_detector_kubernetes::CONTROL,
    &detection::threat_detector_malware::CONTROL,
    &detection::threat_detector_runtime::CONTROL,
    &detection::threat_detector_storage::CONTROL,
    &keys::cross_account_access::CONTROL,
    &keys::pending_deletion::CONTROL,
    &keys::policy_service_source::CONTROL,
    &keys::public_policy::CONTROL,
    &keys::rotation::CONTROL,
    &keys::rotation_period::CONTROL,
    &storage::access_log_loop::CONTROL,
    &storage::access_log_target::CONTROL,
    &storage::access_logging::CONTROL,
    &storage::access_point_network::CONTROL,
    &storage::access_point_public_access::CONTROL,
    &storage::access_point_public_access_block::CONTROL,
    &storage::account_public_access_block::CONTROL,
    &storage::acls_disabled::CONTROL,
    &storage::cross_account_access::CONTROL,
    &storage::customer_managed_encryption::CONTROL,
    &storage::default_lock::CONTROL,
    &storage::encryption::CONTROL,
    &storage::lifecycle_rules::CONTROL,
    &storage::mfa_delete::CONTROL,
    &storage::object_lock::CONTROL,
    &storage::policy_service_source::CONTROL,
    &storage::public_access::CONTROL,
    &storage::public_access_block::CONTROL,
    &storage::public_policy::CONTROL,
    &storage::public_write::CONTROL,
    &storage::replication::CONTROL,
    &storage::tags::CONTROL,
    &storage::tls_enforced::CONTROL,
    &storage::versioning::CONTROL,
];
