//! Classic Load Balancers as resources. Their listeners are part of the list, and they have no ARN in answers.

use posture_model::fact::Known;
use posture_model::gap::Gap;
use posture_model::provider::Provider;
use posture_model::resource::{BalancerFamily, LoadBalancer};

use super::super::convert::malformed;
use super::actions::*;
use super::answers::*;
use super::listing::{Found, Place, Shown, desync_mode, read_of, tags_of};
use super::tls;

impl Place<'_> {
    /// A Classic Load Balancer; `arn` makes its ARN of its name.
    pub(in crate::collect::vpc) fn classic(
        &self,
        one: ListedClassic<'_>,
        arn: impl Fn(&str) -> String,
    ) -> Option<LoadBalancer> {
        let name = one.name()?;
        let listeners = |shows: &dyn Fn(ClassicListener<'_>, ClassicPorts<'_>) -> Shown| {
            let lacks = || malformed(BALANCERS.name, name, "a listener has no protocol");
            let shown = |listener: ClassicListener<'_>| {
                shows(listener, listener.listener().ok_or_else(lacks)?)
            };
            self.entries(Found::of(one.listeners().map(shown)))
        };
        let attributes = read_of(&self.behind.classic_attributes, name).and_then(|read| {
            let mut all = read.pages().filter_map(DescribeClassicAttributes::attributes);
            all.next().ok_or_else(|| malformed(ATTRIBUTES.name, name, "it has no attributes"))
        });
        let lacks = |what: &str| {
            Gap::undetermined(ATTRIBUTES.name, name, &format!("the response lacks `{what}`"))
        };
        let flag = |what: &str, of: fn(ClassicAttributes<'_>) -> Option<bool>| {
            let value = attributes.clone().and_then(|all| of(all).ok_or_else(|| lacks(what)));
            self.fact(value.map(Some))
        };
        let desync = attributes.clone().and_then(|all| {
            let key = "elb.http.desyncmitigationmode";
            let mut more = all.more();
            let found = more.find(|one| one.key() == Some(key)).and_then(BalancerAttribute::value);
            desync_mode(name, found.ok_or_else(|| lacks(key))?).map(Some)
        });
        let zones = one.zones().map(str::to_owned).collect();
        Some(
            LoadBalancer::unread_on(Provider::Aws, arn(name), name, Some(self.region))
                .family(Known(BalancerFamily::Classic))
                .dns_name(self.dns_name(name, one.dns_name()))
                .zones(Known(zones))
                .plain_listeners(listeners(&|_, ports| {
                    let plain = !is_tls(name, ports.protocol())?;
                    Ok(plain.then(|| classic_name(ports)))
                }))
                .unredirected(self.entries(Found::default()))
                .old_tls(listeners(&|listener, ports| {
                    tls::classic_old(name, listener, ports, self.behind)
                }))
                .security_policies(listeners(&|listener, ports| {
                    tls::classic_policy(name, listener, ports, self.behind)
                }))
                .unmanaged_certificates(listeners(&|_, ports| unmanaged(name, ports)))
                .plain_targets(listeners(&|_, ports| {
                    let detail = "the protocol of an instance port is not known";
                    let lacks = || Gap::undetermined(BALANCERS.name, name, detail);
                    let protocol = ports.instance_protocol().ok_or_else(lacks)?;
                    let entry = || format!("port {}: {protocol}", ports.instance_port());
                    Ok((!is_tls(name, protocol)?).then(entry))
                }))
                .plain_health_checks(self.entries(Found::default()))
                .inspected(Known(None))
                .tags(self.fact(tags_of(&self.behind.classic_tags, name)))
                .logs_access(flag("AccessLog", |all| all.access_log().map(AccessLog::enabled)))
                .deletion_protected(Known(None))
                .drops_invalid_headers(Known(None))
                .desync_mode(self.fact(desync))
                .drains_connections(flag("ConnectionDraining", |all| {
                    all.draining().map(Draining::enabled)
                }))
                .crosses_zones(flag("CrossZoneLoadBalancing", |all| {
                    all.cross_zone().map(CrossZone::enabled)
                })),
        )
    }
}

/// A listener of a Classic Load Balancer as it is written in facts.
pub(super) fn classic_name(ports: ClassicPorts<'_>) -> String {
    format!("{} {}", ports.protocol(), ports.port())
}

/// Whether a protocol of a Classic Load Balancer carries TLS.
pub(super) fn is_tls(name: &str, protocol: &str) -> Result<bool, Gap> {
    match protocol.to_ascii_uppercase().as_str() {
        "HTTPS" | "SSL" => Ok(true),
        "HTTP" | "TCP" => Ok(false),
        _ => {
            let detail = "the protocol of a listener is not known here";
            Err(Gap::undetermined(BALANCERS.name, name, detail))
        }
    }
}

/// The certificate of a TLS listener, if ACM does not manage it.
fn unmanaged(name: &str, ports: ClassicPorts<'_>) -> Shown {
    if !is_tls(name, ports.protocol())? {
        return Ok(None);
    }
    let unclear = || {
        let detail = "the certificate of a listener is not known";
        Gap::undetermined(BALANCERS.name, name, detail)
    };
    let arn = ports.certificate().ok_or_else(unclear)?;
    match arn.split(':').nth(2) {
        Some("acm") => Ok(None),
        Some("iam") => Ok(Some(arn.to_owned())),
        _ => Err(unclear()),
    }
}
