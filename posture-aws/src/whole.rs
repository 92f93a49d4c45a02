//! Whether a response is complete: it ends where its format requires, and it holds what its action always returns.
//!
//! The SDK's parsers read what they find and leave the rest at its default: an XML document that ends after the first
//! policy is one with a single policy, an empty object one in which nothing is configured. So the raw body is checked before
//! anything parses it: at the transport whether it is whole, and in an interceptor whether it holds what it must.

use std::fmt;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What an answer of an action must hold; one that does not is malformed.
///
/// A path names members within each other, with dots between: members of an object, or elements below the result of the query
/// protocol or below the root of the other XML protocol. A member that is null is absent, and so is an empty text; an `@`
/// before the path means that the element must have text. An empty list is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holds {
    /// The form of the answer.
    pub form: Form,
    /// Paths that must all be there.
    pub all: &'static [&'static str],
    /// Paths, one of which must be present if there are any.
    pub any: &'static [&'static str],
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An object in JSON, or the result of the query protocol, whose elements are named after the operation.
    Members,
    /// XML with this root element.
    Root(&'static str),
    /// A document in JSON that is the whole answer of a service that otherwise speaks XML.
    Document,
}

impl Holds {
    /// Members that are all there.
    pub(crate) const fn all(all: &'static [&'static str]) -> Self {
        Self { form: Form::Members, all, any: &[] }
    }

    /// Members, one of which is present.
    pub(crate) const fn any(any: &'static [&'static str]) -> Self {
        Self { form: Form::Members, all: &[], any }
    }

    /// An element with others in it. With none, the service answers an empty element where nothing is configured.
    pub(crate) const fn root(root: &'static str, all: &'static [&'static str]) -> Self {
        Self { form: Form::Root(root), all, any: &[] }
    }

    /// A document in JSON.
    pub(crate) const fn document(all: &'static [&'static str]) -> Self {
        Self { form: Form::Document, all, any: &[] }
    }

    /// The same, with one of these beside.
    pub(crate) const fn and_any(self, any: &'static [&'static str]) -> Self {
        Self { any, ..self }
    }

    /// Whether the body of a response holds everything; otherwise what is missing. `operation` is the name as in the query
    /// protocol.
    pub(crate) fn check(&self, operation: &str, body: &[u8]) -> Result<(), Flaw> {
        let mut sought = Sought::new(self);
        let root = match (form(body), self.form) {
            (Written::Xml, Form::Members) => {
                let (answer, result) =
                    (format!("{operation}Response"), format!("{operation}Result"));
                xml(body, &[&answer, &result], &mut sought)?
            }
            (Written::Xml, Form::Root(root)) => xml(body, &[root], &mut sought)?,
            (Written::Json, Form::Members | Form::Document) => {
                json(body, Some(&mut sought)).map(|()| true)?
            }
            _ => false,
        };
        if !root {
            return Err(Flaw::Missing("has an unexpected type".to_owned()));
        }
        sought.missing().map_or(Ok(()), |path| Err(Flaw::Missing(format!("lacks `{path}`"))))
    }
}

/// What is wrong with an answer.
#[derive(Debug)]
pub(crate) enum Flaw {
    /// It holds nothing.
    Empty,
    /// It ends early, or continues after its end, or makes no sense.
    Broken(String),
    /// It is not what the action answers.
    Missing(String),
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the response is empty"),
            Self::Broken(why) => write!(f, "the response is incomplete: {why}"),
            Self::Missing(what) => write!(f, "the response {what}"),
        }
    }
}

impl std::error::Error for Flaw {}

fn broken(why: impl fmt::Display) -> Flaw {
    Flaw::Broken(why.to_string())
}

/// How deep an answer may be nested; those of AWS are not half as deep.
const MOST_DEEP: usize = 100;

/// Whether the body of a response ends where its format requires, and is not empty.
pub(crate) fn is_whole(body: &[u8]) -> Result<(), Flaw> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Flaw::Empty);
    }
    match form(body) {
        Written::Xml => xml(body, &[], &mut Sought::default()).map(|_| ()),
        Written::Json => json(body, None),
    }
}

enum Written {
    Xml,
    Json,
}

/// The form of a body by its first byte.
fn form(body: &[u8]) -> Written {
    match text(body).iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'<') => Written::Xml,
        _ => Written::Json,
    }
}

/// The body without the mark that some texts begin with.
fn text(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Paths that are looked for, and those that were found.
#[derive(Default)]
struct Sought {
    /// Whether it must have text, its parts, and whether it was found.
    all: Vec<Path>,
    any: Vec<Path>,
}

struct Path {
    name: &'static str,
    parts: Vec<&'static str>,
    text: bool,
    found: bool,
}

impl Sought {
    fn new(holds: &Holds) -> Self {
        let paths = |names: &[&'static str]| {
            let path = |name: &&'static str| {
                let bare = name.strip_prefix('@');
                let parts = bare.unwrap_or(name).split('.').collect();
                Path { name: bare.unwrap_or(name), parts, text: bare.is_some(), found: false }
            };
            names.iter().map(path).collect()
        };
        Self { all: paths(holds.all), any: paths(holds.any) }
    }

    fn each(&mut self) -> impl Iterator<Item = &mut Path> {
        self.all.iter_mut().chain(&mut self.any)
    }

    /// Notes what is at a place; an element that must have text is found with that.
    fn at(&mut self, place: &[Vec<u8>], text: bool) {
        for path in self.each().filter(|path| text || !path.text) {
            let same = |(part, name): (&&str, &Vec<u8>)| part.as_bytes() == name.as_slice();
            path.found |= path.parts.len() == place.len() && path.parts.iter().zip(place).all(same);
        }
    }

    /// What is not there.
    fn missing(&self) -> Option<&'static str> {
        let all = self.all.iter().find(|path| !path.found);
        let any = self.any.iter().all(|path| !path.found).then(|| self.any.first()).flatten();
        all.or(any).map(|path| path.name)
    }
}

/// Reads XML to its end, and returns whether it begins with these elements within each other.
fn xml(body: &[u8], roots: &[&str], sought: &mut Sought) -> Result<bool, Flaw> {
    let mut reader = Reader::from_reader(text(body));
    // Where an element is: its names from the root on.
    let mut place: Vec<Vec<u8>> = Vec::new();
    let (mut ended, mut rooted) = (false, roots.is_empty());
    let below = |place: &[Vec<u8>]| {
        let begins = roots.iter().zip(place).all(|(root, name)| root.as_bytes() == name.as_slice());
        (begins && place.len() >= roots.len()).then_some(roots.len())
    };
    loop {
        let event = reader.read_event().map_err(broken)?;
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(element) | Event::Empty(element) => {
                if ended {
                    return Err(broken("something follows the last element"));
                }
                if place.len() >= MOST_DEEP {
                    return Err(broken("it is nested too deep"));
                }
                for attribute in element.attributes() {
                    attribute.map_err(broken)?;
                }
                place.push(element.local_name().as_ref().to_vec());
                if let Some(from) = below(&place) {
                    rooted = true;
                    sought.at(place.get(from..).unwrap_or_default(), false);
                }
                if empty {
                    place.pop();
                    ended = place.is_empty();
                }
            }
            Event::End(_) => {
                place.pop();
                ended = place.is_empty();
            }
            Event::Text(found) => {
                let blank = found.iter().all(u8::is_ascii_whitespace);
                if place.is_empty() && !blank {
                    return Err(broken("there is text outside of all elements"));
                }
                if let Some(from) = below(&place).filter(|_| !blank) {
                    sought.at(place.get(from..).unwrap_or_default(), true);
                }
            }
            Event::CData(_) | Event::GeneralRef(_) => {
                if place.is_empty() {
                    return Err(broken("there is text outside of all elements"));
                }
                if let Some(from) = below(&place) {
                    sought.at(place.get(from..).unwrap_or_default(), true);
                }
            }
            Event::DocType(_) => return Err(broken("it has a document type declaration")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof if ended => return Ok(rooted),
            Event::Eof => return Err(broken("an element is not closed")),
        }
    }
}

/// Reads an object in JSON to its end.
fn json(body: &[u8], sought: Option<&mut Sought>) -> Result<(), Flaw> {
    let mut reader = serde_json::Deserializer::from_slice(text(body));
    let mut none = Sought::default();
    let mut paths: Vec<(&[&str], &mut bool)> = sought
        .unwrap_or(&mut none)
        .each()
        .map(|path| (path.parts.as_slice(), &mut path.found))
        .collect();
    reader.deserialize_map(Object(&mut paths)).map_err(broken)?;
    reader.end().map_err(broken)
}

/// An object in which paths are looked for. Nothing of it is kept, as an answer may be large.
struct Object<'o, 'p>(&'o mut Vec<(&'p [&'static str], &'p mut bool)>);

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let mut below: Vec<(&[&'static str], &mut bool)> = Vec::new();
            for (parts, found) in self.0.iter_mut() {
                if let Some((first, rest)) = parts.split_first()
                    && *first == name
                {
                    below.push((rest, &mut **found));
                }
            }
            if below.is_empty() {
                map.next_value::<IgnoredAny>()?;
            } else {
                map.next_value_seed(Member(below))?;
            }
        }
        Ok(())
    }
}

/// A member with what is looked for in it; a path without further parts ends here.
struct Member<'m>(Vec<(&'m [&'static str], &'m mut bool)>);

impl Member<'_> {
    fn mark(self, there: bool) {
        for (parts, found) in self.0 {
            *found |= there && parts.is_empty();
        }
    }
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.mark(false);
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.mark(true);
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.mark(true);
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.mark(true);
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.mark(true);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.mark(!text.trim().is_empty());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        self.mark(true);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut paths = self.0;
        for (parts, found) in &mut paths {
            **found |= parts.is_empty();
        }
        Object(&mut paths).visit_map(map)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SUMMARY: &str = "<?xml version=\"1.0\"?>\n<GetAccountSummaryResponse xmlns=\"x\">\
        <GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>1</value></entry></SummaryMap>\
        </GetAccountSummaryResult><ResponseMetadata><RequestId>r&amp;1</RequestId></ResponseMetadata>\
        </GetAccountSummaryResponse>\n";

    #[test]
    fn what_ends_before_its_end_is_not_whole() {
        let json = r#"{"a": [1, {"b": null}], "c": "}"}"#;
        for body in [SUMMARY.trim().as_bytes(), json.as_bytes()] {
            assert!(is_whole(body).is_ok(), "{:?}", is_whole(body));
            for end in 0..body.len() {
                assert!(is_whole(&body[..end]).is_err(), "{end}: {:?}", &body[..end]);
            }
            let more = [body, body].concat();
            assert!(is_whole(&more).is_err());
        }
        assert!(is_whole(SUMMARY.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_not_an_answer_is_not_whole() {
        for body in [
            "",
            " \n",
            "null",
            "[]",
            "[{}]",
            "true",
            "0",
            "\"{}\"",
            "{} {}",
            "{}x",
            "OK",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "x<a/>",
            "<a b/>",
            "<!DOCTYPE a><a/>",
            "<a>&</a>",
            "<!-- <a/> -->",
            "<?xml version=\"1.0\"?>",
            "\u{feff}",
            "<a><![CDATA[x</a>",
        ] {
            assert!(is_whole(body.as_bytes()).is_err(), "{body}");
        }
        let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
        assert!(is_whole(deep(20).as_bytes()).is_ok());
        assert!(is_whole(deep(100_000).as_bytes()).is_err());
        assert!(is_whole(format!("{{\"a\":{}", "[".repeat(100_000)).as_bytes()).is_err());
        // A form that nothing here is asked in.
        assert!(is_whole(b"\xa1\x61a\x80").is_err());
    }

    #[test]
    fn what_an_answer_must_hold_is_looked_for() {
        let summary = Holds::all(&["SummaryMap"]);
        assert!(summary.check("GetAccountSummary", SUMMARY.as_bytes()).is_ok());
        assert!(summary.check("GetAccountSummaries", SUMMARY.as_bytes()).is_err());
        assert!(Holds::all(&["RequestId"]).check("GetAccountSummary", SUMMARY.as_bytes()).is_err());
        let nested = Holds::all(&["Organization.Id"]);
        for (body, holds) in [
            (r#"{"Organization": {"Id": "o-1"}}"#, true),
            (r#"{"Organization": {"Id": ""}}"#, false),
            (r#"{"Organization": {"Id": null}}"#, false),
            (r#"{"Organization": {}}"#, false),
            (r#"{"Organization": "Id"}"#, false),
            (r#"{"Organization": [{"Id": "o-1"}]}"#, false),
            (r#"{"Id": "o-1"}"#, false),
            ("{}", false),
        ] {
            assert_eq!(nested.check("", body.as_bytes()).is_ok(), holds, "{body}");
        }
        let list = Holds::any(&["MetricAlarms", "CompositeAlarms"]);
        assert!(list.check("", br#"{"CompositeAlarms": []}"#).is_ok());
        assert!(list.check("", b"{}").is_err());
        assert!(list.check("", b"\xa1\x6cMetricAlarms\x80").is_err());
        let root = Holds::root("Tagging", &["TagSet"]);
        assert!(root.check("", b"<Tagging><TagSet/></Tagging>").is_ok());
        assert!(root.check("", b"<Tagging/>").is_err());
        assert!(root.check("", b"<TagSet/>").is_err());
        assert!(root.check("", br#"{"TagSet": []}"#).is_err());
        let text = Holds::root("Result", &["@Policy"]);
        assert!(text.check("", b"<Result><Policy>{}</Policy></Result>").is_ok());
        assert!(text.check("", b"<Result><Policy>&quot;</Policy></Result>").is_ok());
        assert!(text.check("", b"<Result><Policy> </Policy></Result>").is_err());
        let document = Holds::document(&["Statement"]);
        assert!(document.check("", br#"{"Statement": []}"#).is_ok());
        assert!(document.check("", b"<a>{\"Statement\": []}</a>").is_err());
    }

    proptest! {
        #[test]
        fn whatever_comes_is_looked_at_without_a_panic(body: Vec<u8>) {
            let _ = is_whole(&body);
            let _ = Holds::all(&["a.b"]).check("x", &body);
        }
    }
}
