//! Credential plugins: programs that a kubeconfig names, and that issue tokens or certificates.
//!
//! [Source](https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins), read on 2026-11-30.
//! A kubeconfig of another person is code of that person, as with `kubectl`; [`Login::no_exec`](super::Login::no_exec) runs none.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use posture_collect::text::clip;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::secret::Secret;
use crate::read::{Invalid, Object};

/// How long a program may take. It may have to renew a session over the network; no user can answer it.
const MOST_TIME: Duration = Duration::from_secs(60);

/// The most bytes of its output.
const MOST_BYTES: u64 = 1 << 20;

/// The versions of the interface. `v1alpha1` ended with Kubernetes 1.24.
const VERSIONS: [&str; 2] =
    ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// A program that issues credentials.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Plugin {
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, Secret)>,
    version: String,
    hint: Option<String>,
    wants_cluster: bool,
    needs_terminal: bool,
}

/// Arguments may hold secrets.
impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").field("program", &self.program).finish_non_exhaustive()
    }
}

/// What a program issued.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Issued {
    pub(super) token: Option<Secret>,
    /// A client certificate and its key, as PEM.
    pub(super) identity: Option<(String, Secret)>,
    pub(super) expires: Option<jiff::Timestamp>,
}

impl Plugin {
    /// The `exec` of a user. A program with a path is found from the folder of the kubeconfig, one without in `PATH`.
    pub(super) fn read(mut object: Object<'_>, folder: &Path) -> Result<Self, Invalid> {
        let program = object.text("command")?.unwrap_or_default();
        if program.is_empty() {
            return Err(object.error("command", "missing"));
        }
        let version = object.text("apiVersion")?.unwrap_or_default().to_owned();
        if !VERSIONS.contains(&version.as_str()) {
            let known = VERSIONS.join(" or ");
            return Err(object.error("apiVersion", format!("not {known}")));
        }
        let has_path = program.contains(['/', std::path::MAIN_SEPARATOR]);
        let arguments = object.texts("args")?.into_iter().map(str::to_owned).collect();
        let mut environment = Vec::new();
        for mut variable in object.objects("env")? {
            let name = variable.text("name")?.unwrap_or_default().to_owned();
            if name.is_empty() || name.contains(['=', '\0']) {
                return Err(variable.error("name", "not the name of a variable"));
            }
            environment
                .push((name, Secret::new(variable.text("value")?.unwrap_or_default().to_owned())));
        }
        let mode = object.text("interactiveMode")?;
        Ok(Self {
            program: if has_path { folder.join(program) } else { PathBuf::from(program) },
            arguments,
            environment,
            version,
            hint: object.text("installHint")?.filter(|hint| !hint.is_empty()).map(str::to_owned),
            wants_cluster: object.boolean("provideClusterInfo")?.unwrap_or(false),
            needs_terminal: mode == Some("Always"),
        })
    }

    /// The program, as errors name it.
    pub(super) fn name(&self) -> String {
        clip(self.program.display().to_string())
    }

    /// Runs the program. `cluster` is what it is given of the cluster, if it wants that.
    ///
    /// # Errors
    /// Why it issued nothing, with what it wrote to its standard error, clipped and without secrets.
    pub(super) async fn run(&self, cluster: impl FnOnce() -> Value) -> Result<Issued, String> {
        if self.needs_terminal {
            return Err("it needs a terminal (`interactiveMode: Always`), and posture offers none"
                .to_owned());
        }
        let mut spec = json!({ "interactive": false });
        if self.wants_cluster {
            spec["cluster"] = cluster();
        }
        let info = json!({ "apiVersion": self.version, "kind": "ExecCredential", "spec": spec });
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value.expose())));
        command.env("KUBERNETES_EXEC_INFO", info.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| self.not_started(&error))?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let work = async {
            let (out, err) = tokio::join!(bounded(out), bounded(err));
            (child.wait().await, out, err)
        };
        let Ok((status, out, err)) = tokio::time::timeout(MOST_TIME, work).await else {
            return Err(format!("it did not end within {} seconds", MOST_TIME.as_secs()));
        };
        let status = status.map_err(|error| error.to_string())?;
        if !status.success() {
            let words = self.hide(&String::from_utf8_lossy(&err.unwrap_or_default()));
            let words = if words.is_empty() { String::new() } else { format!(": {words}") };
            return Err(format!("it failed ({status}){words}"));
        }
        let Some(out) = out else {
            return Err(format!("it wrote more than {MOST_BYTES} bytes"));
        };
        self.issued(&out)
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        match (error.kind(), &self.hint) {
            (std::io::ErrorKind::NotFound, Some(hint)) => {
                format!("the program is not installed: {}", clip(hint.clone()))
            }
            (std::io::ErrorKind::NotFound, None) => "the program is not installed".to_owned(),
            _ => format!("cannot run it: {error}"),
        }
    }

    /// What a program wrote, in one line and without the secrets that it was given.
    fn hide(&self, text: &str) -> String {
        let given = self.environment.iter().map(|(_, value)| value);
        let text = given.fold(text.to_owned(), |text, value| value.hide(&text));
        clip(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Reads an `ExecCredential`. No error repeats any of it, as all of it may be secret.
    fn issued(&self, out: &[u8]) -> Result<Issued, String> {
        let wrong = |invalid: Invalid| format!("its output cannot be used: {invalid}");
        let value: Value =
            serde_json::from_slice(out).map_err(|_| "its output is not JSON".to_owned())?;
        let mut root = Object::of(&value, "").map_err(wrong)?;
        if root.text("kind").map_err(wrong)? != Some("ExecCredential") {
            return Err("its output is not an ExecCredential".to_owned());
        }
        if root.text("apiVersion").map_err(wrong)? != Some(self.version.as_str()) {
            return Err(format!("its output is not of {}", self.version));
        }
        let Some(mut status) = root.object("status").map_err(wrong)? else {
            return Err("its output has no status".to_owned());
        };
        let mut text = |field| status.text(field).map(|text| text.filter(|text| !text.is_empty()));
        let token = text("token").map_err(wrong)?.map(Secret::new);
        let certificate = text("clientCertificateData").map_err(wrong)?.map(str::to_owned);
        let key = text("clientKeyData").map_err(wrong)?.map(Secret::new);
        let expires = match text("expirationTimestamp").map_err(wrong)? {
            None => None,
            Some(time) => match time.parse() {
                Ok(time) => Some(time),
                Err(_) => {
                    return Err(
                        "its output has an expirationTimestamp that is not a time".to_owned()
                    );
                }
            },
        };
        let identity =
            match (certificate, key) {
                (None, None) => None,
                (Some(certificate), Some(key)) => Some((certificate, key)),
                _ => return Err(
                    "its output has a certificate without a key, or a key without a certificate"
                        .to_owned(),
                ),
            };
        if token.is_none() && identity.is_none() {
            return Err("its output has neither a token nor a certificate".to_owned());
        }
        Ok(Issued { token, identity, expires })
    }
}

/// Reads to the end; none if there is more than any program writes. The rest is read and dropped, so that the program can end.
async fn bounded(from: Option<impl AsyncRead + Unpin>) -> Option<Vec<u8>> {
    let mut from = from?;
    let mut bytes = Vec::new();
    (&mut from).take(MOST_BYTES).read_to_end(&mut bytes).await.ok()?;
    let more = tokio::io::copy(&mut from, &mut tokio::io::sink()).await.ok()?;
    (more == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugin(extra: Value) -> Result<Plugin, Invalid> {
        let mut value = json!({ "apiVersion": VERSIONS[0], "command": "login" });
        for (name, field) in extra.as_object().unwrap() {
            value[name] = field.clone();
        }
        Plugin::read(Object::of(&value, "users[0].user.exec").unwrap(), Path::new("/home/a/.kube"))
    }

    fn shell(script: &str) -> Plugin {
        let variables = json!([{ "name": "SECRET", "value": "canary-of-the-environment" }]);
        let words = json!(["-c", script]);
        plugin(json!({ "command": "sh", "args": words, "env": variables })).unwrap()
    }

    fn credential(status: Value) -> Vec<u8> {
        json!({ "apiVersion": VERSIONS[0], "kind": "ExecCredential", "status": status })
            .to_string()
            .into_bytes()
    }

    #[test]
    fn a_program_with_a_path_is_found_from_the_kubeconfig() {
        assert_eq!(plugin(json!({})).unwrap().program, Path::new("login"));
        let relative = plugin(json!({ "command": "./bin/login" })).unwrap();
        assert_eq!(relative.program, Path::new("/home/a/.kube/./bin/login"));
        let absolute = plugin(json!({ "command": "/bin/login" })).unwrap();
        assert_eq!(absolute.program, Path::new("/bin/login"));
        let old = json!({ "apiVersion": "client.authentication.k8s.io/v1alpha1" });
        for wrong in [old, json!({ "command": "" }), json!({ "env": [{ "name": "A=B" }] })] {
            assert!(plugin(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_program_issues_is_read_strictly_and_never_repeated() {
        let of = |status| plugin(json!({})).unwrap().issued(&credential(status));
        let issued =
            of(json!({ "token": "canary", "expirationTimestamp": "2026-11-30T12:00:00Z" }))
                .unwrap();
        assert_eq!(issued.token, Some(Secret::new("canary")));
        assert_eq!(issued.expires, "2026-11-30T12:00:00Z".parse().ok());
        assert!(!format!("{issued:?}").contains("canary"));
        let both = of(json!({ "clientCertificateData": "C", "clientKeyData": "K" })).unwrap();
        assert_eq!(both.identity, Some(("C".to_owned(), Secret::new("K"))));
        for wrong in [
            json!({}),
            json!({ "token": 3 }),
            json!({ "token": "" }),
            json!({ "clientKeyData": "canary" }),
            json!({ "token": "canary", "expirationTimestamp": "soon" }),
        ] {
            let error = of(wrong.clone()).unwrap_err();
            assert!(!error.contains("canary"), "{wrong}: {error}");
        }
        let plugin = plugin(json!({})).unwrap();
        for wrong in [
            "",
            "canary",
            "[]",
            "{\"kind\":\"Secret\"}",
            "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"canary\"}}",
        ] {
            let error = plugin.issued(wrong.as_bytes()).unwrap_err();
            assert!(!error.contains("canary"), "{wrong}: {error}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_gets_what_it_is_to_know() {
        let script = "case $KUBERNETES_EXEC_INFO in *'\"interactive\":false'*) ;; *) exit 3;; esac; \
            printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' \"$SECRET\"";
        let issued = shell(script).run(|| panic!("it does not want the cluster")).await.unwrap();
        assert_eq!(issued.token, Some(Secret::new("canary-of-the-environment")));
        let script = "case $KUBERNETES_EXEC_INFO in *'https://there'*) exit 7;; esac";
        let plugin = Plugin { wants_cluster: true, ..shell(script) };
        let error = plugin.run(|| json!({ "server": "https://there" })).await.unwrap_err();
        assert!(error.contains('7'), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_fails_is_quoted_without_secrets_and_control_characters() {
        let script = "printf 'no\\033[31m session: %s\\n%s' \"$SECRET\" \"Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" >&2; exit 2";
        let error = shell(script).run(|| Value::Null).await.unwrap_err();
        assert!(error.starts_with("it failed (exit status: 2): no"), "{error}");
        assert!(!error.contains("canary") && !error.contains("aaaa"), "{error}");
        assert!(!error.chars().any(char::is_control), "{error:?}");
        let none = plugin(json!({ "command": "/nowhere/at/all", "installHint": "get it at x" }));
        let error = none.unwrap().run(|| Value::Null).await.unwrap_err();
        assert_eq!(error, "the program is not installed: get it at x");
        let asks = plugin(json!({ "interactiveMode": "Always" })).unwrap();
        assert!(asks.run(|| Value::Null).await.unwrap_err().contains("terminal"));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn endless_output_is_given_up() {
        let error = shell("head -c 3000000 /dev/zero").run(|| Value::Null).await.unwrap_err();
        assert!(error.contains("more than"), "{error}");
    }
}
