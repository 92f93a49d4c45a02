//! Answers and errors in the form of the services.

use http::{Response, StatusCode, header};
use serde_json::{Value, json};

/// What a request is answered with.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// Sent in place of the body.
    pub(crate) raw: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Reply {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, body, raw: None, headers: Vec::new() }
    }

    /// An error in the form that
    /// [Resource Manager](https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md#error-response-content)
    /// and Microsoft Graph share.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            body: json!({ "error": { "code": code, "message": message } }),
            raw: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    pub(crate) fn into_response(self, request_id: u64) -> Response<Vec<u8>> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header("x-ms-request-id", format!("00000000-0000-4000-9000-{request_id:012}"));
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let body = self.raw.unwrap_or_else(|| self.body.to_string());
        response.body(body.into_bytes()).unwrap_or_default()
    }
}

/// One page of a list, and where it ends: the items from `start` on, no more than `size`.
pub(crate) fn page(items: Vec<Value>, start: usize, size: usize) -> (Vec<Value>, Option<usize>) {
    let end = (start + size.max(1)).min(items.len());
    let more = (end < items.len()).then_some(end);
    (items.into_iter().skip(start).take(size.max(1)).collect(), more)
}
