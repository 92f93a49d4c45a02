//! The facts that follow from a resource's policy.

use posture_core::fact::Fact;

use crate::ask::Asker;

/// Actions by which objects are read or listed.
pub(crate) const S3_READ: &[&str] =
    &["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"];

/// Actions by which objects or permissions are changed.
pub(crate) const S3_WRITE: &[&str] = &[
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectAcl",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:DeleteBucket",
];

/// Whatever the policy grants.
pub(crate) const ANY: &[&str] = &[];

/// A policy as it was read, and where.
pub(crate) struct ResourcePolicy<'a> {
    pub(crate) ask: &'a Asker,
    pub(crate) action: &'static str,
    pub(crate) target: &'a str,
    pub(crate) account: &'a str,
    /// None where there is no policy.
    pub(crate) text: &'a Fact<Option<String>>,
}

impl ResourcePolicy<'_> {
    pub(crate) fn public(&self, _actions: &[&str]) -> Fact<Vec<String>> {
        Fact::not_collected()
    }
    pub(crate) fn external_accounts(&self) -> Fact<Vec<String>> {
        Fact::not_collected()
    }
    pub(crate) fn services_without_source(&self) -> Fact<Vec<String>> {
        Fact::not_collected()
    }
    pub(crate) fn forces_tls(&self) -> Fact<bool> {
        Fact::not_collected()
    }
}
