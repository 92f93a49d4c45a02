//! Credentials in archives, which are files of an image.

use std::io::Write as _;

use super::*;
use crate::limits::Limits;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar archive of files.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut all = Vec::new();
    for (name, content) in files {
        let mut block = [0_u8; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[100..108].copy_from_slice(b"0000644\0");
        block[108..124].copy_from_slice(b"0000000\x000000000\0");
        block[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        block[136..148].copy_from_slice(b"00000000000\0");
        block[148..156].copy_from_slice(b"        ");
        block[156] = b'0';
        block[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        all.extend_from_slice(&block);
        all.extend_from_slice(content);
        all.resize(all.len().next_multiple_of(512), 0);
    }
    all.resize(all.len() + 1024, 0);
    all
}

/// A zip archive of stored files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut all, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let sum = crc32fast::hash(content).to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let offset = u32::try_from(all.len()).unwrap().to_le_bytes();
        let common =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sum, &size, &size, &length, &[0, 0]].concat();
        all.extend([b"PK\x03\x04", &common[..], name.as_bytes(), content].concat());
        directory.extend(
            [b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &offset, name.as_bytes()].concat(),
        );
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let offset = u32::try_from(all.len()).unwrap().to_le_bytes();
    let end = [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &offset, &[0, 0]].concat();
    [all, directory, end].concat()
}

/// What is found in a file: form and path inside; and why not all of it was searched.
fn searched(
    path: &str,
    content: &[u8],
    limits: &Limits,
) -> (Vec<(&'static str, String)>, Vec<String>) {
    let scanner = scanner();
    let mut scan = FileScan::new(limits);
    scan.begin(path.as_bytes());
    for piece in content.chunks(1 << 20) {
        scan.data(&scanner, piece);
    }
    let found = scan.end(&scanner).into_iter();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let gaps = std::mem::take(&mut scan.gaps).into_iter();
    (
        found.map(|one| (one.form.id, text(one.inside))).collect(),
        gaps.map(|(inside, gap)| format!("{}: {}", text(inside), gap.detail)).collect(),
    )
}

#[test]
fn archives_are_searched_and_what_is_in_them() {
    let key = pem(&private("RSA "), &der(600));
    let env = format!("DB_PASSWORD={}", random(&format!("{BASE62}!"), 16, 60));
    let files: [(&str, &[u8]); 2] = [("app/id", key.as_bytes()), ("app/.env", env.as_bytes())];
    let both = |prefix: &str| {
        vec![
            ("private-key", format!("{prefix}app/id")),
            ("named-credential", format!("{prefix}app/.env")),
        ]
    };
    let limits = Limits::default();
    let zstd = zstd::stream::encode_all(&tar(&files)[..], 1).unwrap();
    for (path, content, expected) in [
        ("a.tar", tar(&files), both("")),
        ("a.tgz", gzip(&tar(&files)), both("")),
        ("without-ending", gzip(&tar(&files)), both("")),
        ("a.tar.zst", zstd, both("")),
        ("a.jar", zip(&files), both("")),
        ("run.jar", [b"#!/bin/sh\nexec java\n", &zip(&files)[..]].concat(), both("")),
        ("a.war", zip(&[("lib/b.jar", &zip(&files))]), both("lib/b.jar!/")),
        ("a.tgz", gzip(&tar(&[("b.zip", &zip(&files))])), both("b.zip!/")),
        ("dump.sql.gz", gzip(key.as_bytes()), vec![("private-key", String::new())]),
        (".env.gz", gzip(env.as_bytes()), vec![("named-credential", String::new())]),
        ("a.gz", [gzip(b"x"), gzip(key.as_bytes())].concat(), vec![("private-key", String::new())]),
    ] {
        let (mut found, gaps) = searched(path, &content, &limits);
        assert_eq!(gaps, <[String; 0]>::default(), "{path}");
        found.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn an_archive_that_cannot_be_searched_is_a_gap() {
    let limits = Limits::default();
    let small = Limits { archives: 100, ..Limits::default() };
    let nested = (0..7).fold(b"x".to_vec(), |inner, _| gzip(&inner));
    let text = gzip(&[b'a'; 5_000]);
    for (path, content, limits) in [
        ("a.gz", text[..text.len() - 9].to_vec(), &limits),
        ("a.gz", text.clone(), &small),
        ("a.jar", b"PK\x03\x04 and nothing else".to_vec(), &limits),
        ("a.jar", b"not an archive".to_vec(), &limits),
        ("a.xz", b"\xfd7zXZ\0...".to_vec(), &limits),
        ("a.bz2", b"BZh91AY&SY".to_vec(), &limits),
        ("a.deb", b"!<arch>\ndebian-binary   1".to_vec(), &limits),
        ("a.7z", b"7z\xbc\xaf\x27\x1c".to_vec(), &limits),
        ("a", nested, &limits),
        ("a.zst", b"\x28\xb5\x2f\xfd...".to_vec(), &limits),
        ("a.tar", tar(&[("a", &[0; 2_000])])[..1_000].to_vec(), &limits),
    ] {
        let (found, gaps) = searched(path, &content, limits);
        assert_eq!((found.len(), gaps.len()), (0, 1), "{path}: {gaps:?}");
    }
    let bounded = Limits { ratio_after: 1 << 20, ..Limits::default() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; 4 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert_eq!(searched("a.gz", &bomb, &bounded).1.len(), 1, "more than 200 bytes of one");
    let long = [&[0x1f, 0x8b, 8][..], &vec![0; 65 << 20]].concat();
    assert_eq!(searched("a.gz", &long, &limits).1.len(), 1, "longer than what is kept");
}
