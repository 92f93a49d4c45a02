//! Amazon Web Services: log in to each account, collect, plan.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use posture_aws::collect::{self, CollectError, Observer, Options};
use posture_aws::members::Member;
use posture_aws::plan::{self, Plan};
use posture_aws::session::{Login, LoginError, Session, Transport};
use posture_core::gap::{Gap, Reason};
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::suggest::nearest;
use posture_core::wanted::Wanted;
use tokio::sync::watch;

use super::Run;
use crate::args::{AwsLogin, Collect};
use crate::error::{Failure, Result, did_you_mean};

/// Accounts that are read at once. Their quotas are their own; what limits us is this machine.
const ACCOUNTS: usize = 8;

/// Accounts of AWS.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Accounts {
    pub(crate) login: AwsLogin,
    pub(crate) regions: Vec<String>,
    pub(crate) exclude_regions: Vec<String>,
}

fn options(accounts: &Accounts, collect: &Collect) -> Options {
    Options {
        regions: accounts.regions.clone(),
        excluded_regions: accounts.exclude_regions.clone(),
        concurrency: usize::from(collect.concurrency),
        max_rate: collect.max_rate.and_then(NonZeroU32::new),
    }
}

/// Plans the audit of each account; an account that refuses cannot be planned.
pub(super) async fn plan(accounts: &Accounts, run: &Run<'_>) -> Result<Vec<(String, Plan)>> {
    let wanted = run.wanted(Provider::Aws);
    let options = options(accounts, run.collect);
    let observer = run.progress.aws();
    let mut plans = Vec::new();
    for target in targets(accounts, run.collect).await? {
        if let Ok(session) = target.open(&accounts.login, &run.stop).await {
            let plan = plan::plan(&session, &wanted, &options, &observer, run.stop.clone());
            let account = format!("AWS account {}", session.account());
            plans.push((account, plan.await.map_err(no_such_region)?));
        }
    }
    Ok(plans)
}

/// Reads each account that is not read already.
pub(super) async fn read(accounts: &Accounts, run: &Run<'_>) -> Result<()> {
    let wanted = run.wanted(Provider::Aws);
    let options = options(accounts, run.collect);
    let observer = run.progress.aws();
    let targets = targets(accounts, run.collect).await?;
    let left = targets.into_iter().filter(|target| !run.is_done(Provider::Aws, target.account()));
    stream::iter(left)
        .map(|target| one(target, &accounts.login, &wanted, &options, &observer, run.stop.clone()))
        .buffer_unordered(ACCOUNTS)
        .try_for_each(async |scope| run.take(scope))
        .await
}

/// An account to be read.
enum Target {
    /// With a session that is there.
    Open(Box<Session>),
    /// With a role that is taken on when its turn comes: a session for each of thousands of accounts would take room, and
    /// end before it is used.
    Member { from: Arc<Session>, account: String },
    /// One that cannot be read.
    Refused { account: String, partition: String, why: Gap },
}

impl Target {
    fn account(&self) -> &str {
        match self {
            Self::Open(session) => session.account(),
            Self::Member { account, .. } | Self::Refused { account, .. } => account,
        }
    }

    /// A session in it, or the scope that says why there is none.
    async fn open(
        self,
        login: &AwsLogin,
        stop: &watch::Receiver<bool>,
    ) -> std::result::Result<Box<Session>, Box<Scope>> {
        let refused = |account: &str, partition: &str, why: Gap| {
            let now = jiff::Timestamp::now().into();
            Box::new(Scope::refused(Provider::Aws, account, partition, now, why))
        };
        match self {
            Self::Open(session) => Ok(session),
            Self::Refused { account, partition, why } => Err(refused(&account, &partition, why)),
            Self::Member { from, account } => {
                if *stop.borrow() {
                    let why = Gap::new("sts:AssumeRole", &account, Reason::Cancelled);
                    return Err(refused(&account, from.source(), why));
                }
                let partition = from.partition();
                let role = format!("arn:{partition}:iam::{account}:role/{}", login.role_name);
                match from.assume(&role, login.external_id.as_deref()).await {
                    Ok(session) => Ok(Box::new(session)),
                    Err(error) => Err(refused(&account, from.source(), refusal(&account, &error))),
                }
            }
        }
    }
}

async fn one(
    target: Target,
    login: &AwsLogin,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    stop: watch::Receiver<bool>,
) -> Result<Scope> {
    match target.open(login, &stop).await {
        Err(refused) => Ok(*refused),
        Ok(session) => collect::collect(&session, wanted, options, observer, stop)
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
async fn targets(accounts: &Accounts, collect: &Collect) -> Result<Vec<Target>> {
    let login = &accounts.login;
    let transport = Transport::default();
    let base = |profile: Option<&String>, role: Option<&String>| Login {
        profile: profile.cloned(),
        role_arn: role.cloned(),
        external_id: login.external_id.clone(),
        allowed_hosts: login.allow_endpoint.clone(),
        timeout: Some(Duration::from_secs(collect.timeout.into())),
        transport: transport.clone(),
        simulator: login.simulator.clone(),
        ..Login::default()
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
                    targets.extend(members(session).await?);
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
    targets.retain(|target| seen.insert(target.account().to_owned()));
    Ok(targets)
}

/// The accounts of the organisation.
async fn members(session: Session) -> Result<Vec<Target>> {
    let members = posture_aws::members::list(&session).await.map_err(|gap| {
        let detail = gap.detail.as_deref().map_or(String::new(), |detail| format!(": {detail}"));
        Failure::tool("cannot list the accounts of the organisation")
            .cause(format!("{} {}{detail}", gap.action, gap.reason))
            .help("use credentials of its management account or of a delegated administrator")
    })?;
    let from = Arc::new(session);
    let target = |member: Member| {
        if member.id == from.account() {
            return Target::Open(Box::new(Session::clone(&from)));
        }
        if !member.active {
            let mut why = Gap::new("sts:AssumeRole", &member.id, Reason::Denied);
            why.detail = Some("the account is suspended or being closed".to_owned());
            let partition = from.source().to_owned();
            return Target::Refused { account: member.id, partition, why };
        }
        Target::Member { from: Arc::clone(&from), account: member.id }
    };
    Ok(members.into_iter().map(target).collect())
}

fn refusal(account: &str, error: &LoginError) -> Gap {
    let (reason, detail) = match error {
        LoginError::Credentials { why, reason, .. } => (*reason, why.clone()),
        other => (Reason::Credentials, other.to_string()),
    };
    let mut gap = Gap::new("sts:AssumeRole", account, reason);
    gap.detail = Some(detail);
    gap
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
