//! Answers in XML, made into the tree that answers in JSON are.

use std::fmt;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use super::shape::{Kind, Member};

/// How deep elements may be nested.
const MOST_DEEP: usize = 100;

/// An element without its attributes, which no response here needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    /// Its text, with everything between its elements.
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

/// What is wrong with a document, or with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

fn broken(why: impl fmt::Display) -> Broken {
    Broken(why.to_string())
}

impl Element {
    /// The child of a name, where it is the only one of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        found.next().filter(|_| found.next().is_none())
    }
}

/// Reads a document to its end.
pub(super) fn parse(body: &[u8]) -> Result<Element, Broken> {
    let mut reader = Reader::from_reader(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
    // The elements that are open, from the root on.
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    loop {
        let event = reader.read_event().map_err(broken)?;
        let mut text = |more: &str| match open.last_mut() {
            Some(element) => {
                element.text.push_str(more);
                Ok(())
            }
            None if more.trim().is_empty() => Ok(()),
            None => Err(broken("there is text outside of all elements")),
        };
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                if root.is_some() {
                    return Err(broken("something follows the last element"));
                }
                if open.len() >= MOST_DEEP {
                    return Err(broken("it is nested too deep"));
                }
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                open.push(Element { name, ..Element::default() });
                if matches!(event, Event::Empty(_)) {
                    close(&mut open, &mut root);
                }
            }
            Event::End(_) => close(&mut open, &mut root),
            Event::Text(more) => text(&more.decode().map_err(broken)?)?,
            Event::CData(more) => text(&more.decode().map_err(broken)?)?,
            Event::GeneralRef(name) => match name.resolve_char_ref().map_err(broken)? {
                Some(character) => text(character.encode_utf8(&mut [0; 4]))?,
                None => text(entity(&name.decode().map_err(broken)?)?)?,
            },
            Event::DocType(_) => return Err(broken("it has a document type declaration")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return root.ok_or_else(|| broken("an element is not closed")),
        }
    }
}

fn close(open: &mut Vec<Element>, root: &mut Option<Element>) {
    let Some(element) = open.pop() else { return };
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}

/// The [five entities](https://www.w3.org/TR/xml/#sec-predefined-ent) that need no declaration.
fn entity(name: &str) -> Result<&'static str, Broken> {
    Ok(match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return Err(broken("it uses an undeclared entity")),
    })
}

/// The value of an element by its declaration. `item` is the name of each item of a list; none if the model
/// of the service gives each list another name.
fn value(kind: &Kind, element: &Element, item: Option<&str>) -> Result<Value, Broken> {
    let misfit = || broken(format!("`{}` has an unexpected type", element.name));
    let text = || match element.children.as_slice() {
        [] => Ok(element.text.as_str()),
        _ => Err(misfit()),
    };
    // There is nothing between the elements of a record or list.
    let bare = || if element.text.trim().is_empty() { Ok(()) } else { Err(misfit()) };
    Ok(match kind {
        Kind::Text | Kind::Word(_) => Value::from(text()?),
        Kind::Flag => Value::from(text()?.trim().parse::<bool>().map_err(|_| misfit())?),
        Kind::Whole => Value::from(text()?.trim().parse::<i64>().map_err(|_| misfit())?),
        Kind::Number => {
            let number = text()?.trim().parse::<f64>().map_err(|_| misfit())?;
            // What is not a number or is infinite is rejected, because JSON cannot express it.
            serde_json::Number::from_f64(number).map(Value::Number).ok_or_else(misfit)?
        }
        Kind::List(of) => {
            bare()?;
            let name = item.or_else(|| element.children.first().map(|first| first.name.as_str()));
            let items = element.children.iter().map(|child| match name {
                Some(name) if child.name == name => value(of, child, item),
                _ => Err(misfit()),
            });
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Kind::Map(of) => {
            bare()?;
            let mut all = Map::new();
            for entry in &element.children {
                let (Some(key), Some(held)) = (entry.child("key"), entry.child("value")) else {
                    return Err(misfit());
                };
                all.insert(key.text.clone(), value(of, held, item)?);
            }
            Value::Object(all)
        }
        Kind::Record(members) => record(members, element, item)?,
    })
}

/// The declared members of an element.
pub(super) fn record(
    members: &[Member],
    element: &Element,
    item: Option<&str>,
) -> Result<Value, Broken> {
    if !element.text.trim().is_empty() {
        return Err(broken(format!("`{}` has an unexpected type", element.name)));
    }
    let mut all = Map::new();
    for member in members {
        let mut found = element.children.iter().filter(|child| child.name == member.name);
        let Some(child) = found.next() else { continue };
        if found.next().is_some() {
            return Err(broken(format!("`{}` occurs twice", member.name)));
        }
        all.insert(member.name.to_owned(), value(&member.kind, child, item)?);
    }
    Ok(Value::Object(all))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PART: &[Member] = &[
        Member { name: "Name", kind: Kind::Text, required: true },
        Member { name: "On", kind: Kind::Flag, required: false },
        Member { name: "Count", kind: Kind::Whole, required: false },
        Member { name: "Share", kind: Kind::Number, required: false },
        Member { name: "Words", kind: Kind::List(&Kind::Text), required: false },
        Member { name: "Tags", kind: Kind::Map(&Kind::Text), required: false },
        Member { name: "Parts", kind: Kind::List(&Kind::Record(INNER)), required: false },
    ];
    const INNER: &[Member] = &[Member { name: "Id", kind: Kind::Text, required: false }];

    fn read(body: &str) -> Result<Value, String> {
        let root = parse(body.as_bytes()).map_err(|broken| broken.to_string())?;
        value(&Kind::Record(PART), &root, Some("member")).map_err(|broken| broken.to_string())
    }

    #[test]
    fn elements_become_the_values_that_are_declared() {
        let body = "<?xml version=\"1.0\"?>\n<r xmlns=\"urn:x\"><!-- c --><Name>a &lt;&#x42;&#67;&amp; <![CDATA[<d>]]></Name>\
                    <x:On xmlns:x=\"urn:y\">true</x:On><Count> 7 </Count><Share>0.5</Share><Else><deep/></Else>\
                    <Words><member>a</member><member/></Words><Parts><member><Id>1</Id></member></Parts>\
                    <Tags><entry><key>k</key><value>v</value></entry></Tags></r>";
        let expected = json!({
            "Name": "a <BC& <d>", "On": true, "Count": 7, "Share": 0.5, "Words": ["a", ""], "Parts": [{ "Id": "1" }],
            "Tags": { "k": "v" },
        });
        assert_eq!(read(body), Ok(expected));
        assert_eq!(read("<r><Words/><Name/></r>"), Ok(json!({ "Name": "", "Words": [] })));
        // What is required is seen later, as in JSON.
        assert_eq!(read("<r/>"), Ok(json!({})));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (body, why) in [
            ("<r><On>yes</On></r>", "`On` has an unexpected type"),
            ("<r><On/></r>", "`On` has an unexpected type"),
            ("<r><Count>1.5</Count></r>", "`Count` has an unexpected type"),
            ("<r><Share>NaN</Share></r>", "`Share` has an unexpected type"),
            ("<r><Share>inf</Share></r>", "`Share` has an unexpected type"),
            ("<r><Name><b/></Name></r>", "`Name` has an unexpected type"),
            ("<r><Name>a</Name><Name>b</Name></r>", "`Name` occurs twice"),
            ("<r><Words><item>a</item></Words></r>", "`Words` has an unexpected type"),
            ("<r><Words>a</Words></r>", "`Words` has an unexpected type"),
            ("<r><Parts><member>text</member></Parts></r>", "`member` has an unexpected type"),
            ("<r><Tags><entry><key>k</key></entry></Tags></r>", "`Tags` has an unexpected type"),
            ("<r>text</r>", "`r` has an unexpected type"),
        ] {
            assert_eq!(read(body), Err(why.to_owned()), "{body}");
        }
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for body in [
            "",
            "text",
            "<r>",
            "<r><a></r>",
            "<r/><r/>",
            "<r/>text",
            "<r>&unknown;</r>",
            "<r>&#xD800;</r>",
            "<!DOCTYPE r [<!ENTITY a \"b\">]><r>&a;</r>",
        ] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
        let deep = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
        assert_eq!(parse(deep.as_bytes()), Err(broken("it is nested too deep")));
        assert!(parse(b"<r>\xff</r>").is_err());
    }
}
