//! By what an API server of Kubernetes is known: its host, or the issuer of its tokens.

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

/// What identifies the cluster that issues tokens as this issuer, without the scheme and in lower case; none if an issuer has another
/// form than those of managed clusters, which their clouds choose, each for one cluster:
/// [Amazon EKS](https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html) and
/// [Azure Kubernetes Service](https://learn.microsoft.com/en-us/azure/aks/use-oidc-issuer), read on 2026-12-01. It has a path, so that it
/// is never a [`host`].
pub fn issuer(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?.to_ascii_lowercase();
    let rest = rest.strip_suffix('/').unwrap_or(&rest);
    let mut parts = rest.split('/');
    let host = parts.next()?;
    let path: Vec<&str> = parts.collect();
    let hexadecimal = |text: &str| {
        text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    };
    let is_known = match path.as_slice() {
        ["id", id] => is_of_eks(host) && hexadecimal(id),
        [tenant, cluster] => {
            let region = host.strip_suffix(".oic.prod-aks.azure.com");
            region.is_some_and(is_word) && hexadecimal(tenant) && hexadecimal(cluster)
        }
        _ => false,
    };
    is_known.then(|| rest.to_owned())
}

fn is_of_eks(host: &str) -> bool {
    let Some((region, domain)) =
        host.strip_prefix("oidc.eks.").and_then(|rest| rest.split_once('.'))
    else {
        return false;
    };
    is_word(region) && matches!(domain, "amazonaws.com" | "amazonaws.com.cn")
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::{host, issuer};

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

    #[test]
    fn an_issuer_that_a_cloud_chose_is_of_one_cluster() {
        let eks = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789abcdef0123456789abcdef";
        let guid = "00000000-0000-0000-0000-00000000000a";
        let aks = format!("westeurope.oic.prod-aks.azure.com/{guid}/{guid}");
        for (url, expected) in [
            (format!("https://{eks}"), Some(eks.to_owned())),
            (format!("https://{}", eks.replace("abcdef", "ABCDEF")), Some(eks.to_owned())),
            (format!("https://{aks}/"), Some(aks)),
            (format!("http://{eks}"), None),
            (format!("https://{eks}/more"), None),
            // Many clusters have these.
            ("https://kubernetes.default.svc".to_owned(), None),
            ("https://kubernetes.default.svc.cluster.local".to_owned(), None),
            ("https://oidc.eks.eu-central-1.amazonaws.com".to_owned(), None),
            ("https://oidc.eks.eu-central-1.amazonaws.com/id/1".to_owned(), None),
            (format!("https://evil.example/{eks}"), None),
            (format!("https://oidc.eks.x.evil.example/id/{}", "0".repeat(32)), None),
            ("kubernetes/serviceaccount".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(issuer(&url), expected, "{url}");
        }
    }
}
