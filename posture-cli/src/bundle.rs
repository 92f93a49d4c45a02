//! `posture bundle` and `posture verify`: a snapshot with its report as evidence that can be checked, without a network.
//!
//! A bundle is a folder. Its manifest names each file with its size and SHA-256 digest; a signature, where there is
//! one, is by Ed25519 over the manifest's bytes, so that it covers every file. The same input gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use posture_core::frameworks::{self, Strength};
use posture_core::judge;
use posture_core::report::roll_up;
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;
use posture_report::stream::pretty;
use posture_report::text::{NAME, hex, safe};
use posture_report::{Format, View};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::args::{Bundle, Screen, Verify};
use crate::config;
use crate::error::{Failure, Result};
use crate::history;
use crate::judging::{audited, load, options};
use crate::output::{counted, print, put, say, word, write_with};
use crate::select::select;

const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig";
const FORMAT: &str = "posture-bundle";
const VERSION: u32 = 1;

/// How a compressed file begins, see [RFC 8878](https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1).
const ZSTANDARD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// How large a manifest or a signature is read: both are a few hundred bytes.
const LIMIT: u64 = 1 << 20;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Manifest {
    format: String,
    version: u32,
    /// The version of posture that made it.
    tool: String,
    /// When the audit ended.
    audited: Time,
    files: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    /// In bytes.
    size: u64,
    /// Of the content, in hexadecimal.
    sha256: String,
}

/// What was applied: the controls with their requirements, and the frameworks in full.
#[derive(Serialize)]
struct Catalogue {
    controls: Vec<Control>,
    frameworks: Vec<Framework>,
}

#[derive(Serialize)]
struct Control {
    id: &'static str,
    title: &'static str,
    severity: &'static str,
    requirements: BTreeMap<String, Strength>,
}

#[derive(Serialize)]
struct Framework {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    requirements: Vec<&'static str>,
}

/// `posture bundle`.
pub(crate) fn bundle(arguments: &Bundle, screen: Screen) -> Result<ExitCode> {
    let config = config::load_for(&arguments.selection)?;
    let selected = select(&arguments.selection, &config)?;
    // Before any work: a wrong key is found out at once.
    let key = arguments.key.as_deref().map(private_key).transpose()?;
    let folder = &arguments.folder;
    if folder.symlink_metadata().is_ok() {
        return Err(Failure::usage(format!("`{}` already exists", folder.display()))
            .help("a bundle is written only once; choose a folder that does not exist"));
    }
    // The bytes that are kept are those that are judged, whatever becomes of the file meanwhile.
    let (part, ()) = posture_core::replace::begin(folder, |part| std::fs::create_dir(part))
        .map_err(|error| cannot("write", folder, error))?;
    let made = fill(arguments, &part, key.as_ref(), &config, &selected).and_then(|()| {
        std::fs::rename(&part, folder).map_err(|error| cannot("write", folder, error))
    });
    if made.is_err() {
        let _ = std::fs::remove_dir_all(&part);
    }
    made?;
    if !screen.quiet {
        let verify = format!("verify it with: posture verify {}", word(folder));
        match &arguments.key {
            None => say!("wrote {}, not signed; {verify}", word(folder)),
            Some(key) => {
                let public = key.with_extension("pub");
                say!("wrote {}, signed; {verify} --key {}", word(folder), word(&public));
                if !public.exists() {
                    let (key, public) = (word(key), word(&public));
                    say!("write the public key with: openssl pkey -in {key} -pubout -out {public}");
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn fill(
    arguments: &Bundle,
    folder: &Path,
    key: Option<&Ed25519KeyPair>,
    config: &config::Config,
    selected: &crate::select::Selected,
) -> Result<()> {
    let from = history::bytes(&arguments.snapshot, &arguments.kept, config)?;
    let mut from = io::BufReader::new(from);
    let head = from.fill_buf().map_err(|error| cannot("read", &arguments.snapshot, error))?;
    let packed = head.starts_with(&ZSTANDARD);
    let name = if packed { "snapshot.json.zst" } else { "snapshot.json" };
    let kept = folder.join(name);
    write_with(&kept, |out| io::copy(&mut from, out).map(drop))?;
    let snapshot: Snapshot = load(&kept)?;
    let findings = judge::judge(&snapshot, &selected.controls, &options(config));
    let frameworks = match selected.frameworks.as_slice() {
        [] => audited(&findings),
        named => named.to_vec(),
    };
    let report = roll_up(findings, &frameworks);
    let view = View::new(&report, &config.params, posture::provider_info);
    for (name, format) in [("report.json", Format::Json), ("report.html", Format::Html)] {
        write_with(&folder.join(name), |out| format.write(&view, out))?;
    }
    write_with(&folder.join("catalogue.json"), |out| {
        pretty(&catalogue(selected.catalogue.all()), out)
    })?;
    let mut files = Vec::new();
    for name in [name, "report.json", "report.html", "catalogue.json"] {
        let path = folder.join(name);
        let (size, sha256) = digest(&path).map_err(|error| cannot("read", &path, error))?;
        files.push(Entry { name: name.to_owned(), size, sha256 });
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        audited: snapshot.finished,
        files,
    };
    let mut bytes = Vec::new();
    pretty(&manifest, &mut bytes).map_err(|error| cannot("write", folder, error))?;
    write_with(&folder.join(MANIFEST), |out| out.write_all(&bytes))?;
    if let Some(key) = key {
        let signature = STANDARD.encode(key.sign(&bytes));
        write_with(&folder.join(SIGNATURE), |out| writeln!(out, "{signature}"))?;
    }
    Ok(())
}

fn catalogue(controls: &[&'static posture_core::control::Control]) -> Catalogue {
    let control = |control: &&'static posture_core::control::Control| Control {
        id: control.id,
        title: control.title,
        severity: control.severity.id(),
        requirements: control
            .mappings()
            .iter()
            .map(|mapping| (mapping.requirement.to_string(), mapping.strength))
            .collect(),
    };
    let framework = |framework: &&'static frameworks::Framework| Framework {
        id: framework.id,
        name: framework.name,
        version: framework.version,
        requirements: framework.requirements.iter().map(|requirement| requirement.id).collect(),
    };
    Catalogue {
        controls: controls.iter().map(control).collect(),
        frameworks: frameworks::all().iter().map(framework).collect(),
    }
}

/// Size and SHA-256 of a file that is one: what a link or a pipe leads to is not part of a bundle.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = regular(path)?;
    let mut hash = Sha256::new();
    let size = io::copy(&mut file, &mut HashWriter(&mut hash))?;
    Ok((size, hex(hash)))
}

fn regular(path: &Path) -> io::Result<File> {
    if !path.symlink_metadata()?.is_file() {
        return Err(no_file());
    }
    File::open(path)
}

fn no_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")
}

struct HashWriter<'h>(&'h mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The content of a small file, or nothing where there is none.
fn small(path: &Path) -> Result<Option<Vec<u8>>> {
    let file = match regular(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| cannot("read", path, error))?,
    };
    let mut bytes = Vec::new();
    let read = file.take(LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|error| cannot("read", path, error))?;
    if bytes.len() as u64 > LIMIT {
        return Err(Failure::tool(format!("`{}` is too large", path.display())));
    }
    Ok(Some(bytes))
}

fn cannot(what: &str, path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::tool(format!("cannot {what} `{}`", path.display())).cause(error)
}

/// What to do to have a key; it is the same for both halves.
const KEYS: &str = "`openssl genpkey -algorithm ed25519 -out key.pem` creates a key, and `openssl pkey -in key.pem -pubout \
                    -out key.pub` writes its public key";

/// Errors say nothing of the content.
fn private_key(path: &Path) -> Result<Ed25519KeyPair> {
    let refuse = || {
        Failure::usage(format!(
            "`{}` is not a private Ed25519 key in PKCS#8 format",
            path.display()
        ))
        .help(KEYS)
    };
    let der = PrivatePkcs8KeyDer::from_pem_file(path).map_err(|_| refuse())?;
    Ed25519KeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| refuse())
}

fn public_key(path: &Path) -> Result<SubjectPublicKeyInfoDer<'static>> {
    let refuse = || {
        Failure::usage(format!("`{}` is not a public key in PEM format", path.display())).help(KEYS)
    };
    SubjectPublicKeyInfoDer::from_pem_file(path).map_err(|_| refuse())
}

/// `posture verify`.
pub(crate) fn verify(arguments: &Verify, screen: Screen) -> Result<ExitCode> {
    let key = arguments.key.as_deref().map(public_key).transpose()?;
    let folder = &arguments.folder;
    let path = folder.join(MANIFEST);
    let Some(bytes) = small(&path)? else {
        return Err(Failure::usage(format!("`{}` is not a bundle", folder.display()))
            .help(format!("a bundle is a folder that contains `{MANIFEST}`")));
    };
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|error| cannot("parse", &path, error))
        .and_then(|manifest: Manifest| {
            if (manifest.format.as_str(), manifest.version) == (FORMAT, VERSION) {
                return Ok(manifest);
            }
            let newer =
                Failure::tool(format!("`{}` has an unsupported format version", path.display()));
            Err(newer.help("a newer version of posture may have written it"))
        })?;
    if manifest.files.is_empty() {
        return Err(Failure::tool(format!("`{}` lists no files", path.display())));
    }
    let mut lines = files(folder, &manifest)?;
    let signature = small(&folder.join(SIGNATURE))?;
    let signed = match (&signature, &key) {
        (None, None) => {
            Ok("not signed: anyone who changed a file could also have changed the manifest")
        }
        (Some(_), None) => Ok("not verified: pass the signer's public key with --key"),
        (None, Some(_)) => Err("missing"),
        (Some(signature), Some(key)) => {
            let text = signature.trim_ascii();
            let valid = STANDARD.decode(text).is_ok_and(|signature| {
                UnparsedPublicKey::new(&ED25519, key.as_ref()).verify(&bytes, &signature).is_ok()
            });
            if valid {
                Ok("valid for the given key")
            } else {
                Err("not valid for this manifest and the given key")
            }
        }
    };
    lines.push(("signature".to_owned(), signed.map_err(str::to_owned).map(str::to_owned)));
    let sound = lines.iter().all(|(_, verdict)| verdict.is_ok());
    print(screen, |canvas, out| {
        put(out, |out| {
            let made = format!(
                "Written by posture {}; the audit finished at {}",
                safe(&manifest.tool, NAME),
                manifest.audited.minute()
            );
            writeln!(out, "{}\n", canvas.bold(&made))?;
            let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
            for (name, verdict) in &lines {
                match verdict {
                    Ok(text) => writeln!(out, "{name:width$}  {text}")?,
                    Err(text) => {
                        writeln!(out, "{name:width$}  {}", canvas.bold(&format!("WRONG: {text}")))?
                    }
                }
            }
            let verdict =
                if sound { "All files match the manifest." } else { "Verification failed." };
            writeln!(out, "\n{verdict}")
        })
    })?;
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(10) })
}

fn bytes(size: u64) -> String {
    counted(size, "byte", "bytes")
}

/// A file by its name, and what is right or wrong with it.
type Line = (String, std::result::Result<String, String>);

/// Each file of the manifest, then each that is there without being named.
fn files(folder: &Path, manifest: &Manifest) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut named = BTreeSet::from([MANIFEST, SIGNATURE]);
    for Entry { name, size, sha256 } in &manifest.files {
        // Nothing outside of the folder is looked at, whatever the manifest says.
        let inside = Path::new(name).file_name().is_some_and(|file| file == name.as_str())
            && !name.contains(['/', '\\', ':']);
        let verdict = if !inside {
            Err("the manifest lists a file outside this folder".to_owned())
        } else if !named.insert(name) {
            Err("listed twice in the manifest".to_owned())
        } else {
            match digest(&folder.join(name)) {
                Ok(found) if found == (*size, sha256.clone()) => {
                    Ok(format!("unchanged, {}", bytes(*size)))
                }
                Ok((found, _)) if found != *size => {
                    Err(format!("changed: {}, {size} in the manifest", bytes(found)))
                }
                Ok(_) => Err("changed: its digest differs from the manifest's".to_owned()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Err("missing".to_owned()),
                Err(error) => Err(error.to_string()),
            }
        };
        lines.push((safe(name, NAME).into_owned(), verdict));
    }
    let there = std::fs::read_dir(folder).map_err(|error| cannot("read", folder, error))?;
    let mut more = Vec::new();
    for entry in there {
        let name = entry.map_err(|error| cannot("read", folder, error))?.file_name();
        let name = name.to_string_lossy().into_owned();
        if !named.contains(name.as_str()) {
            more.push(name);
        }
    }
    more.sort();
    let strange = |name: &String| {
        (safe(name, NAME).into_owned(), Err("not listed in the manifest".to_owned()))
    };
    lines.extend(more.iter().map(strange));
    Ok(lines)
}
