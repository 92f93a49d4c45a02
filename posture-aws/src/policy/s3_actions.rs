//! Which actions of S3 read and which write.

use posture_model::dated::Dated;

use super::glob::Glob;
use super::patterns::Patterns;

/// Where AWS lists the actions of S3 with their access levels. The lists here were made from a package that holds AWS's own
/// data in a form for programs, as of the day below. On 2026-11-30 they were held against a copy of the page: each of the
/// actions that its operations need is here, and of the same kind. The copy is older than the annotations of objects, whose
/// actions stand here by the package alone.
const SOURCE: &[&str] =
    &["https://docs.aws.amazon.com/service-authorization/latest/reference/list_s3.html"];

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
    let of_kind = match access {
        Access::Read => &READ,
        Access::Write => &WRITE,
    };
    let mut granted: Vec<String> =
        of_kind.iter().map(lower).filter(|action| actions.matches(action)).collect();
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
    READ.iter().chain(WRITE.iter()).map(lower)
}

/// The name of an action as patterns are compared with it.
fn lower(action: &&str) -> String {
    action.to_ascii_lowercase()
}

/// Read and list.
static READ: Dated<&str> = Dated::new(
    SOURCE,
    READ_ON,
    &[
        "s3:AllowVendedLogDeliveryForResource",
        "s3:DescribeJob",
        "s3:DescribeMultiRegionAccessPointOperation",
        "s3:GetAccelerateConfiguration",
        "s3:GetAccessGrant",
        "s3:GetAccessGrantsInstance",
        "s3:GetAccessGrantsInstanceForPrefix",
        "s3:GetAccessGrantsInstanceResourcePolicy",
        "s3:GetAccessGrantsLocation",
        "s3:GetAccessPoint",
        "s3:GetAccessPointConfigurationForObjectLambda",
        "s3:GetAccessPointForObjectLambda",
        "s3:GetAccessPointPolicy",
        "s3:GetAccessPointPolicyForObjectLambda",
        "s3:GetAccessPointPolicyStatus",
        "s3:GetAccessPointPolicyStatusForObjectLambda",
        "s3:GetAccountPublicAccessBlock",
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
        "s3:GetDataAccess",
        "s3:GetEncryptionConfiguration",
        "s3:GetIntelligentTieringConfiguration",
        "s3:GetInventoryConfiguration",
        "s3:GetJobTagging",
        "s3:GetLifecycleConfiguration",
        "s3:GetMetricsConfiguration",
        "s3:GetMultiRegionAccessPoint",
        "s3:GetMultiRegionAccessPointPolicy",
        "s3:GetMultiRegionAccessPointPolicyStatus",
        "s3:GetMultiRegionAccessPointRoutes",
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
        "s3:GetReplicationConfiguration",
        "s3:GetStorageLensConfiguration",
        "s3:GetStorageLensConfigurationTagging",
        "s3:GetStorageLensDashboard",
        "s3:GetStorageLensGroup",
        "s3:ListAccessGrants",
        "s3:ListAccessGrantsInstances",
        "s3:ListAccessGrantsLocations",
        "s3:ListAccessPoints",
        "s3:ListAccessPointsForObjectLambda",
        "s3:ListAllMyBuckets",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
        "s3:ListCallerAccessGrants",
        "s3:ListJobs",
        "s3:ListMultiRegionAccessPoints",
        "s3:ListMultipartUploadParts",
        "s3:ListObjectAnnotations",
        "s3:ListObjectVersionAnnotations",
        "s3:ListStorageLensConfigurations",
        "s3:ListStorageLensGroups",
        "s3:ListTagsForResource",
    ],
);

/// Write, manage permissions, and tag.
static WRITE: Dated<&str> = Dated::new(
    SOURCE,
    READ_ON,
    &[
        "s3:AbortMultipartUpload",
        "s3:AssociateAccessGrantsIdentityCenter",
        "s3:BypassGovernanceRetention",
        "s3:CreateAccessGrant",
        "s3:CreateAccessGrantsInstance",
        "s3:CreateAccessGrantsLocation",
        "s3:CreateAccessPoint",
        "s3:CreateAccessPointForObjectLambda",
        "s3:CreateBucket",
        "s3:CreateBucketMetadataTableConfiguration",
        "s3:CreateJob",
        "s3:CreateMultiRegionAccessPoint",
        "s3:CreateStorageLensGroup",
        "s3:DeleteAccessGrant",
        "s3:DeleteAccessGrantsInstance",
        "s3:DeleteAccessGrantsInstanceResourcePolicy",
        "s3:DeleteAccessGrantsLocation",
        "s3:DeleteAccessPoint",
        "s3:DeleteAccessPointForObjectLambda",
        "s3:DeleteAccessPointPolicy",
        "s3:DeleteAccessPointPolicyForObjectLambda",
        "s3:DeleteBucket",
        "s3:DeleteBucketMetadataTableConfiguration",
        "s3:DeleteBucketPolicy",
        "s3:DeleteBucketWebsite",
        "s3:DeleteJobTagging",
        "s3:DeleteMultiRegionAccessPoint",
        "s3:DeleteObject",
        "s3:DeleteObjectAnnotation",
        "s3:DeleteObjectTagging",
        "s3:DeleteObjectVersion",
        "s3:DeleteObjectVersionAnnotation",
        "s3:DeleteObjectVersionTagging",
        "s3:DeleteStorageLensConfiguration",
        "s3:DeleteStorageLensConfigurationTagging",
        "s3:DeleteStorageLensGroup",
        "s3:DissociateAccessGrantsIdentityCenter",
        "s3:InitiateReplication",
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:PauseReplication",
        "s3:PutAccelerateConfiguration",
        "s3:PutAccessGrantsInstanceResourcePolicy",
        "s3:PutAccessPointConfigurationForObjectLambda",
        "s3:PutAccessPointPolicy",
        "s3:PutAccessPointPolicyForObjectLambda",
        "s3:PutAccessPointPublicAccessBlock",
        "s3:PutAccountPublicAccessBlock",
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
        "s3:PutJobTagging",
        "s3:PutLifecycleConfiguration",
        "s3:PutMetricsConfiguration",
        "s3:PutMultiRegionAccessPointPolicy",
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:PutObjectAnnotation",
        "s3:PutObjectLegalHold",
        "s3:PutObjectRetention",
        "s3:PutObjectTagging",
        "s3:PutObjectVersionAcl",
        "s3:PutObjectVersionAnnotation",
        "s3:PutObjectVersionTagging",
        "s3:PutReplicationConfiguration",
        "s3:PutStorageLensConfiguration",
        "s3:PutStorageLensConfigurationTagging",
        "s3:ReplicateDelete",
        "s3:ReplicateObject",
        "s3:ReplicateObjectAnnotation",
        "s3:ReplicateTags",
        "s3:RestoreObject",
        "s3:SubmitMultiRegionAccessPointRoutes",
        "s3:TagResource",
        "s3:UntagResource",
        "s3:UpdateAccessGrantsLocation",
        "s3:UpdateBucketMetadataAnnotationTableConfiguration",
        "s3:UpdateBucketMetadataInventoryTableConfiguration",
        "s3:UpdateBucketMetadataJournalTableConfiguration",
        "s3:UpdateJobPriority",
        "s3:UpdateJobStatus",
        "s3:UpdateObjectEncryption",
        "s3:UpdateStorageLensGroup",
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    fn granted_by(patterns: &[&str], access: Access) -> Vec<String> {
        let globs = patterns.iter().map(|pattern| Glob::action(pattern)).collect();
        granted(&Patterns::These(globs), access)
    }

    #[test]
    fn the_list_is_sorted_and_in_two_parts() {
        for list in [&READ, &WRITE] {
            assert!(list.is_sorted_by(|a, b| a < b));
        }
        assert!(READ.iter().all(|action| !WRITE.contains(action)));
        assert_eq!(READ.len() + WRITE.len(), 180);
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
            let all: Vec<&str> = READ.iter().chain(WRITE.iter()).copied().collect();
            assert_eq!(but(&all), ["s3:\u{f8ff}"]);
        }
        assert_eq!(granted_by(&["s3:GetObject*"], Access::Write), [""; 0]);
    }
}
