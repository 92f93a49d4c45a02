//! Every control, one file each. Written by `cargo xtask generate`; add a control by adding its file.

use crate::control::Control;

pub(crate) mod admission {
    pub(crate) mod image_provenance;
    pub(crate) mod policy_engine;
    pub(crate) mod webhook_failure_policy;
}

pub(crate) mod compute {
    pub(crate) mod reachable_administrators;
    pub(crate) mod tags;
}

pub(crate) mod container_host {
    pub(crate) mod api_tls;
    pub(crate) mod authorization_plugin;
    pub(crate) mod base_device_size;
    pub(crate) mod cgroup_parent;
    pub(crate) mod content_trust;
    pub(crate) mod default_ulimits;
    pub(crate) mod experimental_features;
    pub(crate) mod insecure_registries;
    pub(crate) mod inter_container_traffic;
    pub(crate) mod iptables;
    pub(crate) mod live_restore;
    pub(crate) mod log_driver;
    pub(crate) mod log_level;
    pub(crate) mod no_new_privileges;
    pub(crate) mod rootless;
    pub(crate) mod seccomp_profile;
    pub(crate) mod security_modules;
    pub(crate) mod storage_driver;
    pub(crate) mod swarm_mode;
    pub(crate) mod user_namespaces;
    pub(crate) mod userland_proxy;
}

pub(crate) mod control_plane {
    pub(crate) mod admission_plugins;
    pub(crate) mod always_allow;
    pub(crate) mod anonymous_requests;
    pub(crate) mod audit_log;
    pub(crate) mod audit_log_retention;
    pub(crate) mod cipher_suites;
    pub(crate) mod component_tls;
    pub(crate) mod customer_managed_encryption;
    pub(crate) mod encryption_at_rest;
    pub(crate) mod housekeeping;
    pub(crate) mod loopback_binding;
    pub(crate) mod managed_sign_in;
    pub(crate) mod node_authorizer;
    pub(crate) mod node_restriction;
    pub(crate) mod profiling;
    pub(crate) mod provider_authorization;
    pub(crate) mod public_endpoint;
    pub(crate) mod rbac_authorizer;
    pub(crate) mod service_account_keys;
    pub(crate) mod static_tokens;
}

pub(crate) mod detection {
    pub(crate) mod agentless_scanning;
    pub(crate) mod alert_mail;
    pub(crate) mod alert_mail_to_owners;
    pub(crate) mod attack_path_mail;
    pub(crate) mod attack_surface;
    pub(crate) mod benchmark_policies;
    pub(crate) mod endpoint_protection;
    pub(crate) mod file_integrity;
    pub(crate) mod finding_hub;
    pub(crate) mod machine_vulnerabilities;
    pub(crate) mod posture_management;
    pub(crate) mod secure_score;
    pub(crate) mod threat_detector;
    pub(crate) mod threat_detector_apis;
    pub(crate) mod threat_detector_app_service;
    pub(crate) mod threat_detector_cosmos;
    pub(crate) mod threat_detector_databases;
    pub(crate) mod threat_detector_functions;
    pub(crate) mod threat_detector_key_vault;
    pub(crate) mod threat_detector_kubernetes;
    pub(crate) mod threat_detector_malware;
    pub(crate) mod threat_detector_open_source_databases;
    pub(crate) mod threat_detector_resource_manager;
    pub(crate) mod threat_detector_runtime;
    pub(crate) mod threat_detector_servers;
    pub(crate) mod threat_detector_sql;
    pub(crate) mod threat_detector_sql_machines;
    pub(crate) mod threat_detector_storage;
    pub(crate) mod update_checks;
}

pub(crate) mod edge {
    pub(crate) mod access_logs;
    pub(crate) mod certificate_expiry;
    pub(crate) mod certificate_source;
    pub(crate) mod certificate_strength;
    pub(crate) mod connection_draining;
    pub(crate) mod cross_zone;
    pub(crate) mod dangling_origin;
    pub(crate) mod deletion_protection;
    pub(crate) mod desync_mode;
    pub(crate) mod distribution_web_firewall;
    pub(crate) mod health_check_tls;
    pub(crate) mod invalid_headers;
    pub(crate) mod missing_origin;
    pub(crate) mod origin_tls;
    pub(crate) mod tags;
    pub(crate) mod tls_only;
    pub(crate) mod tls_policy;
    pub(crate) mod web_firewall;
    pub(crate) mod web_firewall_logs;
    pub(crate) mod web_firewall_metrics;
    pub(crate) mod web_firewall_rules;
    pub(crate) mod zones;
}

pub(crate) mod identity {
    pub(crate) mod access_key_age;
    pub(crate) mod anonymous_rights;
    pub(crate) mod application_owners;
    pub(crate) mod application_registration;
    pub(crate) mod banned_passwords;
    pub(crate) mod central_identity_provider;
    pub(crate) mod central_root_credentials;
    pub(crate) mod certificate_approvers;
    pub(crate) mod classic_administrators;
    pub(crate) mod cloudshell_full_access;
    pub(crate) mod cluster_full_admin;
    pub(crate) mod conflicting_rights;
    pub(crate) mod contact_details;
    pub(crate) mod dangling_bindings;
    pub(crate) mod dedicated_cloud_identity;
    pub(crate) mod default_service_accounts;
    pub(crate) mod device_code_sign_in;
    pub(crate) mod device_registration_mfa;
    pub(crate) mod disabled_user_grants;
    pub(crate) mod escalation_verbs;
    pub(crate) mod everyone_rights;
    pub(crate) mod exec_rights;
    pub(crate) mod expired_certificate;
    pub(crate) mod expired_credential;
    pub(crate) mod expiring_certificate;
    pub(crate) mod external_access_analyzer;
    pub(crate) mod external_full_admin;
    pub(crate) mod federated_credentials;
    pub(crate) mod federated_issuers;
    pub(crate) mod full_admin_policy;
    pub(crate) mod global_administrator_count;
    pub(crate) mod group_creation;
    pub(crate) mod group_full_admin;
    pub(crate) mod group_privilege_escalation;
    pub(crate) mod group_service_wildcard;
    pub(crate) mod group_unrestricted_decrypt;
    pub(crate) mod guest_access;
    pub(crate) mod guest_invitations;
    pub(crate) mod guest_privileges;
    pub(crate) mod legacy_protocols;
    pub(crate) mod lock_role;
    pub(crate) mod lockout_duration;
    pub(crate) mod lockout_threshold;
    pub(crate) mod long_lived_credential;
    pub(crate) mod long_lived_tokens;
    pub(crate) mod masters_group;
    pub(crate) mod mfa_for_administrators;
    pub(crate) mod mfa_for_everyone;
    pub(crate) mod mfa_for_management;
    pub(crate) mod mfa_for_risky_sign_ins;
    pub(crate) mod namespace_relabeling;
    pub(crate) mod node_proxy;
    pub(crate) mod organization_delegated_administrators;
    pub(crate) mod organization_guardrails;
    pub(crate) mod organization_policy_delegation;
    pub(crate) mod orphaned_grants;
    pub(crate) mod owner_count;
    pub(crate) mod password_complexity;
    pub(crate) mod password_length;
    pub(crate) mod password_reuse;
    pub(crate) mod pod_creators;
    pub(crate) mod policy_privilege_escalation;
    pub(crate) mod role_full_admin;
    pub(crate) mod role_giver_count;
    pub(crate) mod role_privilege_escalation;
    pub(crate) mod role_service_wildcard;
    pub(crate) mod role_tags;
    pub(crate) mod role_unrestricted_decrypt;
    pub(crate) mod root_access_key;
    pub(crate) mod root_hardware_mfa;
    pub(crate) mod root_mfa;
    pub(crate) mod root_role_grant;
    pub(crate) mod root_use;
    pub(crate) mod secret_readers;
    pub(crate) mod security_contact;
    pub(crate) mod security_defaults;
    pub(crate) mod service_wildcard_policy;
    pub(crate) mod single_access_key;
    pub(crate) mod standing_administrators;
    pub(crate) mod standing_privileges;
    pub(crate) mod subject_privilege_escalation;
    pub(crate) mod subscription_moves;
    pub(crate) mod support_role;
    pub(crate) mod tenant_creation;
    pub(crate) mod tenant_creators;
    pub(crate) mod token_minters;
    pub(crate) mod trust_federation_audience;
    pub(crate) mod trust_federation_subject;
    pub(crate) mod trust_public;
    pub(crate) mod trust_service_source;
    pub(crate) mod trust_third_party;
    pub(crate) mod trusted_networks;
    pub(crate) mod unrestricted_decrypt_policy;
    pub(crate) mod unused_access_analyzer;
    pub(crate) mod unused_access_key;
    pub(crate) mod unused_password;
    pub(crate) mod unused_role;
    pub(crate) mod unused_user;
    pub(crate) mod user_consent;
    pub(crate) mod user_direct_policies;
    pub(crate) mod user_full_admin;
    pub(crate) mod user_mfa;
    pub(crate) mod user_privilege_escalation;
    pub(crate) mod user_service_wildcard;
    pub(crate) mod user_tags;
    pub(crate) mod user_unrestricted_decrypt;
    pub(crate) mod volume_creators;
    pub(crate) mod webhook_writers;
    pub(crate) mod wildcard_rights;
    pub(crate) mod workload_full_admin;
}

pub(crate) mod images {
    pub(crate) mod add_instruction;
    pub(crate) mod age;
    pub(crate) mod ambiguous_layers;
    pub(crate) mod bill_of_materials;
    pub(crate) mod content_trust;
    pub(crate) mod critical_vulnerabilities;
    pub(crate) mod empty_passwords;
    pub(crate) mod git_directories;
    pub(crate) mod healthcheck;
    pub(crate) mod high_vulnerabilities;
    pub(crate) mod known_exploited_vulnerabilities;
    pub(crate) mod latest_tag;
    pub(crate) mod loader_environment;
    pub(crate) mod management_ports;
    pub(crate) mod named_user;
    pub(crate) mod origin_labels;
    pub(crate) mod os_support;
    pub(crate) mod package_caches;
    pub(crate) mod package_inventory;
    pub(crate) mod privileged_ports;
    pub(crate) mod provenance;
    pub(crate) mod registry;
    pub(crate) mod root_user;
    pub(crate) mod secrets_in_deleted_files;
    pub(crate) mod secrets_in_environment;
    pub(crate) mod secrets_in_files;
    pub(crate) mod secrets_in_history;
    pub(crate) mod sensitive_volumes;
    pub(crate) mod setuid_files;
    pub(crate) mod shared_host_keys;
    pub(crate) mod signature_present;
    pub(crate) mod signature_verified;
    pub(crate) mod ssh_server;
    pub(crate) mod sudo;
    pub(crate) mod tls_verification_off;
    pub(crate) mod unfixed_vulnerabilities;
    pub(crate) mod unneeded_tools;
    pub(crate) mod unresolved_user;
    pub(crate) mod unverified_packages;
    pub(crate) mod update_alone;
    pub(crate) mod world_writable_files;
}

pub(crate) mod inventory {
    pub(crate) mod environments;
    pub(crate) mod regions_allowed;
}

pub(crate) mod keys {
    pub(crate) mod cross_account_access;
    pub(crate) mod expiring;
    pub(crate) mod expiry_in_policy_vault;
    pub(crate) mod expiry_in_role_vault;
    pub(crate) mod managed_hsm;
    pub(crate) mod pending_deletion;
    pub(crate) mod policy_service_source;
    pub(crate) mod public_policy;
    pub(crate) mod purpose;
    pub(crate) mod rotation;
    pub(crate) mod rotation_period;
    pub(crate) mod separation_of_duties;
    pub(crate) mod stale_grants;
    pub(crate) mod strength;
    pub(crate) mod tags;
}

pub(crate) mod lifecycle {
    pub(crate) mod docker_engine;
    pub(crate) mod ingress_nginx;
    pub(crate) mod kubernetes_version;
    pub(crate) mod node_pool_version;
    pub(crate) mod node_skew;
    pub(crate) mod removed_apis;
}

pub(crate) mod logging {
    pub(crate) mod alert_audit_trail_change;
    pub(crate) mod alert_database_firewall_deletion;
    pub(crate) mod alert_database_firewall_update;
    pub(crate) mod alert_failed_sign_in;
    pub(crate) mod alert_identity_policy_change;
    pub(crate) mod alert_key_disablement;
    pub(crate) mod alert_network_acl_change;
    pub(crate) mod alert_network_change;
    pub(crate) mod alert_network_gateway_change;
    pub(crate) mod alert_organization_change;
    pub(crate) mod alert_policy_assignment_creation;
    pub(crate) mod alert_policy_assignment_deletion;
    pub(crate) mod alert_public_address_deletion;
    pub(crate) mod alert_public_address_update;
    pub(crate) mod alert_recorder_change;
    pub(crate) mod alert_root_use;
    pub(crate) mod alert_route_change;
    pub(crate) mod alert_security_group_change;
    pub(crate) mod alert_security_group_deletion;
    pub(crate) mod alert_security_group_update;
    pub(crate) mod alert_security_solution_deletion;
    pub(crate) mod alert_security_solution_update;
    pub(crate) mod alert_service_health;
    pub(crate) mod alert_sign_in_without_mfa;
    pub(crate) mod alert_storage_policy_change;
    pub(crate) mod alert_tags;
    pub(crate) mod alert_unauthorized_calls;
    pub(crate) mod application_monitoring;
    pub(crate) mod audit_trail_coverage;
    pub(crate) mod audit_trail_delivery;
    pub(crate) mod audit_trail_encryption;
    pub(crate) mod audit_trail_insights;
    pub(crate) mod audit_trail_log_group;
    pub(crate) mod audit_trail_recording;
    pub(crate) mod audit_trail_storage_access_logging;
    pub(crate) mod audit_trail_storage_lock;
    pub(crate) mod audit_trail_storage_public;
    pub(crate) mod audit_trail_storage_tls;
    pub(crate) mod audit_trail_storage_versioning;
    pub(crate) mod audit_trail_tags;
    pub(crate) mod audit_trail_validation;
    pub(crate) mod device_management_export;
    pub(crate) mod directory_api_export;
    pub(crate) mod directory_export;
    pub(crate) mod erasers;
    pub(crate) mod event_store_encryption;
    pub(crate) mod event_store_protection;
    pub(crate) mod event_store_retention;
    pub(crate) mod key_events;
    pub(crate) mod log_group_cross_account_access;
    pub(crate) mod log_group_encryption;
    pub(crate) mod log_group_policy_service_source;
    pub(crate) mod log_group_public_policy;
    pub(crate) mod log_group_retention;
    pub(crate) mod log_group_tags;
    pub(crate) mod object_read_events;
    pub(crate) mod object_write_events;
    pub(crate) mod readers;
    pub(crate) mod recorder;
    pub(crate) mod recorder_global_types;
}

pub(crate) mod namespaces {
    pub(crate) mod limit_range;
    pub(crate) mod pod_security_baseline;
    pub(crate) mod pod_security_restricted;
    pub(crate) mod resource_quota;
    pub(crate) mod separation;
}

pub(crate) mod network {
    pub(crate) mod acl_admin_ports;
    pub(crate) mod acl_tags;
    pub(crate) mod allow_all_rules;
    pub(crate) mod automatic_addresses;
    pub(crate) mod bastion;
    pub(crate) mod default_deny_egress;
    pub(crate) mod default_deny_ingress;
    pub(crate) mod default_group;
    pub(crate) mod denial_of_service;
    pub(crate) mod dns_logs;
    pub(crate) mod environment_separation;
    pub(crate) mod external_ips;
    pub(crate) mod firewall;
    pub(crate) mod firewall_default_actions;
    pub(crate) mod firewall_deletion_protection;
    pub(crate) mod firewall_logs;
    pub(crate) mod firewall_policy_rules;
    pub(crate) mod firewall_rule_group_rules;
    pub(crate) mod firewall_subnet_protection;
    pub(crate) mod firewall_tags;
    pub(crate) mod flood_protection;
    pub(crate) mod flow_log_retention;
    pub(crate) mod flow_log_search;
    pub(crate) mod flow_log_tags;
    pub(crate) mod flow_logs;
    pub(crate) mod group_admin_ports;
    pub(crate) mod group_ports;
    pub(crate) mod ingress_tls;
    pub(crate) mod managed_policy_engine;
    pub(crate) mod metadata_service;
    pub(crate) mod namespace_policies;
    pub(crate) mod node_ports;
    pub(crate) mod peering_routes;
    pub(crate) mod perimeter;
    pub(crate) mod pods_open_outwards;
    pub(crate) mod pods_open_to_cluster;
    pub(crate) mod policy_enforcement;
    pub(crate) mod policy_without_effect;
    pub(crate) mod public_access_block;
    pub(crate) mod public_addresses;
    pub(crate) mod public_load_balancers;
    pub(crate) mod reachable_admin_ports;
    pub(crate) mod reachable_ports;
    pub(crate) mod security_group_flow_log_retention;
    pub(crate) mod security_group_flow_log_search;
    pub(crate) mod security_group_tags;
    pub(crate) mod service_endpoints;
    pub(crate) mod subnet_groups;
    pub(crate) mod subnet_tags;
    pub(crate) mod tags;
    pub(crate) mod transit_acceptance;
    pub(crate) mod transit_gateway_tags;
    pub(crate) mod unused_acls;
    pub(crate) mod unused_rules;
    pub(crate) mod vpn;
    pub(crate) mod vpn_logs;
    pub(crate) mod vpn_tags;
    pub(crate) mod vpn_tunnels;
    pub(crate) mod watcher;
}

pub(crate) mod nodes {
    pub(crate) mod open_remote_access;
    pub(crate) mod pool_public_addresses;
    pub(crate) mod public_addresses;
}

pub(crate) mod resilience {
    pub(crate) mod basic_tiers;
}

pub(crate) mod secrets {
    pub(crate) mod certificate_validity;
    pub(crate) mod expiring;
    pub(crate) mod expiry_in_policy_vault;
    pub(crate) mod expiry_in_role_vault;
    pub(crate) mod external_secrets;
    pub(crate) mod literal_keys;
    pub(crate) mod tags;
}

pub(crate) mod storage {
    pub(crate) mod access_key_age;
    pub(crate) mod access_key_reminder;
    pub(crate) mod access_log_loop;
    pub(crate) mod access_log_target;
    pub(crate) mod access_logging;
    pub(crate) mod access_point_cross_account_access;
    pub(crate) mod access_point_network;
    pub(crate) mod access_point_public_access;
    pub(crate) mod access_point_public_access_block;
    pub(crate) mod account_public_access_block;
    pub(crate) mod acls_disabled;
    pub(crate) mod container_soft_delete;
    pub(crate) mod cross_account_access;
    pub(crate) mod cross_tenant_replication;
    pub(crate) mod customer_managed_encryption;
    pub(crate) mod default_lock;
    pub(crate) mod delete_lock;
    pub(crate) mod encryption;
    pub(crate) mod geo_redundancy;
    pub(crate) mod lifecycle_rules;
    pub(crate) mod mfa_delete;
    pub(crate) mod minimum_tls;
    pub(crate) mod network_default_deny;
    pub(crate) mod object_lock;
    pub(crate) mod policy_service_source;
    pub(crate) mod portal_as_user;
    pub(crate) mod private_endpoint;
    pub(crate) mod public_access;
    pub(crate) mod public_access_block;
    pub(crate) mod public_network;
    pub(crate) mod public_policy;
    pub(crate) mod public_write;
    pub(crate) mod read_only_lock;
    pub(crate) mod replication;
    pub(crate) mod share_soft_delete;
    pub(crate) mod shared_key_access;
    pub(crate) mod smb_encryption;
    pub(crate) mod smb_version;
    pub(crate) mod soft_delete;
    pub(crate) mod tags;
    pub(crate) mod tls_enforced;
    pub(crate) mod trusted_services;
    pub(crate) mod versioning;
}

pub(crate) mod vaults {
    pub(crate) mod access_logging;
    pub(crate) mod network_default_deny;
    pub(crate) mod private_endpoint;
    pub(crate) mod public_network;
    pub(crate) mod purge_protection;
    pub(crate) mod role_based_access;
    pub(crate) mod separation_of_duties;
    pub(crate) mod tags;
}

pub(crate) mod workloads {
    pub(crate) mod added_capabilities;
    pub(crate) mod apparmor_profile;
    pub(crate) mod bare_pods;
    pub(crate) mod cgroup_parent;
    pub(crate) mod content_trust;
    pub(crate) mod cpu_limits;
    pub(crate) mod cpu_requests;
    pub(crate) mod default_bridge;
    pub(crate) mod default_namespace;
    pub(crate) mod health_check;
    pub(crate) mod host_cgroup_namespace;
    pub(crate) mod host_devices;
    pub(crate) mod host_ipc_namespace;
    pub(crate) mod host_network;
    pub(crate) mod host_path_volumes;
    pub(crate) mod host_ports;
    pub(crate) mod host_process_namespace;
    pub(crate) mod host_user_namespace;
    pub(crate) mod host_uts_namespace;
    pub(crate) mod image_audited;
    pub(crate) mod image_registries;
    pub(crate) mod literal_credentials;
    pub(crate) mod memory_limits;
    pub(crate) mod mount_propagation;
    pub(crate) mod mutable_images;
    pub(crate) mod pids_limits;
    pub(crate) mod privilege_escalation;
    pub(crate) mod privileged_containers;
    pub(crate) mod privileged_ports;
    pub(crate) mod probe_hosts;
    pub(crate) mod proc_mount;
    pub(crate) mod restart_limit;
    pub(crate) mod root_containers;
    pub(crate) mod runtime_socket;
    pub(crate) mod seccomp_profile;
    pub(crate) mod seccomp_unconfined;
    pub(crate) mod secrets_in_environment;
    pub(crate) mod selinux_options;
    pub(crate) mod sensitive_host_paths;
    pub(crate) mod service_account_token;
    pub(crate) mod system_namespace;
    pub(crate) mod unbound_ports;
    pub(crate) mod undropped_capabilities;
    pub(crate) mod unsafe_sysctls;
    pub(crate) mod user_namespace_override;
    pub(crate) mod volume_types;
    pub(crate) mod windows_host_process;
    pub(crate) mod writable_root_filesystem;
}

/// Every control, ordered by id.
pub static ALL: &[&Control] = &[
    &admission::image_provenance::CONTROL,
    &admission::policy_engine::CONTROL,
    &admission::webhook_failure_policy::CONTROL,
    &compute::reachable_administrators::CONTROL,
    &compute::tags::CONTROL,
    &container_host::api_tls::CONTROL,
    &container_host::authorization_plugin::CONTROL,
    &container_host::base_device_size::CONTROL,
    &container_host::cgroup_parent::CONTROL,
    &container_host::content_trust::CONTROL,
    &container_host::default_ulimits::CONTROL,
    &container_host::experimental_features::CONTROL,
    &container_host::insecure_registries::CONTROL,
    &container_host::inter_container_traffic::CONTROL,
    &container_host::iptables::CONTROL,
    &container_host::live_restore::CONTROL,
    &container_host::log_driver::CONTROL,
    &container_host::log_level::CONTROL,
    &container_host::no_new_privileges::CONTROL,
    &container_host::rootless::CONTROL,
    &container_host::seccomp_profile::CONTROL,
    &container_host::security_modules::CONTROL,
    &container_host::storage_driver::CONTROL,
    &container_host::swarm_mode::CONTROL,
    &container_host::user_namespaces::CONTROL,
    &container_host::userland_proxy::CONTROL,
    &control_plane::admission_plugins::CONTROL,
    &control_plane::always_allow::CONTROL,
    &control_plane::anonymous_requests::CONTROL,
    &control_plane::audit_log::CONTROL,
    &control_plane::audit_log_retention::CONTROL,
    &control_plane::cipher_suites::CONTROL,
    &control_plane::component_tls::CONTROL,
    &control_plane::customer_managed_encryption::CONTROL,
    &control_plane::encryption_at_rest::CONTROL,
    &control_plane::housekeeping::CONTROL,
    &control_plane::loopback_binding::CONTROL,
    &control_plane::managed_sign_in::CONTROL,
    &control_plane::node_authorizer::CONTROL,
    &control_plane::node_restriction::CONTROL,
    &control_plane::profiling::CONTROL,
    &control_plane::provider_authorization::CONTROL,
    &control_plane::public_endpoint::CONTROL,
    &control_plane::rbac_authorizer::CONTROL,
    &control_plane::service_account_keys::CONTROL,
    &control_plane::static_tokens::CONTROL,
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
    &edge::access_logs::CONTROL,
    &edge::certificate_expiry::CONTROL,
    &edge::certificate_source::CONTROL,
    &edge::certificate_strength::CONTROL,
    &edge::connection_draining::CONTROL,
    &edge::cross_zone::CONTROL,
    &edge::dangling_origin::CONTROL,
    &edge::deletion_protection::CONTROL,
    &edge::desync_mode::CONTROL,
    &edge::distribution_web_firewall::CONTROL,
    &edge::health_check_tls::CONTROL,
    &edge::invalid_headers::CONTROL,
    &edge::missing_origin::CONTROL,
    &edge::origin_tls::CONTROL,
    &edge::tags::CONTROL,
    &edge::tls_only::CONTROL,
    &edge::tls_policy::CONTROL,
    &edge::web_firewall::CONTROL,
    &edge::web_firewall_logs::CONTROL,
    &edge::web_firewall_metrics::CONTROL,
    &edge::web_firewall_rules::CONTROL,
    &edge::zones::CONTROL,
    &identity::access_key_age::CONTROL,
    &identity::anonymous_rights::CONTROL,
    &identity::application_owners::CONTROL,
    &identity::application_registration::CONTROL,
    &identity::banned_passwords::CONTROL,
    &identity::central_identity_provider::CONTROL,
    &identity::central_root_credentials::CONTROL,
    &identity::certificate_approvers::CONTROL,
    &identity::classic_administrators::CONTROL,
    &identity::cloudshell_full_access::CONTROL,
    &identity::cluster_full_admin::CONTROL,
    &identity::conflicting_rights::CONTROL,
    &identity::contact_details::CONTROL,
    &identity::dangling_bindings::CONTROL,
    &identity::dedicated_cloud_identity::CONTROL,
    &identity::default_service_accounts::CONTROL,
    &identity::device_code_sign_in::CONTROL,
    &identity::device_registration_mfa::CONTROL,
    &identity::disabled_user_grants::CONTROL,
    &identity::escalation_verbs::CONTROL,
    &identity::everyone_rights::CONTROL,
    &identity::exec_rights::CONTROL,
    &identity::expired_certificate::CONTROL,
    &identity::expired_credential::CONTROL,
    &identity::expiring_certificate::CONTROL,
    &identity::external_access_analyzer::CONTROL,
    &identity::external_full_admin::CONTROL,
    &identity::federated_credentials::CONTROL,
    &identity::federated_issuers::CONTROL,
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
    &identity::long_lived_tokens::CONTROL,
    &identity::masters_group::CONTROL,
    &identity::mfa_for_administrators::CONTROL,
    &identity::mfa_for_everyone::CONTROL,
    &identity::mfa_for_management::CONTROL,
    &identity::mfa_for_risky_sign_ins::CONTROL,
    &identity::namespace_relabeling::CONTROL,
    &identity::node_proxy::CONTROL,
    &identity::organization_delegated_administrators::CONTROL,
    &identity::organization_guardrails::CONTROL,
    &identity::organization_policy_delegation::CONTROL,
    &identity::orphaned_grants::CONTROL,
    &identity::owner_count::CONTROL,
    &identity::password_complexity::CONTROL,
    &identity::password_length::CONTROL,
    &identity::password_reuse::CONTROL,
    &identity::pod_creators::CONTROL,
    &identity::policy_privilege_escalation::CONTROL,
    &identity::role_full_admin::CONTROL,
    &identity::role_giver_count::CONTROL,
    &identity::role_privilege_escalation::CONTROL,
    &identity::role_service_wildcard::CONTROL,
    &identity::role_tags::CONTROL,
    &identity::role_unrestricted_decrypt::CONTROL,
    &identity::root_access_key::CONTROL,
    &identity::root_hardware_mfa::CONTROL,
    &identity::root_mfa::CONTROL,
    &identity::root_role_grant::CONTROL,
    &identity::root_use::CONTROL,
    &identity::secret_readers::CONTROL,
    &identity::security_contact::CONTROL,
    &identity::security_defaults::CONTROL,
    &identity::service_wildcard_policy::CONTROL,
    &identity::single_access_key::CONTROL,
    &identity::standing_administrators::CONTROL,
    &identity::standing_privileges::CONTROL,
    &identity::subject_privilege_escalation::CONTROL,
    &identity::subscription_moves::CONTROL,
    &identity::support_role::CONTROL,
    &identity::tenant_creation::CONTROL,
    &identity::tenant_creators::CONTROL,
    &identity::token_minters::CONTROL,
    &identity::trust_federation_audience::CONTROL,
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
    &identity::user_tags::CONTROL,
    &identity::user_unrestricted_decrypt::CONTROL,
    &identity::volume_creators::CONTROL,
    &identity::webhook_writers::CONTROL,
    &identity::wildcard_rights::CONTROL,
    &identity::workload_full_admin::CONTROL,
    &images::add_instruction::CONTROL,
    &images::age::CONTROL,
    &images::ambiguous_layers::CONTROL,
    &images::bill_of_materials::CONTROL,
    &images::content_trust::CONTROL,
    &images::critical_vulnerabilities::CONTROL,
    &images::empty_passwords::CONTROL,
    &images::git_directories::CONTROL,
    &images::healthcheck::CONTROL,
    &images::high_vulnerabilities::CONTROL,
    &images::known_exploited_vulnerabilities::CONTROL,
    &images::latest_tag::CONTROL,
    &images::loader_environment::CONTROL,
    &images::management_ports::CONTROL,
    &images::named_user::CONTROL,
    &images::origin_labels::CONTROL,
    &images::os_support::CONTROL,
    &images::package_caches::CONTROL,
    &images::package_inventory::CONTROL,
    &images::privileged_ports::CONTROL,
    &images::provenance::CONTROL,
    &images::registry::CONTROL,
    &images::root_user::CONTROL,
    &images::secrets_in_deleted_files::CONTROL,
    &images::secrets_in_environment::CONTROL,
    &images::secrets_in_files::CONTROL,
    &images::secrets_in_history::CONTROL,
    &images::sensitive_volumes::CONTROL,
    &images::setuid_files::CONTROL,
    &images::shared_host_keys::CONTROL,
    &images::signature_present::CONTROL,
    &images::signature_verified::CONTROL,
    &images::ssh_server::CONTROL,
    &images::sudo::CONTROL,
    &images::tls_verification_off::CONTROL,
    &images::unfixed_vulnerabilities::CONTROL,
    &images::unneeded_tools::CONTROL,
    &images::unresolved_user::CONTROL,
    &images::unverified_packages::CONTROL,
    &images::update_alone::CONTROL,
    &images::world_writable_files::CONTROL,
    &inventory::environments::CONTROL,
    &inventory::regions_allowed::CONTROL,
    &keys::cross_account_access::CONTROL,
    &keys::expiring::CONTROL,
    &keys::expiry_in_policy_vault::CONTROL,
    &keys::expiry_in_role_vault::CONTROL,
    &keys::managed_hsm::CONTROL,
    &keys::pending_deletion::CONTROL,
    &keys::policy_service_source::CONTROL,
    &keys::public_policy::CONTROL,
    &keys::purpose::CONTROL,
    &keys::rotation::CONTROL,
    &keys::rotation_period::CONTROL,
    &keys::separation_of_duties::CONTROL,
    &keys::stale_grants::CONTROL,
    &keys::strength::CONTROL,
    &keys::tags::CONTROL,
    &lifecycle::docker_engine::CONTROL,
    &lifecycle::ingress_nginx::CONTROL,
    &lifecycle::kubernetes_version::CONTROL,
    &lifecycle::node_pool_version::CONTROL,
    &lifecycle::node_skew::CONTROL,
    &lifecycle::removed_apis::CONTROL,
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
    &logging::alert_tags::CONTROL,
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
    &logging::audit_trail_tags::CONTROL,
    &logging::audit_trail_validation::CONTROL,
    &logging::device_management_export::CONTROL,
    &logging::directory_api_export::CONTROL,
    &logging::directory_export::CONTROL,
    &logging::erasers::CONTROL,
    &logging::event_store_encryption::CONTROL,
    &logging::event_store_protection::CONTROL,
    &logging::event_store_retention::CONTROL,
    &logging::key_events::CONTROL,
    &logging::log_group_cross_account_access::CONTROL,
    &logging::log_group_encryption::CONTROL,
    &logging::log_group_policy_service_source::CONTROL,
    &logging::log_group_public_policy::CONTROL,
    &logging::log_group_retention::CONTROL,
    &logging::log_group_tags::CONTROL,
    &logging::object_read_events::CONTROL,
    &logging::object_write_events::CONTROL,
    &logging::readers::CONTROL,
    &logging::recorder::CONTROL,
    &logging::recorder_global_types::CONTROL,
    &namespaces::limit_range::CONTROL,
    &namespaces::pod_security_baseline::CONTROL,
    &namespaces::pod_security_restricted::CONTROL,
    &namespaces::resource_quota::CONTROL,
    &namespaces::separation::CONTROL,
    &network::acl_admin_ports::CONTROL,
    &network::acl_tags::CONTROL,
    &network::allow_all_rules::CONTROL,
    &network::automatic_addresses::CONTROL,
    &network::bastion::CONTROL,
    &network::default_deny_egress::CONTROL,
    &network::default_deny_ingress::CONTROL,
    &network::default_group::CONTROL,
    &network::denial_of_service::CONTROL,
    &network::dns_logs::CONTROL,
    &network::environment_separation::CONTROL,
    &network::external_ips::CONTROL,
    &network::firewall::CONTROL,
    &network::firewall_default_actions::CONTROL,
    &network::firewall_deletion_protection::CONTROL,
    &network::firewall_logs::CONTROL,
    &network::firewall_policy_rules::CONTROL,
    &network::firewall_rule_group_rules::CONTROL,
    &network::firewall_subnet_protection::CONTROL,
    &network::firewall_tags::CONTROL,
    &network::flood_protection::CONTROL,
    &network::flow_log_retention::CONTROL,
    &network::flow_log_search::CONTROL,
    &network::flow_log_tags::CONTROL,
    &network::flow_logs::CONTROL,
    &network::group_admin_ports::CONTROL,
    &network::group_ports::CONTROL,
    &network::ingress_tls::CONTROL,
    &network::managed_policy_engine::CONTROL,
    &network::metadata_service::CONTROL,
    &network::namespace_policies::CONTROL,
    &network::node_ports::CONTROL,
    &network::peering_routes::CONTROL,
    &network::perimeter::CONTROL,
    &network::pods_open_outwards::CONTROL,
    &network::pods_open_to_cluster::CONTROL,
    &network::policy_enforcement::CONTROL,
    &network::policy_without_effect::CONTROL,
    &network::public_access_block::CONTROL,
    &network::public_addresses::CONTROL,
    &network::public_load_balancers::CONTROL,
    &network::reachable_admin_ports::CONTROL,
    &network::reachable_ports::CONTROL,
    &network::security_group_flow_log_retention::CONTROL,
    &network::security_group_flow_log_search::CONTROL,
    &network::security_group_tags::CONTROL,
    &network::service_endpoints::CONTROL,
    &network::subnet_groups::CONTROL,
    &network::subnet_tags::CONTROL,
    &network::tags::CONTROL,
    &network::transit_acceptance::CONTROL,
    &network::transit_gateway_tags::CONTROL,
    &network::unused_acls::CONTROL,
    &network::unused_rules::CONTROL,
    &network::vpn::CONTROL,
    &network::vpn_logs::CONTROL,
    &network::vpn_tags::CONTROL,
    &network::vpn_tunnels::CONTROL,
    &network::watcher::CONTROL,
    &nodes::open_remote_access::CONTROL,
    &nodes::pool_public_addresses::CONTROL,
    &nodes::public_addresses::CONTROL,
    &resilience::basic_tiers::CONTROL,
    &secrets::certificate_validity::CONTROL,
    &secrets::expiring::CONTROL,
    &secrets::expiry_in_policy_vault::CONTROL,
    &secrets::expiry_in_role_vault::CONTROL,
    &secrets::external_secrets::CONTROL,
    &secrets::literal_keys::CONTROL,
    &secrets::tags::CONTROL,
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
    &vaults::separation_of_duties::CONTROL,
    &vaults::tags::CONTROL,
    &workloads::added_capabilities::CONTROL,
    &workloads::apparmor_profile::CONTROL,
    &workloads::bare_pods::CONTROL,
    &workloads::cgroup_parent::CONTROL,
    &workloads::content_trust::CONTROL,
    &workloads::cpu_limits::CONTROL,
    &workloads::cpu_requests::CONTROL,
    &workloads::default_bridge::CONTROL,
    &workloads::default_namespace::CONTROL,
    &workloads::health_check::CONTROL,
    &workloads::host_cgroup_namespace::CONTROL,
    &workloads::host_devices::CONTROL,
    &workloads::host_ipc_namespace::CONTROL,
    &workloads::host_network::CONTROL,
    &workloads::host_path_volumes::CONTROL,
    &workloads::host_ports::CONTROL,
    &workloads::host_process_namespace::CONTROL,
    &workloads::host_user_namespace::CONTROL,
    &workloads::host_uts_namespace::CONTROL,
    &workloads::image_audited::CONTROL,
    &workloads::image_registries::CONTROL,
    &workloads::literal_credentials::CONTROL,
    &workloads::memory_limits::CONTROL,
    &workloads::mount_propagation::CONTROL,
    &workloads::mutable_images::CONTROL,
    &workloads::pids_limits::CONTROL,
    &workloads::privilege_escalation::CONTROL,
    &workloads::privileged_containers::CONTROL,
    &workloads::privileged_ports::CONTROL,
    &workloads::probe_hosts::CONTROL,
    &workloads::proc_mount::CONTROL,
    &workloads::restart_limit::CONTROL,
    &workloads::root_containers::CONTROL,
    &workloads::runtime_socket::CONTROL,
    &workloads::seccomp_profile::CONTROL,
    &workloads::seccomp_unconfined::CONTROL,
    &workloads::secrets_in_environment::CONTROL,
    &workloads::selinux_options::CONTROL,
    &workloads::sensitive_host_paths::CONTROL,
    &workloads::service_account_token::CONTROL,
    &workloads::system_namespace::CONTROL,
    &workloads::unbound_ports::CONTROL,
    &workloads::undropped_capabilities::CONTROL,
    &workloads::unsafe_sysctls::CONTROL,
    &workloads::user_namespace_override::CONTROL,
    &workloads::volume_types::CONTROL,
    &workloads::windows_host_process::CONTROL,
    &workloads::writable_root_filesystem::CONTROL,
];

/// The built-in control of this id, or of one that it had before.
pub fn by_id(id: &str) -> Option<&'static Control> {
    ALL.iter().copied().find(|control| control.ids().any(|own| own == id))
}
