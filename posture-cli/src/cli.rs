//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Styles};
use clap::error::ErrorKind;
use clap::{FromArgMatches, Parser, Subcommand};

use crate::args::{
    AuditTargets, Bundle, Catalogue, Check, Controls, Demo, Diff, DiffFormat, Exceptions, Explain,
    FactList, History, Known, Reach, Schedule, Screen, Verify,
};
use crate::db::Db;
use crate::error::Failure;
use crate::image::Image;
use crate::output::say;
use crate::providers::{self, Permissions, Sim};
use crate::{color, help};

pub(crate) const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Checks AWS accounts, Azure tenants, Kubernetes, Docker and container images against CIS, NIST CSF, CSA CCM
/// and more, and reports what is misconfigured.
///
/// A setting that cannot be read is never a pass and never a failure: it is unknown, and the report
/// gives the cause. posture makes read-only calls.
#[derive(Debug, Parser)]
#[command(name = "posture", version, styles = STYLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) screen: Screen,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Reads the command line. What cannot be understood is answered here, and so are help and version.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Cli, ExitCode> {
    let first = arguments.get(1).cloned();
    let mut command = help::command(color::of_help(arguments.iter().cloned()));
    let matches = command.try_get_matches_from_mut(arguments);
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    cli.map_err(|error| {
        let error = error.format(&mut command);
        let hint = first.filter(|_| error.kind() == ErrorKind::InvalidSubcommand);
        let hint = hint.and_then(|name| Some((help::meant(&name)?, name)));
        if let Some((meant, name)) = hint {
            let name = name.to_string_lossy();
            let failure = Failure::usage(format!("unknown command `{name}`"));
            say!("{}", failure.help(format!("did you mean `{meant}`?")));
            return ExitCode::from(2);
        }
        // A reader that went away, such as `head`, is not a failure.
        let _ = error.print();
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    })
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit simulated clouds, a cluster and two images, to try posture.
    ///
    /// An AWS organization of three accounts, an Azure tenant of two subscriptions and a Kubernetes cluster are simulated in the
    /// same process, and two container images are made in it. It needs no account and no credentials.
    Demo(Box<Demo>),
    /// Audit clouds, clusters, Docker or images: read, judge and report.
    ///
    /// Reads their configuration, runs the controls and reports. An interrupt (Ctrl-C) ends the reading: the report then
    /// covers what was read so far and is marked as partial, and the exit code is 11. A second one ends the program at once.
    Audit {
        #[command(subcommand)]
        provider: Audit,
    },
    /// Run the controls on a saved snapshot and report; uses no network.
    Check(Check),
    /// Render a saved snapshot in any format; exits with 0 whatever it shows.
    #[command(mut_args(|arg| {
        let verdict = ["fail_on", "allow_unknown", "baseline", "what_if"].contains(&arg.get_id().as_str());
        if verdict { arg.hide(true) } else { arg }
    }))]
    Report(Check),
    /// Compare two audits: what changed, and why.
    ///
    /// Exits with 10 if something fails that did not fail before, and with 11 if something is
    /// unknown that was decided before.
    Diff(Diff),
    /// Show whether one machine or pod reaches another, and why.
    ///
    /// Exits with 0 if it does, with 10 if it does not, with 11 if the snapshot does not decide it, and
    /// with 2 if there is no such machine.
    Reach(Reach),
    /// Show past runs and trends, record snapshots, delete old runs.
    History {
        #[command(subcommand)]
        command: History,
    },
    /// Run the audits that `posture.toml` schedules, deliver reports.
    Schedule {
        #[command(subcommand)]
        command: Schedule,
    },
    /// Keep a snapshot and its report as evidence that can be verified.
    ///
    /// Writes them to a folder, together with the catalog of the controls.
    Bundle(Bundle),
    /// Verify that a bundle is unchanged; exits with 10 if it is not.
    Verify(Verify),
    /// Manage accepted failures: list, check, add, remove, renew.
    Exceptions {
        #[command(subcommand)]
        command: Exceptions,
    },
    /// Update and show the local database of known vulnerabilities.
    Db {
        #[command(subcommand)]
        command: Db,
    },
    /// Write the bill of materials of a container image.
    Image {
        #[command(subcommand)]
        command: Image,
    },
    /// Explain a control or a finding: what is wrong, why, what to do.
    Explain(Explain),
    /// List, search and describe controls; test controls from files.
    Controls {
        #[command(flatten)]
        known: Known,
        #[command(subcommand)]
        command: Option<Controls>,
    },
    /// List and describe frameworks and their coverage.
    Frameworks {
        /// Output format.
        #[arg(long, value_enum, global = true, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
        format: DiffFormat,
        #[command(subcommand)]
        command: Option<Catalogue>,
    },
    /// List the facts that controls read, and what reads them.
    Facts(FactList),
    /// Print the least permissions that an audit needs.
    Permissions {
        #[command(subcommand)]
        provider: Permissions,
    },
    /// Serve a simulated cloud on this machine.
    Sim {
        #[command(subcommand)]
        provider: Sim,
    },
    /// Print a completion script for a shell.
    Completions {
        /// Shell to complete for.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command.
    Manual {
        /// Folder to write `posture.1`, `posture-audit.1`, … to; created if it does not exist.
        #[arg(value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
    /// Write a commented posture.toml to begin with.
    Init {
        /// File to write, which must not exist; `-` prints it.
        #[arg(short, long, value_name = "FILE", default_value = "posture.toml")]
        output: PathBuf,
    },
    /// Print the version.
    #[command(hide = true)]
    Version,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    #[command(flatten)]
    One(providers::Audit),
    /// Audit all targets of `posture.toml`, in one report.
    Targets(Box<AuditTargets>),
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::CommandFactory;
    use posture_report::Format;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn formats_go_to_the_files_at_their_places() {
        let output = |arguments: &[&str]| {
            let words = ["posture", "check", "s.json"].iter().chain(arguments);
            let Command::Check(check) = Cli::parse_from(words).command else { panic!() };
            let pairs = check.output.pairs();
            pairs.map(|pairs| {
                let name = |path: Option<&Path>| path.map(|path| path.display().to_string());
                pairs.into_iter().map(|(format, path)| (format, name(path))).collect::<Vec<_>>()
            })
        };
        let file = |name: &str| Some(name.to_owned());
        assert_eq!(output(&[]).unwrap(), [(Format::Table, None)]);
        assert_eq!(output(&["--format", "json"]).unwrap(), [(Format::Json, None)]);
        let both = ["--format", "json", "--output", "a", "--format", "table"];
        assert_eq!(output(&both).unwrap(), [(Format::Json, file("a")), (Format::Table, None)]);
        let arguments = ["--output", "a.html", "--output", "b.sarif", "--output", "c.poam.json"];
        let forms = [
            (Format::Html, file("a.html")),
            (Format::Sarif, file("b.sarif")),
            (Format::OscalPoam, file("c.poam.json")),
        ];
        assert_eq!(output(&arguments).unwrap(), forms);
        assert!(output(&["--output", "report"]).is_err());
        assert!(output(&["--format", "json", "--format", "csv"]).is_err());
    }

    #[test]
    fn no_argument_takes_a_secret() {
        fn names(command: &clap::Command, found: &mut Vec<String>) {
            found.extend(
                command.get_arguments().map(|argument| argument.get_id().as_str().to_owned()),
            );
            command.get_subcommands().for_each(|inner| names(inner, found));
        }
        let mut command = Cli::command();
        command.build();
        let mut found = Vec::new();
        names(&command, &mut found);
        assert!(found.len() > 40, "{found:?}");
        // The path of a file is not a secret.
        for name in found.iter().filter(|name| !name.ends_with("_file")) {
            for word in ["secret", "password", "token"] {
                assert!(!name.contains(word), "{name}");
            }
        }
    }
}
