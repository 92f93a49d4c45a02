//! How help reads: what a command is for, examples of it, then its options under their headings. `-h` shows what is used
//! most, in a line each; `--help` shows everything.

mod examples;
mod hints;

use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::{ColorChoice, Command, CommandFactory};

use crate::cli::{Cli, STYLES};
use examples::EXAMPLES;
pub(crate) use hints::meant;

/// How wide help is.
pub(crate) const WIDTH: usize = 80;

/// Where the notes beside commands begin.
const NOTES: usize = 42;

const TEMPLATE: &str =
    "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}";

/// The commands by what they are for. What is in no group comes at the end.
const GROUPS: &[(&str, &[&str])] = &[
    ("Audit", &["demo", "audit", "check", "report", "permissions"]),
    (
        "Follow up",
        &["explain", "reach", "exceptions", "diff", "history", "schedule", "bundle", "verify"],
    ),
    ("Look up", &["controls", "frameworks", "facts", "image"]),
    ("Set up", &["init", "db", "sim", "completions", "manual"]),
];

const EXIT_CODES: &str = "\
Exit codes:
  0   clean: no failures, and no more unknown findings than --allow-unknown
  1   posture itself failed
  2   invalid command line or configuration
  10  failures at or above --fail-on, also those that a filter hides
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
    "summary_since",
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

/// The command line for manual pages, which show only what comes after the options.
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
        // Some hide themselves.
        let hide = SELDOM.contains(&id) || argument.is_hide_short_help_set();
        let global = globals.iter().any(|name| name == id);
        seldom += usize::from(hide && !global && !argument.is_hide_set());
        let argument = match NETWORK.contains(&id) {
            true => argument.help_heading("Network"),
            false => argument,
        };
        let hidden = argument.is_hide_set();
        argument.hide_short_help(hide).hide(global || hidden)
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

#[cfg(test)]
mod tests;
