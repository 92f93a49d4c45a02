//! Which actions of S3 read and which write, and which kinds of resources each is about.

use posture_model::dated::Dated;

use super::glob::Glob;
use super::kinds::Kind;
use super::patterns::Patterns;

/// Where AWS lists the actions of S3 with their access levels and the types of resources that each is about. The list here was
/// made from a package that holds AWS's own data in a form for programs, as of the day below. On 2026-11-30 it was held against
/// a copy of the page: each of the actions that its operations need is here, with the same access level. The copy is older than
/// the annotations of objects, whose actions are here from the package alone.
const SOURCE: &[&str] = &[
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_s3.html",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html",
];

/// As of when the package has AWS's data.
const READ_ON: &str = "2026-10-27";

/// What an action does to what S3 keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It reads or lists: the access levels `Read` and `List`.
    Read,
    /// It changes something: the access levels `Write`, `Permissions management` and `Tagging`.
    Write,
}

/// The actions of one kind that a statement grants, in lower case, and one of each pattern that no known action matches:
/// AWS may know what we do not, so that such an action counts for both kinds.
pub(super) fn granted(actions: &Patterns, access: Access) -> Vec<String> {
    let of_kind = ACTIONS.iter().filter(|(_, of, _)| *of == access);
    let mut granted: Vec<String> = of_kind
        .map(|(action, ..)| lower(action))
        .filter(|action| actions.matches(action))
        .collect();
    match actions {
        Patterns::These(globs) => {
            let strange = |glob: &&Glob| !known().any(|action| glob.matches(&action));
            granted.extend(globs.iter().filter(strange).map(|glob| glob.example("x")));
        }
        Patterns::AllBut(_) => {
            let none = !known().any(|action| actions.matches(&action));
            // An action that no pattern names and that is new.
            let new = "s3:\u{f8ff}".to_owned();
            if none && actions.matches(&new) {
                granted.push(new);
            }
        }
    }
    granted
}

/// Every action that is known, in lower case.
pub(super) fn known() -> impl Iterator<Item = String> {
    ACTIONS.iter().map(|(action, ..)| lower(action))
}

/// What an action is about.
pub(super) fn kind_of(action: &str) -> Kind {
    let found = ACTIONS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(action));
    found.map_or(Kind::Any, |(.., kind)| *kind)
}

/// The name of an action as patterns are compared with it.
fn lower(action: &str) -> String {
    action.to_ascii_lowercase()
}

/// Every action, what it does, and what it is about. An access point counts as the bucket that it leads to.
static ACTIONS: Dated<(&str, Access, Kind)> = {
    use Access::{Read, Write};
    use Kind::{Any, Buckets, Objects};
    Dated::new(
        SOURCE,
        READ_ON,
        &[
            ("s3:AbortMultipartUpload", Write, Objects),
            ("s3:AllowVendedLogDeliveryForResource", Read, Buckets),
            ("s3:AssociateAccessGrantsIdentityCenter", Write, Any),
            ("s3:BypassGovernanceRetention", Write, Objects),
            ("s3:CreateAccessGrant", Write, Any),
            ("s3:CreateAccessGrantsInstance", Write, Any),
            ("s3:CreateAccessGrantsLocation", Write, Any),
            ("s3:CreateAccessPoint", Write, Any),
            ("s3:CreateAccessPointForObjectLambda", Write, Any),
            ("s3:CreateBucket", Write, Buckets),
            ("s3:CreateBucketMetadataTableConfiguration", Write, Buckets),
            ("s3:CreateJob", Write, Any),
            ("s3:CreateMultiRegionAccessPoint", Write, Any),
            ("s3:CreateStorageLensGroup", Write, Any),
            ("s3:DeleteAccessGrant", Write, Any),
            ("s3:DeleteAccessGrantsInstance", Write, Any),
            ("s3:DeleteAccessGrantsInstanceResourcePolicy", Write, Any),
            ("s3:DeleteAccessGrantsLocation", Write, Any),
            ("s3:DeleteAccessPoint", Write, Any),
            ("s3:DeleteAccessPointForObjectLambda", Write, Any),
            ("s3:DeleteAccessPointPolicy", Write, Any),
            ("s3:DeleteAccessPointPolicyForObjectLambda", Write, Any),
            ("s3:DeleteBucket", Write, Buckets),
            ("s3:DeleteBucketMetadataTableConfiguration", Write, Buckets),
            ("s3:DeleteBucketPolicy", Write, Buckets),
            ("s3:DeleteBucketWebsite", Write, Buckets),
            ("s3:DeleteJobTagging", Write, Any),
            ("s3:DeleteMultiRegionAccessPoint", Write, Any),
            ("s3:DeleteObject", Write, Objects),
            ("s3:DeleteObjectAnnotation", Write, Objects),
            ("s3:DeleteObjectTagging", Write, Objects),
            ("s3:DeleteObjectVersion", Write, Objects),
            ("s3:DeleteObjectVersionAnnotation", Write, Objects),
            ("s3:DeleteObjectVersionTagging", Write, Objects),
            ("s3:DeleteStorageLensConfiguration", Write, Any),
            ("s3:DeleteStorageLensConfigurationTagging", Write, Any),
            ("s3:DeleteStorageLensGroup", Write, Any),
            ("s3:DescribeJob", Read, Any),
            ("s3:DescribeMultiRegionAccessPointOperation", Read, Any),
            ("s3:DissociateAccessGrantsIdentityCenter", Write, Any),
            ("s3:GetAccelerateConfiguration", Read, Buckets),
            ("s3:GetAccessGrant", Read, Any),
            ("s3:GetAccessGrantsInstance", Read, Any),
            ("s3:GetAccessGrantsInstanceForPrefix", Read, Any),
            ("s3:GetAccessGrantsInstanceResourcePolicy", Read, Any),
            ("s3:GetAccessGrantsLocation", Read, Any),
            ("s3:GetAccessPoint", Read, Any),
            ("s3:GetAccessPointConfigurationForObjectLambda", Read, Any),
            ("s3:GetAccessPointForObjectLambda", Read, Any),
            ("s3:GetAccessPointPolicy", Read, Any),
            ("s3:GetAccessPointPolicyForObjectLambda", Read, Any),
            ("s3:GetAccessPointPolicyStatus", Read, Any),
            ("s3:GetAccessPointPolicyStatusForObjectLambda", Read, Any),
            ("s3:GetAccountPublicAccessBlock", Read, Any),
            ("s3:GetAnalyticsConfiguration", Read, Buckets),
            ("s3:GetBucketAbac", Read, Buckets),
            ("s3:GetBucketAcl", Read, Buckets),
            ("s3:GetBucketCORS", Read, Buckets),
            ("s3:GetBucketLocation", Read, Buckets),
            ("s3:GetBucketLogging", Read, Buckets),
            ("s3:GetBucketMetadataTableConfiguration", Read, Buckets),
            ("s3:GetBucketNotification", Read, Buckets),
            ("s3:GetBucketObjectLockConfiguration", Read, Buckets),
            ("s3:GetBucketOwnershipControls", Read, Buckets),
            ("s3:GetBucketPolicy", Read, Buckets),
            ("s3:GetBucketPolicyStatus", Read, Buckets),
            ("s3:GetBucketPublicAccessBlock", Read, Buckets),
            ("s3:GetBucketRequestPayment", Read, Buckets),
            ("s3:GetBucketTagging", Read, Buckets),
            ("s3:GetBucketVersioning", Read, Buckets),
            ("s3:GetBucketWebsite", Read, Buckets),
            ("s3:GetDataAccess", Read, Any),
            ("s3:GetEncryptionConfiguration", Read, Buckets),
            ("s3:GetIntelligentTieringConfiguration", Read, Buckets),
            ("s3:GetInventoryConfiguration", Read, Buckets),
            ("s3:GetJobTagging", Read, Any),
            ("s3:GetLifecycleConfiguration", Read, Buckets),
            ("s3:GetMetricsConfiguration", Read, Buckets),
            ("s3:GetMultiRegionAccessPoint", Read, Any),
            ("s3:GetMultiRegionAccessPointPolicy", Read, Any),
            ("s3:GetMultiRegionAccessPointPolicyStatus", Read, Any),
            ("s3:GetMultiRegionAccessPointRoutes", Read, Any),
            ("s3:GetObject", Read, Objects),
            ("s3:GetObjectAcl", Read, Objects),
            ("s3:GetObjectAnnotation", Read, Objects),
            ("s3:GetObjectAttributes", Read, Objects),
            ("s3:GetObjectLegalHold", Read, Objects),
            ("s3:GetObjectRetention", Read, Objects),
            ("s3:GetObjectTagging", Read, Objects),
            ("s3:GetObjectTorrent", Read, Objects),
            ("s3:GetObjectVersion", Read, Objects),
            ("s3:GetObjectVersionAcl", Read, Objects),
            ("s3:GetObjectVersionAnnotation", Read, Objects),
            ("s3:GetObjectVersionAnnotationForReplication", Read, Objects),
            ("s3:GetObjectVersionAttributes", Read, Objects),
            ("s3:GetObjectVersionForReplication", Read, Objects),
            ("s3:GetObjectVersionTagging", Read, Objects),
            ("s3:GetObjectVersionTorrent", Read, Objects),
            ("s3:GetReplicationConfiguration", Read, Buckets),
            ("s3:GetStorageLensConfiguration", Read, Any),
            ("s3:GetStorageLensConfigurationTagging", Read, Any),
            ("s3:GetStorageLensDashboard", Read, Any),
            ("s3:GetStorageLensGroup", Read, Any),
            ("s3:InitiateReplication", Write, Objects),
            ("s3:ListAccessGrants", Read, Any),
            ("s3:ListAccessGrantsInstances", Read, Any),
            ("s3:ListAccessGrantsLocations", Read, Any),
            ("s3:ListAccessPoints", Read, Any),
            ("s3:ListAccessPointsForObjectLambda", Read, Any),
            ("s3:ListAllMyBuckets", Read, Any),
            ("s3:ListBucket", Read, Buckets),
            ("s3:ListBucketMultipartUploads", Read, Buckets),
            ("s3:ListBucketVersions", Read, Buckets),
            ("s3:ListCallerAccessGrants", Read, Any),
            ("s3:ListJobs", Read, Any),
            ("s3:ListMultiRegionAccessPoints", Read, Any),
            ("s3:ListMultipartUploadParts", Read, Objects),
            ("s3:ListObjectAnnotations", Read, Objects),
            ("s3:ListObjectVersionAnnotations", Read, Objects),
            ("s3:ListStorageLensConfigurations", Read, Any),
            ("s3:ListStorageLensGroups", Read, Any),
            ("s3:ListTagsForResource", Read, Any),
            ("s3:ObjectOwnerOverrideToBucketOwner", Write, Objects),
            ("s3:PauseReplication", Write, Buckets),
            ("s3:PutAccelerateConfiguration", Write, Buckets),
            ("s3:PutAccessGrantsInstanceResourcePolicy", Write, Any),
            ("s3:PutAccessPointConfigurationForObjectLambda", Write, Any),
            ("s3:PutAccessPointPolicy", Write, Any),
            ("s3:PutAccessPointPolicyForObjectLambda", Write, Any),
            ("s3:PutAccessPointPublicAccessBlock", Write, Any),
            ("s3:PutAccountPublicAccessBlock", Write, Any),
            ("s3:PutAnalyticsConfiguration", Write, Buckets),
            ("s3:PutBucketAbac", Write, Buckets),
            ("s3:PutBucketAcl", Write, Buckets),
            ("s3:PutBucketCORS", Write, Buckets),
            ("s3:PutBucketLogging", Write, Buckets),
            ("s3:PutBucketNotification", Write, Buckets),
            ("s3:PutBucketObjectLockConfiguration", Write, Buckets),
            ("s3:PutBucketOwnershipControls", Write, Buckets),
            ("s3:PutBucketPolicy", Write, Buckets),
            ("s3:PutBucketPublicAccessBlock", Write, Buckets),
            ("s3:PutBucketRequestPayment", Write, Buckets),
            ("s3:PutBucketTagging", Write, Buckets),
            ("s3:PutBucketVersioning", Write, Buckets),
            ("s3:PutBucketWebsite", Write, Buckets),
            ("s3:PutEncryptionConfiguration", Write, Buckets),
            ("s3:PutIntelligentTieringConfiguration", Write, Buckets),
            ("s3:PutInventoryConfiguration", Write, Buckets),
            ("s3:PutJobTagging", Write, Any),
            ("s3:PutLifecycleConfiguration", Write, Buckets),
            ("s3:PutMetricsConfiguration", Write, Buckets),
            ("s3:PutMultiRegionAccessPointPolicy", Write, Any),
            ("s3:PutObject", Write, Objects),
            ("s3:PutObjectAcl", Write, Objects),
            ("s3:PutObjectAnnotation", Write, Objects),
            ("s3:PutObjectLegalHold", Write, Objects),
            ("s3:PutObjectRetention", Write, Objects),
            ("s3:PutObjectTagging", Write, Objects),
            ("s3:PutObjectVersionAcl", Write, Objects),
            ("s3:PutObjectVersionAnnotation", Write, Objects),
            ("s3:PutObjectVersionTagging", Write, Objects),
            ("s3:PutReplicationConfiguration", Write, Buckets),
            ("s3:PutStorageLensConfiguration", Write, Any),
            ("s3:PutStorageLensConfigurationTagging", Write, Any),
            ("s3:ReplicateDelete", Write, Objects),
            ("s3:ReplicateObject", Write, Objects),
            ("s3:ReplicateObjectAnnotation", Write, Objects),
            ("s3:ReplicateTags", Write, Objects),
            ("s3:RestoreObject", Write, Objects),
            ("s3:SubmitMultiRegionAccessPointRoutes", Write, Any),
            ("s3:TagResource", Write, Any),
            ("s3:UntagResource", Write, Any),
            ("s3:UpdateAccessGrantsLocation", Write, Any),
            ("s3:UpdateBucketMetadataAnnotationTableConfiguration", Write, Buckets),
            ("s3:UpdateBucketMetadataInventoryTableConfiguration", Write, Buckets),
            ("s3:UpdateBucketMetadataJournalTableConfiguration", Write, Buckets),
            ("s3:UpdateJobPriority", Write, Any),
            ("s3:UpdateJobStatus", Write, Any),
            ("s3:UpdateObjectEncryption", Write, Objects),
            ("s3:UpdateStorageLensGroup", Write, Any),
        ],
    )
};

#[cfg(test)]
mod tests {
    use super::*;

    fn granted_by(patterns: &[&str], access: Access) -> Vec<String> {
        let globs = patterns.iter().map(|pattern| Glob::action(pattern)).collect();
        granted(&Patterns::These(globs), access)
    }

    #[test]
    fn the_list_is_sorted_and_whole() {
        assert!(ACTIONS.is_sorted_by(|(a, ..), (b, ..)| a < b));
        assert_eq!(ACTIONS.len(), 180);
        let about = |kind| ACTIONS.iter().filter(|(.., of)| *of == kind).count();
        assert_eq!((about(Kind::Objects), about(Kind::Buckets)), (44, 59));
    }

    #[test]
    fn every_action_reads_or_writes() {
        for action in
            ["s3:PutLifecycleConfiguration", "s3:PutObjectVersionAcl", "s3:PutBucketTagging"]
        {
            assert_eq!(granted_by(&[action], Access::Read), [""; 0], "{action}");
            assert_eq!(granted_by(&[action], Access::Write), [action.to_ascii_lowercase()]);
        }
        for action in ["s3:GetBucketPolicy", "S3:LISTBUCKETMULTIPARTUPLOADS", "s3:GetObjectTorrent"]
        {
            assert_eq!(granted_by(&[action], Access::Read), [action.to_ascii_lowercase()]);
            assert_eq!(granted_by(&[action], Access::Write), [""; 0], "{action}");
        }
    }

    #[test]
    fn an_action_that_is_not_known_does_both() {
        for access in [Access::Read, Access::Write] {
            assert_eq!(granted_by(&["s3:FlyToTheMoon"], access), ["s3:flytothemoon"]);
            assert_eq!(granted_by(&["s3:Fly*"], access), ["s3:flyx"]);
            assert_eq!(granted_by(&[], access), [""; 0]);
            assert!(granted_by(&["*"], access).len() > 50);
            let but = |patterns: &[&str]| {
                let globs = patterns.iter().map(|pattern| Glob::action(pattern)).collect();
                granted(&Patterns::AllBut(globs), access)
            };
            assert_eq!(but(&["s3:*"]), [""; 0]);
            assert_eq!(but(&["*"]), [""; 0]);
            assert!(but(&["s3:GetObject"]).len() > 50);
            let all: Vec<&str> = ACTIONS.iter().map(|(action, ..)| *action).collect();
            assert_eq!(but(&all), ["s3:\u{f8ff}"]);
        }
        assert_eq!(granted_by(&["s3:GetObject*"], Access::Write), [""; 0]);
    }
}
