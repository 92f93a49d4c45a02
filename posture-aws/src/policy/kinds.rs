//! Which kinds of resources an action is about.
//!
//! A statement grants an action only on resources of its kinds: `s3:ListBucket` on `arn:aws:s3:::b/*` grants nothing, as
//! these are the objects of the bucket, nor does `s3:GetObject` on the bucket itself. What is not listed here counts for
//! whatever a statement names, so that no grant is overlooked.

use posture_model::dated::Dated;

use super::automaton;
use super::glob::Glob;
use super::patterns::Patterns;
use super::s3_actions;

/// Where AWS lists the actions of S3 with the types of resources that each is about.
const S3: &[&str] =
    &["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html"];

/// The same for the service that keeps keys.
const KMS: &[&str] = &[
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html",
    "https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html",
];

/// When these lists were read.
const READ_ON: &str = "2026-10-27";

/// What an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Objects, in a bucket or by way of an access point.
    Objects,
    /// Buckets, some of them by way of an access point.
    Buckets,
    /// Encryption keys.
    Keys,
    /// No resource at all, so that no policy of a resource grants it.
    Nothing,
    /// Whatever a statement names.
    Any,
}

/// Texts that match one pattern and none of others: a `*` also stands for colons and slashes.
type Form = (&'static str, &'static [&'static str]);

impl Kind {
    /// What an action, in lower case, is about.
    pub(super) fn of(action: &str) -> Self {
        let lists = |list: &Dated<&str>| list.iter().any(|one| one.eq_ignore_ascii_case(action));
        match action.split_once(':') {
            Some(("s3", _)) if lists(&OF_OBJECTS) => Self::Objects,
            Some(("s3", _)) if lists(&OF_BUCKETS) => Self::Buckets,
            Some(("kms", _)) if lists(&OF_KEYS) => Self::Keys,
            Some(("kms", _)) if lists(&OF_NOTHING) => Self::Nothing,
            _ => Self::Any,
        }
    }

    /// The ARNs of such resources. A name of a bucket has no slash.
    fn forms(self) -> &'static [Form] {
        match self {
            Self::Objects => &[("arn:*:s3:::*/*", &[]), ("arn:*:s3:*:accesspoint/*/object/*", &[])],
            Self::Buckets => &[
                ("arn:*:s3:::*", &["arn:*:s3:::*/*", "arn:*:s3:*:accesspoint/*"]),
                (
                    "arn:*:s3:*:accesspoint/*",
                    &["arn:*:s3:::*", "arn:*:s3:*:accesspoint/*/object/*"],
                ),
            ],
            // An alias stands for itself, not for its key.
            Self::Keys => &[("arn:*:kms:*:key/*", &["arn:*:kms:*:alias/*"])],
            Self::Nothing => &[],
            Self::Any => &[("*", &[])],
        }
    }

    /// Whether such a resource is among `allowed` and not among `denied`; none when that is too much work to tell.
    pub(super) fn some(self, allowed: &Patterns, denied: &[&Patterns]) -> Option<bool> {
        let mut some = Some(false);
        for (within, but) in self.forms() {
            let but = Patterns::These(but.iter().map(|but| Glob::new(but)).collect());
            let none: Vec<&Patterns> = denied.iter().copied().chain([&but]).collect();
            match automaton::some(&Glob::new(within), &[allowed], &none) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => some = None,
            }
        }
        some
    }
}

/// The actions that stand for a pattern: those that are known where they all are, else an example.
pub(super) fn examples(pattern: &Glob) -> Vec<String> {
    let prefix = pattern.prefix();
    let service = ["s3:", "kms:"].into_iter().find(|service| prefix.starts_with(service));
    let known: Vec<String> = match service {
        Some(service) => known()
            .filter(|action| action.starts_with(service) && pattern.matches(action))
            .collect(),
        None => Vec::new(),
    };
    if known.is_empty() { vec![pattern.example("x")] } else { known }
}

/// The actions, in lower case, of which it is known what they are about.
pub(super) fn known() -> impl Iterator<Item = String> {
    let keys = OF_KEYS.iter().chain(OF_NOTHING.iter()).chain(OF_KEYS_AND_ALIASES.iter());
    s3_actions::known().chain(keys.map(|action| action.to_ascii_lowercase()))
}

/// The actions that are about objects alone.
static OF_OBJECTS: Dated<&str> = Dated::new(
    S3,
    READ_ON,
    &[
        "s3:AbortMultipartUpload",
        "s3:BypassGovernanceRetention",
        "s3:DeleteObject",
        "s3:DeleteObjectAnnotation",
        "s3:DeleteObjectTagging",
        "s3:DeleteObjectVersion",
        "s3:DeleteObjectVersionAnnotation",
        "s3:DeleteObjectVersionTagging",
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:GetObjectAnnotation",
        "s3:GetObjectAttributes",
        "s3:GetObjectLegalHold",
        "s3:GetObjectRetention",
        "s3:GetObjectTagging",
        "s3:GetObjectTorrent",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionAnnotation",
        "s3:GetObjectVersionAnnotationForReplication",
        "s3:GetObjectVersionAttributes",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionTagging",
        "s3:GetObjectVersionTorrent",
        "s3:InitiateReplication",
        "s3:ListMultipartUploadParts",
        "s3:ListObjectAnnotations",
        "s3:ListObjectVersionAnnotations",
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:PutObjectAnnotation",
        "s3:PutObjectLegalHold",
        "s3:PutObjectRetention",
        "s3:PutObjectTagging",
        "s3:PutObjectVersionAcl",
        "s3:PutObjectVersionAnnotation",
        "s3:PutObjectVersionTagging",
        "s3:ReplicateDelete",
        "s3:ReplicateObject",
        "s3:ReplicateObjectAnnotation",
        "s3:ReplicateTags",
        "s3:RestoreObject",
        "s3:UpdateObjectEncryption",
    ],
);

/// Those about buckets, or about buckets and access points.
static OF_BUCKETS: Dated<&str> = Dated::new(
    S3,
    READ_ON,
    &[
        "s3:AllowVendedLogDeliveryForResource",
        "s3:CreateBucket",
        "s3:CreateBucketMetadataTableConfiguration",
        "s3:DeleteBucket",
        "s3:DeleteBucketMetadataTableConfiguration",
        "s3:DeleteBucketPolicy",
        "s3:DeleteBucketWebsite",
        "s3:GetAccelerateConfiguration",
        "s3:GetAnalyticsConfiguration",
        "s3:GetBucketAbac",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketMetadataTableConfiguration",
        "s3:GetBucketNotification",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetIntelligentTieringConfiguration",
        "s3:GetInventoryConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetMetricsConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
        "s3:PauseReplication",
        "s3:PutAccelerateConfiguration",
        "s3:PutAnalyticsConfiguration",
        "s3:PutBucketAbac",
        "s3:PutBucketAcl",
        "s3:PutBucketCORS",
        "s3:PutBucketLogging",
        "s3:PutBucketNotification",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketRequestPayment",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutBucketWebsite",
        "s3:PutEncryptionConfiguration",
        "s3:PutIntelligentTieringConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutMetricsConfiguration",
        "s3:PutReplicationConfiguration",
        "s3:UpdateBucketMetadataAnnotationTableConfiguration",
        "s3:UpdateBucketMetadataInventoryTableConfiguration",
        "s3:UpdateBucketMetadataJournalTableConfiguration",
    ],
);

/// Those about keys alone.
static OF_KEYS: Dated<&str> = Dated::new(
    KMS,
    READ_ON,
    &[
        "kms:CancelKeyDeletion",
        "kms:CreateGrant",
        "kms:Decapsulate",
        "kms:Decrypt",
        "kms:DeleteImportedKeyMaterial",
        "kms:DeriveSharedSecret",
        "kms:DescribeKey",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:Encapsulate",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyPair",
        "kms:GenerateDataKeyPairWithoutPlaintext",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:GenerateMac",
        "kms:GetKeyLastUsage",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:GetParametersForImport",
        "kms:GetPublicKey",
        "kms:ImportKeyMaterial",
        "kms:ListGrants",
        "kms:ListKeyPolicies",
        "kms:ListKeyRotations",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:ReplicateKey",
        "kms:RetireGrant",
        "kms:RevokeGrant",
        "kms:RotateKeyOnDemand",
        "kms:ScheduleKeyDeletion",
        "kms:Sign",
        "kms:SynchronizeMultiRegionKey",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateKeyDescription",
        "kms:UpdatePrimaryRegion",
        "kms:Verify",
        "kms:VerifyMac",
    ],
);

/// Those about a key and an alias, which the policy of the key allows on the key.
static OF_KEYS_AND_ALIASES: Dated<&str> =
    Dated::new(KMS, READ_ON, &["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]);

/// Those about no key: a policy of a key that names them [has no effect](https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html).
static OF_NOTHING: Dated<&str> = Dated::new(
    KMS,
    READ_ON,
    &[
        "kms:ConnectCustomKeyStore",
        "kms:CreateCustomKeyStore",
        "kms:CreateKey",
        "kms:DeleteCustomKeyStore",
        "kms:DescribeCustomKeyStores",
        "kms:DisconnectCustomKeyStore",
        "kms:GenerateRandom",
        "kms:ListAliases",
        "kms:ListKeys",
        "kms:ListRetirableGrants",
        "kms:UpdateCustomKeyStore",
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    fn some(kind: Kind, allowed: &[&str], denied: &[&str]) -> Option<bool> {
        let patterns =
            |texts: &[&str]| Patterns::These(texts.iter().map(|text| Glob::new(text)).collect());
        kind.some(&patterns(allowed), &[&patterns(denied)])
    }

    #[test]
    fn the_lists_are_sorted_and_apart_and_every_action_of_s3_is_known() {
        let all = [&OF_OBJECTS, &OF_BUCKETS, &OF_KEYS, &OF_KEYS_AND_ALIASES, &OF_NOTHING];
        for (at, list) in all.iter().enumerate() {
            assert!(list.is_sorted_by(|a, b| a < b));
            for other in &all[at + 1..] {
                assert!(list.iter().all(|action| !other.contains(action)));
            }
        }
        let of_s3: Vec<String> = s3_actions::known().collect();
        for action in OF_OBJECTS.iter().chain(OF_BUCKETS.iter()) {
            assert!(of_s3.contains(&action.to_ascii_lowercase()), "{action}");
        }
    }

    #[test]
    fn an_action_is_about_what_the_reference_says() {
        for (action, kind) in [
            ("s3:getobject", Kind::Objects),
            ("s3:listbucket", Kind::Buckets),
            ("s3:listmultipartuploadparts", Kind::Objects),
            ("s3:createjob", Kind::Any),
            ("s3:tagresource", Kind::Any),
            ("s3:flytothemoon", Kind::Any),
            ("kms:decrypt", Kind::Keys),
            ("kms:createalias", Kind::Any),
            ("kms:listkeys", Kind::Nothing),
            ("kms:flytothemoon", Kind::Any),
            ("sts:assumerole", Kind::Any),
        ] {
            assert_eq!(Kind::of(action), kind, "{action}");
        }
    }

    #[test]
    fn objects_and_buckets_are_told_apart_by_their_arns() {
        for (resource, objects, buckets) in [
            ("*", true, true),
            ("arn:aws:s3:::b", false, true),
            ("arn:aws:s3:::b/*", true, false),
            ("arn:aws:s3:::b/logs/?", true, false),
            ("arn:aws:s3:::b*", true, true),
            // A `?` may stand for a slash.
            ("arn:aws-cn:s3:::b?", true, true),
            ("arn:aws:s3:eu-west-1:123456789012:accesspoint/p", false, true),
            ("arn:aws:s3:eu-west-1:123456789012:accesspoint/p/object/*", true, false),
            ("arn:aws:s3:eu-west-1:123456789012:accesspoint/p*", true, true),
            ("arn:aws:s3::123456789012:accesspoint/m.mrap/object/*", true, false),
            ("arn:aws:kms:eu-west-1:123456789012:key/k", false, false),
        ] {
            assert_eq!(some(Kind::Objects, &[resource], &[]), Some(objects), "{resource}");
            assert_eq!(some(Kind::Buckets, &[resource], &[]), Some(buckets), "{resource}");
        }
        let both = ["arn:aws:s3:::b", "arn:aws:s3:::b/*"];
        assert_eq!(some(Kind::Objects, &both, &["arn:aws:s3:::b/*"]), Some(false));
        assert_eq!(some(Kind::Buckets, &both, &["arn:aws:s3:::b/*"]), Some(true));
        assert_eq!(some(Kind::Buckets, &both, &["arn:aws:s3:::b*"]), Some(false));
        assert_eq!(some(Kind::Nothing, &["*"], &[]), Some(false));
        let key = "arn:aws:kms:eu-west-1:123456789012:key/k";
        for (resource, keys) in [(key, true), ("*", true), ("arn:aws:kms:*:*:alias/a", false)] {
            assert_eq!(some(Kind::Keys, &[resource], &[]), Some(keys), "{resource}");
        }
    }

    #[test]
    fn a_pattern_stands_for_the_actions_that_are_known() {
        let of = |pattern: &str| examples(&Glob::action(pattern));
        assert_eq!(of("s3:GetObjectTorrent*"), ["s3:getobjecttorrent"]);
        assert_eq!(of("s3:Fly*"), ["s3:flyx"]);
        assert_eq!(of("*"), ["x"]);
        assert_eq!(of("kms:ListKeys"), ["kms:listkeys"]);
        assert_eq!(of("s3:*").len(), s3_actions::known().count());
    }
}
