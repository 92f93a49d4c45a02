//! Builds images, also hostile ones, which no other tool makes.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::io::Write as _;

use posture_image::digest::{Algorithm, Digest};
use posture_image::image::{self, Image, Options};
use posture_image::manifest::MEDIA_TYPES;
use posture_image::source::{Memory, Named, Root};
use posture_image::{Gap, manifest};

/// A header of a member, of which every field can be set.
pub struct Header {
    pub block: [u8; 512],
}

impl Header {
    pub fn new(name: &[u8], kind: u8, mode: u32, size: u64) -> Self {
        let mut header = Self { block: [0; 512] };
        header.put(0, name.get(..100).unwrap_or(name));
        header.octal(100, 7, u64::from(mode));
        header.octal(108, 7, 0);
        header.octal(116, 7, 0);
        header.octal(124, 11, size);
        header.octal(136, 11, 0);
        header.put(156, &[kind]);
        header.put(257, b"ustar\x0000");
        header
    }

    pub fn put(&mut self, at: usize, bytes: &[u8]) {
        self.block[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub fn octal(&mut self, at: usize, digits: usize, number: u64) {
        let text = format!("{number:0digits$o}");
        self.put(at, text.as_bytes());
    }

    pub fn finish(mut self) -> [u8; 512] {
        self.put(148, b"        ");
        let sum: u64 = self.block.iter().map(|byte| u64::from(*byte)).sum();
        self.put(148, format!("{sum:06o}\0 ").as_bytes());
        self.block
    }
}

/// A tar stream.
#[derive(Clone, Default, Debug)]
pub struct Tar(pub Vec<u8>);

impl Tar {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn header(mut self, header: Header, data: &[u8]) -> Self {
        self.0.extend_from_slice(&header.finish());
        self.data(data)
    }

    pub fn data(mut self, data: &[u8]) -> Self {
        self.0.extend_from_slice(data);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.mode(path, 0o644, content)
    }

    pub fn mode(self, path: &str, mode: u32, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        self.header(Header::new(path.as_bytes(), b'0', mode, content.len() as u64), content)
    }

    pub fn owned(self, path: &str, uid: u64, content: &[u8]) -> Self {
        let mut header = Header::new(path.as_bytes(), b'0', 0o644, content.len() as u64);
        header.octal(108, 7, uid);
        self.header(header, content)
    }

    pub fn dir(self, path: &str) -> Self {
        self.dir_mode(path, 0o755)
    }

    pub fn dir_mode(self, path: &str, mode: u32) -> Self {
        self.header(Header::new(path.as_bytes(), b'5', mode, 0), b"")
    }

    pub fn link(self, kind: u8, path: &str, target: &str) -> Self {
        let mut header = Header::new(path.as_bytes(), kind, 0o777, 0);
        header.put(157, target.as_bytes());
        self.header(header, b"")
    }

    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.link(b'2', path, target)
    }

    pub fn hard_link(self, path: &str, target: &str) -> Self {
        self.hard_link_mode(path, 0o644, target)
    }

    pub fn hard_link_mode(self, path: &str, mode: u32, target: &str) -> Self {
        let mut header = Header::new(path.as_bytes(), b'1', mode, 0);
        header.put(157, target.as_bytes());
        self.header(header, b"")
    }

    /// An extension header: `x`, `g`, `L` or `K`.
    pub fn extension(self, kind: u8, data: &[u8]) -> Self {
        self.header(Header::new(b"././@Extension", kind, 0o644, data.len() as u64), data)
    }

    pub fn pax(self, records: &[(&str, &[u8])]) -> Self {
        let data: Vec<u8> = records.iter().flat_map(|(key, value)| record(key, value)).collect();
        self.extension(b'x', &data)
    }

    pub fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 1024]);
        self.0
    }
}

pub fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An image in memory.
#[derive(Clone, Default)]
pub struct Build {
    pub layers: Vec<Vec<u8>>,
    pub config: serde_json::Value,
    pub history: Option<serde_json::Value>,
    pub docker: bool,
    pub blobs: Memory,
}

impl Build {
    pub fn new() -> Self {
        Self { config: serde_json::json!({}), ..Self::default() }
    }

    pub fn layer(mut self, tar: Tar) -> Self {
        self.layers.push(tar.end());
        self
    }

    pub fn raw(mut self, bytes: Vec<u8>) -> Self {
        self.layers.push(bytes);
        self
    }

    pub fn config(mut self, config: serde_json::Value) -> Self {
        self.config = config;
        self
    }

    pub fn history(mut self, steps: &[&str]) -> Self {
        self.history =
            Some(steps.iter().map(|step| serde_json::json!({ "created_by": step })).collect());
        self
    }

    pub fn config_json(&self) -> Vec<u8> {
        let sums: Vec<String> = self
            .layers
            .iter()
            .map(|layer| Digest::of(Algorithm::Sha256, layer).to_string())
            .collect();
        let mut config = serde_json::json!({
            "os": "linux", "architecture": "amd64", "config": self.config, "rootfs": {"type": "layers", "diff_ids": sums},
        });
        if let Some(history) = &self.history {
            config["history"] = history.clone();
        }
        serde_json::to_vec(&config).unwrap()
    }

    /// The blobs, and where to begin. Every second layer is compressed.
    pub fn finish(mut self) -> (Memory, Named) {
        let config = self.config_json();
        let size = config.len();
        let kind = if self.docker {
            "application/vnd.docker.container.image.v1+json"
        } else {
            "application/vnd.oci.image.config.v1+json"
        };
        let config = serde_json::json!({"mediaType": kind, "digest": self.blobs.add(config).to_string(), "size": size});
        let mut layers = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            let blob = match index % 3 {
                0 => gzip(layer),
                1 => layer.clone(),
                _ => zstd::encode_all(layer.as_slice(), 1).unwrap(),
            };
            let size = blob.len();
            layers.push(serde_json::json!({
                "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": self.blobs.add(blob).to_string(), "size": size,
            }));
        }
        let manifest = serde_json::json!({"schemaVersion": 2, "config": config, "layers": layers});
        let manifest = serde_json::to_vec(&manifest).unwrap();
        let size = manifest.len() as u64;
        let digest = self.blobs.add(manifest);
        (self.blobs, named(digest, size))
    }

    pub fn read(self) -> Image {
        self.read_with(&options())
    }

    pub fn read_with(self, options: &Options) -> Image {
        let (blobs, named) = self.finish();
        image::read(&blobs, &named, options).expect("an image")
    }
}

pub fn named(digest: Digest, size: u64) -> Named {
    let root = manifest::Descriptor {
        media_type: MEDIA_TYPES[0].to_owned(),
        digest,
        size,
        platform: None,
        annotations: Default::default(),
        foreign: false,
        artifact_type: None,
    };
    Named { names: vec!["test".to_owned()], root: Root::Document(root) }
}

pub fn options() -> Options {
    Options::new([7; 32])
}

/// The paths of an image.
pub fn paths(image: &Image) -> Vec<String> {
    image.tree.iter().map(|(path, _)| posture_image::text::escape(path)).collect()
}

pub fn causes(gaps: &[Gap]) -> Vec<&'static str> {
    gaps.iter().map(|gap| gap.cause.name()).collect()
}

/// How many cases a property tries.
pub fn cases(few: u32) -> u32 {
    std::env::var("POSTURE_CASES")
        .map_or(few, |number| number.parse().expect("POSTURE_CASES is a number"))
}

/// An image of one layer whose blob is given.
pub fn with_blob(tar: Vec<u8>, blob: Vec<u8>) -> (Memory, Named) {
    let build = Build::new().raw(tar);
    let config = build.config_json();
    let mut blobs = build.blobs;
    let descriptor = |kind: &str, digest: String, size: usize| serde_json::json!({"mediaType": kind, "digest": digest, "size": size});
    let sizes = (config.len(), blob.len());
    let config = descriptor(
        "application/vnd.oci.image.config.v1+json",
        blobs.add(config).to_string(),
        sizes.0,
    );
    let layer =
        descriptor("application/vnd.oci.image.layer.v1.tar", blobs.add(blob).to_string(), sizes.1);
    let manifest = serde_json::to_vec(
        &serde_json::json!({"schemaVersion": 2, "config": config, "layers": [layer]}),
    )
    .unwrap();
    let size = manifest.len() as u64;
    let digest = blobs.add(manifest);
    (blobs, named(digest, size))
}
