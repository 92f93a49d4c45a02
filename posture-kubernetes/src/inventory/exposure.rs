//! How pods are reached from outside: services, ingresses and gateways.

use std::collections::BTreeMap;
use std::net::IpAddr;

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::GapId;
use posture_model::network::Addresses;
use posture_model::provider::Provider;
use posture_model::resource::{FactId, Ingress, Service};

use super::breadth::is_internet;
use super::objects::Observed;
use super::{Origin, View, forwarding};
use crate::read::{Invalid, Object};

/// The facts that the list of services fills.
pub(crate) const OF_SERVICES: &[FactId] = &[
    Service::PUBLIC_LOAD_BALANCER,
    Service::NODE_PORTS,
    Service::EXTERNAL_IPS,
    Service::SELECTOR,
    Service::FORWARDING,
    Service::TAGS,
];

/// The facts that the list of ingresses fills.
pub(crate) const OF_INGRESSES: &[FactId] =
    &[Ingress::PLAIN_HOSTS, Ingress::BACKENDS, Ingress::TAGS];

/// What publishes pods.
#[derive(Debug, Default)]
pub(super) struct Exposure {
    pub(super) services: Vec<Service>,
    pub(super) ingresses: Vec<Ingress>,
}

impl Exposure {
    /// Adds what was read of other lists.
    pub(super) fn extend(&mut self, other: Self) {
        let Self { services, ingresses } = other;
        self.services.extend(services);
        self.ingresses.extend(ingresses);
    }

    /// Takes a service.
    pub(super) fn service(
        &mut self,
        of: &Observed<'_>,
        unique: String,
        view: &View<'_>,
    ) -> Result<(), Invalid> {
        let mut service = Service::unread_on(
            Provider::Kubernetes,
            unique,
            of.name.as_str(),
            of.namespace.as_deref(),
        );
        service.source = of.source.clone().map(Box::new);
        let balancer = Balancer::read(of)?;
        let open = |detail: &str| view.undetermined(&service.id, detail);
        let public = balancer.is_public(view.origin, open);
        let (node_ports, external) = ports(of)?;
        let selector = match Object::of(of.object, "")?.object("spec")? {
            Some(mut spec) => spec.map("selector")?.into_iter().collect(),
            None => BTreeMap::new(),
        };
        let forwarding = match forwarding::of_service(of.object) {
            Ok(forwarding) => Known(forwarding),
            Err(invalid) => Fact::Gap(view.undetermined(&service.id, &invalid.to_string())),
        };
        service = service
            .public_load_balancer(public.into_fact())
            .node_ports(Known(Entries::from(node_ports)))
            .external_ips(Known(Entries::from(external)))
            .selector(Known(selector))
            .forwarding(forwarding)
            .tags(Known(of.labels.clone()));
        self.services.push(service);
        Ok(())
    }

    /// Takes an ingress.
    pub(super) fn ingress(
        &mut self,
        of: &Observed<'_>,
        unique: String,
        view: &View<'_>,
    ) -> Result<(), Invalid> {
        let mut ingress = Ingress::unread_on(
            Provider::Kubernetes,
            unique,
            of.name.as_str(),
            of.namespace.as_deref(),
        );
        ingress.source = of.source.clone().map(Box::new);
        let plain = plain_hosts(of)?;
        // Where a controller takes certificates from its annotations, the object does not show which hosts have one.
        let elsewhere = annotations(of)?
            .into_keys()
            .find(|key| CERTIFICATES.iter().any(|one| key.starts_with(one)))
            .filter(|_| !plain.is_empty());
        let entries = match elsewhere {
            Some(key) => {
                let detail = format!("annotation {key} may set certificates");
                Entries::new(Vec::new(), Some(view.undetermined(&ingress.id, &detail)))
            }
            None => Entries::from(plain),
        };
        let backends = match forwarding::of_ingress(of.object) {
            Ok(backends) => Known(backends),
            Err(invalid) => Fact::Gap(view.undetermined(&ingress.id, &invalid.to_string())),
        };
        let ingress = ingress
            .plain_hosts(entries.into_fact())
            .backends(backends)
            .tags(Known(of.labels.clone()));
        self.ingresses.push(ingress);
        Ok(())
    }
}

/// The annotations by which ingress controllers get certificates, as the beginning of their keys.
static CERTIFICATES: Dated<&str> = Dated::new(
    &[
        "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/",
        "https://docs.cloud.google.com/kubernetes-engine/docs/how-to/ingress-multi-ssl",
        "https://learn.microsoft.com/en-us/azure/application-gateway/ingress-controller-annotations",
        "https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/",
    ],
    "2026-11-30",
    &[
        "alb.ingress.kubernetes.io/certificate-arn",
        "alb.ingress.kubernetes.io/listen-ports",
        "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
        "ingress.gcp.kubernetes.io/pre-shared-cert",
        "kubernetes.azure.com/tls-cert-keyvault-uri",
        "networking.gke.io/managed-certificates",
        "traefik.ingress.kubernetes.io/router.entrypoints",
        "traefik.ingress.kubernetes.io/router.tls",
    ],
);

fn annotations(of: &Observed<'_>) -> Result<BTreeMap<String, String>, Invalid> {
    match Object::of(of.object, "")?.object("metadata")? {
        Some(mut metadata) => Ok(metadata.map("annotations")?.into_iter().collect()),
        None => Ok(BTreeMap::new()),
    }
}

/// The hosts of an ingress that its `tls` does not cover.
fn plain_hosts(of: &Observed<'_>) -> Result<Vec<String>, Invalid> {
    let Some(mut spec) = Object::of(of.object, "")?.object("spec")? else { return Ok(Vec::new()) };
    let (mut covered, mut all) = (Vec::new(), false);
    for mut tls in spec.objects("tls")? {
        let hosts = tls.texts("hosts")?;
        // Without hosts it is the certificate of the controller, for every host.
        all |= hosts.is_empty();
        covered.extend(hosts);
    }
    if all {
        return Ok(Vec::new());
    }
    let mut hosts: Vec<&str> = Vec::new();
    for mut rule in spec.objects("rules")? {
        hosts.push(rule.text("host")?.unwrap_or_default());
    }
    if spec.get("defaultBackend").is_some() {
        hosts.push("");
    }
    let has = |host: &&str| covered.iter().any(|one| covers(one, host));
    let mut plain: Vec<String> = hosts
        .into_iter()
        .filter(|host| !has(host))
        .map(|host| match host {
            "" => "every host is served without TLS".to_owned(),
            host => format!("host {host} is served without TLS"),
        })
        .collect();
    plain.sort();
    plain.dedup();
    Ok(plain)
}

/// Whether a host of `tls` is a host, or stands for it: `*.example.com` for one more label.
fn covers(tls: &str, host: &str) -> bool {
    if tls.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some(suffix), Some((first, rest))) = (tls.strip_prefix("*."), host.split_once('.')) else {
        return false;
    };
    !first.is_empty() && first != "*" && rest.eq_ignore_ascii_case(suffix)
}

/// The ports of every node that a service opens, and its external addresses.
fn ports(of: &Observed<'_>) -> Result<(Vec<String>, Vec<String>), Invalid> {
    let (mut nodes, mut external) = (Vec::new(), Vec::new());
    let Some(mut spec) = Object::of(of.object, "")?.object("spec")? else {
        return Ok((nodes, external));
    };
    let of_nodes = match spec.text("type")? {
        Some("NodePort") => true,
        Some("LoadBalancer") => spec.boolean("allocateLoadBalancerNodePorts")? != Some(false),
        _ => false,
    };
    for mut port in spec.objects("ports")? {
        let number = port.integer("port")?.unwrap_or_default();
        let protocol = port.text("protocol")?.unwrap_or("TCP");
        match port.integer("nodePort")?.filter(|node| *node != 0) {
            Some(node) => nodes.push(format!("port {number}/{protocol} is node port {node}")),
            None if of_nodes => {
                nodes.push(format!(
                    "port {number}/{protocol} has a node port that the server picks"
                ));
            }
            None => {}
        }
    }
    for address in spec.texts("externalIPs")? {
        external.push(format!("spec.externalIPs has {address}"));
    }
    Ok((nodes, external))
}

/// What decides whether a load balancer is public.
#[derive(Debug, Default)]
struct Balancer {
    is_one: bool,
    class: Option<String>,
    annotations: BTreeMap<String, String>,
    ranges: Vec<String>,
    /// The addresses and names of its status.
    addresses: Vec<String>,
}

/// Annotations that make a load balancer internal, with the value that does.
static INTERNAL: Dated<(&str, &str)> = Dated::new(
    &["https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer"],
    "2026-11-30",
    &[
        ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
        ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
        ("service.beta.kubernetes.io/azure-load-balancer-internal", "true"),
        ("networking.gke.io/load-balancer-type", "internal"),
        ("cloud.google.com/load-balancer-type", "internal"),
    ],
);

/// Annotations with the addresses that may connect.
static RANGES: Dated<&str> = Dated::new(
    &["https://pkg.go.dev/sigs.k8s.io/cloud-provider-azure@v1.27.15/pkg/provider/loadbalancer"],
    "2026-12-01",
    &[
        "service.beta.kubernetes.io/load-balancer-source-ranges",
        "service.beta.kubernetes.io/azure-allowed-ip-ranges",
    ],
);

impl Balancer {
    fn read(of: &Observed<'_>) -> Result<Self, Invalid> {
        let mut object = Object::of(of.object, "")?;
        let mut balancer = Self { annotations: annotations(of)?, ..Self::default() };
        if let Some(mut spec) = object.object("spec")? {
            balancer.is_one = spec.text("type")? == Some("LoadBalancer");
            balancer.class = spec.text("loadBalancerClass")?.map(str::to_owned);
            let ranges = spec.texts("loadBalancerSourceRanges")?;
            balancer.ranges = ranges.into_iter().map(str::to_owned).collect();
        }
        if balancer.ranges.is_empty() {
            let annotated = RANGES.iter().filter_map(|key| balancer.annotations.get(*key));
            let each = annotated.flat_map(|text| text.split(','));
            balancer.ranges = each.map(|one| one.trim().to_owned()).collect();
        }
        if let Some(mut status) = object.object("status")?
            && let Some(mut balancers) = status.object("loadBalancer")?
        {
            for mut one in balancers.objects("ingress")? {
                for field in ["ip", "hostname"] {
                    balancer.addresses.extend(one.text(field)?.map(str::to_owned));
                }
            }
        }
        Ok(balancer)
    }

    /// Why every address reaches it.
    fn is_public(&self, origin: Origin, open: impl Fn(&str) -> GapId) -> Entries {
        let unknown = |detail: &str| Entries::new(Vec::new(), Some(open(detail)));
        let annotated = |(key, value): &(&str, &str)| {
            self.annotations.get(*key).is_some_and(|own| own.eq_ignore_ascii_case(value))
        };
        if !self.is_one {
            return Entries::none();
        }
        if !self.ranges.is_empty() {
            let parsed: Option<Vec<Addresses>> =
                self.ranges.iter().map(|range| Addresses::parse(range)).collect();
            let Some(parsed) = parsed else {
                return unknown("an allowed range of addresses is not one");
            };
            let all = parsed.iter().fold(Addresses::none(), |sum, one| sum.or(one));
            if !is_internet(&all) {
                return Entries::none();
            }
        }
        let by_others = self.annotations.keys().any(|key| {
            key.ends_with("azure-allowed-service-tags") || key.ends_with("aws-load-balancer-type")
        });
        let internet_facing = self
            .annotations
            .get("service.beta.kubernetes.io/aws-load-balancer-scheme")
            .is_some_and(|scheme| scheme == "internet-facing");
        if let Some((key, _)) = INTERNAL.iter().find(|one| annotated(one)) {
            // Which of the providers of the annotations serves it, no object shows, and the status shows what was made of it.
            let address = self.addresses.iter().find(|text| is_of_internet(text));
            return match address {
                Some(address) => unknown(&format!(
                    "annotation {key} makes it internal, and its address {address} is one of the internet"
                )),
                None if internet_facing => unknown(&format!(
                    "annotation {key} makes it internal, and another one internet-facing"
                )),
                None => Entries::none(),
            };
        }
        if origin == Origin::Manifests && !internet_facing {
            return unknown("what serves the load balancer decides where it is reachable from");
        }
        let mut entries = Vec::new();
        for address in &self.addresses {
            match address.parse::<IpAddr>() {
                Ok(ip) if Addresses::internet().has(ip) => {
                    entries.push(format!("{address} is open to every address"));
                }
                Ok(_) => {}
                Err(_) if address.starts_with("internal-") => {}
                Err(_) if internet_facing => {
                    entries.push(format!("{address} is open to every address"));
                }
                Err(_) => return unknown("the addresses of its host name are not known"),
            }
        }
        if internet_facing && entries.is_empty() {
            entries.push("its scheme is internet-facing, and every address is allowed".to_owned());
        }
        if !entries.is_empty() && by_others && !internet_facing {
            return unknown("annotations may narrow who reaches it");
        }
        if self.addresses.is_empty() && !internet_facing {
            return unknown("the load balancer has no address yet");
        }
        Entries::from(entries)
    }
}

/// Whether a text is an address of the internet.
fn is_of_internet(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok_and(|address| Addresses::internet().has(address))
}
