//! Every action this crate can call, with the facts that each fills: the source of the permissions, of the plan, and
//! of the command that shows a fact to a person.

use posture_collect::action::find;
pub use posture_collect::{Each, Filter, Per, Value};
use posture_model::resource::Subject;
use posture_model::resource::*;
use posture_model::wanted::Wanted;

use crate::whole::Holds;

/// A read-only action of an AWS interface. Its own is what an answer must hold. What the services always answer is more than
/// their models mark as required: by the examples of their API references and the AWS CLI's output, they send lists also where
/// these are empty.
pub type Action = posture_collect::Action<Holds>;

/// Of the detectors that are not switched off.
const DETECTORS_ON: Filter = Filter::Unless(&[(Detector::ENABLED, Value::Flag(false))]);

/// Of the keys that the provider can rotate.
const ROTATABLE_KEYS: Filter = Filter::Are(&[
    (Key::STATE, Value::Word("enabled")),
    (Key::ORIGIN, Value::Word("service")),
    (Key::SYMMETRIC, Value::Flag(true)),
    (Key::REPLICA, Value::Flag(false)),
]);

/// Only where the account is in an organization.
const ORGANIZATION: Per = Per::ONCE.at_most();

/// Until the credential report is there: once to ask for it and once to read it when it is fresh.
const REPORT_CALLS: Per = Per::ONCE.at_least();

/// Policies of an organization that AWS did not write: as many as one may have without asking for more.
const GUARDRAILS: Per = Per::times(50).at_most();

const ROOT_SUMMARY: &[FactId] = &[
    Account::ROOT_ACCESS_KEY,
    Account::ROOT_CREDENTIALS,
    Account::ROOT_PASSWORD,
    Account::ROOT_MFA,
    Account::ROOT_HARDWARE_MFA,
];

const TRAIL_SELECTORS: &[FactId] = &[
    AuditTrail::MANAGEMENT_READS,
    AuditTrail::MANAGEMENT_WRITES,
    AuditTrail::EXCLUDED_SOURCES,
    AuditTrail::OBJECT_READS,
    AuditTrail::OBJECT_WRITES,
    Alert::SEES_EVERYTHING,
    Alert::SEES_MEMBERS,
    Alert::UNSEEN,
];

/// None, some or all of the four switches: where nobody set them there is an error instead.
const PUBLIC_ACCESS_BLOCK: Holds = Holds::root("PublicAccessBlockConfiguration", &[]);

/// Every action, ordered by name.
pub static ACTIONS: &[Action] = &[
    Action {
        name: "access-analyzer:ListAnalyzers",
        per: Per::PLACE.at_least(),
        own: Holds::all(&["analyzers"]),
        lists: &[Kind::Analyzer],
        fills: &[Analyzer::EXTERNAL_ACCESS, Analyzer::UNUSED_ACCESS],
        command: "aws accessanalyzer list-analyzers --region {region}",
    },
    Action {
        name: "account:GetAlternateContact",
        per: Per::ONCE,
        own: Holds::all(&["AlternateContact"]),
        lists: &[],
        fills: &[Account::SECURITY_CONTACT],
        command: "aws account get-alternate-contact --alternate-contact-type SECURITY",
    },
    Action {
        name: "account:GetContactInformation",
        per: Per::ONCE,
        own: Holds::all(&["ContactInformation"]),
        lists: &[],
        fills: &[Account::CONTACT_DETAILS],
        command: "aws account get-contact-information",
    },
    Action {
        name: "cloudtrail:DescribeTrails",
        per: Per::PLACE.at_least(),
        own: Holds::all(&["trailList"]),
        lists: &[Kind::AuditTrail],
        fills: &[
            AuditTrail::MULTI_REGION,
            AuditTrail::ORGANIZATION,
            AuditTrail::VALIDATION,
            AuditTrail::KEY,
            AuditTrail::BUCKET,
            AuditTrail::LOG_GROUP,
            Alert::SEES_EVERYTHING,
            Alert::SEES_MEMBERS,
            Alert::UNSEEN,
        ],
        command: "aws cloudtrail describe-trails --trail-name-list {id} --region {region}",
    },
    Action {
        name: "cloudtrail:GetEventDataStore",
        per: Per::resource(Kind::EventStore),
        own: Holds::all(&["EventDataStoreArn", "Status", "AdvancedEventSelectors"]),
        lists: &[],
        fills: &[
            EventStore::RECORDING,
            EventStore::MULTI_REGION,
            EventStore::MANAGEMENT_READS,
            EventStore::MANAGEMENT_WRITES,
            EventStore::OBJECT_READS,
            EventStore::OBJECT_WRITES,
            EventStore::RETENTION_DAYS,
            EventStore::DELETION_PROTECTION,
            EventStore::KEY,
        ],
        command: "aws cloudtrail get-event-data-store --event-data-store {id} --region {region}",
    },
    Action {
        name: "cloudtrail:GetEventSelectors",
        per: Per::resource(Kind::AuditTrail),
        own: Holds::any(&["EventSelectors", "AdvancedEventSelectors"]),
        lists: &[],
        fills: TRAIL_SELECTORS,
        command: "aws cloudtrail get-event-selectors --trail-name {id} --region {region}",
    },
    Action {
        name: "cloudtrail:GetInsightSelectors",
        per: Per::resource(Kind::AuditTrail),
        own: Holds::all(&["InsightSelectors"]),
        lists: &[],
        fills: &[AuditTrail::INSIGHTS],
        command: "aws cloudtrail get-insight-selectors --trail-name {id} --region {region}",
    },
    Action {
        name: "cloudtrail:GetTrailStatus",
        per: Per::resource(Kind::AuditTrail),
        own: Holds::all(&["IsLogging"]),
        lists: &[],
        fills: &[
            AuditTrail::RECORDING,
            AuditTrail::DELIVERY_ERROR,
            AuditTrail::LAST_DELIVERY,
            AuditTrail::LOG_GROUP_LAST_DELIVERY,
            Alert::SEES_EVERYTHING,
            Alert::SEES_MEMBERS,
            Alert::UNSEEN,
        ],
        command: "aws cloudtrail get-trail-status --name {id} --region {region}",
    },
    Action {
        name: "cloudtrail:ListEventDataStores",
        per: Per::PLACE.at_least(),
        own: Holds::all(&["EventDataStores"]),
        lists: &[Kind::EventStore],
        fills: &[],
        command: "aws cloudtrail list-event-data-stores --region {region}",
    },
    Action {
        name: "cloudwatch:DescribeAlarms",
        per: Per::place_of(Kind::Alert),
        own: Holds::any(&["MetricAlarms", "CompositeAlarms"]),
        lists: &[],
        fills: &[Alert::NOTIFIES],
        command: "aws cloudwatch describe-alarms --region {region}",
    },
    Action {
        name: "config:DescribeConfigurationRecorderStatus",
        per: Per::PLACE,
        own: Holds::all(&["ConfigurationRecordersStatus"]),
        lists: &[],
        fills: &[Recorder::RECORDING, Recorder::LAST_ERROR],
        command: "aws configservice describe-configuration-recorder-status --region {region}",
    },
    Action {
        name: "config:DescribeConfigurationRecorders",
        // It answers with all there is in one page.
        per: Per::PLACE,
        own: Holds::all(&["ConfigurationRecorders"]),
        lists: &[Kind::Recorder],
        fills: &[Recorder::RECORDING, Recorder::ALL_TYPES, Recorder::GLOBAL_TYPES],
        command: "aws configservice describe-configuration-recorders --region {region}",
    },
    Action {
        name: "config:DescribeDeliveryChannels",
        per: Per::PLACE,
        own: Holds::all(&["DeliveryChannels"]),
        lists: &[],
        fills: &[Recorder::DELIVERS],
        command: "aws configservice describe-delivery-channels --region {region}",
    },
    Action {
        name: "guardduty:GetDetector",
        per: Per::of(Kind::Detector, DETECTORS_ON),
        own: Holds::all(&["status", "serviceRole"]),
        lists: &[],
        fills: &[
            Detector::ENABLED,
            Detector::OBJECT_STORAGE,
            Detector::KUBERNETES_AUDIT,
            Detector::MALWARE,
            Detector::DATABASES,
            Detector::FUNCTIONS,
            Detector::RUNTIME,
        ],
        command: "aws guardduty get-detector --detector-id <detector> --region {region}",
    },
    Action {
        name: "guardduty:ListDetectors",
        per: Per::PLACE.at_least(),
        own: Holds::all(&["detectorIds"]),
        lists: &[Kind::Detector],
        fills: &[Detector::ENABLED],
        command: "aws guardduty list-detectors --region {region}",
    },
    Action {
        name: "iam:GenerateCredentialReport",
        per: REPORT_CALLS,
        own: Holds::all(&["@State"]),
        lists: &[Kind::AccessKey],
        fills: REPORT,
        command: "aws iam generate-credential-report",
    },
    Action {
        name: "iam:GetAccountAuthorizationDetails",
        per: Per::page(1_000),
        own: Holds::all(&["@IsTruncated"]).and_any(&[
            "UserDetailList",
            "GroupDetailList",
            "RoleDetailList",
            "Policies",
        ]),
        lists: &[Kind::User, Kind::Group, Kind::Role, Kind::Policy],
        fills: AUTHORIZATION_DETAILS,
        command: "aws iam get-account-authorization-details",
    },
    Action {
        name: "iam:GetAccountPasswordPolicy",
        per: Per::ONCE,
        own: Holds::all(&["@PasswordPolicy.ExpirePasswords"]),
        lists: &[],
        fills: &[Account::PASSWORD_POLICY],
        command: "aws iam get-account-password-policy",
    },
    Action {
        name: "iam:GetAccountSummary",
        per: Per::ONCE,
        own: Holds::all(&["SummaryMap.entry"]),
        // Its totals prove that the listings are whole.
        lists: &[Kind::User, Kind::Group, Kind::Role, Kind::Policy],
        fills: ROOT_SUMMARY,
        command: "aws iam get-account-summary",
    },
    Action {
        name: "iam:GetCredentialReport",
        per: REPORT_CALLS,
        own: Holds::all(&["@Content"]),
        lists: &[Kind::AccessKey],
        fills: REPORT,
        command: "aws iam get-credential-report",
    },
    Action {
        name: "iam:ListAccountAliases",
        per: Per::ONCE,
        // An account has one at most, so that nothing can follow.
        own: Holds::all(&["AccountAliases"]),
        // It names the account for people, whatever is judged.
        lists: &[],
        fills: &[],
        command: "aws iam list-account-aliases",
    },
    Action {
        name: "iam:ListOpenIDConnectProviders",
        per: Per::ONCE,
        own: Holds::all(&["OpenIDConnectProviderList"]),
        lists: &[],
        fills: &[Account::IDENTITY_PROVIDERS],
        command: "aws iam list-open-id-connect-providers",
    },
    Action {
        name: "iam:ListOrganizationsFeatures",
        per: ORGANIZATION,
        own: Holds::any(&["EnabledFeatures", "@OrganizationId"]),
        lists: &[],
        fills: &[Account::CENTRAL_ROOT_CREDENTIALS],
        command: "aws iam list-organizations-features",
    },
    Action {
        name: "iam:ListSAMLProviders",
        per: Per::ONCE,
        own: Holds::all(&["SAMLProviderList"]),
        lists: &[],
        fills: &[Account::IDENTITY_PROVIDERS],
        command: "aws iam list-saml-providers",
    },
    Action {
        name: "iam:ListServerCertificates",
        per: Per::ONCE,
        own: Holds::all(&["ServerCertificateMetadataList", "@IsTruncated"]),
        lists: &[Kind::Certificate],
        fills: &[Certificate::EXPIRES],
        command: "aws iam list-server-certificates",
    },
    Action {
        name: "iam:ListVirtualMFADevices",
        per: Per::ONCE,
        own: Holds::all(&["VirtualMFADevices", "@IsTruncated"]),
        lists: &[],
        fills: &[Account::ROOT_HARDWARE_MFA],
        command: "aws iam list-virtual-mfa-devices",
    },
    Action {
        name: "kms:DescribeKey",
        per: Per::listing(Kind::Key),
        own: Holds::all(&["KeyMetadata.KeyId"]),
        lists: &[Kind::Key],
        fills: &[Key::STATE, Key::ORIGIN, Key::SYMMETRIC, Key::REPLICA],
        command: "aws kms describe-key --key-id {id} --region {region}",
    },
    Action {
        name: "kms:GetKeyPolicy",
        per: Per::resource(Kind::Key),
        own: Holds::all(&["Policy"]),
        lists: &[],
        fills: &[Key::POLICY_PUBLIC, Key::EXTERNAL_ACCOUNTS, Key::SERVICES_WITHOUT_SOURCE],
        command: "aws kms get-key-policy --key-id {id} --policy-name default --region {region}",
    },
    Action {
        name: "kms:GetKeyRotationStatus",
        per: Per::of(Kind::Key, ROTATABLE_KEYS),
        own: Holds::all(&["KeyRotationEnabled"]),
        lists: &[],
        fills: &[Key::ROTATES, Key::ROTATION_DAYS],
        command: "aws kms get-key-rotation-status --key-id {id} --region {region}",
    },
    Action {
        name: "kms:ListKeys",
        per: Per::PLACE.at_least(),
        own: Holds::all(&["Keys", "Truncated"]),
        lists: &[Kind::Key],
        fills: &[],
        command: "aws kms list-keys --region {region}",
    },
    Action {
        name: "logs:DescribeLogGroups",
        per: Per::PLACE.at_least(),
        own: Holds::all(&["logGroups"]),
        lists: &[Kind::LogGroup],
        fills: &[LogGroup::RETENTION_DAYS, LogGroup::KEY],
        command: "aws logs describe-log-groups --log-group-name-prefix {name} --region {region}",
    },
    Action {
        name: "logs:DescribeMetricFilters",
        per: Per::PLACE.at_least(),
        own: Holds::all(&["metricFilters"]),
        lists: &[Kind::Alert],
        fills: &[Alert::EVENTS, Alert::POSSIBLE_EVENTS],
        command: "aws logs describe-metric-filters --region {region}",
    },
    Action {
        name: "organizations:DescribeOrganization",
        per: Per::ONCE,
        own: Holds::all(&["Organization.Id", "Organization.MasterAccountId"]),
        lists: &[],
        fills: &[
            Account::ORGANIZATION,
            // Who is outside depends on which organisation is the own one.
            AccessPoint::EXTERNAL_ACCOUNTS,
            Bucket::EXTERNAL_ACCOUNTS,
            Key::EXTERNAL_ACCOUNTS,
            Role::TRUSTS_ACCOUNTS,
            Role::TRUSTS_ACCOUNTS_UNCONDITIONALLY,
        ],
        command: "aws organizations describe-organization",
    },
    Action {
        name: "organizations:DescribeResourcePolicy",
        per: ORGANIZATION,
        own: Holds::all(&["ResourcePolicy.Content"]),
        lists: &[],
        fills: &[Account::POLICY_DELEGATION],
        command: "aws organizations describe-resource-policy",
    },
    Action {
        name: "organizations:ListDelegatedAdministrators",
        per: ORGANIZATION,
        own: Holds::all(&["DelegatedAdministrators"]),
        lists: &[],
        fills: &[Account::DELEGATED_ADMINISTRATORS],
        command: "aws organizations list-delegated-administrators",
    },
    Action {
        name: "organizations:ListPolicies",
        per: Per::times(2).at_most(),
        own: Holds::all(&["Policies"]),
        lists: &[],
        fills: &[Account::GUARDRAIL_POLICIES],
        command: "aws organizations list-policies --filter SERVICE_CONTROL_POLICY",
    },
    Action {
        name: "organizations:ListTargetsForPolicy",
        per: GUARDRAILS,
        own: Holds::all(&["Targets"]),
        lists: &[],
        fills: &[Account::GUARDRAIL_POLICIES],
        command: "aws organizations list-targets-for-policy --policy-id <policy>",
    },
    Action {
        name: "s3:GetAccessPoint",
        per: Per::resource(Kind::AccessPoint),
        own: Holds::root("GetAccessPointResult", &["@Name", "PublicAccessBlockConfiguration"]),
        lists: &[],
        fills: &[AccessPoint::PUBLIC_ACCESS_BLOCK],
        command: "aws s3control get-access-point --account-id <account> --name {name} --region {region}",
    },
    Action {
        name: "s3:GetAccessPointPolicy",
        per: Per::resource(Kind::AccessPoint),
        own: Holds::root("GetAccessPointPolicyResult", &["@Policy"]),
        lists: &[],
        fills: &[AccessPoint::POLICY_PUBLIC, AccessPoint::EXTERNAL_ACCOUNTS],
        command: "aws s3control get-access-point-policy --account-id <account> --name {name} --region {region}",
    },
    Action {
        name: "s3:GetAccountPublicAccessBlock",
        per: Per::ONCE,
        own: PUBLIC_ACCESS_BLOCK,
        lists: &[],
        fills: &[Account::PUBLIC_ACCESS_BLOCK],
        command: "aws s3control get-public-access-block --account-id {id}",
    },
    Action {
        name: "s3:GetBucketAcl",
        per: Per::resource(Kind::Bucket).at_most(),
        own: Holds::root("AccessControlPolicy", &["Owner", "AccessControlList"]),
        lists: &[],
        fills: &[Bucket::ACL_PUBLIC_READ, Bucket::ACL_PUBLIC_WRITE, Bucket::ACL_EXTERNAL_ACCOUNTS],
        command: "aws s3api get-bucket-acl --bucket {name}",
    },
    Action {
        name: "s3:GetBucketLocation",
        per: Per::listing(Kind::Bucket),
        own: Holds::root("LocationConstraint", &[]),
        lists: &[Kind::Bucket],
        fills: &[],
        command: "aws s3api get-bucket-location --bucket {name}",
    },
    Action {
        name: "s3:GetBucketLogging",
        per: Per::resource(Kind::Bucket),
        own: Holds::root("BucketLoggingStatus", &[]),
        lists: &[],
        fills: &[Bucket::ACCESS_LOG_TARGET],
        command: "aws s3api get-bucket-logging --bucket {name}",
    },
    Action {
        name: "s3:GetBucketObjectLockConfiguration",
        per: Per::resource(Kind::Bucket),
        own: Holds::root("ObjectLockConfiguration", &["@ObjectLockEnabled"]),
        lists: &[],
        fills: &[Bucket::OBJECT_LOCK, Bucket::DEFAULT_LOCK_DAYS],
        command: "aws s3api get-object-lock-configuration --bucket {name}",
    },
    Action {
        name: "s3:GetBucketOwnershipControls",
        per: Per::resource(Kind::Bucket),
        own: Holds::root("OwnershipControls", &["@Rule.ObjectOwnership"]),
        lists: &[],
        fills: &[
            Bucket::ACLS_DISABLED,
            // Where access control lists are off, nobody needs to be asked what they say.
            Bucket::ACL_PUBLIC_READ,
            Bucket::ACL_PUBLIC_WRITE,
            Bucket::ACL_EXTERNAL_ACCOUNTS,
        ],
        command: "aws s3api get-bucket-ownership-controls --bucket {name}",
    },
    Action {
        name: "s3:GetBucketPolicy",
        per: Per::resource(Kind::Bucket),
        own: Holds::document(&["Statement"]),
        lists: &[],
        fills: &[
            Bucket::POLICY_PUBLIC,
            Bucket::POLICY_PUBLIC_READ,
            Bucket::POLICY_PUBLIC_WRITE,
            Bucket::EXTERNAL_ACCOUNTS,
            Bucket::SERVICES_WITHOUT_SOURCE,
            Bucket::TLS_ENFORCED,
        ],
        command: "aws s3api get-bucket-policy --bucket {name}",
    },
    Action {
        name: "s3:GetBucketPublicAccessBlock",
        per: Per::resource(Kind::Bucket),
        own: PUBLIC_ACCESS_BLOCK,
        lists: &[],
        fills: &[Bucket::PUBLIC_ACCESS_BLOCK],
        command: "aws s3api get-public-access-block --bucket {name}",
    },
    Action {
        name: "s3:GetBucketTagging",
        per: Per::resource(Kind::Bucket),
        own: Holds::root("Tagging", &["TagSet"]),
        lists: &[],
        fills: &[Bucket::TAGS],
        command: "aws s3api get-bucket-tagging --bucket {name}",
    },
    Action {
        name: "s3:GetBucketVersioning",
        per: Per::resource(Kind::Bucket),
        own: Holds::root("VersioningConfiguration", &[]),
        lists: &[],
        fills: &[Bucket::VERSIONING, Bucket::MFA_DELETE],
        command: "aws s3api get-bucket-versioning --bucket {name}",
    },
    Action {
        name: "s3:GetEncryptionConfiguration",
        per: Per::resource(Kind::Bucket),
        own: Holds::root("ServerSideEncryptionConfiguration", &["Rule"]),
        lists: &[],
        fills: &[Bucket::ENCRYPTION],
        command: "aws s3api get-bucket-encryption --bucket {name}",
    },
    Action {
        name: "s3:GetLifecycleConfiguration",
        per: Per::resource(Kind::Bucket),
        own: Holds::root("LifecycleConfiguration", &["Rule"]),
        lists: &[],
        fills: &[Bucket::LIFECYCLE_RULES],
        command: "aws s3api get-bucket-lifecycle-configuration --bucket {name}",
    },
    Action {
        name: "s3:GetReplicationConfiguration",
        per: Per::resource(Kind::Bucket),
        own: Holds::root("ReplicationConfiguration", &["Rule"]),
        lists: &[],
        fills: &[Bucket::REPLICATION_RULES],
        command: "aws s3api get-bucket-replication --bucket {name}",
    },
    Action {
        name: "s3:ListAccessPoints",
        per: Per::PLACE.at_least(),
        own: Holds::root("ListAccessPointsResult", &["AccessPointList"]),
        lists: &[Kind::AccessPoint],
        fills: &[AccessPoint::BUCKET, AccessPoint::BUCKET_ACCOUNT, AccessPoint::NETWORK],
        command: "aws s3control list-access-points --account-id <account> --region {region}",
    },
    Action {
        name: "s3:ListAllMyBuckets",
        per: Per::ONCE,
        own: Holds::root("ListAllMyBucketsResult", &["Buckets"]),
        lists: &[Kind::Bucket],
        fills: &[],
        command: "aws s3api list-buckets",
    },
    Action {
        name: "securityhub:DescribeHub",
        // It answers with all there is in one page.
        per: Per::PLACE,
        own: Holds::all(&["HubArn"]),
        lists: &[Kind::FindingHub],
        fills: &[FindingHub::ENABLED],
        command: "aws securityhub describe-hub --region {region}",
    },
    Action {
        name: "sns:ListSubscriptionsByTopic",
        per: Per::UNFORESEEN,
        own: Holds::all(&["Subscriptions"]),
        lists: &[],
        fills: &[Alert::NOTIFIES],
        command: "aws sns list-subscriptions-by-topic --topic-arn <topic> --region {region}",
    },
];

/// What only the credential report knows.
const REPORT: &[FactId] = &[
    Account::ROOT_LAST_USED,
    User::CONSOLE_ACCESS,
    User::MFA,
    User::PASSWORD_LAST_USED,
    User::PASSWORD_LAST_CHANGED,
    User::ACTIVE_KEYS,
    AccessKey::USER,
    AccessKey::ACTIVE,
    AccessKey::ROTATED,
    AccessKey::LAST_USED,
];

const AUTHORIZATION_DETAILS: &[FactId] = &[
    User::CREATED,
    User::GROUPS,
    User::DIRECT_POLICIES,
    User::FULL_ADMIN,
    User::ESCALATION_PATHS,
    User::ADMIN_PATHS,
    User::DECRYPTS_ANY_KEY,
    User::TAGS,
    Role::TAGS,
    User::WILDCARD_SERVICES,
    Group::MEMBERS,
    Group::FULL_ADMIN,
    Group::ESCALATION_PATHS,
    Group::DECRYPTS_ANY_KEY,
    Group::WILDCARD_SERVICES,
    Role::SERVICE_LINKED,
    Role::CREATED,
    Role::LAST_USED,
    Role::ATTACHED_POLICIES,
    Role::WORKLOAD,
    Role::TRUSTS_ANYONE,
    Role::TRUSTS_ACCOUNTS,
    Role::TRUSTS_ACCOUNTS_UNCONDITIONALLY,
    Role::TRUSTS_FEDERATION_WITHOUT_SUBJECT,
    Role::TRUSTS_SERVICES_WITHOUT_SOURCE,
    Role::FULL_ADMIN,
    Role::ESCALATION_PATHS,
    Role::ADMIN_PATHS,
    Role::DECRYPTS_ANY_KEY,
    Role::WILDCARD_SERVICES,
    Policy::CUSTOMER_MANAGED,
    Policy::ATTACHMENTS,
    Policy::FULL_ADMIN,
    Policy::WILDCARD_SERVICES,
    Policy::DECRYPTS_ANY_KEY,
    Policy::ESCALATION_PATHS,
];

/// The action by which regions are discovered where none are given.
pub const LIST_REGIONS: &str = "account:ListRegions";

/// The action by which the accounts of an organization are listed.
pub const LIST_ACCOUNTS: &str = "organizations:ListAccounts";

/// The actions that find out whose the credentials are. AWS allows them to everyone; they are named for completeness.
pub const IDENTITY_ACTIONS: &[&str] = &["sts:GetCallerIdentity"];

/// What an answer of an action must hold, of those in [`ACTIONS`] and of those beside them.
pub(crate) fn holds(action: &str) -> Option<Holds> {
    const IDENTITY: Holds = Holds::all(&["@Account", "@Arn"]);
    match action {
        LIST_REGIONS => Some(Holds::all(&["Regions"])),
        LIST_ACCOUNTS => Some(Holds::all(&["Accounts"])),
        "sts:GetCallerIdentity" => Some(IDENTITY),
        _ => find(ACTIONS, action).map(|known| known.own),
    }
}

/// The actions that an audit calls for what is wanted, ordered by name, not counting those that find out whose the
/// credentials are and which regions there are.
pub fn wanted_actions(wanted: &Wanted) -> Vec<&'static Action> {
    posture_collect::action::wanted_actions(ACTIONS, wanted)
}

/// The commands that show a fact of a resource to a person, ready to paste into a shell.
pub fn commands(fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    posture_collect::action::commands(ACTIONS, fact, subject, &[])
}

#[cfg(test)]
mod tests {
    use posture_core::control::Control;
    use posture_model::provider::Provider;

    use super::*;

    fn judging() -> impl Iterator<Item = &'static Control> {
        posture_core::controls::ALL.iter().copied().filter(|control| control.judges(Provider::Aws))
    }

    #[test]
    fn actions_are_sorted_and_only_read() {
        assert!(ACTIONS.is_sorted_by(|a, b| a.name < b.name));
        for action in ACTIONS {
            let (_, operation) = action.name.split_once(':').unwrap();
            let reads = ["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb));
            assert!(
                reads || operation == "GenerateCredentialReport",
                "{} is not a read",
                action.name
            );
            assert!(action.command.starts_with("aws "));
        }
    }

    #[test]
    fn no_action_is_answered_by_nothing() {
        let others =
            [LIST_REGIONS, LIST_ACCOUNTS].into_iter().chain(IDENTITY_ACTIONS.iter().copied());
        for action in ACTIONS.iter().map(|action| action.name).chain(others) {
            let (_, operation) = action.split_once(':').unwrap();
            let holds = holds(action).unwrap();
            for empty in ["{}", "<a/>", &format!("<{operation}Response/>")] {
                assert!(holds.check(operation, empty.as_bytes()).is_err(), "{action} {empty}");
            }
        }
    }

    #[test]
    fn every_fact_and_kind_that_a_control_reads_is_filled_by_an_action() {
        for control in judging() {
            for fact in control.test.reads {
                assert!(
                    ACTIONS.iter().any(|action| action.fills.contains(fact))
                        || !fact.is_offered_by(Provider::Aws),
                    "{} reads {fact}",
                    control.id
                );
            }
            for kind in control.kinds().into_iter().filter(|kind| *kind != Kind::Account) {
                assert!(
                    ACTIONS.iter().any(|action| action.lists.contains(&kind)),
                    "{} needs {kind}",
                    control.id
                );
            }
        }
    }

    /// The account is there without being listed by an action.
    const BUILT_IN: &[Kind] = &[Kind::Account];

    #[test]
    fn the_kinds_that_the_provider_has_are_those_that_actions_list() {
        for kind in Kind::ALL.iter().filter(|kind| !BUILT_IN.contains(kind)) {
            let listed = ACTIONS.iter().any(|action| action.lists.contains(kind));
            let has = kind.levels().iter().any(|(provider, _)| *provider == Provider::Aws);
            assert_eq!(has, listed, "{kind}");
        }
    }

    #[test]
    fn what_the_provider_offers_is_what_actions_fill() {
        for fact in Kind::ALL.iter().flat_map(|kind| kind.fact_ids()) {
            let filled = ACTIONS.iter().any(|action| action.fills.contains(&fact));
            assert_eq!(fact.is_offered_by(Provider::Aws), filled, "{fact}");
        }
    }

    #[test]
    fn a_fact_of_another_resource_is_not_asked_of_the_account() {
        let subject =
            Subject { kind: Kind::Account, id: "123456789012", name: "home", region: None };
        let commands = commands(AuditTrail::RECORDING, &subject);
        assert_eq!(
            commands,
            ["aws cloudtrail get-trail-status --name <audit-trail> --region <region>"]
        );
    }

    #[test]
    fn a_hostile_name_stays_one_word_of_the_command() {
        let subject = Subject { kind: Kind::Bucket, id: "x", name: "a'; rm -rf / #", region: None };
        let commands = commands(Bucket::VERSIONING, &subject);
        assert_eq!(commands, [r"aws s3api get-bucket-versioning --bucket 'a'\''; rm -rf / #'"]);
    }
}
