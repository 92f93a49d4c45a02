//! The parts of an entry in the table of actions. The entries are beside the code that reads the responses.

pub(crate) use posture_collect::{Filter, Per, Value};

pub(crate) use crate::whole::Holds;

/// A read-only action of an AWS API. `own` is what a response must hold. The services always return more than
/// their models mark as required: by the examples of their API references and the AWS CLI's output, they send lists also where
/// these are empty.
pub type Action = posture_collect::Action<Holds>;

/// The action that discovers regions if none are configured.
pub const LIST_REGIONS: &str = "account:ListRegions";

/// The action that lists the accounts of an organization.
pub const LIST_ACCOUNTS: &str = "organizations:ListAccounts";

/// The action that begins a session of a role, in another account of the organization or in one that was named.
pub const ASSUME_ROLE: &str = "sts:AssumeRole";

/// The action that finds out whose the credentials are.
pub(crate) const IDENTITY: &str = "sts:GetCallerIdentity";

/// The action that lists the repositories of a registry.
pub(crate) const REGISTRY_REPOSITORIES: &str = "ecr:DescribeRepositories";

/// The action that lists the images of a repository.
pub(crate) const REGISTRY_IMAGES: &str = "ecr:DescribeImages";

/// The action that returns the password of a registry.
pub(crate) const REGISTRY_TOKEN: &str = "ecr:GetAuthorizationToken";

/// What a response must hold for the actions that audits call beside those that fill facts.
pub(crate) fn holds_always(action: &str) -> Option<Holds> {
    match action {
        LIST_REGIONS => Some(Holds::all(&["Regions"])),
        LIST_ACCOUNTS => Some(Holds::all(&["Accounts"])),
        IDENTITY => Some(Holds::all(&["@Account", "@Arn"])),
        REGISTRY_REPOSITORIES => Some(Holds::all(&["repositories"])),
        REGISTRY_IMAGES => Some(Holds::all(&["imageDetails"])),
        REGISTRY_TOKEN => Some(Holds::all(&["authorizationData"])),
        _ => None,
    }
}
