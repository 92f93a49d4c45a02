//! The ports of a service, in the short and in the long form.

use posture_yaml::{Data, Node};

use super::variables::open;
use crate::inspect::ports_of;
use crate::settings::Port;

/// Reads a port; none where it holds a variable without a known value.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(node: &Node) -> Result<Option<Port>, String> {
    match &node.data {
        _ if open(node).is_some() => Ok(None),
        Data::Number(number) => {
            let port = number.as_u64().and_then(|port| u16::try_from(port).ok());
            let port = port.filter(|port| *port > 0).ok_or("a port is between 1 and 65535")?;
            Ok(Some(Port { host: None, address: None, container: format!("{port}/tcp") }))
        }
        Data::Text(text) => short(text).map(Some),
        Data::Fields(_) => long(node),
        _ => Err("a port is expected".to_owned()),
    }
}

const FORM: &str = "a port is written as `8080:80`, `127.0.0.1:8080:80` or `8000-8010:80/udp`";

/// Reads `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`
/// ([source](https://github.com/docker/go-connections/blob/v0.6.0/nat/nat.go)).
fn short(text: &str) -> Result<Port, String> {
    let (ports, protocol) = match text.split_once('/') {
        Some((ports, protocol)) => (ports, protocol),
        None => (text, "tcp"),
    };
    if !matches!(protocol.to_ascii_lowercase().as_str(), "tcp" | "udp" | "sctp") {
        return Err(FORM.to_owned());
    }
    let mut parts = ports.rsplitn(3, ':');
    let container = parts.next().unwrap_or_default();
    let host = parts.next();
    let address = parts.next();
    let (first, last) = ports_of(container).filter(|(first, _)| *first > 0).ok_or(FORM)?;
    let host = match host {
        None | Some("") => None,
        Some(host) => Some(ports_of(host).ok_or(FORM)?),
    };
    if let Some((from, to)) = host {
        // A range of the host for one port of the container: the engine chooses one of them.
        let fits = to - from == last - first || first == last;
        if !fits {
            return Err("both ranges need the same number of ports".to_owned());
        }
    }
    let host = host.filter(|host| *host != (0, 0));
    let address = address.map(|address| address.trim_matches(['[', ']']));
    if let Some(address) = address.filter(|address| !address.is_empty())
        && address.parse::<std::net::IpAddr>().is_err()
    {
        return Err(format!("`{}` is not an IP address", posture_yaml::shown(address)));
    }
    let address = address.filter(|address| !address.is_empty()).map(str::to_owned);
    Ok(Port { host, address, container: format!("{container}/{protocol}") })
}

fn long(node: &Node) -> Result<Option<Port>, String> {
    let is_open = |field: &str| node.get(field).is_some_and(|field| open(&field.value).is_some());
    if ["target", "published", "host_ip"].into_iter().any(is_open) {
        return Ok(None);
    }
    let text = |field: &str| match &node.get(field)?.value.data {
        Data::Text(text) => Some(text.clone()),
        Data::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let target = text("target").ok_or("`target` is missing: the port of the container")?;
    ports_of(&target).filter(|(first, _)| *first > 0).ok_or("`target` is not a port")?;
    let host = match text("published") {
        None => None,
        Some(published) if published.is_empty() || published == "0" => None,
        Some(published) => {
            Some(ports_of(&published).ok_or("`published` is not a port or a range")?)
        }
    };
    let address = text("host_ip").filter(|address| !address.is_empty());
    if let Some(address) = &address
        && address.parse::<std::net::IpAddr>().is_err()
    {
        return Err("`host_ip` is not an IP address".to_owned());
    }
    let protocol = text("protocol").unwrap_or_else(|| "tcp".to_owned());
    Ok(Some(Port { host, address, container: format!("{target}/{protocol}") }))
}

#[cfg(test)]
mod tests {
    use posture_yaml::Place;

    use super::*;

    fn of(text: &str) -> Result<Option<Port>, String> {
        read(&Node::new(Place { line: 1, column: 1 }, Data::Text(text.to_owned())))
    }

    #[test]
    fn the_short_form_is_that_of_docker() {
        let port = |host, address: Option<&str>, container: &str| {
            Ok(Some(Port {
                host,
                address: address.map(str::to_owned),
                container: container.to_owned(),
            }))
        };
        for (text, expected) in [
            ("80", port(None, None, "80/tcp")),
            ("8080:80", port(Some((8080, 8080)), None, "80/tcp")),
            ("127.0.0.1:8080:80", port(Some((8080, 8080)), Some("127.0.0.1"), "80/tcp")),
            ("127.0.0.1::80", port(None, Some("127.0.0.1"), "80/tcp")),
            ("[::1]:80:80", port(Some((80, 80)), Some("::1"), "80/tcp")),
            ("::1:80:80", port(Some((80, 80)), Some("::1"), "80/tcp")),
            ("53:53/udp", port(Some((53, 53)), None, "53/udp")),
            ("8000-8010:8000-8010", port(Some((8000, 8010)), None, "8000-8010/tcp")),
            ("8000-8010:80", port(Some((8000, 8010)), None, "80/tcp")),
            ("0:80", port(None, None, "80/tcp")),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
        for text in [
            "",
            "x",
            "80:x",
            "70000:80",
            "8080:80/icmp",
            "8000-8002:80-81",
            "host:80:80",
            "90-80",
            "0",
        ] {
            assert!(of(text).is_err(), "{text}");
        }
    }
}
