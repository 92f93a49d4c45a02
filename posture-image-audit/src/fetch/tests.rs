//! A store on loopback that is right, and one that is wrong in every way that it can be.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use posture_registry::Pause;
use serde_json::json;

use super::hash::tests::stated;
use super::*;
use crate::database;

/// What is sent: the status, the headers, and the body with the length that is announced.
#[derive(Clone, Debug)]
struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    announced: Option<usize>,
    endless: bool,
}

fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, headers: Vec::new(), body: body.into(), announced: None, endless: false }
}

/// A whole answer with its hash.
fn hashed(body: impl Into<Vec<u8>>) -> Reply {
    let body = body.into();
    let hash = stated(&body);
    reply(200, body).with("x-goog-hash", &hash)
}

impl Reply {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A server: the address, and the paths that were requested.
struct Server {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers a path, by the number of the request, until the process ends.
    fn new(answer: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&seen), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &kept, &*answer));
            }
        });
        Self { url, seen }
    }

    /// A store with one answer for each dump, and with a catalog.
    fn store(dump: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::new(move |path, number| match path {
            "/kev.json" => reply(200, catalog()),
            _ => dump(number),
        })
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<String>>,
    answer: &dyn Fn(&str, usize) -> Reply,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim_end().is_empty() {
            break;
        }
    }
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(path.clone());
        seen.iter().filter(|one| **one == path).count()
    };
    let Reply { status, headers, body, announced, endless } = answer(&path, number);
    let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if endless {
        head.push_str("transfer-encoding: chunked\r\n");
    } else {
        head.push_str(&format!("content-length: {}\r\n", announced.unwrap_or(body.len())));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    if endless {
        loop {
            stream.write_all(format!("{:x}\r\n", body.len()).as_bytes()).ok()?;
            stream.write_all(&body).ok()?;
            stream.write_all(b"\r\n").ok()?;
        }
    }
    stream.write_all(&body).ok()?;
    stream.flush().ok()?;
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = reader.read(&mut [0; 1]);
    Some(())
}

fn catalog() -> String {
    json!({
        "dateReleased": "2026-11-30T15:00:05.1234Z", "count": 1,
        "vulnerabilities": [{ "cveID": "CVE-2026-0001", "dateAdded": "2026-11-30" }],
    })
    .to_string()
}

fn record(id: &str, ecosystem: &str) -> Vec<u8> {
    json!({
        "id": id, "modified": "2026-11-29T00:00:00Z",
        "affected": [{
            "package": { "ecosystem": ecosystem, "name": "openssl" },
            "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }] }],
        }],
    })
    .to_string()
    .into_bytes()
}

/// A zip archive of files that are not compressed.
fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        // Flags, method, time, and the checksum, which nothing reads.
        let common = [&[0; 12][..], &size, &size, &length, &[0, 0]].concat();
        let at = u32::try_from(out.len()).unwrap().to_le_bytes();
        out.extend([b"PK\x03\x04", &[20, 0][..], &common, name.as_bytes(), content].concat());
        directory.extend(
            [b"PK\x01\x02", &[20, 0, 20, 0][..], &common, &[0; 10], &at, name.as_bytes()].concat(),
        );
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let at = u32::try_from(out.len()).unwrap().to_le_bytes();
    out.extend(directory);
    out.extend([b"PK\x05\x06", &[0; 4][..], &count, &count, &size, &at, &[0, 0]].concat());
    out
}

fn debian() -> Vec<u8> {
    zip(&[("DEBIAN-CVE-2026-1.json", record("DEBIAN-CVE-2026-1", "Debian:13"))])
}

fn now() -> Time {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// Sources at a server; no test waits.
fn sources(server: &Server, ecosystems: &[&str]) -> Sources {
    Sources {
        dumps: server.url.clone(),
        exploited: Some(format!("{}kev.json", server.url)),
        patience: Patience { pause: Pause::new(|_| Box::pin(async {})), ..Patience::default() },
        ..Sources::new(ecosystems.iter().map(|&name| name.to_owned()).collect())
    }
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("v.db")
    }

    /// Everything in the folder, with its content.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        let mut all: Vec<_> =
            entries.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect();
        all.sort();
        all
    }
}

async fn run(sources: &Sources, place: &Place) -> Result<Updated, FetchError> {
    update(sources, &place.database(), now()).await
}

#[tokio::test]
async fn dumps_and_the_catalog_are_fetched_and_hold() {
    let server = Server::new(|path, _| match path {
        "/kev.json" => reply(200, catalog()),
        "/Debian/all.zip" => hashed(debian()),
        "/Rocky%20Linux/all.zip" => hashed(zip(&[("a.json", record("RLSA-1", "Rocky Linux:9"))])),
        _ => reply(404, "<Error>"),
    });
    let place = Place::new();
    let updated = run(&sources(&server, &["debian", "Rocky Linux", "Debian"]), &place).await;
    let updated = updated.unwrap();
    assert_eq!(server.seen(), ["/Debian/all.zip", "/Rocky%20Linux/all.zip", "/kev.json"]);
    assert_eq!(updated.dumps.len(), 2);
    assert_eq!(updated.dumps[0].0, format!("{}Debian/all.zip", server.url));
    assert_eq!(updated.exploited.unwrap().1, 1);
    let status = database::status(&place.database()).unwrap();
    assert_eq!(status.records, 2);
    // A mirror may be an old copy: the last change of a record counts.
    assert_eq!(status.ecosystems[0].changed.unwrap().day(), "2026-11-29");
    assert_eq!(status.exploited.unwrap().unwrap().1, 1);
    assert_eq!(held(&place.database()).unwrap(), ["Debian", "Rocky Linux"]);
    assert_eq!(place.files().len(), 2, "no file is left over");
    let stated = Sources { fetched: Some(now()), ..sources(&server, &["Debian"]) };
    run(&stated, &place).await.unwrap();
    let status = database::status(&place.database()).unwrap();
    assert_eq!(status.ecosystems[0].changed.unwrap().day(), "2026-12-01");
}

/// Each fault of a dump leaves what was there, and is named.
#[tokio::test]
async fn a_fault_leaves_the_old_database_whole() {
    let place = Place::new();
    let good = Server::store(|_| hashed(debian()));
    run(&sources(&good, &["Debian"]), &place).await.unwrap();
    let before = place.files();
    let other = good.url.clone();
    let with = |header: &'static str, value: &str| reply(200, debian()).with(header, value);
    let short = Reply { announced: Some(debian().len() + 1), ..hashed(debian()) };
    let cut = debian()[..100].to_vec();
    for (dump, words) in [
        (reply(200, debian()), "states no hash"),
        (with("x-goog-hash", "md5=AAAA"), "not the one that the server states"),
        (with("x-goog-hash", &stated(b"other")), "not the one that the server states"),
        (with("x-goog-hash", "crc32c=%"), "malformed"),
        (hashed(debian()).with("content-encoding", "gzip"), "content encoding"),
        (short, "the connection ended after"),
        // As a proxy would cut it, with the hash of the whole.
        (reply(200, cut.clone()).with("x-goog-hash", &stated(&debian())), "not the one"),
        (hashed(cut), "not an archive"),
        (hashed(zip(&[])), "the dump has no record"),
        (hashed(zip(&[("a.txt", b"x".to_vec())])), "the dump has no record"),
        (hashed("<html>"), "not an archive"),
        (hashed(zip(&[("a.json", record("PYSEC-1", "PyPI"))])), "it is the dump of `PyPI`"),
        (Reply { announced: Some(3 << 30), ..hashed(debian()) }, "more than"),
        (reply(302, "").with("location", &format!("{other}Debian/all.zip")), "another host"),
        (reply(302, "").with("location", "http://169.254.169.254/x"), "another host"),
        (reply(302, "").with("location", "file:///etc/passwd"), "another host"),
        (reply(302, ""), "names no address"),
        (reply(307, "").with("location", "/again"), "redirects in a row"),
        (reply(403, ""), "access is denied"),
        (reply(204, ""), "unexpected status 204"),
        (reply(500, ""), "status 500"),
        (reply(429, "").with("retry-after", "7"), "asks to wait 7 seconds"),
        (reply(404, ""), "no dump of `Debian`"),
    ] {
        let server = Server::store(move |_| dump.clone());
        let error = run(&sources(&server, &["Debian"]), &place).await.unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
        assert_eq!(place.files(), before, "{words}");
    }
    let gone = Sources { dumps: "http://127.0.0.1:1/".to_owned(), ..sources(&good, &["Debian"]) };
    let error = run(&gone, &place).await.unwrap_err();
    assert!(error.to_string().contains("cannot be reached"), "{error}");
    assert_eq!(place.files(), before);
}

#[tokio::test]
async fn one_dump_or_the_catalog_that_fails_leaves_all_as_it_was() {
    let place = Place::new();
    let good = Server::store(|_| hashed(debian()));
    run(&sources(&good, &["Debian"]), &place).await.unwrap();
    let before = place.files();
    let half = Server::new(|path, _| match path {
        "/kev.json" => reply(200, catalog()),
        "/Debian/all.zip" => hashed(zip(&[("a.json", record("DEBIAN-2", "Debian:12"))])),
        _ => reply(404, ""),
    });
    assert!(run(&sources(&half, &["Debian", "PyPI"]), &place).await.is_err());
    assert_eq!(place.files(), before);
    for bad in
        ["", "{}", "<html>", &catalog()[..80], &catalog().replace("\"count\":1", "\"count\":2")]
    {
        let bad = bad.to_owned();
        let server = Server::new(move |path, _| match path {
            "/kev.json" => reply(200, bad.clone()),
            _ => hashed(zip(&[("a.json", record("DEBIAN-2", "Debian:12"))])),
        });
        assert!(run(&sources(&server, &["Debian"]), &place).await.is_err());
        assert_eq!(place.files(), before);
    }
    // Without it, the catalog that was there stays.
    let none = Sources { exploited: None, ..sources(&half, &["Debian"]) };
    run(&none, &place).await.unwrap();
    let after = place.files();
    assert_eq!(after[0], before[0]);
    assert_ne!(after[1], before[1]);
}

#[tokio::test]
async fn an_endless_body_ends_at_the_bound() {
    let server = Server::new(|path, _| match path {
        "/kev.json" => Reply { endless: true, ..reply(200, vec![b'a'; 1 << 20]) },
        _ => hashed(debian()),
    });
    let place = Place::new();
    let error = run(&sources(&server, &["Debian"]), &place).await.unwrap_err();
    assert!(error.to_string().contains(&format!("more than {RECORD} bytes")), "{error}");
    assert!(place.files().is_empty());
}

#[tokio::test]
async fn what_passes_is_tried_again_and_a_long_wait_is_not_waited() {
    let server = Server::store(|number| match number {
        1 => reply(429, "").with("retry-after", "1"),
        2 => reply(503, ""),
        3 => Reply { announced: Some(1_000), ..hashed(debian()) },
        _ => hashed(debian()),
    });
    run(&sources(&server, &["Debian"]), &Place::new()).await.unwrap();
    assert_eq!(server.seen().len(), 5);
    let server = Server::store(|_| reply(429, "").with("retry-after", "3600"));
    assert!(run(&sources(&server, &["Debian"]), &Place::new()).await.is_err());
    assert_eq!(server.seen().len(), 1);
    // On the same host, a redirect is followed.
    let server = Server::new(|path, _| match path {
        "/kev.json" => reply(301, "").with("location", "/files/kev.json"),
        "/files/kev.json" => reply(200, catalog()),
        _ => hashed(debian()),
    });
    run(&sources(&server, &["Debian"]), &Place::new()).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_before_anything_is_fetched() {
    let server = Server::store(|_| hashed(debian()));
    let place = Place::new();
    let with = |dumps: &str| Sources { dumps: dumps.to_owned(), ..sources(&server, &["Debian"]) };
    for (bad, words) in [
        (sources(&server, &["Debain"]), "did you mean `Debian`?"),
        (sources(&server, &["Debian:12"]), "a release"),
        (sources(&server, &["../Debian"]), "no packages of an ecosystem"),
        (Sources { exploited: None, ..sources(&server, &[]) }, "nothing to fetch"),
        (with("http://mirror.example/"), "over https only"),
        (with("file:///srv/osv"), "over https only"),
        (with("osv"), "not the address"),
        (with("https://user:secret@mirror.example/"), "credentials"),
    ] {
        let error = run(&bad, &place).await.unwrap_err();
        let FetchError::Asked(text) = &error else { panic!("{error:?}") };
        assert!(text.contains(words) && !text.contains("secret"), "{text}");
    }
    assert!(server.seen().is_empty() && place.files().is_empty());
}

#[test]
fn dumps_are_below_the_address_of_their_store() {
    for (store, dump_url) in [
        (OSV, "https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip"),
        ("https://mirror.example/osv", "https://mirror.example/osv/Rocky%20Linux/all.zip"),
        ("https://mirror.example/osv/", "https://mirror.example/osv/Rocky%20Linux/all.zip"),
    ] {
        assert_eq!(dump(&Url::parse(store).unwrap(), "Rocky Linux").as_str(), dump_url);
    }
    assert!(address(CISA).is_ok());
}
