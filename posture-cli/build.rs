//! Leaves out of the release program what it does not need, where it is known that linker and C library can.
//!
//! - Tables for unwinding: the program aborts on a panic.
//! - Functions that differ in nothing but their name: of those of generic types there are thousands.
//! - Relocations of a position-independent program take 24 bytes each, and packed ones some 0.2. The C library has to know the form:
//!   <https://sourceware.org/glibc/wiki/Release/2.36>.

use std::path::Path;
use std::{env, fs};

/// The linker of this target is LLD: <https://blog.rust-lang.org/2025/09/01/rust-lld-on-1.90.0-stable/>.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Where distributions keep the C library of this target.
const C_LIBRARIES: [&str; 3] =
    ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/libc.so.6", "/usr/lib/libc.so.6"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=release.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|own| own == value);
    // Other flags may choose another linker.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_default = env::var_os("RUSTC_LINKER").is_none() && !flags.contains("link");
    if !is("PROFILE", "release") || !is("TARGET", TARGET) || !is_default {
        return;
    }
    let Ok(root) = env::var("CARGO_MANIFEST_DIR") else { return };
    let argument = |text: &str| println!("cargo::rustc-link-arg-bins=-Wl,{text}");
    argument("--icf=all");
    argument(&format!("-T,{}", Path::new(&root).join("release.ld").display()));
    if is("HOST", TARGET) && C_LIBRARIES.iter().any(|path| knows_packed(Path::new(path))) {
        argument("-z,pack-relative-relocs");
    }
}

/// Whether a C library declares that it reads packed relocations.
fn knows_packed(library: &Path) -> bool {
    const DECLARED: &[u8] = b"GLIBC_ABI_DT_RELR\0";
    let content = fs::read(library).unwrap_or_default();
    content.windows(DECLARED.len()).any(|part| part == DECLARED)
}
