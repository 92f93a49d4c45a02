//! The accounts of an organisation.

use posture_core::gap::Gap;

use crate::ask::{Asker, Refused};
use crate::session::Session;

/// The action by which accounts are listed.
pub const LIST_ACCOUNTS: &str = "organizations:ListAccounts";

/// An account of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number.
    pub id: String,
    /// The name the organisation gave it.
    pub name: Option<String>,
    /// Whether it can be read: neither suspended nor being closed.
    pub active: bool,
}

/// Lists the accounts of the session's organisation with
/// [ListAccounts](https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html), which only the
/// management account and delegated administrators may call.
///
/// # Errors
/// When the list is refused or ends before its end: an audit of part of an organisation would look like one of all.
pub async fn list(session: &Session) -> Result<Vec<Member>, Gap> {
    let (_keep, stop) = tokio::sync::watch::channel(false);
    let ask = Asker::new(1, None, stop);
    let meter = session.meter();
    let client = session.organizations(session.home_region(), &meter);
    let (pages, refused) = ask
        .pages(
            LIST_ACCOUNTS,
            "",
            |token| client.list_accounts().max_results(20).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    let accounts = || pages.iter().flat_map(|page| page.accounts());
    let nameless = accounts().any(|account| account.id().is_none());
    if let Some(refused) = Refused::or_nameless(refused, nameless, LIST_ACCOUNTS, "") {
        return Err(refused.into_gap());
    }
    Ok(accounts()
        .filter_map(|account| {
            use aws_sdk_organizations::types::AccountState::{Active, PendingClosure, Suspended};
            let closing = matches!(account.state(), Some(Suspended | PendingClosure));
            let active = matches!(account.state(), Some(Active)) || !closing;
            Some(Member {
                id: account.id()?.to_owned(),
                name: account.name().map(str::to_owned),
                active,
            })
        })
        .collect())
}
