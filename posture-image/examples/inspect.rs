//! Prints what is in an image: `cargo run -p posture-image --example inspect -- PATH [PLATFORM]`.
//!
//! With `--only-hash` it only reads, decompresses and hashes the layers, for comparison.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use posture_image::config::{habits, user};
use posture_image::digest::{Algorithm, Hashing};
use posture_image::image::{self, Image, Options};
use posture_image::limits::Limits;
use posture_image::manifest::{Document, Platform};
use posture_image::source::{Archive, Blobs as _, Root, checked};
use posture_image::{Gap, files};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let only_hash = arguments
        .iter()
        .position(|argument| argument == "--only-hash")
        .map(|at| arguments.remove(at))
        .is_some();
    let Some(path) = arguments.first() else {
        eprintln!("usage: inspect PATH [OS/ARCHITECTURE] [--only-hash]");
        return ExitCode::FAILURE;
    };
    // A report has a random key; the example always has the same.
    let mut options = Options::new([0; 32]);
    if let Some(platform) = arguments.get(1).and_then(|platform| Platform::parse(platform)) {
        options.platform = platform;
    }
    let start = Instant::now();
    let done = if only_hash { hash(Path::new(path)) } else { inspect(Path::new(path), &options) };
    println!("{:.2} s, {} KiB at most", start.elapsed().as_secs_f64(), peak());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(gap) => {
            eprintln!("{gap}");
            ExitCode::FAILURE
        }
    }
}

fn inspect(path: &Path, options: &Options) -> Result<(), Gap> {
    let archive = Archive::open(path, &options.limits)?;
    for named in &archive.images {
        let image = image::read(&archive, named, options)?;
        println!("{:?} {:?}", image.names, image.identity);
        show(&image, &options.limits);
    }
    Ok(())
}

fn show(image: &Image, limits: &Limits) {
    println!("user: {:?}", user::resolve(&image.config.user, &image.tree, limits));
    println!("health: {:?}, ports: {:?}", image.config.health, image.config.ports.items);
    for layer in &image.layers {
        println!(
            "layer {:?}: {} bytes, {} decompressed, {} entries",
            layer.compression, layer.size, layer.decompressed, layer.entries
        );
    }
    println!("{} paths", image.tree.len());
    println!("os: {:?}", image.packages.os);
    let mut managers = std::collections::BTreeMap::<_, usize>::new();
    for package in &image.packages.packages.items {
        *managers.entry(package.manager).or_default() += 1;
    }
    println!("packages: {managers:?}, gaps: {:?}", image.packages.packages.gaps);
    println!("programs without a record: {}", image.packages.unrecorded.items.len());
    for one in files::privileged(&image.tree, &image.packages.owners).items {
        println!("privileged: {} usual: {} package: {:?}", one.path, one.usual, one.package);
    }
    println!("world-writable: {:?}", files::world_writable(&image.tree).items);
    println!("without a password: {:?}", files::empty_passwords(&image.tree, limits).items);
    println!(
        "tools: {}, caches: {:?}",
        files::tools(&image.tree).items.len(),
        files::caches(&image.tree).items
    );
    for one in habits::habits(&image.config.history).items {
        println!("history: {one:?}");
    }
    let secrets = &image.secrets;
    for one in
        secrets.files.items.iter().chain(&secrets.configuration.items).chain(&secrets.history.items)
    {
        println!("secret: {} {:?} {} {:?}", one.form.name, one.place, one.fingerprint, one.package);
    }
    println!("{} published keys", secrets.published.len());
    for gap in &image.gaps {
        println!("gap: {gap}");
    }
}

/// Only what every reader has to do.
fn hash(path: &Path) -> Result<(), Gap> {
    let limits = Limits::default();
    let archive = Archive::open(path, &limits)?;
    for named in &archive.images {
        let Root::Document(root) = &named.root else { continue };
        let bytes = checked(&archive, &root.digest, Some(root.size), limits.manifest)?;
        let Document::Manifest(manifest) = Document::read(&bytes, "", "manifest", &limits)? else {
            continue;
        };
        for layer in &manifest.layers {
            let compressed =
                Hashing::new(archive.open(&layer.digest)?, Algorithm::Sha256, u64::MAX);
            let decoder = flate2::bufread::MultiGzDecoder::new(std::io::BufReader::with_capacity(
                256 << 10,
                compressed,
            ));
            let mut reader = Hashing::new(decoder, Algorithm::Sha256, u64::MAX);
            let mut buffer = vec![0; 256 << 10];
            while reader.read(&mut buffer).unwrap_or(0) > 0 {}
            println!("{} bytes", reader.finish().1);
        }
    }
    Ok(())
}

/// The most memory that the process had, as Linux states it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("?").trim().trim_end_matches(" kB").to_owned()
}
