//! Bounds: each is reported when it is reached.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use posture_image::Cause;
use posture_image::image::Options;
use posture_image::limits::Limits;
use support::{Build, Header, Tar, causes, options, with_blob};

fn limited(change: impl FnOnce(&mut Limits)) -> Options {
    let mut options = options();
    change(&mut options.limits);
    options
}

#[test]
fn every_bound_is_reported_when_it_is_reached() {
    let many = || {
        let tar =
            (0..50).fold(Tar::new(), |tar, index| tar.file(&format!("d/{index}"), "x".repeat(100)));
        Build::new().layer(tar.clone()).layer(tar)
    };
    let zeros = || Build::new().layer(Tar::new().file("zeros", vec![0; 1 << 20]));
    let passwd = || {
        Build::new().layer(
            Tar::new().file("etc/passwd", "x".repeat(5_000)).file("etc/group", "x".repeat(5_000)),
        )
    };
    let deep = || Build::new().layer(Tar::new().file(&vec!["d"; 45].join("/"), ""));
    let extension =
        || Build::new().layer(Tar::new().pax(&[("comment", &[b'x'; 5_000])]).file("a", ""));
    let map = || {
        let map = [b"9\n".as_slice(), &[0; 510]].concat();
        Build::new().layer(
            Tar::new()
                .pax(&[
                    ("GNU.sparse.major", b"1"),
                    ("GNU.sparse.minor", b"0"),
                    ("GNU.sparse.realsize", b"6"),
                ])
                .file("x", &map),
        )
    };
    type Case = (&'static str, Build, fn(&mut Limits));
    let cases: Vec<Case> = vec![
        ("entries", many(), |limits| limits.entries = 40),
        ("paths", many(), |limits| limits.path_bytes = 4_000),
        ("compressed", many(), |limits| limits.layer_compressed = 300),
        ("decompressed", many(), |limits| limits.layer_decompressed = 20_000),
        ("all layers", many(), |limits| limits.image_decompressed = 60_000),
        ("ratio", zeros(), |limits| (limits.ratio, limits.ratio_after) = (20, 1_000)),
        ("path", many(), |limits| limits.path = 3),
        ("depth", deep(), |limits| limits.depth = 44),
        ("extension", extension(), |limits| limits.extension = 4_000),
        ("sparse", map(), |limits| limits.sparse_parts = 8),
    ];
    for (name, build, change) in cases {
        assert!(
            build.clone().read().gaps.iter().all(|gap| gap.cause != Cause::Incomplete),
            "{name}"
        );
        let image = build.read_with(&limited(change));
        assert!(causes(&image.gaps).contains(&"incomplete"), "{name}: {:?}", image.gaps);
        assert!(
            !image.secrets.files.is_complete() && !image.packages.packages.is_complete(),
            "{name}"
        );
    }
    let image = passwd().read_with(&limited(|limits| limits.file = 4_000));
    assert_eq!(
        image.tree.content(b"etc/passwd", &Limits::default()).gap().unwrap().cause,
        Cause::Incomplete
    );
    let image = passwd().read_with(&limited(|limits| limits.kept = 6_000));
    assert_eq!(
        image.tree.content(b"etc/group", &Limits::default()).gap().unwrap().cause,
        Cause::Incomplete
    );
}

#[test]
fn a_bomb_costs_neither_memory_nor_time() {
    // 64 MiB of zeros, of which little more than the first is decompressed.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let header = Header::new(b"zeros", b'0', 0o644, 64 << 20).finish();
    std::io::Write::write_all(&mut encoder, &header).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        std::io::Write::write_all(&mut encoder, &zeros).unwrap();
    }
    let (blobs, named) = with_blob(Vec::new(), encoder.finish().unwrap());
    let options = limited(|limits| limits.ratio_after = 1 << 20);
    let image = posture_image::image::read(&blobs, &named, &options).unwrap();
    assert!(causes(&image.gaps).contains(&"incomplete"), "{:?}", image.gaps);
    assert!(image.layers[0].decompressed < 32 << 20);
}

/// Blobs of which the layers fail, or never end, after some bytes.
struct Faulty {
    blobs: posture_image::source::Memory,
    manifest: posture_image::digest::Digest,
    config: posture_image::digest::Digest,
    after: usize,
    then: fn() -> std::io::Result<u8>,
}

struct Reader {
    bytes: std::io::Cursor<Vec<u8>>,
    then: fn() -> std::io::Result<u8>,
}

impl std::io::Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        let byte = (self.then)()?;
        buffer.fill(byte);
        Ok(buffer.len())
    }
}

impl posture_image::source::Blobs for Faulty {
    fn open(
        &self,
        digest: &posture_image::digest::Digest,
    ) -> Result<posture_image::source::Bytes, posture_image::Gap> {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut self.blobs.open(digest)?, &mut bytes).unwrap();
        if digest == &self.manifest || digest == &self.config {
            return Ok(Box::new(std::io::Cursor::new(bytes)));
        }
        bytes.truncate(self.after);
        Ok(Box::new(Reader { bytes: std::io::Cursor::new(bytes), then: self.then }))
    }
}

#[test]
fn a_source_that_fails_or_never_ends_is_reported_as_such() {
    let files = (0..40).fold(Tar::new(), |tar, index| {
        tar.file(&format!("{index}"), format!("{index}").repeat(200))
    });
    for (then, cause) in [
        (|| Err(std::io::Error::from(std::io::ErrorKind::TimedOut)), "unreadable"),
        (|| Err(std::io::Error::other("the connection was closed")), "unreadable"),
        (|| Ok(0), "mismatch"),
    ] as [(fn() -> std::io::Result<u8>, &str); 3]
    {
        for (layers, after) in [(1, 0), (1, 100), (1, 100_000), (2, 5_000), (3, 300), (3, 100_000)]
        {
            let build = (0..layers).fold(Build::new(), |build, _| build.layer(files.clone()));
            let (blobs, named) = build.finish();
            let posture_image::source::Root::Document(root) = &named.root else { panic!() };
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(
                &mut posture_image::source::Blobs::open(&blobs, &root.digest).unwrap(),
                &mut bytes,
            )
            .unwrap();
            let manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let config = posture_image::digest::Digest::parse(
                manifest["config"]["digest"].as_str().unwrap(),
            )
            .unwrap();
            let faulty = Faulty { blobs, manifest: root.digest.clone(), config, after, then };
            let image = posture_image::image::read(&faulty, &named, &options()).unwrap();
            // A blob may be there in full before the source fails.
            let found = causes(&image.gaps);
            assert!(
                found.contains(&cause) || found.contains(&"malformed") && cause == "mismatch",
                "{cause} {layers} {after}: {:?}",
                image.gaps
            );
            assert!(!image.secrets.files.is_complete());
        }
    }
}
