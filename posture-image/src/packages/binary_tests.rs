use super::*;

/// An ELF file with one section beside the names.
fn elf(section: &str, content: &[u8]) -> Vec<u8> {
    let names = format!("\0{section}\0.shstrtab\0");
    let (start, names_at) = (64, 64 + content.len());
    let table = names_at + names.len();
    let mut bytes = vec![0; 64];
    bytes[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\0");
    bytes[16] = 2;
    bytes[40..48].copy_from_slice(&(table as u64).to_le_bytes());
    bytes[58] = 64;
    bytes[60] = 3;
    bytes[62] = 2;
    bytes.extend_from_slice(content);
    bytes.extend_from_slice(names.as_bytes());
    let mut entry = |name: u32, kind: u32, offset: usize, size: usize| {
        let mut entry = vec![0; 64];
        entry[..4].copy_from_slice(&name.to_le_bytes());
        entry[4..8].copy_from_slice(&kind.to_le_bytes());
        entry[24..32].copy_from_slice(&(offset as u64).to_le_bytes());
        entry[32..40].copy_from_slice(&(size as u64).to_le_bytes());
        bytes.extend(entry);
    };
    entry(0, 0, 0, 0);
    entry(1, 1, start, content.len());
    entry(u32::try_from(section.len()).unwrap() + 2, 3, names_at, names.len());
    bytes
}

fn go_info(version: &str, modules: &str, flags: u8) -> Vec<u8> {
    let mut info = [b"\xff Go buildinf:".as_slice(), &[8, flags]].concat();
    info.resize(32, 0);
    let mut text = |text: &[u8]| {
        let mut length = text.len();
        while length >= 0x80 {
            info.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        info.push(u8::try_from(length).unwrap());
        info.extend_from_slice(text);
    };
    text(version.as_bytes());
    let modules = if modules.is_empty() {
        Vec::new()
    } else {
        [&[1; 16], modules.as_bytes(), &[2; 16]].concat()
    };
    text(&modules);
    info
}

fn packages(bytes: &[u8]) -> Vec<String> {
    let found = inspect(b"app", bytes, &Limits::default()).unwrap_or_default();
    assert_eq!(found.gaps, []);
    found.packages.into_iter().map(|one| format!("{}@{}", one.name, one.version)).collect()
}

#[test]
fn modules_of_go_are_read() {
    let modules = "path\tx.test/app\nmod\tx.test/app\t(devel)\t\ndep\tx.test/a\tv1.2.3\th1:x=\ndep\tx.test/b\tv1.0.0\th1:x=\n=>\tx.test/fork\tv2.0.0+incompatible\th1:y=\n\
        dep\tx.test/local\tv0.0.0\n=>\t./local\t(devel)\t\ndep\tx.test/c\tv0.1.0\nbuild\t-compiler=gc\n";
    assert_eq!(
        packages(&elf(".go.buildinfo", &go_info("go1.22.3 X:boringcrypto", modules, 2))),
        [
            "stdlib@1.22.3",
            "x.test/app@(devel)",
            "x.test/a@1.2.3",
            "x.test/fork@2.0.0+incompatible",
            "x.test/local@(devel)",
            "x.test/c@0.1.0"
        ]
    );
    assert_eq!(packages(&elf(".go.buildinfo", &go_info("go1.21", "", 2))), ["stdlib@1.21.0"]);
}

#[test]
fn versions_of_the_standard_library_are_semantic() {
    for (version, expected) in [
        ("go1.22rc1", Some("1.22.0-rc.1")),
        ("go1.22.3-fips", Some("1.22.3")),
        ("go1.4beta1", Some("1.4.0-beta.1")),
        ("devel +abc", None),
        ("go1.22.3+auto", Some("1.22.3")),
        ("go", None),
        ("go1..2", None),
        ("go1.2.3.4", None),
        ("go1.22x1", None),
    ] {
        assert_eq!(standard(version).as_deref(), expected, "{version}");
    }
}

#[test]
fn damaged_information_is_a_gap() {
    let cause = |info: &[u8]| {
        inspect(b"app", &elf(".go.buildinfo", info), &Limits::default()).unwrap().gaps[0].cause
    };
    assert_eq!(cause(&go_info("go1.17", "", 0)), Cause::Unsupported);
    assert_eq!(cause(&go_info("devel", "", 2)), Cause::Unsupported);
    assert_eq!(cause(&go_info("go1.22", "", 2)[..34]), Cause::Malformed);
    let found = inspect(b"app", &elf(".dep-v0", b"no zlib"), &Limits::default()).unwrap();
    assert_eq!(found.gaps[0].cause, Cause::Malformed);
}

#[test]
fn crates_of_cargo_auditable_are_read() {
    let json = br#"{"packages":[{"name":"a","version":"1.0.0","source":"crates.io"},{"name":"b","version":"2.0.0","source":"crates.io","kind":"build"},
        {"name":"c","version":"3.0.0","source":"git"},{"name":"app","version":"0.1.0","source":"local","root":true}]}"#;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, json).unwrap();
    assert_eq!(packages(&elf(".dep-v0", &encoder.finish().unwrap())), ["a@1.0.0"]);
}

#[test]
fn programs_without_a_record_are_programs() {
    let plain = inspect(b"app", &elf(".text", b"x"), &Limits::default()).unwrap();
    assert!(plain.program && plain.packages.is_empty());
    let magic = [b"text".as_slice(), MAGIC, &[0; 40]].concat();
    assert_eq!(
        packages(&elf(".rodata", &magic)),
        Vec::<String>::new(),
        "the mark elsewhere, as in the compiler itself"
    );
    let whole = elf(".go.buildinfo", &go_info("go1.22", "", 2));
    for end in 0..whole.len() {
        inspect(b"app", &whole[..end], &Limits::default());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(
        std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
    ))]

    #[test]
    fn any_bytes_can_be_read(changes in proptest::collection::vec((0_usize..600, proptest::prelude::any::<u8>()), 0..12), modules in "[a-z\t=>\n]{0,60}") {
        for section in [".go.buildinfo", ".dep-v0"] {
            let mut bytes = elf(section, &go_info("go1.22", &modules, 2));
            for (at, byte) in &changes {
                let length = bytes.len();
                bytes[at % length] = *byte;
            }
            inspect(b"app", &bytes, &Limits::default());
        }
    }
}
