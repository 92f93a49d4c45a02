//! A small API server on loopback for tests: a function from requests to responses.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use posture_collect::Observer;
use serde_json::{Value, json};
use tokio::sync::watch;
use url::Url;

use super::client::Client;
use super::collect::Session;
use super::login::{Access, Credential, Login, LoginError};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// The headers, as they came, with small letters.
    pub(super) headers: Vec<(String, String)>,
}

impl Seen {
    pub(super) fn token(&self) -> Option<&str> {
        self.parameter("continue")
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A response: status, further headers, and body.
pub(super) type Reply = (u16, &'static str, String);

pub(super) fn ok(body: &Value) -> Reply {
    (200, "", body.to_string())
}

/// An error as the API server words it.
pub(super) fn status(code: u16, reason: &str, message: &str, metadata: Value) -> Reply {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    });
    (code, "", body.to_string())
}

/// A page of a list of namespaces.
pub(super) fn namespaces(names: &[&str], next: &str) -> Value {
    let items = names.iter().map(|name| {
        let uid = format!("{:0>8}-0000-4000-8000-000000000000", name.len());
        json!({ "metadata": { "name": name, "uid": uid, "labels": { "n": name } } })
    });
    json!({
        "kind": "NamespaceList", "apiVersion": "v1",
        "metadata": { "resourceVersion": "7", "continue": next }, "items": items.collect::<Vec<_>>(),
    })
}

#[derive(Clone, Debug)]
pub(super) struct Fake {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Fake {
    /// Serves until the process ends.
    pub(super) fn serve(answer: impl Fn(&Seen) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let kept = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut first = String::new();
                if reader.read_line(&mut first).is_err() || first.is_empty() {
                    continue;
                }
                let mut headers = Vec::new();
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    let Some((name, value)) = line.trim_end().split_once(": ") else { break };
                    headers.push((name.to_ascii_lowercase(), value.to_owned()));
                }
                let target = first.split(' ').nth(1).unwrap_or_default();
                let url = Url::parse(&format!("http://x{target}")).unwrap();
                let query = url.query_pairs().into_owned().collect();
                let request = Seen { path: url.path().to_owned(), query, headers };
                let (status, more, body) = answer(&request);
                kept.lock().unwrap().push(request);
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n{body}",
                    body.len()
                );
                let _ = stream.flush();
                let _ = stream.shutdown(std::net::Shutdown::Write);
                let _ = reader.read(&mut [0; 1]);
            }
        });
        Self { url, seen }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(super) fn access(&self) -> Access {
        Access {
            name: "prod".to_owned(),
            identity: Some("auditor".to_owned()),
            server: Url::parse(&self.url).unwrap(),
            authority: None,
            insecure: false,
            server_name: None,
            proxy: None,
            credential: Credential::None,
            certificate: None,
            namespace: None,
            issuer: None,
            headers: Vec::new(),
            for_plugins: None,
        }
    }

    /// A client that does not wait.
    pub(super) fn client(&self) -> Client {
        client(self.access())
    }

    pub(super) async fn session(&self) -> Result<Session, LoginError> {
        Session::of(self.client()).await
    }
}

pub(super) fn observer() -> Observer {
    Arc::new(|_| {})
}

/// A client that does not wait, and is not stopped.
pub(super) fn client(access: Access) -> Client {
    let login = Login {
        timeout: Some(Duration::from_secs(20)),
        attempts: Some((3, Duration::ZERO)),
        unpaced: true,
        ..Login::default()
    };
    let (_, stop) = watch::channel(false);
    let mut client = Client::new(access, &login, &observer(), stop.into());
    client.pauses = Some(Mutex::default());
    client
}
