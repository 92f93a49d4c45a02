//! The principals that the access control list of a bucket admits.

use aws_sdk_s3::types::{Grant, Permission, Type};
use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::gap::GapId;

/// An access control list.
#[derive(Default)]
pub(super) struct Acl {
    /// The canonical user id of the account that owns the bucket.
    pub(super) owner: Option<String>,
    pub(super) grants: Vec<Grant>,
}

/// The canonical user IDs with which AWS delivers logs for its customers.
static LOG_DELIVERY: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html",
        "https://docs.amazonaws.cn/en_us/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html",
    ],
    "2026-11-29",
    &[
        "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
        "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
    ],
);

/// The recipient of a grant.
enum Grantee<'a> {
    /// [Everyone](https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee): all users,
    /// or all who have any AWS account.
    Everyone(&'a str),
    /// What delivers logs for AWS.
    Service,
    /// An account, by its canonical user id.
    Account(&'a str),
    /// A grantee of a kind that is not known here.
    Other,
}

/// Whether a permission is to read or to list, be it objects or the list itself; one that is not known here may be any.
pub(super) fn reads(permission: &Permission) -> bool {
    !matches!(permission, Permission::Write | Permission::WriteAcp)
}

/// Whether a permission is to change something; one that is not known here may be any.
pub(super) fn writes(permission: &Permission) -> bool {
    !matches!(permission, Permission::Read | Permission::ReadAcp)
}

fn grantee(grant: &Grant) -> Grantee<'_> {
    let Some(grantee) = &grant.grantee else { return Grantee::Other };
    match (&grantee.r#type, grantee.uri(), grantee.id()) {
        (Type::Group, Some(uri), _) => match uri.rsplit('/').next() {
            Some(group @ ("AllUsers" | "AuthenticatedUsers")) => Grantee::Everyone(group),
            Some("LogDelivery") => Grantee::Service,
            _ => Grantee::Other,
        },
        (Type::CanonicalUser, _, Some(id)) if LOG_DELIVERY.contains(&id) => Grantee::Service,
        (Type::CanonicalUser, _, Some(id)) if !id.is_empty() => Grantee::Account(id),
        _ => Grantee::Other,
    }
}

impl Acl {
    /// The grants to everyone that include what `permits` accepts.
    pub(super) fn public(
        &self,
        permits: impl Fn(&Permission) -> bool,
        gap: impl Fn(&str) -> Option<GapId>,
    ) -> Entries {
        let (mut public, mut other) = (Vec::new(), false);
        for grant in &self.grants {
            let permission = grant.permission.as_ref();
            if !permission.is_none_or(&permits) {
                continue;
            }
            match grantee(grant) {
                Grantee::Everyone(group) => {
                    let permission = permission.map_or("any", Permission::as_str);
                    public.push(format!("{group} {permission}"));
                }
                Grantee::Other => other = true,
                Grantee::Service | Grantee::Account(_) => {}
            }
        }
        let other = other.then(|| gap("a grant to an unknown grantee"));
        Entries::new(public, other.flatten())
    }

    /// The grants to accounts that do not own the bucket, or to everyone.
    pub(super) fn external(&self, gap: impl Fn(&str) -> Option<GapId>) -> Entries {
        let mut external = Vec::new();
        let mut undecided = None;
        for grant in &self.grants {
            match (grantee(grant), &self.owner) {
                (Grantee::Account(id), Some(owner)) if id == owner => {}
                (Grantee::Account(id), Some(_)) => external.push(format!("canonical user `{id}`")),
                (Grantee::Account(_), None) => undecided = Some("the ACL has no owner"),
                (Grantee::Other, _) => {
                    undecided = Some("a grant to an unknown grantee");
                }
                (Grantee::Everyone(_), _) => external.push("everyone".to_owned()),
                (Grantee::Service, _) => {}
            }
        }
        external.sort();
        external.dedup();
        Entries::new(external, undecided.and_then(gap))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::Grantee as Named;
    use posture_model::fact::{Fact, Known};

    use super::*;

    const OWNER: &str = "owner";

    fn grant(kind: Type, uri: Option<&str>, id: Option<&str>, permission: &str) -> Grant {
        let named = Named::builder()
            .r#type(kind)
            .set_uri(uri.map(str::to_owned))
            .set_id(id.map(str::to_owned))
            .build()
            .unwrap();
        Grant::builder().grantee(named).permission(Permission::from(permission)).build()
    }

    fn group(name: &str, permission: &str) -> Grant {
        let uri = format!("http://acs.amazonaws.com/groups/{name}");
        grant(Type::Group, Some(&uri), None, permission)
    }

    fn user(id: &str) -> Grant {
        grant(Type::CanonicalUser, None, Some(id), "READ")
    }

    fn acl(grants: &[Grant]) -> Acl {
        Acl { owner: Some(OWNER.to_owned()), grants: grants.to_vec() }
    }

    fn gap(_: &str) -> Option<GapId> {
        Some(GapId::new(7))
    }

    const OPEN: Fact<bool> = Fact::Gap(GapId::new(7));

    #[test]
    fn any_permission_of_everyone_is_public() {
        for group_name in ["global/AllUsers", "global/AuthenticatedUsers"] {
            for (permission, read, write) in [
                ("READ", true, false),
                ("READ_ACP", true, false),
                ("WRITE", false, true),
                ("WRITE_ACP", false, true),
                ("FULL_CONTROL", true, true),
                ("NEW", true, true),
            ] {
                let list = acl(&[user(OWNER), group(group_name, permission)]);
                assert_eq!(list.public(reads, gap).any(), Known(read), "{permission}");
                assert_eq!(list.public(writes, gap).any(), Known(write), "{permission}");
                assert_eq!(list.external(gap), Entries::from(["everyone"]), "{permission}");
            }
        }
        let list = acl(&[group("global/AllUsers", "READ_ACP")]);
        assert_eq!(list.public(reads, gap), Entries::from(["AllUsers READ_ACP"]));
    }

    #[test]
    fn a_grant_to_another_canonical_user_is_one_to_another_account() {
        let list = acl(&[user("b"), user(OWNER), user("a"), user("a")]);
        let expected = Entries::from(["canonical user `a`", "canonical user `b`"]);
        assert_eq!(list.external(gap), expected);
        assert_eq!(list.public(reads, gap), Entries::none());
        assert_eq!(acl(&[user(OWNER)]).external(gap), Entries::none());
        // Without an owner, this cannot be decided.
        let ownerless = Acl { owner: None, ..acl(&[user("a")]) };
        assert_eq!(ownerless.external(gap).any(), OPEN);
    }

    #[test]
    fn what_delivers_logs_is_a_service() {
        let mut grants: Vec<Grant> = LOG_DELIVERY.iter().map(|id| user(id)).collect();
        grants.push(group("s3/LogDelivery", "WRITE"));
        let list = acl(&grants);
        assert_eq!(list.external(gap), Entries::none());
        assert_eq!(list.public(writes, gap), Entries::none());
    }

    #[test]
    fn a_grantee_that_is_not_known_leaves_it_open() {
        for odd in [
            group("new/Group", "READ"),
            grant(Type::AmazonCustomerByEmail, None, None, "READ"),
            grant(Type::CanonicalUser, None, None, "READ"),
            grant(Type::CanonicalUser, None, Some(""), "READ"),
            grant(Type::Group, None, None, "READ"),
            Grant::builder().permission(Permission::Read).build(),
            Grant::builder().build(),
        ] {
            let list = acl(std::slice::from_ref(&odd));
            assert_eq!(list.public(reads, gap).any(), OPEN, "{odd:?}");
            assert_eq!(list.external(gap).any(), OPEN, "{odd:?}");
            let list = acl(&[odd.clone(), user("a"), group("global/AllUsers", "READ")]);
            let trusted = |one: &str| one == "canonical user `a`" || one == "everyone";
            assert_eq!(list.external(gap).without(trusted).any(), OPEN, "{odd:?}");
            assert_eq!(list.public(reads, gap).any(), Known(true), "{odd:?}");
        }
        // A read permission does not show a write permission.
        assert_eq!(acl(&[group("new/Group", "READ")]).public(writes, gap).any(), Known(false));
    }
}
