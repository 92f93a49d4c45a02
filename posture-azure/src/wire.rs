//! What requests travel over: one client for everything, bounded in time and size.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName, HeaderValue};
use azure_core::http::{AsyncRawResponse, HttpClient, Request, Transport, Url};
use futures::StreamExt;

/// The most bytes of one answer.
const MOST_BYTES: usize = 64 << 20;

/// The client of everything that is sent, with one pool of connections.
#[derive(Debug)]
pub(crate) struct Wire {
    client: reqwest::Client,
    /// Where bytes go instead: a simulator on loopback.
    simulator: Option<Url>,
}

impl Wire {
    /// `timeout` is how long one attempt may take.
    pub(crate) fn new(timeout: Duration, simulator: Option<Url>) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .https_only(simulator.is_none())
            .build()?;
        Ok(Self { client, simulator })
    }

    pub(crate) fn transport(self) -> Transport {
        Transport::new(Arc::new(self))
    }
}

#[async_trait]
impl HttpClient for Wire {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let answer = match &self.simulator {
            None => self.client.execute_request(request).await?,
            Some(simulator) => {
                // The policies before saw the real address, and refuse to send a token anywhere else.
                let mut request = request.clone();
                let mut url = simulator.clone();
                url.set_path(request.url().path());
                url.set_query(request.url().query());
                let host = request.url().host_str().unwrap_or_default().to_owned();
                let name = HeaderName::from_static("x-forwarded-host");
                request.insert_header(name, HeaderValue::from(host));
                *request.url_mut() = url;
                self.client.execute_request(&request).await?
            }
        };
        let (status, headers, mut body) = answer.deconstruct();
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk?);
            if bytes.len() > MOST_BYTES {
                let what = format!("the answer is larger than {MOST_BYTES} bytes");
                return Err(Error::with_message(ErrorKind::DataConversion, what));
            }
        }
        Ok(AsyncRawResponse::from_bytes(status, headers, bytes))
    }
}
