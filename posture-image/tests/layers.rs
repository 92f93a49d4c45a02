//! Layers: what the result is, and what is not certain.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use posture_image::layer::Compression;
use posture_image::limits::Limits;
use posture_image::tree::Content;
use posture_image::{Answer, Cause, text};
use support::{Build, Header, Tar, causes, gzip, options, paths, record};

fn content(image: &posture_image::image::Image, path: &str) -> Option<String> {
    match image.tree.content(path.as_bytes(), &Limits::default()) {
        Answer::Known(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        _ => None,
    }
}

/// The gaps of an image of one layer.
fn gaps(tar: Vec<u8>) -> Vec<&'static str> {
    let image = Build::new().raw(tar).read();
    assert_eq!(image.tree.gaps, image.gaps);
    causes(&image.gaps)
}

#[test]
fn whiteouts_hide_lower_layers_wherever_they_stand() {
    let image = Build::new()
        .layer(
            Tar::new()
                .dir("a/")
                .file("a/x", "1")
                .file("a/y", "1")
                .dir("b")
                .file("b/x", "1")
                .file("c", "1")
                .file("a/.keep", ""),
        )
        .layer(
            Tar::new()
                .file("a/.wh.x", "")
                .file("b/new", "2")
                .file("b/.wh..wh..opq", "")
                .file(".wh.c", "")
                .file(".wh..wh.plnk/1.2", ""),
        )
        .read();
    assert_eq!(paths(&image), ["a", "a/.keep", "a/y", "b", "b/new"]);
    assert!(image.is_complete(), "{:?}", image.gaps);
    assert_eq!(image.layers[0].compression, Some(Compression::Gzip));
}

#[test]
fn all_compressions_are_read_to_their_ends() {
    let image = Build::new()
        .layer(Tar::new().file("1", ""))
        .layer(Tar::new().file("2", ""))
        .layer(Tar::new().file("3", ""))
        .read();
    let found: Vec<_> = image.layers.iter().map(|layer| layer.compression.unwrap()).collect();
    assert_eq!(found, [Compression::Gzip, Compression::Plain, Compression::Zstd]);
    assert!(image.is_complete(), "{:?}", image.gaps);
}

#[test]
fn several_members_and_frames_make_one_stream() {
    let tar = Tar::new().file("a", "1").file("b", "2").end();
    let (first, second) = tar.split_at(700);
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"skip"].concat();
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    for blob in
        [[gzip(first), gzip(second)].concat(), [skippable, zstd(first), zstd(second)].concat()]
    {
        let (blobs, named) = support::with_blob(tar.clone(), blob);
        let image = posture_image::image::read(&blobs, &named, &options()).unwrap();
        assert_eq!(paths(&image), ["a", "b"]);
        assert!(image.is_complete(), "{:?}", image.gaps);
    }
}

#[test]
fn a_layer_that_is_not_what_is_stated_is_not_applied() {
    let tar = Tar::new().file("a", "1").end();
    let other = Tar::new().file("b", "2").end();
    let (blobs, named) = support::with_blob(tar.clone(), gzip(&other));
    let image = posture_image::image::read(&blobs, &named, &options()).unwrap();
    assert!(paths(&image).is_empty());
    assert_eq!(causes(&image.gaps), ["mismatch"]);
    for (damaged, cause) in [
        (gzip(&tar)[..40].to_vec(), "malformed"),
        ([gzip(&tar), b"garbage".to_vec()].concat(), "malformed"),
        (b"BZh91AY".to_vec(), "unsupported"),
        (b"\xfd7zXZ\0\0".to_vec(), "unsupported"),
        (Vec::new(), "mismatch"),
    ] {
        let (blobs, named) = support::with_blob(tar.clone(), damaged.clone());
        let image = posture_image::image::read(&blobs, &named, &options()).unwrap();
        assert!(causes(&image.gaps).contains(&cause), "{damaged:?}: {:?}", image.gaps);
    }
}

#[test]
fn files_replace_directories_and_directories_merge() {
    let image = Build::new()
        .layer(
            Tar::new()
                .dir("d")
                .file("d/x", "1")
                .dir("m")
                .file("m/x", "1")
                .file("f", "1")
                .dir("s")
                .file("s/x", "1"),
        )
        .layer(
            Tar::new()
                .file("d", "2")
                .dir_mode("m", 0o700)
                .file("m/y", "2")
                .dir("f")
                .file("f/z", "2")
                .symlink("s", "m"),
        )
        .read();
    assert_eq!(paths(&image), ["d", "f", "f/z", "m", "m/x", "m/y", "s"]);
    assert_eq!(image.tree.at(b"m").unwrap().mode, 0o700);
    assert!(image.is_complete(), "{:?}", image.gaps);
}

#[test]
fn links_are_resolved_inside_of_the_image() {
    let image = Build::new()
        .layer(
            Tar::new()
                .dir("usr")
                .dir("usr/lib")
                .file("usr/lib/os-release", "ID=x")
                .symlink("etc/os-release", "../usr/lib/os-release")
                .symlink("lib", "usr/lib")
                .symlink("up", "../../../../usr/lib")
                .symlink("abs", "/up/os-release")
                .symlink("loop", "loop"),
        )
        .read();
    let limits = Limits::default();
    for path in ["etc/os-release", "lib/os-release", "up/os-release", "abs", "/etc/./os-release"] {
        assert_eq!(content(&image, path).as_deref(), Some("ID=x"), "{path}");
    }
    assert_eq!(image.tree.content(b"loop", &limits).gap().unwrap().cause, Cause::Incomplete);
    assert_eq!(image.tree.content(b"etc/os-release/x", &limits), Answer::Absent);
    assert_eq!(image.tree.content(b"nothing", &limits), Answer::Absent);
}

#[test]
fn a_path_through_a_link_lands_where_the_link_leads() {
    let same = Build::new()
        .layer(Tar::new().symlink("etc", "/tmp/x").file("etc/passwd", "root:x:0:0:::"))
        .read();
    assert_eq!(paths(&same), ["etc", "tmp/x/passwd"]);
    assert!(same.is_complete(), "within a layer, runtimes agree");
    let lower = Build::new()
        .layer(Tar::new().symlink("etc", "/tmp/x"))
        .layer(Tar::new().file("etc/passwd", ""))
        .read();
    assert_eq!(
        causes(&lower.gaps),
        ["ambiguous"],
        "they differ where the link is in a lower layer"
    );
    let hidden = Build::new()
        .layer(Tar::new().symlink("etc", "/tmp/x"))
        .layer(Tar::new().file(".wh.etc", "").file("etc/passwd", ""))
        .read();
    assert_eq!(paths(&hidden), ["etc/passwd"]);
    assert!(hidden.is_complete(), "{:?}", hidden.gaps);
}

#[test]
fn hard_links_keep_the_content_of_their_time() {
    let image = Build::new()
        .layer(Tar::new().file("etc/passwd", "old").hard_link("copy", "etc/passwd"))
        .layer(Tar::new().file("etc/passwd", "new").file(".wh.gone", ""))
        .read();
    let copy = image.tree.at(b"copy").unwrap();
    assert_eq!((copy.layer, copy.content()), (0, &Content::Kept(b"old"[..].into())));
    assert_eq!(content(&image, "etc/passwd").as_deref(), Some("new"));
    let lower = Build::new()
        .layer(Tar::new().file("etc/passwd", "x"))
        .layer(Tar::new().hard_link("b", "./etc/passwd"))
        .read();
    assert!(lower.is_complete(), "{:?}", lower.gaps);
    assert_eq!(lower.tree.at(b"b").unwrap().layer, 0);
    for wrong in [
        Tar::new().hard_link("b", "nothing"),
        Tar::new().dir("d").hard_link("b", "d"),
        Tar::new().hard_link("b", "../x"),
        Tar::new().hard_link("b", ""),
    ] {
        assert!(!gaps(wrong.end()).is_empty());
    }
}

#[test]
fn a_path_twice_in_a_layer_is_reported() {
    let image =
        Build::new().layer(Tar::new().file("a", "1").dir("d").dir("d").file("./a", "22")).read();
    assert_eq!(image.layers[0].duplicates, ["/a"]);
    assert_eq!(image.tree.at(b"a").unwrap().size, 2);
    assert!(image.is_complete(), "{:?}", image.gaps);
}

#[test]
fn long_names_of_both_kinds_are_read() {
    let long = format!("d/{}", "x".repeat(200));
    let name = [long.as_bytes(), b"\0"].concat();
    let image = Build::new()
        .layer(
            Tar::new()
                .extension(b'L', &name)
                .file("short", "1")
                .extension(b'K', b"target\0")
                .extension(b'L', b"link\0")
                .symlink("x", "y")
                .pax(&[
                    ("path", "p/\u{e9}\n=x".as_bytes()),
                    ("uid", b"3000000"),
                    (
                        "SCHILY.xattr.security.capability",
                        b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                    ),
                ])
                .file("x", "1"),
        )
        .read();
    assert!(image.is_complete(), "{:?}", image.gaps);
    assert_eq!(paths(&image), [long.as_str(), "link", "p/é\\u{a}=x"]);
    assert_eq!(image.tree.at(b"link").unwrap().link(), b"target");
    let node = image.tree.at("p/é\n=x".as_bytes()).unwrap();
    assert_eq!(node.uid, 3_000_000);
    let privileged = posture_image::files::privileged(&image.tree, &image.packages.owners);
    assert_eq!(privileged.items[0].capabilities.known().unwrap().permitted, ["cap_net_raw"]);
}

#[test]
fn what_two_programs_read_differently_is_undetermined() {
    let header = |kind: u8, size: u64| Header::new(b"a", kind, 0o644, size);
    let mut prefix = Header::new(b"b", b'0', 0o644, 0);
    prefix.put(257, b"ustar  \0");
    prefix.put(345, b"prefix");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "PAX size",
            Tar::new().pax(&[("size", b"512")]).header(header(b'0', 0), b"").data(&[0; 512]).end(),
        ),
        ("another size", Tar::new().pax(&[("size", b"1")]).file("a", "12").end()),
        ("global", Tar::new().extension(b'g', &record("path", b"x")).file("a", "").end()),
        (
            "two PAX headers",
            Tar::new().pax(&[("path", b"a")]).pax(&[("path", b"b")]).file("c", "").end(),
        ),
        (
            "two long names",
            Tar::new().extension(b'L', b"a\0").extension(b'L', b"b\0").file("c", "").end(),
        ),
        (
            "PAX and GNU",
            Tar::new().pax(&[("path", b"a")]).extension(b'L', b"b\0").file("c", "").end(),
        ),
        ("a key twice", Tar::new().pax(&[("path", b"a"), ("path", b"b")]).file("c", "").end()),
        ("a NUL in a long name", Tar::new().extension(b'L', b"a\0b\0").file("c", "").end()),
        ("a NUL in a PAX name", Tar::new().pax(&[("path", b"a\0b")]).file("c", "").end()),
        ("a directory with a size", Tar::new().header(header(b'5', 512), &[0; 512]).end()),
        (
            "a hard link with a size",
            Tar::new()
                .file("b", "")
                .header(
                    {
                        let mut h = header(b'1', 512);
                        h.put(157, b"b");
                        h
                    },
                    &[0; 512],
                )
                .end(),
        ),
        ("a file with a slash", Tar::new().file("a/", "").end()),
        ("an unknown type", Tar::new().header(header(b'V', 0), b"").end()),
        ("a contiguous file", Tar::new().header(header(b'7', 0), b"").end()),
        ("GNU with a prefix", Tar::new().header(prefix, b"").end()),
        (
            "a single empty block",
            [Tar::new().file("a", "").data(&[0; 512]).0, Tar::new().file("b", "").end()].concat(),
        ),
        (
            "data behind the end",
            [Tar::new().file("a", "").end(), Tar::new().file("b", "").end()].concat(),
        ),
        ("dot dot", Tar::new().file("a/../b", "").end()),
        ("dot dot at the root", Tar::new().file("../b", "").end()),
        (
            "a long component",
            Tar::new().pax(&[("path", "x".repeat(256).as_bytes())]).file("a", "").end(),
        ),
        ("a whiteout of its own layer", Tar::new().file("a", "").file(".wh.a", "").end()),
        ("a whiteout of its own layer, first", Tar::new().file(".wh.a", "").file("a", "").end()),
        ("a whiteout of a whiteout", Tar::new().file(".wh..wh.x", "").end()),
        ("a path through a file", Tar::new().file("a", "").file("a/b", "").end()),
        (
            "two sparse forms",
            Tar::new()
                .pax(&[
                    ("GNU.sparse.major", b"1"),
                    ("GNU.sparse.minor", b"0"),
                    ("GNU.sparse.realsize", b"1"),
                ])
                .header(
                    {
                        let mut h = header(b'S', 0);
                        h.put(257, b"ustar  \0");
                        h
                    },
                    b"",
                )
                .end(),
        ),
    ];
    for (name, tar) in cases {
        assert!(gaps(tar).contains(&"ambiguous"), "{name}");
    }
    let fine = Tar::new().extension(b'g', &record("comment", b"0123")).file("a", "").end();
    assert!(gaps(fine).is_empty(), "git archive writes a comment");
}

#[test]
fn malformed_streams_are_not_read_as_empty() {
    let mut sum = Tar::new().file("a", "").end();
    sum[0] = b'b';
    let number = Tar::new()
        .header(
            {
                let mut h = Header::new(b"a", b'0', 0o644, 0);
                h.put(124, b"9");
                h
            },
            b"",
        )
        .end();
    let negative = Tar::new()
        .header(
            {
                let mut h = Header::new(b"a", b'0', 0o644, 0);
                h.put(124, &[0xff; 12]);
                h
            },
            b"",
        )
        .end();
    let whole = Tar::new().file("a", "12345").end();
    let root = Tar::new().file("./", "").end();
    for (name, tar) in [
        ("checksum", sum),
        ("number", number),
        ("negative", negative),
        ("cut in a file", whole[..514].to_vec()),
        ("cut in a header", whole[..100].to_vec()),
        ("no tar", b"hello".repeat(300)),
        ("a file as the root", root),
        ("nothing", Tar::new().file(".wh.", "").end()),
        ("an extension alone", Tar::new().pax(&[("path", b"a")]).end()),
        ("no name", Tar::new().file("", "").end()),
        ("PAX", Tar::new().extension(b'x', b"99 path=a\n").file("a", "").end()),
    ] {
        assert!(!gaps(tar).is_empty(), "{name}");
    }
    assert!(
        gaps(Tar::new().file("a", "12345").0).is_empty(),
        "the blocks at the end may be missing"
    );
    assert!(gaps(Vec::from(&[0; 1024][..])).is_empty(), "an empty layer");
}

#[test]
fn names_are_escaped_wherever_they_are_shown() {
    let image = Build::new()
        .layer(Tar::new().file("a\x1b[31m/../x", "").file("\u{202e}b", "").file("\u{202e}b", ""))
        .read();
    let shown = format!("{:?} {}", image.layers[0].duplicates, image.gaps[0]);
    assert!(!shown.contains('\x1b') && !shown.contains('\u{202e}'), "{shown}");
    assert_eq!(text::escape(b"\x07"), "\\u{7}");
}
