//! Debian's `docker-registry` with images that `skopeo` and `umoci` made; skipped where one of them is missing.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use posture_image::reference::Reference;

use super::sim::{OCI_INDEX, OCI_MANIFEST};
use super::{client, read};
use crate::{Client, Login, Options, Secret, Why, fallback_tag};

fn have(programs: &[&str]) -> bool {
    programs.iter().all(|program| {
        let mut run = Command::new(program);
        run.arg(if *program == "openssl" { "version" } else { "--version" })
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let found = run.status().is_ok_and(|status| status.success());
        if !found {
            eprintln!("SKIPPED: {program} is not installed");
        }
        found
    })
}

fn run(folder: &Path, script: &str) {
    let output = Command::new("sh").args(["-euc", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

struct Registry {
    process: Child,
    address: String,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a registry. `more` is added to its configuration.
fn start(folder: &Path, more: &str) -> Registry {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let config = format!(
        "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\nhttp:\n  addr: {address}\n{more}",
        folder.join("data").display()
    );
    let path = folder.join(format!("config-{port}.yml"));
    std::fs::write(&path, config).unwrap();
    let mut run = Command::new("docker-registry");
    run.arg("serve").arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
    let registry = Registry { process: run.spawn().unwrap(), address };
    for _ in 0..200 {
        if TcpStream::connect(&registry.address).is_ok() {
            return registry;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the registry does not start");
}

const IMAGE: &str = "umoci init --layout oci; umoci new --image oci:base
    umoci unpack --rootless --image oci:base b; mkdir -p b/rootfs/app; printf secret > b/rootfs/app/gone; printf kept > b/rootfs/app/kept
    umoci repack --image oci:s1 b; rm -r b
    umoci unpack --rootless --image oci:s1 b; rm b/rootfs/app/gone; umoci repack --image oci:s2 b
    umoci config --image oci:s2 --tag app --config.user 1000";

#[tokio::test]
async fn images_of_a_real_registry_are_read() {
    if !have(&["docker-registry", "skopeo", "umoci"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let registry = start(folder.path(), "");
    let address = &registry.address;
    run(
        folder.path(),
        &format!(
            "{IMAGE}
            skopeo copy -q --dest-tls-verify=false oci:oci:app docker://{address}/team/app:1
            skopeo copy -q --dest-tls-verify=false --format v2s2 oci:oci:app docker://{address}/team/app:docker
            skopeo inspect --tls-verify=false --format '{{{{.Digest}}}}' docker://{address}/team/app:1 > digest"
        ),
    );
    let named = |rest: &str| Reference::parse(&format!("{address}/team/app{rest}")).unwrap();
    let client = client();
    let expected = std::fs::read_to_string(folder.path().join("digest")).unwrap();
    for tag in [":1", ":docker"] {
        let remote = client.image(&named(tag)).await.unwrap();
        let (image, errors) = read(remote, "linux/amd64").await;
        let image = image.unwrap();
        assert!(image.is_complete() && errors.is_empty(), "{tag}: {:?} {errors:?}", image.gaps);
        assert_eq!(
            (image.config.user.as_str(), image.layers.len(), image.tree.len()),
            ("1000", 2, 3)
        );
    }
    let found = client.manifest(&named(":1")).await.unwrap().descriptor.digest;
    assert_eq!(found.to_string(), expected.trim());
    assert_eq!(client.tags(&named("")).await.unwrap().items, ["1", "docker"]);
    assert!(client.referrers(&named(""), &found).await.unwrap().is_certainly_empty());
    let tag = fallback_tag(&found);
    let copy = format!(
        "skopeo copy -q --src-tls-verify=false --dest-tls-verify=false docker://{address}/team/app:1 docker://{address}/team/app:{tag}"
    );
    run(folder.path(), &copy);
    let error = client.referrers(&named(""), &found).await.unwrap_err();
    assert!(matches!(error.why, Why::Malformed(_)), "an image is not a list of referrers: {error}");
    let size = client.manifest(&named(":1")).await.unwrap().descriptor.size;
    let index = serde_json::json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [
        { "mediaType": OCI_MANIFEST, "digest": found.to_string(), "size": size, "artifactType": "application/x" }] });
    let put = reqwest::Client::builder().no_proxy().build().unwrap();
    let put = put.put(format!("http://{address}/v2/team/app/manifests/{tag}"));
    let put = put.header("content-type", OCI_INDEX).body(index.to_string()).send().await.unwrap();
    assert_eq!(put.status(), 201);
    let list = client.referrers(&named(""), &found).await.unwrap();
    assert_eq!((list.items.len(), &list.items[0].digest, list.is_complete()), (1, &found, true));
    for rest in [":absent", &format!("@{}", super::sim::digest(b"x"))] {
        let error = client.manifest(&named(rest)).await.unwrap_err();
        assert!(
            matches!(&error.why, Why::Absent(why) if why.contains("MANIFEST_UNKNOWN")),
            "{error}"
        );
    }
    let other = Reference::parse(&format!("{address}/other:1")).unwrap();
    let error = client.tags(&other).await.unwrap_err();
    assert!(matches!(&error.why, Why::Absent(why) if why.contains("NAME_UNKNOWN")), "{error}");
}

#[tokio::test]
async fn a_real_registry_with_a_password_is_read() {
    if !have(&["docker-registry", "skopeo", "umoci"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // `canary-password`, as `htpasswd -B` writes it.
    std::fs::write(
        folder.path().join("htpasswd"),
        "user:$2b$04$joN2qBPIkp0z5dNcrkwaC.fhLE.w4D6Bno8BwCVJ1O.B5qhqWAQoq\n",
    )
    .unwrap();
    let auth = format!(
        "auth:\n  htpasswd: {{realm: x, path: {}}}\n",
        folder.path().join("htpasswd").display()
    );
    let registry = start(folder.path(), &auth);
    let address = registry.address.clone();
    run(
        folder.path(),
        &format!(
            "{IMAGE}\nskopeo copy -q --dest-tls-verify=false --dest-creds user:canary-password oci:oci:app docker://{address}/team/app:1"
        ),
    );
    let named = Reference::parse(&format!("{address}/team/app:1")).unwrap();
    let with = |password: &str| {
        let login = Login::Password { user: "user".to_owned(), password: Secret::new(password) };
        let logins = [(address.clone(), login)].into();
        Client::new(Options { logins, ..super::options().0 })
    };
    let remote = with("canary-password").image(&named).await.unwrap();
    assert!(read(remote, "linux/amd64").await.0.unwrap().is_complete());
    for client in [with("wrong-canary"), client()] {
        let error = client.image(&named).await.unwrap_err();
        assert!(
            matches!(error.why, Why::SignIn(_)) && !error.to_string().contains("canary"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_real_registry_is_trusted_by_its_authority() {
    if !have(&["docker-registry", "openssl", "skopeo", "umoci"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        "new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
        openssl req -x509 $new -keyout ca.key -out ca.pem -days 2 -subj /CN=ca -addext basicConstraints=critical,CA:TRUE
        openssl req $new -keyout leaf.key -out leaf.csr -subj /CN=leaf
        printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE' > leaf.ext
        openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile leaf.ext -out leaf.pem",
    );
    let file = |name: &str| folder.path().join(name);
    let tls = format!(
        "  tls: {{certificate: {}, key: {}}}\n",
        file("leaf.pem").display(),
        file("leaf.key").display()
    );
    let registry = start(folder.path(), &tls);
    let address = &registry.address;
    let copy = format!(
        "{IMAGE}\nskopeo copy -q --dest-tls-verify=false oci:oci:app docker://{address}/team/app:1"
    );
    run(folder.path(), &copy);
    let named = Reference::parse(&format!("{address}/team/app:1")).unwrap();
    let with = |authorities: Vec<u8>| {
        let options = super::options().0;
        Client::new(Options { authorities, plain_loopback: false, attempts: 1, ..options })
    };
    let client = with(std::fs::read(file("ca.pem")).unwrap());
    let (image, _) = read(client.image(&named).await.unwrap(), "linux/amd64").await;
    assert!(image.unwrap().is_complete());
    let error = with(Vec::new()).image(&named).await.unwrap_err();
    assert!(
        matches!(&error.why, Why::Unreachable(why) if why.contains("UnknownIssuer")),
        "{error}"
    );
    let error = with(std::fs::read(file("leaf.key")).unwrap()).image(&named).await.unwrap_err();
    assert!(matches!(error.why, Why::NotRequested(_)), "{error}");
}
