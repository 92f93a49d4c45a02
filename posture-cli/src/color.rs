//! Whether output is colored: by `--color`, then by the variables that programs agree on, then by where it goes.
//!
//! | Variable | Rule, as read on 2026-11-30 |
//! | --- | --- |
//! | `NO_COLOR` | [any value but an empty one turns color off](https://no-color.org) |
//! | `FORCE_COLOR` | [any value but an empty one turns color on](https://force-color.org); [0 and false turn it off](https://nodejs.org/api/cli.html#force_color1-2-3), as in the programs that brought it up |
//! | `CLICOLOR_FORCE` | [any value but 0 turns color on](https://bixense.com/clicolors/) |
//! | `CLICOLOR` | [0 turns color off](https://bixense.com/clicolors/); another value leaves it to the terminal |
//! | `TERM` | `dumb` is a terminal without color |

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;

use clap::ColorChoice;

use crate::args::When;

/// Whether standard output is colored.
pub(crate) fn of_output(when: When) -> bool {
    is_colored(when, |name| std::env::var_os(name), std::io::stdout().is_terminal())
}

/// Whether help and errors of the command line are colored. They are written before the arguments are understood, so that
/// `--color` is looked for among them. Help goes to standard output and an error to the other one.
pub(crate) fn of_help(arguments: impl IntoIterator<Item = OsString>) -> ColorChoice {
    let is_terminal = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    match is_colored(named(arguments), |name| std::env::var_os(name), is_terminal) {
        true => ColorChoice::Always,
        false => ColorChoice::Never,
    }
}

/// What `--color` says among arguments that may make no sense.
fn named(arguments: impl IntoIterator<Item = OsString>) -> When {
    let mut arguments = arguments.into_iter().take_while(|argument| argument != "--");
    let mut when = When::Auto;
    while let Some(argument) = arguments.next() {
        let value = match argument.to_str() {
            Some("--color") => arguments.next(),
            Some(text) => text.strip_prefix("--color=").map(OsString::from),
            None => None,
        };
        when = match value.as_deref().and_then(OsStr::to_str) {
            Some("always") => When::Always,
            Some("never") => When::Never,
            Some("auto") => When::Auto,
            _ => when,
        };
    }
    when
}

fn is_colored(when: When, variable: impl Fn(&str) -> Option<OsString>, is_terminal: bool) -> bool {
    let value = |name: &str| variable(name).filter(|value| !value.is_empty());
    match when {
        When::Always => return true,
        When::Never => return false,
        When::Auto => {}
    }
    if value("NO_COLOR").is_some() {
        return false;
    }
    if let Some(force) = value("FORCE_COLOR") {
        return force != "0" && !force.eq_ignore_ascii_case("false");
    }
    if value("CLICOLOR_FORCE").is_some_and(|force| force != "0") {
        return true;
    }
    is_terminal
        && value("CLICOLOR").is_none_or(|color| color != "0")
        && value("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether output is colored on a terminal, and elsewhere.
    fn colored(when: When, set: &[(&str, &str)]) -> (bool, bool) {
        let variable = |name: &str| {
            set.iter().find(|(of, _)| *of == name).map(|(_, value)| OsString::from(value))
        };
        (is_colored(when, variable, true), is_colored(when, variable, false))
    }

    const ON: (bool, bool) = (true, true);
    const OFF: (bool, bool) = (false, false);
    const TERMINAL: (bool, bool) = (true, false);

    #[test]
    fn each_variable_has_its_rule() {
        for (set, expected) in [
            (&[][..], TERMINAL),
            (&[("NO_COLOR", "1")], OFF),
            (&[("NO_COLOR", "0")], OFF),
            (&[("NO_COLOR", "")], TERMINAL),
            (&[("FORCE_COLOR", "1")], ON),
            (&[("FORCE_COLOR", "3")], ON),
            (&[("FORCE_COLOR", "true")], ON),
            (&[("FORCE_COLOR", "0")], OFF),
            (&[("FORCE_COLOR", "false")], OFF),
            (&[("FORCE_COLOR", "")], TERMINAL),
            (&[("CLICOLOR_FORCE", "1")], ON),
            (&[("CLICOLOR_FORCE", "0")], TERMINAL),
            (&[("CLICOLOR_FORCE", "")], TERMINAL),
            (&[("CLICOLOR", "0")], OFF),
            (&[("CLICOLOR", "1")], TERMINAL),
            (&[("TERM", "dumb")], OFF),
            (&[("TERM", "xterm-256color")], TERMINAL),
        ] {
            assert_eq!(colored(When::Auto, set), expected, "{set:?}");
        }
    }

    #[test]
    fn the_stronger_variable_wins_and_the_flag_wins_over_all() {
        for (set, expected) in [
            (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")][..], OFF),
            (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], OFF),
            (&[("FORCE_COLOR", "0"), ("CLICOLOR_FORCE", "1")], OFF),
            (&[("FORCE_COLOR", "1"), ("CLICOLOR", "0")], ON),
            (&[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], ON),
            (&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], ON),
            (&[("CLICOLOR", "1"), ("TERM", "dumb")], OFF),
        ] {
            assert_eq!(colored(When::Auto, set), expected, "{set:?}");
            assert_eq!(colored(When::Always, set), ON, "{set:?}");
            assert_eq!(colored(When::Never, set), OFF, "{set:?}");
        }
    }

    #[test]
    fn the_flag_is_found_before_the_arguments_are_understood() {
        let when = |words: &[&str]| named(words.iter().map(OsString::from));
        assert_eq!(when(&["posture", "--help"]), When::Auto);
        assert_eq!(when(&["posture", "--color", "never", "--help"]), When::Never);
        assert_eq!(when(&["posture", "adit", "--color=always"]), When::Always);
        assert_eq!(when(&["posture", "--color=never", "--color", "always"]), When::Always);
        assert_eq!(when(&["posture", "--color"]), When::Auto);
        assert_eq!(when(&["posture", "--color", "odd"]), When::Auto);
        assert_eq!(when(&["posture", "--", "--color=always"]), When::Auto);
    }
}
