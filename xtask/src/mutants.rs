//! Makes small changes to the code that decides, and checks whether the tests of the same crate notice. The changes are those of
//! [cargo-mutants]. All of a crate are compiled in at once, and a number chooses the one that counts: one build instead
//! of thousands. `--one-by-one` leaves it all to cargo-mutants, which builds for each change. Either takes long, so that
//! it runs on request and never in CI.
//!
//! [cargo-mutants]: https://mutants.rs

mod schemata;
mod tree;
mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::root;
use trial::Verdict;

/// Exactly this one, as the changes that it makes are named in the list of equivalent ones.
const VERSION: &str = "27.1.0";

/// The list of changes that change nothing, each with its reason.
const EQUIVALENT: &str = "xtask/equivalent-mutants.json";

/// A part of the code that decides.
struct Module {
    name: &'static str,
    package: &'static str,
    /// Below the package: a file without its ending, a folder, or both.
    code: &'static str,
    /// How many of a hundred the tests have to notice.
    target: u32,
}

const MODULES: &[Module] = &[
    module("fact", "posture-model", "src/fact", 90),
    module("listing", "posture-model", "src/listing", 90),
    module("entries", "posture-model", "src/entries", 90),
    module("join", "posture-core", "src/join", 90),
    module("judge", "posture-core", "src/judge", 90),
    module("report", "posture-core", "src/report", 90),
    module("exception", "posture-core", "src/exception", 90),
    module("dated", "posture-model", "src/dated", 90),
    module("counted", "posture-core", "src/counted", 90),
    module("traffic", "posture-model", "src/network", 90),
    module("reach_aws", "posture-aws", "src/network", 90),
    module("reach_azure", "posture-azure", "src/network", 90),
    module("checks", "posture-core", "src/checks", 90),
    module("controls", "posture-core", "src/controls", 90),
    module("policy", "posture-aws", "src/policy", 90),
    module("rbac", "posture-azure", "src/rbac", 90),
    module("sign_in", "posture-azure", "src/collect/sign_in", 90),
    module("alerts", "posture-aws", "src/collect/alerts", 80),
    module("filter_pattern", "posture-aws", "src/collect/filter_pattern", 80),
    module("cloudtrail", "posture-aws", "src/collect/cloudtrail", 80),
    module("selectors", "posture-aws", "src/collect/selectors", 80),
    module("regional", "posture-aws", "src/collect/regional", 80),
    module("regions", "posture-aws", "src/collect/regions", 80),
    module("s3", "posture-aws", "src/collect/s3", 80),
    module("iam", "posture-aws", "src/collect/iam", 80),
    module("keys", "posture-aws", "src/collect/keys", 80),
    module("organization", "posture-aws", "src/collect/organization", 80),
    module("resource_policy", "posture-aws", "src/collect/resource_policy", 80),
    module("account", "posture-aws", "src/collect/account", 80),
    module("acl", "posture-aws", "src/collect/acl", 80),
    module("vpc", "posture-aws", "src/collect/vpc", 80),
    module("storage", "posture-azure", "src/collect/storage", 80),
    module("vault", "posture-azure", "src/collect/vault", 80),
    module("defender", "posture-azure", "src/collect/defender", 80),
    module("network", "posture-azure", "src/collect/network", 80),
    module("reach", "posture-azure", "src/collect/reach", 80),
    module("edge", "posture-azure", "src/collect/edge", 80),
    module("logging", "posture-azure", "src/collect/logging", 80),
    module("access", "posture-azure", "src/collect/access", 80),
    module("applications", "posture-azure", "src/collect/applications", 80),
    module("benchmark", "posture-azure", "src/collect/benchmark", 80),
    module("body", "posture-azure", "src/collect/body", 80),
    module("credentials", "posture-azure", "src/collect/credentials", 80),
    module("diagnostics", "posture-azure", "src/collect/diagnostics", 80),
    module("directory", "posture-azure", "src/collect/directory", 80),
    module("exports", "posture-azure", "src/collect/exports", 80),
    module("people", "posture-azure", "src/collect/people", 80),
    module("principals", "posture-azure", "src/collect/principals", 80),
    module("roles", "posture-azure", "src/collect/roles", 80),
    module("subscription", "posture-azure", "src/collect/subscription", 80),
    module("sweep", "posture-azure", "src/collect/sweep", 80),
    module("tiers", "posture-azure", "src/collect/tiers", 80),
];

impl Module {
    fn globs(&self) -> [String; 2] {
        let Self { package, code, .. } = self;
        [format!("{package}/{code}.rs"), format!("{package}/{code}/**/*.rs")]
    }

    fn holds(&self, file: &str) -> bool {
        self.globs().iter().any(|glob| fits(glob, file))
    }
}

const fn module(
    name: &'static str,
    package: &'static str,
    code: &'static str,
    target: u32,
) -> Module {
    Module { name, package, code, target }
}

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    modules: Vec<String>,
    jobs: u32,
    /// A build for each change.
    one_by_one: bool,
    /// Every how many of the changes is tried: all of them by 1.
    every: usize,
}

impl Choice {
    /// `[--module NAME]… [--jobs N] [--every N | --one-by-one]`; none where it is something else.
    pub(crate) fn parse(words: &[&str]) -> Option<Self> {
        let mut choice = Self { modules: Vec::new(), jobs: 0, one_by_one: false, every: 1 };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--one-by-one" => choice.one_by_one = true,
                "--module" => choice.modules.push((*words.next()?).to_owned()),
                "--jobs" => choice.jobs = words.next()?.parse().ok().filter(|n| *n > 0)?,
                "--every" => choice.every = words.next()?.parse().ok().filter(|n| *n > 0)?,
                _ => return None,
            }
        }
        if choice.one_by_one && choice.every > 1 {
            return None;
        }
        if choice.jobs == 0 {
            choice.jobs = if choice.one_by_one { 1 } else { 2 };
        }
        Some(choice)
    }
}

pub(crate) fn run(choice: &Choice) -> Result<()> {
    let root = root()?;
    let known: Vec<&str> = MODULES.iter().map(|module| module.name).collect();
    for name in &choice.modules {
        if !known.contains(&name.as_str()) {
            bail!("there is no module `{name}`; there are {}", known.join(", "));
        }
    }
    let is_chosen = |module: &&Module| {
        choice.modules.is_empty() || choice.modules.iter().any(|name| name == module.name)
    };
    let equivalent = equivalent(&root)?;
    let tool = tool(&root)?;
    let mut short = Vec::new();
    let mut seen = BTreeSet::new();
    let mut table = Vec::new();
    let mut fast = if choice.one_by_one {
        BTreeMap::new()
    } else {
        at_once(&root, &tool, &MODULES.iter().filter(is_chosen).collect::<Vec<_>>(), choice)?
    };
    if choice.every > 1 {
        println!("a sample: every {}th change", choice.every);
    }
    for module in MODULES.iter().filter(is_chosen) {
        let outcomes = match fast.remove(module.name) {
            Some(outcomes) => outcomes,
            None => outcomes(&root, &tool, module, choice.jobs)?,
        };
        let tally = Tally::of(&outcomes, &equivalent, &mut seen);
        for missed in &tally.missed {
            println!("missed in {}: {missed}", module.name);
        }
        if !tally.reaches(module.target) {
            short.push(module.name);
        }
        table.push(tally.row(module));
    }
    println!(
        "| module | caught | missed | equivalent | not compiled | not tried | % caught | target |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for row in table {
        println!("{row}");
    }
    // The list is about code that changes.
    for gone in equivalent.keys().filter(|name| {
        let of_module = |module: &Module| module.holds(file_of(name));
        choice.every == 1
            && !seen.contains(*name)
            && MODULES.iter().filter(is_chosen).any(of_module)
    }) {
        println!("no longer missed, and still in {EQUIVALENT}: {gone}");
    }
    if !short.is_empty() {
        bail!("below the target: {}", short.join(", "));
    }
    Ok(())
}

/// Installs the tool, unless it is there.
fn tool(root: &Path) -> Result<std::path::PathBuf> {
    let folder = root.join("target/tools");
    let tool = folder.join("bin/cargo-mutants");
    let version = Command::new(&tool).args(["mutants", "--version"]).output();
    let is_there = version.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == VERSION)
    });
    if is_there {
        return Ok(tool);
    }
    println!("installing cargo-mutants {VERSION} into {}", folder.display());
    let status = Command::new("cargo")
        .args(["install", "cargo-mutants", "--locked", "--version", VERSION, "--force", "--root"])
        .arg(&folder)
        .status()
        .context("cannot run `cargo install`")?;
    if !status.success() {
        bail!("cargo-mutants could not be installed");
    }
    Ok(tool)
}

/// What became of each change of some modules, by the name of the module, with one build for each crate.
fn at_once(
    root: &Path,
    tool: &Path,
    modules: &[&Module],
    choice: &Choice,
) -> Result<BTreeMap<&'static str, Vec<Outcome>>> {
    let mut outcomes: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
    let packages: BTreeSet<&str> = modules.iter().map(|module| module.package).collect();
    for package in packages {
        // All of the crate are compiled in, whichever are asked for, so that the next run finds the same.
        let listed = listed(root, tool, package)?;
        let built = tree::build(root, package, &listed)?;
        let chosen: Vec<(u32, &Listed, &Module)> = tree::numbered(&listed)
            .filter_map(|(id, change)| {
                let module = modules.iter().find(|module| module.holds(&change.file))?;
                Some((id, change, *module))
            })
            .step_by(choice.every)
            .collect();
        let is_there = |id: &u32| !built.unviable.contains(id) && !built.untried.contains(id);
        let there: Vec<u32> = chosen.iter().map(|(id, ..)| *id).filter(is_there).collect();
        let folder = root.join("target/mutants").join(package);
        let jobs = usize::try_from(choice.jobs)?;
        let trial = trial::Trial::record(built.binaries, &folder, jobs)?;
        eprintln!("{package}: {} changes", there.len());
        let verdicts: BTreeMap<u32, Verdict> =
            there.iter().copied().zip(trial.verdicts(&there)).collect();
        for (id, change, module) in chosen {
            let summary = match verdicts.get(&id) {
                Some(Verdict::Caught) => "CaughtMutant",
                Some(Verdict::TimedOut) => "Timeout",
                Some(Verdict::Missed) => "MissedMutant",
                Some(Verdict::Unreached) => UNREACHED,
                None if built.unviable.contains(&id) => "Unviable",
                None => UNTRIED,
            };
            let mutant = Mutant { name: change.name.clone() };
            let outcome =
                Outcome { scenario: Scenario::Mutant(mutant), summary: summary.to_owned() };
            outcomes.entry(module.name).or_default().push(outcome);
        }
    }
    Ok(outcomes)
}

/// A change that no test runs into.
const UNREACHED: &str = "Unreached";

/// A change that does not fit into one build with others.
const UNTRIED: &str = "NotTried";

/// The changes that cargo-mutants would make to the modules of a package.
fn listed(root: &Path, tool: &Path, package: &str) -> Result<Vec<Listed>> {
    let output = Command::new(tool)
        .current_dir(root)
        .args(["mutants", "--list", "--json", "--package", package])
        .output()
        .context("cannot run cargo-mutants")?;
    if !output.status.success() {
        bail!("cargo-mutants failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let mut listed: Vec<Listed> =
        serde_json::from_slice(&output.stdout).context("cargo-mutants writes another form")?;
    listed.retain(|change| MODULES.iter().any(|module| module.holds(&change.file)));
    Ok(listed)
}

/// A change, as cargo-mutants lists it.
#[derive(Debug, Deserialize)]
struct Listed {
    file: String,
    genre: Genre,
    name: String,
    replacement: String,
    span: Extent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct Extent {
    start: Position,
}

/// Both from 1.
#[derive(Debug, Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

/// What became of each change of a module.
fn outcomes(root: &Path, tool: &Path, module: &Module, jobs: u32) -> Result<Vec<Outcome>> {
    let output = root.join("target/mutants").join(module.name);
    std::fs::create_dir_all(&output)?;
    let mut run = Command::new(tool);
    run.current_dir(root)
        .args(["mutants", "--no-shuffle", "--package", module.package, "--cargo-arg=--locked"])
        .args(["--jobs", &jobs.to_string(), "--output"])
        .arg(&output)
        // Few cases of the laws of chance: each change runs them all.
        .env("POSTURE_CASES", "2");
    if jobs == 1 {
        // What is compiled of others serves the next module as well.
        run.env("CARGO_TARGET_DIR", root.join("target/mutants/build"));
    }
    for glob in module.globs() {
        run.args(["--file", &glob]);
    }
    let status = run.status().context("cannot run cargo-mutants")?;
    // 2 and 3 are changes that were missed and tests that did not end; anything else is not a result.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        bail!("cargo-mutants failed on `{}`", module.name);
    }
    let file = output.join("mutants.out/outcomes.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("no {}", file.display()))?;
    read(&text)
}

fn read(text: &str) -> Result<Vec<Outcome>> {
    let outcomes: Outcomes =
        serde_json::from_str(text).context("cargo-mutants writes another form")?;
    Ok(outcomes.outcomes)
}

#[derive(Deserialize)]
struct Outcomes {
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    scenario: Scenario,
    summary: String,
}

/// The code as it is, or with a change.
#[derive(Deserialize)]
enum Scenario {
    Baseline,
    Mutant(Mutant),
}

#[derive(Deserialize)]
struct Mutant {
    name: String,
}

impl Mutant {
    /// Its name without line and column, which other changes move: `file: what is replaced`.
    fn stable(&self) -> String {
        let mut parts = self.name.splitn(4, ':');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
            _ => self.name.clone(),
        }
    }
}

/// The file of a stable name.
fn file_of(name: &str) -> &str {
    name.split(':').next().unwrap_or_default()
}

/// Whether a path matches a glob: `*` matches a name, `**` any folders.
fn fits(glob: &str, path: &str) -> bool {
    fn parts(glob: &[&str], path: &[&str]) -> bool {
        match (glob, path) {
            ([], []) => true,
            (["**", rest @ ..], _) => {
                parts(rest, path) || path.split_first().is_some_and(|(_, path)| parts(glob, path))
            }
            ([name, glob @ ..], [own, path @ ..]) => {
                let is_it = match name.split_once('*') {
                    Some((start, end)) => {
                        own.len() >= start.len() + end.len()
                            && own.starts_with(start)
                            && own.ends_with(end)
                    }
                    None => name == own,
                };
                is_it && parts(glob, path)
            }
            _ => false,
        }
    }
    let glob: Vec<&str> = glob.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    parts(&glob, &path)
}

/// How many changes of a module came out how.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    caught: usize,
    missed: Vec<String>,
    equivalent: usize,
    unviable: usize,
    untried: usize,
}

impl Tally {
    fn of(
        outcomes: &[Outcome],
        equivalent: &BTreeMap<String, String>,
        seen: &mut BTreeSet<String>,
    ) -> Self {
        let mut tally = Self::default();
        for Outcome { scenario, summary } in outcomes {
            let Scenario::Mutant(mutant) = scenario else { continue };
            match summary.as_str() {
                "CaughtMutant" | "Timeout" => tally.caught += 1,
                "Unviable" => tally.unviable += 1,
                UNTRIED => tally.untried += 1,
                _ => {
                    let name = mutant.stable();
                    if equivalent.contains_key(&name) {
                        tally.equivalent += 1;
                        seen.insert(name);
                    } else {
                        let unreached =
                            if summary == UNREACHED { " (no test runs it)" } else { "" };
                        tally.missed.push(format!("{}{unreached}", mutant.name));
                    }
                }
            }
        }
        tally
    }

    /// How many of a hundred were caught, rounded down; of nothing, all.
    fn percent(&self) -> usize {
        (self.caught * 100).checked_div(self.caught + self.missed.len()).unwrap_or(100)
    }

    fn reaches(&self, target: u32) -> bool {
        self.percent() >= target as usize
    }

    fn row(&self, module: &Module) -> String {
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            module.name,
            self.caught,
            self.missed.len(),
            self.equivalent,
            self.unviable,
            self.untried,
            self.percent(),
            module.target
        )
    }
}

/// The changes that change nothing, with the reason of each.
fn equivalent(root: &Path) -> Result<BTreeMap<String, String>> {
    let file = root.join(EQUIVALENT);
    let text = std::fs::read_to_string(&file).with_context(|| format!("no {EQUIVALENT}"))?;
    let all: BTreeMap<String, String> =
        serde_json::from_str(&text).with_context(|| format!("{EQUIVALENT} does not fit"))?;
    if let Some((name, _)) = all.iter().find(|(_, reason)| reason.trim().is_empty()) {
        bail!("{EQUIVALENT} has no reason for `{name}`");
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_is_there_and_so_is_every_equivalent_change() {
        let root = root().unwrap();
        let mut names = BTreeSet::new();
        let exists = |path: &str| root.join(path).exists();
        for module in MODULES {
            assert!(names.insert(module.name), "{} is there twice", module.name);
            let [file, folder] = module.globs();
            assert!(
                exists(&file) || exists(folder.trim_end_matches("/**/*.rs")),
                "{}",
                module.name
            );
        }
        for name in equivalent(&root).unwrap().keys() {
            assert!(exists(file_of(name)), "{name}");
            assert!(MODULES.iter().any(|module| module.holds(file_of(name))), "{name}");
        }
    }

    #[test]
    fn outcomes_are_counted() {
        let mutant = |name: &str, summary: &str| {
            format!(
                r#"{{"scenario":{{"Mutant":{{"name":"{name}","genre":"FnValue"}}}},"summary":"{summary}"}}"#
            )
        };
        let text = format!(
            r#"{{"outcomes":[{{"scenario":"Baseline","summary":"Success"}},{},{},{},{},{},{},{},{}],"total_mutants":8}}"#,
            mutant("a/b.rs:1:2: replace x with y in f", "CaughtMutant"),
            mutant("a/b.rs:2:2: replace x with y in f", "CaughtMutant"),
            mutant("a/b.rs:3:2: replace x with y in f", "Timeout"),
            mutant("a/b.rs:4:2: replace a::b with c in f", "MissedMutant"),
            mutant("a/b.rs:5:2: replace < with > in g", "MissedMutant"),
            mutant("a/b.rs:6:2: replace x with z in f", "Unviable"),
            mutant("a/b.rs:7:2: delete ! in g", "NotTried"),
            mutant("a/b.rs:8:2: delete ! in h", "Unreached"),
        );
        let equivalent: BTreeMap<String, String> =
            [("a/b.rs: replace a::b with c in f".to_owned(), "the same".to_owned())].into();
        let mut seen = BTreeSet::new();
        let tally = Tally::of(&read(&text).unwrap(), &equivalent, &mut seen);
        let missed = vec![
            "a/b.rs:5:2: replace < with > in g".to_owned(),
            "a/b.rs:8:2: delete ! in h (no test runs it)".to_owned(),
        ];
        assert_eq!(tally, Tally { caught: 3, missed, equivalent: 1, unviable: 1, untried: 1 });
        assert_eq!(seen.len(), 1);
        assert_eq!(tally.percent(), 60);
        assert!(tally.reaches(60) && !tally.reaches(61));
        assert_eq!(Tally::default().percent(), 100);
        assert_eq!(tally.row(&MODULES[0]), "| fact | 3 | 2 | 1 | 1 | 1 | 60 | 90 |");
    }

    #[test]
    fn globs_fit_names_and_folders() {
        for (glob, path, expected) in [
            ("a/b.rs", "a/b.rs", true),
            ("a/*.rs", "a/b.rs", true),
            ("a/*.rs", "a/b/c.rs", false),
            ("a/**/*.rs", "a/b/c.rs", true),
            ("a/**/*.rs", "a/c.rs", true),
            ("a/**/*.rs", "b/c.rs", false),
            ("a/*.rs", "a/b.md", false),
        ] {
            assert_eq!(fits(glob, path), expected, "{glob} {path}");
        }
    }

    #[test]
    fn arguments_are_understood() {
        let choice = |modules: &[&str], jobs| Choice {
            modules: modules.iter().map(|name| (*name).to_owned()).collect(),
            jobs,
            one_by_one: false,
            every: 1,
        };
        assert_eq!(Choice::parse(&[]), Some(choice(&[], 2)));
        let slow = Choice { one_by_one: true, ..choice(&["fact"], 1) };
        assert_eq!(Choice::parse(&["--one-by-one", "--module", "fact"]), Some(slow));
        let words = ["--module", "fact", "--jobs", "2", "--module", "judge"];
        assert_eq!(Choice::parse(&words), Some(choice(&["fact", "judge"], 2)));
        let sample = Choice { every: 4, ..choice(&[], 2) };
        assert_eq!(Choice::parse(&["--every", "4"]), Some(sample));
        assert_eq!(Choice::parse(&["--every", "4", "--one-by-one"]), None);
        for wrong in [&["--jobs"][..], &["--jobs", "0"], &["--jobs", "x"], &["fact", "x"]] {
            assert_eq!(Choice::parse(wrong), None, "{wrong:?}");
        }
    }
}
