//! Accounts of AWS: log in to each, collect, plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use posture_aws::action::ASSUME_ROLE;
use posture_aws::collect::{self, Options};
use posture_aws::members::{Member, State};
use posture_aws::peers::Peers;
use posture_aws::plan;
use posture_aws::session::{Login, Session};
use posture_collect::stop::Stop;
use posture_core::gap::{Gap, Reason};
use posture_core::plan::Plan;
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::wanted::Wanted;
use tokio::sync::watch;

pub use posture_aws::collect::CollectError;
pub use posture_aws::session::{Credentials, Keys, LoginError, Simulator, Source, Transport};

use crate::event::passed_on;
use crate::{Audit, Read, Settings};

/// Accounts that are read at once. Each has separate quotas; the limit is this machine.
const ACCOUNTS: usize = 8;

/// Whose accounts are read, and which regions of them. Each profile is combined with each role.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// Profiles of the shared AWS configuration, which go before keys in the environment; the standard chain's own choice
    /// where none is named.
    pub profiles: Vec<String>,
    /// Roles to assume first.
    pub roles: Vec<String>,
    /// The external ID that the trust policy of a role requires.
    pub external_id: Option<String>,
    /// Every account of the organization, read through the role of this name.
    pub organization: Option<String>,
    /// Accounts to leave out, such as those of an organization that belong to others.
    pub excluded_accounts: Vec<String>,
    /// The regions to read; every region that an account can use where none is named.
    pub regions: Vec<String>,
    /// Regions to leave out.
    pub excluded_regions: Vec<String>,
    /// Hosts beyond AWS's own that signed requests may go to, such as a private gateway.
    pub allowed_hosts: Vec<String>,
    /// The source of credentials, which replaces the standard chain.
    pub credentials: Option<Source>,
    /// What requests travel over.
    pub transport: Transport,
    /// A simulator that is called instead of AWS.
    pub simulator: Option<Simulator>,
}

impl Accounts {
    fn options(&self, settings: &Settings) -> Options {
        Options {
            regions: self.regions.clone(),
            excluded_regions: self.excluded_regions.clone(),
            concurrency: settings.limits.concurrency,
            max_rate: settings.limits.max_rate,
            peers: Peers::default(),
        }
    }
}

impl Audit<Accounts> {
    /// The AWS account of the credentials that AWS's own tools would use.
    pub fn aws() -> Self {
        Self { target: Accounts::default(), settings: Settings::default() }
    }

    /// Reads the account of a profile of the shared configuration, whatever keys the environment holds; can be called several
    /// times, one account each.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.target.profiles.push(name.into());
        self
    }

    /// Assumes a role first; can be called several times, one account each.
    #[must_use]
    pub fn role(mut self, arn: impl Into<String>) -> Self {
        self.target.roles.push(arn.into());
        self
    }

    /// The external ID that the trust policy of the role requires.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.target.external_id = Some(id.into());
        self
    }

    /// Reads every account of the organization, through the role of this name, which it assumes.
    #[must_use]
    pub fn organization(mut self, role_name: impl Into<String>) -> Self {
        self.target.organization = Some(role_name.into());
        self
    }

    /// Leaves an account out, such as one of the organization that belongs to others; can be called several times.
    #[must_use]
    pub fn exclude_account(mut self, id: impl Into<String>) -> Self {
        self.target.excluded_accounts.push(id.into());
        self
    }

    /// Reads these regions only.
    #[must_use]
    pub fn regions(mut self, regions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.target.regions = regions.into_iter().map(Into::into).collect();
        self
    }

    /// The source of credentials, which replaces the standard chain.
    #[must_use]
    pub fn credentials(mut self, source: impl Credentials + 'static) -> Self {
        self.target.credentials = Some(Source(Arc::new(source)));
        self
    }

    /// What requests travel over; audits that share it share its connections.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.target.transport = transport;
        self
    }
}

/// Why AWS cannot be audited.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No account can be read.
    #[error("cannot read any AWS account")]
    Login(#[source] LoginError),
    /// The accounts of the organization cannot be listed.
    #[error("cannot list the accounts of the organization")]
    Organization(Box<Gap>),
    /// It cannot be read as requested.
    #[error(transparent)]
    Collect(CollectError),
}

/// Plans the audit of each account; an account that denies access cannot be planned.
pub(crate) async fn plan(
    accounts: &Accounts,
    settings: &Settings,
) -> Result<Vec<(String, Plan)>, Error> {
    let wanted = settings.wanted(Provider::Aws);
    let observer = passed_on(Provider::Aws, settings.observer.as_ref());
    let stop = settings.stop.watch();
    let mut plans = Vec::new();
    let targets = targets(accounts, settings, stop.clone()).await?;
    let peers = peers(&targets, accounts, &stop);
    let options = Options { peers, ..accounts.options(settings) };
    for target in targets {
        if let Ok(session) = target.open(accounts, &stop).await {
            let plan = plan::plan(&session, &wanted, &options, &observer, stop.clone());
            let account = format!("AWS account {}", session.account());
            plans.push((account, plan.await.map_err(Error::Collect)?));
        }
    }
    Ok(plans)
}

/// Reads each account that is not read already.
pub(crate) async fn read<E: Send>(
    accounts: &Accounts,
    settings: &Settings,
    take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
) -> Result<(), Read<E>> {
    let wanted = settings.wanted(Provider::Aws);
    let observer = passed_on(Provider::Aws, settings.observer.as_ref());
    let stop = settings.stop.watch();
    let targets = targets(accounts, settings, stop.clone()).await.map_err(crate::Error::from)?;
    let peers = peers(&targets, accounts, &stop);
    let options = Options { peers, ..accounts.options(settings) };
    let left: Vec<Target> = targets
        .into_iter()
        .filter(|target| !settings.is_done(Provider::Aws, target.account()))
        .collect();
    observer(collect::Event::Found { accounts: left.len() });
    stream::iter(left)
        .map(|target| async {
            one(target, accounts, &wanted, &options, &observer, stop.clone(), settings).await
        })
        .buffer_unordered(ACCOUNTS)
        .map_err(|error| Read::Audit(error.into()))
        .try_for_each(|scope| {
            observer(collect::Event::Done { account: scope.id.clone() });
            std::future::ready(take(scope).map_err(Read::Take))
        })
        .await
}

/// An account to be read.
enum Target {
    /// With a session that is there.
    Open(Box<Session>),
    /// With a role that is assumed when its turn comes: a session for each of thousands of accounts would take memory, and
    /// expire before it is used.
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

    /// A session in it, or the scope that has the reason why there is none.
    async fn open(
        self,
        accounts: &Accounts,
        stop: &watch::Receiver<bool>,
    ) -> Result<Box<Session>, Box<Scope>> {
        let refused = |account: &str, partition: &str, why: Gap| {
            let now = jiff::Timestamp::now().into();
            Box::new(Scope::refused(Provider::Aws, account, partition, now, why))
        };
        match self {
            Self::Open(session) => Ok(session),
            Self::Refused { account, partition, why } => Err(refused(&account, &partition, why)),
            Self::Member { from, account } => {
                let partition = from.partition();
                let name = accounts.organization.as_deref().unwrap_or_default();
                let role = format!("arn:{partition}:iam::{account}:role/{name}");
                let session = from.assume(&role, accounts.external_id.as_deref());
                match Stop::from(stop.clone()).or(session).await {
                    Some(Ok(session)) => Ok(Box::new(session)),
                    Some(Err(error)) => {
                        Err(refused(&account, from.source(), refusal(&account, &error)))
                    }
                    None => Err(refused(&account, from.source(), interrupted(&account))),
                }
            }
        }
    }
}

async fn one(
    target: Target,
    accounts: &Accounts,
    wanted: &Wanted,
    options: &Options,
    observer: &collect::Observer,
    stop: watch::Receiver<bool>,
    settings: &Settings,
) -> Result<Scope, Error> {
    let session = match target.open(accounts, &stop).await {
        Err(refused) => return Ok(*refused),
        Ok(session) => session,
    };
    let scope = collect::collect(&session, wanted, options, observer, stop.clone()).await;
    let mut scope = scope.map_err(Error::Collect)?;
    if let Some(registries) = &settings.registries {
        let regions = scope.regions.iter().filter(|region| region.enabled && !region.excluded);
        let regions: Vec<String> = regions.map(|region| region.name.clone()).collect();
        let (newest, concurrency) = (registries.newest(), options.concurrency);
        let found =
            posture_aws::registries::read(&session, &regions, newest, concurrency, stop).await;
        scope.calls.extend(found.calls.clone());
        registries.aws(&scope.id, found);
    }
    Ok(scope)
}

/// The accounts of the run, for each other. One account alone has none.
fn peers(targets: &[Target], accounts: &Accounts, stop: &watch::Receiver<bool>) -> Peers {
    let mut peers = Peers::default();
    if targets.len() < 2 {
        return peers;
    }
    let (name, external_id) = (accounts.organization.clone(), accounts.external_id.clone());
    for target in targets {
        match target {
            Target::Open(session) => {
                // Its own account counts how it began.
                let session = Session::clone(session).counted();
                peers.add(target.account(), move || std::future::ready(Ok(session.clone())));
            }
            Target::Member { from, account } => {
                let name = name.clone().unwrap_or_default();
                let role = format!("arn:{}:iam::{account}:role/{name}", from.partition());
                let member = (Arc::clone(from), role, external_id.clone(), stop.clone());
                peers.add(target.account(), move || {
                    let (from, role, external_id, stop) = member.clone();
                    async move {
                        let session = from.assume(&role, external_id.as_deref());
                        match Stop::from(stop).or(session).await {
                            Some(session) => session.map_err(|error| refusal(&role, &error)),
                            None => Err(interrupted(&role)),
                        }
                    }
                });
            }
            Target::Refused { .. } => {}
        }
    }
    peers
}

/// Logs in to every requested account.
async fn targets(
    accounts: &Accounts,
    settings: &Settings,
    stop: watch::Receiver<bool>,
) -> Result<Vec<Target>, Error> {
    let base = |profile: Option<&String>, role: Option<&String>| Login {
        profile: profile.cloned(),
        region: accounts.regions.first().map(|region| region.to_ascii_lowercase()),
        role_arn: role.cloned(),
        external_id: accounts.external_id.clone(),
        allowed_hosts: accounts.allowed_hosts.clone(),
        timeout: Some(settings.limits.timeout),
        transport: accounts.transport.clone(),
        credentials: accounts.credentials.clone(),
        simulator: accounts.simulator.clone(),
        ..Login::default()
    };
    let each = |names: &[String]| -> Vec<Option<String>> {
        if names.is_empty() { vec![None] } else { names.iter().cloned().map(Some).collect() }
    };
    let (profiles, roles) = (each(&accounts.profiles), each(&accounts.roles));
    let mut targets = Vec::new();
    let wanted = profiles.len() * roles.len();
    for profile in &profiles {
        for role in &roles {
            let login = base(profile.as_ref(), role.as_ref());
            let account = role.as_deref().and_then(account_of);
            let Some(session) = Stop::from(stop.clone()).or(Session::login(&login)).await else {
                let by = by(profile.as_deref(), role.as_deref());
                let by = by.map_or_else(String::new, |by| format!(" with {by}"));
                settings.note(&format!("AWS was not read: interrupted while signing in{by}"));
                targets.extend(account.map(|(account, partition)| {
                    let why = interrupted(&account);
                    (Target::Refused { account, partition, why }, None)
                }));
                continue;
            };
            match session {
                Ok(session) => {
                    if let Some(note) = session.note() {
                        settings.note(note);
                    }
                    if accounts.organization.is_some() {
                        let members = members(session, settings, stop.clone()).await?;
                        targets.extend(members.into_iter().map(|member| (member, None)));
                    } else {
                        let by = by(profile.as_deref(), role.as_deref());
                        targets.push((Target::Open(Box::new(session)), by));
                    }
                }
                Err(error) => {
                    // One of several accounts that refuses is a gap; the only one that was asked for is a failure. Only
                    // a role's account is known without its answer.
                    match account {
                        Some((account, partition)) if wanted > 1 => {
                            let why = refusal(&account, &error);
                            targets.push((Target::Refused { account, partition, why }, None));
                        }
                        _ => return Err(Error::Login(error)),
                    }
                }
            }
        }
    }
    Ok(distinct(targets, accounts, settings))
}

/// By what an account was named, for notes.
fn by(profile: Option<&str>, role: Option<&str>) -> Option<String> {
    let profile = profile.map(|profile| format!("profile `{profile}`"));
    let role = role.map(|role| format!("role `{role}`"));
    match (profile, role) {
        (Some(profile), Some(role)) => Some(format!("{role} of {profile}")),
        (profile, role) => profile.or(role),
    }
}

/// Every account once, without those that are left out. What is not read for that is noted: it may be another account that
/// was meant, or the other credentials may see more.
fn distinct(
    targets: Vec<(Target, Option<String>)>,
    accounts: &Accounts,
    settings: &Settings,
) -> Vec<Target> {
    let excluded: BTreeSet<&str> = accounts.excluded_accounts.iter().map(String::as_str).collect();
    let mut first: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut left_out = BTreeSet::new();
    let mut kept = Vec::with_capacity(targets.len());
    for (target, by) in targets {
        let account = target.account().to_owned();
        if excluded.contains(account.as_str()) {
            left_out.insert(account);
            continue;
        }
        match first.get(&account) {
            None => {
                first.insert(account, by);
                kept.push(target);
            }
            Some(before) => {
                if let (Some(before), Some(by)) = (before, by) {
                    settings.note(&format!(
                        "{by} also resolves to account {account}, which is read once, through {before}"
                    ));
                }
            }
        }
    }
    for account in excluded.iter().filter(|account| !left_out.contains(**account)) {
        settings.note(&format!("excluded account {account} is not one of the accounts"));
    }
    kept
}

/// The accounts of the organization that can be used.
async fn members(
    mut session: Session,
    settings: &Settings,
    stop: watch::Receiver<bool>,
) -> Result<Vec<Target>, Error> {
    let members = match posture_aws::members::list(&mut session, stop).await {
        Ok(members) => members,
        // Of an organization whose accounts are not known, its own account is what there is to report.
        Err(why) if why.reason == Reason::Canceled => {
            let (account, partition) = (session.account().to_owned(), session.source().to_owned());
            return Ok(vec![Target::Refused { account, partition, why }]);
        }
        Err(gap) => return Err(Error::Organization(Box::new(gap))),
    };
    let from = Arc::new(session);
    let mut targets = Vec::with_capacity(members.len());
    let mut inactive = Vec::new();
    for Member { id, state, .. } in members {
        if id == from.account() {
            targets.push(Target::Open(Box::new(Session::clone(&from))));
        } else if state == State::Active {
            targets.push(Target::Member { from: Arc::clone(&from), account: id });
        } else {
            inactive.push(format!("{id} ({})", state.word()));
        }
    }
    if !inactive.is_empty() {
        settings.note(&format!(
            "not read because not active in the organization: {}",
            inactive.join(", ")
        ));
    }
    Ok(targets)
}

/// Why there is no session where the audit was interrupted first.
fn interrupted(target: &str) -> Gap {
    Gap::new(ASSUME_ROLE, target, Reason::Canceled)
}

fn refusal(account: &str, error: &LoginError) -> Gap {
    let mut gap = Gap::new(ASSUME_ROLE, account, error.reason());
    gap.detail = Some(error.why().map_or_else(|| error.to_string(), str::to_owned));
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
