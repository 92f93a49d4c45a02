//! The accounts of one run, as far as an account asks about another one.
//!
//! An alarm may notify a topic of another account, which only that account can read. If the run reads that account,
//! the topic is read with its credentials, once for the whole run.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use posture_model::gap::Gap;
use tokio::sync::OnceCell;

use crate::meter::Meter;
use crate::session::Session;

type Opening = Pin<Box<dyn Future<Output = Result<Session, Gap>> + Send>>;
type Open = Arc<dyn Fn() -> Opening + Send + Sync>;
/// An answer that all callers wait for.
type Shared<T> = Arc<OnceCell<T>>;
type Topics = HashMap<String, Shared<Result<bool, Gap>>>;

/// The accounts of a run, each with a way to log in to it.
#[derive(Clone, Default)]
pub struct Peers {
    accounts: BTreeMap<String, (Open, Shared<Result<Session, Gap>>)>,
    topics: Arc<Mutex<Topics>>,
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.accounts.keys()).finish()
    }
}

impl Peers {
    /// Adds an account that the run reads. `open` logs in to it, at most once, when another account asks about it.
    pub fn add<F>(
        &mut self,
        account: impl Into<String>,
        open: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<Session, Gap>> + Send + 'static,
    {
        let open: Open = Arc::new(move || Box::pin(open()));
        self.accounts.insert(account.into(), (open, Shared::default()));
    }

    /// Whether the run reads one account alone.
    pub(crate) fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Whether the run reads an account.
    pub fn has(&self, account: &str) -> bool {
        self.accounts.contains_key(account)
    }

    /// A session in an account of the run, or why there is none; nothing for an account outside of it.
    /// The account that asks first counts how it began.
    pub(crate) async fn session(
        &self,
        account: &str,
        meter: &Meter,
    ) -> Option<Result<Session, Gap>> {
        let (open, session) = self.accounts.get(account)?;
        let begin = || async {
            let session = open().await;
            if let Ok(session) = &session {
                meter.add(session.login_calls());
            }
            session
        };
        Some(session.get_or_init(begin).await.clone())
    }

    /// Whether a topic has a confirmed subscription: found out once for the whole run.
    pub(crate) async fn topic<F>(&self, arn: &str, ask: impl FnOnce() -> F) -> Result<bool, Gap>
    where
        F: Future<Output = Result<bool, Gap>>,
    {
        let answer = {
            let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(topics.entry(arn.to_owned()).or_default())
        };
        answer.get_or_init(ask).await.clone()
    }
}
