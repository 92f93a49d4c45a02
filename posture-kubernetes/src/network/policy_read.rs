//! Reads a network policy as an object of the API, strictly.

use ipnet::IpNet;
use serde_json::Value;

use super::policy::{Block, Peer, Policy, Port, Rule};
use super::ports::Protocol;
use crate::labels::Selector;
use crate::read::{Invalid, Object};

impl Policy {
    /// Reads a policy of `networking.k8s.io/v1` from the JSON of the API.
    ///
    /// # Errors
    /// If a field has the wrong type, is not known, or has a value that the API server rejects. A policy that cannot be read as a whole
    /// must not be used in part: an unknown field of a peer would turn it into another peer.
    pub fn read(object: &Value) -> Result<Self, Invalid> {
        let mut policy = Object::of(object, "")?;
        let mut metadata = policy.object("metadata")?;
        let mut of_metadata = |field| match &mut metadata {
            Some(metadata) => metadata.text(field).map(Option::unwrap_or_default),
            None => Ok(""),
        };
        let (namespace, name) = (of_metadata("namespace")?, of_metadata("name")?);
        let mut read = Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            pods: Selector::default(),
            ingress: Some(Vec::new()),
            egress: None,
        };
        // Without a spec it selects every pod and allows nothing, as the server fills it.
        let Some(mut spec) = policy.object("spec")? else { return Ok(read) };
        if let Some(selector) = spec.object("podSelector")? {
            read.pods = Selector::read(selector)?;
        }
        let ingress = rules(&mut spec, "ingress", "from")?;
        let egress = rules(&mut spec, "egress", "to")?;
        // Ingress always, and egress if there is a rule for it.
        let mut types = (true, !egress.is_empty());
        let named = spec.texts("policyTypes")?;
        if !named.is_empty() {
            types = (false, false);
            for (place, one) in named.into_iter().enumerate() {
                match one {
                    "Ingress" => types.0 = true,
                    "Egress" => types.1 = true,
                    other => {
                        let message = format!(
                            "not a policy type: `{other}`; the types are `Ingress` and `Egress`"
                        );
                        return Err(spec.error(&format!("policyTypes[{place}]"), message));
                    }
                }
            }
        }
        spec.closed()?;
        read.ingress = types.0.then_some(ingress);
        read.egress = types.1.then_some(egress);
        Ok(read)
    }
}

fn rules(
    spec: &mut Object<'_>,
    field: &'static str,
    peers: &'static str,
) -> Result<Vec<Rule>, Invalid> {
    let all = spec.objects(field)?.into_iter();
    all.map(|mut rule| {
        let named = rule.objects(peers)?.into_iter().map(peer).collect::<Result<_, _>>()?;
        let ports = rule.objects("ports")?.into_iter().map(port).collect::<Result<_, _>>()?;
        rule.closed()?;
        Ok(Rule { peers: named, ports })
    })
    .collect()
}

fn peer(mut peer: Object<'_>) -> Result<Peer, Invalid> {
    let path = peer.path().to_owned();
    let pods = peer.object("podSelector")?.map(Selector::read).transpose()?;
    let namespaces = peer.object("namespaceSelector")?.map(Selector::read).transpose()?;
    let block = peer.object("ipBlock")?;
    peer.closed()?;
    match (block, &pods, &namespaces) {
        (None, None, None) => Err(Invalid::new(
            path,
            "the peer is empty: write `podSelector`, `namespaceSelector` or `ipBlock`, or omit the list of peers for everyone",
        )),
        (None, ..) => Ok(Peer::Pods { namespaces, pods: pods.unwrap_or_default() }),
        (Some(block), None, None) => self::block(block).map(Peer::Block),
        (Some(_), ..) => {
            Err(Invalid::new(path, "`ipBlock` cannot be combined with selectors: write two peers"))
        }
    }
}

/// A block in the form that the server accepts: without bits beyond the length of the prefix, which newer servers reject and older
/// ones ignored, so that they are ignored here.
fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().map(|net| net.trunc())
}

fn block(mut block: Object<'_>) -> Result<Block, Invalid> {
    let text = block.text("cidr")?.unwrap_or_default();
    let cidr = network(text).ok_or_else(|| {
        block.error(
            "cidr",
            format!("not a block of addresses: `{text}`; write one such as `10.0.0.0/8`"),
        )
    })?;
    let mut except = Vec::new();
    for (place, text) in block.texts("except")?.into_iter().enumerate() {
        let wrong = |message: String| block.error(&format!("except[{place}]"), message);
        let net =
            network(text).ok_or_else(|| wrong(format!("not a block of addresses: `{text}`")))?;
        if net == cidr || !cidr.contains(&net) {
            return Err(wrong(format!("`{text}` is not inside `{cidr}` and smaller than it")));
        }
        except.push(net);
    }
    block.closed()?;
    Ok(Block { cidr, except })
}

fn port(mut port: Object<'_>) -> Result<Port, Invalid> {
    let protocol = match port.text("protocol")? {
        None => Protocol::Tcp,
        Some(name) => Protocol::of(name).ok_or_else(|| {
            port.error(
                "protocol",
                format!("not a protocol of policies: `{name}`; these are `TCP`, `UDP` and `SCTP`"),
            )
        })?,
    };
    let end = port.integer("endPort")?;
    let port_value = port.get("port");
    let number = |field: &str, number: i64| {
        u16::try_from(number)
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| port.error(field, format!("not a port from 1 to 65535: {number}")))
    };
    let read = match port_value {
        None if end.is_some() => return Err(port.error("endPort", "requires `port`")),
        None => Port::Numbers(protocol, 0..=u16::MAX),
        Some(Value::String(_)) if end.is_some() => {
            return Err(port.error("endPort", "requires a `port` that is a number, not a name"));
        }
        Some(Value::String(name)) => {
            if !is_port_name(name) {
                let message = format!(
                    "not a name of a port: `{name}`; it has 1 to 15 lowercase letters, digits and hyphens, and a letter"
                );
                return Err(port.error("port", message));
            }
            Port::Named(protocol, name.clone())
        }
        Some(value) => {
            let wrong = || port.error("port", "neither a whole number nor a name");
            let first = number("port", value.as_i64().ok_or_else(wrong)?)?;
            let last = end.map_or(Ok(first), |end| number("endPort", end))?;
            if last < first {
                return Err(port.error("endPort", "is smaller than `port`"));
            }
            Port::Numbers(protocol, first..=last)
        }
    };
    port.closed()?;
    Ok(read)
}

/// Whether a text is the name of a port, by the rule for service names of
/// [RFC 6335](https://www.rfc-editor.org/rfc/rfc6335#section-5.1), in small letters.
pub(crate) fn is_port_name(name: &str) -> bool {
    (1..=15).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(spec: Value) -> Result<Policy, String> {
        Policy::read(&json!({"metadata": {"namespace": "shop", "name": "web"}, "spec": spec}))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_types_of_a_policy_follow_from_its_rules() {
        for (spec, ingress, egress) in [
            (json!({}), Some(0), None),
            (json!({"podSelector": {}}), Some(0), None),
            (json!({"ingress": [{}]}), Some(1), None),
            (json!({"ingress": []}), Some(0), None),
            // An egress rule without types also isolates for ingress.
            (json!({"egress": [{}]}), Some(0), Some(1)),
            (json!({"egress": []}), Some(0), None),
            (json!({"policyTypes": ["Egress"]}), None, Some(0)),
            (json!({"policyTypes": ["Egress"], "ingress": [{}]}), None, Some(0)),
            (json!({"policyTypes": ["Ingress"], "egress": [{}]}), Some(0), None),
            (json!({"policyTypes": []}), Some(0), None),
            (json!({"policyTypes": null, "ingress": null}), Some(0), None),
            (json!({"policyTypes": ["Ingress", "Egress"], "egress": [{}, {}]}), Some(0), Some(2)),
        ] {
            let policy = read(spec.clone()).unwrap();
            let count = |rules: Option<Vec<Rule>>| rules.map(|rules| rules.len());
            assert_eq!((count(policy.ingress), count(policy.egress)), (ingress, egress), "{spec}");
        }
        let bare = Policy::read(&json!({"metadata": {"name": "x"}})).unwrap();
        assert_eq!((bare.id().as_str(), bare.ingress), ("x", Some(Vec::new())));
    }

    #[test]
    fn peers_and_ports_are_read_as_the_server_does() {
        let policy = read(json!({"ingress": [{
            "from": [
                {"podSelector": {}},
                {"namespaceSelector": {}},
                {"podSelector": {"matchLabels": {"a": "b"}}, "namespaceSelector": {"matchLabels": {"c": "d"}}},
                {"ipBlock": {"cidr": "10.0.0.1/8", "except": ["10.1.0.0/16"]}},
            ],
            "ports": [{}, {"port": 80}, {"port": "http"}, {"protocol": "UDP", "port": 53, "endPort": 60}, {"protocol": "SCTP"}],
        }]}))
        .unwrap();
        let rule = &policy.ingress.unwrap()[0];
        let any = Selector::default();
        assert_eq!(
            rule.peers,
            [
                Peer::Pods { namespaces: None, pods: any.clone() },
                Peer::Pods { namespaces: Some(any.clone()), pods: any },
                Peer::Pods {
                    namespaces: Some(Selector::of(&[("c", "d")])),
                    pods: Selector::of(&[("a", "b")])
                },
                Peer::Block(Block {
                    cidr: "10.0.0.0/8".parse().unwrap(),
                    except: vec!["10.1.0.0/16".parse().unwrap()]
                }),
            ]
        );
        assert_eq!(
            rule.ports,
            [
                Port::Numbers(Protocol::Tcp, 0..=u16::MAX),
                Port::Numbers(Protocol::Tcp, 80..=80),
                Port::Named(Protocol::Tcp, "http".into()),
                Port::Numbers(Protocol::Udp, 53..=60),
                Port::Numbers(Protocol::Sctp, 0..=u16::MAX),
            ]
        );
    }

    #[test]
    fn what_the_server_rejects_is_an_error_with_its_path() {
        let from = |peer: Value| json!({"ingress": [{"from": [peer]}]});
        let ports = |port: Value| json!({"ingress": [{"ports": [port]}]});
        for (spec, error) in [
            (from(json!({})), "spec.ingress[0].from[0]: the peer is empty"),
            (from(json!({"host": "a.example"})), "spec.ingress[0].from[0].host: unknown field"),
            (from(json!({"ports": []})), "spec.ingress[0].from[0].ports: unknown field"),
            (
                from(json!({"podSelector": {}, "ipBlock": {"cidr": "::/0"}})),
                "spec.ingress[0].from[0]: `ipBlock` cannot",
            ),
            (from(json!({"ipBlock": {}})), "spec.ingress[0].from[0].ipBlock.cidr: not a block"),
            (
                from(json!({"ipBlock": {"cidr": "10.0.0.1"}})),
                "spec.ingress[0].from[0].ipBlock.cidr: not a block",
            ),
            (
                from(json!({"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/8"]}})),
                "spec.ingress[0].from[0].ipBlock.except[0]: `11.0.0.0/8` is not inside",
            ),
            (
                from(json!({"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.0.0.0/8"]}})),
                "spec.ingress[0].from[0].ipBlock.except[0]: `10.0.0.0/8` is not inside",
            ),
            (
                from(json!({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["::/0"]}})),
                "spec.ingress[0].from[0].ipBlock.except[0]: `::/0` is not inside",
            ),
            (
                from(json!({"podSelector": []})),
                "spec.ingress[0].from[0].podSelector: not an object",
            ),
            (ports(json!({"port": 0})), "spec.ingress[0].ports[0].port: not a port"),
            (ports(json!({"port": 65536})), "spec.ingress[0].ports[0].port: not a port"),
            (ports(json!({"port": 80.5})), "spec.ingress[0].ports[0].port: neither"),
            (ports(json!({"port": "80"})), "spec.ingress[0].ports[0].port: not a name"),
            (ports(json!({"port": "Http"})), "spec.ingress[0].ports[0].port: not a name"),
            (
                ports(json!({"port": "http", "endPort": 90})),
                "spec.ingress[0].ports[0].endPort: requires a `port` that is",
            ),
            (ports(json!({"endPort": 90})), "spec.ingress[0].ports[0].endPort: requires `port`"),
            (
                ports(json!({"port": 90, "endPort": 80})),
                "spec.ingress[0].ports[0].endPort: is smaller",
            ),
            (
                ports(json!({"protocol": "tcp"})),
                "spec.ingress[0].ports[0].protocol: not a protocol",
            ),
            (
                ports(json!({"protocol": "ICMP"})),
                "spec.ingress[0].ports[0].protocol: not a protocol",
            ),
            (json!({"policyTypes": ["ingress"]}), "spec.policyTypes[0]: not a policy type"),
            (json!({"ports": []}), "spec.ports: unknown field"),
            (json!({"ingress": {}}), "spec.ingress: not a list"),
            (json!({"ingress": [{"to": []}]}), "spec.ingress[0].to: unknown field"),
        ] {
            let found = read(spec).unwrap_err();
            assert!(found.starts_with(error), "{found}");
        }
    }
}
