//! Hostile input in bulk: mutated examples for everything that reads what others wrote. A panic is a failure, and the input
//! that made it is left in `target/fuzz`; put into `fuzz/corpus`, it is tried in every run.
//!
//! A run tries the same inputs as the one before, for some seconds. `POSTURE_FUZZ_SECONDS=600 cargo xtask test` tries others
//! for ten minutes each, beginning with a seed that it prints and that `POSTURE_FUZZ_SEED` repeats.

mod images;

use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, Instant};

use posture_aws::policy::Document;
use posture_core::snapshot::Snapshot;
use posture_kubernetes::manifest;
use posture_sim::aws::World;
use posture_sim::azure::Scenario;
use posture_tests::{Program, fuzz};

/// How long each of them runs by default.
const TIME: Duration = Duration::from_secs(5);

/// Inputs are no longer than this.
const LENGTH: usize = 64 << 10;

#[test]
fn policy_documents() {
    Fuzz::new("policy_document").run(3_000, fuzz::policy_document);
}

#[test]
fn snapshots() {
    Fuzz::new("snapshot").run(2_000, fuzz::snapshot);
}

#[test]
fn worlds() {
    Fuzz::new("world").run(150, fuzz::world);
}

#[test]
fn scenarios() {
    Fuzz::new("scenario").run(150, fuzz::scenario);
}

#[test]
fn answers_of_aws() {
    Fuzz::new("aws_answer").answers(fuzz::aws_answers()).run(150, fuzz::aws_answer);
}

#[test]
fn answers_of_azure() {
    Fuzz::new("azure_answer").answers(fuzz::azure_answers()).run(150, fuzz::azure_answer);
}

#[test]
fn manifests() {
    Fuzz::new("manifest").run(500, fuzz::manifest);
}

#[test]
fn docker_files() {
    Fuzz::new("docker").run(500, fuzz::docker);
}

#[test]
fn image_archives() {
    Fuzz::new("image").run(500, fuzz::image);
}

#[test]
fn documents_about_images() {
    Fuzz::new("document").run(500, fuzz::document);
}

#[test]
fn configurations() {
    Fuzz::new("configuration").run(150, |input| {
        let program = Program::new();
        std::fs::write(program.folder().join("posture.toml"), input).unwrap();
        let snapshot = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
        let run = program.args(&["check", snapshot]).run();
        assert!(matches!(run.code, 0 | 2 | 10 | 11), "{}: {}{}", run.code, run.out, run.err);
    });
}

/// Whether an input is read at all.
type Reads<'r> = &'r dyn Fn(&[u8]) -> bool;

/// What is refused at once has nothing in it that a mutation could bring out.
#[test]
fn the_examples_are_read() {
    let text = |input: &[u8]| String::from_utf8_lossy(input).into_owned();
    let all: [(&str, Reads<'_>); 6] = [
        ("policy_document", &|input| Document::parse(&text(input)).is_ok()),
        ("snapshot", &|input| Snapshot::read(input, 1 << 20).is_ok()),
        ("world", &|input| World::parse(&text(input)).is_ok()),
        ("scenario", &|input| Scenario::parse(&text(input)).is_ok()),
        ("manifest", &|input| {
            let all = manifest::read(input, &manifest::Options::default());
            !all.iter().any(|one| matches!(one.content, manifest::Content::Invalid { .. }))
        }),
        ("configuration", &|input| {
            let program = Program::new();
            std::fs::write(program.folder().join("posture.toml"), input).unwrap();
            program.args(&["permissions", "aws"]).run().code == 0
        }),
    ];
    for (name, reads) in all {
        for path in corpus(name) {
            let broken = path.file_name().unwrap().to_string_lossy().starts_with("broken-");
            let read = reads(&std::fs::read(&path).unwrap());
            assert!(read != broken, "{}", path.display());
        }
    }
}

/// The examples of a target. What `cargo fuzz` finds is beside them, under names without an extension.
fn corpus(name: &str) -> Vec<PathBuf> {
    let folder = format!("{}/../fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some()).collect();
    // A folder lists them in any order.
    files.sort();
    files
}

/// Something that is tried out.
struct Fuzz {
    name: &'static str,
    examples: Vec<Vec<u8>>,
    /// More examples, which show nothing new as they are.
    answers: Vec<Vec<u8>>,
}

impl Fuzz {
    fn new(name: &'static str) -> Self {
        let examples = corpus(name).iter().map(|path| std::fs::read(path).unwrap()).collect();
        Self { name, examples, answers: Vec::new() }
    }

    /// With what a simulated cloud answers. It can be kept for `cargo fuzz`, which cannot ask for it.
    fn answers(mut self, answers: Vec<Vec<u8>>) -> Self {
        if std::env::var_os("POSTURE_FUZZ_RECORD").is_some() {
            let folder = format!("{}/../fuzz/corpus/{}", env!("CARGO_MANIFEST_DIR"), self.name);
            for answer in &answers {
                std::fs::write(format!("{folder}/{:016x}", hash(answer)), answer).unwrap();
            }
        }
        assert!(answers.len() > 20, "{} answers", answers.len());
        self.answers = answers;
        self
    }

    /// Tries the examples as they are, and then so many mutations of them and of the answers as the time allows.
    #[allow(clippy::print_stdout, reason = "it says how to try the same again")]
    fn run(self, most: usize, target: fn(&[u8])) {
        let asked: Option<u64> = variable("POSTURE_FUZZ_SECONDS");
        let (most, time) = match asked {
            Some(seconds) => (usize::MAX, Duration::from_secs(seconds)),
            None => (most, TIME),
        };
        let seed = variable("POSTURE_FUZZ_SEED")
            .unwrap_or_else(|| if asked.is_some() { RandomState::new().hash_one(0) } else { 1 });
        println!("{}: POSTURE_FUZZ_SEED={seed}", self.name);
        for example in &self.examples {
            self.attempt(example, target);
        }
        let mut dice = Dice(seed);
        // The first line of an answer says whose it is.
        let head = usize::from(!self.answers.is_empty());
        let mut examples: Vec<&Vec<u8>> = self.examples.iter().chain(&self.answers).collect();
        for place in (1..examples.len()).rev() {
            examples.swap(place, dice.below(place + 1));
        }
        let begin = Instant::now();
        let mut tried = 0;
        for example in examples.iter().cycle().take(most) {
            if begin.elapsed() >= time {
                break;
            }
            let (kept, body) = cut(example, head);
            let (_, other) = cut(dice.pick::<&Vec<u8>>(&examples), head);
            let body = mutate(body, other, &mut dice);
            self.attempt(&[kept, body.as_slice()].concat(), target);
            tried += 1;
        }
        println!("{}: {} examples, {tried} mutations", self.name, self.examples.len());
    }

    fn attempt(&self, input: &[u8], target: fn(&[u8])) {
        if std::panic::catch_unwind(|| target(input)).is_ok() {
            return;
        }
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/fuzz"));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{}-{:016x}", self.name, hash(input)));
        std::fs::write(&path, input).unwrap();
        panic!("{} panics on {}", self.name, path.display());
    }
}

/// An input after so many lines.
fn cut(input: &[u8], lines: usize) -> (&[u8], &[u8]) {
    let end = (0..lines).fold(0, |start, _| {
        let line = input[start..].iter().position(|byte| *byte == b'\n');
        line.map_or(input.len(), |line| start + line + 1)
    });
    input.split_at(end)
}

fn variable<T: FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

fn hash(input: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    hasher.finish()
}

/// Numbers that look like chance. [SplitMix64](https://prng.di.unimi.it/splitmix64.c)
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below another; nought where there is none.
    fn below(&mut self, most: usize) -> usize {
        (self.roll() % (most as u64).max(1)) as usize
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A part of something of a length, itself no longer than `most`.
    fn part(&mut self, length: usize, most: usize) -> Range<usize> {
        let start = self.below(length + 1);
        let part = self.below((length - start).min(most) + 1);
        start..start + part
    }
}

/// What readers of JSON, XML, TOML, policies and times are prone to stumble over.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e400",
    "4294967296",
    "9223372036854775808",
    "-9223372036854775809",
    "0x7fffffffffffffff",
    "1.7976931348623157e308",
    "nan",
    "\"\"",
    "\"*\"",
    "\"?*\"",
    "\"**?*?**\"",
    "\"\\ud800\"",
    "\"\\u0000\\u001b[2J\"",
    "\"\u{202e}\u{10fffd}\u{feff}\"",
    "\"${aws:username}\"",
    "\"${aws:PrincipalTag/x, '*'}\"",
    "\"arn:aws:::::\"",
    "\"::::::\"",
    "\"../..\"",
    "\"%00%ff%\"",
    "\"now-999999999d\"",
    "\"now-9223372036854775807d\"",
    "\"9999-12-31T23:59:59.999999999+23:59\"",
    "\"-009999-01-02T01:59:59Z\"",
    "\"2016-12-31T23:59:60Z\"",
    "\"P99999Y\"",
    "9999-12-31",
    "07:32:00",
    "\"0.0.0.0/33\"",
    "\"::/0\"",
    "\"True\"",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "{\"known\":null}",
    "{\"gap\":0}",
    "{\"gap\":4294967295}",
    "\"not-offered\"",
    "'''",
    "<a/>",
    "<![CDATA[",
    "&#x0;",
    "&a;",
    "\u{feff}",
];

/// Bytes at which tokens end.
const MARKS: &[u8] = b"{}[](),:=<>&\n";

fn mutate(body: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = body.to_vec();
    for _ in 0..=dice.below(4) {
        match dice.below(12) {
            0 => flip(&mut bytes, dice),
            1 => {
                let place = dice.below(bytes.len() + 1);
                bytes.insert(place, dice.roll() as u8);
            }
            2 => {
                let part = dice.part(bytes.len(), 64);
                bytes.drain(part);
            }
            3 => {
                let part = dice.part(bytes.len(), 512);
                let (end, part) = (part.end, bytes[part].to_vec());
                bytes.splice(end..end, part);
            }
            4 => {
                let (at, from) = (dice.below(bytes.len() + 1), dice.below(other.len() + 1));
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            // One token, or the text of another place, in place of a token.
            5..=8 => {
                let token = dice.pick(TOKENS).as_bytes();
                bytes.splice(token_of(&bytes, dice), token.iter().copied());
            }
            9 | 10 => {
                let all = if dice.below(2) == 0 { bytes.as_slice() } else { other };
                let token = all[token_of(all, dice)].to_vec();
                bytes.splice(token_of(&bytes, dice), token);
            }
            _ => {
                let token = large(dice);
                bytes.splice(token_of(&bytes, dice), token);
            }
        }
        bytes.truncate(LENGTH);
    }
    bytes
}

/// Changes a bit, or puts a letter in place of a byte: what is encoded in letters stays so.
fn flip(bytes: &mut [u8], dice: &mut Dice) {
    let place = dice.below(bytes.len());
    let (bit, letter) = (1 << dice.below(8), *dice.pick(b"aAzZ019+-_ ./%*?"));
    if let Some(byte) = bytes.get_mut(place) {
        *byte = if bit > 8 { letter } else { *byte ^ bit };
    }
}

/// Where a token is: the text between two marks, or between two quotes.
fn token_of(bytes: &[u8], dice: &mut Dice) -> Range<usize> {
    let marks = if dice.below(2) == 0 { MARKS } else { b"\"".as_slice() };
    let ends = |byte: &u8| marks.contains(byte);
    let at = dice.below(bytes.len());
    let (before, after) = bytes.split_at(at);
    let start = before.iter().rposition(ends).map_or(0, |place| place + 1);
    let end = after.iter().position(ends).map_or(bytes.len(), |place| at + place);
    // The space around it belongs to neither side.
    let space = bytes[start..end].iter().take_while(|byte| **byte == b' ').count();
    start + space..end
}

/// Something long or deep.
fn large(dice: &mut Dice) -> Vec<u8> {
    let many = [100, 130, 5_000][dice.below(3)];
    match dice.below(6) {
        0 => format!("\"{}\"", "a".repeat(many)),
        1 => format!("\"{}\"", "*a?".repeat(many.min(200))),
        2 => format!("{}{}", "[".repeat(many), "]".repeat(many)),
        3 => format!("{}1{}", "{\"a\":".repeat(many), "}".repeat(many)),
        4 => format!("{}{}", "<a>".repeat(many), "</a>".repeat(many)),
        _ => format!("[{}1]", "1,".repeat(many)),
    }
    .into_bytes()
}
