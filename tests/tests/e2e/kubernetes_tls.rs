//! TLS with an API server: which certificates are accepted, of the server and of the user. The simulator behind TLS is asked everywhere,
//! a real server where there is one.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use posture_sim::kubernetes::World;
use posture_tests::{Program, Run, python};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::kubernetes::{Simulated, TOKEN, refused};

/// A server for which `authority.py` wrote the certificates, and the token of a user who may read all of it.
pub(crate) struct Server<'a> {
    pub(crate) url: &'a str,
    pub(crate) certificates: &'a Path,
    pub(crate) token: &'a str,
}

impl Server<'_> {
    /// A file of the certificates.
    fn file(&self, name: &str) -> String {
        self.certificates.join(name).to_str().unwrap().to_owned()
    }

    fn data(&self, name: &str) -> String {
        BASE64_STANDARD.encode(std::fs::read(self.certificates.join(name)).unwrap())
    }

    /// An audit by a kubeconfig with this cluster.
    fn audit(&self, cluster: &Value, arguments: &[&str]) -> Run {
        self.audit_as(cluster, &json!({ "token": self.token }), arguments)
    }

    fn audit_as(&self, cluster: &Value, user: &Value, arguments: &[&str]) -> Run {
        let mut cluster = cluster.clone();
        if cluster["server"].is_null() {
            cluster["server"] = json!(self.url);
        }
        let config = json!({
            "current-context": "tls",
            "contexts": [{ "name": "tls", "context": { "cluster": "c", "user": "u" } }],
            "clusters": [{ "name": "c", "cluster": cluster }],
            "users": [{ "name": "u", "user": user }],
        });
        let run = Program::new()
            .file("config", &config.to_string())
            .file(
                "authority.pem",
                &std::fs::read_to_string(self.certificates.join("authority.pem")).unwrap(),
            )
            .args(&["audit", "kubernetes", "--kubeconfig", "config", "--format", "json"])
            .args(&["--allow-unknown", "100%"])
            .args(arguments)
            .run();
        self.keeps_secrets(&run);
        run
    }

    fn keeps_secrets(&self, run: &Run) {
        for text in [&run.out, &run.err] {
            assert!(!text.contains(self.token) && !text.contains("PRIVATE KEY"), "{text}");
        }
    }
}

/// Whether the cluster was read.
fn is_read(run: &Run) {
    let denied = |(_, why): &(String, String)| why == "denied" || why == "unreachable";
    assert!(run.code != 1 && !refused(run).iter().any(denied), "{}", run.err);
}

fn fails(run: &Run, words: &str) {
    assert!(run.code == 1 && run.err.contains(words), "{words}: {} {}", run.code, run.err);
}

/// What holds of every server with these certificates.
pub(crate) fn check(server: &Server<'_>) {
    const UNKNOWN: &str = "the certificate of the server is from an unknown authority";
    const OTHER_NAME: &str = "the certificate of the server is for another name";
    let audit = |cluster: Value| server.audit(&cluster, &[]);
    // In the kubeconfig, in a file, and in a file beside the kubeconfig.
    is_read(&audit(json!({ "certificate-authority-data": server.data("authority.pem") })));
    is_read(&audit(json!({ "certificate-authority": server.file("authority.pem") })));
    is_read(&audit(json!({ "certificate-authority": "authority.pem" })));
    // The data counts where there is a file as well.
    let both = json!({
        "certificate-authority-data": server.data("authority.pem"), "certificate-authority": server.file("other.pem"),
    });
    is_read(&audit(both));
    fails(&audit(json!({})), UNKNOWN);
    fails(&audit(json!({ "certificate-authority-data": server.data("other.pem") })), UNKNOWN);
    // A key in the place of a certificate.
    fails(
        &audit(json!({ "certificate-authority-data": server.data("server.key") })),
        "it holds no certificate",
    );

    // Verification is turned off by both: the kubeconfig and the user who runs the audit.
    let insecure = json!({ "insecure-skip-tls-verify": true });
    fails(&audit(insecure.clone()), "sets `insecure-skip-tls-verify`");
    let accept = "--insecure-skip-tls-verify";
    is_read(&server.audit(&insecure, &[accept]));
    // The option alone turns off nothing.
    fails(&server.audit(&json!({}), &[accept]), UNKNOWN);
    let with_authority = json!({
        "insecure-skip-tls-verify": true, "certificate-authority-data": server.data("other.pem"),
    });
    fails(&server.audit(&with_authority, &[accept]), "a certificate authority has no effect");

    // Its certificate has the address 127.0.0.1 and the name kubernetes.default.svc.
    let authority = server.data("authority.pem");
    let named = |server: &str, name: Option<&str>| {
        let mut cluster = json!({ "server": server, "certificate-authority-data": authority });
        if let Some(name) = name {
            cluster["tls-server-name"] = json!(name);
        }
        cluster
    };
    let localhost = server.url.replace("127.0.0.1", "localhost");
    fails(&audit(named(&localhost, None)), OTHER_NAME);
    is_read(&audit(named(&localhost, Some("kubernetes.default.svc"))));
    is_read(&audit(named(server.url, Some("kubernetes.default.svc"))));
    fails(&audit(named(server.url, Some("another.example.com"))), OTHER_NAME);
    // Without TLS the server responds with an error, or not at all: then nothing is known.
    let run = audit(named(&server.url.replace("https:", "http:"), None));
    let decided = |one: &Value| one["outcome"] == "pass" || one["outcome"] == "fail";
    let known = || run.json()["findings"].as_array().unwrap().iter().any(decided);
    assert!(run.code == 1 || !known(), "{} {}", run.out, run.err);

    let direct = |authority: &str| {
        let run = Program::new()
            .file("token", server.token)
            .args(&["audit", "kubernetes", "--server", server.url, "--token-file", "token"])
            .args(&["--certificate-authority", &server.file(authority), "--format", "json"])
            .args(&["--allow-unknown", "100%"])
            .run();
        server.keeps_secrets(&run);
        run
    };
    is_read(&direct("authority.pem"));
    fails(&direct("other.pem"), UNKNOWN);
}

/// TLS in front of a simulated cluster.
struct Front {
    url: String,
    certificates: TempDir,
    _behind: Simulated,
}

impl Front {
    /// With a certificate of `authority.py`. If `verifies`, clients need a certificate of the authority, and a client with one reads the
    /// cluster: the simulator knows no users of certificates.
    fn start(certificate: &str, verifies: bool) -> Self {
        let certificates = TempDir::new().unwrap();
        let written = python("authority.py").arg(certificates.path()).status().unwrap();
        assert!(written.success());
        let behind = Simulated::of(World::default(), |world| {
            if verifies {
                world.anonymous = true;
                world.objects.push(json!({
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                    "metadata": { "name": "everyone" },
                    "roleRef": {
                        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin",
                    },
                    "subjects": [{
                        "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:unauthenticated",
                    }],
                }));
            }
        });
        let acceptor =
            TlsAcceptor::from(Arc::new(config(certificates.path(), certificate, verifies)));
        let inner: SocketAddr = behind.url().strip_prefix("http://").unwrap().parse().unwrap();
        let listener = behind.runtime().block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        behind.runtime().spawn(async move {
            loop {
                let Ok((outer, _)) = listener.accept().await else { continue };
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A handshake that fails is what some tests are about.
                    let Ok(mut outer) = acceptor.accept(outer).await else { return };
                    let mut inner = TcpStream::connect(inner).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
        Self { url, certificates, _behind: behind }
    }

    fn server(&self) -> Server<'_> {
        Server { url: &self.url, certificates: self.certificates.path(), token: TOKEN }
    }
}

fn config(folder: &Path, certificate: &str, verifies: bool) -> ServerConfig {
    let certificate = CertificateDer::from_pem_file(folder.join(certificate)).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match verifies {
        false => builder.with_no_client_auth(),
        true => {
            let mut roots = RootCertStore::empty();
            roots
                .add(CertificateDer::from_pem_file(folder.join("authority.pem")).unwrap())
                .unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    builder.with_single_cert(vec![certificate], key).unwrap()
}

#[test]
fn the_certificate_of_the_server_is_verified() {
    check(&Front::start("server.pem", false).server());
}

#[test]
fn an_expired_certificate_is_named_as_such() {
    let front = Front::start("expired.pem", false);
    let server = front.server();
    let cluster = json!({ "certificate-authority-data": server.data("authority.pem") });
    fails(&server.audit(&cluster, &[]), "the certificate of the server is not valid now");
}

#[test]
fn the_certificate_of_the_user_is_sent_and_wrong_ones_are_named() {
    let front = Front::start("server.pem", true);
    let server = front.server();
    let cluster = json!({ "certificate-authority-data": server.data("authority.pem") });
    let user = |certificate: &str, key: &str| {
        json!({
            "client-certificate-data": server.data(certificate), "client-key-data": server.data(key),
        })
    };
    let audit = |user: Value| server.audit_as(&cluster, &user, &[]);
    is_read(&audit(user("client.pem", "client.key")));
    let files = json!({
        "client-certificate": server.file("client.pem"), "client-key": server.file("client.key"),
    });
    is_read(&audit(files));
    for (user, words) in [
        // The server ends the connection.
        (json!({}), "TLS"),
        (user("stranger.pem", "stranger.key"), "TLS"),
        // They never leave this machine.
        (user("client.pem", "stranger.key"), "the key is not that of the certificate"),
        (user("client.key", "client.key"), "the client certificate"),
        (user("client.pem", "client.pem"), "the client certificate"),
        (
            json!({ "client-certificate-data": server.data("client.pem") }),
            "has a client certificate without a key",
        ),
        (
            json!({ "client-certificate": "nowhere.pem", "client-key": "nowhere.key" }),
            "nowhere.pem",
        ),
    ] {
        fails(&audit(user), words);
    }
}
