//! How help reads: what a command is for, examples of it, then its options under their headings. `-h` shows what is used
//! most, in a line each; `--help` shows everything.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::{ColorChoice, Command, CommandFactory};

use crate::cli::{Cli, STYLES};

/// How wide help is.
pub(crate) const WIDTH: usize = 80;

/// Where the notes beside commands begin.
const NOTES: usize = 42;

const TEMPLATE: &str =
    "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

/// The commands by what they are for. What is in no group comes at the end.
const GROUPS: &[(&str, &[&str])] = &[
    ("Audit", &["demo", "audit", "check", "report", "permissions"]),
    ("Follow up", &["explain", "exceptions", "diff", "history", "schedule", "bundle", "verify"]),
    ("Look up", &["controls", "frameworks"]),
    ("Set up", &["init", "sim", "completions", "manual"]),
];

/// A command, and what it does.
type Example = (&'static str, &'static str);

/// Examples by the command whose help shows them; those of the program itself first. The first few are for `-h`.
const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "",
        &[
            ("posture demo", "try it on simulated clouds"),
            ("posture audit aws", "audit an AWS account"),
            ("posture audit azure", "audit an Azure tenant"),
            ("posture audit aws --save prod.json.zst", "keep what was read"),
            ("posture check prod.json.zst --details", "every resource, with evidence"),
            ("posture check prod.json.zst --framework csf", "every requirement of NIST CSF 2.0"),
            ("posture audit targets", "all targets of posture.toml"),
            ("posture permissions aws > policy.json", "the permissions that an audit needs"),
        ],
    ),
    (
        "demo",
        &[
            ("posture demo", "the default report"),
            ("posture demo --details", "every resource, with evidence"),
            ("posture demo --output demo.html", "a page for the browser"),
        ],
    ),
    (
        "audit",
        &[
            ("posture audit aws", "the account of the default credentials"),
            ("posture audit azure", "the tenant of `az login`"),
            ("posture audit targets", "all targets of posture.toml"),
        ],
    ),
    (
        "audit aws",
        &[
            ("posture audit aws --profile prod", "the account of a profile"),
            ("posture audit aws --organization", "every account of the organization"),
            ("posture audit aws --plan", "the calls that would be made"),
            ("posture audit aws --control storage", "one area only"),
            ("posture audit aws --framework cis-aws", "every requirement of CIS AWS"),
            ("posture audit aws --save prod.json.zst --output report.html", "keep and render it"),
            ("posture audit aws --fail-on high", "exit with 10 on severity high or above"),
        ],
    ),
    (
        "audit azure",
        &[
            ("posture audit azure", "every subscription that can be read"),
            ("posture audit azure --subscription prod", "one subscription"),
            ("posture audit azure --plan", "the calls that would be made"),
            ("posture audit azure --framework cis-azure", "every requirement of CIS Azure"),
            ("posture audit azure --output report.html", "a page for the browser"),
        ],
    ),
    (
        "audit targets",
        &[
            ("posture init", "write a posture.toml to begin with"),
            ("posture audit targets", "all targets of posture.toml"),
            ("posture audit targets --config team.toml", "those of another file"),
        ],
    ),
    (
        "check",
        &[
            ("posture check prod.json.zst", "the default report"),
            ("posture check prod.json.zst --details", "every resource, with evidence"),
            ("posture check prod.json.zst --control storage", "one area only"),
            ("posture check new.json.zst --baseline old.json.zst", "fail on new failures only"),
        ],
    ),
    (
        "report",
        &[
            ("posture report prod.json.zst --output report.html", "a page for the browser"),
            ("posture report last --output report.sarif", "the newest recorded run"),
        ],
    ),
    (
        "diff",
        &[
            ("posture diff old.json.zst new.json.zst", "two snapshots"),
            ("posture diff 12 last", "two runs of the history"),
        ],
    ),
    (
        "permissions",
        &[
            ("posture permissions aws", "an IAM policy"),
            ("posture permissions aws --format terraform", "a role with that policy"),
            ("posture permissions azure", "a custom role"),
        ],
    ),
    (
        "controls",
        &[
            ("posture controls list", "every control"),
            ("posture controls show storage.public-access", "one in full"),
        ],
    ),
    ("frameworks", &[("posture frameworks show csf", "one in full")]),
    (
        "history",
        &[
            ("posture audit aws --history posture.db", "record a run"),
            ("posture history list --history posture.db", "the recorded runs"),
            ("posture history trend --history posture.db", "how findings change"),
        ],
    ),
    ("sim", &[("posture sim aws --generate 100x20x20", "an organization of a hundred accounts")]),
    ("init", &[("posture init", "write posture.toml"), ("posture init --output -", "print it")]),
    (
        "completions",
        &[("posture completions bash > ~/.local/share/bash-completion/completions/posture", "")],
    ),
    (
        "manual",
        &[
            ("posture manual > posture.1", "the page of the program"),
            ("posture manual ~/.local/share/man/man1", "a page for each command"),
        ],
    ),
];

const EXIT_CODES: &str = "\
Exit codes:
  0   clean: no failures, and no more unknown findings than --allow-unknown
  1   posture itself failed
  2   invalid command line or configuration
  10  failures at or above --fail-on
  11  incomplete: more unknown findings than --allow-unknown, nothing examined,
      or interrupted";

/// How many examples `-h` shows.
const SHORT: usize = 3;

/// What few need, and `-h` leaves out.
const SELDOM: &[&str] = &[
    "allow_endpoint",
    "allow_unknown",
    "client_id",
    "cloud",
    "concurrency",
    "control_files",
    "credential",
    "exclude_account",
    "exclude_control",
    "exclude_region",
    "external_id",
    "history",
    "history_snapshots",
    "log_format",
    "log_level",
    "max_rate",
    "no_history",
    "role_name",
    "simulator",
    "timeout",
];

/// How much is asked at once, of whom, and for how long.
const NETWORK: &[&str] = &["allow_endpoint", "concurrency", "max_rate", "simulator", "timeout"];

/// The command line with its help.
pub(crate) fn command(color: ColorChoice) -> Command {
    let mut command = Cli::command().color(color).max_term_width(WIDTH);
    // Only then do commands have the options of all commands, and can be without them in their help.
    command.build();
    let globals: Vec<String> = command
        .get_arguments()
        .filter(|argument| argument.is_global_set())
        .map(|argument| argument.get_id().to_string())
        .collect();
    let (short, long) = (first(&command, SHORT), first(&command, usize::MAX));
    let header = STYLES.get_header();
    // Its commands are listed in groups, before its options.
    let template =
        format!("{header}Options of every command:{header:#}\n{{options}}{{after-help}}");
    command
        .help_template(TEMPLATE.replace("{all-args}{after-help}", &template))
        .before_help(short)
        .before_long_help(long)
        .after_help("`posture COMMAND -h` shows the options of a command, `--help` describes them.")
        .after_long_help(EXIT_CODES)
        .mut_args(|argument| {
            let hide = SELDOM.contains(&argument.get_id().as_str());
            argument.hide_short_help(hide)
        })
        .mut_subcommands(|inner| dressed(inner, "", &globals))
}

/// The command line for manual pages, which show what stands behind the options only.
pub(crate) fn of_manual() -> Command {
    fn documented(command: Command, above: &str) -> Command {
        let path = format!("{above} {}", command.get_name()).trim().to_owned();
        let command = match examples(&path, usize::MAX) {
            all if all.is_empty() => command,
            all => command.after_long_help(block("Examples", &all).to_string()),
        };
        command.mut_subcommands(|inner| documented(inner, &path))
    }
    let examples = block("Examples", &examples("", usize::MAX)).to_string();
    Cli::command()
        .after_long_help(format!("{examples}\n\n{EXIT_CODES}"))
        .mut_subcommands(|inner| documented(inner, ""))
}

/// A command with its examples, and without the options of all commands.
fn dressed(command: Command, above: &str, globals: &[String]) -> Command {
    let path = format!("{above} {}", command.get_name()).trim().to_owned();
    let mut seldom = 0;
    let command = command.help_template(TEMPLATE).mut_args(|argument| {
        let id = argument.get_id().as_str();
        let (hide, global) = (SELDOM.contains(&id), globals.iter().any(|name| name == id));
        seldom += usize::from(hide && !global && !argument.is_hide_set());
        let argument = match NETWORK.contains(&id) {
            true => argument.help_heading("Network"),
            false => argument,
        };
        argument.hide_short_help(hide).hide(global)
    });
    let command = match usage(command.clone()) {
        Some(usage) => command.override_usage(usage),
        None => command,
    };
    let has_examples = EXAMPLES.iter().any(|(of, _)| *of == path);
    let command = match has_examples {
        true => command
            .before_help(block("Examples", &examples(&path, SHORT)))
            .before_long_help(block("Examples", &examples(&path, usize::MAX))),
        false => command,
    };
    let more = match seldom {
        0 => String::new(),
        n => format!("--help describes all options, {n} more among them. "),
    };
    let everywhere = "Every command takes -q, -v, --color and --log-level: posture --help";
    let command = command.after_help(format!("{more}{everywhere}")).after_long_help(everywhere);
    command.mut_subcommands(|inner| dressed(inner, &path, globals))
}

/// What help of the program shows before its options.
fn first(command: &Command, shown: usize) -> StyledStr {
    let mut text = block("Examples", &examples("", shown));
    let mut groups: Vec<(&str, Vec<&Command>)> = GROUPS
        .iter()
        .map(|(title, names)| {
            let find = |name: &&str| command.find_subcommand(name);
            (*title, names.iter().filter_map(find).collect())
        })
        .collect();
    let grouped = |name: &str| GROUPS.iter().any(|(_, names)| names.contains(&name));
    let others = command.get_subcommands().filter(|inner| {
        !inner.is_hide_set() && !grouped(inner.get_name()) && inner.get_name() != "help"
    });
    groups.push(("More", others.collect()));
    for (title, commands) in groups {
        let lines: Vec<String> = commands.into_iter().map(line).collect();
        if !lines.is_empty() {
            let _ = write!(text, "\n\n{}", block(title, &lines).ansi());
        }
    }
    text
}

/// How a command is used, in several lines where one is too long.
fn usage(mut command: Command) -> Option<String> {
    const BEFORE: usize = "Usage: ".len();
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ")?;
    if BEFORE + usage.len() <= WIDTH {
        return None;
    }
    let mut lines = vec![String::new()];
    // What an option takes stays beside it.
    for words in usage.replace(" <", "\u{a0}<").split(' ') {
        let last = lines.last_mut()?;
        match BEFORE + last.chars().count() + 1 + words.chars().count() <= WIDTH {
            true if last.is_empty() => last.push_str(words),
            true => last.extend([" ", words]),
            false => lines.push(format!("    {words}")),
        }
    }
    Some(lines.join(&format!("\n{}", " ".repeat(BEFORE))).replace('\u{a0}', " "))
}

/// The name of a command and what it is for.
fn line(command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let literal = STYLES.get_literal();
    let mut lines = vec![String::new()];
    for word in about.trim_end_matches('.').split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.len() + 1 + word.len() <= WIDTH - 15 => {
                let _ = write!(last, " {word}");
            }
            _ => lines.push(word.to_owned()),
        }
    }
    format!(
        "  {literal}{:<13}{literal:#}{}",
        command.get_name(),
        lines.join(&format!("\n{}", " ".repeat(15)))
    )
}

fn block(title: &str, lines: &[String]) -> StyledStr {
    let header = STYLES.get_header();
    let mut text = StyledStr::new();
    let _ = write!(text, "{header}{title}:{header:#}\n{}", lines.join("\n"));
    text
}

/// The first examples of a command.
fn examples(path: &str, shown: usize) -> Vec<String> {
    let all = EXAMPLES.iter().find(|(of, _)| *of == path).map_or(&[][..], |(_, all)| all);
    let literal = STYLES.get_literal();
    all.iter()
        .take(shown)
        .map(|(command, note)| {
            let room = NOTES.saturating_sub(2);
            let fits = command.len() < room && NOTES + note.len() <= WIDTH;
            match (note.is_empty(), fits) {
                (true, _) => format!("  {literal}{command}{literal:#}"),
                (false, true) => {
                    let gap = " ".repeat(room - command.len());
                    format!("  {literal}{command}{literal:#}{gap}{note}")
                }
                (false, false) => {
                    format!("  {literal}{command}{literal:#}\n{}{note}", " ".repeat(NOTES))
                }
            }
        })
        .collect()
}

/// What is meant by a command that there is not, where others call it so or it is a part of one.
pub(crate) fn meant(name: &OsString) -> Option<&'static str> {
    let name = name.to_str()?.to_ascii_lowercase();
    let (_, meant) = HINTS.iter().find(|(names, _)| names.contains(&name.as_str()))?;
    Some(meant)
}

const HINTS: &[(&[&str], &str)] = &[
    (&["aws"], "posture audit aws"),
    (&["azure", "az", "entra"], "posture audit azure"),
    (&["organization", "org"], "posture audit aws --organization"),
    (&["scan", "run", "assess", "start"], "posture audit aws` or `posture audit azure"),
    (&["target", "targets"], "posture audit targets"),
    (&["rules", "rule", "checks", "policies"], "posture controls list"),
    (&["search", "list", "ls", "services"], "posture controls list"),
    (&["compliance", "benchmark", "benchmarks", "standards"], "posture frameworks list"),
    (&["snapshot", "save", "collect"], "posture audit aws --save account.json.zst"),
    (&["render", "export", "convert", "html"], "posture report SNAPSHOT --output report.html"),
    (&["compare", "changes"], "posture diff BEFORE AFTER"),
    (&["trend", "trends"], "posture history trend"),
    (&["runs"], "posture history list"),
    (&["cron", "jobs", "job", "daemon", "serve"], "posture schedule run"),
    (&["simulate", "simulator", "mock"], "posture sim aws --generate 10x5x5"),
    (&["iam", "role", "policy", "permission"], "posture permissions aws"),
    (&["accept", "suppress", "ignore", "mute", "waive", "exception"], "posture exceptions --help"),
    (&["config", "configure", "setup"], "posture init"),
    (&["man"], "posture manual"),
    (&["completion"], "posture completions bash"),
    (&["example", "try"], "posture demo"),
];

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// The help of every command, short and long, with its path.
    fn all() -> Vec<(String, String)> {
        fn of(command: &Command, path: &str, into: &mut Vec<(String, String)>) {
            let mut command = command.clone();
            into.push((format!("{path} -h"), command.render_help().to_string()));
            into.push((format!("{path} --help"), command.render_long_help().to_string()));
            for inner in command.get_subcommands() {
                // clap's own, which repeats the names of the others.
                if inner.get_name() != "help" {
                    of(inner, &format!("{path} {}", inner.get_name()), into);
                }
            }
        }
        let mut all = Vec::new();
        of(&command(ColorChoice::Never), "posture", &mut all);
        assert!(all.len() > 60, "{}", all.len());
        all
    }

    #[test]
    fn help_fits_a_small_terminal() {
        for (path, text) in all() {
            for line in text.lines() {
                // A command to copy stays in one line.
                let is_command = line.trim_start().starts_with("posture ");
                let width = console::measure_text_width(line);
                assert!(width <= WIDTH || is_command && width <= 100, "{path}: {line}");
            }
        }
    }

    #[test]
    fn examples_come_before_options_and_those_of_all_commands_are_listed_once() {
        for (path, text) in all() {
            let at = |words: &str| text.find(words);
            if let (Some(examples), Some(options)) = (at("Examples:"), at("-h, --help")) {
                assert!(examples < options, "{path}: {text}");
            }
            let is_first = path.starts_with("posture -");
            assert_eq!(text.contains("--color <WHEN>"), is_first, "{path}");
        }
        let short = |path: &str| all().into_iter().find(|(of, _)| of == path).unwrap().1;
        assert!(short("posture -h").lines().count() <= 45, "{}", short("posture -h"));
        assert!(short("posture audit aws -h").lines().count() <= 60);
    }

    #[test]
    fn every_command_is_listed_with_what_it_is_for() {
        let text = command(ColorChoice::Never).render_help().to_string();
        for inner in Cli::command().get_subcommands().filter(|inner| !inner.is_hide_set()) {
            assert!(text.contains(&format!("\n  {} ", inner.get_name())), "{}", inner.get_name());
        }
    }

    #[test]
    fn every_example_and_hint_is_a_command() {
        let examples = EXAMPLES.iter().flat_map(|(_, all)| *all).map(|(command, _)| *command);
        let hints = HINTS.iter().flat_map(|(_, hint)| hint.split("` or `"));
        for example in examples.chain(hints) {
            let words = example.split(" > ").next().unwrap().split_whitespace();
            if let Err(error) = Cli::try_parse_from(words) {
                assert!(example.ends_with("--help"), "{example}: {error}");
            }
        }
        let root = Cli::command();
        for (path, _) in EXAMPLES {
            let known =
                path.split_whitespace().try_fold(&root, |of, name| of.find_subcommand(name));
            assert!(known.is_some(), "{path}");
        }
    }

    #[test]
    fn a_hint_stands_for_nothing_that_exists() {
        let root = Cli::command();
        for name in HINTS.iter().flat_map(|(names, _)| *names) {
            assert!(root.find_subcommand(name).is_none(), "{name}");
            assert!(meant(&name.to_uppercase().into()).is_some());
        }
        assert_eq!(meant(&"aws".into()), Some("posture audit aws"));
        assert_eq!(meant(&"nonsense".into()), None);
    }
}
