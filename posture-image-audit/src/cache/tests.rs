use std::collections::BTreeMap;
use std::time::Duration;

use posture_image::manifest::Descriptor;
use posture_model::fact::Known;
use posture_model::gap::{Reason, Register};

use super::*;

fn linux(architecture: &str) -> Platform {
    Platform { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None }
}

fn named(content: &[u8], media_type: &str) -> Named {
    let digest = Digest::of(Algorithm::Sha256, content);
    let root = Descriptor {
        media_type: media_type.to_owned(),
        digest,
        size: content.len() as u64,
        platform: None,
        annotations: BTreeMap::new(),
        foreign: false,
        artifact_type: None,
    };
    Named { names: Vec::new(), root: Root::Document(root) }
}

fn key(content: &[u8]) -> Key {
    Key::of(&named(content, "m"), &linux("amd64")).unwrap()
}

fn seen(words: &str) -> Seen {
    let register = Register::default();
    let gap = register.note(Gap::new("layers", words, Reason::Undetermined));
    let image = ContainerImage::unread("image", words, None)
        .root_user(posture_model::fact::Gap(gap))
        .health_check(Known(true));
    let identity =
        Identity { config: Some(Digest::of(Algorithm::Sha256, b"c")), ..Identity::default() };
    Seen { identity, image, gaps: register.into_list(), packages: Inventory::default() }
}

#[test]
fn an_entry_is_what_was_put() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("a/images");
    let cache = Cache::new(&place);
    assert!(cache.get(&key(b"1")).is_none());
    cache.put(&key(b"1"), &seen("one")).unwrap();
    cache.put(&key(b"2"), &seen("two")).unwrap();
    let found = cache.get(&key(b"1")).unwrap();
    assert_eq!((found.image, found.gaps), (seen("one").image, seen("one").gaps));
    assert_eq!(found.identity, seen("one").identity);
    assert_eq!(cache.get(&key(b"2")).unwrap().image.name, "two");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&cache.path(&key(b"1"))), 0o600);
        assert_eq!(mode(&place), 0o700);
    }
}

#[test]
fn another_image_platform_or_form_is_another_entry() {
    let of = |named: &Named, platform: &Platform| Key::of(named, platform).unwrap();
    let one = of(&named(b"1", "m"), &linux("amd64"));
    assert_eq!(one, of(&named(b"1", "m"), &linux("amd64")));
    for other in [
        of(&named(b"2", "m"), &linux("amd64")),
        of(&named(b"1", "n"), &linux("amd64")),
        of(&named(b"1", "m"), &linux("arm64")),
        of(&named(b"1", "m"), &Platform { variant: Some("v8".to_owned()), ..linux("amd64") }),
    ] {
        assert_ne!(one, other);
    }
    let mut renamed = named(b"1", "m");
    renamed.names.push("app:1".to_owned());
    assert_eq!(one, of(&renamed, &linux("amd64")), "a name is not part of the image");
    let files = Root::Files { config: "c.json".to_owned(), layers: Vec::new() };
    assert_eq!(Key::of(&Named { names: Vec::new(), root: files }, &linux("amd64")), None);
}

#[test]
fn a_damaged_entry_counts_as_none_and_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let (one, two) = (key(b"1"), key(b"2"));
    cache.put(&one, &seen("one")).unwrap();
    let path = cache.path(&one);
    let good = fs::read(&path).unwrap();
    let mut bad = vec![Vec::new(), b"{}".to_vec(), good[..good.len() / 2].to_vec()];
    for at in (0..good.len()).step_by(7) {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        bad.push(flipped);
    }
    bad.push([good.as_slice(), b"x"].concat());
    for bytes in bad {
        fs::write(&path, &bytes).unwrap();
        assert!(cache.get(&one).is_none(), "{} bytes", bytes.len());
    }
    // That of another image under this name.
    fs::copy(&path, cache.path(&two)).unwrap();
    fs::write(cache.path(&two), &good).unwrap();
    assert!(cache.get(&two).is_none());
    // What is not a file is not read, and what is large is not read to its end.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(cache.get(&one).is_none());
    fs::remove_dir(&path).unwrap();
    File::create(&path).unwrap().set_len(ENTRY + 10).unwrap();
    assert!(cache.get(&one).is_none());
    cache.put(&one, &seen("one")).unwrap();
    assert!(cache.get(&one).is_some());
}

#[test]
fn what_expands_beyond_the_bound_is_no_entry() {
    let content = zstd::bulk::compress(&vec![b' '; 1 << 20], 19).unwrap();
    let mut long = Vec::new();
    for _ in 0..=CONTENT >> 20 {
        long.extend_from_slice(&content);
    }
    let digest = Digest::of(Algorithm::Sha256, &long);
    let bytes = [MAGIC, digest.hex().as_bytes(), &long].concat();
    assert!(decode(&bytes, &key(b"1")).is_none());
}

#[test]
fn the_oldest_entries_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache { most_entries: 2, ..Cache::new(folder.path()) };
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let age = |key: &Key, days: u64| {
        let file = File::options().write(true).open(cache.path(key)).unwrap();
        file.set_modified(old + Duration::from_secs(days * 86_400)).unwrap();
    };
    let [one, two, three] = [b"1", b"2", b"3"].map(|content| key(content));
    cache.put(&one, &seen("one")).unwrap();
    age(&one, 1);
    cache.put(&two, &seen("two")).unwrap();
    age(&two, 2);
    // Files of others are not ours to remove.
    fs::write(folder.path().join("notes.txt"), "x").unwrap();
    // The first was used last.
    assert!(cache.get(&one).is_some());
    cache.put(&three, &seen("three")).unwrap();
    assert!(cache.get(&two).is_none());
    assert!(cache.get(&one).is_some() && cache.get(&three).is_some());
    assert!(folder.path().join("notes.txt").exists());

    let small = Cache { most_bytes: 10, ..cache };
    small.put(&two, &seen("two")).unwrap();
    assert!(cache.get(&two).is_none(), "what never fits is not kept");
}

#[test]
fn a_folder_that_cannot_be_written_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let cache = Cache::new(&file);
    assert!(cache.put(&key(b"1"), &seen("one")).is_err());
    assert!(cache.get(&key(b"1")).is_none());
}
