use super::*;

/// A header with texts and numbers.
fn header(entries: &[(u32, u32, &[&[u8]])]) -> Vec<u8> {
    let (mut index, mut data) = (Vec::new(), Vec::new());
    for (tag, kind, values) in entries {
        if *kind == 4 {
            data.resize(data.len().next_multiple_of(4), 0);
        }
        for word in
            [*tag, *kind, u32::try_from(data.len()).unwrap(), u32::try_from(values.len()).unwrap()]
        {
            index.extend(word.to_be_bytes());
        }
        for value in *values {
            data.extend_from_slice(value);
            if *kind != 4 {
                data.push(0);
            }
        }
    }
    let word = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    [&word(entries.len())[..], &word(data.len()), &index, &data].concat()
}

fn sample() -> Vec<u8> {
    header(&[
        (tag::NAME, 6, &[b"openssl-libs"]),
        (tag::VERSION, 6, &[b"3.0.7"]),
        (tag::RELEASE, 6, &[b"28.el9_4"]),
        (tag::EPOCH, 4, &[&1_u32.to_be_bytes()]),
        (tag::ARCHITECTURE, 6, &[b"x86_64"]),
        (tag::MODULE, 6, &[b"a:1:2:3"]),
        (tag::SOURCE, 6, &[b"openssl-3.0.7-28.el9_4.src.rpm"]),
        (
            tag::DIRECTORY_INDEXES,
            4,
            &[&0_u32.to_be_bytes(), &1_u32.to_be_bytes(), &7_u32.to_be_bytes()],
        ),
        (tag::BASE_NAMES, 8, &[b"libssl.so.3", b"openssl.cnf", b"lost"]),
        (tag::DIRECTORY_NAMES, 8, &[b"/usr/lib64/", b"/etc/pki/"]),
    ])
}

#[test]
fn a_header_gives_the_package_and_its_files() {
    let bytes = sample();
    let header = Header::read(&bytes).unwrap();
    let found = package(&header, "db", 2).unwrap();
    assert_eq!((found.name.as_str(), found.version.as_str()), ("openssl-libs", "1:3.0.7-28.el9_4"));
    assert_eq!(found.module.as_deref(), Some("a:1:2:3"));
    assert_eq!(found.source, Some(("openssl".into(), "3.0.7-28.el9_4".into())));
    let package_of = |name: &str, version: &str| Package {
        name: name.to_owned(),
        version: version.to_owned(),
        source: Some(("perl".to_owned(), "5.26.3-1".to_owned())),
        ..found.clone()
    };
    let sources = |mut list: Vec<Package>| -> Vec<String> {
        source_epochs(&mut list);
        list.into_iter().map(|one| one.source.unwrap().1).collect()
    };
    let errno = package_of("perl-Errno", "1.28-1");
    let libs = package_of("perl-libs", "4:5.26.3-1");
    assert_eq!(sources(vec![found.clone()]), ["1:3.0.7-28.el9_4"]);
    assert_eq!(sources(vec![errno.clone(), libs.clone()]), ["4:5.26.3-1", "4:5.26.3-1"]);
    assert_eq!(sources(vec![errno]), ["5.26.3-1"], "not known");
    let other = package_of("perl-other", "9:5.26.3-1");
    assert_eq!(sources(vec![other, package_of("perl", "4:5.26.3-1")]), ["4:5.26.3-1"; 2]);
    let mut owners = Owners::default();
    files(&header, &found.name, 2, &mut owners);
    let tree = Tree::default();
    assert_eq!(owners.of(b"usr/lib64/libssl.so.3", &tree), Some("openssl-libs"));
    assert_eq!(owners.of(b"etc/pki/openssl.cnf", &tree), Some("openssl-libs"));
    assert_eq!(owners.of(b"lost", &tree), None);
}

#[test]
fn damaged_headers_are_none() {
    let whole = sample();
    for end in 0..whole.len() {
        assert!(Header::read(&whole[..end]).is_none(), "{end}");
    }
    assert!(package(&Header::read(&header(&[(tag::NAME, 6, &[b"a"])])).unwrap(), "", 0).is_none());
    let wrong = header(&[
        (tag::NAME, 6, &[b"a"]),
        (tag::VERSION, 6, &[b"1"]),
        (tag::RELEASE, 6, &[b"1"]),
        (tag::EPOCH, 6, &[b"x"]),
    ]);
    assert!(
        package(&Header::read(&wrong).unwrap(), "", 0).is_none(),
        "an epoch that is not a number"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(
        std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
    ))]

    #[test]
    fn any_bytes_can_be_read(changes in proptest::collection::vec((0_usize..2_000, proptest::prelude::any::<u8>()), 0..30), page in 0_usize..3) {
        let mut bytes = sample();
        for (at, byte) in &changes {
            let length = bytes.len();
            bytes[at % length] = *byte;
        }
        if let Some(header) = Header::read(&bytes) {
            package(&header, "", 0);
            files(&header, "a", 0, &mut Owners::default());
        }
        let mut database = b"SQLite format 3\0\x02\0\x01\x01\0\x40\x20\x20".to_vec();
        database.resize(512 * (page + 1), 0);
        database[59] = 1;
        database[100] = 13;
        database[104] = 3;
        for (at, byte) in &changes {
            let length = database.len();
            database[at % length] = *byte;
        }
        let _ = sqlite::Database::open(&database, 1 << 20).and_then(|mut open| open.table(b"Packages"));
    }
}
