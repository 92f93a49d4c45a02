//! Nothing that is read panics, whatever the bytes are, and every reading ends.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use posture_image::config::{Config, environment, habits, user};
use posture_image::limits::Limits;
use posture_image::manifest::Document;
use posture_image::osv::{Record, Records, audit};
use posture_image::reference::Reference;
use posture_image::{Answer, files};
use proptest::prelude::*;
use support::{Build, Header, Tar, cases, options, record};

/// A member with hostile fields.
fn member() -> impl Strategy<Value = Tar> {
    let name = prop_oneof![
        Just("etc/passwd"),
        Just("etc"),
        Just("a"),
        Just("a/b"),
        Just("a/.wh.b"),
        Just("a/.wh..wh..opq"),
        Just(".wh.a"),
        Just("."),
        Just(""),
        Just("../x"),
        Just("var/lib/dpkg/status"),
        Just("lib/apk/db/installed"),
        Just("var/lib/rpm/rpmdb.sqlite"),
        Just("x.jar"),
        Just("a/node_modules/b/package.json"),
        Just("b.dist-info/METADATA"),
        Just("etc/os-release"),
        Just("etc/shadow"),
        Just("app/.env"),
    ];
    let kind = prop_oneof![
        Just(b'0'),
        Just(0),
        Just(b'1'),
        Just(b'2'),
        Just(b'5'),
        Just(b'S'),
        Just(b'x'),
        Just(b'L'),
        Just(b'K'),
        Just(b'g'),
        any::<u8>()
    ];
    let head = prop_oneof![
        Just(&b""[..]),
        Just(&b"PK\x03\x04"[..]),
        Just(&b"\x7fELF\x02\x01\x01"[..]),
        Just(&b"SQLite format 3\0\x02\0"[..]),
        Just(&b"10 path=a\n"[..]),
        Just(&b"P:a\nV:1\n\n"[..])
    ];
    (
        name,
        kind,
        head,
        proptest::collection::vec(any::<u8>(), 0..300),
        proptest::option::of((0_usize..512, any::<u8>())),
        "[a-z/.]{0,8}",
    )
        .prop_map(|(name, kind, head, data, change, link)| {
            let data = [head, &data].concat();
            let mut header = Header::new(name.as_bytes(), kind, 0o755, data.len() as u64);
            header.put(157, link.as_bytes());
            if let Some((at, byte)) = change {
                header.put(at, &[byte]);
            }
            Tar::new().header(header, &data)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(150)))]

    #[test]
    fn layers(
        layers in proptest::collection::vec(proptest::collection::vec(member(), 0..6), 1..4),
        cut in proptest::option::of(0_usize..4_000),
        user in "[a-z0-9:]{0,6}",
    ) {
        let mut build = Build::new();
        for members in layers {
            let mut bytes = Tar(members.into_iter().flat_map(|tar| tar.0).collect()).end();
            if let Some(cut) = cut {
                bytes.truncate(cut);
            }
            build = build.raw(bytes);
        }
        let image = build.config(serde_json::json!({"User": user, "Env": ["PATH=/a:b"]})).read();
        let limits = Limits::default();
        user::resolve(&image.config.user, &image.tree, &limits);
        environment::effects(&image.config, &image.tree, &limits);
        files::privileged(&image.tree, &image.packages.owners);
        files::empty_passwords(&image.tree, &limits);
        files::world_writable(&image.tree);
        files::tools(&image.tree);
        for (path, node) in image.tree.iter() {
            prop_assert!(!path.split(|byte| *byte == b'/').any(|part| part.starts_with(b".wh.") || part == b".."));
            image.tree.resolve(path, &limits);
            prop_assert!((node.layer as usize) < image.layers.len());
        }
        // A gap of a layer is in every list that follows from its files.
        if !image.gaps.is_empty() {
            prop_assert!(!image.secrets.files.is_complete() && !image.packages.packages.is_complete());
            prop_assert!(!files::privileged(&image.tree, &image.packages.owners).is_complete());
            prop_assert!(!matches!(image.tree.content(b"nothing", &limits), Answer::Absent));
        }
        audit(&image.packages, &Records::default());
    }

    #[test]
    fn damaged_blobs(flips in proptest::collection::vec((0_usize..2_000, any::<u8>()), 1..4), index in 0_usize..3) {
        let mut build = Build::new();
        for number in 0..=index {
            build = build.layer(Tar::new().file(&format!("{number}"), "content ".repeat(50)).pax(&[("path", b"long")]).file("x", ""));
        }
        let mut layer = build.layers[index].clone();
        for (at, byte) in flips {
            let length = layer.len();
            layer[at % length] ^= byte;
        }
        build.layers[index] = layer;
        build.read();
    }

    #[test]
    fn documents(text in "[\\[\\]{}\":,0-9a-z]{0,80}", keys in proptest::collection::vec("[A-Za-z]{1,12}", 0..4)) {
        let limits = Limits::default();
        let _ = Document::read(text.as_bytes(), "", "x", &limits);
        let inner: serde_json::Value = serde_json::from_str(&text).unwrap_or(serde_json::json!(text));
        for key in keys.iter().map(String::as_str).chain(["config", "layers", "manifests", "history", "rootfs", "User", "Env", "Healthcheck"]) {
            let value = serde_json::json!({"schemaVersion": 2, key: inner, "config": {key: inner}});
            let _ = Document::read(value.to_string().as_bytes(), "", "x", &limits);
            if let Ok(config) = Config::read(value.to_string().as_bytes(), "x", &limits) {
                habits::habits(&config.history);
            }
        }
        let _ = Record::parse(text.as_bytes());
    }

    #[test]
    fn steps_of_a_build(text in "[-a-zA-Z0-9 |&;='\"\\\\#()/:.\n]{0,120}", begin in prop_oneof![Just("RUN "), Just("|2 A=b "), Just("/bin/sh -c #(nop) "), Just("ADD ")]) {
        let value = serde_json::json!({"history": [{"created_by": format!("{begin}{text}")}]});
        let config = Config::read(value.to_string().as_bytes(), "x", &Limits::default()).unwrap();
        habits::habits(&config.history);
        posture_image::secrets::in_history(&config, &posture_image::secrets::Scanner::new([0; 32]));
    }

    #[test]
    fn references(text in "[a-zA-Z0-9:/@._\\[\\]-]{0,40}", any in "\\PC{0,30}") {
        for text in [text, any] {
            if let Ok(reference) = Reference::parse(&text) {
                prop_assert_eq!(Reference::parse(&reference.to_string()), Ok(reference));
            }
        }
    }

    #[test]
    fn pax_records(bytes in proptest::collection::vec(any::<u8>(), 0..100), key in "[A-Za-z.]{1,20}", value in proptest::collection::vec(any::<u8>(), 0..40)) {
        let mut records = record(&key, &value);
        for key in ["GNU.sparse.map", "GNU.sparse.realsize", "size", "path"] {
            records.extend(record(key, &value));
        }
        for bytes in [bytes, records] {
            Build::new().raw(Tar::new().extension(b'x', &bytes).file("a", &value).end()).read();
        }
        let _ = options();
    }
}
