//! Sparse files, in all of their forms.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use posture_image::limits::Limits;
use posture_image::tree::Content;
use posture_image::{Answer, Cause};
use support::{Build, Header, Tar, causes};

fn content(image: &posture_image::image::Image, path: &str) -> Option<String> {
    match image.tree.content(path.as_bytes(), &Limits::default()) {
        Answer::Known(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        _ => None,
    }
}

fn gaps(tar: Vec<u8>) -> Vec<&'static str> {
    causes(&Build::new().raw(tar).read().gaps)
}

fn sparse(parts: &[(u64, u64)], real: u64, data: &[u8]) -> Tar {
    let mut header = Header::new(b"etc/passwd", b'S', 0o644, data.len() as u64);
    header.put(257, b"ustar  \0");
    for (index, (offset, length)) in parts.iter().enumerate() {
        header.octal(386 + 24 * index, 11, *offset);
        header.octal(398 + 24 * index, 11, *length);
    }
    header.octal(483, 11, real);
    Tar::new().header(header, data)
}

#[test]
fn sparse_files_have_their_holes() {
    let map = [b"2\n0\n2\n4\n1\n".as_slice(), &[0; 502]].concat();
    let data = [map.as_slice(), b"abc"].concat();
    let keys: [(&str, &[u8]); 4] = [
        ("GNU.sparse.major", b"1"),
        ("GNU.sparse.minor", b"0"),
        ("GNU.sparse.name", b"etc/passwd"),
        ("GNU.sparse.realsize", b"6"),
    ];
    for tar in [
        sparse(&[(0, 2), (4, 1)], 6, b"abc"),
        Tar::new().pax(&keys).file("GNUSparseFile.0/passwd", &data),
        Tar::new()
            .pax(&[
                ("GNU.sparse.map", b"0,2,4,1"),
                ("GNU.sparse.size", b"6"),
                ("GNU.sparse.name", b"etc/passwd"),
            ])
            .file("x", "abc"),
    ] {
        let image = Build::new().layer(tar.file("after", "")).read();
        assert_eq!(content(&image, "etc/passwd").as_deref(), Some("ab\0\0c\0"));
        assert_eq!(image.layers[0].declared, 6);
        assert!(image.is_complete(), "{:?}", image.gaps);
    }
    for (wrong, cause) in [
        (sparse(&[(0, 2), (1, 1)], 6, b"abc"), "malformed"),
        (sparse(&[(0, 2)], 6, b"abc"), "malformed"),
        (sparse(&[(0, 3)], 2, b"abc"), "malformed"),
        (Tar::new().pax(&keys[..2]).file("x", &data), "ambiguous"),
        (
            Tar::new()
                .pax(&[
                    ("GNU.sparse.major", b"2"),
                    ("GNU.sparse.minor", b"0"),
                    ("GNU.sparse.realsize", b"6"),
                ])
                .file("x", &data),
            "ambiguous",
        ),
    ] {
        assert!(gaps(wrong.end()).contains(&cause));
    }
}

#[test]
fn a_sparse_file_of_a_terabyte_is_not_expanded() {
    let image = Build::new().layer(sparse(&[(0, 3)], 0o77_777_777_777, b"abc")).read();
    let Content::Unknown(gap) = image.tree.at(b"etc/passwd").unwrap().content() else { panic!() };
    assert_eq!(gap.cause, Cause::Incomplete);
    assert!(image.tree.content(b"etc/passwd", &Limits::default()).gap().is_some());
}
