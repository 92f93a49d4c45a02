//! Answers and errors in the forms of the server.
//!
//! Messages are those of the
//! [API machinery](https://github.com/kubernetes/apimachinery/blob/master/pkg/api/errors/errors.go) and the
//! [API server](https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/handlers/responsewriters/errors.go), read on
//! 2026-11-30.

use http::{Response, StatusCode, header};
use serde_json::{Value, json};

/// What a request is answered with.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    content_type: String,
    retry_after: Option<u64>,
}

const JSON: &str = "application/json";

impl Reply {
    pub(crate) fn json(body: String) -> Self {
        Self { status: 200, body, content_type: JSON.to_owned(), retry_after: None }
    }

    /// A document in a form that the client asked for.
    pub(crate) fn typed(body: &Value, content_type: &str) -> Self {
        Self { content_type: content_type.to_owned(), ..Self::json(body.to_string()) }
    }

    /// What other parts than the API machinery answer: a line of text.
    pub(crate) fn text(status: u16, text: &str) -> Self {
        let content_type = "text/plain; charset=utf-8".to_owned();
        Self { status, body: format!("{text}\n"), content_type, retry_after: None }
    }

    /// A failure, as an object of the kind `Status`.
    pub(crate) fn failure(status: u16, reason: &str, message: &str, details: Value) -> Self {
        Self::failure_at(status, reason, message, details, json!({}))
    }

    fn failure_at(
        status: u16,
        reason: &str,
        message: &str,
        details: Value,
        metadata: Value,
    ) -> Self {
        let mut body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure",
            "message": message, "reason": reason, "code": status,
        });
        if let (Some(body), false) = (body.as_object_mut(), details.is_null()) {
            body.insert("details".to_owned(), details);
        }
        Self { status, ..Self::json(body.to_string()) }
    }

    /// The token is missing or not known.
    pub(crate) fn unauthorized() -> Self {
        Self::failure(401, "Unauthorized", "Unauthorized", Value::Null)
    }

    /// A resource or a path that the caller may not reach; `why` is that of the authorizer, where it gives a reason.
    pub(crate) fn forbidden(target: &Target<'_>, user: &str, verb: &str, why: &str) -> Self {
        let mut message = target.forbidden(user, verb);
        if !why.is_empty() {
            message.push_str(": ");
            message.push_str(why);
        }
        Self::failure(403, "Forbidden", &message, target.details())
    }

    pub(crate) fn bad_request(message: &str) -> Self {
        Self::failure(400, "BadRequest", message, Value::Null)
    }

    /// The server has the resource and no object of that name.
    pub(crate) fn no_object(target: &Target<'_>) -> Self {
        let Target::Resource { name, .. } = target else { return Self::no_page() };
        let message = format!("{} {name:?} not found", target.qualified());
        Self::failure(404, "NotFound", &message, target.details())
    }

    /// The server serves the group, and has no such version or resource of it.
    ///
    /// [Source](https://github.com/kubernetes/apiserver/blob/master/pkg/server/handler.go), read on 2026-12-01.
    pub(crate) fn no_resource() -> Self {
        let message = "the server could not find the requested resource";
        Self::failure(404, "NotFound", message, json!({}))
    }

    /// The server has no such path: the group is not served.
    ///
    /// [Source](https://github.com/kubernetes/apiserver/blob/master/pkg/util/notfoundhandler/not_found_handler.go), read on 2026-11-30.
    pub(crate) fn no_page() -> Self {
        Self::text(404, "404 page not found")
    }

    pub(crate) fn not_allowed(target: &Target<'_>, verb: &str) -> Self {
        let message =
            format!("{verb} is not supported on resources of kind {:?}", target.qualified());
        Self::failure(405, "MethodNotAllowed", &message, target.details())
    }

    pub(crate) fn not_acceptable() -> Self {
        let message = "only the following media types are accepted: application/json";
        Self::failure(406, "NotAcceptable", message, Value::Null)
    }

    /// A list cannot be continued as it was; the token continues it as it is now.
    ///
    /// [Source](https://github.com/kubernetes/apiserver/blob/master/pkg/storage/etcd3/errors.go), read on 2026-11-30.
    pub(crate) fn expired(token: &str) -> Self {
        let message = "The provided continue parameter is too old to display a consistent list result. You can start a new list \
            without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. \
            Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted \
            between the time the first chunk was returned and now may show up in the list.";
        Self::failure_at(410, "Expired", message, Value::Null, json!({ "continue": token }))
    }

    /// More requests than the server answers at once.
    ///
    /// [Source](https://github.com/kubernetes/apiserver/blob/master/pkg/server/filters/maxinflight.go), read on 2026-11-30.
    pub(crate) fn too_many(retry_after: Option<u64>) -> Self {
        let reply = Self::text(429, "Too many requests, please try again later.");
        Self { retry_after, ..reply }
    }

    /// The server behind an aggregated API does not answer.
    ///
    /// [Source](https://github.com/kubernetes/kube-aggregator/blob/master/pkg/apiserver/handler_proxy.go), read on 2026-11-30.
    pub(crate) fn unavailable() -> Self {
        Self::text(503, "service unavailable")
    }

    pub(crate) fn internal(why: &str) -> Self {
        let message = format!("Internal error occurred: {why}");
        Self::failure(500, "InternalError", &message, json!({ "causes": [{ "message": why }] }))
    }

    /// The same with another body.
    pub(crate) fn with_body(self, body: &str) -> Self {
        Self { body: body.to_owned(), ..self }
    }

    pub(crate) fn into_response(self) -> Response<Vec<u8>> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, self.content_type)
            .header(header::CACHE_CONTROL, "no-cache, private");
        if status != StatusCode::OK {
            response = response.header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        }
        if let Some(seconds) = self.retry_after {
            response = response.header(header::RETRY_AFTER, seconds);
        }
        response.body(self.body.into_bytes()).unwrap_or_default()
    }
}

/// What a request is about, as messages name it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    Resource {
        group: &'a str,
        resource: &'a str,
        subresource: &'a str,
        namespace: &'a str,
        name: &'a str,
    },
    /// A path that is not of a resource.
    Path(&'a str),
}

impl Target<'_> {
    /// `deployments.apps`.
    fn qualified(&self) -> String {
        match self {
            Self::Path(_) => String::new(),
            Self::Resource { group: "", resource, .. } => (*resource).to_owned(),
            Self::Resource { group, resource, .. } => format!("{resource}.{group}"),
        }
    }

    fn details(&self) -> Value {
        let Self::Resource { group, resource, name, .. } = self else { return json!({}) };
        let all = [("name", name), ("group", group), ("kind", resource)];
        let all = all.into_iter().filter(|(_, text)| !text.is_empty());
        Value::Object(all.map(|(key, text)| (key.to_owned(), json!(text))).collect())
    }

    fn forbidden(&self, user: &str, verb: &str) -> String {
        let Self::Resource { group, resource, subresource, namespace, name } = self else {
            let Self::Path(path) = self else { return String::new() };
            return format!("forbidden: User {} cannot {verb} path {}", quoted(user), quoted(path));
        };
        let named = if name.is_empty() { String::new() } else { format!(" {name:?}") };
        let inner = match *subresource {
            "" => (*resource).to_owned(),
            subresource => format!("{resource}/{subresource}"),
        };
        let place = match *namespace {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace {}", quoted(namespace)),
        };
        format!(
            "{}{named} is forbidden: User {} cannot {verb} resource {} in API group {} {place}",
            self.qualified(),
            quoted(user),
            quoted(&inner),
            quoted(group)
        )
    }
}

/// In quotes, and without what looks like HTML, as the server writes it.
fn quoted(text: &str) -> String {
    let quoted = format!("{text:?}");
    quoted.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
