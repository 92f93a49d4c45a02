//! Every control, one file each. Written by `cargo xtask generate`; add a control by adding its file.

use crate::control::Control;

/// Controls of detection.
pub mod detection {
    pub mod agentless_scanning;
    pub mod alert_mail;
    pub mod alert_mail_to_owners;
    pub mod attack_path_mail;
    pub mod attack_surface;
    pub mod benchmark_policies;
    pub mod endpoint_protection;
    pub mod file_integrity;
    pub mod finding_hub;
    pub mod machine_vulnerabilities;
    pub mod posture_management;
    pub mod secure_score;
    pub mod threat_detector;
    pub mod threat_detector_apis;
    pub mod threat_detector_app_service;
    pub mod threat_detector_cosmos;
    pub mod threat_detector_databases;
    pub mod threat_detector_functions;
    pub mod threat_detector_key_vault;
    pub mod threat_detector_kubernetes;
    pub mod threat_detector_malware;
    pub mod threat_detector_open_source_databases;
    pub mod threat_detector_resource_manager;
    pub mod threat_detector_runtime;
    pub mod threat_detector_servers;
    pub mod threat_detector_sql;
    pub mod threat_detector_sql_machines;
    pub mod threat_detector_storage;
    pub mod update_checks;
}

/// Controls of identity.
pub mod identity {
    pub mod access_key_age;
    pub mod application_owners;
    pub mod application_registration;
    pub mod banned_passwords;
    pub mod central_identity_provider;
    pub mod central_root_credentials;
    pub mod classic_administrators;
    pub mod cloudshell_full_access;
    pub mod contact_details;
    pub mod device_code_sign_in;
    pub mod device_registration_mfa;
    pub mod disabled_user_grants;
    pub mod expired_certificate;
    pub mod expired_credential;
    pub mod expiring_certificate;
    pub mod external_access_analyzer;
    pub mod external_full_admin;
    pub mod full_admin_policy;
    pub mod global_administrator_count;
    pub mod group_creation;
    pub mod group_full_admin;
    pub mod group_privilege_escalation;
    pub mod group_service_wildcard;
    pub mod group_unrestricted_decrypt;
    pub mod guest_access;
    pub mod guest_invitations;
    pub mod guest_privileges;
    pub mod legacy_protocols;
    pub mod lock_role;
    pub mod lockout_duration;
    pub mod lockout_threshold;
    pub mod long_lived_credential;
    pub mod mfa_for_administrators;
    pub mod mfa_for_everyone;
    pub mod mfa_for_management;
    pub mod mfa_for_risky_sign_ins;
    pub mod organization_delegated_administrators;
    pub mod organization_guardrails;
    pub mod organization_policy_delegation;
    pub mod orphaned_grants;
    pub mod owner_count;
    pub mod password_complexity;
    pub mod password_length;
    pub mod password_reuse;
    pub mod policy_privilege_escalation;
    pub mod role_full_admin;
    pub mod role_giver_count;
    pub mod role_privilege_escalation;
    pub mod role_service_wildcard;
    pub mod role_unrestricted_decrypt;
    pub mod root_access_key;
    pub mod root_hardware_mfa;
    pub mod root_mfa;
    pub mod root_role_grant;
    pub mod root_use;
    pub mod security_contact;
    pub mod security_defaults;
    pub mod service_wildcard_policy;
    pub mod single_access_key;
    pub mod standing_administrators;
    pub mod standing_privileges;
    pub mod subscription_moves;
    pub mod support_role;
    pub mod tenant_creation;
    pub mod tenant_creators;
    pub mod trust_federation_subject;
    pub mod trust_public;
    pub mod trust_service_source;
    pub mod trust_third_party;
    pub mod trusted_networks;
    pub mod unrestricted_decrypt_policy;
    pub mod unused_access_analyzer;
    pub mod unused_access_key;
    pub mod unused_password;
    pub mod unused_role;
    pub mod unused_user;
    pub mod user_consent;
    pub mod user_direct_policies;
    pub mod user_full_admin;
    pub mod user_mfa;
    pub mod user_privilege_escalation;
    pub mod user_service_wildcard;
    pub mod user_unrestricted_decrypt;
    pub mod workload_full_admin;
}

/// Controls of keys.
pub mod keys {
    pub mod cross_account_access;
    pub mod expiring;
    pub mod expiry_in_policy_vault;
    pub mod expiry_in_role_vault;
    pub mod pending_deletion;
    pub mod policy_service_source;
    pub mod public_policy;
    pub mod rotation;
    pub mod rotation_period;
}

/// Controls of logging.
pub mod logging {
    pub mod alert_audit_trail_change;
    pub mod alert_database_firewall_deletion;
    pub mod alert_database_firewall_update;
    pub mod alert_failed_sign_in;
    pub mod alert_identity_policy_change;
    pub mod alert_key_disablement;
    pub mod alert_network_acl_change;
    pub mod alert_network_change;
    pub mod alert_network_gateway_change;
    pub mod alert_organization_change;
    pub mod alert_policy_assignment_creation;
    pub mod alert_policy_assignment_deletion;
    pub mod alert_public_address_deletion;
    pub mod alert_public_address_update;
    pub mod alert_recorder_change;
    pub mod alert_root_use;
    pub mod alert_route_change;
    pub mod alert_security_group_change;
    pub mod alert_security_group_deletion;
    pub mod alert_security_group_update;
    pub mod alert_security_solution_deletion;
    pub mod alert_security_solution_update;
    pub mod alert_service_health;
    pub mod alert_sign_in_without_mfa;
    pub mod alert_storage_policy_change;
    pub mod alert_unauthorized_calls;
    pub mod application_monitoring;
    pub mod audit_trail_coverage;
    pub mod audit_trail_delivery;
    pub mod audit_trail_encryption;
    pub mod audit_trail_insights;
    pub mod audit_trail_log_group;
    pub mod audit_trail_recording;
    pub mod audit_trail_storage_access_logging;
    pub mod audit_trail_storage_lock;
    pub mod audit_trail_storage_public;
    pub mod audit_trail_storage_tls;
    pub mod audit_trail_storage_versioning;
    pub mod audit_trail_validation;
    pub mod device_management_export;
    pub mod directory_api_export;
    pub mod directory_export;
    pub mod event_store_encryption;
    pub mod event_store_protection;
    pub mod event_store_retention;
    pub mod log_group_encryption;
    pub mod log_group_retention;
    pub mod object_read_events;
    pub mod object_write_events;
    pub mod recorder;
    pub mod recorder_global_types;
}

/// Controls of network.
pub mod network {
    pub mod flow_log_retention;
    pub mod flow_log_search;
    pub mod flow_logs;
    pub mod security_group_flow_log_retention;
    pub mod security_group_flow_log_search;
    pub mod watcher;
}

/// Controls of resilience.
pub mod resilience {
    pub mod basic_tiers;
}

/// Controls of secrets.
pub mod secrets {
    pub mod certificate_validity;
    pub mod expiring;
    pub mod expiry_in_policy_vault;
    pub mod expiry_in_role_vault;
}

/// Controls of storage.
pub mod storage {
    pub mod access_key_age;
    pub mod access_key_reminder;
    pub mod access_log_loop;
    pub mod access_log_target;
    pub mod access_logging;
    pub mod access_point_cross_account_access;
    pub mod access_point_network;
    pub mod access_point_public_access;
    pub mod access_point_public_access_block;
    pub mod account_public_access_block;
    pub mod acls_disabled;
    pub mod container_soft_delete;
    pub mod cross_account_access;
    pub mod cross_tenant_replication;
    pub mod customer_managed_encryption;
    pub mod default_lock;
    pub mod delete_lock;
    pub mod encryption;
    pub mod geo_redundancy;
    pub mod lifecycle_rules;
    pub mod mfa_delete;
    pub mod minimum_tls;
    pub mod network_default_deny;
    pub mod object_lock;
    pub mod policy_service_source;
    pub mod portal_as_user;
    pub mod private_endpoint;
    pub mod public_access;
    pub mod public_access_block;
    pub mod public_network;
    pub mod public_policy;
    pub mod public_write;
    pub mod read_only_lock;
    pub mod replication;
    pub mod share_soft_delete;
    pub mod shared_key_access;
    pub mod smb_encryption;
    pub mod smb_version;
    pub mod soft_delete;
    pub mod tags;
    pub mod tls_enforced;
    pub mod trusted_services;
    pub mod versioning;
}

/// Controls of vaults.
pub mod vaults {
    pub mod access_logging;
    pub mod network_default_deny;
    pub mod private_endpoint;
    pub mod public_network;
    pub mod purge_protection;
    pub mod role_based_access;
}

/// Every control, ordered by id.
pub static ALL: &[&Control] = &[
    &detection::agentless_scanning::CONTROL,
    &detection::alert_mail::CONTROL,
    &detection::alert_mail_to_owners::CONTROL,
    &detection::attack_path_mail::CONTROL,
    &detection::attack_surface::CONTROL,
    &detection::benchmark_policies::CONTROL,
    &detection::endpoint_protection::CONTROL,
    &detection::file_integrity::CONTROL,
    &detection::finding_hub::CONTROL,
    &detection::machine_vulnerabilities::CONTROL,
    &detection::posture_management::CONTROL,
    &detection::secure_score::CONTROL,
    &detection::threat_detector::CONTROL,
    &detection::threat_detector_apis::CONTROL,
    &detection::threat_detector_app_service::CONTROL,
    &detection::threat_detector_cosmos::CONTROL,
    &detection::threat_detector_databases::CONTROL,
    &detection::threat_detector_functions::CONTROL,
    &detection::threat_detector_key_vault::CONTROL,
    &detection::threat_detector_kubernetes::CONTROL,
    &detection::threat_detector_malware::CONTROL,
    &detection::threat_detector_open_source_databases::CONTROL,
    &detection::threat_detector_resource_manager::CONTROL,
    &detection::threat_detector_runtime::CONTROL,
    &detection::threat_detector_servers::CONTROL,
    &detection::threat_detector_sql::CONTROL,
    &detection::threat_detector_sql_machines::CONTROL,
    &detection::threat_detector_storage::CONTROL,
    &detection::update_checks::CONTROL,
    &identity::access_key_age::CONTROL,
    &identity::application_owners::CONTROL,
    &identity::application_registration::CONTROL,
    &identity::banned_passwords::CONTROL,
    &identity::central_identity_provider::CONTROL,
    &identity::central_root_credentials::CONTROL,
    &identity::classic_administrators::CONTROL,
    &identity::cloudshell_full_access::CONTROL,
    &identity::contact_details::CONTROL,
    &identity::device_code_sign_in::CONTROL,
    &identity::device_registration_mfa::CONTROL,
    &identity::disabled_user_grants::CONTROL,
    &identity::expired_certificate::CONTROL,
    &identity::expired_credential::CONTROL,
    &identity::expiring_certificate::CONTROL,
    &identity::external_access_analyzer::CONTROL,
    &identity::external_full_admin::CONTROL,
    &identity::full_admin_policy::CONTROL,
    &identity::global_administrator_count::CONTROL,
    &identity::group_creation::CONTROL,
    &identity::group_full_admin::CONTROL,
    &identity::group_privilege_escalation::CONTROL,
    &identity::group_service_wildcard::CONTROL,
    &identity::group_unrestricted_decrypt::CONTROL,
    &identity::guest_access::CONTROL,
    &identity::guest_invitations::CONTROL,
    &identity::guest_privileges::CONTROL,
    &identity::legacy_protocols::CONTROL,
    &identity::lock_role::CONTROL,
    &identity::lockout_duration::CONTROL,
    &identity::lockout_threshold::CONTROL,
    &identity::long_lived_credential::CONTROL,
    &identity::mfa_for_administrators::CONTROL,
    &identity::mfa_for_everyone::CONTROL,
    &identity::mfa_for_management::CONTROL,
    &identity::mfa_for_risky_sign_ins::CONTROL,
    &identity::organization_delegated_administrators::CONTROL,
    &identity::organization_guardrails::CONTROL,
    &identity::organization_policy_delegation::CONTROL,
    &identity::orphaned_grants::CONTROL,
    &identity::owner_count::CONTROL,
    &identity::password_complexity::CONTROL,
    &identity::password_length::CONTROL,
    &identity::password_reuse::CONTROL,
    &identity::policy_privilege_escalation::CONTROL,
    &identity::role_full_admin::CONTROL,
    &identity::role_giver_count::CONTROL,
    &identity::role_privilege_escalation::CONTROL,
    &identity::role_service_wildcard::CONTROL,
    &identity::role_unrestricted_decrypt::CONTROL,
    &identity::root_access_key::CONTROL,
    &identity::root_hardware_mfa::CONTROL,
    &identity::root_mfa::CONTROL,
    &identity::root_role_grant::CONTROL,
    &identity::root_use::CONTROL,
    &identity::security_contact::CONTROL,
    &identity::security_defaults::CONTROL,
    &identity::service_wildcard_policy::CONTROL,
    &identity::single_access_key::CONTROL,
    &identity::standing_administrators::CONTROL,
    &identity::standing_privileges::CONTROL,
    &identity::subscription_moves::CONTROL,
    &identity::support_role::CONTROL,
    &identity::tenant_creation::CONTROL,
    &identity::tenant_creators::CONTROL,
    &identity::trust_federation_subject::CONTROL,
    &identity::trust_public::CONTROL,
    &identity::trust_service_source::CONTROL,
    &identity::trust_third_party::CONTROL,
    &identity::trusted_networks::CONTROL,
    &identity::unrestricted_decrypt_policy::CONTROL,
    &identity::unused_access_analyzer::CONTROL,
    &identity::unused_access_key::CONTROL,
    &identity::unused_password::CONTROL,
    &identity::unused_role::CONTROL,
    &identity::unused_user::CONTROL,
    &identity::user_consent::CONTROL,
    &identity::user_direct_policies::CONTROL,
    &identity::user_full_admin::CONTROL,
    &identity::user_mfa::CONTROL,
    &identity::user_privilege_escalation::CONTROL,
    &identity::user_service_wildcard::CONTROL,
    &identity::user_unrestricted_decrypt::CONTROL,
    &identity::workload_full_admin::CONTROL,
    &keys::cross_account_access::CONTROL,
    &keys::expiring::CONTROL,
    &keys::expiry_in_policy_vault::CONTROL,
    &keys::expiry_in_role_vault::CONTROL,
    &keys::pending_deletion::CONTROL,
    &keys::policy_service_source::CONTROL,
    &keys::public_policy::CONTROL,
    &keys::rotation::CONTROL,
    &keys::rotation_period::CONTROL,
    &logging::alert_audit_trail_change::CONTROL,
    &logging::alert_database_firewall_deletion::CONTROL,
    &logging::alert_database_firewall_update::CONTROL,
    &logging::alert_failed_sign_in::CONTROL,
    &logging::alert_identity_policy_change::CONTROL,
    &logging::alert_key_disablement::CONTROL,
    &logging::alert_network_acl_change::CONTROL,
    &logging::alert_network_change::CONTROL,
    &logging::alert_network_gateway_change::CONTROL,
    &logging::alert_organization_change::CONTROL,
    &logging::alert_policy_assignment_creation::CONTROL,
    &logging::alert_policy_assignment_deletion::CONTROL,
    &logging::alert_public_address_deletion::CONTROL,
    &logging::alert_public_address_update::CONTROL,
    &logging::alert_recorder_change::CONTROL,
    &logging::alert_root_use::CONTROL,
    &logging::alert_route_change::CONTROL,
    &logging::alert_security_group_change::CONTROL,
    &logging::alert_security_group_deletion::CONTROL,
    &logging::alert_security_group_update::CONTROL,
    &logging::alert_security_solution_deletion::CONTROL,
    &logging::alert_security_solution_update::CONTROL,
    &logging::alert_service_health::CONTROL,
    &logging::alert_sign_in_without_mfa::CONTROL,
    &logging::alert_storage_policy_change::CONTROL,
    &logging::alert_unauthorized_calls::CONTROL,
    &logging::application_monitoring::CONTROL,
    &logging::audit_trail_coverage::CONTROL,
    &logging::audit_trail_delivery::CONTROL,
    &logging::audit_trail_encryption::CONTROL,
    &logging::audit_trail_insights::CONTROL,
    &logging::audit_trail_log_group::CONTROL,
    &logging::audit_trail_recording::CONTROL,
    &logging::audit_trail_storage_access_logging::CONTROL,
    &logging::audit_trail_storage_lock::CONTROL,
    &logging::audit_trail_storage_public::CONTROL,
    &logging::audit_trail_storage_tls::CONTROL,
    &logging::audit_trail_storage_versioning::CONTROL,
    &logging::audit_trail_validation::CONTROL,
    &logging::device_management_export::CONTROL,
    &logging::directory_api_export::CONTROL,
    &logging::directory_export::CONTROL,
    &logging::event_store_encryption::CONTROL,
    &logging::event_store_protection::CONTROL,
    &logging::event_store_retention::CONTROL,
    &logging::log_group_encryption::CONTROL,
    &logging::log_group_retention::CONTROL,
    &logging::object_read_events::CONTROL,
    &logging::object_write_events::CONTROL,
    &logging::recorder::CONTROL,
    &logging::recorder_global_types::CONTROL,
    &network::flow_log_retention::CONTROL,
    &network::flow_log_search::CONTROL,
    &network::flow_logs::CONTROL,
    &network::security_group_flow_log_retention::CONTROL,
    &network::security_group_flow_log_search::CONTROL,
    &network::watcher::CONTROL,
    &resilience::basic_tiers::CONTROL,
    &secrets::certificate_validity::CONTROL,
    &secrets::expiring::CONTROL,
    &secrets::expiry_in_policy_vault::CONTROL,
    &secrets::expiry_in_role_vault::CONTROL,
    &storage::access_key_age::CONTROL,
    &storage::access_key_reminder::CONTROL,
    &storage::access_log_loop::CONTROL,
    &storage::access_log_target::CONTROL,
    &storage::access_logging::CONTROL,
    &storage::access_point_cross_account_access::CONTROL,
    &storage::access_point_network::CONTROL,
    &storage::access_point_public_access::CONTROL,
    &storage::access_point_public_access_block::CONTROL,
    &storage::account_public_access_block::CONTROL,
    &storage::acls_disabled::CONTROL,
    &storage::container_soft_delete::CONTROL,
    &storage::cross_account_access::CONTROL,
    &storage::cross_tenant_replication::CONTROL,
    &storage::customer_managed_encryption::CONTROL,
    &storage::default_lock::CONTROL,
    &storage::delete_lock::CONTROL,
    &storage::encryption::CONTROL,
    &storage::geo_redundancy::CONTROL,
    &storage::lifecycle_rules::CONTROL,
    &storage::mfa_delete::CONTROL,
    &storage::minimum_tls::CONTROL,
    &storage::network_default_deny::CONTROL,
    &storage::object_lock::CONTROL,
    &storage::policy_service_source::CONTROL,
    &storage::portal_as_user::CONTROL,
    &storage::private_endpoint::CONTROL,
    &storage::public_access::CONTROL,
    &storage::public_access_block::CONTROL,
    &storage::public_network::CONTROL,
    &storage::public_policy::CONTROL,
    &storage::public_write::CONTROL,
    &storage::read_only_lock::CONTROL,
    &storage::replication::CONTROL,
    &storage::share_soft_delete::CONTROL,
    &storage::shared_key_access::CONTROL,
    &storage::smb_encryption::CONTROL,
    &storage::smb_version::CONTROL,
    &storage::soft_delete::CONTROL,
    &storage::tags::CONTROL,
    &storage::tls_enforced::CONTROL,
    &storage::trusted_services::CONTROL,
    &storage::versioning::CONTROL,
    &vaults::access_logging::CONTROL,
    &vaults::network_default_deny::CONTROL,
    &vaults::private_endpoint::CONTROL,
    &vaults::public_network::CONTROL,
    &vaults::purge_protection::CONTROL,
    &vaults::role_based_access::CONTROL,
];
