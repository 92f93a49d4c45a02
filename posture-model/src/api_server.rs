//! By which host an API server of Kubernetes is known.

/// The host of an address such as `https://A0DC.gr7.eu-central-1.eks.amazonaws.com:443/`, or of a name alone: in lower case, without a
/// dot at its end, and with the port if that is not 443. None if it has no host, names a user, or leads to a path, behind which several
/// clusters may be.
pub fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.is_empty() || rest.contains(|c: char| "/?#@\\".contains(c) || c.is_whitespace()) {
        return None;
    }
    let (host, port) = match rest.rsplit_once(':') {
        // The colons of an IPv6 address are in brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let usual = if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 };
    let port = port.map_or(Some(usual), |port| port.parse::<u16>().ok())?;
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    match (host.is_empty(), port) {
        (true, _) => None,
        (false, 443) => Some(host),
        (false, port) => Some(format!("{host}:{port}")),
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn addresses_of_one_server_have_one_host() {
        for address in [
            "https://A0DC.gr7.eu-central-1.eks.amazonaws.com",
            "https://a0dc.gr7.eu-central-1.eks.amazonaws.com:443/",
            "A0DC.gr7.eu-central-1.eks.amazonaws.com.",
        ] {
            let expected = "a0dc.gr7.eu-central-1.eks.amazonaws.com";
            assert_eq!(host(address).as_deref(), Some(expected), "{address}");
        }
        for (address, expected) in [
            ("https://10.0.0.1:6443", Some("10.0.0.1:6443")),
            ("https://[fd00::1]", Some("[fd00::1]")),
            ("https://[FD00::1]:6443", Some("[fd00::1]:6443")),
            ("http://127.0.0.1", Some("127.0.0.1:80")),
            ("http://127.0.0.1:8001", Some("127.0.0.1:8001")),
            // Several clusters may be behind one host.
            ("https://rancher.example/k8s/clusters/c-1", None),
            ("https://user@host", None),
            ("https://host?query", None),
            ("https://host:99999", None),
            ("https://host:", None),
            ("https://:443", None),
            ("https://.", None),
            ("https://", None),
            ("", None),
            (" ", None),
        ] {
            assert_eq!(host(address).as_deref(), expected, "{address}");
        }
    }
}
