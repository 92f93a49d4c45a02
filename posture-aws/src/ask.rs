//! A single call to AWS: paced, limited, stoppable; a response or the reason why there is none.

use std::future::Future;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use posture_collect::breaker::{Breaker, Unanswered, Way};
pub(crate) use posture_collect::gaps::CallError;
use posture_collect::gaps::Gaps;
use posture_collect::pace::{Pace, Rate};
use posture_collect::pages::{Endless, Trail};
use posture_collect::stop::Stop;
use posture_collect::text::{MOST, clip};
use posture_model::gap::{Gap, Reason};
use posture_model::memory::{Full, Pool};
use posture_model::redact::redact;
use tokio::sync::{Semaphore, watch};

use crate::guard::weighed;
use crate::trouble::{is_about_credentials, is_unconnected, reason};
use crate::wire::{Answer, Client, Operation, Shape};

/// The client of one account. Gaps are recorded through it.
#[derive(Debug)]
pub(crate) struct ApiClient {
    gaps: Gaps,
    permits: Semaphore,
    /// By what AWS counts together in a region.
    pace: Pace<(&'static str, String)>,
    /// What cannot be reached.
    breaker: Breaker,
    /// Where the memory for lists of several pages comes from.
    lists: Arc<Pool>,
    stop: Stop,
}

impl Deref for ApiClient {
    type Target = Gaps;

    fn deref(&self) -> &Gaps {
        &self.gaps
    }
}

impl ApiClient {
    pub(crate) fn new(
        concurrency: usize,
        max_rate: Option<NonZeroU32>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            gaps: Gaps::default(),
            permits: Semaphore::new(concurrency.max(1)),
            pace: Pace::new(max_rate),
            breaker: Breaker::default(),
            lists: Pool::lists(),
            stop: stop.into(),
        }
    }

    /// The same with so much memory for lists.
    #[cfg(test)]
    pub(crate) fn with_lists(self, lists: &Arc<Pool>) -> Self {
        Self { lists: Arc::clone(lists), ..self }
    }

    /// Calls as fast as responses come, unless the caller set a rate.
    pub(crate) fn unpaced(self) -> Self {
        Self { pace: self.pace.unpaced(), ..self }
    }

    /// Every gap noted, in the order of their numbers.
    pub(crate) fn into_gaps(self) -> Vec<Gap> {
        self.gaps.into_list()
    }

    /// Calls once: waits for its turn, then for the response. `target` is the native ID of the requested resource, or
    /// empty.
    pub(crate) fn ask<T, E: ProvideErrorMetadata + std::error::Error + 'static>(
        &self,
        action: &'static str,
        target: &str,
        region: &str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> impl Future<Output = Result<T, CallError>> {
        // The SDK's futures are so large that a few dozen of them in one another fill a thread's stack.
        let call = Box::pin(call);
        async move {
            let refuse = |reason| {
                let mut gap = Gap::new(action, target, reason);
                gap.region = Some(region.to_owned()).filter(|region| !region.is_empty());
                CallError::unanswered(gap)
            };
            let service = action.split_once(':').map_or(action, |(service, _)| service);
            let way = Way { service, place: region };
            let given_up = |(reason, detail)| {
                let mut refused = refuse(reason);
                refused.gap.detail = Some(clip(detail));
                refused
            };
            let turn = async {
                if let Some(why) = self.breaker.given_up(way, action) {
                    return Err(given_up(why));
                }
                let class = rate_class(action);
                self.pace.turn((class.name, region.to_owned()), |_| class.rate).await;
                let permit = self.permits.acquire().await;
                // Those that were asked meanwhile may have shown it.
                if let Some(why) = self.breaker.given_up(way, action) {
                    return Err(given_up(why));
                }
                let answer = call.await;
                drop(permit);
                Ok(answer)
            };
            let Some(answer) = self.stop.or(turn).await else {
                return Err(refuse(Reason::Canceled));
            };
            let answer = answer?;
            match &answer {
                Err(error @ (SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)))
                    if matches!(reason(error), Reason::Unreachable | Reason::TimedOut)
                        && !is_about_credentials(error) =>
                {
                    let how = Unanswered {
                        reason: reason(error),
                        unconnected: is_unconnected(error),
                        detail: detail(error),
                    };
                    self.breaker.unanswered(way, action, &how, Instant::now());
                }
                // Nothing was sent.
                Err(SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_)) => {}
                _ => self.breaker.answered(way, action),
            }
            answer.map_err(|error| {
                let mut refused = refuse(reason(&error));
                refused.status = error.raw_response().map_or(0, |raw| raw.status().as_u16());
                refused.gap.code = error.code().map(str::to_owned);
                refused.gap.request_id = request_id(&error);
                refused.gap.detail = detail(&error);
                refused
            })
        }
    }

    /// Calls an operation once; `target` and `region` as in [`Self::ask`].
    pub(crate) fn read<const TAKES: usize, S: Shape>(
        &self,
        client: &Client,
        operation: &'static Operation<TAKES, S>,
        target: &str,
        region: &str,
        takes: [&str; TAKES],
    ) -> impl Future<Output = Result<Answer<S>, CallError>> {
        self.ask(operation.spec.action, target, region, client.call(operation, takes))
    }

    /// Calls an operation for every page. The pages before an error are kept, beside the error.
    pub(crate) async fn list<const TAKES: usize, S: Shape>(
        &self,
        client: &Client,
        operation: &'static Operation<TAKES, S>,
        region: &str,
        takes: [&str; TAKES],
    ) -> (Vec<Answer<S>>, Option<CallError>) {
        let action = operation.spec.action;
        let page = |token: Option<String>| client.page(operation, takes, token.as_deref());
        let Some(pages) = operation.spec.pages else {
            return self.pages(action, region, page, |_| None).await;
        };
        if pages.more.is_none() {
            return self.pages(action, region, page, |page| page.next(pages)).await;
        }
        self.cut_pages(action, region, page, |page| {
            (page.more(pages) == Some(true), page.next(pages))
        })
        .await
    }

    /// Waits; false where the audit was stopped before the time was over.
    pub(crate) async fn pause(&self, time: Duration) -> bool {
        self.stop.pause(time).await
    }

    /// Calls for every page. The pages before an error are kept, beside the error.
    pub(crate) async fn pages<T, E, F>(
        &self,
        action: &'static str,
        region: &str,
        mut page: impl FnMut(Option<String>) -> F,
        token: impl Fn(&T) -> Option<&str>,
    ) -> (Vec<T>, Option<CallError>)
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut pages: Vec<T> = Vec::new();
        let mut next: Option<String> = None;
        let mut trail = Trail::default();
        let mut kept = self.lists.share();
        let endless = |detail: &str| Some(CallError::malformed(action, region, detail));
        loop {
            let (answer, weight) = weighed(self.ask(action, "", region, page(next.clone()))).await;
            match answer {
                Ok(answer) => {
                    if kept.grow(weight).await.is_err() {
                        let mut gap = Gap::new(action, "", Reason::Incomplete);
                        gap.region = Some(region.to_owned()).filter(|region| !region.is_empty());
                        gap.detail = Some(format!("the list is too long: {Full}"));
                        return (pages, Some(CallError::unanswered(gap)));
                    }
                    let following =
                        token(&answer).filter(|token| !token.is_empty()).map(str::to_owned);
                    pages.push(answer);
                    let Some(token) = &following else { return (pages, None) };
                    match trail.follow(token) {
                        Ok(()) => next = following,
                        Err(Endless::Repeats) => {
                            return (pages, endless("the page token is repeated"));
                        }
                        Err(Endless::TooLong) => return (pages, endless("the list does not end")),
                    }
                }
                Err(refused) => return (pages, Some(refused)),
            }
        }
    }

    /// The same for services that report whether a page was the last: they
    /// [may return fewer items than requested](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html)
    /// although there are more. `place` returns whether the list was truncated at a page, and where it continues.
    pub(crate) async fn cut_pages<T, E, F>(
        &self,
        action: &'static str,
        region: &str,
        page: impl FnMut(Option<String>) -> F,
        place: impl Fn(&T) -> (bool, Option<&str>),
    ) -> (Vec<T>, Option<CallError>)
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let (pages, refused) = self
            .pages(action, region, page, |page| match place(page) {
                (true, marker) => marker,
                (false, _) => None,
            })
            .await;
        let lost = || {
            let (cut, marker) = pages.last().map(&place)?;
            (cut && marker.is_none_or(str::is_empty)).then(|| {
                let what = "the list is truncated without a continuation token";
                CallError::malformed(action, region, what)
            })
        };
        let refused = refused.or_else(lost);
        (pages, refused)
    }
}

/// Calls that AWS counts together.
struct RateClass {
    name: &'static str,
    rate: Rate,
}

/// How many calls a second we allow ourselves: below the
/// [published limits](https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html), as a production
/// account lives off the same quota.
fn rate_class(action: &'static str) -> RateClass {
    let class = |name, n| RateClass { name, rate: Rate::per_second(n) };
    match action.split_once(':') {
        // 10 a second for all Get, Describe and List calls together.
        Some(("cloudtrail", _)) => class("cloudtrail", 8),
        Some(("iam", _)) => class("iam", 15),
        Some(("s3", _)) => class("s3", 400),
        Some(("kms", _)) => class("kms", 50),
        // 5 a second.
        Some(("logs", "DescribeMetricFilters")) => class("logs:DescribeMetricFilters", 4),
        Some(("logs", _)) => class("logs", 8),
        Some(("cloudwatch", _)) => class("cloudwatch", 8),
        Some(("sns", _)) => class("sns", 20),
        // The bucket of unfiltered describing calls fills by 20 a second.
        Some(("ec2", _)) => class("ec2", 15),
        Some(("organizations", _)) => class("organizations", 2),
        Some(("account", _)) => class("account", 5),
        Some((service, _)) => class(service, 10),
        None => class("", 10),
    }
}

fn request_id<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let headers = error.raw_response()?.headers();
    ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"]
        .iter()
        .find_map(|name| headers.get(*name))
        .map(|id| clip(id.to_owned()))
}

/// The provider's words, or for an error without any the chain of its causes.
fn detail<E: ProvideErrorMetadata + std::error::Error + 'static>(
    error: &SdkError<E, HttpResponse>,
) -> Option<String> {
    if let Some(message) = error.message() {
        return Some(redact(message, MOST)).filter(|text| !text.is_empty());
    }
    let mut words: Vec<String> = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = cause.filter(|_| words.len() < 6) {
        let text = error.to_string();
        if words.last() != Some(&text) {
            words.push(text);
        }
        cause = error.source();
    }
    Some(redact(&words.join(": "), MOST)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use posture_collect::pages::MAX_PAGES;

    use super::*;

    #[tokio::test]
    async fn a_list_takes_no_more_memory_than_there_is() {
        use crate::fake::{Fake, asker};
        let page = |name: &str| {
            let item = format!(
                "<member><Path>/</Path><ServerCertificateName>{name}</ServerCertificateName>\
                 <ServerCertificateId>ASCA</ServerCertificateId><Arn>arn:aws:iam::1:server-certificate/{name}</Arn></member>"
            );
            format!(
                "<ServerCertificateMetadataList>{}</ServerCertificateMetadataList>\
                 <IsTruncated>true</IsTruncated><Marker>after-{name}</Marker>",
                item.repeat(10)
            )
        };
        let read = async |lists: &Arc<Pool>| {
            let mut cloud = Fake::default();
            for name in ["a", "b", "c"] {
                cloud = cloud.xml("ListServerCertificates", &page(name));
            }
            let cloud = cloud.xml(
                "ListServerCertificates",
                "<ServerCertificateMetadataList/><IsTruncated>false</IsTruncated>",
            );
            let (meter, ask) =
                (crate::meter::Meter::default(), asker().unpaced().with_lists(lists));
            let client = cloud.session().iam("us-east-1", &meter);
            ask.pages(
                "iam:ListServerCertificates",
                "",
                |marker| client.list_server_certificates().set_marker(marker).send(),
                |page| page.marker().filter(|_| page.is_truncated()),
            )
            .await
        };
        let (pages, refused) = read(&Pool::new(1 << 20)).await;
        assert_eq!((pages.len(), refused.is_none()), (4, true));
        // What came before is kept, and the list is not complete.
        let lists = Pool::new(35_000);
        let (pages, refused) = read(&lists).await;
        assert_eq!(pages.len(), 2);
        let gap = refused.unwrap().into_gap();
        assert_eq!(gap.reason, Reason::Incomplete);
        assert!(gap.detail.unwrap().contains("memory limit"));
        assert_eq!(lists.used(), 0);
    }

    #[tokio::test]
    async fn a_list_that_always_has_another_page_ends() {
        use aws_sdk_iam::operation::get_account_summary::GetAccountSummaryError;
        let (_go, stop) = watch::channel(false);
        let ask = ApiClient::new(1, None, stop).unpaced();
        let mut number = 0_usize;
        let (pages, refused) = ask
            .pages(
                "iam:ListServerCertificates",
                "",
                |_| {
                    number += 1;
                    let page = number.to_string();
                    async move { Ok::<_, SdkError<GetAccountSummaryError, HttpResponse>>(page) }
                },
                |page: &String| Some(page.as_str()),
            )
            .await;
        assert_eq!(pages.len(), MAX_PAGES);
        let gap = refused.unwrap().into_gap();
        assert_eq!(gap.reason, Reason::Malformed);
        assert_eq!(gap.detail.as_deref(), Some("the list does not end"));
    }

    #[tokio::test]
    async fn a_region_that_does_not_answer_is_given_up_early() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        use aws_sdk_iam::operation::get_account_summary::GetAccountSummaryError;
        use aws_smithy_runtime_api::client::dns::ResolveDnsError;
        use aws_smithy_runtime_api::client::result::ConnectorError;
        type Answer = Result<(), SdkError<GetAccountSummaryError, HttpResponse>>;
        let (_go, stop) = watch::channel(false);
        let ask = ApiClient::new(4, None, stop).unpaced();
        let ask = ApiClient { breaker: Breaker::impatient(), ..ask };
        let asked = AtomicUsize::new(0);
        let call = |error: ConnectorError| {
            let asked = &asked;
            async move {
                asked.fetch_add(1, Ordering::Relaxed);
                // Others have their turn meanwhile, as with a network.
                tokio::task::yield_now().await;
                Answer::Err(SdkError::dispatch_failure(error))
            }
        };
        let unconnected = || ConnectorError::io(ResolveDnsError::new("no such host").into());
        let broken =
            || ConnectorError::io(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
        for (region, is_unconnected, at_once) in
            [("eu-west-1", true, "s3:GetBucketAcl"), ("eu-west-2", false, "s3:GetBucketPolicy")]
        {
            let call = || call(if is_unconnected { unconnected() } else { broken() });
            let before = asked.load(Ordering::Relaxed);
            let answers = (0..400).map(|_| ask.ask("s3:GetBucketPolicy", "", region, call()));
            let answers = futures::future::join_all(answers).await;
            let calls = asked.load(Ordering::Relaxed) - before;
            assert!(calls <= 24, "{region}: {calls}");
            assert_eq!(answers.len(), 400);
            for answer in answers {
                assert_eq!(answer.unwrap_err().into_gap().reason, Reason::Unreachable);
            }
            let before = asked.load(Ordering::Relaxed);
            let _ = ask.ask(at_once, "", region, call()).await;
            assert_eq!(asked.load(Ordering::Relaxed), before, "{region}");
            // Others are asked.
            let _ = ask.ask("kms:ListKeys", "", region, call()).await;
            let _ = ask.ask("s3:GetBucketPolicy", "", "eu-west-3", call()).await;
            assert_eq!(asked.load(Ordering::Relaxed), before + 2);
        }
    }
}
