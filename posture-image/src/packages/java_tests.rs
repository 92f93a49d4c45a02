use super::*;

/// A zip archive with stored or deflated entries.
fn zip(entries: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let data = if deflated {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut encoder, content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.to_vec()
        };
        let word = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let method = short(if deflated { 8 } else { 0 });
        let common = [
            &method[..],
            &[0; 8],
            &word(data.len()),
            &word(content.len()),
            &short(name.len()),
            &short(0),
        ]
        .concat();
        let offset = archive.len();
        archive
            .extend([b"PK\x03\x04", &[20, 0, 0, 0][..], &common, name.as_bytes(), &data].concat());
        directory.extend(
            [
                b"PK\x01\x02",
                &[20, 0, 20, 0, 0, 0][..],
                &common,
                &[0; 10],
                &word(offset),
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let offset = u32::try_from(archive.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    archive.extend(
        [&directory[..], b"PK\x05\x06\0\0\0\0", &count, &count, &size, &offset, &[0, 0]].concat(),
    );
    archive
}

const POM: (&str, &[u8]) =
    ("META-INF/maven/org.x/a/pom.properties", b"#c\nversion=1.2.3\ngroupId=org.x\nartifactId=a\n");
const MANIFEST: (&str, &[u8]) = (
    "META-INF/MANIFEST.MF",
    b"Manifest-Version: 1.0\r\nImplementation-Title: Thing\r\nImplementation-Version: 4\r\n",
);

fn found(bytes: &[u8]) -> (Vec<(String, String, bool)>, Vec<&'static str>) {
    let found = inspect(bytes, "/a.jar", &Limits::default());
    let packages =
        found.packages.into_iter().map(|one| (one.name, one.version, one.guessed)).collect();
    (packages, found.gaps.iter().map(|gap| gap.cause.name()).collect())
}

#[test]
fn properties_of_maven_decide_and_the_manifest_is_a_guess() {
    let pom = ("org.x:a".to_owned(), "1.2.3".to_owned(), false);
    let guess = ("Thing".to_owned(), "4".to_owned(), true);
    for deflated in [false, true] {
        assert_eq!(found(&zip(&[MANIFEST, POM], deflated)), (vec![pom.clone()], vec![]));
        assert_eq!(found(&zip(&[MANIFEST], deflated)), (vec![guess.clone()], vec![]));
        let inner = zip(&[POM], !deflated);
        assert_eq!(found(&zip(&[MANIFEST, ("BOOT-INF/lib/a.jar", &inner)], deflated)).0[0], pom);
    }
    let started = [b"#!/bin/sh\nexec java -jar $0\n".as_slice(), &zip(&[POM], true)].concat();
    assert_eq!(found(&started), (vec![pom], vec![]));
}

#[test]
fn nested_and_damaged_archives_have_gaps() {
    let mut nested = zip(&[POM], false);
    for _ in 0..6 {
        nested = zip(&[("a.jar", &nested)], false);
    }
    assert_eq!(found(&nested), (vec![], vec!["incomplete"]));
    let whole = zip(&[POM], true);
    for end in 0..whole.len() {
        let (packages, gaps) = found(&whole[..end]);
        assert!(packages.is_empty() && !gaps.is_empty(), "{end}");
    }
    let damaged = zip(
        &[("META-INF/maven/a/b/pom.properties", b"groupId=${x}\nartifactId=a\nversion=1\n")],
        false,
    );
    assert_eq!(found(&damaged), (vec![], vec!["malformed"]));
    let mut bomb = zip(&[("META-INF/maven/a/b/pom.properties", &[b'a'; 5_000])], true);
    let limits = Limits::default();
    bomb.windows(4).position(|part| part == 5_000_u32.to_le_bytes()).unwrap();
    assert_eq!(inspect(&bomb, "/a.jar", &limits).packages, []);
    bomb.truncate(30);
    assert!(!inspect(&bomb, "/a.jar", &limits).gaps.is_empty());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(
        std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
    ))]

    #[test]
    fn any_bytes_can_be_read(changes in proptest::collection::vec((0_usize..2_000, proptest::prelude::any::<u8>()), 1..12), deflated: bool) {
        let inner = zip(&[POM, MANIFEST], !deflated);
        let mut bytes = zip(&[POM, MANIFEST, ("a.jar", &inner)], deflated);
        for (at, byte) in changes {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        inspect(&bytes, "/a.jar", &Limits::default());
    }
}

#[test]
fn what_does_not_state_what_it_is_is_a_gap() {
    let class = ("a/B.class", &b"\xca\xfe\xba\xbe"[..]);
    assert_eq!(found(&zip(&[class], false)).1, ["incomplete"]);
    assert_eq!(
        found(&zip(&[class, ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n")], true)).1,
        ["incomplete"]
    );
    for other in [MANIFEST, POM] {
        assert_eq!(found(&zip(&[class, other], false)).1, Vec::<&str>::new());
    }
    assert_eq!(found(&zip(&[("a.properties", b"x")], false)).1, Vec::<&str>::new(), "only texts");
    let inner = zip(&[class], false);
    assert_eq!(found(&zip(&[("WEB-INF/lib/a.jar", &inner)], false)).1, ["incomplete"]);
    let behind = [b"#!/bin/sh\nexec java\n".to_vec(), zip(&[POM], false)].concat();
    assert_eq!(found(&behind).0.len(), 1, "a program in front");
    let egg = zip(&[("EGG-INFO/PKG-INFO", b"Name: A\nVersion: 1\n")], false);
    assert_eq!(found(&egg).0, [("a".to_owned(), "1".to_owned(), false)]);
}
