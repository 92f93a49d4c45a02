//! What a service answers, in each of the protocols.

use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::Value;

use super::shape::record;
use super::spec::{Protocol, Spec};
use super::xml::{self, Element};

/// An error that a service answered with.
#[derive(Debug)]
pub(crate) struct Fault {
    meta: ErrorMetadata,
    /// Why the answer could not be read.
    cause: Option<BoxError>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meta.code() {
            Some(code) => write!(f, "unhandled error ({code})"),
            None => f.write_str("unhandled error"),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Some(cause) => Some(cause.as_ref()),
            None => Some(&self.meta),
        }
    }
}

impl ProvideErrorMetadata for Fault {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

/// The declared members of an answer, or the error that it is. One that does not fit is an error of the answer, which is
/// requested again.
pub(super) fn decode(
    spec: &Spec,
    response: &HttpResponse,
) -> Result<Value, OrchestratorError<Fault>> {
    let body = response.body().bytes().unwrap_or_default();
    if !response.status().is_success() {
        return Err(OrchestratorError::operation(fault(spec, response, body)));
    }
    let members = spec.all_members();
    let answer = match spec.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson => {
            serde_json::from_slice(body).map_err(BoxError::from)
        }
        Protocol::Query { .. } => xml::parse(body).map_err(BoxError::from).and_then(|root| {
            let result = root
                .child(&format!("{}Result", spec.name))
                .filter(|_| root.name == format!("{}Response", spec.name))
                .ok_or("the response has an unexpected type")?;
            Ok(xml::record(&members, result, Some("member"))?)
        }),
        Protocol::Ec2 { .. } => xml::parse(body).map_err(BoxError::from).and_then(|root| {
            if root.name != format!("{}Response", spec.name) {
                return Err("the response has an unexpected type".into());
            }
            Ok(xml::record(&members, &root, Some("item"))?)
        }),
        Protocol::RestXml => xml::parse(body).map_err(BoxError::from).and_then(|root| {
            if spec.root != Some(root.name.as_str()) {
                return Err("the response has an unexpected type".into());
            }
            Ok(xml::record(&members, &root, None)?)
        }),
    };
    answer.and_then(|answer| Ok(record(&members, answer)?)).map_err(OrchestratorError::response)
}

/// The error of a response. One that cannot be read has no code, so that none of its words is taken for an answer.
fn fault(spec: &Spec, response: &HttpResponse, body: &[u8]) -> Fault {
    let read = match spec.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson => json_error(body),
        _ => xml_error(body),
    };
    let (code, message, cause) = match read {
        Ok((code, message)) => (code, message, None),
        Err(why) => return Fault { meta: ErrorMetadata::default(), cause: Some(why) },
    };
    let headers = response.headers();
    // `Code;Sender` or `Code;Receiver`.
    let of_query = headers
        .get("x-amzn-query-error")
        .filter(|_| spec.service.query_codes)
        .and_then(|error| error.split(';').next());
    let code = of_query
        .map(str::to_owned)
        .or_else(|| headers.get("x-amzn-errortype").map(|code| bare(code).to_owned()))
        .or(code);
    let mut meta = ErrorMetadata::builder();
    if let Some(code) = code {
        meta = meta.code(code);
    }
    if let Some(message) = message {
        meta = meta.message(message);
    }
    Fault { meta: meta.build(), cause }
}

type CodeAndMessage = (Option<String>, Option<String>);

/// The code of an error
/// [without its namespace and address](https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization).
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default()
}

fn json_error(body: &[u8]) -> Result<CodeAndMessage, BoxError> {
    // Some have a header alone.
    if body.is_empty() {
        return Ok((None, None));
    }
    let Value::Object(error) = serde_json::from_slice(body)? else {
        return Err("the error has an unexpected type".into());
    };
    let first = |names: &[&str]| names.iter().find_map(|name| error.get(*name)?.as_str());
    let code = first(&["code", "__type"]).map(|code| bare(code).to_owned());
    Ok((code, first(&["message", "Message", "errorMessage"]).map(str::to_owned)))
}

fn xml_error(body: &[u8]) -> Result<CodeAndMessage, BoxError> {
    let root = xml::parse(body)?;
    let error = match root.name.as_str() {
        "Error" => Some(&root),
        "ErrorResponse" => root.child("Error"),
        "Response" => root.child("Errors").and_then(|errors| errors.children.first()),
        _ => None,
    };
    let error = error.ok_or("the error has an unexpected type")?;
    let text = |name: &str| error.child(name).map(|Element { text, .. }| text.clone());
    Ok((text("Code"), text("Message")))
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::Response;
    use aws_smithy_types::body::SdkBody;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::wire::shape::{Kind, Member, Shape};
    use crate::wire::spec::{Operation, Service};

    struct Page;

    impl Shape for Page {
        const MEMBERS: &'static [Member] =
            &[Member { name: "Names", kind: Kind::List(&Kind::Text), required: false }];
        type View<'a> = ();

        fn view(_: &Value) {}
    }

    static FORM: Service = Service::new("Form", "form", Protocol::Query { version: "1" });
    static CLOUD: Service = Service::new("Cloud", "cloud", Protocol::Ec2 { version: "1" });
    static TREE: Service = Service::new("Tree", "tree", Protocol::RestXml);
    static REST: Service = Service::new("Rest", "rest", Protocol::RestJson);
    static TARGET: Service = Service {
        query_codes: true,
        ..Service::new("Target", "target", Protocol::Json { version: "1.0", target: "T" })
    };

    fn spec(service: &'static Service) -> Spec {
        let operation: Operation<0, Page> = Operation::new(service, "x:ListNames", "ListNames");
        operation.pages("Token", "Next").root("ListNamesResult").spec
    }

    fn answer(
        service: &'static Service,
        status: u16,
        headers: &[(&'static str, &'static str)],
        body: &str,
    ) -> Result<Value, String> {
        let mut response = Response::new(status.try_into().unwrap(), SdkBody::from(body));
        for (name, value) in headers {
            response.headers_mut().insert(*name, *value);
        }
        decode(&spec(service), &response).map_err(|error| match error.as_operation_error() {
            Some(fault) => {
                format!("{} {}", fault.code().unwrap_or("-"), fault.message().unwrap_or("-"))
            }
            None => {
                let mut cause: &dyn std::error::Error = &error;
                while let Some(source) = cause.source() {
                    cause = source;
                }
                cause.to_string()
            }
        })
    }

    #[test]
    fn each_protocol_gives_the_same_tree() {
        let expected = json!({ "Names": ["a", "b"], "Next": "n" });
        let json = r#"{"Names":["a","b"],"Next":"n","More":1}"#;
        let items = |item: &str| {
            format!("<Names><{item}>a</{item}><{item}>b</{item}></Names><Next>n</Next><More/>")
        };
        for (service, body) in [
            (&REST, json.to_owned()),
            (&TARGET, json.to_owned()),
            (
                &FORM,
                format!(
                    "<ListNamesResponse><ListNamesResult>{}</ListNamesResult></ListNamesResponse>",
                    items("member")
                ),
            ),
            (
                &CLOUD,
                format!(
                    "<ListNamesResponse><requestId>r</requestId>{}</ListNamesResponse>",
                    items("item")
                ),
            ),
            (&TREE, format!("<ListNamesResult>{}</ListNamesResult>", items("Name"))),
        ] {
            assert_eq!(answer(service, 200, &[], &body), Ok(expected.clone()), "{body}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_without_a_panic(body in "[<>/&;a-zA-Z{}:\",\\[\\]0-9]{0,80}", ok: bool) {
            for service in [&FORM, &CLOUD, &TREE, &REST, &TARGET] {
                let _ = answer(service, if ok { 200 } else { 400 }, &[], &body);
            }
        }
    }

    #[test]
    fn an_answer_of_another_kind_is_none() {
        for (service, body) in [
            (&REST, "[]"),
            (&REST, "null"),
            (&REST, "<ListNamesResult/>"),
            (&FORM, "<ListOthersResponse><ListOthersResult/></ListOthersResponse>"),
            (&FORM, "<ListNamesResponse/>"),
            (&FORM, "{}"),
            (&CLOUD, "<ListOthersResponse/>"),
            (&TREE, "<ListOthersResult/>"),
            (&TREE, "<Error><Code>NoSuchName</Code></Error>"),
            (&TREE, "{}"),
        ] {
            assert!(answer(service, 200, &[], body).is_err(), "{body}");
        }
    }

    #[test]
    fn errors_have_their_code_and_words_in_each_protocol() {
        let kind = "x-amzn-errortype";
        for (service, headers, body, expected) in [
            (
                &REST,
                &[][..],
                r#"{"__type":"com.amazon#Denied:http://x","message":"no"}"#,
                "Denied no",
            ),
            (&REST, &[(kind, "Denied:http://x")], r#"{"Message":"no"}"#, "Denied no"),
            (&REST, &[(kind, "Denied")], "", "Denied -"),
            (&REST, &[(kind, "Denied")], r#"{"code":"Other"}"#, "Denied -"),
            (&REST, &[], r#"{"code":"Other","__type":"No"}"#, "Other -"),
            (&REST, &[("x-amzn-query-error", "Old;Sender")], r#"{"code":"New"}"#, "New -"),
            (&TARGET, &[("x-amzn-query-error", "Old;Sender")], r#"{"code":"New"}"#, "Old -"),
            (
                &FORM,
                &[],
                "<ErrorResponse><Error><Code>Denied</Code><Message>no &amp; no</Message></Error></ErrorResponse>",
                "Denied no & no",
            ),
            (
                &CLOUD,
                &[],
                "<Response><Errors><Error><Code>Denied</Code><Message>no</Message></Error></Errors></Response>",
                "Denied no",
            ),
            (&TREE, &[], "<Error><Code>Denied</Code></Error>", "Denied -"),
            (
                &TREE,
                &[],
                "<ErrorResponse><Error><Code>Denied</Code></Error><RequestId>r</RequestId></ErrorResponse>",
                "Denied -",
            ),
            // What cannot be read says nothing.
            (&REST, &[(kind, "NotFound")], "{", "- -"),
            (&REST, &[], "[]", "- -"),
            (&FORM, &[], "", "- -"),
            (&FORM, &[], "<html/>", "- -"),
            (&FORM, &[], r#"{"__type":"Denied"}"#, "- -"),
        ] {
            assert_eq!(answer(service, 400, headers, body), Err(expected.to_owned()), "{body}");
        }
    }
}
