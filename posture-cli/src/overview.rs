//! What `posture` alone shows on a terminal: which credentials are there, and what can be done with them. It reads the
//! environment and files, makes no call, and shows no secret.

use std::path::PathBuf;
use std::process::ExitCode;

use posture_report::text::{NAME, safe};

use crate::args::{LogFormat, Screen, When};
use crate::config::{self, Config};
use crate::error::Result;
use crate::output::{counted, print, put};
use crate::providers;

/// How wide a line is at most.
const WIDTH: usize = 80;

/// The credentials for a cloud that were found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// The cloud, in short.
    pub(crate) cloud: &'static str,
    /// Where they are, in the order in which an audit takes them; none where there are none.
    pub(crate) sources: Vec<String>,
    /// The audit that works with them, and of what it is; how to get some where there are none.
    pub(crate) next: (String, &'static str),
}

/// Where credentials are looked for.
pub(crate) struct Machine {
    variable: fn(&str) -> Option<String>,
}

impl Machine {
    fn this() -> Self {
        let variable =
            |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        Self { variable }
    }

    /// Another one, whose environment is given.
    #[cfg(test)]
    pub(crate) fn with(variable: fn(&str) -> Option<String>) -> Self {
        Self { variable }
    }

    /// A variable of the environment that is not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }

    /// Whether the environment has all of these.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.variable(name).is_some())
    }

    /// A path in the home folder.
    pub(crate) fn home(&self, path: &str) -> Option<PathBuf> {
        let home = self.variable("HOME").or_else(|| self.variable("USERPROFILE"))?;
        Some(PathBuf::from(home).join(path))
    }

    /// Whether there is a program of this name.
    pub(crate) fn has_program(&self, name: &str) -> bool {
        let path = self.variable("PATH").unwrap_or_default();
        let names = [name.to_owned(), format!("{name}.cmd"), format!("{name}.exe")];
        std::env::split_paths(&path)
            .any(|folder| names.iter().any(|name| folder.join(name).is_file()))
    }
}

/// Shows it.
pub(crate) fn show() -> ExitCode {
    let screen = Screen {
        color: When::Auto,
        quiet: false,
        verbose: 0,
        log_format: LogFormat::Text,
        log_level: None,
    };
    let text = text(&providers::credentials(&Machine::this()), config::load(None, &[]));
    let shown = print(screen, |_, out| put(out, |out| out.write_all(text.as_bytes())));
    shown.unwrap_or_else(|failure| failure.exit_code())
}

fn text(found: &[Credentials], config: Result<Config>) -> String {
    let mut lines = vec![
        format!(
            "posture {} audits AWS, Azure, Kubernetes, Docker and images. It only reads.",
            env!("CARGO_PKG_VERSION")
        ),
        String::new(),
    ];
    let row = |name: &str, what: &str| {
        let text = format!("  {name:<14}{what}");
        console::truncate_str(&text, WIDTH, "…").into_owned()
    };
    let mut next: Vec<(String, &str)> =
        vec![("posture demo".to_owned(), "simulated clouds, without credentials")];
    lines.push("Found, without making a call:".to_owned());
    for credentials in found {
        let sources = match credentials.sources.is_empty() {
            true => format!("no credentials: {}", credentials.next.1),
            false => credentials.sources.join("; "),
        };
        lines.push(row(credentials.cloud, &sources));
        if !credentials.sources.is_empty() {
            next.push(credentials.next.clone());
        }
    }
    match config {
        Err(_) => {
            lines.push(row("posture.toml", "has errors, which `posture audit targets` lists"));
        }
        Ok(config) if config.targets.is_empty() => {
            next.push(("posture init".to_owned(), "write a posture.toml with targets"));
        }
        Ok(config) => {
            let names = config.targets.iter().map(|target| match &target.name {
                Some(name) => safe(name, NAME).into_owned(),
                None => target.target.provider().name().to_owned(),
            });
            let names: Vec<String> = names.collect();
            let count = counted(names.len(), "target", "targets");
            lines.push(row("posture.toml", &format!("{count}: {}", names.join(", "))));
            next.push(("posture audit targets".to_owned(), "all of them, in one report"));
        }
    }
    lines.push(String::new());
    lines.push("Try one of:".to_owned());
    next.push(("posture permissions aws".to_owned(), "what an audit needs; azure, kubernetes"));
    next.push(("posture --help".to_owned(), "all commands, with examples"));
    let longest = next.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    for (command, what) in next {
        let text = format!("  {command:<longest$}  {what}");
        lines.push(console::truncate_str(&text, WIDTH.max(command.len() + 2), "…").into_owned());
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use posture_core::catalogue::Catalogue;

    use super::*;

    fn some(cloud: &'static str, command: &str) -> Credentials {
        Credentials {
            cloud,
            sources: vec!["access key in the environment".to_owned(), "x".repeat(200)],
            next: (command.to_owned(), "what these credentials reach"),
        }
    }

    #[test]
    fn it_fits_a_small_terminal_and_names_commands_that_work() {
        let targets = "[[target]]\nprovider = \"aws\"\nname = \"prod\u{202e}\"\n[[target]]\nprovider = \"azure\"\n";
        let config = config::parse(targets, Catalogue::default()).unwrap();
        let found = [
            some("AWS", "posture audit aws --profile prod"),
            some("Azure", "posture audit azure"),
            some("Kubernetes", "posture audit kubernetes"),
        ];
        let full = text(&found, Ok(config));
        assert!(full.lines().count() <= 16, "{full}");
        for line in full.lines() {
            assert!(console::measure_text_width(line) <= WIDTH, "{line}");
            assert!(!line.contains('\u{202e}'), "{line}");
        }
        for words in ["2 targets: prod", "posture demo", "posture audit targets", "--profile prod"]
        {
            assert!(full.contains(words), "{words}: {full}");
        }
        let none = Credentials { sources: Vec::new(), ..some("AWS", "posture audit aws") };
        let empty = text(&[none], Ok(Config::default()));
        assert!(empty.contains("AWS           no credentials:"), "{empty}");
        assert!(!empty.contains("posture audit aws"), "{empty}");
        assert!(empty.contains("posture init"), "{empty}");
        let wrong = text(&[], Err(crate::error::Failure::usage("x")));
        assert!(wrong.contains("has errors"), "{wrong}");
    }
}
