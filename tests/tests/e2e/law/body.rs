//! The bodies of AWS's answers as trees, in each of the forms that its protocols have, and what may be damaged in them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

/// The content of a body, in order. The names of XML may occur more than once.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Null,
    Flag(bool),
    Number(serde_json::Number),
    Text(String),
    Members(Vec<(String, Tree)>),
    Items(Vec<Tree>),
    /// A table in CSV, encoded in Base64: the credential report. Its columns correspond to members.
    Table(Vec<(String, Vec<String>)>),
}

/// The form of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Xml,
}

/// What happens to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Removed,
    /// XML has none.
    Null,
    /// An empty text or an empty object, which XML does not distinguish.
    Empty,
    Text,
    Number,
    Flag,
    Object,
    /// XML has none.
    ListOfNull,
    /// The name is written in another case.
    Spelled,
}

const WAYS: [Way; 9] = [
    Way::Removed,
    Way::Null,
    Way::Empty,
    Way::Text,
    Way::Number,
    Way::Flag,
    Way::Object,
    Way::ListOfNull,
    Way::Spelled,
];

/// A place in a body: the number of each step from the root on, and its name for people, whichever item of a list it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    steps: Vec<usize>,
    pub(super) name: String,
}

/// The elements of XML that are items of a list: without one of them the list is another one, which no reader can see.
const ITEMS: [&str; 6] = ["member", "item", "Bucket", "Grant", "Tag", "AccessPoint"];

/// What the query protocol adds to every answer; it holds nothing that is read.
const METADATA: &str = "ResponseMetadata";

impl Form {
    /// The form of a body; none where it is none of these.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        match body.iter().find(|byte| !byte.is_ascii_whitespace())? {
            b'<' => Some(Self::Xml),
            b'{' => Some(Self::Json),
            _ => None,
        }
    }

    pub(super) fn read(self, body: &[u8]) -> Tree {
        match self {
            Self::Json => of_json(serde_json::from_slice(body).unwrap()),
            Self::Xml => {
                let mut reader = Reader::from_reader(body);
                Tree::Members(element(&mut reader).1)
            }
        }
    }

    pub(super) fn write(self, tree: &Tree) -> Vec<u8> {
        match self {
            Self::Json => to_json(tree).to_string().into_bytes(),
            Self::Xml => {
                let mut text = String::new();
                to_xml(tree, &mut text);
                text.into_bytes()
            }
        }
    }
}

fn of_json(value: Value) -> Tree {
    match value {
        Value::Null => Tree::Null,
        Value::Bool(flag) => Tree::Flag(flag),
        Value::Number(number) => Tree::Number(number),
        Value::String(text) => Tree::Text(text),
        Value::Array(items) => Tree::Items(items.into_iter().map(of_json).collect()),
        Value::Object(map) => {
            Tree::Members(map.into_iter().map(|(name, value)| (name, of_json(value))).collect())
        }
    }
}

fn to_json(tree: &Tree) -> Value {
    match tree {
        Tree::Null => Value::Null,
        Tree::Flag(flag) => Value::Bool(*flag),
        Tree::Number(number) => Value::Number(number.clone()),
        Tree::Text(text) => Value::String(text.clone()),
        Tree::Items(items) => items.iter().map(to_json).collect(),
        Tree::Members(members) => {
            members.iter().map(|(name, value)| (name.clone(), to_json(value))).collect()
        }
        Tree::Table(_) => unreachable!("the report is XML"),
    }
}

/// The elements from here to the end of the one that is open, and the text between them.
fn element(reader: &mut Reader<&[u8]>) -> (String, Vec<(String, Tree)>) {
    let (mut text, mut inner) = (String::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let (name, mut members) = (name_of(&start), attributes(&start));
                let (own, below) = element(reader);
                members.extend(below);
                let value = match name.as_str() {
                    "Content" if members.is_empty() => table(&own).unwrap_or(Tree::Text(own)),
                    _ if members.is_empty() => Tree::Text(own),
                    _ => {
                        if !own.trim().is_empty() {
                            members.push(("#text".to_owned(), Tree::Text(own)));
                        }
                        Tree::Members(members)
                    }
                };
                inner.push((name, value));
            }
            Event::Empty(start) => {
                let members = attributes(&start);
                let empty = || Tree::Text(String::new());
                let value = if members.is_empty() { empty() } else { Tree::Members(members) };
                inner.push((name_of(&start), value));
            }
            Event::Text(more) => text.push_str(&more.decode().unwrap()),
            Event::CData(more) => text.push_str(&more.decode().unwrap()),
            Event::GeneralRef(name) => match name.resolve_char_ref().unwrap() {
                Some(character) => text.push(character),
                None => text.push_str(match name.decode().unwrap().as_ref() {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "apos" => "'",
                    "quot" => "\"",
                    other => panic!("AWS does not answer &{other};"),
                }),
            },
            Event::End(_) | Event::Eof => return (text, inner),
            _ => {}
        }
    }
}

fn name_of(start: &BytesStart<'_>) -> String {
    String::from_utf8(start.name().as_ref().to_vec()).unwrap()
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, Tree)> {
    let each = start.attributes().map(Result::unwrap);
    each.map(|one| {
        let name = String::from_utf8(one.key.as_ref().to_vec()).unwrap();
        let value = String::from_utf8(one.value.to_vec()).unwrap();
        (format!("@{name}"), Tree::Text(value))
    })
    .collect()
}

/// The columns of the credential report.
fn table(encoded: &str) -> Option<Tree> {
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let names = reader.headers().ok()?.clone();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().ok()?;
    let column = |(at, name): (usize, &str)| {
        let cells = rows.iter().map(|row| row[at].to_owned()).collect();
        (name.to_owned(), cells)
    };
    Some(Tree::Table(names.iter().enumerate().map(column).collect()))
}

fn to_table(columns: &[(String, Vec<String>)]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(columns.iter().map(|(name, _)| name)).unwrap();
    let rows = columns.first().map_or(0, |(_, cells)| cells.len());
    for row in 0..rows {
        out.write_record(columns.iter().map(|(_, cells)| &cells[row])).unwrap();
    }
    STANDARD.encode(out.into_inner().unwrap())
}

fn to_xml(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Text(text) => out.push_str(&escape(text)),
        Tree::Table(columns) => out.push_str(&to_table(columns)),
        Tree::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Tree::Number(number) => out.push_str(&number.to_string()),
        Tree::Members(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !name.starts_with('@')) {
                if name == "#text" {
                    to_xml(value, out);
                    continue;
                }
                out.push('<');
                out.push_str(name);
                if let Tree::Members(inner) = value {
                    for (name, value) in inner {
                        if let (Some(name), Tree::Text(value)) = (name.strip_prefix('@'), value) {
                            out.push_str(&format!(" {name}=\"{value}\""));
                        }
                    }
                }
                out.push('>');
                to_xml(value, out);
                out.push_str(&format!("</{name}>"));
            }
        }
        Tree::Null | Tree::Items(_) => unreachable!("XML has none"),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What a text of XML or of the report means, as they have no types.
fn meant(text: &str) -> Meant {
    if matches!(text, "true" | "false" | "TRUE" | "FALSE") {
        return Meant::Flag;
    }
    if text.parse::<i64>().is_ok() {
        return Meant::Number;
    }
    let time = text.parse::<jiff::Timestamp>().is_ok();
    if time { Meant::Time } else { Meant::Text }
}

#[derive(PartialEq, Eq)]
enum Meant {
    Flag,
    Number,
    Time,
    Text,
}

/// The value afterwards; none if it was there before, or is of its type, or the format has no such value.
fn instead(form: Form, way: Way, value: &Tree) -> Option<Tree> {
    let text = || Tree::Text("damaged".to_owned());
    let number = || Tree::Number(7.into());
    let object = || Tree::Members(vec![("damaged".to_owned(), Tree::Flag(true))]);
    let empty = match value {
        Tree::Text(own) if !own.is_empty() => Some(Tree::Text(String::new())),
        // A list without items is a list.
        Tree::Members(own) if !own.is_empty() && !is_list(form, own) => Some(Tree::Members(vec![])),
        Tree::Table(_) => Some(Tree::Text(String::new())),
        _ => None,
    };
    if way == Way::Empty {
        return empty;
    }
    if form == Form::Xml {
        let means = match value {
            Tree::Text(own) => Some(meant(own)),
            _ => None,
        };
        // One text is as good as another one.
        return match (way, means) {
            (Way::Text, Some(Meant::Text)) | (Way::Null | Way::ListOfNull, _) => None,
            (Way::Text, _) => Some(text()),
            (Way::Number, Some(Meant::Flag | Meant::Time)) => Some(number()),
            (Way::Flag, Some(Meant::Number | Meant::Time)) => Some(Tree::Flag(true)),
            (Way::Object, _) => Some(object()),
            _ => None,
        };
    }
    match way {
        Way::Null => (*value != Tree::Null).then_some(Tree::Null),
        Way::Text => (!matches!(value, Tree::Text(_))).then(text),
        Way::Number => (!matches!(value, Tree::Number(_))).then(number),
        Way::Flag => (!matches!(value, Tree::Flag(_))).then_some(Tree::Flag(true)),
        Way::Object => (!matches!(value, Tree::Members(_))).then(object),
        Way::ListOfNull => Some(Tree::Items(vec![Tree::Null])),
        Way::Removed | Way::Empty | Way::Spelled => None,
    }
}

/// Whether members of XML are the items of a list.
fn is_list(form: Form, members: &[(String, Tree)]) -> bool {
    form == Form::Xml && members.iter().any(|(name, _)| is_item(form, members, name))
}

/// Whether a member of XML is an item of a list: by its name, or as one of several of that name. Pairs of a map are not, as
/// each has a separate key.
fn is_item(form: Form, members: &[(String, Tree)], name: &str) -> bool {
    let several = || members.iter().filter(|(other, _)| other == name).count() > 1;
    form == Form::Xml && name != "entry" && (ITEMS.contains(&name) || several())
}

/// Every place of a body, with every way in which it can be damaged.
pub(super) fn places(form: Form, tree: &Tree) -> Vec<(Place, Way)> {
    let mut found = Vec::new();
    let root = Place { steps: Vec::new(), name: String::new() };
    match tree {
        // What an answer without its root is like, other laws ask.
        Tree::Members(roots) if form == Form::Xml => {
            for (number, (_, root)) in roots.iter().enumerate() {
                let place = Place { steps: vec![number], name: String::new() };
                below(form, root, &place, &mut found);
            }
        }
        _ => below(form, tree, &root, &mut found),
    }
    found
}

fn below(form: Form, tree: &Tree, place: &Place, found: &mut Vec<(Place, Way)>) {
    let step = |number: usize, name: &str| {
        let mut steps = place.steps.clone();
        steps.push(number);
        Place { steps, name: format!("{}{name}", place.name) }
    };
    let mut at = |place: Place, inner: &Tree, named: bool| {
        for way in WAYS {
            let by_name = matches!(way, Way::Removed | Way::Spelled);
            if (by_name && named) || instead(form, way, inner).is_some() {
                found.push((place.clone(), way));
            }
        }
        below(form, inner, &place, found);
    };
    match tree {
        Tree::Members(members) => {
            for (number, (name, inner)) in members.iter().enumerate() {
                if name.starts_with("@xmlns") || name == METADATA {
                    continue;
                }
                let item = is_item(form, members, name);
                let key = match (name.as_str(), inner) {
                    ("entry", Tree::Members(pair)) => match pair.first() {
                        Some((_, Tree::Text(key))) => format!("({key})"),
                        _ => String::new(),
                    },
                    _ => String::new(),
                };
                let name = if item { "[]".to_owned() } else { format!(".{name}{key}") };
                at(step(number, &name), inner, !item);
            }
        }
        Tree::Items(items) => {
            for (number, inner) in items.iter().enumerate() {
                at(step(number, "[]"), inner, false);
            }
        }
        Tree::Table(columns) => {
            for (number, (name, cells)) in columns.iter().enumerate() {
                let column = step(number, &format!(".{name}"));
                found.extend([Way::Removed, Way::Spelled].map(|way| (column.clone(), way)));
                for (row, cell) in cells.iter().enumerate() {
                    let mut steps = column.steps.clone();
                    steps.push(row);
                    let place = Place { steps, name: format!("{}[]", column.name) };
                    let cell = Tree::Text(cell.clone());
                    for way in [Way::Empty, Way::Text, Way::Number, Way::Flag] {
                        if instead(form, way, &cell).is_some() {
                            found.push((place.clone(), way));
                        }
                    }
                }
            }
        }
        _ => {}
    }
}

/// Damages a place.
pub(super) fn damage(form: Form, tree: &mut Tree, place: &Place, way: Way) {
    let (last, above) = place.steps.split_last().unwrap();
    let mut value = tree;
    for (depth, step) in above.iter().enumerate() {
        value = match value {
            Tree::Members(members) => &mut members[*step].1,
            Tree::Items(items) => &mut items[*step],
            Tree::Table(columns) => {
                assert_eq!(depth + 1, above.len(), "a cell holds nothing");
                let cell = &mut columns[*step].1[*last];
                let new = instead(form, way, &Tree::Text(cell.clone())).unwrap();
                cell.clear();
                to_xml(&new, cell);
                return;
            }
            _ => unreachable!("{place:?}"),
        };
    }
    let spelled = |name: &mut String| {
        let upper = name.to_ascii_uppercase();
        *name = if upper == *name { name.to_ascii_lowercase() } else { upper };
    };
    match (value, way) {
        (Tree::Members(members), Way::Removed) => drop(members.remove(*last)),
        (Tree::Members(members), Way::Spelled) => spelled(&mut members[*last].0),
        (Tree::Members(members), _) => {
            members[*last].1 = instead(form, way, &members[*last].1).unwrap();
        }
        (Tree::Items(items), _) => items[*last] = instead(form, way, &items[*last]).unwrap(),
        (Tree::Table(columns), Way::Removed) => drop(columns.remove(*last)),
        (Tree::Table(columns), Way::Spelled) => spelled(&mut columns[*last].0),
        _ => unreachable!("{place:?}"),
    }
}
