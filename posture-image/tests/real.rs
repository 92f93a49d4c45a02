//! Images, archives and databases that other programs make. What is missing is skipped, and says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod support;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use posture_image::image::{self, Image};
use posture_image::layer::tar::Kind;
use posture_image::limits::Limits;
use posture_image::packages::Manager;
use posture_image::secrets::Place;
use posture_image::source::Archive;
use support::{Build, options, paths};

/// Whether all of the programs are there; else says which one is not.
fn have(programs: &[&str]) -> bool {
    let there = |program: &&&str| {
        std::env::split_paths(&std::env::var_os("PATH").unwrap())
            .any(|path| path.join(**program).is_file())
    };
    match programs.iter().find(|program| !there(program)) {
        Some(missing) => {
            eprintln!("SKIPPED: {missing} is not installed");
            false
        }
        None => true,
    }
}

fn run(directory: &Path, line: &str) {
    let output = Command::new("sh")
        .arg("-ec")
        .arg(line)
        .current_dir(directory)
        .env("HOME", directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

fn open(path: &Path) -> Vec<Image> {
    let archive = Archive::open(path, &Limits::default()).unwrap();
    archive.images.iter().map(|named| image::read(&archive, named, &options()).unwrap()).collect()
}

/// Paths with their kinds, modes and sizes.
type Listing = BTreeMap<String, (Kind, u32, u64)>;

fn listing(image: &Image) -> Listing {
    let entry = |(path, node): (&[u8], &std::sync::Arc<posture_image::tree::Node>)| {
        let size = if node.kind == Kind::File { node.size } else { 0 };
        let mode = if node.kind == Kind::Symlink { 0 } else { node.mode };
        (String::from_utf8(path.to_vec()).unwrap(), (node.kind, mode, size))
    };
    image.tree.iter().filter(|(path, _)| !path.is_empty()).map(entry).collect()
}

fn listing_of(root: &Path) -> Listing {
    let mut found = Listing::new();
    let mut todo = vec![root.to_owned()];
    while let Some(directory) = todo.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let mode = metadata.mode() & 0o7777;
            let (kind, mode, size) = match metadata.file_type() {
                kind if kind.is_symlink() => (Kind::Symlink, 0, 0),
                kind if kind.is_dir() => (Kind::Directory, mode, 0),
                kind if kind.is_file() => (Kind::File, mode, metadata.len()),
                _ => (Kind::Special, mode, 0),
            };
            found.insert(name, (kind, mode, size));
            if kind == Kind::Directory {
                todo.push(path);
            }
        }
    }
    found
}

const IMAGE: &str = "
    umoci init --layout oci
    umoci new --image oci:base
    umoci unpack --rootless --image oci:base b
    mkdir -p b/rootfs/etc b/rootfs/usr/bin b/rootfs/app/deep b/rootfs/gone/x
    printf 'root:x:0:0:::\\napp:x:1000:1000:::\\n' > b/rootfs/etc/passwd
    printf 'ID=debian\\nVERSION_ID=12\\n' > b/rootfs/etc/os-release
    printf x > b/rootfs/usr/bin/tool; chmod 4755 b/rootfs/usr/bin/tool
    ln b/rootfs/usr/bin/tool b/rootfs/usr/bin/other
    ln -s usr/bin b/rootfs/bin
    printf 1 > b/rootfs/gone/x/y; printf 1 > b/rootfs/app/deep/one; printf 1 > b/rootfs/app/replaced
    printf '%s' \"$TOKEN\" > b/rootfs/app/token
    umoci repack --refresh-bundle --image oci:one b
    rm -r b/rootfs/gone b/rootfs/app/token b/rootfs/app/deep b/rootfs/app/replaced
    mkdir b/rootfs/app/deep b/rootfs/app/replaced
    printf 22 > b/rootfs/app/deep/two; printf 22 > b/rootfs/app/replaced/inner
    umoci repack --refresh-bundle --image oci:two b
    umoci config --image oci:two --tag app --config.user app --config.env K=V --config.exposedports 22/tcp
";

#[test]
fn images_of_umoci_and_skopeo_are_read_as_they_unpack_them() {
    if !have(&["umoci", "skopeo"]) {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let body = ["aB3dE5fG7h", "J9kL1mN3pQ", "5rS7tU9vW1"].concat();
    let sum = crc32fast::hash(body.as_bytes());
    let digits: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    let sum: String =
        (0..6).rev().map(|place| digits[(sum / 62_u32.pow(place) % 62) as usize]).collect();
    run(root.path(), &format!("TOKEN=gh{}_{body}{sum}\n{IMAGE}", "p"));
    run(root.path(), "umoci unpack --rootless --image oci:app out");
    run(
        root.path(),
        "mkdir app; skopeo copy -q oci:oci:app oci:app:app; skopeo copy -q oci:oci:app oci-archive:app.tar:app:1",
    );
    run(
        root.path(),
        "skopeo copy -q oci:oci:app docker-archive:docker.tar:app:1; skopeo copy -q --format v2s2 oci:oci:app dir:v2s2",
    );
    run(
        root.path(),
        "skopeo copy -q --dest-compress-format zstd --dest-force-compress-format oci:oci:app oci:zstd:app || skopeo copy -q oci:oci:app oci:zstd:app",
    );
    let unpacked = listing_of(&root.path().join("out/rootfs"));
    for name in ["app", "app.tar", "docker.tar", "zstd"] {
        let images = open(&root.path().join(name));
        let [image] = images.as_slice() else { panic!("{name}") };
        assert!(image.is_complete(), "{name}: {:?}", image.gaps);
        assert_eq!(listing(image), unpacked, "{name}");
        let tool = image.tree.at(b"usr/bin/tool").unwrap();
        assert!(
            std::sync::Arc::ptr_eq(tool, image.tree.at(b"usr/bin/other").unwrap()),
            "a hard link"
        );
        let [secret] = image.secrets.files.items.as_slice() else {
            panic!("{name}: {:?}", image.secrets)
        };
        let Place::File { path, layer, deleted_in, .. } = &secret.place else { panic!() };
        assert_eq!((path.as_str(), *layer, *deleted_in), ("/app/token", 0, Some(1)), "{name}");
        assert_eq!(image.config.user, "app");
    }
    let layout = Archive::open(&root.path().join("oci"), &Limits::default()).unwrap();
    assert_eq!(layout.images.len(), 4, "one for each tag");
}

#[test]
fn archives_of_gnu_tar_and_python_are_read() {
    if !have(&["tar", "python3"]) {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let long = "l".repeat(150);
    run(
        root.path(),
        &format!(
            "mkdir -p r/d; cd r; printf abc > a; ln a hard; ln -s a soft; printf x > d/{long}; mkfifo pipe
            truncate -s 10M sparse; printf end >> sparse; chmod 6755 a
            tar --format=gnu -cf ../gnu.tar .; tar --format=posix -cf ../posix.tar .; tar --format=posix --sparse -cf ../sparse.tar .
            tar --format=gnu --sparse -cf ../gnusparse.tar .; tar --format=posix --sparse --sparse-version=0.1 -cf ../sparse01.tar .
            tar --format=posix --sparse --sparse-version=0.0 -cf ../sparse00.tar .
            tar --exclude='d/*' --format=ustar -cf ../ustar.tar .
            cd ..; python3 -c 'import tarfile
for name, form in ((\"py-pax\", tarfile.PAX_FORMAT), (\"py-gnu\", tarfile.GNU_FORMAT)):
    with tarfile.open(name + \".tar\", \"w\", format=form) as tar: tar.add(\"r\", \".\")'",
        ),
    );
    let mut expected = listing_of(&root.path().join("r"));
    for name in
        ["gnu", "posix", "sparse", "gnusparse", "sparse01", "sparse00", "py-pax", "py-gnu", "ustar"]
    {
        if name == "ustar" {
            expected.remove(&format!("d/{long}"));
        }
        let bytes = std::fs::read(root.path().join(format!("{name}.tar"))).unwrap();
        let image = Build::new().raw(bytes).read();
        assert!(image.is_complete(), "{name}: {:?}", image.gaps);
        assert_eq!(listing(&image), expected, "{name}");
    }
}

#[test]
fn a_database_of_rpm_is_read() {
    if !have(&["rpm", "rpmbuild"]) {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    // Long descriptions and many files make records of several pages.
    let files: String = (0..300)
        .map(|index| format!("echo {index} > %{{buildroot}}/opt/x/file-with-a-long-name-{index}\n"))
        .collect();
    let text = "text ".repeat(2_000);
    let parts: String = (1..12).map(|index| format!("%package part{index}\nSummary: s\n%description part{index}\n{text}\n%files part{index}\n/opt/x/*\n")).collect();
    let spec = format!(
        "Name: pkg\nEpoch: 2\nVersion: 1.2~rc1\nRelease: 3.el9\nSummary: s\nLicense: MIT\nBuildArch: noarch\n%description\n{text}\n\
        {parts}%install\nmkdir -p %{{buildroot}}/opt/x\n{files}%files\n/opt/x/*\n"
    );
    std::fs::write(root.path().join("pkg.spec"), spec).unwrap();
    run(
        root.path(),
        "rpmbuild --define \"_topdir $PWD/top\" -bb pkg.spec
        rpm --root $PWD/db --define '_db_backend sqlite' --initdb
        rpm --root $PWD/db --define '_db_backend sqlite' -i --nodeps --justdb --replacefiles top/RPMS/noarch/*.rpm",
    );
    let find = Command::new("find")
        .arg(root.path().join("db"))
        .args(["-name", "rpmdb.sqlite*"])
        .output()
        .unwrap();
    let found = String::from_utf8(find.stdout).unwrap();
    let path =
        found.lines().find(|line| line.ends_with("sqlite")).expect("a database in SQLite form");
    let database = std::fs::read(path).unwrap();
    let wal = std::fs::metadata(format!("{path}-wal")).map_or(0, |log| log.len());
    let image = Build::new()
        .layer(
            support::Tar::new()
                .file("var/lib/rpm/rpmdb.sqlite", &database)
                .file("opt/x/file-with-a-long-name-7", ""),
        )
        .read();
    if wal > 0 {
        eprintln!("SKIPPED: rpm left changes in the log");
        return;
    }
    assert!(image.packages.packages.is_complete(), "{:?}", image.packages.packages.gaps);
    let packages = &image.packages.packages.items;
    assert_eq!(packages.len(), 12);
    assert!(
        packages.iter().all(|one| one.manager == Manager::Rpm && one.version == "2:1.2~rc1-3.el9")
    );
    assert_eq!(packages[0].source.as_ref().unwrap().1, "1.2~rc1-3.el9");
    assert!(
        image
            .packages
            .owners
            .of(b"opt/x/file-with-a-long-name-7", &image.tree)
            .unwrap()
            .starts_with("pkg")
    );
    for cut in [database.len() / 2, 4096, 100] {
        let image = Build::new()
            .layer(support::Tar::new().file("var/lib/rpm/rpmdb.sqlite", &database[..cut]))
            .read();
        assert!(!image.packages.packages.is_complete(), "{cut}");
    }
}

#[test]
fn the_database_of_this_machine_equals_what_dpkg_lists() {
    if !have(&["dpkg-query"]) || !Path::new("/var/lib/dpkg/status").is_file() {
        eprintln!("SKIPPED: this machine has no dpkg");
        return;
    }
    let status = std::fs::read("/var/lib/dpkg/status").unwrap();
    let image = Build::new().layer(support::Tar::new().file("var/lib/dpkg/status", status)).read();
    let format =
        "-f=${binary:Package} ${Version} ${source:Package} ${source:Version} ${db:Status-Status}\n";
    let output = Command::new("dpkg-query").args(["-W", format]).output().unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let gone = |line: &&str| !line.ends_with("config-files") && !line.ends_with("not-installed");
    let expected: std::collections::BTreeSet<String> = listed
        .lines()
        .filter(gone)
        .map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            format!(
                "{} {} {} {}",
                fields[0].split(':').next().unwrap(),
                fields[1],
                fields[2],
                fields[3]
            )
        })
        .collect();
    let found = image.packages.packages.items.iter().map(|one| {
        let source = one.source.as_ref().unwrap();
        format!("{} {} {} {}", one.name, one.version, source.0, source.1)
    });
    assert_eq!(found.collect::<std::collections::BTreeSet<_>>(), expected);
    assert!(image.packages.packages.is_complete(), "{:?}", image.packages.packages.gaps);
    assert_eq!(paths(&image).len(), 1);
}

#[test]
fn orders_of_debian_equal_those_of_dpkg() {
    if !have(&["dpkg"]) {
        return;
    }
    let versions = [
        "1.0",
        "1.0-1",
        "1.0~rc1",
        "1.0~~",
        "1:0.9",
        "1.0+deb12u1",
        "1.0a",
        "1.2+",
        "1.2.",
        "01.0",
        "1.0-1~bpo12+1",
        "0",
        "1.0-0",
        "2.36-9+b4",
        "1.10",
        "1.9",
    ];
    for one in versions {
        for other in versions {
            let order = posture_image::version::Scheme::Debian.compare(one, other).unwrap();
            let sign = ["lt", "eq", "gt"][(order as i8 + 1) as usize];
            let agrees = Command::new("dpkg")
                .args(["--compare-versions", one, sign, other])
                .status()
                .unwrap()
                .success();
            assert!(agrees, "{one} {sign} {other}");
        }
    }
}
