//! How load balancers are configured.

use crate::frameworks::ResourceType;
use crate::prelude::*;

/// Application Load Balancers.
pub(crate) const APPLICATION: &[ResourceType] = &[Arn(SERVICE, "loadbalancer/app")];

/// Application and Network Load Balancers.
pub(crate) const LISTENING: &[ResourceType] =
    &[Arn(SERVICE, "loadbalancer/app"), Arn(SERVICE, "loadbalancer/net")];

/// Application, Network and Gateway Load Balancers.
pub(crate) const CURRENT: &[ResourceType] = &[
    Arn(SERVICE, "loadbalancer/app"),
    Arn(SERVICE, "loadbalancer/net"),
    Arn(SERVICE, "loadbalancer/gwy"),
];

/// Classic Load Balancers.
pub(crate) const CLASSIC: &[ResourceType] = &[Arn(SERVICE, "loadbalancer/")];

const SERVICE: &str = "elasticloadbalancing";

/// The test of a control that asks for a setting which some load balancers do not have; `why` says so.
macro_rules! on {
    ($fact:ident, $found:literal, $expected:literal, $why:literal) => {
        pastey::paste! {
            Test {
                reads: &[LoadBalancer::[<$fact:upper>]],
                params: &[],
                check: Check::LoadBalancer(|balancer, _| match balancer.$fact.known()? {
                    Some(true) => pass(),
                    Some(false) => fail(LoadBalancer::[<$fact:upper>], $found, $expected),
                    None => not_applicable($why),
                }),
                examples: Examples {
                    pass: |scope| scope.add(balancer::example().$fact(Known(Some(true)))),
                    fail: |scope| scope.add(balancer::example().$fact(Known(Some(false)))),
                },
            }
        }
    };
}
pub(crate) use on;

/// An Application Load Balancer, with nothing else known yet.
pub(crate) fn example() -> LoadBalancer {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188";
    LoadBalancer::unread(arn, "shop", Some("us-east-1")).family(Known(BalancerFamily::Application))
}

/// Some entries, to which nothing is missing.
pub(crate) fn entries(all: &[&str]) -> Fact<Entries> {
    Known(Entries::new(all.iter().map(|&one| one.to_owned()).collect(), None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::edge::access_logs::CONTROL;

    #[test]
    fn a_setting_is_on_or_off_or_not_there() {
        let with = |value: Fact<Option<bool>>| {
            move |scope: &mut Scope| scope.load_balancers.items.push(example().logs_access(value))
        };
        assert_passes(&CONTROL, with(Known(Some(true))));
        assert_fails(&CONTROL, with(Known(Some(false))));
        assert_not_applicable(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn a_type_is_read_from_the_arn() {
        let is = |types: &[ResourceType], id: &str| {
            ResourceType::any(types, Aws, Kind::LoadBalancer, id)
        };
        for (kind, application, listening, current, classic) in [
            ("app/shop/1", true, true, true, false),
            ("net/shop/1", false, true, true, false),
            ("gwy/shop/1", false, false, true, false),
            ("shop", false, false, false, true),
            ("app", false, false, false, true),
        ] {
            let id = format!("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/{kind}");
            assert_eq!(is(APPLICATION, &id), Some(application), "{kind}");
            assert_eq!(is(LISTENING, &id), Some(listening), "{kind}");
            assert_eq!(is(CURRENT, &id), Some(current), "{kind}");
            assert_eq!(is(CLASSIC, &id), Some(classic), "{kind}");
        }
    }
}
