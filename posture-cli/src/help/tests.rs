//! Help fits the screen, and what it shows can be typed.

use clap::Parser;

use super::hints::HINTS;
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
    assert!(short("posture -h").lines().count() <= 49, "{}", short("posture -h"));
    assert!(short("posture audit aws -h").lines().count() <= 69);
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
        let known = path.split_whitespace().try_fold(&root, |of, name| of.find_subcommand(name));
        assert!(known.is_some(), "{path}");
    }
}

#[test]
fn a_hint_names_nothing_that_exists() {
    let root = Cli::command();
    for name in HINTS.iter().flat_map(|(names, _)| *names) {
        assert!(root.find_subcommand(name).is_none(), "{name}");
        assert!(meant(&name.to_uppercase().into()).is_some());
    }
    assert_eq!(meant(&"aws".into()), Some("posture audit aws"));
    assert_eq!(meant(&"nonsense".into()), None);
}
