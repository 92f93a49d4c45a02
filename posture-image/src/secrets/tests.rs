//! Values that look like secrets are put together here at run time, so that no scanner finds them in the repository.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

mod archives;
mod forms;

/// Characters of an alphabet that look random and are always the same.
fn random(alphabet: &str, length: usize, mut seed: u64) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        alphabet[usize::try_from(seed >> 33).unwrap() % alphabet.len()]
    };
    (0..length).map(|_| next()).collect()
}

const BASE62: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";

fn bytes(length: usize, seed: u64) -> Vec<u8> {
    random(BASE62, length, seed).into_bytes()
}

fn checksummed(prefix: &str) -> String {
    let body = random(BASE62, 30, 5);
    let sum = tokens::base62(crc32fast::hash(body.as_bytes()));
    format!("{prefix}{body}{}", String::from_utf8(sum.to_vec()).unwrap())
}

fn pem(label: &str, body: &[u8]) -> String {
    let text = STANDARD.encode(body);
    let lines: Vec<String> =
        text.as_bytes().chunks(64).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    format!("-----{} {label}-----\n{}\n-----END {label}-----\n", "BEGIN", lines.join("\n"))
}

/// A sequence of ASN.1 with this many bytes in it.
fn der(length: u16) -> Vec<u8> {
    [&[0x30, 0x82][..], &length.to_be_bytes(), &bytes(usize::from(length), 9)].concat()
}

fn openssh(cipher: &str) -> String {
    let length = u32::try_from(cipher.len()).unwrap().to_be_bytes();
    pem(
        &private("OPENSSH "),
        &[b"openssh-key-v1\0", &length[..], cipher.as_bytes(), &bytes(300, 4)].concat(),
    )
}

fn private(kind: &str) -> String {
    format!("{kind}PRIVATE {}", "KEY")
}

fn jwt(header: &str, signature: usize) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(header), part(r#"{"sub":"1","iat":1}"#), random(BASE62, signature, 3))
}

fn scanner() -> Scanner {
    Scanner::new([1; 32])
}

/// The forms in a file.
fn found(path: &str, content: &[u8]) -> Vec<(&'static str, u64)> {
    let scanner = scanner();
    let mut scan = FileScan::new(&crate::limits::Limits::default());
    scan.begin(path.as_bytes());
    for piece in content.chunks(1 << 20) {
        scan.data(&scanner, piece);
    }
    scan.end(&scanner).into_iter().map(|one| (one.form.id, one.line)).collect()
}

fn tokens() -> Vec<(&'static str, String)> {
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let dashed = format!("{BASE62}_-");
    vec![
        ("aws-access-key", format!("AK{}{}", "IA", random(upper, 16, 1))),
        ("aws-access-key", format!("AS{}{}", "IA", random(upper, 16, 2))),
        ("github-token", checksummed("ghp_")),
        ("github-token", checksummed("ghs_")),
        (
            "github-token",
            format!("github_{}_{}_{}", "pat", random(BASE62, 22, 1), random(BASE62, 59, 2)),
        ),
        ("gitlab-token", format!("gl{}-{}", "pat", random(&dashed, 20, 12))),
        ("npm-token", checksummed("npm_")),
        ("pypi-token", format!("pypi-{}{}", "AgEIcHlwaS5vcmc", random(&dashed, 100, 4))),
        (
            "slack-token",
            format!(
                "xox{}-{}-{}-{}",
                "b",
                random("0123456789", 12, 1),
                random("0123456789", 12, 2),
                random(BASE62, 24, 3)
            ),
        ),
        (
            "slack-webhook",
            format!(
                "https://hooks.slack.{}/services/T{}/B{}/{}",
                "com",
                random(upper, 8, 1),
                random(upper, 8, 2),
                random(BASE62, 24, 3)
            ),
        ),
        ("stripe-key", format!("sk_{}_{}", "live", random(BASE62, 24, 6))),
        ("google-api-key", format!("AI{}{}", "za", random(&dashed, 35, 7))),
        (
            "azure-storage-key",
            format!("AccountName=a;Account{}={}", "Key", STANDARD.encode(bytes(64, 8))),
        ),
        (
            "azure-sas",
            format!(
                "https://a.blob.core.windows.net/c?sv=2022-11-02&se=2026-01-01&sr=c&sp=r&s{}={}%3D",
                "ig",
                random(BASE62, 43, 9)
            ),
        ),
        (
            "hugging-face-token",
            format!("h{}_{}", "f", random("abcdefghijklmnopqrstuvwxyzABCDEF", 34, 3)),
        ),
        ("sendgrid-key", format!("S{}.{}.{}", "G", random(&dashed, 22, 21), random(BASE62, 43, 2))),
        ("digitalocean-token", format!("dop_{}_{}", "v1", random(HEX, 64, 3))),
        (
            "age-key",
            format!("AGE-SECRET-{}-1{}", "KEY", random("023456789ACDEFGHJKLMNPQRSTUVWXYZ", 58, 3)),
        ),
        ("vault-token", format!("h{}.{}", "vs", random(BASE62, 92, 3))),
        ("jwt", jwt(r#"{"alg":"HS256","typ":"JWT"}"#, 43)),
        ("jwt-unsigned", jwt(r#"{"alg":"none"}"#, 0)),
        ("url-password", format!("postgres://app:{}@db.internal:5432/x", random(BASE62, 12, 3))),
        ("private-key", pem(&private("RSA "), &der(600))),
        ("private-key", pem(&private(""), &der(600)).replace('\n', "\\n")),
        ("private-key", openssh("none")),
        ("encrypted-private-key", openssh("aes256-ctr")),
        ("encrypted-private-key", pem(&format!("ENCRYPTED {}", private("")), &der(600))),
        (
            "google-service-account",
            format!(
                r#"{{"type": "service_account", "private_key": "{}"}}"#,
                pem(&private(""), &der(600)).replace('\n', "\\n")
            ),
        ),
    ]
}

#[test]
fn known_forms_are_found_alone_and_among_other_bytes() {
    for (id, token) in tokens() {
        assert_eq!(found("a", token.as_bytes()), [(id, 1)], "{token}");
        let among = format!("first\nname: '{token}'\nlast\n");
        assert_eq!(found("a", among.as_bytes()), [(id, 2)], "{token}");
        let binary = [&[0, 1, 2, b'\n', 0][..], token.as_bytes(), &[0, 0xff]].concat();
        assert_eq!(found("a", &binary), [(id, 2)], "{token}");
    }
}

#[test]
fn a_token_between_two_pieces_of_a_file_is_found_once() {
    let (id, token) = tokens().remove(2);
    for before in [
        (1 << 20) - 50,
        (1 << 20) - 20,
        (1 << 20) - 1,
        1 << 20,
        (1 << 20) - (16 << 10) - 10,
        (2 << 20) - 5,
    ] {
        let mut content = b"x\n".repeat(before / 2);
        content.resize(before, b' ');
        content.extend_from_slice(token.as_bytes());
        content.extend_from_slice(&b" y\n".repeat(20_000));
        let line = content[..before].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        assert_eq!(found("a", &content), [(id, line)], "{before}");
    }
}

#[test]
fn lookalikes_are_not_findings() {
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let certificate = pem("CERTIFICATE", &der(700));
    let github = checksummed("ghp_");
    let wrong_sum = format!("{}{}", &github[..39], if github.ends_with('a') { "b" } else { "a" });
    let looks = [
        certificate.clone(),
        certificate.repeat(100),
        pem("PUBLIC KEY", &der(300)),
        pem(&private("RSA "), b"short"),
        pem(&private("RSA "), &[0x31; 600]),
        format!("if text.startswith('-----BEGIN {}-----'):", private("RSA ")),
        format!("-----BEGIN {}-----\n...\n-----END {}-----", private(""), private("")),
        format!("AKIA{}EXAMPLE", "IOSFODNN7"),
        format!("x{}{}", "AKIA", random(upper, 16, 1)),
        format!("AKIA{}", random(upper, 17, 1)),
        format!("AKIA{}", "A".repeat(16)),
        format!("AKIA{}/", random(upper, 16, 1)),
        wrong_sum,
        format!("ghp_{}", "x".repeat(36)),
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".to_owned(),
        format!("sk_test_{}", random(BASE62, 24, 1)),
        format!("sk_live_{}", "your_key_goes_here_please"),
        format!("hf_{}", "a".repeat(34)),
        format!("AIza{}", random(BASE62, 36, 7)),
        format!("xoxb-{}", "your-token"),
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX".to_owned(),
        "eyJhbGciOi.eyJub.x".to_owned(),
        format!("eyJ{}.eyJ{}.{}", random(BASE62, 30, 1), random(BASE62, 30, 2), random(BASE62, 43, 3)),
        "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==".to_owned(),
        format!("sig={}", random(BASE62, 43, 9)),
        "postgres://user:password@host:5432/x".to_owned(),
        "postgres://user:${DB_PASSWORD}@db.internal/x".to_owned(),
        "https://user:pass@example.com/".to_owned(),
        "http://[user]:[secretvalue]@proxy.internal".to_owned(),
        "git@github.com:a/b.git, https://x.test:8080/@scope/name".to_owned(),
        "mailto://a:b@c".to_owned(),
        random(HEX, 64, 1),
        format!("sha256:{}", random(HEX, 64, 2)),
        format!("\"integrity\": \"sha512-{}==\"", random(BASE62, 86, 3)),
        format!("{}  usr/bin/x", random(HEX, 32, 4)),
    ];
    for content in looks {
        assert_eq!(found("etc/app.conf", content.as_bytes()), [], "{content}");
    }
}

#[test]
fn values_with_telling_names_are_found_in_configuration_only() {
    let value = random(&format!("{BASE62}!%"), 16, 40);
    let line = |line: &str| line.replace('@', &value);
    for text in [
        "db_password = @",
        "DB_PASSWORD='@'",
        "  apiKey: \"@\"",
        "{\"client_secret\": \"@\"}",
        "export API_TOKEN=@",
    ] {
        let text = line(text);
        assert_eq!(found("etc/app.conf", text.as_bytes()), [("named-credential", 1)], "{text}");
        assert_eq!(found("app/.env", text.as_bytes()), [("named-credential", 1)], "{text}");
        for elsewhere in
            ["app/main.c", "usr/share/x.conf", "app/node_modules/a/x.json", "app/package-lock.json"]
        {
            assert_eq!(found(elsewhere, text.as_bytes()), [], "{elsewhere}");
        }
    }
    for text in [
        "# password = @",
        "password_file = /run/secrets/x1y2z3",
        "password = ${DB_PASSWORD}",
        "password = changeme123",
        "password: <your password>",
        "token_url = https://a.b/C1",
        "secret_name = app-Secret-1",
        "password = getenv('A1b2C3d4')",
        "password = hunter2",
        "password=",
        "token: true",
        "password: aaaaaaaaaaaa",
        "monkey = @",
        "public_key = @",
        "password == @",
        "password = {{ vault.Passw0rd }}",
        "keyword = @",
        "password = file:/etc/S3cr3t-x",
        "password-policy: Xk39dkslP2",
        "password = example-Passw0rd",
    ] {
        let text = line(text);
        assert_eq!(found("etc/app.conf", text.as_bytes()), [], "{text}");
    }
}

#[test]
fn files_with_credentials_are_known_by_name() {
    let value = random(BASE62, 24, 50);
    let auth = STANDARD.encode(format!("user:{value}"));
    let client_key = STANDARD.encode(pem(&private("EC "), &der(200)));
    for (path, content, id) in [
        (
            "root/.docker/config.json",
            format!(r#"{{"auths": {{"r.io": {{"auth": "{auth}"}}}}}}"#),
            "registry-login",
        ),
        ("root/.dockercfg", format!(r#"{{"r.io": {{"auth": "{auth}"}}}}"#), "registry-login"),
        (
            "root/.npmrc",
            format!("//registry.npmjs.org/:_authToken={value}"),
            "package-registry-login",
        ),
        (
            "root/.pypirc",
            format!("[pypi]\nusername = a\npassword = {value}"),
            "package-registry-login",
        ),
        ("root/.netrc", format!("machine x login a password {value}"), "netrc-password"),
        ("root/.pgpass", format!("h:5432:d:u:{value}"), "pgpass-password"),
        (
            "root/.aws/credentials",
            format!("[default]\naws_secret_access_key = {value}"),
            "aws-secret-key",
        ),
        (
            "root/.kube/config",
            format!("kind: Config\nusers:\n- user:\n    client-key-data: {client_key}"),
            "kubeconfig-credential",
        ),
        ("www/wp-config.php", format!("define('DB_PASSWORD', '{value}');"), "wordpress-password"),
    ] {
        let found: Vec<_> = found(path, content.as_bytes()).into_iter().map(|(id, _)| id).collect();
        assert_eq!(found, [id], "{path}");
    }
    for (path, content) in [
        ("root/.docker/config.json", r#"{"auths": {}, "credsStore": "x"}"#.to_owned()),
        ("root/.npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}".to_owned()),
        ("root/.netrc", "machine x login a password changeme".to_owned()),
        ("root/.pgpass", "# h:p:d:u:password".to_owned()),
        ("root/.kube/config", "users:\n- user:\n    token: ${TOKEN}".to_owned()),
        ("www/wp-config.php", "define('DB_PASSWORD', 'password_here');".to_owned()),
    ] {
        assert_eq!(found(path, content.as_bytes()), [], "{path}");
    }
}

#[test]
fn configuration_and_history_are_searched() {
    let value = random(&format!("{BASE62}!"), 16, 60);
    let token = tokens().remove(2).1;
    let config = serde_json::json!({
        "config": {"Env": [format!("DB_PASSWORD={value}"), "PATH=/bin", "TOKEN_FILE=/run/secrets/t", format!("X={token}")],
            "Labels": {"note": token}, "Cmd": ["app", format!("--token={token}")]},
        "rootfs": {"diff_ids": []},
        "history": [
            {"created_by": format!("RUN |1 API_TOKEN={value} /bin/sh -c make # buildkit"), "empty_layer": true},
            {"created_by": format!("RUN /bin/sh -c curl -H 'Authorization: {token}' https://x.example # buildkit"), "empty_layer": true},
            {"created_by": format!("ENV DB_PASSWORD={value}"), "empty_layer": true},
        ],
    });
    let config =
        Config::read(config.to_string().as_bytes(), "config", &crate::limits::Limits::default())
            .unwrap();
    let mut list = in_configuration(&config, &BTreeMap::new(), &scanner());
    assert!(list.is_complete());
    list.append(in_history(&config, &scanner()));
    let places: Vec<String> =
        list.items.iter().map(|one| format!("{} {:?}", one.form.id, one.place)).collect();
    assert_eq!(list.items.len(), 7, "{places:#?}");
    let shown = format!("{list:?}");
    assert!(!shown.contains(&value) && !shown.contains(&token), "values are never kept");
    let same: std::collections::BTreeSet<_> = list
        .items
        .iter()
        .filter(|one| one.form.id == "github-token")
        .map(|one| &one.fingerprint)
        .collect();
    assert_eq!(same.len(), 1, "equal values have equal fingerprints");
    let other = in_configuration(&config, &BTreeMap::new(), &Scanner::new([2; 32]));
    assert_ne!(
        other.items[0].fingerprint, list.items[0].fingerprint,
        "in another report they differ"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(
        std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(128)
    ))]

    #[test]
    fn any_bytes_can_be_searched(
        parts in proptest::collection::vec((0..tokens::RULES.len(), proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)), 0..20),
        path in "[a-z./_]{0,20}",
    ) {
        let mut content = Vec::new();
        for (rule, bytes) in parts {
            content.extend_from_slice(tokens::RULES[rule].begins.as_bytes());
            content.extend_from_slice(&bytes);
        }
        found(&path, &content);
        generic::assignments(&String::from_utf8_lossy(&content));
    }
}
