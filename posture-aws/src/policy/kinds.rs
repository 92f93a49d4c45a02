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

/// Where AWS lists the actions of the service that keeps keys, with the types of resources that each is about.
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

/// Texts that match one pattern and none of others: a `*` also matches colons and slashes.
type Form = (&'static str, &'static [&'static str]);

impl Kind {
    /// What an action, in lower case, is about.
    pub(super) fn of(action: &str) -> Self {
        let lists = |list: &Dated<&str>| list.iter().any(|one| one.eq_ignore_ascii_case(action));
        match action.split_once(':') {
            Some(("s3", _)) => s3_actions::kind_of(action),
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
            // An alias means itself, not its key.
            Self::Keys => &[("arn:*:kms:*:key/*", &["arn:*:kms:*:alias/*"])],
            Self::Nothing => &[],
            Self::Any => &[("*", &[])],
        }
    }

    /// Whether such a resource is among `allowed` and not among `denied`; none if that is too much work to decide.
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

/// The actions that represent a pattern: the known ones if all are known, otherwise an example.
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

/// The actions, in lower case, whose resource types are known.
pub(super) fn known() -> impl Iterator<Item = String> {
    let keys = OF_KEYS.iter().chain(OF_NOTHING.iter()).chain(OF_KEYS_AND_ALIASES.iter());
    s3_actions::known().chain(keys.map(|action| action.to_ascii_lowercase()))
}

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
    fn the_lists_are_sorted_and_apart() {
        let all = [&OF_KEYS, &OF_KEYS_AND_ALIASES, &OF_NOTHING];
        for (at, list) in all.iter().enumerate() {
            assert!(list.is_sorted_by(|a, b| a < b));
            for other in &all[at + 1..] {
                assert!(list.iter().all(|action| !other.contains(action)));
            }
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
    fn objects_and_buckets_are_distinguished_by_their_arns() {
        for (resource, objects, buckets) in [
            ("*", true, true),
            ("arn:aws:s3:::b", false, true),
            ("arn:aws:s3:::b/*", true, false),
            ("arn:aws:s3:::b/logs/?", true, false),
            ("arn:aws:s3:::b*", true, true),
            // A `?` may match a slash.
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
    fn a_pattern_means_the_actions_that_are_known() {
        let of = |pattern: &str| examples(&Glob::action(pattern));
        assert_eq!(of("s3:GetObjectTorrent*"), ["s3:getobjecttorrent"]);
        assert_eq!(of("s3:Fly*"), ["s3:flyx"]);
        assert_eq!(of("*"), ["x"]);
        assert_eq!(of("kms:ListKeys"), ["kms:listkeys"]);
        assert_eq!(of("s3:*").len(), s3_actions::known().count());
    }
}
