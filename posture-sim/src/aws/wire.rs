//! The formats of the protocols.

use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::call::{Call, Protocol};
use crate::time;

/// The response of a service, before its protocol formats it.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    /// Members by name; lists become elements as in the protocol.
    Members(Value),
    /// A document that is there already: of S3, with its root element or, as a policy, in JSON.
    Text(&'static str, String),
}

/// Why a service does not answer.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) retry_after: Option<u64>,
}

impl Failure {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), retry_after: None }
    }
}

/// What a call is answered with.
pub(crate) type Answer = Result<Output, Failure>;

const XML: &str = "text/xml";

/// The number of a request.
pub(crate) fn request_id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// An answer in the form of the call's protocol.
pub(crate) fn respond(call: &Call, answer: Answer, number: u64) -> Response<Vec<u8>> {
    let id = request_id(number);
    match answer {
        Ok(output) => success(call, output, &id),
        Err(failure) => error(call.protocol, call.json_version, &failure, &id),
    }
}

fn success(call: &Call, output: Output, id: &str) -> Response<Vec<u8>> {
    let (kind, body) = match (output, call.protocol) {
        (Output::Text(kind, text), _) => (kind.to_owned(), text.into_bytes()),
        (Output::Members(members), Protocol::Query) => {
            let operation = &call.operation;
            let mut out = format!("<{operation}Response><{operation}Result>");
            xml(&mut out, &members, "member");
            out.push_str(&format!(
                "</{operation}Result><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{operation}Response>"
            ));
            (XML.to_owned(), out.into_bytes())
        }
        (Output::Members(members), Protocol::Ec2) => {
            let operation = &call.operation;
            let mut out = format!("<{operation}Response><requestId>{id}</requestId>");
            xml(&mut out, &members, "item");
            out.push_str(&format!("</{operation}Response>"));
            (XML.to_owned(), out.into_bytes())
        }
        (Output::Members(members), Protocol::S3 | Protocol::S3Control) => {
            let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
            xml(&mut out, &members, "member");
            ("application/xml".to_owned(), out.into_bytes())
        }
        (Output::Members(members), Protocol::Json) => (
            format!("application/x-amz-json-{}", call.json_version),
            time::as_numbers(members).to_string().into_bytes(),
        ),
        (Output::Members(members), Protocol::RestJson) => {
            ("application/json".to_owned(), members.to_string().into_bytes())
        }
        (Output::Members(members), Protocol::Cbor) => {
            ("application/cbor".to_owned(), to_cbor(&members))
        }
    };
    build(call.protocol, 200, &kind, id).body(body).unwrap_or_default()
}

fn build(protocol: Protocol, status: u16, kind: &str, id: &str) -> http::response::Builder {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let answer = Response::builder().status(status).header("content-type", kind);
    match protocol {
        Protocol::S3 | Protocol::S3Control => {
            answer.header("x-amz-request-id", id).header("x-amz-id-2", id)
        }
        Protocol::Cbor => {
            answer.header("smithy-protocol", "rpc-v2-cbor").header("x-amzn-requestid", id)
        }
        _ => answer.header("x-amzn-requestid", id),
    }
}

/// A failure in the form of a protocol.
pub(crate) fn error(
    protocol: Protocol,
    json_version: &str,
    failure: &Failure,
    id: &str,
) -> Response<Vec<u8>> {
    let Failure { status, code, message, .. } = failure;
    let (kind, body) = match protocol {
        Protocol::Query | Protocol::S3Control => {
            let side = if *status < 500 { "Sender" } else { "Receiver" };
            let text = format!(
                "<ErrorResponse><Error><Type>{side}</Type><Code>{}</Code><Message>{}</Message></Error>\
                 <RequestId>{id}</RequestId></ErrorResponse>",
                escape(code),
                escape(message)
            );
            (XML.to_owned(), text.into_bytes())
        }
        Protocol::Ec2 => {
            let text = format!(
                "<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors>\
                 <RequestID>{id}</RequestID></Response>",
                escape(code),
                escape(message)
            );
            (XML.to_owned(), text.into_bytes())
        }
        Protocol::S3 => {
            let text = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>\
                 <RequestId>{id}</RequestId><HostId>{id}</HostId></Error>",
                escape(code),
                escape(message)
            );
            ("application/xml".to_owned(), text.into_bytes())
        }
        Protocol::Json => (
            format!("application/x-amz-json-{json_version}"),
            json!({ "__type": code, "message": message }).to_string().into_bytes(),
        ),
        Protocol::RestJson => (
            "application/json".to_owned(),
            json!({ "__type": code, "message": message }).to_string().into_bytes(),
        ),
        Protocol::Cbor => {
            ("application/cbor".to_owned(), to_cbor(&json!({ "__type": code, "message": message })))
        }
    };
    let mut answer = build(protocol, *status, &kind, id);
    if matches!(protocol, Protocol::RestJson) {
        answer = answer.header("x-amzn-errortype", code);
    }
    if let Some(seconds) = failure.retry_after {
        answer = answer.header("retry-after", seconds);
    }
    answer.body(body).unwrap_or_default()
}

/// Writes the members of a value as elements. An item of a list is an element of the name given, a pair of a map that
/// is marked as one (`{"#map": {…}}`) an `entry`.
pub(crate) fn xml(out: &mut String, value: &Value, item: &str) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            if let Some(Value::Object(map)) = members.get("#map") {
                for (key, value) in map {
                    out.push_str("<entry><key>");
                    out.push_str(&escape(key));
                    out.push_str("</key><value>");
                    xml(out, value, item);
                    out.push_str("</value></entry>");
                }
                return;
            }
            for (name, value) in members {
                element(out, name, value, item);
            }
        }
        Value::Array(items) => {
            for value in items {
                element(out, item, value, item);
            }
        }
        Value::String(text) => out.push_str(&escape(text)),
        other => out.push_str(&other.to_string()),
    }
}

/// Writes an element; none for what is not there.
pub(crate) fn element(out: &mut String, name: &str, value: &Value, item: &str) {
    if value.is_null() {
        return;
    }
    out.push('<');
    out.push_str(name);
    out.push('>');
    xml(out, value, item);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Text in XML. Characters that XML cannot hold are left out, as the services do.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// [CBOR](https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html), in which a time has a tag.
pub(crate) fn to_cbor(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing to memory does not fail.
    let _ = ciborium::into_writer(&cbor(value), &mut out);
    out
}

fn cbor(value: &Value) -> ciborium::Value {
    use ciborium::Value as Cbor;
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(flag) => Cbor::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Cbor::Integer(whole.into()),
            None => Cbor::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => match time::looks_like_a_time(text).then(|| time::seconds(text)) {
            Some(Some(seconds)) => Cbor::Tag(1, Box::new(Cbor::Float(seconds))),
            _ => Cbor::Text(text.clone()),
        },
        Value::Array(all) => Cbor::Array(all.iter().map(cbor).collect()),
        Value::Object(all) => Cbor::Map(
            all.iter().map(|(key, value)| (Cbor::Text(key.clone()), cbor(value))).collect(),
        ),
    }
}

/// The arguments of a request in CBOR.
pub(crate) fn from_cbor(bytes: &[u8]) -> Value {
    ciborium::from_reader(bytes).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_become_elements() {
        let mut out = String::new();
        let value = json!({
            "A": [{ "B": 1 }, { "B": true }], "C": null, "D": "a<b", "E": { "#map": { "k": 2 } }, "F": [],
        });
        xml(&mut out, &value, "member");
        assert_eq!(
            out,
            "<A><member><B>1</B></member><member><B>true</B></member></A><D>a&lt;b</D>\
             <E><entry><key>k</key><value>2</value></entry></E><F></F>"
        );
    }

    #[test]
    fn a_time_has_a_tag_in_cbor() {
        let bytes = to_cbor(&json!({ "t": "2026-01-01T00:00:00Z", "n": 1 }));
        let read: ciborium::Value = ciborium::from_reader(bytes.as_slice()).unwrap();
        let text = format!("{read:?}");
        assert!(text.contains("Tag(1, Float(1767225600.0))"), "{text}");
    }
}
