//! Gateways and sets of listeners of the [Gateway API](https://gateway-api.sigs.k8s.io/reference/spec/), read on 2026-12-01.

use posture_model::entries::Entries;
use posture_model::fact::Known;
use posture_model::provider::Provider;
use posture_model::resource::{FactId, Ingress};

use super::View;
use super::objects::Observed;
use crate::read::{Invalid, Object};

/// The facts that the lists of gateways fill.
pub(crate) const OF_GATEWAYS: &[FactId] = &[Ingress::PLAIN_HOSTS, Ingress::TAGS];

/// The kinds that have listeners, each with the group of its API.
const KINDS: [(&str, &str); 3] = [
    ("gateway.networking.k8s.io", "Gateway"),
    ("gateway.networking.k8s.io", "ListenerSet"),
    ("gateway.networking.x-k8s.io", "XListenerSet"),
];

/// The kinds of objects that publish hosts.
pub(super) const PUBLISHING: [&str; 4] = ["Ingress", "Gateway", "ListenerSet", "XListenerSet"];

/// Whether a kind of an API, in whatever version, has listeners.
pub(crate) fn is_gateway(api_version: &str, kind: &str) -> bool {
    let group = api_version.split('/').next().unwrap_or_default();
    KINDS.contains(&(group, kind))
}

/// Whether a Gateway has refused a set of listeners: then nothing serves them.
fn is_refused(of: &Observed<'_>) -> Result<bool, Invalid> {
    let Some(mut status) = Object::of(of.object, "")?.object("status")? else { return Ok(false) };
    let mut refused = false;
    for mut condition in status.objects("conditions")? {
        refused |= condition.text("type")? == Some("Accepted")
            && condition.text("status")? == Some("False");
    }
    Ok(refused && of.kind != "Gateway")
}

/// What a Gateway or a set of listeners serves without TLS.
pub(super) fn read(of: &Observed<'_>, unique: String, view: &View<'_>) -> Result<Ingress, Invalid> {
    let mut ingress =
        Ingress::unread_on(Provider::Kubernetes, unique, of.name.as_str(), of.namespace.as_deref());
    ingress.source = of.source.clone().map(Box::new);
    let (mut plain, mut unknown) = (Vec::new(), None);
    if !is_refused(of)?
        && let Some(mut spec) = Object::of(of.object, "")?.object("spec")?
    {
        for mut listener in spec.objects("listeners")? {
            let name = listener.text("name")?.unwrap_or_default();
            match listener.text("protocol")?.unwrap_or_default() {
                "HTTP" => plain.push(format!("listener {name} has protocol HTTP")),
                // Those of TCP and UDP have no host: what they pass on may be encrypted.
                "HTTPS" | "TLS" | "TCP" | "UDP" => {}
                other => {
                    let detail =
                        format!("protocol {other} of listener {name} is one of its controller");
                    unknown.get_or_insert(detail);
                }
            }
        }
    }
    let open = unknown.map(|detail| view.undetermined(&ingress.id, &detail));
    let entries = Entries::new(plain, open).into_fact();
    Ok(ingress.plain_hosts(entries).tags(Known(of.labels.clone())))
}
