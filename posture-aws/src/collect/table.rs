//! Every action. Written by `cargo xtask generate`; add an action beside the code that reads what it answers.

use futures::future::BoxFuture;
use posture_model::part::Part;

use super::context::Audit;
use crate::entry::Action;
use crate::wire::spec::Spec;

/// Every action, ordered by name.
pub static ACTIONS: &[Action] = &[
    super::regional::ANALYZERS,
    super::account::SECURITY_CONTACT,
    super::account::CONTACT_DETAILS,
    super::cloudtrail::DESCRIBE,
    super::cloudtrail::STORE,
    super::cloudtrail::SELECTORS,
    super::cloudtrail::INSIGHTS,
    super::cloudtrail::STATUS,
    super::cloudtrail::LIST_STORES,
    super::alerts::METRIC_ALARMS,
    super::regional::RECORDER_STATUS,
    super::regional::RECORDERS,
    super::regional::CHANNELS,
    super::regional::DETECTOR,
    super::regional::DETECTORS,
    super::iam::report::GENERATE,
    super::iam::authorization::AUTHORIZATION,
    super::iam::PASSWORD_POLICY,
    super::iam::SUMMARY,
    super::iam::report::REPORT,
    super::iam::ALIASES,
    super::iam::OIDC,
    super::organization::FEATURES,
    super::iam::SAML,
    super::iam::CERTIFICATES,
    super::iam::DEVICES,
    super::keys::KEY,
    super::keys::KEY_POLICY,
    super::keys::KEY_ROTATION,
    super::keys::KEYS,
    super::alerts::LOG_GROUPS,
    super::alerts::METRIC_FILTERS,
    super::organization::ORGANIZATION,
    super::organization::DELEGATION_POLICY,
    super::organization::ADMINISTRATORS,
    super::organization::POLICIES,
    super::organization::POLICY_TARGETS,
    super::s3::POINT,
    super::s3::POINT_POLICY,
    super::s3::ACCOUNT_BLOCK,
    super::s3::ACL,
    super::s3::LOCATION,
    super::s3::LOGGING,
    super::s3::LOCK,
    super::s3::OWNERSHIP,
    super::s3::POLICY,
    super::s3::PUBLIC_BLOCK,
    super::s3::TAGGING,
    super::s3::VERSIONING,
    super::s3::ENCRYPTION,
    super::s3::LIFECYCLE,
    super::s3::REPLICATION,
    super::s3::LIST_ACCESS_POINTS,
    super::s3::LIST,
    super::regional::HUB,
    super::alerts::SUBSCRIPTIONS,
];

/// Every operation that is asked without a crate of its service.
pub(crate) static OPERATIONS: &[&Spec] = &[
    &super::account::GET_ALTERNATE_CONTACT.spec,
    &super::account::GET_CONTACT_INFORMATION.spec,
    &super::alerts::GROUPS.spec,
    &super::alerts::FILTERS.spec,
    &super::alerts::ALARMS.spec,
    &super::alerts::LIST_SUBSCRIPTIONS.spec,
    &super::keys::LIST.spec,
    &super::keys::DESCRIBE.spec,
    &super::keys::POLICY.spec,
    &super::keys::ROTATION.spec,
    &super::organization::DELEGATED.spec,
    &super::organization::DELEGATION.spec,
    &super::organization::DESCRIBE.spec,
    &super::organization::SERVICE_POLICIES.spec,
    &super::organization::RESOURCE_POLICIES.spec,
    &super::organization::TARGETS.spec,
    &super::regional::DESCRIBE_RECORDERS.spec,
    &super::regional::DESCRIBE_RECORDER_STATUS.spec,
    &super::regional::DESCRIBE_CHANNELS.spec,
    &super::regional::LIST_DETECTORS.spec,
    &super::regional::GET_DETECTOR.spec,
    &super::regional::DESCRIBE_HUB.spec,
    &super::regional::LIST_ANALYZERS.spec,
    &super::regions::LIST_ALL_REGIONS.spec,
    &super::s3::READ_ACCOUNT_BLOCK.spec,
    &super::s3::LIST_POINTS.spec,
    &super::s3::READ_POINT.spec,
    &super::s3::READ_POINT_POLICY.spec,
];

/// Every reader, begun.
pub(super) fn readers<'a>(audit: &'a Audit<'_>) -> Vec<BoxFuture<'a, Part>> {
    vec![
        Box::pin(super::account::collect(audit)),
        Box::pin(super::alerts::collect(audit)),
        Box::pin(super::cloudtrail::collect(audit)),
        Box::pin(super::iam::collect(audit)),
        Box::pin(super::keys::collect(audit)),
        Box::pin(super::organization::collect(audit)),
        Box::pin(super::regional::collect(audit)),
        Box::pin(super::s3::collect(audit)),
    ]
}
