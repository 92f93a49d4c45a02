//! What requests travel over: one pool of connections and one TLS set-up, through the proxy that the environment names, to
//! servers that the configured authorities vouch for.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{
    Provider as TlsProvider, TlsContext, TrustStore, rustls_provider::CryptoMode,
};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::meter::{host_of, is_loopback};
use crate::profile::Shared;
use crate::trouble::LoginError;

/// The most bytes of a file of certificates; the system's own have some 200 KB.
const MOST_CERTIFICATES: u64 = 8 << 20;

/// What requests travel over; accounts that share it share its connections.
///
/// It goes through the proxy that `HTTPS_PROXY` names, except for hosts that `NO_PROXY` lists, and trusts the authorities of
/// `AWS_CA_BUNDLE` or of the profile's `ca_bundle`, else those of the system.
#[derive(Clone)]
pub struct Transport(Kind);

#[derive(Clone)]
enum Kind {
    Given(SharedHttpClient),
    /// Ours, by the file of authorities.
    Own(Arc<Mutex<HashMap<Option<PathBuf>, SharedHttpClient>>>),
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

impl From<SharedHttpClient> for Transport {
    /// A custom client of the AWS SDK's type. It decides whom it trusts and which way requests take.
    fn from(client: SharedHttpClient) -> Self {
        Self(Kind::Given(client))
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self(Kind::Own(Arc::default()))
    }
}

impl Transport {
    /// The client for a profile, or for a simulator, which knows neither proxies nor authorities.
    pub(crate) fn client(&self, shared: Option<&Shared>) -> Result<SharedHttpClient, LoginError> {
        let clients = match &self.0 {
            Kind::Given(client) => return Ok(client.clone()),
            Kind::Own(clients) => clients,
        };
        let bundle = shared.and_then(Shared::ca_bundle);
        let path = bundle.as_ref().map(|(_, path)| path.clone());
        // Without configuration there is no proxy either, and the connections are others.
        let key = if shared.is_some() { path } else { Some(PathBuf::new()) };
        let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let trust = bundle.map(|(name, path)| authorities(name, &path)).transpose()?;
        let context = TlsContext::builder().with_trust_store(trust.unwrap_or_default()).build();
        let context = context.map_err(|error| LoginError::Setting {
            name: "AWS_CA_BUNDLE".to_owned(),
            why: crate::trouble::chain(&error),
        })?;
        let proxy = shared.map(|shared| proxy(|name| shared.variable(name))).transpose()?.flatten();
        let pool = Pool { proxy, context, connectors: Mutex::default() };
        let client = SharedHttpClient::new(pool);
        clients.insert(key, client.clone());
        Ok(client)
    }
}

/// The proxy that the environment names, by the variables that curl and the AWS CLI know.
///
/// Requests without TLS only ever go to this machine, or to the service on it that hands out its credentials: they do not
/// leave it, whatever `HTTP_PROXY` is.
fn proxy(variable: impl Fn(&str) -> Option<String>) -> Result<Option<ProxyConfig>, LoginError> {
    let first = |names: [&'static str; 2]| {
        names.into_iter().find_map(|name| variable(name).map(|value| (name, value)))
    };
    let named = first(["HTTPS_PROXY", "https_proxy"]).or_else(|| first(["ALL_PROXY", "all_proxy"]));
    let Some((name, value)) = named else { return Ok(None) };
    let value = value.trim();
    let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    // The error repeats the address, and with it the password in it.
    let proxy = ProxyConfig::https(&url).map_err(|_| LoginError::Setting {
        name: name.to_owned(),
        why: format!("`{}` is not the address of an HTTP proxy", host_of(value)),
    })?;
    let direct = first(["NO_PROXY", "no_proxy"]).map(|(_, list)| list).unwrap_or_default();
    Ok(Some(proxy.no_proxy(direct_hosts(&direct))))
}

/// The proxy's host and port, for messages.
pub(crate) fn proxy_name(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    names.into_iter().find_map(variable).map(|address| host_of(&address))
}

/// The hosts that are reached without the proxy: separated by commas or spaces, with a `*.` or a port that others allow, and
/// this machine always.
fn direct_hosts(list: &str) -> String {
    let hosts = list.split([',', ' ', '\t']).map(str::trim).filter(|host| !host.is_empty());
    let hosts = hosts.map(|host| {
        let host = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        match host.rsplit_once(':') {
            Some((name, port))
                if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                name
            }
            _ => host,
        }
    });
    hosts.chain(["localhost", "127.0.0.0/8", "::1"]).collect::<Vec<_>>().join(",")
}

/// The authorities in a file, which are trusted instead of the system's, as with the AWS CLI.
fn authorities(name: &str, path: &Path) -> Result<TrustStore, LoginError> {
    let wrong = |why: String| LoginError::Setting {
        name: name.to_owned(),
        why: format!("`{}` {why}", path.display()),
    };
    let unreadable = |error: std::io::Error| wrong(format!("cannot be read: {error}"));
    let mut pem = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MOST_CERTIFICATES + 1).read_to_end(&mut pem).map_err(unreadable)?;
    if pem.len() as u64 > MOST_CERTIFICATES {
        return Err(wrong(format!("is larger than {MOST_CERTIFICATES} bytes")));
    }
    let mut trust = TrustStore::empty();
    let mut known = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate
            .map_err(|error| wrong(format!("contains an invalid certificate: {error}")))?;
        // Collections hold some that no client can use; the SDK would panic over them.
        if known.add(certificate.clone()).is_ok() {
            trust.add_pem_certificate(pem_of(&certificate));
        }
    }
    if known.is_empty() {
        return Err(wrong("contains no CA certificate in PEM format".to_owned()));
    }
    Ok(trust)
}

fn pem_of(certificate: &CertificateDer<'_>) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

/// How long a connection may take to be established and to respond.
type Patience = (Option<Duration>, Option<Duration>);

/// Connections, by their patience.
struct Pool {
    proxy: Option<ProxyConfig>,
    context: TlsContext,
    connectors: Mutex<HashMap<Patience, SharedHttpConnector>>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

impl HttpClient for Pool {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let key = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let connector = connectors.entry(key).or_insert_with(|| {
            let mut connector = Connector::builder()
                .pool_max_idle_per_host(64)
                .connector_settings(settings.clone())
                .tls_provider(TlsProvider::Rustls(CryptoMode::AwsLc))
                .tls_context(self.context.clone());
            connector.set_proxy_config(self.proxy.clone());
            connector.set_sleep_impl(components.sleep_impl());
            SharedHttpConnector::new(connector.build_with_resolver(Resolver))
        });
        connector.clone()
    }
}

/// The system's resolver, except for names below `localhost`, which are loopback by
/// [RFC 6761](https://www.rfc-editor.org/rfc/rfc6761#section-6.3) and which not every system knows. S3 Control puts the
/// account before the host, also before that of a local test server, and even where that is an address.
#[derive(Clone, Debug)]
struct Resolver;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            if is_loopback(name) {
                return Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
            }
            match tokio::net::lookup_host((name, 0)).await {
                Ok(found) => Ok(found.map(|address| address.ip()).collect()),
                Err(error) => Err(ResolveDnsError::new(error)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Option<ProxyConfig>, LoginError> {
        proxy(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_proxy_is_found_in_each_of_its_variables() {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            for address in ["http://127.0.0.1:3128", "127.0.0.1:3128", "https://u:p@proxy.example"]
            {
                assert!(of(&[(name, address)]).unwrap().is_some(), "{name}={address}");
            }
        }
        // Nothing without TLS leaves this machine.
        assert!(of(&[("HTTP_PROXY", "http://127.0.0.1:3128")]).unwrap().is_none());
        assert!(of(&[]).unwrap().is_none());
        let error = of(&[("HTTPS_PROXY", "socks5://u:canary@proxy.example:1")]).unwrap_err();
        let message = format!("{error} {}", error.help());
        assert!(message.contains("HTTPS_PROXY") && !message.contains("canary"), "{message}");
    }

    #[test]
    fn hosts_without_proxy_are_read_in_every_form() {
        let own = "localhost,127.0.0.0/8,::1";
        assert_eq!(direct_hosts(""), own);
        let list = "*.internal, .corp, amazonaws.com:443 10.0.0.0/8,fd00::1,*";
        let expected = ".internal,.corp,amazonaws.com,10.0.0.0/8,fd00::1,*";
        assert_eq!(direct_hosts(list), format!("{expected},{own}"));
    }

    #[test]
    fn a_file_without_authorities_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let wrong = || authorities("AWS_CA_BUNDLE", &path).unwrap_err().to_string();
        assert!(wrong().contains("cannot be read"), "{}", wrong());
        for (text, what) in [
            ("", "no CA certificate"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no CA certificate"),
            ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "invalid certificate"),
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(wrong().contains(what), "{}", wrong());
        }
    }

    /// A proxy on this machine that leads to AWS: it speaks TLS with a certificate of a separate authority, and responds like
    /// STS. Returns its address, and the hosts that were requested.
    fn proxy_to_sts() -> (String, Arc<Mutex<Vec<String>>>) {
        use rustls_pki_types::PrivateKeyDer;
        use std::io::{BufRead, BufReader, Write};
        let certificate = include_bytes!("../tests-data/server.pem");
        let key = include_bytes!("../tests-data/server-key.pem");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(certificate).unwrap()],
                PrivateKeyDer::from_pem_slice(key).unwrap(),
            );
        let config = Arc::new(config.unwrap());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let hosts = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                hosts.lock().unwrap().push(first.split(' ').nth(1).unwrap().to_owned());
                while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut tls = rustls::StreamOwned::new(connection, stream);
                // A client that does not trust this authority hangs up.
                let (mut request, mut part) = (Vec::new(), [0; 8192]);
                while !String::from_utf8_lossy(&request).contains("Version=2011-06-15") {
                    match tls.read(&mut part) {
                        Ok(length) if length > 0 => request.extend_from_slice(&part[..length]),
                        _ => break,
                    }
                }
                if request.is_empty() {
                    continue;
                }
                let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/x</Arn>\
                            <UserId>x</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
                            <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>";
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                let _ = tls.write_all(format!("{head}{body}").as_bytes());
                tls.conn.send_close_notify();
                let _ = tls.flush();
            }
        });
        (address, asked)
    }

    async fn identify(
        variables: &[(&str, &str)],
    ) -> Result<Option<String>, crate::trouble::Connection> {
        use aws_config::{BehaviorVersion, Region, SdkConfig};
        use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
        let shared = crate::profile::tests::of_environment(variables).await;
        let client = Transport::default().client(Some(&shared)).unwrap();
        let credentials = Credentials::new("AKIAFAKE", "secret", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(aws_smithy_types::retry::RetryConfig::disabled())
            .http_client(client)
            .build();
        match aws_sdk_sts::Client::new(&sdk).get_caller_identity().send().await {
            Ok(identity) => Ok(identity.account),
            Err(error) => {
                Err(crate::trouble::connection(&error).unwrap_or_else(|| panic!("{error:?}")))
            }
        }
    }

    #[tokio::test]
    async fn requests_go_through_the_proxy_to_a_server_that_the_bundle_vouches_for() {
        use crate::trouble::Connection;
        let (address, asked) = proxy_to_sts();
        let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests-data/authority.pem");
        let proxy = ("HTTPS_PROXY", address.as_str());
        let found = identify(&[proxy, ("AWS_CA_BUNDLE", bundle)]).await;
        assert_eq!(found, Ok(Some("123456789012".to_owned())));
        assert_eq!(*asked.lock().unwrap(), ["sts.us-east-1.amazonaws.com:443"]);
        // The authorities of the system do not vouch for it.
        let other = concat!(env!("CARGO_MANIFEST_DIR"), "/tests-data/server.pem");
        for variables in [&[proxy][..], &[proxy, ("AWS_CA_BUNDLE", other)]] {
            let found = identify(variables).await;
            assert!(
                matches!(found, Err(Connection::UnknownAuthority | Connection::Tls)),
                "{found:?}"
            );
        }
        // A proxy that is not there.
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let closed = closed.to_string();
        assert_eq!(identify(&[("https_proxy", closed.as_str())]).await, Err(Connection::Refused));
    }
}
