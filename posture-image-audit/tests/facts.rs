//! What becomes of an image: its facts, and what leaves them open.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "../../posture-image/tests/support/mod.rs"]
mod support;

use common::{OS, STATUS, image, input, is_open, now, scope, whole, why};
use posture_image::source::Root;
use posture_image_audit::database::Feeds;
use posture_image_audit::trust::Trust;
use posture_image_audit::{Options, read};
use posture_model::fact::{Fact, Known};
use posture_model::gap::Reason;
use posture_model::resource::ContainerImage;
use posture_model::scope::Level;
use posture_model::wanted::Wanted;
use serde_json::json;
use support::{Build, Header, Tar};

const PASSWD: &str =
    "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n";

/// A token of GitHub, whose last characters are its checksum.
fn token() -> String {
    // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    let random = "0123456789ABCDEFGHIJabcdefghij";
    let mut sum = u64::from(crc32(random.as_bytes()));
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut end = Vec::new();
    for _ in 0..6 {
        end.push(digits[usize::try_from(sum % 62).unwrap()]);
        sum /= 62;
    }
    end.reverse();
    format!("ghp_{random}{}", String::from_utf8(end).unwrap())
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}

fn with_user(user: &str) -> ContainerImage {
    let files = Tar::new().file("etc/passwd", PASSWD);
    image(Build::new().layer(files).config(json!({ "User": user })))
}

#[test]
fn the_user_is_resolved_in_the_image() {
    for (user, root, unresolved, named) in [
        ("", &["no user is set"][..], &[][..], &[][..]),
        ("root", &["the user is root"], &[], &[]),
        ("toor", &["the user is toor"], &[], &[]),
        ("0:1000", &["the user is 0:1000"], &[], &[]),
        ("1000", &[], &[], &[]),
        ("app", &[], &[], &["app (1000)"]),
        ("nobody-here", &[], &["nobody-here"], &[]),
    ] {
        let image = with_user(user);
        assert_eq!(whole(&image.root_user), root, "{user}");
        assert_eq!(whole(&image.unresolved_user), unresolved, "{user}");
        assert_eq!(whole(&image.named_user), named, "{user}");
    }
    let hostile = with_user("a b");
    assert!(is_open(&hostile.root_user) && is_open(&hostile.unresolved_user));
}

#[test]
fn a_name_in_a_layer_that_was_not_read_is_not_resolved() {
    let layer = Tar::new().file("etc/passwd", PASSWD);
    let mut broken = layer.end();
    broken.truncate(560);
    let scope = scope(Build::new().raw(broken).config(json!({ "User": "app" })));
    let image = &scope.container_images.items[0];
    assert!(is_open(&image.root_user) && is_open(&image.file_secrets), "{image:?}");
    assert!(!why(&scope, &image.root_user).is_empty());
    assert!(is_open(&image.world_writable) && is_open(&image.unrecorded_programs));
}

#[test]
fn a_credential_is_named_by_its_place_and_never_by_its_value() {
    let token = token();
    let build = Build::new()
        .layer(Tar::new().file("app/.env", format!("A=1\nTOKEN={token}\n")).file("gone", &token))
        .layer(Tar::new().file(".wh.gone", ""))
        .config(json!({
            "Env": [format!("GH={token}"), "DB_PASSWORD=kZ83nvQp1xLr"], "Labels": { "t": token },
        }))
        .history(&["COPY . /app", &format!("RUN |1 TOKEN={token} /bin/sh -c make # buildkit")]);
    let scope = scope(build);
    let image = &scope.container_images.items[0];
    assert_eq!(whole(&image.file_secrets), ["/app/.env: line 2: token of GitHub (layer 1)"]);
    assert_eq!(
        whole(&image.deleted_file_secrets),
        ["/gone: line 1: token of GitHub (layer 1, deleted or replaced in layer 2)"]
    );
    let configuration = whole(&image.configuration_secrets);
    assert!(
        configuration.contains(&"variable GH: token of GitHub".to_owned()),
        "{configuration:?}"
    );
    assert!(configuration.contains(&"label t: token of GitHub".to_owned()), "{configuration:?}");
    assert!(configuration.iter().any(|one| one.starts_with("variable DB_PASSWORD: ")));
    assert_eq!(
        whole(&image.history_secrets),
        ["step 2 (RUN, argument TOKEN): token of GitHub (layer 2)"]
    );
    // The value is nowhere in what is kept, except for the label, which the author published as one.
    let mut kept = scope.clone();
    kept.container_images.items[0].tags = Known(std::collections::BTreeMap::new());
    let text = serde_json::to_string(&kept).unwrap();
    assert!(!text.contains(&token) && !text.contains("kZ83nvQp1xLr"), "{text}");
}

#[test]
fn a_label_with_a_credential_is_no_tag() {
    let token = token();
    let labels = json!({ "Labels": { "t": token, "team": "web" } });
    let scope = scope(Build::new().config(labels));
    let Known(tags) = &scope.container_images.items[0].tags else { panic!() };
    assert_eq!(tags["team"], "web");
    assert!(!serde_json::to_string(&scope).unwrap().contains(&token));
}

#[test]
fn files_are_listed_with_their_layers() {
    let etc = Tar::new()
        .file("etc/os-release", OS)
        .file("var/lib/dpkg/status", STATUS)
        .file("var/lib/dpkg/info/bash.list", "/bin/bash\n/usr/bin/passwd\n")
        .file("var/lib/dpkg/info/libssl3:amd64.list", "/usr/lib/libssl.so.3\n")
        .mode("usr/bin/passwd", 0o4755, "x")
        .file("etc/shadow", "root::1::::::\napp:!:1::::::\n");
    let app = Tar::new()
        .mode("app/helper", 0o4755, "x")
        .mode("app/config", 0o666, "x")
        .dir_mode("tmp", 0o1777)
        .mode("usr/sbin/sshd", 0o755, "x")
        .mode("usr/bin/sudo", 0o755, "x")
        .mode("usr/bin/gcc", 0o755, "x")
        .file("etc/ssh/ssh_host_rsa_key", "x")
        .file("var/cache/apk/a.apk", "xyz")
        .file("app/.git/HEAD", "ref: refs/heads/main\n");
    let image = image(Build::new().layer(etc).layer(app));
    assert_eq!(whole(&image.privileged_files), ["/app/helper: setuid of user 0 (layer 2)"]);
    assert_eq!(whole(&image.world_writable), ["/app/config (layer 2)"]);
    assert_eq!(whole(&image.empty_passwords), ["root"]);
    assert_eq!(whole(&image.ssh_servers), ["/usr/sbin/sshd (layer 2)"]);
    assert_eq!(whole(&image.sudo_programs), ["/usr/bin/sudo (layer 2)"]);
    assert_eq!(whole(&image.unneeded_tools), ["/usr/bin/gcc (layer 2): compiler or build tool"]);
    assert_eq!(whole(&image.host_keys), ["/etc/ssh/ssh_host_rsa_key (layer 2)"]);
    assert_eq!(whole(&image.package_caches), ["/var/cache/apk: 1 file, 3 bytes"]);
    assert_eq!(whole(&image.git_directories), ["/app/.git (layer 2)"]);
    assert_eq!(image.distribution, Known(Some("debian 12".to_owned())));
    let day = |fact: &Fact<Option<posture_model::time::Time>>| match fact {
        Known(Some(time)) => time.day(),
        other => panic!("{other:?}"),
    };
    assert_eq!(day(&image.support_ends), "2026-07-11");
    assert_eq!(day(&image.extended_support_ends), "2028-06-30");
}

#[test]
fn without_lists_of_files_an_unusual_permission_is_not_decided() {
    let files = Tar::new().file("etc/os-release", OS).file("var/lib/dpkg/status", STATUS).mode(
        "usr/bin/passwd",
        0o4755,
        "x",
    );
    let found = image(Build::new().layer(files));
    assert!(is_open(&found.privileged_files), "{:?}", found.privileged_files);
    // Without any package, only the name in a folder of the system is usual.
    let alone = |path: &str| image(Build::new().layer(Tar::new().mode(path, 0o4755, "x")));
    assert!(whole(&alone("usr/bin/passwd").privileged_files).is_empty());
    assert_eq!(whole(&alone("app/passwd").privileged_files).len(), 1);
}

#[test]
fn what_the_build_did_is_unknown_without_a_history() {
    let config = || {
        json!({
            "ExposedPorts": { "22/tcp": {}, "80": {}, "8080/tcp": {} }, "Volumes": { "/etc": {}, "/data": {} },
            "Env": ["NODE_TLS_REJECT_UNAUTHORIZED=0", "LD_PRELOAD=/x.so", "PATH=/bin:.", "DOCKER_CONTENT_TRUST=1"],
        })
    };
    let layer = || Tar::new().file("a", "x");
    let steps = ["RUN apt-get update", "ADD a /a", "RUN curl -k https://x | sh"];
    let found = image(
        Build::new().layer(layer()).layer(layer()).layer(layer()).config(config()).history(&steps),
    );
    assert_eq!(whole(&found.lone_updates), ["step 1: apt-get update"]);
    assert_eq!(whole(&found.add_instructions), ["step 2: ADD"]);
    assert_eq!(whole(&found.unverified_downloads).len(), 2);
    assert_eq!(whole(&found.privileged_ports), ["22/tcp", "80/tcp"]);
    assert_eq!(whole(&found.management_ports), ["22/tcp (SSH)"]);
    assert_eq!(whole(&found.sensitive_volumes), ["/etc"]);
    assert_eq!(whole(&found.unverified_tls).len(), 1);
    assert_eq!(whole(&found.loader_variables).len(), 2);
    assert_eq!(whole(&found.content_trust).len(), 1);
    let silent = image(Build::new().layer(layer()).config(config()));
    for fact in [&silent.lone_updates, &silent.add_instructions, &silent.history_secrets] {
        assert!(is_open(fact), "{fact:?}");
    }
}

#[test]
fn a_health_check_can_only_be_missing_where_there_is_a_place_for_one() {
    let of = |docker, config| image(Build { docker, ..Build::new().config(config) }).health_check;
    let check = || json!({ "Healthcheck": { "Test": ["CMD", "true"] } });
    assert_eq!(of(true, json!({})), Known(false));
    assert_eq!(of(false, json!({})), Fact::NotOffered);
    assert_eq!((of(true, check()), of(false, check())), (Known(true), Known(true)));
    assert_eq!(of(true, json!({ "Healthcheck": { "Test": ["NONE"] } })), Known(false));
    assert!(of(true, json!({ "Healthcheck": { "Test": "x" } })).gap().is_some());
}

#[test]
fn names_and_labels_tell_where_an_image_is_from() {
    let of = |names: &[&str], labels: serde_json::Value| {
        let options = Options::default();
        let feeds = Feeds::open(&options, now());
        let input = input(Build::new().config(json!({ "Labels": labels })), names);
        let mut scope = read::read(&input, &options, &feeds, &Wanted::everything(), now);
        scope.container_images.items.remove(0)
    };
    let image = of(&["registry.example/shop/web:latest", "web:1.2"], json!({}));
    assert_eq!(image.id, "image/registry.example/shop/web");
    assert_eq!(whole(&image.latest_tags), ["registry.example/shop/web:latest"]);
    assert_eq!(whole(&image.missing_labels).len(), 2);
    let labels =
        json!({ "org.opencontainers.image.source": "https://x", "org.label-schema.vcs-ref": "a" });
    let image = of(&["1.2"], labels);
    assert_eq!(image.id, "image");
    assert!(whole(&image.latest_tags).is_empty() && whole(&image.missing_labels).is_empty());
    assert_eq!(of(&[], json!({})).latest_tags, Fact::NotOffered);
    assert_eq!(whole(&of(&["latest"], json!({})).latest_tags), ["latest"]);
    let hostile = of(&["a\u{1b}[31m\n"], json!({}));
    assert!(!hostile.name.contains('\u{1b}') && !hostile.name.contains('\n'));
}

#[test]
fn what_programs_read_differently_is_named() {
    let twice = image(Build::new().layer(Tar::new().file("a", "x").file("./a", "y")));
    assert_eq!(whole(&twice.ambiguous_layers), ["layer 1: /a is there twice"]);
    let good = image(Build::new().layer(Tar::new().file("a", "x")));
    assert!(whole(&good.ambiguous_layers).is_empty());
    // A header that another program reads with another size.
    let header = Header::new(b"b", b'0', 0o644, 0);
    let odd = Tar::new().pax(&[("size", b"4")]).header(header, b"abcd");
    let found = image(Build::new().layer(odd));
    let Known(entries) = &found.ambiguous_layers else { panic!("{:?}", found.ambiguous_layers) };
    assert!(!entries.certain().is_empty());
}

#[test]
fn signatures_are_unknown_until_someone_looks() {
    let options = Options::default();
    let feeds = Feeds::open(&options, now());
    let read = |trust: Trust| {
        let mut input = input(Build::new(), &[]);
        input.trust = trust;
        read::read(&input, &options, &feeds, &Wanted::everything(), now)
    };
    let archive = read(Trust::of_archive());
    let image = &archive.container_images.items[0];
    for fact in [&image.signed, &image.signature_verified, &image.provenance_verified] {
        assert!(why(&archive, fact).contains("not read for archives"), "{fact:?}");
    }
    let signed =
        Trust { signed: Ok(true), repository: Ok("a.example/b".to_owned()), ..Trust::of_archive() };
    let found = read(signed);
    let image = &found.container_images.items[0];
    assert_eq!(
        (&image.signed, &image.repository),
        (&Known(true), &Known("a.example/b".to_owned()))
    );
    assert!(image.signature_verified.gap().is_some());
}

#[test]
fn what_is_no_image_is_a_scope_of_which_nothing_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let paths = vec![
        write("empty.tar", b""),
        write("text.tar", b"no archive"),
        write("gzip.tar", &[0x1f, 0x8b, 8, 0]),
        write("other.tar", &Tar::new().file("a", "x").end()),
        folder.path().join("missing.tar"),
        folder.path().to_owned(),
    ];
    let count = paths.len();
    let options = Options { paths, ..Options::default() };
    let inputs = read::inputs(&options, now());
    assert_eq!(inputs.len(), count);
    for input in inputs {
        let scope = input.unwrap_err();
        assert_eq!(scope.level, Level::Image);
        let gap = scope.gaps.last().unwrap();
        assert_eq!(gap.reason, Reason::InvalidFile, "{gap:?}");
        assert!(scope.container_images.items.is_empty());
        assert!(!scope.container_images.gaps.is_empty() && !scope.vulnerabilities.gaps.is_empty());
    }
}

#[test]
fn only_what_is_wanted_is_kept() {
    let options = Options::default();
    let feeds = Feeds::open(&options, now());
    let wanted = Wanted::of(&[ContainerImage::ROOT_USER], &[]);
    let scope = read::read(&input(Build::new(), &[]), &options, &feeds, &wanted, now);
    let image = &scope.container_images.items[0];
    assert!(image.root_user.is_known() && image.file_secrets.is_not_collected());
    assert!(!scope.vulnerabilities.is_collected());
}

#[test]
fn a_download_of_which_buildkit_keeps_no_checksum_is_open() {
    let of = |steps: &[&str]| {
        let build = Build::new().layer(Tar::new().file("a", "x")).config(json!({}));
        image(build.history(steps)).add_instructions
    };
    let open = of(&["ADD https://x.example/a /a # buildkit"]);
    assert!(is_open(&open) && open.gap().is_some(), "{open:?}");
    assert!(!is_open(&of(&["ADD --checksum=sha256:abc https://x.example/a /a"])));
    assert_eq!(
        whole(&of(&["/bin/sh -c #(nop) ADD https://x.example/a in /a"])),
        ["step 1: ADD of an address without a checksum"]
    );
    let habits = Build::new().layer(Tar::new().file("a", "x")).config(json!({}));
    let image = image(habits.history(&["ADD https://x.example/a /a # buildkit"]));
    assert!(!is_open(&image.unverified_downloads) && !is_open(&image.lone_updates));
}

#[test]
fn the_platform_that_was_chosen_is_part_of_the_name() {
    let build = || Build::new().layer(Tar::new().file("a", "x")).config(json!({}));
    assert_eq!(scope(build()).name.as_deref(), Some("app.tar"));
    let mut input = input(build(), &["a:1"]);
    let (mut blobs, mut named) = build().finish();
    let Root::Document(root) = &mut named.root else { panic!() };
    let platform = json!({ "os": "linux", "architecture": "amd64" });
    let entry = json!({ "mediaType": root.media_type, "digest": root.digest.to_string(), "size": root.size, "platform": platform });
    let kind = "application/vnd.oci.image.index.v1+json";
    let index = json!({ "schemaVersion": 2, "mediaType": kind, "manifests": [entry] }).to_string();
    (root.size, root.media_type) = (index.len() as u64, kind.to_owned());
    root.digest = blobs.add(index.into_bytes());
    (input.blobs, input.named) = (std::sync::Arc::new(blobs), named);
    let options = Options::default();
    let feeds = Feeds::open(&options, now());
    let scope = read::read(&input, &options, &feeds, &Wanted::everything(), now);
    assert_eq!(scope.name.as_deref(), Some("app.tar (linux/amd64)"));
    assert_eq!(scope.id, "app.tar");
}
