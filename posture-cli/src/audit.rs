//! `posture audit`: log in, collect, save, report.

use std::num::NonZeroU32;
use std::process::ExitCode;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use posture_aws::collect::{self, CollectError, Observer, Options};
use posture_aws::plan::{self, Bound, Plan};
use posture_aws::session::{Login, LoginError, Session, Transport};
use posture_core::gap::{Gap, Reason};
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::snapshot::Snapshot;
use posture_core::suggest::nearest;
use posture_core::time::Time;
use posture_core::wanted::Wanted;
use tokio::sync::watch;

use crate::args::{AuditAws, Screen};
use crate::config::{self, Config};
use crate::error::{Failure, Result, did_you_mean};
use crate::progress::Progress;
use crate::report::{self, word};
use crate::select::select;

/// Accounts that are read at once. Their quotas are their own; what limits us is this machine.
const ACCOUNTS: usize = 8;

/// `posture audit aws`.
pub(crate) fn aws(arguments: &AuditAws, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.selection.config.as_deref())?;
    let selected = select(&arguments.selection, &config)?;
    let wanted = Wanted::by(&selected.controls, Provider::Aws);
    if let Some(path) = &arguments.collect.save {
        writable(path)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::tool("cannot start").cause(error))?;
    let progress = Progress::new(screen);
    if arguments.collect.plan {
        let planned = runtime.block_on(plan(arguments, &config, &wanted, &progress));
        progress.finish();
        runtime.shutdown_background();
        return print_plan(&planned?, screen);
    }
    let read = runtime.block_on(read(arguments, &config, &wanted, &progress));
    progress.finish();
    // Connections that are still open are not worth waiting for.
    runtime.shutdown_background();
    let Read { snapshot, stopped } = read?;
    let mut again = "posture audit aws".to_owned();
    if let Some(path) = &arguments.collect.save {
        snapshot.save(path).map_err(|error| {
            Failure::tool(format!("cannot save `{}`", path.display()))
                .caused_by(&error)
                .help(error.help())
        })?;
        again = format!("posture check {}", word(path));
        if stopped {
            eprintln!("stopped; what was read until then is in `{}`", path.display());
        }
    }
    if stopped {
        if arguments.collect.save.is_none() {
            eprintln!("stopped; nothing was saved, as no --save was given");
        }
        return Ok(ExitCode::from(11));
    }
    report::print(&snapshot, selected, &config, &arguments.output, screen, again)
}

fn options(arguments: &AuditAws, config: &Config) -> Options {
    let given = |first: &[String], second: &[String]| {
        if first.is_empty() { second.to_vec() } else { first.to_vec() }
    };
    Options {
        regions: given(&arguments.collect.region, &config.regions),
        excluded_regions: given(&arguments.collect.exclude_region, &config.exclude_regions),
        concurrency: usize::from(arguments.collect.concurrency),
        max_rate: arguments.collect.max_rate.and_then(NonZeroU32::new),
    }
}

/// Plans the audit of each account; an account that refuses cannot be planned.
async fn plan(
    arguments: &AuditAws,
    config: &Config,
    wanted: &Wanted,
    progress: &Progress,
) -> Result<Vec<(String, Plan)>> {
    // Nothing stops it but the end of the process: there is nothing to save.
    let (_keep, stop) = watch::channel(false);
    progress.say("logging in");
    let options = options(arguments, config);
    let observer = progress.observer();
    let mut plans = Vec::new();
    for target in targets(arguments).await? {
        if let Target::Open(session) = target {
            let plan = plan::plan(&session, wanted, &options, &observer, stop.clone());
            plans.push((session.account().to_owned(), plan.await.map_err(no_such_region)?));
        }
    }
    Ok(plans)
}

fn print_plan(plans: &[(String, Plan)], screen: Screen) -> Result<ExitCode> {
    crate::print(screen, |canvas, out| {
        for (account, plan) in plans {
            let mut table = canvas.table(&[("Action", false), ("Calls", true)]);
            for planned in &plan.calls {
                let sign = match planned.bound {
                    Bound::Exact => "",
                    Bound::AtLeast => "≥ ",
                    Bound::AtMost => "≤ ",
                };
                table.add_row(vec![planned.action.to_owned(), format!("{sign}{}", planned.calls)]);
            }
            let sum: u64 = plan.calls.iter().map(|planned| planned.calls).sum();
            let asked: u64 = plan.asked.values().map(|calls| calls.operations).sum();
            crate::put(out, |out| {
                writeln!(out, "{}", canvas.bold(&format!("AWS account {account}")))?;
                write!(out, "{}", crate::render::style::lines(&table))?;
                writeln!(
                    out,
                    "About {sum} read-only calls. {asked} were made to count what there is."
                )
            })?;
        }
        Ok(())
    })
}

struct Read {
    snapshot: Snapshot,
    stopped: bool,
}

/// An account that is read with a session, or one that refused.
enum Target {
    Open(Box<Session>),
    Refused { account: String, partition: String, why: Gap },
}

async fn read(
    arguments: &AuditAws,
    config: &Config,
    wanted: &Wanted,
    progress: &Progress,
) -> Result<Read> {
    let (stop, stopping) = watch::channel(false);
    let interrupt = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = stop.send(true);
            // Whoever asks twice does not want to wait.
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(11);
            }
        }
        std::future::pending::<()>().await;
    });
    let started = Time::from(jiff::Timestamp::now());
    progress.say("logging in");
    let mut interrupted = stopping.clone();
    let targets = tokio::select! {
        targets = targets(arguments) => targets?,
        _ = interrupted.wait_for(|stop| *stop) => {
            return Err(Failure::tool("stopped before anything was read"));
        }
    };
    let options = options(arguments, config);
    let observer = progress.observer();
    let scopes: Vec<Result<Scope>> = stream::iter(targets)
        .map(|target| one(target, wanted, &options, &observer, stopping.clone()))
        .buffer_unordered(ACCOUNTS)
        .collect()
        .await;
    let scopes: Vec<Scope> = scopes.into_iter().collect::<Result<_>>()?;
    let stopped = *stopping.borrow();
    interrupt.abort();
    let finished = Time::from(jiff::Timestamp::now());
    let mut snapshot = Snapshot::new(env!("CARGO_PKG_VERSION"), started, finished, scopes);
    snapshot.partial = stopped;
    Ok(Read { snapshot, stopped })
}

async fn one(
    target: Target,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    stop: watch::Receiver<bool>,
) -> Result<Scope> {
    match target {
        Target::Refused { account, partition, why } => {
            let now = jiff::Timestamp::now().into();
            Ok(Scope::refused(Provider::Aws, account, partition, now, why))
        }
        Target::Open(session) => collect::collect(&session, wanted, options, observer, stop)
            .await
            .map_err(no_such_region),
    }
}

fn no_such_region(error: CollectError) -> Failure {
    match error {
        CollectError::NoSuchRegion { name, known } => {
            let mut failure =
                Failure::usage(format!("there is no region `{name}` in this account"));
            if let Some(guess) = did_you_mean(&nearest(&name, known.iter().map(String::as_str))) {
                failure = failure.help(guess);
            }
            failure.help(format!("there are {}", known.join(", ")))
        }
        other => Failure::tool(other.to_string()),
    }
}

/// Logs in to every account that was asked for.
async fn targets(arguments: &AuditAws) -> Result<Vec<Target>> {
    let login = &arguments.login;
    let transport = Transport::default();
    let base = |profile: Option<&String>, role: Option<&String>| Login {
        profile: profile.cloned(),
        role_arn: role.cloned(),
        external_id: login.external_id.clone(),
        allowed_hosts: login.allow_endpoint.clone(),
        timeout: Some(Duration::from_secs(arguments.collect.timeout.into())),
        transport: transport.clone(),
    };
    let profiles: Vec<Option<&String>> = if login.profile.is_empty() {
        vec![None]
    } else {
        login.profile.iter().map(Some).collect()
    };
    let roles: Vec<Option<&String>> = if login.role_arn.is_empty() {
        vec![None]
    } else {
        login.role_arn.iter().map(Some).collect()
    };
    let mut targets = Vec::new();
    let wanted = profiles.len() * roles.len();
    for profile in profiles {
        for role in &roles {
            match Session::login(&base(profile, *role)).await {
                Ok(session) if login.organization => {
                    targets.extend(members(session, login).await?);
                }
                Ok(session) => targets.push(Target::Open(Box::new(session))),
                Err(error) => {
                    // One of several accounts that refuses is a gap; the only one that was asked for is a failure. Only
                    // a role's account is known without its answer.
                    let account = role.and_then(|role| account_of(role));
                    match account {
                        Some((account, partition)) if wanted > 1 => {
                            let why = refusal(&account, &error);
                            targets.push(Target::Refused { account, partition, why });
                        }
                        _ => return Err(cannot_login(&error)),
                    }
                }
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    targets.retain(|target| {
        let account = match target {
            Target::Open(session) => session.account().to_owned(),
            Target::Refused { account, .. } => account.clone(),
        };
        seen.insert(account)
    });
    Ok(targets)
}

/// The session of each account of the organisation.
async fn members(session: Session, login: &crate::args::Login) -> Result<Vec<Target>> {
    let members = posture_aws::members::list(&session).await.map_err(|gap| {
        let detail = gap.detail.as_deref().map_or(String::new(), |detail| format!(": {detail}"));
        Failure::tool("cannot list the accounts of the organisation")
            .cause(format!("{} {}{detail}", gap.action, gap.reason))
            .help("use credentials of its management account or of a delegated administrator")
    })?;
    let partition = session.partition().to_owned();
    let session = &session;
    let targets = stream::iter(members).map(|member| {
        let partition = partition.clone();
        async move {
            if member.id == session.account() {
                return Target::Open(Box::new(session.clone()));
            }
            if !member.active {
                let mut why = Gap::new("sts:AssumeRole", &member.id, Reason::Denied);
                why.detail = Some("the account is suspended or being closed".to_owned());
                return Target::Refused { account: member.id, partition, why };
            }
            let role = format!("arn:{partition}:iam::{}:role/{}", member.id, login.role_name);
            match session.assume(&role, login.external_id.as_deref()).await {
                Ok(session) => Target::Open(Box::new(session)),
                Err(error) => {
                    let why = refusal(&member.id, &error);
                    Target::Refused { account: member.id, partition, why }
                }
            }
        }
    });
    Ok(targets.buffer_unordered(ACCOUNTS).collect().await)
}

fn refusal(account: &str, error: &LoginError) -> Gap {
    let mut why = Gap::new("sts:AssumeRole", account, Reason::Denied);
    why.detail = Some(match error {
        LoginError::Credentials { why, .. } => why.clone(),
        other => other.to_string(),
    });
    why
}

/// The account and partition that a role's ARN names.
fn account_of(role_arn: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = role_arn.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", _, account, ..] => {
            Some(((*account).to_owned(), (*partition).to_owned()))
        }
        _ => None,
    }
}

fn cannot_login(error: &LoginError) -> Failure {
    let mut failure = Failure::tool("cannot read any AWS account").cause(error);
    if let LoginError::Credentials { why, .. } = error {
        failure = failure.cause(why);
    }
    failure.help(error.help())
}

/// Finds out before the audit whether its result can be kept.
fn writable(path: &std::path::Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => std::path::Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Failure::usage(format!("cannot save `{}`", path.display()))
            .cause(format!("there is no folder `{}`", folder.display())));
    }
    Ok(())
}
