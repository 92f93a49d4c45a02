//! Why an audit cannot be made, in the words of the command.

use std::num::NonZeroU32;

use posture::Error;
use posture_aws::collect::CollectError as AwsError;
use posture_aws::session::LoginError as AwsLoginError;
use posture_azure::collect::CollectError as AzureError;
use posture_azure::login::LoginError as AzureLoginError;
use posture_core::gap::Gap;
use posture_core::suggest::nearest;

use crate::args::Collect;
use crate::error::{Failure, did_you_mean};

/// How much is asked at once.
pub(super) fn limits(collect: &Collect) -> posture::Limits {
    posture::Limits {
        concurrency: usize::from(collect.concurrency),
        max_rate: collect.max_rate.and_then(NonZeroU32::new),
        timeout: collect.timeout,
    }
}

/// An error of an audit as one of the command.
pub(super) fn failure(error: Error) -> Failure {
    let what = error.to_string();
    match error {
        Error::Aws(error) => {
            let mut failure = match &error {
                AwsLoginError::UnknownProfile { explicit: true, .. } => Failure::usage(what),
                _ => Failure::tool(what),
            };
            failure = failure.cause(&error);
            if let Some(why) = error.why() {
                failure = failure.cause(why);
            }
            failure.help(error.help())
        }
        Error::Organization(gap) => refused(what, &gap)
            .help("use credentials of the organization's management account or of a delegated administrator"),
        Error::AwsCollect(AwsError::NoSuchRegion { name, known }) => {
            let mut failure =
                Failure::usage(format!("this account has no region `{name}`"));
            if let Some(guess) = did_you_mean(&nearest(&name, known.iter().map(String::as_str))) {
                failure = failure.help(guess);
            }
            failure.help(format!("available: {}", known.join(", ")))
        }
        Error::Azure(error) => {
            let mut failure = Failure::tool(what).cause(&error);
            if let AzureLoginError::Credentials { tried, .. } = &error {
                for attempt in tried {
                    failure = failure.cause(attempt);
                }
            }
            failure.help(error.help())
        }
        Error::AzureCollect(AzureError::NoSuchSubscription { name, known }) => {
            let mut failure = Failure::usage(format!(
                "these credentials cannot see a subscription `{name}`"
            ));
            let names = known.iter().flat_map(|(id, name)| [id.as_str(), name.as_str()]);
            if let Some(guess) = did_you_mean(&nearest(&name, names)) {
                failure = failure.help(guess);
            }
            failure
        }
        Error::AzureCollect(AzureError::Refused(gap)) => {
            refused("cannot list subscriptions".to_owned(), &gap)
                .help("assign the Reader role to the identity on at least one subscription")
        }
        _ => Failure::tool(what),
    }
}

fn refused(what: String, gap: &Gap) -> Failure {
    let detail = gap.detail.as_deref().map_or(String::new(), |detail| format!(": {detail}"));
    Failure::tool(what).cause(format!("{} {}{detail}", gap.action, gap.reason))
}
