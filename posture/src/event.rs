//! What happens during an audit.

use std::sync::Arc;

use posture_core::judge::Findings;
use posture_core::provider::Provider;
use posture_core::record::RecordedFinding;
use posture_core::scope::Scope;
use posture_core::unread;
use posture_core::wanted::Wanted;

use crate::Observer;

/// What happens during an audit.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Something that a reader of the result should know: which credentials were chosen, or what was left out and why.
    Note {
        /// A sentence.
        text: String,
    },
    /// So many accounts of AWS, or subscriptions of Azure, will be read; those of several targets add up.
    Found {
        /// The cloud.
        provider: Provider,
        /// How many.
        accounts: usize,
    },
    /// Reading of a service in an account or subscription began; the region is empty for a global one.
    Started {
        /// The cloud.
        provider: Provider,
        /// The account or subscription; empty for what belongs to a tenant of Azure.
        account: String,
        /// The service.
        service: &'static str,
        /// The region.
        region: String,
    },
    /// Reading of a service ended.
    Finished {
        /// The cloud.
        provider: Provider,
        /// The account or subscription.
        account: String,
        /// The service.
        service: &'static str,
        /// The region.
        region: String,
    },
    /// One of the accounts or subscriptions that were found was read, or could not be.
    Done {
        /// The cloud.
        provider: Provider,
        /// The account or subscription.
        account: String,
    },
    /// A call was made. Further attempts at it do not count.
    Called {
        /// The cloud.
        provider: Provider,
    },
    /// The cloud answered an attempt at a call by asking for fewer.
    Throttled {
        /// The cloud.
        provider: Provider,
    },
    /// An account, subscription or tenant was judged.
    Judged {
        /// The cloud.
        provider: Provider,
        /// The account, subscription or tenant.
        account: String,
        /// What became of each control on each of its resources.
        findings: Vec<RecordedFinding<'static>>,
    },
    /// All is done. This is the last event of a [stream](crate::Audit::stream), and comes nowhere else.
    Audited(Arc<Findings<'static>>),
}

impl Event {
    /// Emits the event to the log collector of this process, under the names of
    /// [OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/resource/cloud/), and to the observer.
    pub(crate) fn tell(self, observer: Option<&Observer>) {
        match &self {
            Self::Note { text } => tracing::warn!("{text}"),
            Self::Found { provider, accounts } => {
                tracing::debug!(cloud.provider = provider.id(), accounts, "accounts found");
            }
            Self::Started { provider, account, service, region }
            | Self::Finished { provider, account, service, region } => {
                let begins = matches!(self, Self::Started { .. });
                tracing::debug!(
                    cloud.provider = provider.id(),
                    cloud.account.id = account,
                    cloud.region = region,
                    service,
                    "service {}",
                    if begins { "begins" } else { "ends" }
                );
            }
            Self::Done { .. }
            | Self::Called { .. }
            | Self::Throttled { .. }
            | Self::Judged { .. }
            | Self::Audited(_) => {}
        }
        if let Some(observer) = observer {
            observer(self);
        }
    }
}

/// Emits to the log collector of this process that an account was read.
pub(crate) fn read(scope: &Scope, wanted: &Wanted) {
    let calls: u64 = scope.calls.values().map(|calls| calls.operations).sum();
    let throttled: u64 = scope.calls.values().map(|calls| calls.throttled).sum();
    tracing::info!(
        cloud.provider = scope.provider.id(),
        cloud.account.id = scope.id,
        calls,
        throttled,
        unread = unread::by_cause(&unread::unread(scope, wanted)).len(),
        "account read"
    );
}

/// Passes on what happens while a provider is read.
pub(crate) fn passed_on(
    provider: Provider,
    observer: Option<&Observer>,
) -> posture_collect::Observer {
    use posture_collect::Event as Read;

    let observer = observer.cloned();
    Arc::new(move |event| {
        let event = match event {
            Read::Found { accounts } => Event::Found { provider, accounts },
            Read::Started { account, service, region } => {
                Event::Started { provider, account, service, region }
            }
            Read::Finished { account, service, region } => {
                Event::Finished { provider, account, service, region }
            }
            Read::Done { account } => Event::Done { provider, account },
            Read::Called => Event::Called { provider },
            Read::Throttled => Event::Throttled { provider },
            _ => return,
        };
        event.tell(observer.as_ref());
    })
}
