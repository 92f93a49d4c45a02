//! What the steps of a build show: package lists updated alone, checks switched off, downloads that are run.

use super::history::{Step, is_shell};
use super::shell::{
    commands, reads_download, reads_input, skip_wrappers, subcommand, substitutions,
    without_version,
};
use crate::truth::{Cause, Gap, List};

/// What is wrong with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Habit {
    /// `ADD` of local files where `COPY` would do.
    Add,
    /// Package lists are updated in a step that installs nothing.
    UpdateAlone,
    /// A download is piped into a shell.
    PipeToShell,
    /// Packages or downloads without verification.
    Unverified,
    /// Uses sudo.
    Sudo,
    /// Opens files to everybody.
    OpenToEverybody,
}

/// A habit, and the step that shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observed {
    /// What it is.
    pub habit: Habit,
    /// The step, from 1.
    pub step: usize,
    /// The words that show it. They hold no values.
    pub words: &'static str,
}

/// Options that switch verification off, and the programs that know them, without their versions.
const UNVERIFIED: [(&str, &[&str]); 16] = [
    ("--allow-unauthenticated", &["apt-get", "apt", "aptitude"]),
    ("--allow-insecure-repositories", &["apt-get", "apt"]),
    ("--allow-untrusted", &["apk"]),
    ("--force-yes", &["apt-get"]),
    ("--insecure", &["curl", "conda", "mamba"]),
    ("-k", &["curl"]),
    ("--no-check-certificate", &["wget"]),
    ("--no-check-certs", &["wget"]),
    ("--no-gpg-check", &["dnf", "zypper"]),
    ("--no-gpg-checks", &["zypper"]),
    ("--no-gpgcheck", &["dnf"]),
    ("--nogpgcheck", &["yum", "dnf", "microdnf", "tdnf"]),
    ("--nosignature", &["rpm"]),
    ("--no-verify-ssl", &["aws"]),
    ("--insecure-skip-tls-verify", &["helm", "kubectl"]),
    ("--trusted-host", &["pip", "python", "uv"]),
];

/// Words that switch verification off, whatever the program is.
const UNVERIFIED_WORDS: [(&str, &str); 8] = [
    ("trusted=yes", "[trusted=yes]"),
    ("allowunauthenticated=true", "AllowUnauthenticated=true"),
    ("allowunauthenticated=1", "AllowUnauthenticated=true"),
    ("verify-peer=false", "Verify-Peer=false"),
    ("node_tls_reject_unauthorized=0", "NODE_TLS_REJECT_UNAUTHORIZED=0"),
    ("pythonhttpsverify=0", "PYTHONHTTPSVERIFY=0"),
    ("git_ssl_no_verify=", "GIT_SSL_NO_VERIFY"),
    ("http.sslverify=false", "http.sslVerify=false"),
];

/// Programs that run what they read.
const INTERPRETERS: [&str; 9] =
    ["python", "perl", "ruby", "node", "php", "pwsh", "lua", "tclsh", "deno"];

/// Texts in texts that are looked into, such as `sh -c "…"` and `$(…)`.
const DEPTH: usize = 4;

/// The habits that the history shows. What it does not show may be there all the same where it has gaps.
pub fn habits(history: &List<Step>) -> List<Observed> {
    let mut list = List { items: Vec::new(), gaps: history.gaps.clone() };
    for step in &history.items {
        let mut found = Vec::new();
        match step.instruction.as_str() {
            "ADD" => match add(step) {
                Added::Fine => {}
                Added::Wrongly(words) => found.push((Habit::Add, words)),
            },
            "RUN" => run(&step.text, DEPTH, &mut found),
            _ => {}
        }
        found.sort_unstable();
        found.dedup();
        list.items.extend(found.into_iter().map(|(habit, words)| Observed {
            habit,
            step: step.number,
            words,
        }));
    }
    list
}

/// Downloads of which the history does not show whether they were verified: BuildKit leaves `--checksum` out
/// ([source](https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go)).
pub fn unclear_downloads(history: &List<Step>) -> Vec<Gap> {
    let unclear = |step: &&Step| {
        let stated = step.text.split_whitespace().any(|word| word.starts_with("--checksum="));
        let downloads = || sources(&step.text).into_iter().any(is_download);
        step.instruction == "ADD" && step.buildkit && !stated && downloads()
    };
    let detail = "the history does not keep whether `ADD` of an address had a `--checksum`";
    let steps = history.items.iter().filter(unclear);
    steps.map(|step| Gap::new(Cause::NotRead, format!("step {}", step.number), detail)).collect()
}

enum Added {
    Fine,
    Wrongly(&'static str),
}

/// The sources of `ADD`, without options and destination.
fn sources(text: &str) -> Vec<&str> {
    let words = text.split_whitespace().filter(|word| !word.starts_with("--"));
    let mut words: Vec<&str> = words.map(|word| word.trim_matches(['[', ']', '"', ','])).collect();
    words.pop();
    words
}

/// An address, but for a repository of git at one commit, which is what it was.
fn is_download(source: &str) -> bool {
    let fixed = source.rsplit_once('#').is_some_and(|(_, commit)| {
        let commit = commit.split(':').next().unwrap_or_default();
        commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    let checked = source.contains("checksum=");
    (source.contains("://") || source.starts_with("git@")) && !fixed && !checked
}

/// `ADD` has a purpose for archives, which it unpacks, and for downloads with a checksum.
fn add(step: &Step) -> Added {
    let text = step.text.as_str();
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    // Of the classic builder: `file:SHA in DESTINATION`, `dir:SHA in`, `multi:SHA in`; the name of the source is not kept, and an
    // address has no prefix or is one. It has no checksums.
    if let [source, "in", target] = words.as_slice() {
        // A base image is made by ADD of an archive to the root.
        let base = source.starts_with("file:") && target.trim_end_matches('/').is_empty();
        return match is_download(source) {
            _ if base => Added::Fine,
            true => Added::Wrongly(DOWNLOAD),
            false => Added::Wrongly("ADD"),
        };
    }
    let archives = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst"];
    let checksum = text.split_whitespace().any(|word| word.starts_with("--checksum="));
    let fine = |source: &str| {
        source.contains("://")
            || source.starts_with("git@")
            || archives.iter().any(|end| source.ends_with(end))
    };
    let sources = sources(text);
    if sources.iter().any(|source| !fine(source)) {
        return Added::Wrongly("ADD");
    }
    match sources.into_iter().any(is_download) && !checksum && !step.buildkit {
        true => Added::Wrongly(DOWNLOAD),
        false => Added::Fine,
    }
}

const DOWNLOAD: &str = "ADD of an address without a checksum";

fn run(text: &str, depth: usize, found: &mut Vec<(Habit, &'static str)>) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    // A here-document without its first line.
    let text = match text.strip_prefix("<<").and_then(|rest| rest.split_once('\n')) {
        Some((_, body)) => body,
        None => text,
    };
    let commands = commands(text);
    let mut updates = None;
    let mut installs = false;
    for command in &commands {
        for word in &command.words {
            let lower = word.to_ascii_lowercase();
            let switch = UNVERIFIED_WORDS.iter().find(|(switch, _)| lower.contains(switch));
            if let Some((_, words)) = switch {
                found.push((Habit::Unverified, words));
            }
            for inner in substitutions(word) {
                run(inner, deeper, found);
            }
        }
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let words = skip_wrappers(&words, || found.push((Habit::Sudo, "sudo")));
        let Some((program, rest)) = words.split_first() else { continue };
        let program = program.rsplit('/').next().unwrap_or_default();
        let plain = without_version(program);
        let sub = subcommand(program, rest);
        match (program, sub) {
            ("apt-get" | "apt" | "aptitude", "update") => updates = Some("apt-get update"),
            ("apk", "update") => updates = Some("apk update"),
            ("yum" | "dnf" | "microdnf", "makecache") => updates = Some("yum makecache"),
            ("zypper", "refresh" | "ref") => updates = Some("zypper refresh"),
            ("apt-get" | "apt" | "aptitude", _) => {
                installs |= matches!(
                    sub,
                    "install"
                        | "upgrade"
                        | "dist-upgrade"
                        | "full-upgrade"
                        | "build-dep"
                        | "satisfy"
                );
            }
            ("apk", "add" | "upgrade" | "fix") | ("yum" | "dnf" | "microdnf" | "zypper", _) => {
                installs = true
            }
            ("chmod", _) if rest.iter().any(|mode| opens(mode)) => {
                found.push((Habit::OpenToEverybody, "chmod 777"))
            }
            ("npm" | "yarn" | "git", _) if turns_verification_off(rest) => {
                found.push((Habit::Unverified, "verification of certificates off"))
            }
            _ => {}
        }
        let interprets = is_shell(program) || INTERPRETERS.contains(&plain);
        let evaluates = interprets || matches!(program, "eval" | "source" | ".");
        let piped = command.piped_from_download && reads_input(is_shell(program), rest);
        if (interprets && piped) || (evaluates && reads_download(rest)) {
            found.push((Habit::PipeToShell, "a download that a shell runs"));
        }
        // The text of a shell in this one.
        if is_shell(program) || matches!(program, "su" | "runuser" | "eval") {
            for (index, word) in rest.iter().enumerate() {
                let short = word.starts_with('-') && !word.starts_with("--") && word.contains('c');
                if let (true, Some(inner)) = (short, rest.get(index + 1)) {
                    run(inner, deeper, found);
                }
            }
        }
        for (option, programs) in UNVERIFIED {
            let short = |word: &str| {
                option == "-k"
                    && word.len() > 1
                    && !word.starts_with("--")
                    && word.starts_with('-')
                    && word.contains('k')
                    && word.bytes().skip(1).all(|byte| byte.is_ascii_alphabetic())
            };
            let has = |word: &&&str| {
                **word == option
                    || word.strip_prefix(option).is_some_and(|rest| rest.starts_with('='))
                    || short(word)
            };
            if programs.contains(&plain) && rest.iter().any(|word| has(&word)) {
                found.push((Habit::Unverified, option));
            }
        }
    }
    // A script may install what the step does not name.
    let scripts = commands.iter().any(|command| {
        let first = command.words.first().map(String::as_str).unwrap_or_default();
        first.ends_with(".sh")
            || is_shell(first)
            || matches!(first, "." | "source" | "make" | "eval")
    });
    if let Some(words) = updates.filter(|_| !installs && !scripts) {
        found.push((Habit::UpdateAlone, words));
    }
}

fn turns_verification_off(rest: &[&str]) -> bool {
    let off = ["strict-ssl", "http.sslverify", "http.sslVerify"];
    rest.windows(2).any(|pair| {
        let [name, value] = pair else { return false };
        off.contains(name) && matches!(*value, "false" | "0")
    }) || rest.contains(&"--strict-ssl=false")
}

fn opens(mode: &str) -> bool {
    let octal =
        (3..=5).contains(&mode.len()) && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    let others = mode.bytes().last().is_some_and(|last| octal && (last - b'0') & 2 != 0);
    // With the sticky bit, only owners may delete.
    let sticky = octal
        && mode.len() >= 4
        && mode
            .as_bytes()
            .get(mode.len() - 4)
            .copied()
            .is_some_and(|bit| (bit.wrapping_sub(b'0')) & 1 != 0);
    let symbolic = mode.split(',').any(|part| {
        let Some(at) = part.find(['+', '=']) else { return false };
        let (who, what) = part.split_at(at);
        (who.contains('a') || who.contains('o'))
            && what.contains('w')
            && who.bytes().all(|byte| b"augo".contains(&byte))
    });
    (others && !sticky) || symbolic
}

#[cfg(test)]
#[path = "habits_tests.rs"]
mod tests;
