//! States by which rules this version reads images, so that nothing that another version kept is taken for an answer of this one: the
//! source of what reads them is hashed into the program.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for folder in ["src", "../posture-image/src", "../posture-model/src/resource"] {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        list(&root.join(folder), &mut files);
        files.sort();
        for file in files {
            let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().into_owned();
            add(&mut hash, name.as_bytes());
            add(&mut hash, &fs::read(&file).unwrap_or_default());
        }
    }
    println!("cargo::rustc-env=POSTURE_IMAGE_RULES={hash:016x}");
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

/// [FNV-1a](https://www.ietf.org/archive/id/draft-eastlake-fnv-21.html), the same with every compiler.
fn add(hash: &mut u64, bytes: &[u8]) {
    let length = (bytes.len() as u64).to_le_bytes();
    for byte in bytes.iter().chain(&length) {
        *hash = (*hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
}
