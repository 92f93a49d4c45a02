use serde_json::json;

use super::*;

/// A folder with files, and what is read there of a context.
struct Home(tempfile::TempDir);

impl Home {
    fn new(files: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn machine(&self, variables: &[(&str, &str)]) -> Machine {
        let variables: Vec<(String, String)> = variables
            .iter()
            .map(|(name, value)| {
                let value = value.replace('@', &self.0.path().display().to_string());
                ((*name).to_owned(), value)
            })
            .collect();
        let find = move |name: &str| {
            variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        };
        Machine::with(find, &self.path("account"))
    }

    fn found(&self, variables: &[(&str, &str)], login: &Login) -> Result<Access, LoginError> {
        Access::of(login, &self.machine(variables))
    }
}

/// A kubeconfig with the context `prod`, whose cluster and user have these fields.
fn config(cluster: serde_json::Value, user: serde_json::Value) -> String {
    let mut whole = json!({ "server": "https://api.example.com:6443" });
    for (name, value) in cluster.as_object().unwrap() {
        whole[name] = value.clone();
    }
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "prod",
        "clusters": [{ "name": "c", "cluster": whole }],
        "users": [{ "name": "u", "user": user }],
        "contexts": [{ "name": "prod", "context": { "cluster": "c", "user": "u", "namespace": "x" } }],
    })
    .to_string()
}

/// The access of a kubeconfig with one context.
fn access(
    cluster: serde_json::Value,
    user: serde_json::Value,
    login: &Login,
) -> Result<Access, LoginError> {
    let home = Home::new(&[("config", config(cluster, user))]);
    home.found(&[("KUBECONFIG", "@/config")], login)
}

fn named(context: &str) -> Login {
    let place = Place::Context { kubeconfig: None, context: Some(context.to_owned()) };
    Login { place, ..Login::default() }
}

const YAML: &str = "
apiVersion: v1
kind: Config
current-context: first
clusters:
- name: shared
  cluster: {server: 'https://one.example.com', certificate-authority: ca.crt}
contexts:
- {name: first, context: {cluster: shared, user: me}}
users:
- {name: me, user: {token: canary-of-the-first-file}}
";

const SECOND: &str = "
current-context: second
clusters:
- name: shared
  cluster: {server: 'https://two.example.com', tls-server-name: x}
- name: own
  cluster: {server: 'two.example.com'}
contexts:
- {name: first, context: {cluster: own, user: me}}
- {name: second, context: {cluster: own, user: other}}
users:
- {name: me, user: {token: second}}
- {name: other, user: {tokenFile: token, client-certificate: /etc/c, client-key: k}}
";

#[test]
fn files_are_merged_as_kubectl_does() {
    let home = Home::new(&[("a/config", YAML.to_owned()), ("b/config", SECOND.to_owned())]);
    let both = [("KUBECONFIG", "@/a/config:@/missing::@/a/config:@/b/config")];
    if cfg!(windows) {
        return;
    }
    let first = home.found(&both, &Login::default()).unwrap();
    // The first file that has a name wins, with all of it.
    assert_eq!((first.name.as_str(), first.server.as_str()), ("first", "https://one.example.com/"));
    assert_eq!(first.authority, Some(Pem::File(home.path("a/ca.crt"))));
    assert_eq!((first.server_name, first.identity.as_deref()), (None, Some("me")));
    assert_eq!(first.credential, Credential::Token(Secret::new("canary-of-the-first-file")));
    let second = home.found(&both, &named("second")).unwrap();
    // Paths are below the folder of their file.
    assert_eq!(second.credential, Credential::File(home.path("b/token")));
    let certificate = (Pem::File("/etc/c".into()), Pem::File(home.path("b/k")));
    assert_eq!(
        (second.certificate, second.server.as_str()),
        (Some(certificate), "https://two.example.com/")
    );
    let config = Kubeconfig::of(None, &home.machine(&both)).unwrap();
    assert_eq!(config.contexts().collect::<Vec<_>>(), ["first", "second"]);
    assert_eq!((config.current(), config.files().len()), (Some("first"), 2));
}

#[test]
fn a_named_file_replaces_the_others_and_must_exist() {
    let home = Home::new(&[(".kube/config", YAML.to_owned()), ("other", SECOND.to_owned())]);
    let of = |file: &str| {
        let place = Place::Context { kubeconfig: Some(home.path(file)), context: None };
        home.found(
            &[("HOME", "@"), ("KUBECONFIG", "@/nowhere")],
            &Login { place, ..Login::default() },
        )
    };
    assert_eq!(of("other").unwrap().name, "second");
    let error = of("missing").unwrap_err();
    assert!(matches!(&error, LoginError::Kubeconfig { .. }), "{error}");
    let default = home.found(&[("HOME", "@")], &Login::default()).unwrap();
    assert_eq!(default.name, "first");
    let none = home.found(&[("HOME", "@/nowhere")], &Login::default()).unwrap_err();
    assert!(none.to_string().contains("nowhere/.kube/config"), "{none}");
    assert!(none.help().is_some());
}

#[test]
fn a_context_that_is_not_there_is_named_with_those_that_are() {
    let home = Home::new(&[("config", YAML.to_owned())]);
    let error = home.found(&[("KUBECONFIG", "@/config")], &named("frist")).unwrap_err();
    let LoginError::NoSuchContext { name, known } = error else { panic!("{error}") };
    assert_eq!((name.as_str(), known), ("frist", vec!["first".to_owned()]));
    let none = YAML.replace("current-context: first", "");
    let home = Home::new(&[("config", none)]);
    let error = home.found(&[("KUBECONFIG", "@/config")], &Login::default()).unwrap_err();
    assert_eq!(error.to_string(), "the kubeconfig has no current context");
    assert_eq!(error.help().unwrap(), "name one with --context: first");
    let dangling = YAML.replace("cluster: shared, user: me", "cluster: shared, user: her");
    let home = Home::new(&[("config", dangling)]);
    let error = home.found(&[("KUBECONFIG", "@/config")], &Login::default()).unwrap_err();
    assert!(error.to_string().ends_with("the kubeconfig has no user `her`"), "{error}");
}

#[test]
fn a_kubeconfig_that_makes_no_sense_is_an_error_that_repeats_no_secret() {
    for (text, words) in [
        ("users: [{name: a, user: {token: [canary]}}]", "users[0].user.token: not a string"),
        ("users: canary", "users: not a list"),
        ("\"canary", "not valid YAML at line 1"),
        ("a: canary\na: canary", "not valid YAML at line 2"),
        ("kind: Pod", "kind: not `Config`"),
        ("a: 1\n---\na: 2", "more than one document"),
        ("- canary", "not an object"),
        ("users: [{name: a, user: {client-key-data: canary%}}]", "client-key-data: not base64"),
        ("users: [{name: a, user: {exec: {command: x}}}]", "exec.apiVersion: not client"),
    ] {
        let home = Home::new(&[("config", text.to_owned())]);
        let error = home.found(&[("KUBECONFIG", "@/config")], &Login::default()).unwrap_err();
        let shown = error.to_string();
        assert!(shown.contains(words), "{text}: {shown}");
        assert!(!shown.contains("canary") && !format!("{error:?}").contains("canary"), "{shown}");
    }
    // An empty file counts as none.
    let home = Home::new(&[("config", "# nothing\n".to_owned())]);
    let error = home.found(&[("KUBECONFIG", "@/config")], &Login::default()).unwrap_err();
    assert!(matches!(error, LoginError::NoKubeconfig { .. }), "{error}");
}

#[test]
fn what_is_not_safe_or_not_supported_is_an_error() {
    let login = Login::default();
    let text = |cluster, user| access(cluster, user, &login).unwrap_err().to_string();
    for (cluster, user, words) in [
        (json!({ "insecure-skip-tls-verify": true }), json!({}), "insecure-skip-tls-verify"),
        (json!({ "server": "http://api.example.com" }), json!({}), "begins with http"),
        (json!({ "server": "ftp://api.example.com" }), json!({}), "does not begin with https"),
        (json!({ "server": "https://a:canary@api.example.com" }), json!({}), "user name"),
        (json!({ "server": "" }), json!({}), "not a URL"),
        (json!({ "proxy-url": "ssh://u:canary@h" }), json!({}), "proxy-url"),
        (json!({ "proxy-url": "http://h", "tls-server-name": "x" }), json!({}), "together"),
        (
            json!({}),
            json!({ "username": "a", "password": "canary" }),
            "passwords are not supported",
        ),
        (json!({}), json!({ "auth-provider": { "name": "gcp" } }), "auth-provider `gcp`"),
        (json!({}), json!({ "as-user-extra": { "a": ["b"] } }), "as-user-extra"),
        (json!({}), json!({ "client-certificate": "c" }), "without a key"),
        (json!({}), json!({ "client-key": "k" }), "without a client certificate"),
    ] {
        let shown = text(cluster, user);
        assert!(shown.contains(words) && !shown.contains("canary"), "{words}: {shown}");
    }
    let accepted = Login { insecure: true, ..Login::default() };
    let insecure = json!({ "insecure-skip-tls-verify": true });
    assert!(access(insecure, json!({}), &accepted).unwrap().insecure);
    let both = json!({ "insecure-skip-tls-verify": true, "certificate-authority": "x" });
    assert!(access(both, json!({}), &accepted).is_err());
    let local = json!({ "server": "http://127.0.0.1:8001" });
    assert!(access(local, json!({}), &login).unwrap().is_local());
}

#[test]
fn a_credential_plugin_is_refused_where_none_may_run() {
    let user = || {
        json!({ "exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "aws", "args": ["canary"],
        } })
    };
    let found = access(json!({}), user(), &Login::default()).unwrap();
    let Credential::Plugin(plugin) = &found.credential else { panic!() };
    assert_eq!(plugin.name(), "aws");
    assert!(!format!("{found:?}").contains("canary"));
    let none = Login { no_exec: true, ..Login::default() };
    let error = access(json!({}), user(), &none).unwrap_err();
    assert!(error.to_string().contains("`aws`"), "{error}");
    // A token in the kubeconfig is used instead of the program, as by `kubectl`.
    let mut with_token = user();
    with_token["token"] = json!("canary");
    let found = access(json!({}), with_token, &none).unwrap();
    assert_eq!(found.credential, Credential::Token(Secret::new("canary")));
    assert!(!format!("{found:?}").contains("canary"));
}

#[test]
fn impersonation_of_the_kubeconfig_is_kept() {
    let user = json!({ "as": "auditor", "as-uid": "7", "as-groups": ["a", "b"] });
    let headers = access(json!({}), user, &Login::default()).unwrap().headers;
    let shown: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("impersonate-user", "auditor"),
            ("impersonate-uid", "7"),
            ("impersonate-group", "a"),
            ("impersonate-group", "b"),
        ]
    );
}

#[test]
fn a_pod_uses_its_service_account_unless_there_is_a_kubeconfig() {
    let files = [("account/token", "t".to_owned()), ("config", YAML.to_owned())];
    let home = Home::new(&files);
    let pod = [("KUBERNETES_SERVICE_HOST", "fd00::1"), ("KUBERNETES_SERVICE_PORT", "443")];
    let found = home.found(&pod, &Login::default()).unwrap();
    assert_eq!((found.name.as_str(), found.server.as_str()), ("in-cluster", "https://[fd00::1]/"));
    assert_eq!(found.credential, Credential::File(home.path("account/token")));
    assert_eq!(found.authority, Some(Pem::File(home.path("account/ca.crt"))));
    let both = [pod[0], pod[1], ("KUBECONFIG", "@/config")];
    assert_eq!(home.found(&both, &Login::default()).unwrap().name, "first");
    let inside = Login { place: Place::InCluster, ..Login::default() };
    assert_eq!(home.found(&both, &inside).unwrap().name, "in-cluster");
    assert!(matches!(home.found(&[], &inside), Err(LoginError::NotInCluster)));
    let bare = Home::new(&[]);
    assert!(matches!(bare.found(&pod, &inside), Err(LoginError::NoServiceAccount { .. })));
}

#[test]
fn the_token_of_a_pod_names_the_cluster_by_its_issuer() {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let claims = |claims: &str| format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims));
    let issuer = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789abcdef0123456789abcdef";
    let of = |token: String| {
        let home =
            Home::new(&[("account/token", token), ("account/namespace", "posture\n".to_owned())]);
        let pod = [("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("KUBERNETES_SERVICE_PORT", "443")];
        let found = home.found(&pod, &Login::default()).unwrap();
        assert_eq!(found.namespace.as_deref(), Some("posture"));
        found.issuer
    };
    let of_eks = json!({ "iss": format!("https://{issuer}") }).to_string();
    assert_eq!(of(claims(&of_eks)).as_deref(), Some(issuer));
    for token in [
        claims(r#"{"iss":"https://kubernetes.default.svc"}"#),
        claims(r#"{"iss":7}"#),
        claims("{}"),
        claims("no JSON"),
        "e30.*.c2ln".to_owned(),
        "opaque".to_owned(),
        String::new(),
    ] {
        assert_eq!(of(token.clone()), None, "{token}");
    }
}

#[test]
fn a_server_can_be_named() {
    let home = Home::new(&[]);
    let place = Place::Server {
        url: "10.0.0.1:6443".to_owned(),
        token_file: Some("/t".into()),
        certificate_authority: Some("/ca".into()),
    };
    let found = home.found(&[], &Login { place, ..Login::default() }).unwrap();
    assert_eq!(
        (found.name.as_str(), found.server.as_str()),
        ("https://10.0.0.1:6443", "https://10.0.0.1:6443/")
    );
    assert_eq!(found.credential, Credential::File("/t".into()));
    assert_eq!(found.authority, Some(Pem::File("/ca".into())));
}

#[test]
fn a_cluster_is_known_by_the_host_that_tls_verifies() {
    let of = |cluster: serde_json::Value| {
        let login = Login { insecure: true, ..Login::default() };
        access(cluster, json!({ "token": "t" }), &login).unwrap().host()
    };
    let eks = "a0dc.gr7.eu-central-1.eks.amazonaws.com";
    let server = |server: &str| json!({ "server": server });
    assert_eq!(of(server(&format!("https://{}", eks.to_uppercase()))).as_deref(), Some(eks));
    assert_eq!(of(server("https://10.0.0.1:6443")).as_deref(), Some("10.0.0.1:6443"));
    // Several clusters may be behind one host.
    assert_eq!(of(server("https://rancher.example.com/k8s/clusters/c-1")), None);
    // A tunnel.
    let tunnel = |server: &str, insecure: bool| {
        json!({
            "server": server, "tls-server-name": eks, "insecure-skip-tls-verify": insecure,
        })
    };
    assert_eq!(of(tunnel("https://127.0.0.1:8443", false)).as_deref(), Some(eks));
    // Nothing verifies the name.
    assert_eq!(of(tunnel("https://127.0.0.1:8443", true)).as_deref(), Some("127.0.0.1:8443"));
    assert_eq!(of(tunnel("http://127.0.0.1:8001", false)).as_deref(), Some("127.0.0.1:8001"));
}
