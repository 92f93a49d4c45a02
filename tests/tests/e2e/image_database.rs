//! `posture db update ECOSYSTEM`: what is fetched from a store on loopback, and what a faulty one leaves.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posture_tests::{Program, Run};
use serde_json::{Value, json};

/// What the store answers: by path, the bytes and the hash that it states.
type Answers = BTreeMap<String, (Vec<u8>, Option<String>)>;

/// CRC-32C, bit by bit: <https://www.rfc-editor.org/rfc/rfc3720#section-12.1>.
fn hash(bytes: &[u8]) -> String {
    let sum = !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0x82f6_3b78 } else { sum >> 1 }
        })
    });
    format!("crc32c={}", STANDARD.encode(sum.to_be_bytes()))
}

/// A zip archive of one file that is not compressed.
fn zip(record: &Value) -> Vec<u8> {
    let (name, content) = (b"record.json", record.to_string().into_bytes());
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let common = [&[0; 12][..], &size, &size, &length, &[0, 0]].concat();
    let file = [b"PK\x03\x04", &[20, 0][..], &common, name, &content].concat();
    let entry = [b"PK\x01\x02", &[20, 0, 20, 0][..], &common, &[0; 14], name].concat();
    let sizes = [entry.len(), file.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
    let end = [b"PK\x05\x06", &[0, 0, 0, 0, 1, 0, 1, 0][..], &sizes.concat(), &[0, 0]].concat();
    [file, entry, end].concat()
}

fn debian(id: &str) -> Vec<u8> {
    zip(&json!({
        "id": id, "modified": "2026-11-29T00:00:00Z",
        "affected": [{
            "package": { "ecosystem": "Debian:13", "name": "openssl" },
            "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }] }],
        }],
    }))
}

/// A store with a dump of Debian and a catalog.
fn store(dump: Vec<u8>, hash: Option<String>) -> String {
    let catalog = json!({
        "dateReleased": "2026-11-30T15:00:05Z", "count": 1, "vulnerabilities": [{ "cveID": "CVE-2026-0001", "dateAdded": "2026-11-30" }],
    });
    serve(BTreeMap::from([
        ("/Debian/all.zip".to_owned(), (dump, hash)),
        ("/kev.json".to_owned(), (catalog.to_string().into_bytes(), None)),
    ]))
}

/// Answers on a port until the process ends.
fn serve(answers: Answers) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = answer(&stream, &answers);
        }
    });
    url
}

fn answer(mut stream: &TcpStream, answers: &Answers) -> Option<()> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    while !lines.next()?.is_empty() {}
    let (status, (bytes, hash)) = match answers.get(&path) {
        Some(found) => ("200 OK", found.clone()),
        None => ("404 Not Found", (b"<Error><Code>NoSuchKey</Code></Error>".to_vec(), None)),
    };
    let hash = hash.map_or_else(String::new, |hash| format!("x-goog-hash: {hash}\r\n"));
    let length = bytes.len();
    let head =
        format!("HTTP/1.1 {status}\r\n{hash}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&bytes).ok()?;
    stream.shutdown(Shutdown::Write).ok()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn db(&self, arguments: &[&str]) -> Run {
        // A proxy that is not there: what is meant for this machine does not go through it.
        let program = Program::new().env("COLUMNS", "100").env("HTTP_PROXY", "http://127.0.0.1:9");
        let fixed = ["--database", "v.db"];
        program.current_dir(self.0.path()).args(&["db"]).args(arguments).args(&fixed).run()
    }

    /// Updates from a store.
    fn update(&self, store: &str, arguments: &[&str]) -> Run {
        let catalog = format!("{store}kev.json");
        let fixed = ["update", "--mirror", store, "--exploited-mirror", &catalog];
        self.db(&[fixed.as_slice(), arguments].concat())
    }

    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = std::fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut all: Vec<_> =
            entries.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
        all.sort();
        all
    }
}

#[test]
fn a_database_is_fetched_and_fetched_again() {
    let folder = Folder::new();
    let dump = debian("DEBIAN-CVE-2026-1");
    let first = store(dump.clone(), Some(hash(&dump)));
    let run = folder.update(&first, &["debian", "--fetched", "2026-12-01"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("Debian, 1 record"), "{}", run.err);
    assert!(run.err.contains("1 exploited vulnerability"), "{}", run.err);
    let status = folder.db(&["status", "--format", "json"]).json();
    assert_eq!(status["ecosystems"][0]["name"], "Debian");
    assert!(status["ecosystems"][0]["from"].as_str().unwrap().starts_with("2026-12-01"));
    assert_eq!(status["exploited"]["count"], 1);
    assert_eq!(folder.files().len(), 2);
    // Without names, those of the database. A mirror may be an old copy, so that the last change counts.
    let dump = debian("DEBIAN-CVE-2026-2");
    let second = store(dump.clone(), Some(hash(&dump)));
    let run = folder.update(&second, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let status = folder.db(&["status", "--format", "json"]).json();
    assert!(status["ecosystems"][0]["from"].as_str().unwrap().starts_with("2026-11-29"));
}

#[test]
fn a_faulty_store_leaves_the_database_as_it_was() {
    let folder = Folder::new();
    let dump = debian("DEBIAN-CVE-2026-1");
    let good = store(dump.clone(), Some(hash(&dump)));
    assert_eq!(folder.update(&good, &["Debian"]).code, 0);
    let before = folder.files();
    let other = debian("DEBIAN-CVE-2026-2");
    for (store, words) in [
        (store(other.clone(), None), "states no hash"),
        (store(other.clone(), Some(hash(&dump))), "not the one that the server states"),
        (store(other[..90].to_vec(), Some(hash(&other[..90]))), "not an archive"),
        (serve(Answers::new()), "no dump of `Debian`"),
    ] {
        let run = folder.update(&store, &["Debian"]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.contains(words), "{words}: {}", run.err);
        assert!(run.err.contains("the database is as it was"), "{}", run.err);
        assert_eq!(folder.files(), before, "{words}");
    }
    // Of several, one that is not there.
    let run = folder.update(&good, &["Debian", "PyPI"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("no dump of `PyPI`"), "{}", run.err);
    assert_eq!(folder.files(), before);
}

#[test]
fn what_is_not_an_ecosystem_is_a_mistake_with_a_suggestion() {
    let folder = Folder::new();
    for (arguments, words) in [
        (&["update"][..], "posture db update Debian"),
        (&["update", "Debain"], "did you mean `Debian`?"),
        (&["update", "Debian:12"], "without it"),
        (&["update", "Debian", "--from", "dumps"], "--from"),
        (&["update", "Debian", "--fetched", "2026-12-01"], "--fetched"),
        (&["update", "Debian", "--mirror", "http://mirror.example/"], "https only"),
        (&["update", "Debian", "--mirror", "https://a:secret@mirror.example/"], "credentials"),
    ] {
        let run = folder.db(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
        assert!(!run.err.contains("secret@"), "{}", run.err);
    }
    assert!(folder.files().is_empty());
}

#[test]
fn an_audit_fetches_nothing() {
    let folder = Folder::new();
    let dump = debian("DEBIAN-CVE-2026-1");
    let good = store(dump.clone(), Some(hash(&dump)));
    assert_eq!(folder.update(&good, &["Debian"]).code, 0);
    std::fs::remove_file(folder.path("v.db")).unwrap();
    let program = Program::new().current_dir(folder.0.path());
    let run = program.args(&["audit", "image", "./none.tar", "--database", "v.db"]).run();
    assert_eq!(run.code, 12, "{}", run.err);
    assert!(!folder.path("v.db").exists());
}
