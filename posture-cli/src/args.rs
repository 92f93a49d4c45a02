//! The arguments that commands and providers share, and those of each command.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use posture_core::control::Severity;
use posture_core::provider::Provider;
use posture_core::record::FindingStatus;
use posture_report::Format;

use crate::comparison::{Since, since};
use crate::error::Failure;
use crate::filter::Filters;

/// Options of every command.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Screen {
    /// Color the output: auto, always or never.
    ///
    /// By default it is colored on a terminal, unless NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE or CLICOLOR decides otherwise.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = When::Auto,
        value_name = "WHEN",
        hide_possible_values = true
    )]
    pub(crate) color: When,
    /// Suppress progress and notes; print the result only.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Show every read error, and the API calls by action.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Format of the logs on standard error.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = LogFormat::Text,
        value_name = "FORMAT",
        env = "POSTURE_LOG_FORMAT"
    )]
    pub(crate) log_format: LogFormat,
    /// Log level [default: info for scheduled jobs, otherwise off].
    #[arg(long, global = true, value_enum, value_name = "LEVEL", env = "POSTURE_LOG_LEVEL")]
    pub(crate) log_level: Option<LogLevel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Human-readable lines.
    Text,
    /// One JSON object per line.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct AuditTargets {
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Options that the audits of all providers share.
#[derive(Debug, Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) collect: Collect,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) recording: Recording,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Where the run is recorded.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "History")]
pub(crate) struct Recording {
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
    /// Do not record the run in the history, even if the configuration names one.
    #[arg(long)]
    pub(crate) no_history: bool,
}

/// Where runs are kept.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "History")]
pub(crate) struct HistoryOptions {
    /// The history of runs: a file, or a database as in postgres://user@host/name [default: `store` of `[history]` in the
    /// configuration].
    #[arg(long, value_name = "STORE", env = HISTORY, hide_env_values = true)]
    pub(crate) history: Option<String>,
    /// Where the snapshots of runs are kept: a folder, or s3://bucket/folder, az://container/folder, gs://bucket/folder
    /// [default: `snapshots` of `[history]`].
    #[arg(long, value_name = "PLACE")]
    pub(crate) history_snapshots: Option<String>,
}

impl HistoryOptions {
    /// Whether the history was named by the environment, where others cannot see it.
    pub(crate) fn is_from_environment(&self) -> bool {
        let set = std::env::var(HISTORY).ok();
        set.is_some() && set == self.history
    }
}

/// The variable that may name the history, with a password in it.
pub(crate) const HISTORY: &str = "POSTURE_HISTORY";

/// How accounts are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Collection")]
pub(crate) struct Collect {
    /// Save the snapshot to a file; compressed if its name ends in .zst.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Resume an interrupted audit from the --save file, skipping AWS accounts that were read
    /// completely.
    #[arg(long, requires = "save")]
    pub(crate) resume: bool,
    /// Dry run: print the API calls that would be made.
    ///
    /// Makes only the calls that the counts need.
    #[arg(long)]
    pub(crate) plan: bool,
    /// Maximum number of concurrent calls per account or tenant.
    #[arg(long, value_name = "N", default_value_t = Self::CONCURRENCY, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: u16,
    /// Maximum number of calls per second to one service in a region or subscription.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_rate: Option<u32>,
    /// How long one attempt of a call may take; with its retries, a call takes no more than three times as long.
    #[arg(long, value_name = "SECONDS", default_value = Self::TIMEOUT, value_parser = seconds)]
    pub(crate) timeout: Duration,
}

impl Collect {
    /// What is given where nothing is.
    pub(crate) const CONCURRENCY: u16 = 32;
    pub(crate) const TIMEOUT: &'static str = "20";
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Snapshot file, or a run of the history: its number or `last`.
    #[arg(value_name = "SNAPSHOT")]
    pub(crate) snapshot: PathBuf,
    /// Judge it as it would be with the facts, parameters or framework versions of this file, and print only what
    /// would change.
    #[arg(long, value_name = "PATCH", conflicts_with_all = ["baseline", "details", "all", "status", "service", "tag", "resource", "account"])]
    pub(crate) what_if: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Which controls are run.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct Selection {
    /// Run only these controls: an ID, an area such as `storage`, a requirement such as `S3.2` or
    /// `cis-aws:2.1.4`, or a service such as `s3`; repeatable.
    #[arg(long, value_name = "ID")]
    pub(crate) control: Vec<String>,
    /// Skip these controls, named in the same ways; repeatable.
    #[arg(long, value_name = "ID")]
    pub(crate) exclude_control: Vec<String>,
    /// Run only the controls mapped to this framework (csf, ccm, cis-aws, …) and list every
    /// requirement; repeatable.
    #[arg(long, value_name = "ID")]
    pub(crate) framework: Vec<String>,
    /// Also run the custom controls in this file or folder; repeatable.
    #[arg(long, value_name = "PATH")]
    pub(crate) control_files: Vec<PathBuf>,
    /// Run only controls of this severity or above.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) severity: Option<Severity>,
    /// Configuration file [default: `posture.toml` in the current folder, if it exists].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// What is printed, and what decides the exit code.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// The form of the report; may be repeated, each with the --output at the same place [default: table].
    #[arg(short, long, value_parser = format(), value_name = "FORMAT")]
    pub(crate) format: Vec<Format>,
    /// Write the report to a file, in the format of its file name unless --format names one; may be repeated.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    /// Show every failing control and the chapters of the frameworks.
    #[arg(long)]
    pub(crate) all: bool,
    /// Show every resource that fails or is unknown, with its evidence, its finding ID and the remedy.
    #[arg(long)]
    pub(crate) details: bool,
    /// Exit with 10 only on failures that are not in this older snapshot, JSON report or run of the history.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// For the summary: show what changed since the last run before this time: 7d, 12h or 2w before the audit, a day such as
    /// 2026-01-31, or a time [default: --baseline, or else the previous run of the history].
    // `diff` has another option of this name, which its short help shows.
    #[arg(id = "summary_since", long = "since", value_name = "TIME", value_parser = since, conflicts_with = "baseline")]
    pub(crate) since: Option<Since>,
    /// Exit with 10 on failures of this severity or above, or `never`; filters do not change it
    /// [default: low].
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on)]
    pub(crate) fail_on: Option<FailOn>,
    /// Exit with 11 if more findings than this are unknown: a number, or a percentage such as 5%
    /// [default: 0].
    #[arg(long, value_name = "N|N%", value_parser = allow_unknown)]
    pub(crate) allow_unknown: Option<AllowUnknown>,
    #[command(flatten)]
    pub(crate) filters: Filters,
}

/// Reads the name of a format. Help and completions list them all.
fn format() -> impl TypedValueParser<Value = Format> {
    let value = |format: &Format| PossibleValue::new(format.id()).help(format.about());
    PossibleValuesParser::new(Format::ALL.iter().map(value))
        .try_map(|id| Format::find(&id).ok_or("unknown format"))
}

/// The format that a file's extension selects.
pub(crate) fn format_of(path: &Path) -> Option<Format> {
    Format::of_file_name(path.file_name()?.to_str()?)
}

impl Output {
    /// What is written, and where: to standard output if no file is given.
    ///
    /// # Errors
    /// Options that contradict one another.
    pub(crate) fn pairs(&self) -> Result<Vec<(Format, Option<&Path>)>, String> {
        let count = self.format.len().max(self.output.len()).max(1);
        let mut pairs = Vec::with_capacity(count);
        for place in 0..count {
            let path = self.output.get(place).map(PathBuf::as_path);
            let format = match (self.format.get(place), path) {
                (Some(format), _) => *format,
                (None, None) => Format::Table,
                (None, Some(path)) => format_of(path).ok_or_else(|| {
                    format!("cannot infer a format from `{}`; use --format", path.display())
                })?,
            };
            if path.is_none()
                && pairs.iter().any(|(_, path): &(Format, Option<&Path>)| path.is_none())
            {
                return Err("only one format can go to standard output; write the others to files with --output"
                    .to_owned());
            }
            pairs.push((format, path));
        }
        Ok(pairs)
    }

    /// Whether something is written that shows what changed since an earlier audit.
    ///
    /// # Errors
    /// Options that contradict one another.
    pub(crate) fn compares(&self) -> Result<bool, Failure> {
        let pairs = self.pairs().map_err(Failure::usage)?;
        let compares = pairs.iter().any(|(format, _)| format.compares());
        if self.since.is_some() && !compares {
            return Err(Failure::usage("--since needs `--format summary`")
                .help("`posture diff --since` lists every change"));
        }
        Ok(compares)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Older audit: a snapshot, a JSON report, a run of the history by its number or `last`, or manifests: a folder or a YAML file.
    #[arg(value_name = "BEFORE", required_unless_present = "since")]
    pub(crate) before: Option<PathBuf>,
    /// Newer audit, given in the same way.
    #[arg(value_name = "AFTER", required_unless_present = "since")]
    pub(crate) after: Option<PathBuf>,
    /// Compare the newest run of the history with the last one before this time: 7d, 12h or 2w before the newest run, a day
    /// such as 2026-01-31, or a time.
    #[arg(long, value_name = "TIME", value_parser = since, conflicts_with_all = ["before", "after"])]
    pub(crate) since: Option<Since>,
    /// Output format.
    #[arg(short, long, value_enum, default_value_t = ChangesFormat::Table, value_name = "FORMAT")]
    pub(crate) format: ChangesFormat,
    /// Show only the changes to this status: fail, unknown, excepted, pass or not-applicable. The exit code and the sum count
    /// every change.
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) only: Option<FindingStatus>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangesFormat {
    /// Table for the terminal.
    Table,
    /// Markdown for pull requests and chats.
    Markdown,
    /// JSON.
    Json,
}

/// The status of a finding.
fn status(text: &str) -> Result<FindingStatus, String> {
    let mut all = FindingStatus::ALL.iter().copied();
    all.find(|status| status.id().eq_ignore_ascii_case(text)).ok_or_else(|| {
        let ids: Vec<&str> = FindingStatus::ALL.iter().map(|status| status.id()).collect();
        format!("expected one of {}", ids.join(", "))
    })
}

#[derive(Debug, Args)]
pub(crate) struct Reach {
    /// Source: `internet`, an address, or a machine, network interface, subnet, pod, workload or namespace of the snapshot.
    #[arg(value_name = "FROM", required_unless_present = "matrix")]
    pub(crate) from: Option<String>,
    /// Target: the ID, name or an address of a machine, network interface, pod or workload; a subnet or namespace for all that is in
    /// it; a Service or an Ingress for the pods that it leads to; for pods also `internet` or an address.
    #[arg(value_name = "TO", required_unless_present = "matrix")]
    pub(crate) to: Option<String>,
    /// Port: of TCP, or as in udp/53; of pods and services also by its name [default: any].
    #[arg(value_name = "PORT")]
    pub(crate) port: Option<String>,
    /// Show which groups of pods may connect to which; FROM and TO limit the senders and the receivers.
    #[arg(long)]
    pub(crate) matrix: bool,
    /// Snapshot to look in, or the number of a run in the history; `last` is the newest run. A folder or a YAML file is read as
    /// manifests of Kubernetes.
    #[arg(long, value_name = "FILE|RUN")]
    pub(crate) snapshot: PathBuf,
    /// Output format.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    pub(crate) format: DiffFormat,
    /// Configuration file [default: posture.toml, if it is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum History {
    /// List recorded runs, newest last.
    List(HistoryList),
    /// Show what changed in a run, or the history of a finding or a requirement.
    Show(HistoryShow),
    /// Show the trend of findings and requirements over the runs.
    Trend(HistoryTrend),
    /// Record past audits from their snapshots, oldest first.
    Add(HistoryAdd),
    /// Delete old runs and snapshots.
    Prune(HistoryPrune),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Schedule {
    /// List the jobs, when each is due, and what was delivered.
    List {
        /// Configuration file [default: `posture.toml` in the current folder, if it exists].
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Run jobs once and exit; for cron, systemd timers and Kubernetes.
    ///
    /// Exits with 1 if a job or a delivery failed.
    Once(ScheduleOnce),
    /// Run jobs when they are due, until stopped; SIGHUP reloads the configuration.
    Run {
        /// Configuration file [default: `posture.toml` in the current folder, if it exists].
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleOnce {
    /// Jobs to run [default: all].
    #[arg(value_name = "JOB")]
    pub(crate) jobs: Vec<String>,
    /// Run only jobs that are due and have not run yet.
    #[arg(long)]
    pub(crate) due: bool,
    /// Configuration file [default: `posture.toml` in the current folder, if it exists].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Which history.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Configuration file [default: `posture.toml` in the current folder, if it exists].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryList {
    /// Number of newest runs to show.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: u32,
    /// Output format.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryShow {
    /// Number of the run, or `last`.
    #[arg(value_name = "RUN", default_value = "last")]
    pub(crate) run: String,
    /// Show the history of a finding, given by its ID or a prefix of it.
    #[arg(long, value_name = "ID", conflicts_with_all = ["run", "requirement"])]
    pub(crate) finding: Option<String>,
    /// Show the history of a requirement, such as `csf PR.AA-05`.
    #[arg(long, value_names = ["FRAMEWORK", "ID"], num_args = 2, conflicts_with = "run")]
    pub(crate) requirement: Option<Vec<String>>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryTrend {
    /// Show the requirements of this framework; repeatable [default: csf and ccm].
    #[arg(long, value_name = "ID")]
    pub(crate) framework: Vec<String>,
    /// Number of newest runs to include.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    /// Output format.
    #[arg(long, value_enum, default_value_t = TrendFormat::Table, value_name = "FORMAT")]
    pub(crate) format: TrendFormat,
    /// Write the trend to a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryAdd {
    /// Snapshot files to record.
    #[arg(value_name = "SNAPSHOT", required = true)]
    pub(crate) snapshots: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryPrune {
    /// Number of newest runs to keep [default: `keep-runs` in `[history]`].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) keep_runs: Option<u32>,
    /// Number of days to keep runs for [default: `keep-days` in `[history]`].
    #[arg(long, value_name = "N")]
    pub(crate) keep_days: Option<u32>,
    /// Number of newest runs to keep the snapshots of [default: `keep-snapshots` in `[history]`].
    #[arg(long, value_name = "N")]
    pub(crate) keep_snapshots: Option<u32>,
    /// Print what would be deleted, and delete nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrendFormat {
    /// Table with a sparkline per row.
    Table,
    /// HTML page with charts.
    Html,
    /// Markdown for wikis and tickets.
    Markdown,
    /// All data, as JSON.
    Json,
    /// One row per run, as CSV.
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct Bundle {
    /// Snapshot file, or a run of the history: its number or `last`.
    #[arg(value_name = "SNAPSHOT")]
    pub(crate) snapshot: PathBuf,
    /// Folder to create.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Sign with this private Ed25519 key (PKCS#8, PEM), as created by `openssl genpkey -algorithm
    /// ed25519`.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Folder of the bundle.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Public key of the expected signer (PEM), as printed by `openssl pkey -pubout`.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// Table for the terminal.
    Table,
    /// JSON.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Exceptions {
    /// List the exceptions of the configuration and their status today.
    List {
        /// Configuration file [default: `posture.toml` in the current folder, if it exists].
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Check exceptions against a snapshot; exits with 10 if one has expired or covers nothing.
    Check(CheckExceptions),
    /// Append an exception for a finding to the configuration.
    Add(AddException),
    /// Remove an exception from the configuration.
    Remove {
        /// ID of the exception, as `posture exceptions list` shows it.
        #[arg(value_name = "ID")]
        id: String,
        /// Configuration file [default: `posture.toml` in the current folder].
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Set another last day for an exception.
    Renew {
        /// ID of the exception, as `posture exceptions list` shows it.
        #[arg(value_name = "ID")]
        id: String,
        /// Last day on which the exception is valid, such as 2027-01-31.
        #[arg(long, value_name = "DAY", value_parser = day)]
        expires: jiff::civil::Date,
        /// Configuration file [default: `posture.toml` in the current folder].
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CheckExceptions {
    /// Snapshot file, or a run of the history: its number or `last`.
    #[arg(value_name = "SNAPSHOT")]
    pub(crate) snapshot: PathBuf,
    /// Configuration file [default: `posture.toml` in the current folder, if it exists].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Args)]
pub(crate) struct AddException {
    /// ID of the finding, as in --details, JSON and CSV, or the beginning of it.
    #[arg(value_name = "FINDING")]
    pub(crate) finding: String,
    /// Snapshot that has the finding: a file, or a run of the history by its number or `last`.
    #[arg(long, value_name = "SNAPSHOT")]
    pub(crate) snapshot: PathBuf,
    /// Owner of the exception.
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: String,
    /// Why the failure is accepted.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Last day on which the exception is valid, such as 2027-01-31.
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) expires: jiff::civil::Date,
    /// Ticket where it is discussed.
    #[arg(long, value_name = "TEXT")]
    pub(crate) ticket: Option<String>,
    /// Compensating control that is in place instead.
    #[arg(long, value_name = "TEXT")]
    pub(crate) compensating_control: Option<String>,
    /// File to append to.
    #[arg(long, value_name = "FILE", default_value = "posture.toml")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Catalogue {
    /// List all frameworks.
    List,
    /// Show one framework in full.
    Show {
        /// ID of the framework, such as `csf`.
        id: String,
    },
}

/// Where controls come from.
#[derive(Debug, Args)]
pub(crate) struct Known {
    /// Also include the custom controls in this file or folder; repeatable.
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) control_files: Vec<PathBuf>,
    /// Configuration file, which may name more controls [default: `posture.toml` in the current
    /// folder, if it exists].
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Controls {
    /// List controls.
    List(ControlList),
    /// Find controls by the names of products and settings, by words of their ID, title or finding, or by requirement;
    /// best match first.
    Search {
        /// What to look for, such as `guardduty`, `conditional access` or `S3.2`; each word has to match.
        #[arg(value_name = "WORDS", required = true)]
        words: Vec<String>,
        #[command(flatten)]
        list: ControlList,
    },
    /// Show one control in full (same as `posture explain`).
    Show {
        /// ID of the control, such as `storage.public-access`.
        id: String,
        /// Output format.
        #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
        format: DiffFormat,
    },
    /// Run the test cases of controls from files; exits with 10 if a case fails.
    Test {
        /// File, or folder of files.
        #[arg(value_name = "PATH")]
        path: PathBuf,
    },
}

/// Which controls are listed, and how.
#[derive(Debug, Default, Args)]
pub(crate) struct ControlList {
    /// List only controls of this severity or above.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) severity: Option<Severity>,
    /// List only controls for this provider: aws, azure, kubernetes, docker or image.
    #[arg(long, value_name = "PROVIDER", value_parser = provider)]
    pub(crate) provider: Option<Provider>,
    /// List only controls mapped to this framework; repeatable.
    #[arg(long, value_name = "ID")]
    pub(crate) framework: Vec<String>,
    /// List only controls that read this service, such as s3, guardduty or keyvault; repeatable.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Vec<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = ListFormat::Table, value_name = "FORMAT")]
    pub(crate) format: ListFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Table for the terminal.
    #[default]
    Table,
    /// All data, as JSON.
    Json,
    /// One row per control, as CSV.
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct FactList {
    /// Kind of resource, such as `bucket`, or a fact, such as `bucket.versioning` [default: all kinds].
    #[arg(value_name = "KIND")]
    pub(crate) of: Option<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    pub(crate) format: DiffFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// ID of a control, such as `storage.public-access`, or ID of a finding; its first characters are enough.
    #[arg(value_name = "CONTROL|FINDING")]
    pub(crate) target: String,
    /// Where to look up the finding: a snapshot, a JSON report, or a run of the history, given by its number or `last`
    /// [default: the last run of the history].
    #[arg(long, value_name = "AUDIT", visible_aliases = ["report", "run"])]
    pub(crate) snapshot: Option<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) known: Known,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

/// The lowest severity at which a failure decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailOn {
    At(Severity),
    Never,
}

/// How many findings may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowUnknown {
    Number(usize),
    /// A percentage.
    Share(u8),
}

impl AllowUnknown {
    pub(crate) fn allows(self, unknown: usize, all: usize) -> bool {
        match self {
            Self::Number(number) => unknown <= number,
            Self::Share(share) => unknown * 100 <= usize::from(share) * all,
        }
    }
}

/// A day of the calendar.
pub(crate) fn day(text: &str) -> Result<jiff::civil::Date, String> {
    let text = text.trim();
    let is_written_so = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    match text.parse() {
        _ if !is_written_so => Err("expected year, month and day, such as 2027-01-31".to_owned()),
        Ok(day) => Ok(day),
        Err(_) => Err("the calendar has no such day; expected one such as 2027-01-31".to_owned()),
    }
}

/// A time in seconds, which may be a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.trim().parse().unwrap_or_default();
    match (0.1..=600.0).contains(&seconds) {
        true => Ok(Duration::from_secs_f64(seconds)),
        false => Err("expected a number of seconds, 0.1 to 600".to_owned()),
    }
}

pub(crate) fn severity(text: &str) -> Result<Severity, String> {
    Severity::ALL
        .iter()
        .copied()
        .find(|severity| severity.id().eq_ignore_ascii_case(text))
        .ok_or_else(|| "expected one of low, medium, high, critical".to_owned())
}

fn provider(text: &str) -> Result<Provider, String> {
    let found = Provider::ALL.iter().copied();
    let mut found = found.filter(|provider| provider.id().eq_ignore_ascii_case(text));
    let all: Vec<&str> = Provider::ALL.iter().map(|provider| provider.id()).collect();
    found.next().ok_or_else(|| format!("expected one of {}", all.join(", ")))
}

pub(crate) fn fail_on(text: &str) -> Result<FailOn, String> {
    if text.eq_ignore_ascii_case("never") {
        return Ok(FailOn::Never);
    }
    severity(text)
        .map(FailOn::At)
        .map_err(|_| "expected one of low, medium, high, critical, never".to_owned())
}

pub(crate) fn allow_unknown(text: &str) -> Result<AllowUnknown, String> {
    let wrong = || "expected a number of findings, or a percentage such as 5%".to_owned();
    match text.strip_suffix('%') {
        Some(share) => {
            let share = share.parse().ok().filter(|share| *share <= 100);
            share.map(AllowUnknown::Share).ok_or_else(wrong)
        }
        None => text.parse().map(AllowUnknown::Number).map_err(|_| wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_be_a_fraction_of_a_second() {
        assert_eq!(seconds("20"), Ok(Duration::from_secs(20)));
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for odd in ["0", "-1", "0.05", "601", "NaN", "inf", "1e9", "soon", ""] {
            assert!(seconds(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert_eq!(day(" 2027-01-31 ").unwrap().to_string(), "2027-01-31");
        for (wrong, why) in [
            ("", "such as 2027-01-31"),
            ("tomorrow", "such as 2027-01-31"),
            ("31.1.2027", "such as 2027-01-31"),
            ("2027-01-31T00:00", "such as 2027-01-31"),
            ("2027-02-30", "no such day"),
            ("2027-13-01", "no such day"),
        ] {
            let text = day(wrong).unwrap_err();
            assert!(text.contains(why), "{wrong}: {text}");
        }
    }

    #[test]
    fn what_may_be_unknown_is_a_number_or_a_share() {
        assert_eq!(allow_unknown("3"), Ok(AllowUnknown::Number(3)));
        assert_eq!(allow_unknown("5%"), Ok(AllowUnknown::Share(5)));
        for wrong in ["101%", "-1", "x", ""] {
            assert!(allow_unknown(wrong).is_err(), "{wrong}");
        }
        assert!(AllowUnknown::Share(5).allows(5, 100));
        assert!(!AllowUnknown::Share(5).allows(6, 100));
        assert!(AllowUnknown::Number(0).allows(0, 0));
    }
}
