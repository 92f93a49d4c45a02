//! Requests, in each of the protocols.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::spec::{Constant, Protocol, Spec};

/// All but the [characters that need no escape](https://www.rfc-editor.org/rfc/rfc3986#section-2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request before it has an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Encoded {
    pub(crate) method: &'static str,
    /// The path with the query.
    pub(crate) uri: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    /// The account that the host begins with.
    pub(crate) account: Option<String>,
}

/// The request of an operation with its arguments, for the page of a token. `takes` are in the order of the operation's own.
pub(crate) fn encode(spec: &Spec, takes: &[&str], token: Option<&str>) -> Encoded {
    let page = spec.pages.zip(token).into_iter().flat_map(|(pages, token)| pages.arguments(token));
    let page = page.map(|(name, part)| (name, Value::from(part)));
    let taken = spec.takes.iter().copied().zip(takes.iter().copied().map(Value::from));
    let given = spec.given.iter().map(|(name, given)| (*name, value(given)));
    let mut arguments: Vec<(&'static str, Value)> = page.chain(taken).chain(given).collect();
    let mut headers: Vec<(&'static str, String)> = Vec::new();
    let mut uri = path(spec.path, &mut arguments);
    let account = spec.service.account.and_then(|name| {
        let account = taken_out(name, &mut arguments)?;
        headers.push((name, account.clone()));
        Some(account)
    });
    if spec.method == "GET" {
        let pairs = arguments.drain(..).map(|(name, value)| pair(name, &plain(&value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        if !query.is_empty() {
            uri.push(if uri.contains('?') { '&' } else { '?' });
            uri.push_str(&query);
        }
    }
    let kind = |kind: &str| ("content-type", kind.to_owned());
    let body = match spec.service.protocol {
        Protocol::Query { version } => {
            headers.push(kind("application/x-www-form-urlencoded"));
            form(spec.name, version, &arguments, ".member.")
        }
        Protocol::Ec2 { version } => {
            headers.push(kind("application/x-www-form-urlencoded"));
            form(spec.name, version, &arguments, ".")
        }
        Protocol::Json { version, target } => {
            headers.push(kind(&format!("application/x-amz-json-{version}")));
            headers.push(("x-amz-target", format!("{target}.{}", spec.name)));
            if spec.service.query_codes {
                headers.push(("x-amzn-query-mode", "true".to_owned()));
            }
            members(arguments)
        }
        Protocol::RestJson if spec.method == "GET" => String::new(),
        Protocol::RestJson => {
            headers.push(kind("application/json"));
            members(arguments)
        }
        Protocol::RestXml => String::new(),
    };
    if !body.is_empty() {
        headers.push(("content-length", body.len().to_string()));
    }
    Encoded { method: spec.method, uri, headers, body, account }
}

impl Encoded {
    /// The same as the SDK's runtime has it.
    pub(super) fn into_request(self) -> Result<HttpRequest, BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method(self.method)?;
        request.set_uri(self.uri)?;
        for (name, value) in self.headers {
            request.headers_mut().try_insert(name, value)?;
        }
        Ok(request)
    }
}

/// The path, with the arguments that it names.
fn path(pattern: &str, arguments: &mut Vec<(&'static str, Value)>) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        path.push_str(before);
        if let Some(text) = taken_out(name, arguments) {
            path.push_str(&escaped(&text));
        }
        rest = after;
    }
    path.push_str(rest);
    path
}

/// The argument of a name, which is none of the others then.
fn taken_out(name: &str, arguments: &mut Vec<(&'static str, Value)>) -> Option<String> {
    let place = arguments.iter().position(|(known, _)| *known == name)?;
    let (_, value) = arguments.remove(place);
    Some(plain(&value))
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn pair(name: &str, value: &str) -> String {
    format!("{}={}", escaped(name), escaped(value))
}

/// A value in a path, in a query or in a form.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn value(given: &Constant) -> Value {
    match given {
        Constant::Text(text) => Value::from(*text),
        Constant::Whole(number) => Value::from(*number),
        Constant::Flag(flag) => Value::from(*flag),
        Constant::List(items) => Value::Array(items.iter().map(value).collect()),
        Constant::Record(members) => {
            members.iter().map(|(name, given)| ((*name).to_owned(), value(given))).collect()
        }
    }
}

fn members(arguments: Vec<(&'static str, Value)>) -> String {
    let members = arguments.into_iter().map(|(name, value)| (name.to_owned(), value));
    Value::Object(members.collect::<Map<_, _>>()).to_string()
}

/// A form. `item` is between the name of a list and the number of an item.
fn form(operation: &str, version: &str, arguments: &[(&'static str, Value)], item: &str) -> String {
    let mut pairs = vec![pair("Action", operation), pair("Version", version)];
    for (name, value) in arguments {
        flat((*name).to_owned(), value, item, &mut pairs);
    }
    pairs.join("&")
}

fn flat(name: String, value: &Value, item: &str, pairs: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (place, value) in items.iter().enumerate() {
                flat(format!("{name}{item}{}", place + 1), value, item, pairs);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                flat(format!("{name}.{member}"), value, item, pairs);
            }
        }
        value => pairs.push(pair(&name, &plain(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::shape::{Member, Shape};
    use crate::wire::spec::{Operation, Service};

    struct Nothing;

    impl Shape for Nothing {
        const MEMBERS: &'static [Member] = &[];
        type View<'a> = ();

        fn view(_: &Value) {}
    }

    static FORM: Service = Service::new("Form", "form", Protocol::Query { version: "2010-03-31" });
    static CLOUD: Service = Service::new("Cloud", "cloud", Protocol::Ec2 { version: "2016-11-15" });
    static REST: Service = Service::new("Rest", "rest", Protocol::RestJson);
    static TREE: Service = Service::new("Tree", "tree", Protocol::RestXml);
    static OWNED: Service = Service { account: Some("x-account"), ..TREE };
    static TARGET: Service = Service {
        query_codes: true,
        ..Service::new("Target", "target", Protocol::Json { version: "1.0", target: "T_1" })
    };

    const GIVEN: &[(&str, Constant)] = &[
        ("Max", Constant::Whole(5)),
        ("Kinds", Constant::List(&[Constant::Text("a b"), Constant::Text("c")])),
        ("Filter", Constant::List(&[Constant::Record(&[("Name", Constant::Text("n"))])])),
    ];

    fn sent(service: &'static Service, token: Option<&str>) -> Encoded {
        let list: Operation<0, Nothing> = Operation::new(service, "x:List", "List");
        let list = list.takes(&["Of"]).given(GIVEN).pages("Token", "Next");
        encode(&list.spec, &["ü&/"], token)
    }

    #[test]
    fn each_protocol_has_its_form() {
        let form = sent(&FORM, Some("t="));
        assert_eq!((form.method, form.uri.as_str()), ("POST", "/"));
        assert_eq!(
            form.body,
            "Action=List&Version=2010-03-31&Token=t%3D&Of=%C3%BC%26%2F&Max=5&Kinds.member.1=a%20b\
             &Kinds.member.2=c&Filter.member.1.Name=n"
        );
        assert_eq!(
            sent(&CLOUD, None).body,
            "Action=List&Version=2016-11-15&Of=%C3%BC%26%2F&Max=5&Kinds.1=a%20b&Kinds.2=c&Filter.1.Name=n"
        );
        let json =
            r#"{"Filter":[{"Name":"n"}],"Kinds":["a b","c"],"Max":5,"Of":"ü&/","Token":"t"}"#;
        let target = sent(&TARGET, Some("t"));
        assert_eq!(target.body, json);
        let header = |name: &str| {
            let found = target.headers.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(header("content-type"), Some("application/x-amz-json-1.0"));
        assert_eq!(header("x-amz-target"), Some("T_1.List"));
        assert_eq!(header("x-amzn-query-mode"), Some("true"));
        assert_eq!(header("content-length"), Some(json.len().to_string().as_str()));
        let rest = sent(&REST, Some("t"));
        assert_eq!((rest.body.as_str(), rest.uri.as_str()), (json, "/"));
    }

    #[test]
    fn paths_and_queries_hold_what_they_name() {
        for service in [&REST, &TREE] {
            let get: Operation<0, Nothing> = Operation::new(service, "x:Get", "Get");
            let get = get.takes(&["Id", "Kind"]).at("GET", "/a/{Id}/b").pages("token", "Next");
            let sent = encode(&get.spec, &["../x?", "k 1"], Some("t&"));
            assert_eq!(sent.uri, "/a/..%2Fx%3F/b?token=t%26&Kind=k%201");
            assert_eq!((sent.method, sent.body.as_str()), ("GET", ""));
            assert_eq!(sent.headers, []);
            let sent = encode(&get.spec, &["x", "k"], None);
            assert_eq!(sent.uri, "/a/x/b?Kind=k");
        }
    }

    #[test]
    fn an_account_is_in_a_header_and_in_the_host() {
        let get: Operation<0, Nothing> = Operation::new(&OWNED, "x:Get", "Get");
        let get = get.takes(&["x-account", "Id"]).at("GET", "/a/{Id}");
        let sent = encode(&get.spec, &["123456789012", "i"], None);
        assert_eq!(sent.uri, "/a/i");
        assert_eq!(sent.headers, [("x-account", "123456789012".to_owned())]);
        assert_eq!(sent.account.as_deref(), Some("123456789012"));
    }
}
