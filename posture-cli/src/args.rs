//! The command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use posture_core::control::Severity;
use posture_report::Format;

const EXAMPLES: &str = "\
Examples:
  posture audit aws                            audit the account of the default credentials
  posture audit aws --profile prod --save prod.json.zst
                                               … of a profile, and keep what was read
  posture audit azure --subscription SUB       audit a subscription of Azure
  posture audit targets                        audit all that posture.toml names, in one report
  posture check prod.json.zst                  judge it again, without any network
  posture check prod.json.zst --framework csf  every requirement of NIST CSF 2.0
  posture check prod.json.zst --control storage.public-access --details
                                               every resource, the evidence, the remedy
  posture permissions aws > policy.json        the permissions that an audit needs

Exit codes:
  0   clean: no failure, and nothing unknown beyond --allow-unknown
  1   posture could not do its work
  2   the command line or the configuration is wrong
  10  failures at or above --fail-on
  11  too much is unknown to say, or nothing was examined: no account, or a stopped audit";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Audits cloud accounts and says where they stand against CSA CCM and the NIST Cybersecurity Framework.
///
/// What could not be read is never a pass and never a failure: it is unknown, with its cause. posture only reads.
#[derive(Debug, Parser)]
#[command(name = "posture", version, after_long_help = EXAMPLES, styles = STYLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) screen: Screen,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How to talk to the user.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Screen")]
pub(crate) struct Screen {
    /// When to use colour; NO_COLOR and FORCE_COLOR are respected.
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub(crate) color: When,
    /// No progress and no notes, only the result.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// More: every gap, and the calls by action.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The form of logs on standard error.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = LogFormat::Text,
        value_name = "FORMAT",
        env = "POSTURE_LOG_FORMAT"
    )]
    pub(crate) log_format: LogFormat,
    /// What is logged [default: info where jobs are done on a schedule, else off].
    #[arg(long, global = true, value_enum, value_name = "LEVEL", env = "POSTURE_LOG_LEVEL")]
    pub(crate) log_level: Option<LogLevel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
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

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit an AWS organisation and an Azure tenant that are simulated on this machine: a first look, without any cloud.
    Demo(Box<Demo>),
    /// Read accounts, judge them and report.
    Audit {
        #[command(subcommand)]
        provider: Audit,
    },
    /// Judge a saved snapshot and report, without any network.
    Check(Check),
    /// Render a saved snapshot again, in any format; the same as `check`.
    Report(Check),
    /// What changed between two audits, and why; exits with 10 where something fails that did not, with 11 where
    /// something cannot be decided any more.
    Diff(Diff),
    /// What audits said over time: list the runs, show one, show the trend, forget old ones.
    History {
        #[command(subcommand)]
        command: History,
    },
    /// Audit at certain times, as `posture.toml` says, and deliver what came of it.
    Schedule {
        #[command(subcommand)]
        command: Schedule,
    },
    /// Put a snapshot, its report and the catalogue into a folder, as evidence that can be checked later.
    Bundle(Bundle),
    /// Check that a bundle is what was bundled; exits with 10 where it is not.
    Verify(Verify),
    /// Failures that were accepted: list them, hold them to a snapshot, add one.
    Exceptions {
        #[command(subcommand)]
        command: Exceptions,
    },
    /// What is examined: list the controls, show one in full, or test those from files.
    Controls {
        #[command(flatten)]
        known: Known,
        #[command(subcommand)]
        command: Option<Controls>,
    },
    /// The frameworks and how they are covered: list them, or show one in full.
    Frameworks {
        #[command(subcommand)]
        command: Option<Catalogue>,
    },
    /// The least permissions that an audit needs.
    Permissions {
        #[command(subcommand)]
        provider: Permissions,
    },
    /// A simulated cloud on this machine, to try posture out without an account.
    Sim {
        #[command(subcommand)]
        provider: Sim,
    },
    /// A script that completes commands in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Amazon Web Services, in any partition.
    Aws(Box<AuditAws>),
    /// Microsoft Azure with Entra ID, in any cloud.
    Azure(Box<AuditAzure>),
    /// Everything that `posture.toml` names as a target, in one report.
    Targets(Box<AuditTargets>),
}

#[derive(Debug, Args)]
pub(crate) struct AuditAws {
    #[command(flatten)]
    pub(crate) login: AwsLogin,
    #[command(flatten)]
    pub(crate) regions: Regions,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Args)]
pub(crate) struct AuditAzure {
    #[command(flatten)]
    pub(crate) login: AzureLogin,
    #[command(flatten)]
    pub(crate) common: Common,
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

/// What audits of all providers have in common.
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
    /// Record the run in no history, whatever the configuration says.
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

/// Which tenant and subscriptions are read, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Tenant")]
pub(crate) struct AzureLogin {
    /// The tenant's id or domain [default: that of the credentials].
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: Option<String>,
    /// Read this subscription only, by id or name; may be repeated [default: all that can be read].
    #[arg(long, value_name = "ID")]
    pub(crate) subscription: Vec<String>,
    /// Read the subscriptions below this management group; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) management_group: Vec<String>,
    /// The cloud that the tenant lives in.
    #[arg(long, value_enum, default_value_t = Cloud::Public, value_name = "CLOUD")]
    pub(crate) cloud: Cloud,
    /// The source of credentials [default: the first that works, in this order].
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub(crate) credential: Option<Credential>,
    /// The client id of an application or of a managed identity.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Send everything to a simulator on this machine instead of to Azure: `posture sim azure` starts one.
    #[arg(long, value_name = "URL", hide = true)]
    pub(crate) simulator: Option<String>,
    /// The secret of the simulator's application; a real one only ever comes from the environment.
    #[arg(skip)]
    pub(crate) simulated_secret: Option<posture_azure::login::ClientSecret>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cloud {
    /// The public cloud.
    #[default]
    Public,
    /// Azure Government.
    Usgovernment,
    /// Azure in China.
    China,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Credential {
    /// AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.
    Environment,
    /// The token in AZURE_FEDERATED_TOKEN_FILE.
    WorkloadIdentity,
    /// The identity of this machine or service; tried by itself where IDENTITY_ENDPOINT is set.
    ManagedIdentity,
    /// Whoever is signed in with `az login`.
    Cli,
    /// Whoever is signed in with `azd auth login`.
    DeveloperCli,
}

/// Whose accounts are read.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(next_help_heading = "Accounts")]
pub(crate) struct AwsLogin {
    /// A profile of the shared AWS configuration, which goes before keys in the environment; may be repeated, one account
    /// each.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) profile: Vec<String>,
    /// A role to take on first; may be repeated, one account each.
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Vec<String>,
    /// The external id that the trust policy of the role asks for.
    #[arg(long, value_name = "ID", env = "POSTURE_EXTERNAL_ID", hide_env_values = true)]
    pub(crate) external_id: Option<String>,
    /// Every account of the organisation: taken on from here through the role of --role-name.
    #[arg(long, conflicts_with = "role_arn")]
    pub(crate) organization: bool,
    /// The role to take on in each account of the organisation.
    #[arg(long, value_name = "NAME", default_value = MEMBER_ROLE)]
    pub(crate) role_name: String,
    /// Leave this account out, such as one of the organization that belongs to others; may be repeated.
    #[arg(long, value_name = "ID", value_parser = account)]
    pub(crate) exclude_account: Vec<String>,
    /// A host beyond AWS's own that signed requests may go to, such as a private gateway.
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_endpoint: Vec<String>,
    /// A simulator that is asked instead of AWS.
    #[arg(skip)]
    pub(crate) simulator: Option<posture_aws::session::Simulator>,
}

/// The role that Organizations makes in accounts that are created through it.
const MEMBER_ROLE: &str = "OrganizationAccountAccessRole";

/// The number of an account.
pub(crate) fn account(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err("expected the 12 digits of an account".to_owned()),
    }
}

impl Default for AwsLogin {
    fn default() -> Self {
        Self {
            profile: Vec::new(),
            role_arn: Vec::new(),
            external_id: None,
            organization: false,
            role_name: MEMBER_ROLE.to_owned(),
            exclude_account: Vec::new(),
            allow_endpoint: Vec::new(),
            simulator: None,
        }
    }
}

/// Which regions are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Accounts")]
pub(crate) struct Regions {
    /// Read this region only; may be repeated.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Vec<String>,
    /// Leave this region out; may be repeated.
    #[arg(long, value_name = "REGION")]
    pub(crate) exclude_region: Vec<String>,
}

/// How it is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Collecting")]
pub(crate) struct Collect {
    /// Keep what was read in a file, compressed where its name ends in .zst.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Go on with an audit that was broken off before its end: accounts of AWS that were finished are not asked again.
    #[arg(long, requires = "save")]
    pub(crate) resume: bool,
    /// Only say which calls would be made; asks for what the counts need and nothing else.
    #[arg(long)]
    pub(crate) plan: bool,
    /// The most calls under way at once in one account or tenant.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: u16,
    /// The most calls a second to any one service in a region or subscription.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_rate: Option<u32>,
    /// How long one attempt of a call may take; with its retries, a call takes no more than three times as long.
    #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The snapshot: a file, or a run of the history by its number, or `last`.
    #[arg(value_name = "SNAPSHOT")]
    pub(crate) snapshot: PathBuf,
    /// Judge it as it would be with the facts, parameters or framework versions of this file, and print only what
    /// would change.
    #[arg(long, value_name = "PATCH", conflicts_with_all = ["baseline", "details", "all"])]
    pub(crate) what_if: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Which controls are judged.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct Selection {
    /// Judge this control only, or an area such as `storage`; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) control: Vec<String>,
    /// Leave this control or area out; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) exclude_control: Vec<String>,
    /// Judge what bears on this framework (csf, ccm, cis-aws, …) and print its every requirement; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) framework: Vec<String>,
    /// Judge by the controls of this file, or of the files in this folder, too; may be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) control_files: Vec<PathBuf>,
    /// Judge controls of this severity and above.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) severity: Option<Severity>,
    /// The configuration; `posture.toml` in the current folder where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// What is printed, and what the exit code says.
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
    /// Exit with 10 only on failures that this older snapshot or JSON report does not have.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Exit with 10 on a failure of this severity or above; `never` for not at all [default: low].
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on)]
    pub(crate) fail_on: Option<FailOn>,
    /// Exit with 11 when more findings than this are unknown: a number, or a share such as 5% [default: 0].
    #[arg(long, value_name = "N|N%", value_parser = allow_unknown)]
    pub(crate) allow_unknown: Option<AllowUnknown>,
}

/// Reads the name of a format. Help and completions list them all.
fn format() -> impl TypedValueParser<Value = Format> {
    let value = |format: &Format| PossibleValue::new(format.id()).help(format.about());
    PossibleValuesParser::new(Format::ALL.iter().map(value))
        .try_map(|id| Format::find(&id).ok_or("there is no such format"))
}

/// The format that the name of a file stands for.
pub(crate) fn format_of(path: &Path) -> Option<Format> {
    Format::of_file_name(path.file_name()?.to_str()?)
}

impl Output {
    /// What is written, and where: to standard output where no file is named.
    ///
    /// # Errors
    /// What does not fit together.
    pub(crate) fn pairs(&self) -> Result<Vec<(Format, Option<&Path>)>, String> {
        let count = self.format.len().max(self.output.len()).max(1);
        let mut pairs = Vec::with_capacity(count);
        for place in 0..count {
            let path = self.output.get(place).map(PathBuf::as_path);
            let format = match (self.format.get(place), path) {
                (Some(format), _) => *format,
                (None, None) => Format::Table,
                (None, Some(path)) => format_of(path).ok_or_else(|| {
                    format!("the name `{}` says no format; name it with --format", path.display())
                })?,
            };
            if path.is_none()
                && pairs.iter().any(|(_, path): &(Format, Option<&Path>)| path.is_none())
            {
                return Err("only one format can go to standard output; name files with --output"
                    .to_owned());
            }
            pairs.push((format, path));
        }
        Ok(pairs)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The older audit: a snapshot, a JSON report, or a run of the history by its number.
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,
    /// The newer audit, in the same ways; `last` is the newest run.
    #[arg(value_name = "AFTER")]
    pub(crate) after: PathBuf,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum History {
    /// List the runs that were recorded, the newest last.
    List(HistoryList),
    /// Show what a run changed, or how a finding or a requirement stood over time.
    Show(HistoryShow),
    /// Show how findings and requirements stood over the runs.
    Trend(HistoryTrend),
    /// Record audits from their snapshots, the oldest first.
    Add(HistoryAdd),
    /// Forget old runs and snapshots.
    Prune(HistoryPrune),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Schedule {
    /// List the jobs, when they are due, and what was delivered.
    List {
        /// The configuration; `posture.toml` in the current folder where there is one.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Run jobs once and end; for cron, timers of systemd and Kubernetes. Exits with 1 where a job or a delivery failed.
    Once(ScheduleOnce),
    /// Run jobs when they are due, until it is stopped; SIGHUP reads the configuration again.
    Run {
        /// The configuration; `posture.toml` in the current folder where there is one.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleOnce {
    /// The jobs; all where none is named.
    #[arg(value_name = "JOB")]
    pub(crate) jobs: Vec<String>,
    /// Only those that are due and were not done yet.
    #[arg(long)]
    pub(crate) due: bool,
    /// The configuration; `posture.toml` in the current folder where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Which history.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The configuration; `posture.toml` in the current folder where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryList {
    /// So many of the newest runs.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: u32,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryShow {
    /// The run, by its number, or `last`.
    #[arg(value_name = "RUN", default_value = "last")]
    pub(crate) run: String,
    /// Show a finding over time, by its id or the first letters of it.
    #[arg(long, value_name = "ID", conflicts_with_all = ["run", "requirement"])]
    pub(crate) finding: Option<String>,
    /// Show a requirement over time, as in `csf PR.AA-05`.
    #[arg(long, value_names = ["FRAMEWORK", "ID"], num_args = 2, conflicts_with = "run")]
    pub(crate) requirement: Option<Vec<String>>,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryTrend {
    /// The requirements of this framework; may be repeated [default: csf and ccm].
    #[arg(long, value_name = "ID")]
    pub(crate) framework: Vec<String>,
    /// So many of the newest runs.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    /// The form of the trend.
    #[arg(long, value_enum, default_value_t = TrendFormat::Table, value_name = "FORMAT")]
    pub(crate) format: TrendFormat,
    /// Write it to a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryAdd {
    /// The snapshots.
    #[arg(value_name = "SNAPSHOT", required = true)]
    pub(crate) snapshots: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) kept: HistoryOptions,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryPrune {
    /// Keep so many of the newest runs [default: `keep-runs` of `[history]`].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) keep_runs: Option<u32>,
    /// Keep the runs of so many days [default: `keep-days`].
    #[arg(long, value_name = "N")]
    pub(crate) keep_days: Option<u32>,
    /// Keep the snapshots of so many of the newest runs [default: `keep-snapshots`].
    #[arg(long, value_name = "N")]
    pub(crate) keep_snapshots: Option<u32>,
    /// Only say what would be forgotten.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrendFormat {
    /// For people, with a line of bars each.
    Table,
    /// A page with charts.
    Html,
    /// Everything.
    Json,
    /// The runs, one row each.
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct Bundle {
    /// The snapshot.
    #[arg(value_name = "SNAPSHOT")]
    pub(crate) snapshot: PathBuf,
    /// The folder that is made.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Sign with this private Ed25519 key (PKCS#8, PEM), such as `openssl genpkey -algorithm ed25519` makes.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The bundle.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// The public key of who is said to have signed it (PEM), such as `openssl pkey -pubout` prints.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people.
    Table,
    /// Each change with its cause.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Exceptions {
    /// List what the configuration accepts, and how it stands today.
    List {
        /// The configuration; `posture.toml` in the current folder where there is one.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Hold them to a snapshot; exits with 10 where one has ended or covers nothing.
    Check(CheckExceptions),
    /// Write one for a finding to the end of the configuration.
    Add(AddException),
}

#[derive(Debug, Args)]
pub(crate) struct CheckExceptions {
    /// The snapshot.
    #[arg(value_name = "SNAPSHOT")]
    pub(crate) snapshot: PathBuf,
    /// The configuration; `posture.toml` in the current folder where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AddException {
    /// The id of the finding, as in the JSON and CSV reports; its first six letters are enough.
    #[arg(value_name = "FINDING")]
    pub(crate) finding: String,
    /// The snapshot that the finding is of.
    #[arg(long, value_name = "SNAPSHOT")]
    pub(crate) snapshot: PathBuf,
    /// Who answers for it.
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: String,
    /// Why it is accepted.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The last day on which it holds, such as 2027-01-31.
    #[arg(long, value_name = "DAY")]
    pub(crate) expires: jiff::civil::Date,
    /// Where it is discussed.
    #[arg(long, value_name = "TEXT")]
    pub(crate) ticket: Option<String>,
    /// What is done instead.
    #[arg(long, value_name = "TEXT")]
    pub(crate) compensating_control: Option<String>,
    /// The file that it is written to.
    #[arg(long, value_name = "FILE", default_value = "posture.toml")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Catalogue {
    /// List them all.
    List,
    /// Show one in full.
    Show {
        /// Its id.
        id: String,
    },
}

/// Which controls there are.
#[derive(Debug, Args)]
pub(crate) struct Known {
    /// The controls of this file, or of the files in this folder, too; may be repeated.
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) control_files: Vec<PathBuf>,
    /// The configuration, which may name more; `posture.toml` in the current folder where there is one.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Controls {
    /// List them all.
    List,
    /// Show one in full.
    Show {
        /// Its id.
        id: String,
    },
    /// Judge the cases of controls from files; exits with 10 where one comes out otherwise than it says.
    Test {
        /// A file, or a folder of files.
        #[arg(value_name = "PATH")]
        path: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Permissions {
    /// For Amazon Web Services.
    Aws {
        #[command(flatten)]
        selection: Selection,
        /// The form of the permissions.
        #[arg(long, value_enum, default_value_t = PermissionsFormat::Policy, value_name = "FORMAT")]
        format: PermissionsFormat,
    },
    /// For Microsoft Azure and Entra ID.
    Azure {
        #[command(flatten)]
        selection: Selection,
        /// The form of the permissions.
        #[arg(long, value_enum, default_value_t = AzurePermissionsFormat::Role, value_name = "FORMAT")]
        format: AzurePermissionsFormat,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsFormat {
    /// An IAM policy.
    Policy,
    /// A CloudFormation template of a role with that policy.
    Cloudformation,
    /// The same for Terraform.
    Terraform,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AzurePermissionsFormat {
    /// A custom role of Azure, ready for `az role definition create`.
    Role,
    /// The application permissions of Microsoft Graph, each with what it is for.
    Graph,
    /// Both for Terraform.
    Terraform,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Sim {
    /// IAM, S3, CloudTrail and the other services that an audit reads, for many accounts, on a port of loopback.
    Aws {
        /// The accounts, in TOML or JSON.
        #[arg(long, value_name = "FILE", required_unless_present = "generate")]
        scenario: Option<PathBuf>,
        /// So many accounts with so many users and so many buckets each, as in 1000x20x20. More than one make an
        /// organisation that the first manages.
        #[arg(long, value_name = "ACCOUNTSxUSERSxBUCKETS", conflicts_with = "scenario", value_parser = accounts)]
        generate: Option<posture_sim::aws::Size>,
        /// The regions of each generated account.
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=17), requires = "generate")]
        regions: u8,
        /// How many milliseconds each answer takes.
        #[arg(long, value_name = "MS", default_value_t = 0)]
        latency: u64,
        /// The port [default: any that is free].
        #[arg(long, value_name = "PORT")]
        port: Option<u16>,
    },
    /// Azure Resource Manager, Resource Graph, Microsoft Graph and the token endpoint, on a port of loopback.
    Azure {
        /// The tenant, in TOML or JSON.
        #[arg(long, value_name = "FILE", required_unless_present = "generate")]
        scenario: Option<PathBuf>,
        /// A tenant of so many subscriptions with so many storage accounts each, as in 1000x20.
        #[arg(long, value_name = "SUBSCRIPTIONSxACCOUNTS", conflicts_with = "scenario", value_parser = size)]
        generate: Option<(usize, usize)>,
        /// The port [default: any that is free].
        #[arg(long, value_name = "PORT")]
        port: Option<u16>,
    },
}

/// The size of generated accounts.
fn accounts(text: &str) -> Result<posture_sim::aws::Size, String> {
    let numbers: Option<Vec<usize>> = text.split('x').map(|n| n.parse().ok()).collect();
    let Some([accounts, users, buckets]) = numbers.as_deref() else {
        return Err("must be three numbers with an x between them, as in 1000x20x20".to_owned());
    };
    let (accounts, users, buckets) = (*accounts, *users, *buckets);
    // More would not fit into memory.
    let most = |n: usize| n <= 1_000_000 / accounts.clamp(1, 1_000_000);
    if accounts == 0 || accounts > 100_000 || !most(users) || !most(buckets) {
        return Err("is none, or more than a million".to_owned());
    }
    Ok(posture_sim::aws::Size { accounts, users, buckets, ..posture_sim::aws::Size::default() })
}

/// A number of subscriptions and one of accounts.
fn size(text: &str) -> Result<(usize, usize), String> {
    let sizes = text.split_once('x').and_then(|(subscriptions, accounts)| {
        Some((subscriptions.parse().ok()?, accounts.parse().ok()?))
    });
    let sizes = sizes.ok_or("must be two numbers with an x between them, as in 1000x20")?;
    // More would not fit into memory.
    if sizes.0 > 100_000 || sizes.1 > 100_000 || sizes.0 * sizes.1 > 1_000_000 {
        return Err("is more than a million accounts".to_owned());
    }
    Ok(sizes)
}

/// From which severity on a failure decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailOn {
    At(Severity),
    Never,
}

/// How much may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowUnknown {
    Number(usize),
    /// Of a hundred.
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

pub(crate) fn fail_on(text: &str) -> Result<FailOn, String> {
    if text.eq_ignore_ascii_case("never") {
        return Ok(FailOn::Never);
    }
    severity(text)
        .map(FailOn::At)
        .map_err(|_| "expected one of low, medium, high, critical, never".to_owned())
}

pub(crate) fn allow_unknown(text: &str) -> Result<AllowUnknown, String> {
    let wrong = || "expected a number of findings, or a share such as 5%".to_owned();
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
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_time_may_be_a_fraction_of_a_second() {
        assert_eq!(seconds("20"), Ok(Duration::from_secs(20)));
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for odd in ["0", "-1", "0.05", "601", "NaN", "inf", "1e9", "soon", ""] {
            assert!(seconds(odd).is_err(), "{odd}");
        }
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
