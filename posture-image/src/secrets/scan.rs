//! One pass over bytes for the beginnings of all forms at once.

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Finding, Form, Hit, Place, files, fingerprint, generic, tokens};
use crate::text;

/// The longest credential that is found across two pieces of a file.
const OVERLAP: usize = 16 << 10;
/// What is kept in front, to see whether a word begins.
const CONTEXT: usize = 64;
/// The longest file that is searched for forms that are known by its name.
const WHOLE: usize = 1 << 20;
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

/// The state of one file that is read in pieces.
#[derive(Debug, Default)]
pub(crate) struct FileScan {
    carry: Vec<u8>,
    /// How much of `carry` is only context.
    context: usize,
    lines: u64,
    first: bool,
    text: bool,
    /// The content of a file in which forms are known by its name, as long as it is not too long.
    whole: Option<Vec<u8>>,
    /// Whether such a file was too long.
    pub(crate) too_long: bool,
    found: Vec<(Form, u64, String)>,
    /// Findings beyond those that are kept of one file.
    pub(crate) more: usize,
}

impl FileScan {
    /// The file that is read next.
    pub(crate) fn begin(&mut self, path: &[u8]) {
        self.too_long = false;
        self.whole = (files::is_known(path) || generic::is_configuration(path)).then(Vec::new);
    }

    /// The next bytes of the file.
    pub(crate) fn data(&mut self, scanner: &Scanner, bytes: &[u8]) {
        if !self.first {
            self.first = true;
            self.text = memchr::memchr(0, bytes.get(..8 << 10).unwrap_or(bytes)).is_none();
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
        match &mut self.whole {
            Some(whole) if self.text && whole.len() + bytes.len() <= WHOLE => {
                whole.extend_from_slice(bytes)
            }
            Some(_) => {
                self.whole = None;
                self.too_long = self.text;
            }
            None => {}
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
            self.found.push((hit.form, line, fingerprint(&scanner.key, &hit.value)));
        }
    }

    /// The end of the file: form, line, fingerprint.
    pub(crate) fn end(&mut self, scanner: &Scanner, path: &[u8]) -> Vec<(Form, u64, String)> {
        let carry = std::mem::take(&mut self.carry);
        self.scan(scanner, &carry, self.context, carry.len(), self.lines);
        if let Some(whole) = self.whole.take() {
            let content = String::from_utf8_lossy(&whole);
            let known: Vec<u64> = self.found.iter().map(|(_, line, _)| *line).collect();
            let mut hits = files::hits(path, &content);
            if hits.is_empty() && generic::is_configuration(path) {
                hits = generic::assignments(&content);
            }
            for hit in hits.into_iter().take(OF_A_FILE) {
                let before = content.as_bytes().get(..hit.at).unwrap_or_default();
                let line = memchr::memchr_iter(b'\n', before).count() as u64 + 1;
                if !known.contains(&line) {
                    self.found.push((hit.form, line, fingerprint(&scanner.key, &hit.value)));
                }
            }
        }
        let found = std::mem::take(&mut self.found);
        *self = Self { carry, more: self.more, too_long: self.too_long, ..Self::default() };
        self.carry.clear();
        found
    }
}

/// The place of a file, as it is in its layer.
pub(crate) fn place(path: &[u8], layer: u32, line: u64) -> Place {
    Place::File { path: text::path(path), layer, line, deleted_in: None, still_at: None }
}
