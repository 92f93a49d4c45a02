//! The images of `posture demo`: two small ones, made in this process, with a database of vulnerabilities that do not exist.

use std::path::{Path, PathBuf};

use posture::image::update;
use posture_core::time::Time;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::Files;

/// The images, as OCI layouts that are there until this is dropped.
pub(in crate::providers) struct Demo {
    folder: TempDir,
}

/// What an image is made of.
struct Recipe {
    /// Its folder, and its name.
    folder: &'static str,
    name: &'static str,
    config: Value,
    /// The steps of its build: what was run, and the files that it left. A step without files has no layer.
    steps: Vec<(&'static str, Vec<File>)>,
}

/// Path, rights, content.
type File = (&'static str, u32, &'static str);

/// Looked after: a user of its own, a rolling distribution, one package without a known vulnerability.
fn good() -> Recipe {
    let files = vec![
        ("etc/os-release", 0o644, "ID=wolfi\nNAME=\"Wolfi\"\nVERSION_ID=\"20230201\"\n"),
        (
            "etc/passwd",
            0o644,
            "root:x:0:0::/root:/sbin/nologin\nweb:x:65532:65532::/:/sbin/nologin\n",
        ),
        ("etc/shadow", 0o640, "root:*::0:::::\nweb:*::0:::::\n"),
        (
            "usr/lib/apk/db/installed",
            0o644,
            "P:openssl\nV:3.5.4-r1\nA:x86_64\no:openssl\nF:usr/lib\nR:libssl.so.3\n\n",
        ),
        ("usr/lib/libssl.so.3", 0o644, "the library\n"),
    ];
    let page = vec![("srv/index.html", 0o644, "<h1>Shop</h1>\n")];
    Recipe {
        folder: "web",
        name: "registry.example/shop/web:2.0",
        config: json!({
            "User": "65532:65532", "Env": ["PATH=/usr/bin:/bin"], "ExposedPorts": { "8080/tcp": {} },
            "Labels": {
                "org.opencontainers.image.source": "https://git.example/shop/web",
                "org.opencontainers.image.revision": "0f1e2d3c",
            },
        }),
        steps: vec![
            ("COPY /rootfs / # buildkit", files),
            ("COPY index.html /srv/ # buildkit", page),
            ("USER 65532:65532", Vec::new()),
        ],
    }
}

/// Neglected: root, a distribution past its end, a password in a lower layer, tools, downloads that nobody verified.
fn bad() -> Recipe {
    let files = vec![
        ("etc/os-release", 0o644, "ID=debian\nVERSION_ID=\"11\"\n"),
        ("etc/passwd", 0o644, "root:x:0:0::/root:/bin/bash\n"),
        ("etc/shadow", 0o640, "root:*:18000:0:99999:7:::\n"),
        (
            "var/lib/dpkg/status",
            0o644,
            "Package: libssl1.1\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 1.1.1n-0+deb11u3\n\n",
        ),
        ("var/lib/dpkg/info/libssl1.1:amd64.list", 0o644, "/usr/lib/libssl.so.1.1\n"),
        ("usr/lib/libssl.so.1.1", 0o644, "the library\n"),
    ];
    // A password of nothing, in a file that a later layer deletes.
    let settings = vec![("app/.env", 0o644, "DB_PASSWORD=vK7r2mQx9TzL4w\n")];
    let tools = vec![
        ("app/.wh..env", 0o644, ""),
        ("usr/sbin/sshd", 0o755, "#!/bin/sh\n"),
        ("usr/local/bin/agent", 0o4755, "#!/bin/sh\n"),
        ("srv/uploads.db", 0o666, "x\n"),
    ];
    Recipe {
        folder: "api",
        name: "registry.example/shop/api:latest",
        config: json!({
            "Env": ["PATH=/usr/bin:/bin", "NODE_TLS_REJECT_UNAUTHORIZED=0"],
            "ExposedPorts": { "22/tcp": {}, "80/tcp": {} },
        }),
        steps: vec![
            ("ADD rootfs.tar / # buildkit", files),
            ("COPY .env /app/ # buildkit", settings),
            ("RUN /bin/sh -c curl -k https://get.example/agent | sh # buildkit", tools),
        ],
    }
}

/// What the catalog of exploited vulnerabilities has. There were no CVEs in that year.
const EXPLOITED: &str = "CVE-1900-0001";

/// Records of vulnerabilities that do not exist, by ecosystem.
fn records() -> Vec<(&'static str, &'static str, Value)> {
    let record = |id: &str, ecosystem: &str, fixed: Option<&str>, vector: &str| {
        let mut events = vec![json!({ "introduced": "0" })];
        events.extend(fixed.map(|version| json!({ "fixed": version })));
        json!({
            "id": id, "modified": "2026-11-30T00:00:00Z",
            "severity": [{ "type": "CVSS_V3", "score": vector }],
            "affected": [{
                "package": { "ecosystem": ecosystem, "name": "openssl" },
                "ranges": [{ "type": "ECOSYSTEM", "events": events }],
            }],
        })
    };
    let exploited = |mut record: Value| {
        record["aliases"] = json!([EXPLOITED]);
        record
    };
    let critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let high = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    let first = record("EXAMPLE-2026-1", "Debian:11", Some("1.1.1n-0+deb11u6"), critical);
    vec![
        ("Debian", "1", exploited(first)),
        ("Debian", "2", record("EXAMPLE-2026-2", "Debian:11", None, high)),
        ("Wolfi", "3", record("EXAMPLE-2026-3", "Wolfi", Some("3.5.4-r0"), critical)),
    ]
}

impl Demo {
    /// Writes the images and the database, of which the data is from now.
    pub(in crate::providers) fn start(now: Time) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let demo = Self { folder };
        for recipe in [good(), bad()] {
            layout(&demo.path(recipe.folder), &recipe).map_err(|error| error.to_string())?;
        }
        let dumps = demo.path("dumps");
        for (ecosystem, name, record) in records() {
            write(&dumps.join(ecosystem).join(format!("{name}.json")), record.to_string())
                .map_err(|error| error.to_string())?;
        }
        let exploited = json!({
            "dateReleased": now.to_string(), "count": 1,
            "vulnerabilities": [{ "cveID": EXPLOITED, "dateAdded": now.day() }],
        });
        write(&dumps.join("known_exploited_vulnerabilities.json"), exploited.to_string())
            .map_err(|error| error.to_string())?;
        update::update(&[dumps], &demo.database(), Some(now))?;
        Ok(demo)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.path("vulnerabilities.db")
    }

    /// Each image as a target, as a name is for one image.
    pub(in crate::providers) fn images(&self) -> [Files; 2] {
        [good(), bad()].map(|recipe| Files {
            images: vec![self.path(recipe.folder).to_string_lossy().into_owned()],
            name: Some(recipe.name.to_owned()),
            database: Some(self.database()),
            no_cache: true,
            ..Files::default()
        })
    }
}

fn write(path: &Path, content: impl AsRef<[u8]>) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, content)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes an image as an [OCI layout](https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md).
fn layout(folder: &Path, recipe: &Recipe) -> std::io::Result<()> {
    let put = |bytes: &[u8], kind: &str| -> std::io::Result<Value> {
        let hex = digest(bytes);
        write(&folder.join("blobs/sha256").join(&hex), bytes)?;
        let media_type = format!("application/vnd.oci.image.{kind}");
        Ok(
            json!({ "mediaType": media_type, "digest": format!("sha256:{hex}"), "size": bytes.len() }),
        )
    };
    let (mut layers, mut sums, mut history) = (Vec::new(), Vec::new(), Vec::new());
    for (words, files) in &recipe.steps {
        history.push(json!({ "created_by": words, "empty_layer": files.is_empty() }));
        if !files.is_empty() {
            let layer = tar(files);
            sums.push(format!("sha256:{}", digest(&layer)));
            layers.push(put(&layer, "layer.v1.tar")?);
        }
    }
    let config = json!({
        "os": "linux", "architecture": "amd64", "config": recipe.config, "history": history,
        "rootfs": { "type": "layers", "diff_ids": sums },
    });
    let config = put(config.to_string().as_bytes(), "config.v1+json")?;
    let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers }).to_string();
    let mut manifest = put(manifest.as_bytes(), "manifest.v1+json")?;
    if let Some(fields) = manifest.as_object_mut() {
        let names = json!({ "org.opencontainers.image.ref.name": recipe.name });
        fields.insert("annotations".to_owned(), names);
    }
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] }).to_string();
    write(&folder.join("index.json"), index)?;
    write(&folder.join("oci-layout"), json!({ "imageLayoutVersion": "1.0.0" }).to_string())
}

/// A [tar archive](https://www.gnu.org/software/tar/manual/html_node/Standard.html) of files of root.
fn tar(files: &[File]) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, mode, content) in files {
        let mut header = Vec::with_capacity(512);
        let mut field = |bytes: &[u8], length: usize| {
            let end = header.len() + length;
            header.extend_from_slice(bytes);
            header.resize(end, 0);
        };
        field(path.as_bytes(), 100);
        field(format!("{mode:07o}").as_bytes(), 8);
        field(b"0000000", 8);
        field(b"0000000", 8);
        field(format!("{:011o}", content.len()).as_bytes(), 12);
        field(b"00000000000", 12);
        field(b"        ", 8);
        field(b"0", 101);
        field(b"ustar\x0000", 8);
        field(b"", 247);
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header.splice(148..156, format!("{sum:06o}\0 ").into_bytes());
        out.extend_from_slice(&header);
        out.extend_from_slice(content.as_bytes());
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}
