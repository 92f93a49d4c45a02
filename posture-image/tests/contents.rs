//! What is found in an image from end to end.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use posture_image::config::user::{self, User};
use posture_image::files;
use posture_image::image::Image;
use posture_image::limits::Limits;
use posture_image::packages::{Manager, Ownership};
use posture_image::{Answer, Cause};
use serde_json::json;
use support::{Build, Tar};

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\ngroupless:x:1001:0::/:\nodd:x:x:0::/:\n\
    \t blank:x:0:0::/:\nshort\nshorter:x\n#note:x:0:0::/:\n";

fn user_of(user: &str, tar: Tar) -> Answer<User> {
    let image = Build::new().layer(tar).config(json!({ "User": user })).read();
    user::resolve(&image.config.user, &image.tree, &Limits::default())
}

#[test]
fn users_are_resolved_in_the_image() {
    let tar =
        || Tar::new().file("etc/passwd", PASSWD).file("etc/group", "root:x:0:\nstaff:x:50:\n");
    let root = |stated: &str| Some(User::Root { stated: stated.to_owned() });
    let name =
        |name: &str, uid, root_group| Some(User::Name { name: name.to_owned(), uid, root_group });
    for (stated, expected) in [
        ("", root("")),
        ("root", root("root")),
        ("0", root("0")),
        ("0:1000", root("0:1000")),
        ("toor", root("toor")),
        ("000", root("000")),
        ("app", name("app", 1000, false)),
        ("app:0", name("app", 1000, true)),
        ("app:staff", name("app", 1000, false)),
        ("groupless", name("groupless", 1001, true)),
        ("1000", Some(User::Number { uid: 1000, root_group: true })),
        ("1000:1000", Some(User::Number { uid: 1000, root_group: false })),
        ("1000:root", Some(User::Number { uid: 1000, root_group: true })),
        ("ghost", Some(User::NotThere { name: "ghost".to_owned() })),
        ("app:ghosts", Some(User::NotThere { name: "ghosts".to_owned() })),
        ("-1", None),
        ("2147483648", None),
        ("99999999999999999999", None),
        (" app", None),
        ("a:b:c", None),
        (":", None),
        ("+5", None),
        ("odd", None),
        ("blank", root("blank")),
        ("#note", root("#note")),
        ("short", None),
        ("shorter", None),
    ] {
        let found = user_of(stated, tar());
        assert_eq!(found.known(), expected.as_ref(), "{stated:?}: {found:?}");
        assert_eq!(found.gap().is_some(), expected.is_none(), "{stated:?}: {found:?}");
    }
}

#[test]
fn a_user_whose_passwd_is_not_certain_is_unknown() {
    assert_eq!(user_of("app", Tar::new()).known(), Some(&User::NotThere { name: "app".into() }));
    assert_eq!(
        user_of("1000:1000", Tar::new()).known(),
        Some(&User::Number { uid: 1000, root_group: false })
    );
    let elsewhere =
        user_of("app", Tar::new().symlink("etc/passwd", "../other").file("other", PASSWD));
    assert_eq!(elsewhere.gap().unwrap().cause, Cause::NotRead);
    let ambiguous = user_of("app", Tar::new().file("etc/passwd", PASSWD).file("a/../b", ""));
    assert_eq!(ambiguous.gap().unwrap().cause, Cause::Ambiguous);
    let absent = user_of("app", Tar::new().file("a/../etc/passwd", PASSWD));
    assert!(absent.gap().is_some(), "what was refused may be the file");
}

#[test]
fn rights_of_files_are_listed() {
    let image = Build::new()
        .layer(
            Tar::new()
                .mode("bin/su", 0o4755, "x")
                .mode("app/bash", 0o4755, "x")
                .mode("usr/bin/wall", 0o2755, "x")
                .dir_mode("srv", 0o2775)
                .dir_mode("tmp", 0o1777)
                .dir_mode("data", 0o777)
                .mode("conf", 0o666, "")
                .mode("tmp/x", 0o666, "")
                .owned("who", 77, b"")
                .file(
                    "var/lib/dpkg/status",
                    "Package: login\nStatus: install ok installed\nVersion: 1\n",
                )
                .file("etc/passwd", PASSWD)
                .file("var/lib/dpkg/info/login.list", "/.\n/bin\n/bin/su\n"),
        )
        .read();
    let privileged = files::privileged(&image.tree, &image.packages.owners);
    let short: Vec<_> = privileged
        .items
        .iter()
        .map(|one| (one.path.as_str(), one.setuid, one.setgid, one.usual, one.runs_anything))
        .collect();
    assert_eq!(
        short,
        [
            ("/app/bash", true, false, false, true),
            ("/bin/su", true, false, true, false),
            ("/usr/bin/wall", false, true, false, false)
        ]
    );
    let writable: Vec<_> =
        files::world_writable(&image.tree).items.into_iter().map(|(path, _)| path).collect();
    assert_eq!(writable, ["/conf", "/data"]);
    assert_eq!(
        files::unknown_owners(&image.tree, &Limits::default()).items,
        [("/who".to_owned(), 77)]
    );
}

#[test]
fn a_hard_link_with_other_rights_is_ambiguous() {
    let capability: &[u8] = &[1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let file = || Tar::new().mode("app/x", 0o755, "x");
    let pax = || file().pax(&[("SCHILY.xattr.security.capability", capability)]);
    for (tar, fine) in [
        (file().hard_link_mode("app/y", 0o755, "app/x"), true),
        (file().hard_link_mode("app/y", 0o4755, "app/x"), false),
        (file().hard_link_mode("app/y", 0o757, "app/x"), false),
        (pax().hard_link_mode("app/y", 0o755, "app/x"), false),
        (Tar::new().owned("app/x", 5, b"x").hard_link("app/y", "app/x"), false),
        (file().symlink("l", "x").hard_link_mode("m", 0o644, "l"), true),
    ] {
        let image = Build::new().layer(tar.clone()).read();
        assert_eq!(image.is_complete(), fine, "{:?}", image.gaps);
        let lower =
            Build::new().layer(file()).layer(Tar::new().hard_link_mode("y", 0o4755, "app/x"));
        assert_eq!(lower.read().gaps[0].cause, Cause::Ambiguous);
    }
}

#[test]
fn open_accounts_keys_and_tools_are_listed() {
    let image = Build::new()
        .layer(
            Tar::new()
                .file("etc/passwd", "root:x:0:0:::\nopen::5:5:::\nshort\n#off::6:6:::\n")
                .file("etc/shadow", "root:*:1::::::\nfree::1::::::\nlocked:!:1::::::\n")
                .file("etc/ssh/ssh_host_rsa_key", "x")
                .file("etc/ssh/ssh_host_rsa_key.pub", "x")
                .file("usr/sbin/sshd", "x")
                .file("usr/bin/sudo", "x")
                .file("var/lib/apt/lists/lock", "")
                .file("var/lib/apt/lists/a_Packages", "12")
                .file("src/.git/HEAD", "ref"),
        )
        .read();
    assert_eq!(files::empty_passwords(&image.tree, &Limits::default()).items, ["free", "open"]);
    assert_eq!(files::host_keys(&image.tree).items, [("/etc/ssh/ssh_host_rsa_key".to_owned(), 0)]);
    assert_eq!(files::caches(&image.tree).items, [("var/lib/apt/lists".to_owned(), 1, 2)]);
    assert_eq!(files::repositories(&image.tree).items, [("/src/.git".to_owned(), 0)]);
    let tools: Vec<_> =
        files::tools(&image.tree).items.into_iter().map(|(tool, _, _)| tool).collect();
    assert_eq!(tools, [files::Tool::SshServer, files::Tool::Sudo]);
}

#[test]
fn tools_keys_and_caches_are_found_away_from_their_usual_places() {
    let image = Build::new()
        .layer(
            Tar::new()
                .symlink("etc/ssh", "/opt/ssh")
                .file("opt/ssh/ssh_host_rsa_key", "x")
                .file("opt/openssh/sbin/sshd", "x")
                .file("opt/jdk/bin/javac", "x")
                .file("usr/bin/x86_64-linux-gnu-gcc-12", "x")
                .symlink("usr/bin/gcc-12", "x86_64-linux-gnu-gcc-12")
                .file("usr/bin/pip3.11", "x")
                .file("etc/pam.d/sshd", "x")
                .file("usr/share/doc/gcc-12", "x")
                .file("home/app/.cache/pip/http/x", "12")
                .file("src/.git/config", "x")
                .file("src/.git/objects/ab/cd", "x")
                .file("src/.gitignore", "x")
                .file("srv/x.git/y", "x"),
        )
        .read();
    let tools: Vec<_> =
        files::tools(&image.tree).items.into_iter().map(|(_, path, _)| path).collect();
    assert_eq!(
        tools,
        [
            "/opt/openssh/sbin/sshd",
            "/opt/jdk/bin/javac",
            "/usr/bin/gcc-12",
            "/usr/bin/x86_64-linux-gnu-gcc-12",
            "/usr/bin/pip3.11"
        ]
    );
    assert_eq!(files::host_keys(&image.tree).items, [("/opt/ssh/ssh_host_rsa_key".to_owned(), 0)]);
    assert_eq!(files::caches(&image.tree).items, [("home/app/.cache/pip".to_owned(), 1, 2)]);
    assert_eq!(files::repositories(&image.tree).items, [("/src/.git".to_owned(), 0)]);
}

fn packages(image: &Image) -> Vec<(Manager, &str, &str)> {
    image
        .packages
        .packages
        .items
        .iter()
        .map(|one| (one.manager, one.name.as_str(), one.version.as_str()))
        .collect()
}

fn metadata(name: &str, version: &str) -> String {
    format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nText\n")
}

#[test]
fn packages_of_languages_that_the_distribution_owns_are_its_own() {
    let image = Build::new()
        .layer(
            Tar::new()
                .dir("usr").dir("usr/lib").symlink("lib", "usr/lib").file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
                .file("var/lib/dpkg/status", "Package: python3-six\nStatus: install ok installed\nArchitecture: all\nSource: six\nVersion: 1.16.0-4\n")
                .file("var/lib/dpkg/info/python3-six.list", "/.\n/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO\n")
                .file("usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO", metadata("six", "1.16.0"))
                .file("usr/local/lib/python3.11/site-packages/flask-2.0.dist-info/METADATA", metadata("Flask", "2.0"))
                .file("app/node_modules/@a/b/package.json", r#"{"name":"@a/b","version":"1.0.0"}"#),
        )
        .read();
    assert_eq!(
        packages(&image),
        [
            (Manager::Dpkg, "python3-six", "1.16.0-4"),
            (Manager::Npm, "@a/b", "1.0.0"),
            (Manager::Python, "flask", "2.0"),
            (Manager::Python, "six", "1.16.0"),
        ]
    );
    let ownership = |name: &str| {
        &image.packages.packages.items.iter().find(|one| one.name == name).unwrap().ownership
    };
    assert_eq!(
        ownership("six"),
        &Ownership::Distribution("python3-six".into()),
        "through the link of merged usr"
    );
    assert_eq!(ownership("flask"), &Ownership::Own);
    assert!(image.packages.packages.is_complete(), "{:?}", image.packages.packages.gaps);
    assert_eq!(image.packages.os.known().unwrap().ecosystem().unwrap(), "Debian:12");
}

#[test]
fn a_deleted_database_is_read_from_the_layer_that_has_it() {
    let image =
        Build::new()
            .layer(Tar::new().file(
                "var/lib/dpkg/status",
                "Package: a\nStatus: install ok installed\nVersion: 1\n",
            ))
            .layer(Tar::new().file("var/lib/.wh.dpkg", ""))
            .read();
    assert_eq!(packages(&image), [(Manager::Dpkg, "a", "1")]);
    assert_eq!(image.packages.deleted, [("/var/lib/dpkg/status".to_owned(), 1)]);
}

#[test]
fn databases_that_are_not_read_are_gaps() {
    for (path, cause) in [
        ("var/lib/rpm/Packages", Cause::Unsupported),
        ("usr/lib/sysimage/rpm/Packages.db", Cause::Unsupported),
        ("var/lib/rpm/rpmdb.sqlite", Cause::Malformed),
        ("var/lib/dpkg/status", Cause::Malformed),
        ("lib/apk/db/installed", Cause::Malformed),
        ("a/x.dist-info/METADATA", Cause::Malformed),
        ("node_modules/a/package.json", Cause::Malformed),
        ("a.jar", Cause::Malformed),
    ] {
        let image = Build::new().layer(Tar::new().file(path, "PK damaged")).read();
        let gaps = &image.packages.packages.gaps;
        assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [cause], "{path}");
    }
    let image = Build::new()
        .layer(
            Tar::new()
                .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
                .file("lib/apk/db/installed", "P:a\nV:1\n\n"),
        )
        .read();
    assert_eq!(
        image.packages.os.gap().unwrap().cause,
        Cause::Malformed,
        "os-release and packages contradict"
    );
    let scratch = Build::new().layer(Tar::new().file("app", "x")).read();
    assert_eq!(scratch.packages.os, Answer::Absent);
    assert!(scratch.packages.packages.is_certainly_empty());
}

#[test]
fn a_deleted_secret_under_another_name_is_still_there() {
    let url = format!("postgres://app:{}{}@db.internal/x", "Qz81", "mKw7Rp");
    let image = Build::new()
        .layer(Tar::new().file("a", &url).hard_link("b", "a").file("c", &url).file("d", &url))
        .layer(Tar::new().file(".wh.a", "").file(".wh.c", "").file("d", "other").file("e", &url))
        .read();
    let places: Vec<String> =
        image.secrets.files.items.iter().map(|one| format!("{:?}", one.place)).collect();
    let expected = [
        ("/a", 0, Some(1), Some("/b")),
        ("/c", 0, Some(1), None),
        ("/d", 0, Some(1), None),
        ("/e", 1, None, None),
    ];
    for ((path, layer, deleted_in, still_at), place) in
        expected.into_iter().zip(&image.secrets.files.items)
    {
        let still_at = still_at.map(str::to_owned);
        assert_eq!(
            place.place,
            posture_image::secrets::Place::File {
                path: path.into(),
                layer,
                line: 1,
                deleted_in,
                still_at
            },
            "{places:#?}"
        );
    }
    assert_eq!(image.secrets.files.items.len(), expected.len());
}

#[test]
fn keys_that_a_package_publishes_are_listed_apart() {
    let body: String =
        (0..100_u32).map(|index| char::from(b'A' + (index * 7 % 26) as u8)).collect();
    let der = [&[0x30, 0x82, 0, 100][..], body.as_bytes()].concat();
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
    let key =
        format!("-----{} PRIVATE {}-----\n{encoded}\n-----END PRIVATE KEY-----\n", "BEGIN", "KEY");
    let image = Build::new()
        .layer(
            Tar::new()
                .file(
                    "var/lib/dpkg/status",
                    "Package: py\nStatus: install ok installed\nVersion: 1\n",
                )
                .file("var/lib/dpkg/info/py.list", "/usr/lib/py/test/a.pem\n/usr/lib/py/b.pem\n")
                .file("usr/lib/py/test/a.pem", &key)
                .file("usr/lib/py/b.pem", &key)
                .file("app/test/c.pem", &key),
        )
        .read();
    let paths = |list: &[posture_image::secrets::Finding]| {
        list.iter().map(|one| format!("{:?}", one.place)).collect::<Vec<_>>().join(" ")
    };
    assert!(paths(&image.secrets.published).contains("/usr/lib/py/test/a.pem"));
    assert_eq!(
        (image.secrets.published.len(), image.secrets.files.items.len()),
        (1, 2),
        "{}",
        paths(&image.secrets.files.items)
    );
}

#[test]
fn what_a_package_installed_needs_no_record_of_its_own() {
    let status =
        ("var/lib/dpkg/status", "Package: big\nStatus: install ok installed\nVersion: 1\n");
    let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 5_000]].concat();
    let mut options = support::options();
    options.limits.file = 4_000;
    let tar = |list: &str| {
        Tar::new()
            .file(status.0, status.1)
            .file("var/lib/dpkg/info/big.list", list)
            .file("usr/lib/big.so", &elf)
    };
    let owned = Build::new().layer(tar("/usr/lib/big.so\n")).read_with(&options);
    assert!(owned.packages.packages.is_complete(), "{:?}", owned.packages.packages.gaps);
    let other = Build::new().layer(tar("/usr/lib/x\n")).read_with(&options);
    assert_eq!(other.packages.packages.gaps[0].cause, Cause::Incomplete);
}

#[test]
fn an_emptied_database_is_not_an_image_without_packages() {
    let os = ("etc/os-release", "ID=debian\nVERSION_ID=12\n");
    let status = "Package: a\nStatus: install ok installed\nVersion: 1\n";
    let image = Build::new()
        .layer(Tar::new().file(os.0, os.1).file("var/lib/dpkg/status", status))
        .layer(Tar::new().file("var/lib/dpkg/status", ""))
        .read();
    assert_eq!(image.packages.packages.gaps[0].cause, Cause::Missing);
    let none = Build::new().layer(Tar::new().file(os.0, os.1)).read();
    assert_eq!(none.packages.packages.gaps[0].cause, Cause::Missing);
}

#[test]
fn a_database_that_was_cut_does_not_hide_packages() {
    let stanza =
        |name: &str, status: &str| format!("Package: {name}\nStatus: {status}\nVersion: 1\n\n");
    let lists = |tar: Tar| {
        tar.file("var/lib/dpkg/info/a.list", "/a\n").file("var/lib/dpkg/info/b:amd64.list", "/b\n")
    };
    let read = |status: String| {
        Build::new().layer(lists(Tar::new().file("var/lib/dpkg/status", status))).read()
    };
    let whole =
        read(stanza("a", "install ok installed") + &stanza("b", "deinstall ok config-files"));
    assert!(whole.packages.packages.is_complete(), "{:?}", whole.packages.packages.gaps);
    let cut = read(stanza("a", "install ok installed"));
    assert_eq!(cut.packages.packages.gaps[0].cause, Cause::Missing);
}

#[test]
fn directories_of_the_path_are_found_through_links() {
    use posture_image::config::environment::{EffectKind, effects};
    let image = Build::new()
        .layer(Tar::new().dir_mode("data/bin", 0o777).symlink("bin", "data/bin").dir("usr/bin"))
        .config(json!({ "Env": ["PATH=/usr/bin:/bin:/none"] }))
        .read();
    let found = effects(&image.config, &image.tree, &Limits::default());
    assert_eq!(
        found.items.iter().map(|one| one.effect).collect::<Vec<_>>(),
        [EffectKind::WritablePath]
    );
    assert!(found.is_complete(), "{:?}", found.gaps);
}
