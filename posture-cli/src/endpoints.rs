//! Where credentials for object storage may go.

use std::net::IpAddr;

use posture_aws::hosts;

/// The variable that names further hosts, separated by commas, for storage that speaks S3 and is not Amazon's.
pub(crate) const ALLOWED: &str = "POSTURE_ALLOW_ENDPOINT";

/// The domains of the storage and the sign-in of [Azure](https://learn.microsoft.com/en-us/azure/storage/common/storage-account-overview#storage-account-endpoints)
/// in its clouds, and of [Google Cloud](https://cloud.google.com/storage/docs/request-endpoints).
const OTHERS: &[&str] = &[
    "blob.core.windows.net",
    "dfs.core.windows.net",
    "blob.core.chinacloudapi.cn",
    "dfs.core.chinacloudapi.cn",
    "blob.core.usgovcloudapi.net",
    "dfs.core.usgovcloudapi.net",
    "login.microsoftonline.com",
    "login.chinacloudapi.cn",
    "login.microsoftonline.us",
    "storage.googleapis.com",
    "oauth2.googleapis.com",
];

/// Whether an endpoint of object storage that the environment names is one of a cloud, of this machine, or allowed by name.
pub(crate) fn allowed(endpoint: &str) -> bool {
    let further = std::env::var(ALLOWED).unwrap_or_default();
    let further: Vec<&str> = further.split(',').map(str::trim).filter(|n| !n.is_empty()).collect();
    is_allowed(endpoint, &further)
}

fn is_allowed(endpoint: &str, further: &[&str]) -> bool {
    let Ok(url) = url::Url::parse(endpoint) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    if host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()) {
        return true;
    }
    let within = |domain: &str| {
        let before = host.strip_suffix(domain);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let named = further.iter().any(|name| within(&name.to_ascii_lowercase()));
    url.scheme() == "https" && (hosts::is_aws(&host) || OTHERS.iter().any(|d| within(d)) || named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_for_storage_stay_with_the_clouds() {
        for good in [
            "https://s3.eu-west-1.amazonaws.com",
            "https://account.blob.core.windows.net",
            "https://storage.googleapis.com",
            "http://127.0.0.1:9000",
            "http://localhost:9000/",
            "http://[::1]:9000",
        ] {
            assert!(is_allowed(good, &[]), "{good}");
        }
        for bad in [
            "https://x1.execute-api.us-east-1.amazonaws.com",
            "https://evil.example",
            "https://s3.amazonaws.com@evil.example",
            "https://evilblob.core.windows.net",
            "http://s3.eu-west-1.amazonaws.com",
            "http://169.254.169.254",
            "s3.eu-west-1.amazonaws.com",
            "",
        ] {
            assert!(!is_allowed(bad, &[]), "{bad}");
        }
        assert!(is_allowed("https://s3.storage.example", &["storage.example"]));
        assert!(!is_allowed("http://s3.storage.example", &["storage.example"]));
        assert!(!is_allowed("https://xstorage.example", &["storage.example"]));
    }
}
