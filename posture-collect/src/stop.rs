//! Stopping an audit: what was not read by then is a gap.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

/// Whether an audit is to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl From<watch::Receiver<bool>> for Stop {
    fn from(stop: watch::Receiver<bool>) -> Self {
        Self(stop)
    }
}

impl Stop {
    /// Waits until the audit is stopped; forever if nothing is left that could stop it.
    pub async fn stopped(&self) {
        let mut stop = self.0.clone();
        if stop.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Does some work, unless the audit is stopped first.
    pub async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.stopped() => None,
            result = work => Some(result),
        }
    }

    /// Waits; false where the audit was stopped before the time was over.
    pub async fn pause(&self, time: Duration) -> bool {
        self.or(tokio::time::sleep(time)).await.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_ends_when_the_audit_is_stopped() {
        let (sender, stop) = watch::channel(false);
        let stop = Stop::from(stop);
        assert_eq!(stop.or(async { 1 }).await, Some(1));
        assert!(stop.pause(Duration::from_secs(60)).await);
        sender.send(true).unwrap();
        assert_eq!(stop.or(std::future::pending::<()>()).await, None);
        assert!(!stop.pause(Duration::from_secs(60)).await);
        // What is stopped does nothing more, however fast it would be.
        assert_eq!(stop.or(async { 1 }).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_way_to_stop_it_work_continues() {
        let (sender, stop) = watch::channel(false);
        drop(sender);
        assert!(Stop::from(stop).pause(Duration::from_secs(60)).await);
    }
}
