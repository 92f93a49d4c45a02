//! What compilers and build tools record in programs: Go modules, and Rust crates of
//! [cargo-auditable](https://github.com/rust-secure-code/cargo-auditable).

use std::io::Read as _;

use serde_json::Value;

use super::elf::Elf;
use super::{Manager, java};
use crate::json;
use crate::limits::Limits;
use crate::text;
use crate::truth::{Cause, Gap};

/// A package that a file records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Who installs it.
    pub manager: Manager,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether name or version is a guess.
    pub guessed: bool,
}

/// What the inspection of a file found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// The packages that it records.
    pub packages: Vec<Recorded>,
    /// What could not be read of it.
    pub gaps: Vec<Gap>,
    /// Whether it is a program in ELF form, not a library.
    pub program: bool,
}

impl Inspection {
    /// About how many bytes it takes.
    pub(crate) fn weight(&self) -> u64 {
        let package = |one: &Recorded| one.name.len() + one.version.len() + size_of::<Recorded>();
        let gap = |gap: &Gap| gap.place.len() + gap.detail.len() + size_of::<Gap>();
        (self.packages.iter().map(package).sum::<usize>()
            + self.gaps.iter().map(gap).sum::<usize>()) as u64
    }

    /// Keeps no more than a file plausibly records.
    fn bounded(mut self, place: &str, limits: &Limits) -> Self {
        self.gaps.truncate(100);
        if self.packages.len() > limits.packages {
            self.packages.truncate(limits.packages);
            self.gaps.push(Gap::new(
                Cause::Incomplete,
                place,
                format!("more than {} packages", limits.packages),
            ));
        }
        self
    }
}

/// Looks into a program or a Java archive.
pub(crate) fn inspect(path: &[u8], bytes: &[u8], limits: &Limits) -> Option<Inspection> {
    let place = text::path(path);
    look(path, bytes, &place, limits).map(|found| found.bounded(&place, limits))
}

fn look(path: &[u8], bytes: &[u8], place: &str, limits: &Limits) -> Option<Inspection> {
    let archive = java::is_archive(path);
    if bytes.starts_with(b"PK") || (archive && crate::zip::has_end(bytes)) {
        return Some(java::inspect(bytes, place, limits));
    }
    let mut found = Inspection::default();
    // A damaged file cannot be run either.
    let Some(elf) = Elf::read(bytes) else {
        // Neither a program nor an archive: Java reads nothing of it.
        return archive.then_some(found);
    };
    found.program = elf.is_program();
    if let Some(section) = elf.section(b".dep-v0") {
        match auditable(section, limits) {
            Ok(packages) => found.packages.extend(packages),
            Err(detail) => found.gaps.push(Gap::new(Cause::Malformed, place, detail)),
        }
    }
    // Without a table of sections, Go's own reader searches the first writable segment.
    let data = elf
        .section(b".go.buildinfo")
        .or_else(|| if elf.has_sections() { None } else { elf.writable() });
    match data.map(go) {
        Some(Ok(packages)) => found.packages.extend(packages),
        Some(Err((cause, detail))) => found.gaps.push(Gap::new(cause, place, detail)),
        None => {}
    }
    (found.program || !found.packages.is_empty() || !found.gaps.is_empty()).then_some(found)
}

/// JSON in zlib; dependencies of the build alone are not part of the program.
fn auditable(section: &[u8], limits: &Limits) -> Result<Vec<Recorded>, String> {
    let mut bytes = Vec::new();
    let limit = 8 << 20;
    let read = flate2::read::ZlibDecoder::new(section).take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|_| "the list of crates is not in zlib")?;
    if bytes.len() as u64 > limit {
        return Err(format!("a list of crates of more than {limit} bytes"));
    }
    let value = json::parse_loose(&bytes, limits.json_depth)
        .map_err(|error| text::clip(error.as_bytes(), 100))?;
    let list = value
        .get("packages")
        .and_then(Value::as_array)
        .ok_or("a list of crates without packages")?;
    let mut packages = Vec::new();
    for entry in list {
        let field = |name: &str| entry.get(name).and_then(Value::as_str);
        let (Some(name), Some(version)) = (field("name"), field("version")) else {
            return Err("a crate without a name and a version".to_owned());
        };
        // Sources other than the registry are other crates of the same name.
        let registry =
            field("source").is_none_or(|source| source == "crates.io" || source == "registry");
        if registry && field("kind") != Some("build") {
            packages.push(Recorded {
                manager: Manager::Cargo,
                name: name.to_owned(),
                version: version.to_owned(),
                guessed: false,
            });
        }
    }
    Ok(packages)
}

const MAGIC: &[u8] = b"\xff Go buildinf:";

/// Build information, in the form that Go writes since 1.18:
/// [debug/buildinfo](https://go.dev/src/debug/buildinfo/buildinfo.go).
fn go(data: &[u8]) -> Result<Vec<Recorded>, (Cause, String)> {
    let malformed = || (Cause::Malformed, "build information of Go".to_owned());
    let found = memchr::memmem::find_iter(data, MAGIC).find(|at| at % 16 == 0);
    let Some(info) = found.and_then(|at| data.get(at..)) else { return Ok(Vec::new()) };
    let flags = *info.get(15).ok_or_else(malformed)?;
    if flags & 2 == 0 {
        return Err((Cause::Unsupported, "build information of Go before 1.18".to_owned()));
    }
    let mut rest = info.get(32..).ok_or_else(malformed)?;
    let version = text_of(&mut rest).ok_or_else(malformed)?;
    let modules = bytes_of(&mut rest).ok_or_else(malformed)?;
    let mut packages = vec![Recorded {
        manager: Manager::Go,
        name: "stdlib".to_owned(),
        version: standard(&version).ok_or_else(|| {
            (Cause::Unsupported, format!("Go of version {}", text::clip(version.as_bytes(), 60)))
        })?,
        guessed: false,
    }];
    // The list is between two marks of 16 bytes.
    let Some(modules) =
        modules.get(16..modules.len().saturating_sub(16)).filter(|list| !list.is_empty())
    else {
        return Ok(packages);
    };
    let modules = std::str::from_utf8(modules).map_err(|_| malformed())?;
    for line in modules.lines() {
        let mut fields = line.split('\t');
        let kind = fields.next().unwrap_or_default();
        if !matches!(kind, "mod" | "dep" | "=>") {
            continue;
        }
        let (Some(name), version) = (fields.next(), fields.next().unwrap_or_default()) else {
            return Err(malformed());
        };
        let mut module = Recorded {
            manager: Manager::Go,
            name: name.to_owned(),
            // A module that was built from its directory has no version: a record about it cannot be decided.
            version: if version.is_empty() {
                "(devel)"
            } else {
                version.strip_prefix('v').unwrap_or(version)
            }
            .to_owned(),
            guessed: false,
        };
        if kind == "=>" {
            // A replacement takes the place of the line before; a directory is the same module without a version.
            let replaced = packages.pop().ok_or_else(malformed)?;
            if name.starts_with(['.', '/']) || version.is_empty() {
                module = Recorded { version: "(devel)".to_owned(), ..replaced };
            }
        }
        packages.push(module);
    }
    Ok(packages)
}

/// The version of the standard library as a semantic version: `go1.22rc1` is `1.22.0-rc1`. What vendors add is cut.
fn standard(version: &str) -> Option<String> {
    let version = version.strip_prefix("go")?;
    let end = version.find([' ', '-', '+']).unwrap_or(version.len());
    let version = version.get(..end)?;
    let letters =
        version.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(version.len());
    let (numbers, pre) = version.split_at_checked(letters)?;
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() > 3
        || !parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let part = |index: usize| parts.get(index).copied().unwrap_or("0");
    let numbers = format!("{}.{}.{}", part(0), part(1), part(2));
    let digits = pre.find(|character: char| character.is_ascii_digit()).unwrap_or(pre.len());
    let (word, number) = pre.split_at_checked(digits)?;
    match (word, number) {
        ("", "") => Some(numbers),
        ("rc" | "beta", _) => Some(format!("{numbers}-{word}.{number}")),
        _ => None,
    }
}

fn bytes_of<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (mut length, mut shift) = (0_u64, 0);
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        length |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            break;
        }
        shift += 7;
        if shift > 56 {
            return None;
        }
    }
    let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(bytes)
}

fn text_of(rest: &mut &[u8]) -> Option<String> {
    String::from_utf8(bytes_of(rest)?.to_vec()).ok()
}

#[cfg(test)]
#[path = "binary_tests.rs"]
mod tests;
