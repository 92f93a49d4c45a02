//! A registry on loopback: a function from requests to responses, of which every byte can be wrong.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use posture_image::digest::{Algorithm, Digest};
use url::Url;

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// Names have small letters.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn authorization(&self) -> Option<&str> {
        self.header("authorization")
    }
}

/// A response.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Whole(Vec<u8>),
    /// Announces so many bytes, and sends others.
    Announced(usize, Vec<u8>),
    /// The same piece again and again, in chunks.
    Endless(Vec<u8>),
    /// Announces so many bytes, sends the first, and then nothing.
    Stalled(usize, Vec<u8>),
}

pub(super) fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, headers: Vec::new(), body: Body::Whole(body.into()) }
}

pub(super) fn ok(body: impl Into<Vec<u8>>) -> Reply {
    reply(200, body)
}

pub(super) fn refuse(status: u16, code: &str, message: &str) -> Reply {
    let body = serde_json::json!({ "errors": [{ "code": code, "message": message }] });
    reply(status, body.to_string())
}

pub(super) fn redirect(to: &str) -> Reply {
    reply(307, "").with("location", to)
}

pub(super) fn announced(length: usize, body: impl Into<Vec<u8>>) -> Reply {
    Reply { body: Body::Announced(length, body.into()), ..reply(200, "") }
}

pub(super) fn endless(piece: impl Into<Vec<u8>>) -> Reply {
    Reply { body: Body::Endless(piece.into()), ..reply(200, "") }
}

pub(super) fn stalled(length: usize, body: impl Into<Vec<u8>>) -> Reply {
    Reply { body: Body::Stalled(length, body.into()), ..reply(200, "") }
}

impl Reply {
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

/// A server.
#[derive(Clone, Debug)]
pub(super) struct Sim {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// The bytes of endless bodies that were sent.
    pub(super) sent: Arc<AtomicU64>,
    /// Notified when a response stalls.
    pub(super) stalls: Arc<tokio::sync::Notify>,
    /// Connections, also those without a request that can be read.
    pub(super) connections: Arc<AtomicU64>,
}

impl Sim {
    /// Serves until the process ends.
    pub(super) fn serve(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sim = Self {
            port: listener.local_addr().unwrap().port(),
            seen: Arc::default(),
            sent: Arc::default(),
            stalls: Arc::default(),
            connections: Arc::default(),
        };
        let (kept, answer) = (sim.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                kept.connections.fetch_add(1, Ordering::SeqCst);
                let (kept, answer) = (kept.clone(), Arc::clone(&answer));
                std::thread::spawn(move || kept.one(stream, &*answer));
            }
        });
        sim
    }

    fn one(&self, mut stream: TcpStream, answer: &dyn Fn(&Seen) -> Reply) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let request = request(&mut reader)?;
        let head = request.method == "HEAD";
        self.seen.lock().unwrap().push(request.clone());
        let Reply { status, headers, body } = answer(&request);
        let mut text = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
        for (name, value) in &headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        match &body {
            Body::Whole(bytes) => text.push_str(&format!("content-length: {}\r\n", bytes.len())),
            Body::Announced(length, _) | Body::Stalled(length, _) => {
                text.push_str(&format!("content-length: {length}\r\n"));
            }
            Body::Endless(_) => text.push_str("transfer-encoding: chunked\r\n"),
        }
        stream.write_all(format!("{text}\r\n").as_bytes()).ok()?;
        match body {
            _ if head => {}
            Body::Whole(bytes) | Body::Announced(_, bytes) => stream.write_all(&bytes).ok()?,
            Body::Endless(piece) => loop {
                write!(stream, "{:x}\r\n", piece.len()).ok()?;
                stream.write_all(&piece).ok()?;
                stream.write_all(b"\r\n").ok()?;
                self.sent.fetch_add(piece.len() as u64, Ordering::SeqCst);
            },
            Body::Stalled(_, bytes) => {
                stream.write_all(&bytes).ok()?;
                stream.flush().ok()?;
                self.stalls.notify_one();
                let _ = reader.read(&mut [0; 1]);
            }
        }
        stream.flush().ok()?;
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = reader.read(&mut [0; 1]);
        Some(())
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The paths that were requested, with the method unless it is GET.
    pub(super) fn paths(&self) -> Vec<String> {
        let shown = |seen: &Seen| match seen.method.as_str() {
            "GET" => seen.path.clone(),
            method => format!("{method} {}", seen.path),
        };
        self.seen().iter().map(shown).collect()
    }
}

fn request(reader: &mut impl BufRead) -> Option<Seen> {
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let url = Url::parse(&format!("http://x{target}")).ok()?;
    Some(Seen {
        method,
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

/// What a registry without faults has, of any repository.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    pub(super) manifests: HashMap<String, (String, Vec<u8>)>,
    pub(super) blobs: HashMap<String, Vec<u8>>,
}

pub(super) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

pub(super) fn digest(bytes: &[u8]) -> Digest {
    Digest::of(Algorithm::Sha256, bytes)
}

impl Store {
    pub(super) fn blob(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = digest(&bytes);
        self.blobs.insert(digest.to_string(), bytes);
        digest
    }

    pub(super) fn manifest(&mut self, tag: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Digest {
        let bytes = bytes.into();
        let digest = digest(&bytes);
        for name in [tag, &digest.to_string()] {
            self.manifests.insert(name.to_owned(), (kind.to_owned(), bytes.clone()));
        }
        digest
    }

    /// An image with layers in gzip, each of which has one file.
    pub(super) fn image(&mut self, tag: &str, files: &[(&str, &[u8])]) -> Digest {
        let layers: Vec<Vec<u8>> = files.iter().map(|(name, content)| tar(name, content)).collect();
        let diff_ids: Vec<String> = layers.iter().map(|layer| digest(layer).to_string()).collect();
        let config = serde_json::json!({
            "architecture": "amd64", "os": "linux", "config": { "User": "app" },
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
        });
        let config = config.to_string().into_bytes();
        let descriptor = |kind: &str, digest: &Digest, size: usize| serde_json::json!({ "mediaType": kind, "digest": digest.to_string(), "size": size });
        let size = config.len();
        let config =
            descriptor("application/vnd.oci.image.config.v1+json", &self.blob(config), size);
        let layers: Vec<_> = layers
            .iter()
            .map(|layer| {
                let layer = gzip(layer);
                let size = layer.len();
                descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &self.blob(layer), size)
            })
            .collect();
        let manifest = serde_json::json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": layers,
        });
        self.manifest(tag, OCI_MANIFEST, manifest.to_string())
    }

    pub(super) fn reply(&self, request: &Seen) -> Reply {
        let Some(path) = request.path.strip_prefix("/v2/team/app/") else {
            return refuse(404, "NAME_UNKNOWN", "repository name not known to registry");
        };
        match path.split_once('/') {
            Some(("manifests", name)) => match self.manifests.get(name) {
                Some((kind, bytes)) => ok(bytes.clone())
                    .with("content-type", kind)
                    .with("docker-content-digest", digest(bytes).to_string()),
                None => refuse(404, "MANIFEST_UNKNOWN", "manifest unknown"),
            },
            Some(("blobs", name)) => match (self.blobs.get(name), request.header("range")) {
                (Some(bytes), Some(range)) => {
                    let from: usize =
                        range["bytes=".len()..].trim_end_matches('-').parse().unwrap();
                    let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
                    reply(206, &bytes[from..]).with("content-range", range)
                }
                (Some(bytes), None) => ok(bytes.clone()),
                (None, _) => refuse(404, "BLOB_UNKNOWN", "blob unknown"),
            },
            _ => reply(404, ""),
        }
    }
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An archive with one file.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut block = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000644\x000000000\x000000000\x00");
    put(124, format!("{:011o}\x0000000000000\x00        0", content.len()).as_bytes());
    put(257, b"ustar\x0000");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut tar = block.to_vec();
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    tar
}
