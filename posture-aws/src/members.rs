//! The accounts of an organization.

use std::collections::BTreeSet;
use std::time::Duration;

use posture_model::gap::{Gap, Reason};
use tokio::sync::watch;

use crate::ask::{ApiClient, CallError};
pub use crate::entry::LIST_ACCOUNTS;
use crate::entry::holds_always;
use crate::meter::Meter;
use crate::session::Session;
use crate::wire::services::ORGANIZATIONS;
use crate::wire::{Constant, Operation, answers, words};

words! {
    /// The state of an account.
    AccountState {
        Active = "ACTIVE",
        Suspended = "SUSPENDED",
        PendingClosure = "PENDING_CLOSURE",
        Closed = "CLOSED",
        PendingActivation = "PENDING_ACTIVATION",
    }

    /// What came before the state, which endpoints know that follow AWS with a delay.
    AccountStatus {
        Active = "ACTIVE",
        Suspended = "SUSPENDED",
        PendingClosure = "PENDING_CLOSURE",
    }
}

answers! {
    ListAccounts {
        accounts: "Accounts" optional records(Account),
    }

    Account {
        id: "Id" optional text,
        name: "Name" optional text,
        state: "State" optional word(AccountState),
        status: "Status" optional word(AccountStatus),
    }
}

pub(crate) static LIST: Operation<0, ListAccounts<'_>> =
    Operation::new(&ORGANIZATIONS, LIST_ACCOUNTS, "ListAccounts")
        .given(&[("MaxResults", Constant::Whole(20))])
        .pages("NextToken", "NextToken");

/// An account of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number.
    pub id: String,
    /// The name the organization gave it.
    pub name: Option<String>,
    /// Whether it can be used. One that is being opened or closed, or that AWS suspended, holds nothing that could be read.
    pub state: State,
}

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It can.
    Active,
    /// AWS suspended it.
    Suspended,
    /// It is being closed.
    PendingClosure,
    /// It is closed, and will vanish.
    Closed,
    /// It is not opened yet.
    PendingActivation,
}

impl State {
    /// How it is called in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::PendingClosure => "pending closure",
            Self::Closed => "closed",
            Self::PendingActivation => "pending activation",
        }
    }

    /// The [state](https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html) of an account, or the
    /// status that came before it. What has neither, or one that we do not know, is tried.
    fn of(account: Account<'_>) -> Self {
        match (account.state(), account.status()) {
            (Some(AccountState::Suspended), _) => Self::Suspended,
            (Some(AccountState::PendingClosure), _) => Self::PendingClosure,
            (Some(AccountState::Closed), _) => Self::Closed,
            (Some(AccountState::PendingActivation), _) => Self::PendingActivation,
            (Some(AccountState::Active | AccountState::Other), _) => Self::Active,
            (None, Some(AccountStatus::Suspended)) => Self::Suspended,
            (None, Some(AccountStatus::PendingClosure)) => Self::PendingClosure,
            (None, Some(AccountStatus::Active | AccountStatus::Other) | None) => Self::Active,
        }
    }
}

/// How long to wait, each time in turn, if the organization throttles, in seconds; five minutes in all. All
/// of its accounts, and every tool in them, live off
/// [one small quota](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html).
const PAUSES: [u32; 13] = [2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30, 30];

/// Lists the accounts of the session's organization with
/// [ListAccounts](https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html), which only the
/// management account and delegated administrators may call. If the organization throttles, it waits. The session counts the
/// calls among those of its account.
///
/// # Errors
/// If the list is denied or ends early: an audit of part of an organization would look like one of all.
pub async fn list(session: &mut Session, stop: watch::Receiver<bool>) -> Result<Vec<Member>, Gap> {
    let ask = ApiClient::new(1, None, stop);
    let ask = if session.is_simulated() { ask.unpaced() } else { ask };
    list_by(session, &ask, Duration::from_secs(1)).await
}

/// `unit` is the length of a second.
async fn list_by(
    session: &mut Session,
    ask: &ApiClient,
    unit: Duration,
) -> Result<Vec<Member>, Gap> {
    let meter = session.meter_by(holds_always);
    let listed = pages(session, &meter, ask, unit).await;
    session.count(meter.calls());
    listed
}

async fn pages(
    session: &Session,
    meter: &Meter,
    ask: &ApiClient,
    unit: Duration,
) -> Result<Vec<Member>, Gap> {
    let client = session.client(session.home_region(), meter);
    let mut pauses = PAUSES.into_iter();
    let mut members = Vec::new();
    let mut next: Option<String> = None;
    let mut seen = BTreeSet::new();
    loop {
        let call = client.page(&LIST, [], next.as_deref());
        let page = match ask.ask(LIST_ACCOUNTS, "", "", call).await {
            Ok(page) => page,
            Err(refused) => {
                let gap = refused.into_gap();
                if gap.reason == Reason::Throttled
                    && let Some(pause) = pauses.next()
                    && ask.pause(unit * pause).await
                {
                    continue;
                }
                return Err(gap);
            }
        };
        for account in page.read().accounts() {
            let Some(id) = account.id() else {
                let what = "an account in the list has no ID";
                return Err(CallError::malformed(LIST_ACCOUNTS, "", what).into_gap());
            };
            let name = account.name().map(str::to_owned);
            members.push(Member { id: id.to_owned(), name, state: State::of(account) });
        }
        let token = LIST.spec.pages.and_then(|pages| page.next(pages));
        next = token.filter(|token| !token.is_empty()).map(str::to_owned);
        match &next {
            None => return Ok(members),
            Some(token) if !seen.insert(token.clone()) => {
                let what = "the list returns to an earlier page";
                return Err(CallError::malformed(LIST_ACCOUNTS, "", what).into_gap());
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Fake;

    /// Without any pace or pause.
    async fn list(cloud: &Fake, stop: watch::Receiver<bool>) -> Result<Vec<Member>, Gap> {
        let ask = ApiClient::new(1, None, stop).unpaced();
        list_by(&mut cloud.session(), &ask, Duration::ZERO).await
    }

    fn stop() -> watch::Receiver<bool> {
        watch::channel(false).1
    }

    #[tokio::test]
    async fn a_throttled_organization_is_waited_for() {
        let page = r#"{"Accounts":[{"Id":"111111111111","Status":"ACTIVE"}]}"#;
        let throttled = "TooManyRequestsException";
        let mut cloud = Fake::default();
        for _ in 0..12 {
            cloud = cloud.json_error("ListAccounts", 400, throttled, "slow down");
        }
        let cloud = cloud.answer("ListAccounts", 200, page);
        let members = list(&cloud, stop()).await.unwrap();
        assert_eq!(members.len(), 1);
        assert!(cloud.count("ListAccounts") >= 13);
        // Not for ever.
        let cloud = Fake::default().json_error("ListAccounts", 400, throttled, "slow down");
        let gap = list(&cloud, stop()).await.unwrap_err();
        assert_eq!(gap.reason, Reason::Throttled);
        // Not where the audit is stopped.
        let (sender, stop) = watch::channel(false);
        sender.send_replace(true);
        let gap = list(&cloud, stop).await.unwrap_err();
        assert_eq!(gap.reason, Reason::Canceled);
    }

    #[tokio::test]
    async fn what_cannot_be_used_is_not_active() {
        let accounts: Vec<String> = [
            r#""State":"ACTIVE""#,
            r#""State":"SUSPENDED""#,
            r#""State":"PENDING_CLOSURE","Status":"PENDING_CLOSURE""#,
            r#""State":"CLOSED","Status":"SUSPENDED""#,
            r#""State":"PENDING_ACTIVATION","Status":"ACTIVE""#,
            r#""Status":"ACTIVE""#,
            r#""Status":"SUSPENDED""#,
            r#""Status":"PENDING_CLOSURE""#,
            r#""State":"NEW_TO_US""#,
            r#""Name":"says nothing""#,
        ]
        .iter()
        .map(|fields| format!(r#"{{"Id":"111111111111",{fields}}}"#))
        .collect();
        let page = format!(r#"{{"Accounts":[{}]}}"#, accounts.join(","));
        let cloud = Fake::default().answer("ListAccounts", 200, page);
        let members = list(&cloud, stop()).await.unwrap();
        let states: Vec<&str> = members.iter().map(|member| member.state.word()).collect();
        assert_eq!(
            states,
            [
                "active",
                "suspended",
                "pending closure",
                "closed",
                "pending activation",
                "active",
                "suspended",
                "pending closure",
                "active",
                "active"
            ]
        );
    }

    #[tokio::test]
    async fn a_list_that_is_not_whole_is_an_error() {
        let page = r#"{"Accounts":[{"Id":"111111111111"}],"NextToken":"again"}"#;
        let cloud = Fake::default().answer("ListAccounts", 200, page);
        let gap = list(&cloud, stop()).await.unwrap_err();
        assert_eq!(gap.reason, Reason::Malformed);
        let cloud = Fake::default().answer("ListAccounts", 200, r#"{"Accounts":[{"Name":"x"}]}"#);
        let gap = list(&cloud, stop()).await.unwrap_err();
        assert_eq!(gap.reason, Reason::Malformed);
    }
}
