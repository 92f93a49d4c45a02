//! What happens while a cloud is read.

use std::future::Future;
use std::sync::Arc;

/// What happens while an account or a tenant is read, for a progress display.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// So many accounts below the requested one will be read.
    Found {
        /// How many.
        accounts: usize,
    },
    /// Reading of a service began.
    Started {
        /// The account or subscription; empty for what belongs to a tenant.
        account: String,
        /// The service.
        service: &'static str,
        /// The region; empty for a global service.
        region: String,
    },
    /// Reading of a service ended.
    Finished {
        /// The account or subscription; empty for what belongs to a tenant.
        account: String,
        /// The service.
        service: &'static str,
        /// The region; empty for a global service.
        region: String,
    },
    /// One of the accounts that were found is done.
    Done {
        /// The account.
        account: String,
    },
    /// A call was made. Further attempts at it do not count.
    Called,
    /// The provider answered an attempt by asking for fewer.
    Throttled,
}

/// Who learns what happens.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// Runs a collector between two events.
pub fn observed<T>(
    observer: &Observer,
    account: &str,
    service: &'static str,
    region: &str,
    work: impl Future<Output = T>,
) -> impl Future<Output = T> {
    // Collectors in one another are too large for the stack of a thread.
    let work = Box::pin(work);
    let observer = Arc::clone(observer);
    let (account, region) = (account.to_owned(), region.to_owned());
    async move {
        observer(Event::Started { account: account.clone(), service, region: region.clone() });
        let result = work.await;
        observer(Event::Finished { account, service, region });
        result
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn a_collector_runs_between_two_events() {
        let seen: Arc<Mutex<Vec<Event>>> = Arc::default();
        let observer: Observer = {
            let seen = Arc::clone(&seen);
            Arc::new(move |event| seen.lock().unwrap().push(event))
        };
        let work = observed(&observer, "1", "keys", "eu", async { seen.lock().unwrap().len() });
        assert!(seen.lock().unwrap().is_empty());
        assert_eq!(work.await, 1);
        let (account, service, region) = ("1".to_owned(), "keys", "eu".to_owned());
        let started = Event::Started { account: account.clone(), service, region: region.clone() };
        assert_eq!(*seen.lock().unwrap(), [started, Event::Finished { account, service, region }]);
    }
}
