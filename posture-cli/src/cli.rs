//! The command line.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand};

use crate::args::{
    AuditTargets, Bundle, Catalogue, Check, Controls, Demo, Diff, Exceptions, History, Known,
    Reach, Schedule, Screen, Verify,
};
use crate::providers::{self, Permissions, Sim};

const EXAMPLES: &str = "\
Examples:
  posture demo                                 try it: a simulated organization and tenant
  posture audit aws                            audit the account of the default credentials
  posture audit aws --profile prod --save prod.json.zst
                                               audit the account of a profile, and save the snapshot
  posture audit azure --subscription SUB       audit one Azure subscription
  posture audit targets                        audit all targets of posture.toml, in one report
  posture check prod.json.zst                  run the controls on the snapshot; no network
  posture check prod.json.zst --framework csf  list every requirement of NIST CSF 2.0
  posture check prod.json.zst --control storage.public-access --details
                                               list every resource, with evidence and remedy
  posture permissions aws > policy.json        print the permissions that an audit needs

Exit codes:
  0   clean: no failures, and no more unknown findings than --allow-unknown
  1   posture itself failed
  2   invalid command line or configuration
  10  failures at or above --fail-on
  11  incomplete: more unknown findings than --allow-unknown, nothing examined, or interrupted";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Checks AWS accounts and Azure tenants against CIS, NIST CSF, CSA CCM and more, and reports what
/// is misconfigured.
///
/// A setting that cannot be read is never a pass and never a failure: it is unknown, and the report
/// gives the cause. posture makes read-only calls.
#[derive(Debug, Parser)]
#[command(name = "posture", version, after_long_help = EXAMPLES, styles = STYLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) screen: Screen,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit a simulated AWS organization and Azure tenant on this machine; needs no cloud account.
    Demo(Box<Demo>),
    /// Audit cloud accounts: read their configuration, run the controls and report.
    Audit {
        #[command(subcommand)]
        provider: Audit,
    },
    /// Run the controls on a saved snapshot and report; uses no network.
    Check(Check),
    /// Render a saved snapshot in any format (same as `check`).
    Report(Check),
    /// Compare two audits: what changed, and why.
    ///
    /// Exits with 10 if something fails that did not fail before, and with 11 if something is
    /// unknown that was decided before.
    Diff(Diff),
    /// Show whether the internet reaches a machine, and along which path.
    ///
    /// Exits with 0 if it does, with 10 if it does not, with 11 if the snapshot does not decide it, and
    /// with 2 if there is no such machine.
    Reach(Reach),
    /// Show past runs and trends; record snapshots and delete old runs.
    History {
        #[command(subcommand)]
        command: History,
    },
    /// Run the audits that `posture.toml` schedules, and deliver their reports.
    Schedule {
        #[command(subcommand)]
        command: Schedule,
    },
    /// Write a snapshot, its report and the catalog to a folder, as evidence that can be verified
    /// later.
    Bundle(Bundle),
    /// Verify that a bundle is unchanged; exits with 10 if it is not.
    Verify(Verify),
    /// Manage accepted failures: list, check, add.
    Exceptions {
        #[command(subcommand)]
        command: Exceptions,
    },
    /// List and describe controls; test controls from files.
    Controls {
        #[command(flatten)]
        known: Known,
        #[command(subcommand)]
        command: Option<Controls>,
    },
    /// List and describe frameworks and their coverage.
    Frameworks {
        #[command(subcommand)]
        command: Option<Catalogue>,
    },
    /// Print the least permissions that an audit needs.
    Permissions {
        #[command(subcommand)]
        provider: Permissions,
    },
    /// Run a simulated cloud on this machine, to try posture without an account.
    Sim {
        #[command(subcommand)]
        provider: Sim,
    },
    /// Print a completion script for a shell.
    Completions {
        /// Shell to complete for.
        shell: clap_complete::Shell,
    },
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
        let told = ["--output", "a.html", "--output", "b.sarif", "--output", "c.poam.json"];
        let forms = [
            (Format::Html, file("a.html")),
            (Format::Sarif, file("b.sarif")),
            (Format::OscalPoam, file("c.poam.json")),
        ];
        assert_eq!(output(&told).unwrap(), forms);
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
        for name in found {
            for word in ["secret", "password", "token"] {
                assert!(!name.contains(word), "{name}");
            }
        }
    }
}
