//! Custom controls, without building anything: files with the metadata that built-in controls have, a
//! [CEL](https://cel.dev) expression over the facts of a resource, and cases that show what it means.
//!
//! ```toml
//! id = "contoso.bucket-owner"
//! title = "Buckets have an owner tag"
//! severity = "medium"
//! rationale = "Anyone who finds a misconfigured bucket must know which team to ask."
//! resource = "bucket"
//! pass = 'has(tags.owner) && tags.owner != ""'
//! expected = "a tag `owner` that names a team"
//!
//! [remediation.aws]
//! text = "Add a tag that names the team to the bucket."
//! console = "S3 → Buckets → the bucket → Properties → Tags"
//! command = "aws s3api put-bucket-tagging --bucket <name> --tagging 'TagSet=[{Key=owner,Value=<team>}]'"
//!
//! [satisfies]
//! "csf-2.0:ID.AM-05" = "supporting"
//!
//! [[case]]
//! name = "with an owner"
//! expect = "pass"
//! facts = { tags = { owner = "payments" } }
//!
//! [[case]]
//! name = "without"
//! expect = "fail"
//! facts = { tags = {} }
//! ```
//!
//! # What an expression sees
//!
//! The facts of the resource by their names, `id`, `name`, `region`, `provider`, and the control's thresholds as
//! `params.NAME`, with `_` for each hyphen. Times are strings in RFC 3339, which `daysSince(TIME)` and `daysUntil(TIME)` convert
//! to days, with fractions. A missing value (never, not set) is `null`. `matches` takes a string literal as its pattern.
//!
//! # What is unknown
//!
//! The rule of built-in controls applies: a fact that could not be read makes the finding unknown, unless what else is known
//! decides. "And", "or", "not" and "if" are evaluated so that `a || b` is true where `a` is, whatever `b` is.
//! An expression that has no answer although all was read (a key that is not there, a text compared with a number) is
//! unknown too, and never a pass.
//!
//! # What is rejected
//!
//! Names that are not facts, values that a fact never has, functions that do not exist: each with its line, and what may have
//! been meant. A control without a case that passes and one that fails, or with a case whose outcome is not the expected one,
//! and one with a duplicate ID. Expressions are limited in length, in depth and in the steps they may take for a resource.

mod case;
mod expression;
mod file;
mod form;

use std::path::{Path, PathBuf};

use posture_core::catalogue::Catalogue;
use posture_core::suggest::Suggested;

pub use case::{Case, CaseResult, Expected};
pub use file::{Mistake, Read, parse};

/// More than a control needs.
const MAX_BYTES: u64 = 256 << 10;
/// More files than any project has.
const MAX_FILES: usize = 2_000;
/// How deep folders may be nested.
const MAX_DEPTH: u32 = 8;

/// Why controls could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read `{}`", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// There are controls with mistakes, each described as `FILE:LINE: what`.
    #[error("{} in controls from files", count(.0.len()))]
    Mistakes(Vec<String>),
    /// A folder in which there is none.
    #[error("`{}` has no controls", .0.display())]
    Nothing(PathBuf),
}

fn count(mistakes: usize) -> String {
    match mistakes {
        1 => "an error".to_owned(),
        many => format!("{many} errors"),
    }
}

/// The controls of a file, or of every `.toml` file in a folder and the folders within it, in the order of their paths.
/// Nothing is judged yet.
///
/// # Errors
/// When something cannot be read, or is wrong: all of it at once.
pub fn read(path: &Path) -> Result<Vec<(PathBuf, Read)>, Error> {
    let mut files = Vec::new();
    gather(path, 0, &mut files)?;
    if files.is_empty() {
        return Err(Error::Nothing(path.to_owned()));
    }
    files.sort();
    let (mut all, mut mistakes) = (Vec::new(), Vec::new());
    let mut suggested = Suggested::default();
    for file in files {
        match parse(&text(&file)?) {
            Ok(read) => all.push((file, read)),
            Err(wrong) => {
                for Mistake { line, what } in &wrong {
                    let what = suggested.once(what);
                    mistakes.push(format!("{}:{line}: {what}", file.display()));
                }
            }
        }
    }
    if mistakes.is_empty() { Ok(all) } else { Err(Error::Mistakes(mistakes)) }
}

/// Adds the controls of a file or folder to a catalogue, once each case of each control came out as it should.
///
/// # Errors
/// Those of [`read`]; and when a case has another outcome, or an ID is a duplicate. Then nothing is added.
pub fn load(path: &Path, catalogue: &mut Catalogue) -> Result<(), Error> {
    let (mut together, mut mistakes) = (catalogue.clone(), Vec::new());
    for (file, read) in read(path)? {
        let mut mistake =
            |line: usize, what: String| mistakes.push(format!("{}:{line}: {what}", file.display()));
        if let Err(taken) = together.add(read.control) {
            mistake(1, format!("{taken}"));
        }
        for case in &read.cases {
            let CaseResult { outcome, why } = read.judge(case);
            if outcome != case.expected {
                let why =
                    if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
                mistake(
                    case.line,
                    format!(
                        "case \"{}\": expected {}, got {outcome}{why}",
                        case.name, case.expected
                    ),
                );
            }
        }
    }
    if !mistakes.is_empty() {
        return Err(Error::Mistakes(mistakes));
    }
    *catalogue = together;
    Ok(())
}

fn gather(path: &Path, depth: u32, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let found = std::fs::metadata(path).map_err(failed)?;
    if !found.is_dir() {
        // What was named is read, whatever it is called, and be it a pipe. A pipe in a folder would be waited for.
        let is_control = path.extension().is_some_and(|ending| ending == "toml");
        if depth == 0 || (is_control && found.is_file()) {
            files.push(path.to_owned());
        }
        return Ok(());
    }
    if depth > MAX_DEPTH {
        return Err(failed(std::io::Error::other("folders are nested too deep")));
    }
    for entry in std::fs::read_dir(path).map_err(failed)? {
        gather(&entry.map_err(failed)?.path(), depth + 1, files)?;
        if files.len() > MAX_FILES {
            return Err(failed(std::io::Error::other(format!("more than {MAX_FILES} files"))));
        }
    }
    Ok(())
}

fn text(path: &Path) -> Result<String, Error> {
    use std::io::Read as _;
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    let read = file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    if read as u64 > MAX_BYTES {
        return Err(failed(std::io::Error::other("the file is larger than 256 KiB")));
    }
    Ok(text)
}
