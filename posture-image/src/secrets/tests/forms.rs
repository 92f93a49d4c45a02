//! Keys, values and files in the forms that other programs write.

use super::*;

/// A key whose base64 is almost all `+`, so that lines begin and end in it.
fn key_of_plus() -> String {
    let body: Vec<u8> = (0..600_usize).map(|at| [0xfb, 0xef, 0xbe][(at + 1) % 3]).collect();
    pem(&private("RSA "), &[&[0x30, 0x82, 0x02, 0x58][..], &body].concat())
}

#[test]
fn a_key_may_have_plus_at_the_ends_of_its_lines() {
    let key = key_of_plus();
    let lines: Vec<&str> = key.lines().collect();
    assert!(lines[2].starts_with('+') && lines[2].ends_with('+'));
    let each = |line: fn(&str) -> String| lines.iter().map(|one| line(one)).collect::<String>();
    let json = serde_json::json!({ "key": key }).to_string();
    for (form, text) in [
        ("plain", key.clone()),
        ("CRLF", key.replace('\n', "\r\n")),
        ("JSON", json.clone()),
        ("JSON of PHP", json.replace('/', "\\/")),
        ("JSON of Gson", json.replace('=', "\\u003d").replace('+', "\\u002b")),
        ("JSON in JSON", serde_json::json!({ "a": json }).to_string()),
        ("YAML", each(|line| format!("    {line}\n"))),
        ("list", each(|line| format!("  \"{line}\",\n"))),
        ("Java", each(|line| format!("  \"{line}\\n\" +\n"))),
        ("Java without line ends", each(|line| format!("  + \"{line}\"\n"))),
        ("patch", each(|line| format!("+{line}\n"))),
        ("comment", each(|line| format!("# {line}\n"))),
        ("one line", key.replace('\n', " ")),
        ("XML", key.replace('\n', "&#10;")),
    ] {
        let found: Vec<_> = found("a", text.as_bytes()).into_iter().map(|(id, _)| id).collect();
        assert_eq!(found, ["private-key"], "{form}: {text}");
    }
}

#[test]
fn headers_of_a_key_need_no_blank() {
    let key = pem(&private("RSA "), &der(600));
    for header in ["Proc-Type: 4,ENCRYPTED", "Proc-Type:4,ENCRYPTED\nDEK-Info:AES-256-CBC,00"] {
        let text = key.replacen("-----\n", &format!("-----\n{header}\n\n"), 1);
        assert_eq!(found("a", text.as_bytes()), [("encrypted-private-key", 1)], "{header}");
    }
}

fn ids(path: &str, content: &str) -> Vec<&'static str> {
    found(path, content.as_bytes()).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn logins_need_no_randomness_and_no_certain_name() {
    let login = |password: &str| STANDARD.encode(format!("bob:{password}"));
    let auths =
        |entry: serde_json::Value| serde_json::json!({ "auths": { "r.io": entry } }).to_string();
    let docker = |password: &str| auths(serde_json::json!({ "auth": login(password) }));
    let token = random(BASE62, 40, 71);
    let key = STANDARD.encode(pem(&private("EC "), &der(200)));
    for (path, content, id) in [
        ("root/.docker/config.json", docker("MyTest2024!k9"), "registry-login"),
        ("root/.docker/config.json", docker("hunter2"), "registry-login"),
        ("root/.docker/config.json", docker("$ecret/1"), "registry-login"),
        (
            "root/.docker/config.json",
            auths(serde_json::json!({ "username": "bob", "password": "hunter2" })),
            "registry-login",
        ),
        ("a", auths(serde_json::json!({ "identitytoken": token })), "registry-login"),
        ("a", auths(serde_json::json!({ "registrytoken": token })), "registry-login"),
        ("root/.config/containers/auth.json", docker("hunter2"), "registry-login"),
        ("run/containers/0/auth.json", docker("hunter2"), "registry-login"),
        ("kaniko/.docker/config.json", docker("hunter2"), "registry-login"),
        ("secret/.dockerconfigjson", docker("hunter2"), "registry-login"),
        ("root/.composer/auth.json", r#"{"http-basic":{"x.io":{"username":"a","password":"hunter2"}}}"#.to_owned(), "package-registry-login"),
        ("root/.npmrc", format!("_auth={}", login("hunter2")), "package-registry-login"),
        ("usr/local/etc/npmrc", format!("//r/:_authToken={token}"), "package-registry-login"),
        ("app/.yarnrc.yml", format!("npmAuthToken: \"{token}\""), "package-registry-login"),
        ("root/.pgpass", "h:5432:d:u:Xk9\\:v2:p".to_owned(), "pgpass-password"),
        ("root/.pgpass", "h\\:1:5432:d:u:testing".to_owned(), "pgpass-password"),
        ("root/.aws/config", format!("aws_secret_access_key = {token}"), "aws-secret-key"),
        ("app/any", format!("export AWS_SECRET_ACCESS_KEY='{token}'"), "aws-secret-key"),
        ("app/any", format!("{{\"SecretAccessKey\": \"{token}\"}}"), "aws-secret-key"),
        ("app/any", format!("    client-key-data: {key}"), "kubeconfig-credential"),
        ("app/any", format!("kind: Config\nclusters: []\nusers:\n- user: {{token: {token}}}"), "kubeconfig-credential"),
        (
            "root/.kube/config",
            serde_json::json!({"kind": "Config", "clusters": [], "users": [{"user": {"token": token}}]}).to_string(),
            "kubeconfig-credential",
        ),
        (
            "app/terraform.tfstate",
            serde_json::json!({"resources": [{"instances": [{"attributes": {"password": "hunter2"}}]}]}).to_string(),
            "terraform-state",
        ),
        (
            "app/any",
            serde_json::json!({"terraform_version": "1.9", "outputs": {"x": {"value": "hunter2", "sensitive": true}}}).to_string(),
            "terraform-state",
        ),
    ] {
        assert_eq!(ids(path, &content), [id], "{path}: {content}");
    }
    for (path, content) in [
        ("root/.docker/config.json", docker("changeme")),
        ("root/.docker/config.json", docker("password")),
        ("root/.docker/config.json", auths(serde_json::json!({}))),
        ("root/.npmrc", "_auth=${NPM_AUTH}".to_owned()),
        ("root/.pgpass", "h:5432:d:u".to_owned()),
        ("www/wp-config.php", "define('DB_PASSWORD', getenv_docker('WORDPRESS_DB_PASSWORD', 'example'));".to_owned()),
        ("app/any", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()),
        ("app/any", "client-key-data: ${KEY}".to_owned()),
        ("app/x.tfstate", serde_json::json!({"terraform_version": "1", "outputs": {"name": {"value": "hunter2"}}, "resources": [{"password_policy": "strict", "secret_id": "s-1", "token": ""}]}).to_string()),
    ] {
        assert_eq!(ids(path, &content), <[&str; 0]>::default(), "{path}: {content}");
    }
}

#[test]
fn named_values_have_many_forms() {
    let value = random(&format!("{BASE62}!"), 16, 60);
    let line = |text: &str| text.replace('@', &value);
    for (path, text) in [
        ("a.env", "SECRET_KEY_BASE=@"),
        ("a.env", "DJANGO_SECRET_KEY='@'"),
        ("a.env", "DB_PASS=@"),
        ("a.yml", "dbPass: @"),
        ("a.yml", "smtp_pwd: \"@\""),
        ("a.yml", "env:\n- name: DB_PASSWORD\n  value: @"),
        ("a.json", r#"{"environment":[{"name":"DB_PASSWORD","value":"@"}]}"#),
        ("a.json", r#"{"passwords":["@"]}"#),
        ("a.php", "return ['password' => '@'];"),
        ("settings.xml", "<server><password>@</password></server>"),
        ("a.sh", "mysql --user root --password @"),
        ("a.sh", "curl -u bob:@ https://x.example"),
        ("a.sh", "curl -H \"Authorization: Bearer @\" https://x.example"),
        ("a.sh", "curl -H 'Authorization: Basic Ym9iOmh1bnRlcjI=' https://x.example"),
    ] {
        assert_eq!(ids(path, &line(text)), ["named-credential"], "{text}");
    }
    let long = format!("{{\"a\":\"{}\",\"db_password\":\"{value}\"}}", "x".repeat(2_100));
    for path in ["a.json", "a.yml"] {
        assert_eq!(ids(path, &long), ["named-credential"], "{path}");
    }
    let large = format!("#{}\nDB_PASSWORD={value}\n", "a".repeat(1_100_000));
    assert_eq!(found("app/.env", large.as_bytes()), [("named-credential", 2)]);
    let wide: Vec<u8> = format!("\u{feff}DB_PASSWORD={value}\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(found("app.ini", &wide), [("named-credential", 1)]);
    for text in [
        "mysql --password $PASSWORD",
        "mysql --password \"${PASSWORD}\"",
        "mysql --password --user root",
        "Authorization: Bearer ${TOKEN}",
        "Authorization: Bearer <token>",
        "Authorization: Basic dXNlcjpwYXNzd29yZA==",
        "bypass = @",
        "PWD=/srv/app/Xk9dk2",
        "password: test-password-123",
        "<password>${env.PASSWORD}</password>",
        "'password' => env('DB_PASSWORD'),",
        "name: DB_PASSWORD\nvalueFrom:\n  key: x",
        "if (password >= Xk39dkslP2) {}",
    ] {
        assert_eq!(ids("a.sh", &line(text)), <[&str; 0]>::default(), "{text}");
    }
    for (password, expected) in [("MyTest2024!k9", 1), ("SuperTest1", 0), ("testpassword1!", 0)] {
        assert_eq!(ids("a.env", &format!("DB_PASSWORD={password}")).len(), expected, "{password}");
    }
    let url = |host: &str| format!("postgres://bob:{}@{host}:5432/x", random(BASE62, 12, 3));
    assert_eq!(ids("a", &url("server")), ["url-password"]);
    assert_eq!(ids("a", &url("db.example.com")), <[&str; 0]>::default());
}

#[test]
fn what_is_too_long_is_a_gap() {
    let scanner = scanner();
    let mut scan = FileScan::new(&crate::limits::Limits::default());
    for (path, gaps) in [("a.env", 1), ("a.bin", 0)] {
        scan.begin(path.as_bytes());
        for _ in 0..20 {
            scan.data(&scanner, &vec![b'a'; 1 << 20]);
        }
        assert!(scan.end(&scanner).is_empty());
        assert_eq!(std::mem::take(&mut scan.gaps).len(), gaps, "{path}");
    }
}

#[test]
fn every_text_of_a_configuration_is_searched() {
    let value = random(&format!("{BASE62}!"), 16, 60);
    let token = tokens().remove(2).1;
    let of = |config: serde_json::Value| {
        let document = serde_json::json!({"config": config, "rootfs": {"diff_ids": []}});
        let limits = crate::limits::Limits::default();
        let config = Config::read(document.to_string().as_bytes(), "config", &limits).unwrap();
        in_configuration(&config, &BTreeMap::new(), &scanner()).items.len()
    };
    for config in [
        serde_json::json!({"Cmd": ["app", "--password", value]}),
        serde_json::json!({"Entrypoint": ["app", format!("--db-password={value}")]}),
        serde_json::json!({"Shell": ["/bin/sh", "-c", token]}),
        serde_json::json!({"WorkingDir": format!("/{token}")}),
        serde_json::json!({"User": token}),
        serde_json::json!({"Volumes": {token.clone(): {}}}),
        serde_json::json!({"OnBuild": [format!("ENV DB_PASSWORD {value}")]}),
        serde_json::json!({"Env": [format!("JAVA_OPTS=-Xmx1g -Ddb.password={value}")]}),
        serde_json::json!({"Env": [format!("DB_PASS={value}")]}),
    ] {
        assert_eq!(of(config.clone()), 1, "{config}");
    }
    let annotations = BTreeMap::from([("note".to_owned(), token.clone())]);
    assert_eq!(in_configuration(&Config::default(), &annotations, &scanner()).items.len(), 1);
    let in_steps = |step: serde_json::Value| {
        let document = serde_json::json!({"rootfs": {"diff_ids": []}, "history": [step]});
        let limits = crate::limits::Limits::default();
        let config = Config::read(document.to_string().as_bytes(), "config", &limits).unwrap();
        in_history(&config, &scanner()).items.len()
    };
    let secret = random(BASE62, 40, 71);
    for step in [
        serde_json::json!({"created_by": format!("/bin/sh -c #(nop)  ENV DB_PASSWORD {value}")}),
        serde_json::json!({"created_by": format!("RUN |1 TOKEN={value} /bin/bash -euo pipefail -c make # buildkit")}),
        serde_json::json!({"created_by": format!("RUN /bin/sh -c curl -H \"Authorization: Bearer {secret}\" https://x")}),
        serde_json::json!({"created_by": "COPY a b", "comment": token}),
        serde_json::json!({"created_by": "COPY a b", "author": token}),
        serde_json::json!({"author": token}),
    ] {
        assert_eq!(in_steps(step.clone()), 1, "{step}");
    }
}
