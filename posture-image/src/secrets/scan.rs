//! One pass over bytes for the beginnings of all forms at once.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, MatchKind};

use super::archive::{self, Budget, Kind};
use super::{Finding, Form, Hit, Place, files, fingerprint, generic, tokens};
use crate::limits::Limits;
use crate::text;
use crate::truth::{Cause, Gap};

/// The longest credential that is found across two pieces of a file.
const OVERLAP: usize = 16 << 10;
/// What is kept in front, to see whether a word begins.
const CONTEXT: usize = 64;
/// The longest file that is searched for forms that are known by its name.
const WHOLE: usize = 16 << 20;
/// Findings that are kept of one file.
const OF_A_FILE: usize = 1_000;

/// Finds credentials. One is made for each report, with a random key for the fingerprints.
pub struct Scanner {
    automaton: Option<AhoCorasick>,
    key: [u8; 32],
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scanner")
    }
}

impl Scanner {
    /// A scanner with the key of the report's fingerprints.
    pub fn new(key: [u8; 32]) -> Self {
        let beginnings = tokens::RULES.iter().map(|rule| rule.begins);
        // All beginnings are constants, so that the automaton can be built; without it, everything is reported as unread.
        let automaton =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(beginnings).ok();
        Self { automaton, key }
    }

    /// Whether it can find anything.
    pub const fn works(&self) -> bool {
        self.automaton.is_some()
    }

    /// Credentials with a structure in a text.
    pub(crate) fn text(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.piece(bytes, 0, bytes.len(), &mut hits);
        hits
    }

    /// Those that begin in a part of a piece.
    fn piece(&self, bytes: &[u8], from: usize, to: usize, hits: &mut Vec<Hit>) {
        let Some(automaton) = &self.automaton else { return };
        let mut end = 0;
        for found in automaton.find_iter(bytes) {
            let at = found.start();
            if at < from || at < end {
                continue;
            }
            if at >= to {
                break;
            }
            let Some(rule) = tokens::RULES.get(found.pattern().as_usize()) else { continue };
            if let Some(hit) = (rule.verify)(bytes, at) {
                end = hit.at + hit.value.len();
                hits.push(hit);
            }
        }
    }

    /// A finding for a hit.
    pub(crate) fn finding(&self, hit: &Hit, place: Place) -> Finding {
        Finding {
            form: hit.form,
            place,
            fingerprint: fingerprint(&self.key, &hit.value),
            package: None,
        }
    }
}

/// A credential in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) form: Form,
    /// The line, from 1.
    pub(crate) line: u64,
    pub(crate) fingerprint: String,
    /// The path in the archive that the file is; empty for the file itself.
    pub(crate) inside: Vec<u8>,
}

/// Why the content of a file is kept until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// It has forms that its name tells.
    Named,
    /// It holds other files.
    Archive(Kind),
}

/// The state of one file that is read in pieces.
#[derive(Debug)]
pub(crate) struct FileScan {
    carry: Vec<u8>,
    /// How much of `carry` is only context.
    context: usize,
    lines: u64,
    first: bool,
    named: bool,
    path: Vec<u8>,
    /// The content of a file that is kept, as long as it is not too long.
    whole: Option<(Purpose, Vec<u8>)>,
    budget: Budget,
    /// How many archives this file is in.
    depth: usize,
    found: Vec<Found>,
    /// Findings beyond those that are kept of one file.
    pub(crate) more: usize,
    /// What could not be searched: the path inside of the file, and why.
    pub(crate) gaps: Vec<(Vec<u8>, Gap)>,
}

impl FileScan {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self::inside(Budget::new(limits), 0)
    }

    /// For files of an archive.
    pub(super) const fn inside(budget: Budget, depth: usize) -> Self {
        Self {
            carry: Vec::new(),
            context: 0,
            lines: 0,
            first: false,
            named: false,
            path: Vec::new(),
            whole: None,
            budget,
            depth,
            found: Vec::new(),
            more: 0,
            gaps: Vec::new(),
        }
    }

    pub(super) const fn limits(&self) -> &Limits {
        &self.budget.limits
    }

    /// What may still be read of archives.
    pub(super) fn into_budget(self) -> Budget {
        self.budget
    }

    /// The file that is read next.
    pub(crate) fn begin(&mut self, path: &[u8]) {
        self.path = path.to_vec();
        self.named = files::is_known(path) || generic::is_configuration(path);
    }

    /// What is to be kept of a file with this beginning.
    fn purpose(&self, head: &[u8]) -> Option<Purpose> {
        if let Some(kind) = archive::kind(&self.path, head) {
            return Some(Purpose::Archive(kind));
        }
        let text = || memchr::memchr(0, head.get(..8 << 10).unwrap_or(head)).is_none();
        (self.named || (text() && files::looks_known(head))).then_some(Purpose::Named)
    }

    /// The next bytes of the file.
    pub(crate) fn data(&mut self, scanner: &Scanner, bytes: &[u8]) {
        if !self.first {
            self.first = true;
            self.whole = self.purpose(bytes).map(|purpose| (purpose, Vec::new()));
        } else {
            // What begins in the piece before may end in this one.
            let head = bytes.get(..OVERLAP).unwrap_or(bytes);
            let before = self.carry.len();
            let joined = [self.carry.as_slice(), head].concat();
            let lines = self.lines;
            self.scan(scanner, &joined, self.context, before, lines);
            let passed = self.carry.get(self.context..).unwrap_or_default();
            self.lines += memchr::memchr_iter(b'\n', passed).count() as u64;
        }
        if let Some((purpose, whole)) = &mut self.whole {
            let (most, what) = match purpose {
                Purpose::Named => (WHOLE, "its own forms"),
                Purpose::Archive(_) => (archive::WHOLE, "what is in it"),
            };
            if whole.len() + bytes.len() <= most {
                whole.extend_from_slice(bytes);
            } else {
                self.whole = None;
                let detail = format!("more than {most} bytes: too long to be searched for {what}");
                self.gaps.push((Vec::new(), Gap::new(Cause::Incomplete, "", detail)));
            }
        }
        let keep = bytes.len().saturating_sub(OVERLAP);
        self.scan(scanner, bytes, 0, keep, self.lines);
        let context = keep.saturating_sub(CONTEXT);
        self.lines +=
            memchr::memchr_iter(b'\n', bytes.get(..keep).unwrap_or_default()).count() as u64;
        self.carry.clear();
        self.carry.extend_from_slice(bytes.get(context..).unwrap_or_default());
        self.context = keep - context;
    }

    fn scan(&mut self, scanner: &Scanner, bytes: &[u8], from: usize, to: usize, lines: u64) {
        let mut hits = Vec::new();
        scanner.piece(bytes, from, to, &mut hits);
        for hit in hits {
            if self.found.len() >= OF_A_FILE {
                self.more += 1;
                continue;
            }
            let before = bytes.get(from.min(hit.at)..hit.at).unwrap_or_default();
            let line = lines + memchr::memchr_iter(b'\n', before).count() as u64 + 1;
            self.push(scanner, &hit, line);
        }
    }

    fn push(&mut self, scanner: &Scanner, hit: &Hit, line: u64) {
        let fingerprint = fingerprint(&scanner.key, &hit.value);
        self.found.push(Found { form: hit.form, line, fingerprint, inside: Vec::new() });
    }

    /// The end of the file: what was found in it.
    pub(crate) fn end(&mut self, scanner: &Scanner) -> Vec<Found> {
        let carry = std::mem::take(&mut self.carry);
        self.scan(scanner, &carry, self.context, carry.len(), self.lines);
        let path = std::mem::take(&mut self.path);
        match self.whole.take() {
            Some((Purpose::Archive(kind), whole)) => {
                let budget = std::mem::take(&mut self.budget);
                let of = archive::search(kind, &whole, &path, scanner, budget, self.depth);
                self.budget = of.budget;
                // What is not compressed was seen before, without its name.
                let inner: HashSet<&str> =
                    of.found.iter().map(|inner| inner.fingerprint.as_str()).collect();
                self.found.retain(|one| !inner.contains(one.fingerprint.as_str()));
                self.found.extend(of.found);
                self.more += of.more;
                self.gaps.extend(of.gaps);
            }
            Some((Purpose::Named, whole)) => self.named_values(scanner, &path, &whole),
            None => {}
        }
        (self.context, self.lines, self.first, self.named) = (0, 0, false, false);
        self.carry = carry;
        self.carry.clear();
        std::mem::take(&mut self.found)
    }

    fn named_values(&mut self, scanner: &Scanner, path: &[u8], whole: &[u8]) {
        let content = text_of(whole);
        let mut hits = files::hits(path, &content);
        self.more += hits.len().saturating_sub(OF_A_FILE);
        hits.truncate(OF_A_FILE);
        if generic::is_configuration(path) {
            let named =
                generic::in_json(&content).unwrap_or_else(|| generic::assignments(&content));
            // A value is known better by its own form.
            let is_new = |hit: &Hit| hits.iter().all(|known| known.value != hit.value);
            let room = OF_A_FILE - hits.len();
            self.more += named.len().saturating_sub(OF_A_FILE);
            let named: Vec<Hit> =
                named.into_iter().take(OF_A_FILE).filter(is_new).take(room).collect();
            hits.extend(named);
        }
        hits.sort_by_key(|hit| hit.at);
        let known: Vec<String> = self.found.iter().map(|one| one.fingerprint.clone()).collect();
        let (mut line, mut counted) = (1, 0);
        for hit in hits {
            let passed = content.as_bytes().get(counted..hit.at).unwrap_or_default();
            line += memchr::memchr_iter(b'\n', passed).count() as u64;
            counted = counted.max(hit.at);
            if !known.contains(&fingerprint(&scanner.key, &hit.value)) {
                self.push(scanner, &hit, line);
            }
        }
    }
}

/// The text of a file, which may be in UTF-16 with its mark.
fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let wide = |order: fn([u8; 2]) -> u16| {
        let pairs = bytes.get(2..).unwrap_or_default().chunks_exact(2);
        let units = pairs.filter_map(|pair| Some(order(pair.try_into().ok()?)));
        let text: String = char::decode_utf16(units)
            .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        text.into()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes),
    }
}

/// The place of a file, as it is in its layer, and of a file in the archive that it is: `/app.jar!/key.pem`.
pub(crate) fn place(path: &[u8], inside: &[u8], layer: u32, line: u64) -> Place {
    let path = match inside {
        [] => text::path(path),
        inside => format!("{}!{}", text::path(path), text::path(inside)),
    };
    Place::File { path, layer, line, deleted_in: None, still_at: None }
}
