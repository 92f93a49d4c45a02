//! Packages whose records are linked, hidden or left behind: each is listed, or is a gap.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use posture_image::image::Image;
use posture_image::truth::Cause;
use support::{Build, Tar};

/// The packages with their evidence, and the causes of the gaps.
fn listed(layers: Vec<Tar>) -> (Vec<String>, Vec<&'static str>) {
    let image = read(layers);
    let packages = image.packages.packages;
    let items = packages.items.iter();
    let items = items.map(|one| format!("{} {} {}", one.name, one.version, one.evidence)).collect();
    (items, support::causes(&packages.gaps))
}

fn read(layers: Vec<Tar>) -> Image {
    layers.into_iter().fold(Build::new(), Build::layer).read()
}

const PACKAGE: &str = r#"{"name":"a","version":"1.0.0"}"#;
const METADATA: &str = "Metadata-Version: 2.1\nName: a\nVersion: 1.0.0\n";

#[test]
fn what_is_linked_from_a_store_is_listed_or_a_gap() {
    let store = "root/.local/share/pnpm/store/v3/files/ab/cd";
    let path = "srv/node_modules/a/package.json";
    let (items, gaps) = listed(vec![Tar::new().file(store, PACKAGE).hard_link(path, store)]);
    assert_eq!((items.len(), gaps), (0, vec!["not read"]), "a hard link to another name");
    let (items, gaps) =
        listed(vec![Tar::new().file(store, PACKAGE).symlink(path, &format!("/{store}"))]);
    assert_eq!((items.len(), gaps), (0, vec!["not read"]), "a symbolic link to another name");
    let real = "srv/node_modules/.pnpm/a@1.0.0/node_modules/a";
    let tar = Tar::new()
        .file(&format!("{real}/package.json"), PACKAGE)
        .symlink("srv/node_modules/a", ".pnpm/a@1.0.0/node_modules/a");
    assert_eq!(
        listed(vec![tar]),
        (vec![format!("a 1.0.0 /{real}/package.json")], Vec::new()),
        "once"
    );
    let tar = Tar::new().symlink(path, "nowhere");
    assert_eq!(listed(vec![tar]), (Vec::new(), Vec::new()), "it leads nowhere");
}

#[test]
fn linked_folders_are_listed_under_the_name_of_the_link() {
    for (link, target, file, content) in [
        ("srv/node_modules/a", "src/own", "package.json", PACKAGE),
        ("srv/node_modules/@s/a", "src/own", "package.json", PACKAGE),
        ("srv/a-1.dist-info", "src/a", "METADATA", METADATA),
        ("srv/a-1.egg-info", "src/a", "PKG-INFO", METADATA),
    ] {
        let tar = Tar::new()
            .file(&format!("{target}/{file}"), content)
            .symlink(link, &format!("/{target}"));
        let (items, gaps) = listed(vec![tar]);
        let (expected, lost) = (vec![format!("a 1.0.0 /{link}/{file}")], vec!["not read"]);
        assert!(
            (&items, &gaps) == (&expected, &Vec::new()) || (items.is_empty() && gaps == lost),
            "{link}: {items:?} {gaps:?}"
        );
    }
    let tar = Tar::new()
        .file("deps/a/package.json", PACKAGE)
        .file("deps/@s/b/package.json", r#"{"name":"@s/b","version":"2.0.0"}"#)
        .file("deps/a/test/package.json", r#"{"name":"c","version":"2.0.0"}"#)
        .symlink("srv/node_modules", "../deps");
    let expected = [
        "@s/b 2.0.0 /srv/node_modules/@s/b/package.json",
        "a 1.0.0 /srv/node_modules/a/package.json",
    ];
    let (mut items, gaps) = listed(vec![tar]);
    items.sort();
    assert_eq!((items, gaps), (expected.map(str::to_owned).to_vec(), Vec::new()));
}

#[test]
fn packages_without_metadata_are_gaps() {
    let tar =
        Tar::new().file("srv/a-1.dist-info/RECORD", "").file("srv/a-1.dist-info/INSTALLER", "");
    assert_eq!(listed(vec![tar]), (Vec::new(), vec!["missing"]));
    let tar = Tar::new().file("srv/node_modules/a/package.json", r#"{"version":"1.0.0"}"#);
    assert_eq!(listed(vec![tar]), (Vec::new(), vec!["malformed"]));
    let pom = "version=1.2.3\ngroupId=org.x\nartifactId=a\n";
    let path = "srv/app/META-INF/maven/org.x/a/pom.properties";
    let found = listed(vec![Tar::new().file(path, pom)]);
    assert_eq!(found, (vec![format!("org.x:a 1.2.3 /{path}")], Vec::new()));
}

#[test]
fn archives_of_java_are_known_by_their_names() {
    // An empty archive.
    let mut zip = b"PK\x05\x06".to_vec();
    zip.resize(22, 0);
    let script = [b"#!/bin/bash\n".to_vec(), zip.clone()].concat();
    let gaps = |tar: Tar| listed(vec![tar]).1;
    for content in [zip.clone(), script, b"a pointer to a file elsewhere".to_vec(), Vec::new()] {
        assert_eq!(gaps(Tar::new().file("a.jar", &content)), Vec::<&str>::new());
    }
    assert_eq!(gaps(Tar::new().file("a.hpi", b"PK\x03\x04 cut")), ["malformed"]);
    let tar = Tar::new().file("blob", &zip).hard_link("a.jar", "blob");
    assert_eq!(gaps(tar), ["not read"]);
    let store = || Tar::new().file("blob", b"#!/bin/sh\nPK\x05\x06");
    assert_eq!(gaps(store().hard_link("a.jar", "blob")), ["not read"]);
    assert_eq!(gaps(store().symlink("a.jar", "blob")), ["not read"]);
    assert_eq!(gaps(Tar::new().file("b.jar", &zip).symlink("a.jar", "b.jar")), Vec::<&str>::new());
}

const STATUS: &str = "Package: a\nStatus: install ok installed\nVersion: 1\n\n";

#[test]
fn status_d_behind_links_is_read_or_a_gap() {
    let debian = || {
        Tar::new()
            .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
            .file("var/lib/dpkg/status", STATUS)
            .file("var/lib/dpkg/info/a.list", "/usr/bin/a\n")
    };
    let gaps = |tar: Tar| listed(vec![tar]).1;
    assert_eq!(gaps(debian()), Vec::<&str>::new());
    let other = "Package: b\nVersion: 2\n";
    let tar = debian().file("opt/s/b", other).symlink("var/lib/dpkg/status.d", "/opt/s");
    assert_eq!(gaps(tar), ["not read"]);
    let tar = debian().file("opt/b", other).symlink("var/lib/dpkg/status.d/b", "/opt/b");
    assert_eq!(gaps(tar), ["not read"]);
    let tar = debian().file("opt/b", other).hard_link("var/lib/dpkg/status.d/b", "opt/b");
    assert_eq!(gaps(tar), ["not read"]);
    let tar =
        debian().file("var/lib/dpkg/status.d/b", other).symlink("var/lib/dpkg/status.d/c", "b");
    let (items, gaps) = listed(vec![tar]);
    assert_eq!((items.len(), gaps), (2, Vec::new()), "read once");
}

#[test]
fn changes_beside_a_database_of_rpm_are_a_gap() {
    let image = |log: &str, size: usize| {
        let tar = Tar::new()
            .file("usr/lib/sysimage/rpm/rpmdb.sqlite", "x")
            .symlink("var/lib/rpm", "../../usr/lib/sysimage/rpm")
            .file(&format!("usr/lib/sysimage/rpm/rpmdb.sqlite-{log}"), vec![b'x'; size]);
        let gaps = read(vec![tar]).packages.packages.gaps;
        gaps.iter().any(|gap| gap.cause == Cause::Unsupported)
    };
    for (log, size, open) in
        [("wal", 33, true), ("wal", 32, false), ("journal", 1, true), ("journal", 0, false)]
    {
        assert_eq!(image(log, size), open, "{log} {size}");
    }
    let tar = Tar::new().file("opt/rpm/Packages.db", "x").symlink("var/lib/rpm", "/opt/rpm");
    assert_eq!(listed(vec![tar]).1, ["unsupported"]);
}

/// A base with a program of a package.
fn base(size: usize) -> Tar {
    Tar::new()
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
        .file(
            "var/lib/dpkg/status",
            format!("{STATUS}Package: b\nStatus: install ok installed\nVersion: 1\n\n"),
        )
        .file("var/lib/dpkg/info/a.list", "/usr/bin/a\n")
        .file("var/lib/dpkg/info/b.list", "/usr/bin/b\n/etc/b.conf\n")
        .file("usr/bin/a", "x".repeat(size))
        .file("usr/bin/b", "b")
        .file("etc/b.conf", "b")
}

#[test]
fn a_file_that_a_later_layer_replaces_is_of_no_package() {
    let owner = |layers: Vec<Tar>| {
        let image = read(layers);
        image.packages.owners.of(b"usr/bin/a", &image.tree).map(str::to_owned)
    };
    let a = || Some("a".to_owned());
    assert_eq!(owner(vec![base(2)]), a());
    assert_eq!(owner(vec![base(2), Tar::new().file("usr/bin/a", "other")]), None);
    assert_eq!(owner(vec![base(2), Tar::new().mode("usr/bin/a", 0o4755, "xx")]), a(), "its mode");
    let back = || Tar::new().file("usr/bin/a", "xx");
    assert_eq!(owner(vec![base(2), Tar::new().file("usr/bin/a", "other"), back()]), None);
    assert_eq!(owner(vec![base(2), Tar::new().file("usr/bin/.wh.a", ""), back()]), None);
    let upgrade =
        Tar::new().file("usr/bin/a", "new").file("var/lib/dpkg/info/a.list", "/usr/bin/a\n");
    assert_eq!(owner(vec![base(2), upgrade]), a(), "an upgrade");
}

#[test]
fn a_package_that_was_only_taken_out_of_the_list_is_a_gap() {
    let cut =
        || Tar::new().file("var/lib/dpkg/status", STATUS).file("var/lib/dpkg/info/.wh.b.list", "");
    assert_eq!(listed(vec![base(2), cut()]).1, ["missing"]);
    let purged = cut().file("usr/bin/.wh.b", "");
    assert_eq!(listed(vec![base(2), purged]).1, Vec::<&str>::new(), "configuration may stay");
    let taken_over = cut().file("var/lib/dpkg/info/a.list", "/usr/bin/a\n/usr/bin/b\n");
    assert_eq!(listed(vec![base(2), taken_over]).1, Vec::<&str>::new());
    let apk = |text: &str| Tar::new().file("lib/apk/db/installed", text);
    let (one, two) = ("P:a\nV:1-r0\n\n", "P:b\nV:1-r0\nF:usr/bin\nR:b\n\n");
    let os = || {
        apk(&format!("{one}{two}"))
            .file("etc/os-release", "ID=alpine\nVERSION_ID=3.22.1\n")
            .file("usr/bin/b", "b")
    };
    assert_eq!(listed(vec![os()]).1, Vec::<&str>::new());
    assert_eq!(listed(vec![os(), apk(one)]).1, ["missing"]);
    assert_eq!(listed(vec![os(), apk(one).file("usr/bin/.wh.b", "")]).1, Vec::<&str>::new());
}
