//! The server, and what its administrator does.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use posture_tests::{Program, Run, python};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How long its controllers and caches may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A real API server with etcd behind it, until it is dropped.
pub(crate) struct Real {
    process: Child,
    folder: TempDir,
    url: String,
    etcd: String,
    tokens: BTreeMap<String, String>,
    /// Whether controllers run.
    pub(crate) controllers: bool,
    runtime: Runtime,
    http: reqwest::Client,
    /// The name of a resource, and whether it is in a namespace, by `apiVersion` and kind.
    served: Mutex<BTreeMap<String, Option<(String, bool)>>>,
}

impl Real {
    /// The server that `POSTURE_KUBE_APISERVER` names. Without it the test is skipped, which this prints.
    pub(crate) fn start() -> Option<Self> {
        let Some(server) = std::env::var_os("POSTURE_KUBE_APISERVER") else {
            let why = "SKIPPED: POSTURE_KUBE_APISERVER names no API server; `cargo xtask kube-apiserver` builds one";
            // Not by a macro: the output of a test that passes is not shown.
            let _ = writeln!(std::io::stderr(), "{why}");
            return None;
        };
        let folder = TempDir::new().unwrap();
        let mut process = python("kube_apiserver.py")
            .arg(folder.path())
            .arg(server)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).expect("the API server did not start");
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        let tokens = ready["tokens"].as_object().unwrap();
        let tokens =
            tokens.iter().map(|(user, token)| (user.clone(), token.as_str().unwrap().to_owned()));
        let authority = std::fs::read(folder.path().join("authority.pem")).unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only(reqwest::Certificate::from_pem_bundle(&authority).unwrap())
            .build()
            .unwrap();
        Some(Self {
            url: text("url"),
            etcd: text("etcd"),
            tokens: tokens.collect(),
            controllers: ready["controllers"].as_bool().unwrap(),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            http,
            served: Mutex::default(),
            process,
            folder,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn token(&self, user: &str) -> &str {
        &self.tokens[user]
    }

    /// The folder with the files that `authority.py` names.
    pub(crate) fn certificates(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A kubeconfig whose context `real` is this server as one of its users.
    pub(crate) fn kubeconfig(&self, user: &Value) -> Value {
        let authority = self.file("authority.pem");
        json!({
            "current-context": "real",
            "contexts": [{ "name": "real", "context": { "cluster": "real", "user": "one" } }],
            "clusters": [{
                "name": "real", "cluster": { "server": self.url, "certificate-authority": authority },
            }],
            "users": [{ "name": "one", "user": user }],
        })
    }

    /// An audit as a user of a kubeconfig.
    pub(crate) fn audit_as(&self, user: &Value, arguments: &[&str]) -> Run {
        let run = Program::new()
            .file("config", &self.kubeconfig(user).to_string())
            .args(&["audit", "kubernetes", "--kubeconfig", "config", "--format", "json"])
            .args(arguments)
            .run();
        for token in self.tokens.values() {
            assert!(!run.out.contains(token) && !run.err.contains(token), "{}{}", run.out, run.err);
        }
        run
    }

    /// An audit as a user with a token.
    pub(crate) fn audit(&self, user: &str, arguments: &[&str]) -> Run {
        self.audit_as(&json!({ "token": self.token(user) }), arguments)
    }

    /// The status and the body of a response; a user without a token is anonymous.
    pub(crate) fn send(
        &self,
        user: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = self.tokens.get(user) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let text = response.text().await.unwrap();
            // Some paths respond with plain text.
            let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
            (status, body)
        })
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.send("admin", Method::GET, path, None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// The path of the list to which an object belongs; none if the server does not serve its kind.
    pub(crate) fn list_of(&self, object: &Value) -> Option<String> {
        let text = |path: &str| {
            object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let (version, kind) = (text("/apiVersion"), text("/kind"));
        let base = match version.contains('/') {
            true => format!("/apis/{version}"),
            false => format!("/api/{version}"),
        };
        let mut served = self.served.lock().unwrap();
        let found = served.entry(format!("{version} {kind}")).or_insert_with(|| {
            let (status, resources) = self.send("admin", Method::GET, &base, None);
            if status != 200 {
                return None;
            }
            let resources = resources["resources"].as_array().unwrap();
            let is_it =
                |one: &&Value| one["kind"] == kind && !one["name"].as_str().unwrap().contains('/');
            let found = resources.iter().find(is_it)?;
            Some((found["name"].as_str().unwrap().to_owned(), found["namespaced"] == true))
        });
        let (resource, namespaced) = found.as_ref()?;
        Some(match (namespaced, text("/metadata/namespace").as_str()) {
            (false, _) => format!("{base}/{resource}"),
            (true, "") => format!("{base}/namespaces/default/{resource}"),
            (true, namespace) => format!("{base}/namespaces/{namespace}/{resource}"),
        })
    }

    /// Creates objects, and the namespaces that they need. One that is there already is replaced.
    pub(crate) fn apply<'o>(&self, objects: impl IntoIterator<Item = &'o Value>) {
        for object in objects {
            if let Some(namespace) = object.pointer("/metadata/namespace") {
                let (status, _) = self.send(
                    "admin",
                    Method::GET,
                    &format!("/api/v1/namespaces/{}", namespace.as_str().unwrap()),
                    None,
                );
                if status == 404 {
                    self.put(&json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } }));
                }
            }
            self.put(object);
        }
    }

    fn put(&self, object: &Value) {
        let list = self.list_of(object).unwrap_or_else(|| panic!("not served: {object}"));
        let path = format!("{list}/{}", object["metadata"]["name"].as_str().unwrap());
        let (mut status, mut answer) = self.send("admin", Method::POST, &list, Some(object));
        if status == 409 {
            (status, answer) = self.send("admin", Method::PUT, &path, Some(object));
        }
        // The account of a pod needs a token, which a controller makes.
        let end = Instant::now() + PATIENCE;
        while object["kind"] == "Pod" && status >= 400 && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(100));
            (status, answer) = self.send("admin", Method::POST, &list, Some(object));
        }
        assert!((200..300).contains(&status), "{object}: {answer}");
        // What an object is created with has no status: that is what controllers and nodes write.
        if let Some(own) = object.get("status") {
            let mut whole = self.get(&path);
            whole["status"] = own.clone();
            let (status, answer) =
                self.send("admin", Method::PUT, &format!("{path}/status"), Some(&whole));
            assert!((200..300).contains(&status), "{object}: {answer}");
        }
    }

    pub(crate) fn delete(&self, path: &str) {
        let (status, answer) = self.send("admin", Method::DELETE, path, None);
        assert!((200..300).contains(&status), "{path}: {answer}");
    }

    /// Waits until something holds that controllers and caches bring about.
    pub(crate) fn wait_until(&self, what: &str, holds: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds() {
            assert!(Instant::now() < end, "not within {PATIENCE:?}: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the authorizer lets a user read a path, or does not any more.
    pub(crate) fn wait_until_allowed(&self, user: &str, path: &str, allowed: bool) {
        self.wait_until(&format!("{user} {path} {allowed}"), || {
            (self.send(user, Method::GET, path, None).0 != 403) == allowed
        });
    }

    /// Writes to the store, and forgets everything before: lists that are not at their end have expired.
    pub(crate) fn compact(&self) {
        let post = |path: &str, body: Value| {
            let request = self.http.post(format!("{}{path}", self.etcd)).body(body.to_string());
            self.runtime.block_on(async {
                let response = request.send().await.unwrap();
                serde_json::from_slice::<Value>(&response.bytes().await.unwrap()).unwrap()
            })
        };
        let put =
            post("/v3/kv/put", json!({ "key": BASE64_STANDARD.encode("posture"), "value": "" }));
        post("/v3/kv/compaction", json!({ "revision": put["header"]["revision"] }));
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        // It ends with its standard input, and ends etcd and the controllers.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
