//! Prints what a registry has: `cargo run -p posture-registry --example pull -- REFERENCE [OS/ARCHITECTURE]`.
//!
//! Credentials are those of Docker's configuration. Registries on this machine are called over plain HTTP.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::time::Instant;

use posture_image::image;
use posture_image::manifest::Platform;
use posture_image::reference::Reference;
use posture_registry::{Client, DockerConfig, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(reference) = arguments.next() else {
        return Err("usage: pull REFERENCE [OS/ARCHITECTURE]".into());
    };
    let reference = Reference::parse(&reference)?;
    let path = DockerConfig::default_path(|name| std::env::var_os(name));
    let config = path.map(|path| DockerConfig::read(&path)).transpose()?;
    let client = Client::new(Options { config, plain_loopback: true, ..Options::default() });
    let start = Instant::now();
    let remote = client.image(&reference).await?;
    // A report has a random key; the example always has the same.
    let mut options = image::Options::new([0; 32]);
    if let Some(platform) = arguments.next().and_then(|platform| Platform::parse(&platform)) {
        options.platform = platform;
    }
    let read = move || (image::read(&remote, &remote.named, &options), remote.errors());
    let (image, errors) = tokio::task::spawn_blocking(read).await?;
    match image {
        Ok(image) => {
            println!("{:?}", image.identity);
            for layer in &image.layers {
                println!("layer: {} bytes, {} decompressed", layer.size, layer.decompressed);
            }
            println!(
                "{} paths, {} packages",
                image.tree.len(),
                image.packages.packages.items.len()
            );
            for gap in &image.gaps {
                println!("gap: {gap}");
            }
            if let Some(digest) = image.identity.index.or(image.identity.manifest) {
                let referrers = client.referrers(&reference, &digest).await;
                println!("referrers: {:?}", referrers.map(|list| (list.items.len(), list.gaps)));
            }
        }
        Err(gap) => eprintln!("{gap}"),
    }
    for error in errors {
        eprintln!("{error}");
    }
    println!("{:.2} s, {} KiB at most", start.elapsed().as_secs_f64(), peak());
    Ok(())
}

/// The most memory that the process had, as Linux states it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("?").trim().trim_end_matches(" kB").to_owned()
}
