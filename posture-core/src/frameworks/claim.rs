//! What a control claims to show of a requirement, and of which of its findings.

use super::table::Strength;
use crate::provider::Provider;
use crate::resource::Kind;

/// What a control claims to show of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is the procedure of the row, in both directions. Only a row of a benchmark is a setting as a whole.
    Full,
    /// It decides a part. The text answers in which case the control fails although the requirement holds: it says why there
    /// is none. Where there is such a case, the control only supports the requirement, or does not concern it.
    Partial(&'static str),
    /// It is evidence, and decides nothing.
    Supporting,
}

impl Claim {
    /// How much it decides.
    pub const fn strength(self) -> Strength {
        match self {
            Self::Full => Strength::Full,
            Self::Partial(_) => Strength::Partial,
            Self::Supporting => Strength::Supporting,
        }
    }
}

/// Controls of which one suffices: a requirement fails by them only where all of them fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alternatives(
    /// What any of them shows, as the end of "any of these shows that …".
    pub &'static str,
);

/// A type of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceType {
    /// That of AWS, by the service and the resource type in its
    /// [ARN](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html): `Arn("rds", "db")`,
    /// `Arn("elasticloadbalancing", "loadbalancer/app")`, and `Arn("s3", "")` where an ARN has a name alone. After a type that
    /// ends in `/` there is a name alone too: `Arn("elasticloadbalancing", "loadbalancer/")` is a Classic Load Balancer.
    Arn(&'static str, &'static str),
    /// That of Azure, as in its
    /// [resource id](https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/resource-name-rules):
    /// `Arm("Microsoft.Sql/servers/databases")`.
    Arm(&'static str),
    /// That of posture, whatever the provider calls it.
    Listed(Kind),
}

impl ResourceType {
    /// Whether a resource is of this type, by its id; none where the id does not say.
    pub fn holds(self, provider: Provider, kind: Kind, id: &str) -> Option<bool> {
        match self {
            Self::Listed(of) => Some(of == kind),
            Self::Arn(service, resource) => match provider {
                Provider::Aws => arn(id).map(|(of, rest)| of == service && is_of(rest, resource)),
                Provider::Azure | Provider::Kubernetes | Provider::Docker | Provider::Image => {
                    Some(false)
                }
            },
            Self::Arm(of) => match provider {
                Provider::Azure => arm(id).map(|found| found.eq_ignore_ascii_case(of)),
                Provider::Aws | Provider::Kubernetes | Provider::Docker | Provider::Image => {
                    Some(false)
                }
            },
        }
    }

    /// Whether a resource is of one of these types; none where that is open.
    pub(crate) fn any(types: &[Self], provider: Provider, kind: Kind, id: &str) -> Option<bool> {
        let mut open = false;
        for of in types {
            match of.holds(provider, kind, id) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => open = true,
            }
        }
        (!open).then_some(false)
    }
}

impl std::fmt::Display for ResourceType {
    /// Writes `arn:rds:db`, the type of Azure, or the kind in words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Arn(service, "") => write!(f, "arn:{service}"),
            Self::Arn(service, resource) => write!(f, "arn:{service}:{resource}"),
            Self::Arm(of) => f.write_str(of),
            Self::Listed(kind) => f.write_str(kind.one()),
        }
    }
}

/// The service of an ARN, and what follows the account.
fn arn(id: &str) -> Option<(&str, &str)> {
    let mut parts = id.splitn(6, ':');
    let (Some("arn"), Some(_), Some(service), Some(_), Some(_), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    (!service.is_empty() && !rest.is_empty()).then_some((service, rest))
}

/// Whether the end of an ARN names a resource of a type: the type comes first, and a name follows.
fn is_of(rest: &str, resource: &str) -> bool {
    let separator = |c: char| c == '/' || c == ':';
    if resource.is_empty() || resource.ends_with('/') {
        let name = rest.strip_prefix(resource);
        return name.is_some_and(|name| !name.is_empty() && !name.contains(separator));
    }
    let after = rest.strip_prefix(resource).and_then(|after| after.strip_prefix(separator));
    after.is_some_and(|name| !name.is_empty())
}

/// The type of a resource in its id of Azure Resource Manager.
fn arm(id: &str) -> Option<String> {
    let lower = id.to_ascii_lowercase();
    let place = lower.rfind("/providers/")?;
    let mut parts = id.get(place + "/providers/".len()..)?.split('/');
    let mut found = parts.next().filter(|namespace| namespace.contains('.'))?.to_owned();
    let mut any = false;
    while let Some(of) = parts.next().filter(|of| !of.is_empty()) {
        parts.next().filter(|name| !name.is_empty())?;
        found.push('/');
        found.push_str(of);
        any = true;
    }
    any.then_some(found)
}

#[cfg(test)]
mod tests {
    use Provider::{Aws, Azure};
    use ResourceType::{Arm, Arn, Listed};

    use super::*;

    #[test]
    fn the_type_of_a_resource_is_read_from_its_id() {
        let instance = "arn:aws:rds:us-east-1:123456789012:db:orders";
        let balancer =
            "arn:aws-cn:elasticloadbalancing:cn-north-1:1:loadbalancer/app/web/50dc6c495c0c9188";
        let database =
            "/subscriptions/1/resourceGroups/r/providers/Microsoft.Sql/servers/s/databases/d";
        for (of, provider, id, holds) in [
            (Arn("rds", "db"), Aws, instance, Some(true)),
            (Arn("rds", "cluster"), Aws, instance, Some(false)),
            (Arn("redshift", "db"), Aws, instance, Some(false)),
            (Arn("rds", "d"), Aws, instance, Some(false)),
            (Arn("rds", "db"), Aws, "arn:aws:rds:us-east-1:123456789012:db", Some(false)),
            (Arn("rds", "db"), Aws, "arn:aws:rds:us-east-1:123456789012:db:", Some(false)),
            (Arn("rds", "db"), Aws, "orders", None),
            (Arn("rds", "db"), Aws, "arn:aws:rds", None),
            (Arn("rds", "db"), Aws, "", None),
            (Arn("elasticloadbalancing", "loadbalancer/app"), Aws, balancer, Some(true)),
            (Arn("elasticloadbalancing", "loadbalancer/net"), Aws, balancer, Some(false)),
            (Arn("elasticloadbalancing", "loadbalancer/"), Aws, balancer, Some(false)),
            (
                Arn("elasticloadbalancing", "loadbalancer/"),
                Aws,
                "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app",
                Some(true),
            ),
            (
                Arn("elasticloadbalancing", "loadbalancer/app"),
                Aws,
                "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app",
                Some(false),
            ),
            (Arn("s3", ""), Aws, "arn:aws:s3:::logs", Some(true)),
            (Arn("s3", ""), Aws, "arn:aws:s3:us-east-1:1:accesspoint/logs", Some(false)),
            (Arm("Microsoft.Sql/servers"), Aws, instance, Some(false)),
            (Arm("microsoft.sql/servers/Databases"), Azure, database, Some(true)),
            (Arm("Microsoft.Sql/servers"), Azure, database, Some(false)),
            (Arm("Microsoft.Sql/servers"), Azure, "/subscriptions/1", None),
            (Arm("Microsoft.Sql/servers"), Azure, "/providers/Microsoft.Sql/servers", None),
            (Arm("Microsoft.Sql/servers"), Azure, "/providers/Microsoft.Sql/servers/", None),
            (Arm("Microsoft.Sql/servers"), Azure, "/providers/Microsoft.Sql", None),
            (
                Arm("Microsoft.Sql/servers"),
                Azure,
                "/é/providers/Microsoft.Sql/servers/s",
                Some(true),
            ),
            (Arn("rds", "db"), Azure, database, Some(false)),
            (Listed(Kind::Bucket), Azure, "", Some(true)),
            (Listed(Kind::Key), Azure, "", Some(false)),
        ] {
            assert_eq!(of.holds(provider, Kind::Bucket, id), holds, "{of:?} {id}");
        }
        // An extension is of its own type, not of what it extends.
        let lock = format!("{database}/providers/Microsoft.Authorization/locks/l");
        assert_eq!(
            Arm("Microsoft.Authorization/locks").holds(Azure, Kind::Bucket, &lock),
            Some(true)
        );
        let some = |types, id| ResourceType::any(types, Aws, Kind::Bucket, id);
        assert_eq!(some(&[Arn("rds", "cluster"), Arn("rds", "db")], instance), Some(true));
        assert_eq!(some(&[Arn("rds", "cluster")], instance), Some(false));
        assert_eq!(some(&[Arn("rds", "db"), Listed(Kind::Bucket)], "?"), Some(true));
        assert_eq!(some(&[Arn("rds", "db"), Listed(Kind::Key)], "?"), None);
        assert_eq!(some(&[], instance), Some(false));
    }
}
