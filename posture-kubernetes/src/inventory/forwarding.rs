//! Where services and ingresses lead.
//!
//! Sources: [Service](https://kubernetes.io/docs/concepts/services-networking/service/),
//! [Ingress](https://kubernetes.io/docs/concepts/services-networking/ingress/), read on 2026-12-01.

use posture_model::network::{Backend, Forwarder, Forwarding, PortReference, ServicePort};
use serde_json::Value;

use crate::network::Protocol;
use crate::read::{Invalid, Object, kind_of};

/// Where a Service leads.
pub(super) fn of_service(object: &Value) -> Result<Forwarding, Invalid> {
    let Some(mut spec) = Object::of(object, "")?.object("spec")? else {
        return Ok(Forwarding::default());
    };
    let by = match (spec.text("type")?, spec.text("clusterIP")?) {
        (Some("ExternalName"), _) => Forwarder::Alias,
        (_, Some("None")) => Forwarder::Name,
        _ => Forwarder::Address,
    };
    let mut ports = Vec::new();
    for mut port in spec.objects("ports")? {
        let protocol = port.text("protocol")?.unwrap_or("TCP");
        if Protocol::of(protocol).is_none() {
            return Err(port.error("protocol", "not a protocol"));
        }
        let protocol = protocol.to_owned();
        let number = match reference(&mut port, "port")? {
            Some(PortReference::Number(number)) => number,
            _ => return Err(port.error("port", "missing, or not a number")),
        };
        // The server sets what is missing, zero or empty to the port of the Service.
        let target = reference(&mut port, "targetPort")?.unwrap_or(PortReference::Number(number));
        let name = port.text("name")?.unwrap_or_default().to_owned();
        ports.push(ServicePort { name, protocol, number, target });
    }
    Ok(Forwarding { by, ports })
}

/// A port by its number or name; nothing if it is absent, zero or empty.
fn reference(of: &mut Object<'_>, field: &'static str) -> Result<Option<PortReference>, Invalid> {
    match of.get(field) {
        None => Ok(None),
        Some(Value::String(name)) if name.is_empty() => Ok(None),
        Some(Value::String(name)) => Ok(Some(PortReference::Name(name.clone()))),
        Some(Value::Number(number)) => match number.as_u64().map(u16::try_from) {
            Some(Ok(0)) => Ok(None),
            Some(Ok(number)) => Ok(Some(PortReference::Number(number))),
            _ => Err(of.error(field, "not the number of a port")),
        },
        Some(other) => Err(of.error(field, format!("not a port but {}", kind_of(other)))),
    }
}

/// The Services that an Ingress leads to, each port of one once. A backend of another kind is left out.
pub(super) fn of_ingress(object: &Value) -> Result<Vec<Backend>, Invalid> {
    let Some(mut spec) = Object::of(object, "")?.object("spec")? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    if let Some(backend) = spec.object("defaultBackend")? {
        all.extend(backend_of(backend)?);
    }
    for mut rule in spec.objects("rules")? {
        let Some(mut http) = rule.object("http")? else { continue };
        for mut path in http.objects("paths")? {
            if let Some(backend) = path.object("backend")? {
                all.extend(backend_of(backend)?);
            }
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}

fn backend_of(mut backend: Object<'_>) -> Result<Option<Backend>, Invalid> {
    let Some(mut service) = backend.object("service")? else { return Ok(None) };
    let name = service.text("name")?.ok_or_else(|| service.error("name", "missing"))?.to_owned();
    let mut port = service.object("port")?.ok_or_else(|| service.error("port", "missing"))?;
    let named = reference(&mut port, "name")?;
    let numbered = match reference(&mut port, "number")? {
        Some(PortReference::Name(_)) => return Err(port.error("number", "not a number")),
        numbered => numbered,
    };
    let port = named.or(numbered).ok_or_else(|| port.error("number", "missing"))?;
    Ok(Some(Backend { service: name, port }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn port(name: &str, protocol: &str, number: u16, target: PortReference) -> ServicePort {
        ServicePort { name: name.to_owned(), protocol: protocol.to_owned(), number, target }
    }

    #[test]
    fn a_port_leads_to_its_target_or_to_the_same_number() {
        use PortReference::{Name, Number};
        let ports = json!([
            {"port": 80},
            {"port": 81, "targetPort": 0, "protocol": "TCP"},
            {"port": 82, "targetPort": "", "protocol": "SCTP"},
            {"port": 53, "targetPort": 5353, "protocol": "UDP", "name": "dns"},
            {"port": 443, "targetPort": "https"},
        ]);
        let found = of_service(&json!({"spec": {"ports": ports}})).unwrap();
        assert_eq!(found.by, Forwarder::Address);
        let expected = [
            port("", "TCP", 80, Number(80)),
            port("", "TCP", 81, Number(81)),
            port("", "SCTP", 82, Number(82)),
            port("dns", "UDP", 53, Number(5353)),
            port("", "TCP", 443, Name("https".to_owned())),
        ];
        assert_eq!(found.ports, expected);
    }

    #[test]
    fn a_headless_service_and_an_alias_forward_no_connections() {
        let by = |spec: Value| of_service(&json!({"spec": spec})).unwrap().by;
        assert_eq!(by(json!({"clusterIP": "None"})), Forwarder::Name);
        assert_eq!(by(json!({"clusterIP": "10.0.0.1"})), Forwarder::Address);
        assert_eq!(by(json!({"clusterIP": ""})), Forwarder::Address);
        assert_eq!(by(json!({"type": "ExternalName", "clusterIP": "None"})), Forwarder::Alias);
        assert_eq!(of_service(&json!({})).unwrap(), Forwarding::default());
    }

    #[test]
    fn what_is_not_a_port_is_not_one() {
        for wrong in [
            json!({}),
            json!({"port": 0}),
            json!({"port": 65_536}),
            json!({"port": -1}),
            json!({"port": 1.5}),
            json!({"port": "80"}),
            json!({"port": 80, "targetPort": 70_000}),
            json!({"port": 80, "targetPort": []}),
            json!({"port": 80, "protocol": "ICMP"}),
        ] {
            let read = of_service(&json!({"spec": {"ports": [wrong]}}));
            assert!(read.is_err(), "{wrong}");
        }
        assert!(of_service(&json!({"spec": {"ports": {}}})).is_err());
    }

    #[test]
    fn an_ingress_leads_to_the_services_of_its_rules_and_of_its_default() {
        let service =
            |name: &str, port: Value| json!({"backend": {"service": {"name": name, "port": port}}});
        let spec = json!({
            "defaultBackend": service("other", json!({"name": "http"}))["backend"],
            "rules": [
                {"host": "a.example.com"},
                {"http": {"paths": [
                    service("web", json!({"number": 80})),
                    service("web", json!({"number": 80})),
                    {"path": "/files", "backend": {"resource": {"kind": "Bucket", "name": "a"}}},
                ]}},
            ],
        });
        let found = of_ingress(&json!({"spec": spec})).unwrap();
        let of = |service: &str, port| Backend { service: service.to_owned(), port };
        let http = PortReference::Name("http".to_owned());
        assert_eq!(found, [of("other", http), of("web", PortReference::Number(80))]);
        assert_eq!(of_ingress(&json!({})).unwrap(), []);
        for wrong in [json!({}), json!({"number": 0}), json!({"number": "80"}), json!(80)] {
            let spec = json!({"defaultBackend": service("web", wrong.clone())["backend"]});
            assert!(of_ingress(&json!({"spec": spec})).is_err(), "{wrong}");
        }
    }
}
