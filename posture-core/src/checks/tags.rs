//! What the controls on required tags have in common: one for each kind of resource, and one list of names for all.

use std::collections::BTreeMap;

use crate::params::Given;
use crate::prelude::*;

/// The tags that resources must have. Only the user knows them.
pub(crate) static REQUIRED: Given = Given {
    name: "required-tags",
    doc: "The names of the tags that must be present with a value, not case-sensitive. Under `[control.\"*\"]` of \
          `posture.toml` it holds for resources of every kind.",
    example: &["owner"],
    unset: "no tag is required: set `required-tags` under `[control.\"*\"]` in posture.toml",
};

/// The test that resources of a kind have the required tags.
macro_rules! required {
    ($kind:ident) => {
        $crate::checks::tags::required!($kind, reads: [], |_| Ok(None))
    };
    // With the facts by which some of them are not the customer's to tag, and why.
    ($kind:ident, reads: [$($fact:expr),*], $exempt:expr) => {
        Test {
            reads: &[$kind::TAGS, $($fact),*],
            params: &[Param::Given(&$crate::checks::tags::REQUIRED)],
            check: Check::$kind(|resource, context| {
                let exempt: fn(&$kind) -> Result<Option<&'static str>, posture_model::verdict::Undecided> =
                    $exempt;
                if let Some(why) = exempt(resource)? {
                    return not_applicable(why);
                }
                $crate::checks::tags::check($kind::TAGS, &resource.tags, context)
            }),
            examples: Examples {
                pass: |scope| {
                    let tags = [("Owner".to_owned(), "payments".to_owned())];
                    scope.add(tags::example::<$kind>().tags(Known(tags.into_iter().collect())));
                },
                fail: |scope| {
                    scope.add(tags::example::<$kind>().tags(Known(Default::default())));
                },
            },
        }
    };
}
pub(crate) use required;

/// A resource that exists to be tagged.
pub(crate) trait Tagged {
    fn example() -> Self;
}

macro_rules! tagged {
    ($($kind:ident),* $(,)?) => {
        $(impl Tagged for $kind {
            fn example() -> Self {
                Self::unread("example", "example", None)
            }
        })*
    };
}
tagged!(
    Alert,
    AuditTrail,
    Bucket,
    Firewall,
    FlowLog,
    Key,
    LoadBalancer,
    LogGroup,
    Machine,
    Network,
    NetworkAcl,
    SecurityGroup,
    Subnet,
    TransitGateway,
    User,
    Vault,
    VpnConnection
);

impl Tagged for Secret {
    fn example() -> Self {
        Self::unread("example", "example", None).certificate(Known(false))
    }
}

impl Tagged for Role {
    fn example() -> Self {
        Self::unread("example", "example", None).service_linked(Known(false))
    }
}

pub(crate) fn example<T: Tagged>() -> T {
    T::example()
}

/// Every required tag, with a value.
pub(crate) fn check(
    fact: FactId,
    tags: &Fact<BTreeMap<String, String>>,
    context: &Context<'_>,
) -> CheckResult {
    let tags = tags.known()?;
    let there = |name: &str| {
        tags.iter().any(|(tag, value)| tag.eq_ignore_ascii_case(name) && !value.trim().is_empty())
    };
    let required = context.given(&REQUIRED);
    let missing: Vec<&str> = required.into_iter().filter(|name| !there(name)).collect();
    if missing.is_empty() {
        return pass();
    }
    fail(fact, format!("without {}", missing.join(", ")), "every required tag, with a value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls;
    use crate::controls::storage::tags::CONTROL;
    use crate::params::Value;

    fn tagged(tags: &[(&str, &str)]) -> Bucket {
        let tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        example::<Bucket>().tags(Known(tags.collect()))
    }

    fn with(bucket: Bucket) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(tagged(&[("OWNER", "payments")])));
        assert_fails(&CONTROL, with(tagged(&[("owners", "payments")])));
        // A tag without a value shows nothing.
        assert_fails(&CONTROL, with(tagged(&[("owner", " ")])));
        assert_unknown(&CONTROL, with(tagged(&[]).tags(denied())));
    }

    #[test]
    fn the_list_decides() {
        let judge = |names: &[&str], bucket: Bucket| {
            let names = names.iter().map(|&name| name.to_owned()).collect();
            judged_with(&CONTROL, &world(with(bucket)), &[("required-tags", Value::Names(names))])
        };
        let two = &["owner", "class"];
        assert_eq!(judge(two, tagged(&[("owner", "a"), ("class", "b")])), [Ok(Verdict::Pass)]);
        let [Ok(Verdict::Fail(evidence))] = &judge(two, tagged(&[("owner", "a")]))[..] else {
            panic!("one tag is missing")
        };
        assert_eq!(evidence[0].found, "without class");
        assert!(judge(two, tagged(&[]).tags(denied()))[0].is_err());
    }

    #[test]
    fn what_the_user_cannot_tag_is_not_asked() {
        let role = example::<Role>().tags(Known(BTreeMap::new()));
        let role_tags = &controls::identity::role_tags::CONTROL;
        assert_fails(role_tags, |scope| scope.add(role.clone()));
        assert_not_applicable(role_tags, |scope| {
            scope.add(role.clone().service_linked(Known(true)))
        });
        assert_unknown(role_tags, |scope| scope.add(role.clone().service_linked(denied())));
        let secret = example::<Secret>().tags(Known(BTreeMap::new()));
        let secret_tags = &controls::secrets::tags::CONTROL;
        assert_fails(secret_tags, |scope| scope.add(secret.clone()));
        assert_not_applicable(secret_tags, |scope| scope.add(secret.certificate(Known(true))));
    }

    /// Each kind of resource of a cloud whose tags are read has its control, but accounts and what comes and goes with a machine.
    #[test]
    fn each_kind_that_has_tags_has_its_control() {
        let mut kinds: Vec<Kind> = Vec::new();
        for control in controls::ALL {
            if control.test.params.iter().any(|param| param.name() == REQUIRED.name) {
                kinds.push(control.test.check.kind());
            }
        }
        kinds.extend([Kind::Account, Kind::NetworkInterface]);
        kinds.sort_unstable();
        let of_clouds = |kind: &Kind| kind.levels().iter().any(|(of, _)| matches!(of, Aws | Azure));
        let tagged = Kind::ALL.iter().copied().filter(|kind| kind.fact("tags").is_some());
        let tagged = tagged.filter(of_clouds);
        assert_eq!(kinds, tagged.collect::<Vec<_>>());
    }
}
