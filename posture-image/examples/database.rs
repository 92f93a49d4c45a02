//! Makes a database of dumps and measures it: `cargo run --release -p posture-image --example database -- OUT ECOSYSTEM=DUMP…`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::Instant;

use posture_image::osv::{Builder, Database, Source as _};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((out, dumps)) = arguments.split_first() else {
        eprintln!("usage: database OUT ECOSYSTEM=DUMP…");
        return Ok(());
    };
    if !dumps.is_empty() {
        let start = Instant::now();
        let mut builder = Builder::default();
        let mut zipped = 0;
        for (ecosystem, path) in dumps.iter().filter_map(|dump| dump.split_once('=')) {
            let bytes = std::fs::read(path)?;
            zipped += bytes.len();
            let (own, added) =
                builder.add_dump(ecosystem, &bytes).map_err(|gap| gap.to_string())?;
            println!("{own}: {added} records, {} bytes", bytes.len());
        }
        builder.finish(BufWriter::new(File::create(out)?), "2026-12-01T00:00:00Z")?;
        let size = std::fs::metadata(out)?.len();
        println!("{size} bytes from {zipped} in {:.1} s", start.elapsed().as_secs_f64());
    }
    let start = Instant::now();
    let database = Database::open(Path::new(out)).map_err(|gap| gap.to_string())?;
    println!("opened in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    for round in ["first", "again"] {
        let start = Instant::now();
        let mut found = 0;
        for index in 0..500 {
            found += database
                .about("npm", &format!("package-{}", index * 97))
                .map_err(|gap| gap.to_string())?
                .len();
        }
        println!(
            "500 packages, {found} records, {round}: {:.1} ms",
            start.elapsed().as_secs_f64() * 1e3
        );
    }
    Ok(())
}
