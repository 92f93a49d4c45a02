//! What stands between everything that is sent and the network: no signed request leaves for a foreign address, no answer is
//! without measure, and what answers say of the time is noted.
//!
//! It lies below the SDK's clients, so that what credential providers send passes it as well, which no interceptor sees.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;
use posture_core::skew::Skew;

use crate::meter::{address_allowed, host_of};

/// The most bytes of one answer.
const MOST_BYTES: usize = 64 << 20;

/// Guards what is sent with one login, and with the roles that are taken on with it.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    /// Hosts beyond AWS's own that signed requests may go to.
    allowed: Arc<[String]>,
    skew: Arc<Skew>,
    /// The host that was asked last, as long as it has not answered.
    failed: Arc<Mutex<Option<String>>>,
}

impl Guard {
    pub(crate) fn new(allowed: &[String]) -> Self {
        Self { allowed: allowed.into(), skew: Arc::default(), failed: Arc::default() }
    }

    pub(crate) fn allowed_hosts(&self) -> Arc<[String]> {
        Arc::clone(&self.allowed)
    }

    /// The host that was asked last without an answer: errors of connections do not name it.
    pub(crate) fn failed_host(&self) -> Option<String> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the provider's services said of the time.
    pub(crate) fn skew(&self) -> &Skew {
        &self.skew
    }

    /// A client that sends by another, guarded.
    pub(crate) fn client(&self, inner: &SharedHttpClient) -> SharedHttpClient {
        let (guard, inner) = (self.clone(), inner.clone());
        http_client_fn(move |settings, components| {
            let inner = inner.http_connector(settings, components);
            SharedHttpConnector::new(Guarded { guard: guard.clone(), inner })
        })
    }
}

#[derive(Debug)]
struct Guarded {
    guard: Guard,
    inner: SharedHttpConnector,
}

impl HttpConnector for Guarded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if is_secret(&request)
            && let Err(why) = address_allowed(request.uri(), &self.guard.allowed)
        {
            return HttpConnectorFuture::ready(Err(ConnectorError::user(why.into())));
        }
        let asked = Arc::clone(&self.guard.failed);
        let note = move |host| *asked.lock().unwrap_or_else(PoisonError::into_inner) = host;
        // Noted before, as whoever waits may give up.
        note(Some(host_of(request.uri())));
        let (answer, skew) = (self.inner.call(request), Arc::clone(&self.guard.skew));
        HttpConnectorFuture::new(async move {
            let mut answer = answer.await?;
            note(None);
            if let Some(date) = answer.headers().get("date") {
                skew.note(date, jiff::Timestamp::now().into());
            }
            let body = Limited::new(answer.take_body(), MOST_BYTES);
            *answer.body_mut() = SdkBody::from_body_1_x(body);
            Ok(answer)
        })
    }
}

/// Whether a request carries something that nobody else may have: a signature, a token of single sign-on, a token for which
/// a role is given. What asks the machine for its own credentials does not.
fn is_secret(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key("authorization")
        || headers.contains_key("x-amz-sso_bearer_token")
        || request.body().bytes().is_some_and(|body| body.starts_with(b"Action=AssumeRole"))
}

#[cfg(test)]
mod tests {
    use posture_core::gap::Reason;

    use super::*;
    use crate::fake::{Fake, asker};
    use crate::meter::Meter;

    #[tokio::test]
    async fn an_answer_without_measure_is_refused() {
        let cloud = Fake::default().answer("GetAccountSummary", 200, " ".repeat(MOST_BYTES + 1));
        let (meter, ask) = (Meter::default(), asker());
        let client = cloud.session().iam("us-east-1", &meter);
        let call = client.get_account_summary().send();
        let answer = ask.ask("iam:GetAccountSummary", "", "", call).await;
        let gap = answer.map(|_| ()).unwrap_err().into_gap();
        assert_eq!(gap.reason, Reason::Malformed);
        // It was the length and not the content.
        assert!(gap.detail.as_deref().unwrap_or_default().contains("length limit"), "{gap:?}");
    }
}
