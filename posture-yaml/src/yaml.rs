//! From the text of a file to documents, within bounds.

use std::collections::HashMap;

use granit_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

use crate::node::{Data, Field, Node, Place, merge};
use crate::scalar::Scalars;
use crate::{Limits, below, shown, within};

/// After how many fields that are there already a document is not read further.
const REPEATED: usize = 100;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where it is.
    pub place: Place,
    /// The path in the document, as far as it is known.
    pub path: String,
    /// What is wrong. It holds no control characters.
    pub problem: String,
    /// What to write instead, where that is known.
    pub fix: Option<String>,
}

/// A document of a file.
#[derive(Clone, Debug)]
pub struct Text {
    /// Where it starts.
    pub place: Place,
    /// The comment `# Source: …` that Helm writes.
    pub source: Option<String>,
    /// Its content, unless it is empty or what is wrong leaves none.
    pub root: Option<Node>,
    /// What is wrong with its text.
    pub troubles: Vec<Trouble>,
}

fn place(marker: &Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

/// Why a document cannot be read further.
enum Stop {
    /// Its text is wrong. The next document may be right.
    Document(Trouble),
    /// The file exceeds a bound.
    File(Trouble),
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    limits: &'t Limits,
    scalars: Scalars,
    /// How many more values the file may hold, with those that aliases repeat.
    values: usize,
    /// How many more bytes of text aliases may repeat.
    repeated: usize,
    anchors: HashMap<usize, Node>,
    source: Option<String>,
    troubles: Vec<Trouble>,
}

/// The documents of a text. If the file exceeds a bound, the last one says so, and what follows was not read.
pub fn documents(text: &str, limits: &Limits, scalars: Scalars) -> Vec<Text> {
    let parser = Parser::new_from_str(text);
    let mut reader = Reader {
        parser,
        limits,
        scalars,
        values: limits.values,
        repeated: limits.bytes,
        anchors: HashMap::new(),
        source: None,
        troubles: Vec::new(),
    };
    let mut all = Vec::new();
    loop {
        match reader.document() {
            Ok(None) => return all,
            Ok(Some((place, root))) => all.push(reader.take(place, root)),
            Err(Stop::Document(trouble)) => {
                let place = trouble.place;
                reader.troubles.push(trouble);
                all.push(reader.take(place, None));
                match reader.parser.proceed_next_document() {
                    Ok(true) => {}
                    Ok(false) | Err(_) => return all,
                }
            }
            Err(Stop::File(trouble)) => {
                let place = trouble.place;
                reader.troubles.push(trouble);
                all.push(reader.take(place, None));
                return all;
            }
        }
        if all.len() >= limits.documents {
            let place = all.last().map_or(Place { line: 1, column: 1 }, |last| last.place);
            let problem = format!("the file has more than {} documents", limits.documents);
            reader.troubles.push(bound(place, problem));
            all.push(reader.take(place, None));
            return all;
        }
    }
}

fn bound(place: Place, problem: String) -> Trouble {
    let fix = Some("what follows was not read: split the file".to_owned());
    Trouble { place, path: String::new(), problem, fix }
}

impl<'t> Reader<'t> {
    fn take(&mut self, place: Place, root: Option<Node>) -> Text {
        self.anchors.clear();
        let troubles = std::mem::take(&mut self.troubles);
        // Without the part that is wrong it would be another document.
        let root = root.filter(|_| troubles.is_empty());
        Text { place, source: self.source.take(), root, troubles }
    }

    fn next(&mut self) -> Result<Option<(Event<'t>, Place)>, Stop> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok((event, span))) => Ok(Some((event, place(&span.start)))),
            Some(Err(error)) => Err(Stop::Document(Trouble {
                place: place(error.marker()),
                path: String::new(),
                problem: format!("not valid YAML: {}", shown(&error.info())),
                fix: None,
            })),
        }
    }

    /// The next document; nothing at the end of the file.
    fn document(&mut self) -> Result<Option<(Place, Option<Node>)>, Stop> {
        let mut start = None;
        while let Some((event, at)) = self.next()? {
            match event {
                Event::Comment(text, _) => self.comment(&text),
                Event::DocumentStart(..) => start = Some(at),
                // A document without content has an empty scalar.
                Event::DocumentEnd | Event::StreamStart => {}
                Event::StreamEnd => return Ok(None),
                other => {
                    let node = self.node(other, at, "", 1)?;
                    self.end()?;
                    let root = Some(node).filter(|node| node.data != Data::Null);
                    let place = root.as_ref().map_or(start.unwrap_or(at), |node| node.place);
                    return Ok(Some((place, root)));
                }
            }
        }
        Ok(None)
    }

    fn end(&mut self) -> Result<(), Stop> {
        while let Some((event, _)) = self.next()? {
            if matches!(event, Event::DocumentEnd | Event::StreamEnd) {
                break;
            }
        }
        Ok(())
    }

    fn comment(&mut self, text: &str) {
        if let Some(source) = text.strip_prefix(" Source: ") {
            self.source = Some(shown(source.trim()));
        }
    }

    /// The next event that is not a comment, with the place.
    fn content(&mut self, at: Place, path: &str) -> Result<(Event<'t>, Place), Stop> {
        loop {
            match self.next()? {
                Some((Event::Comment(text, _), _)) => self.comment(&text),
                Some(found) => return Ok(found),
                None => {
                    return Err(Stop::Document(self.wrong(
                        at,
                        path,
                        "the document ends too early",
                    )));
                }
            }
        }
    }

    fn wrong(&self, place: Place, path: &str, problem: impl Into<String>) -> Trouble {
        Trouble { place, path: path.to_owned(), problem: problem.into(), fix: None }
    }

    fn spend(&mut self, values: usize, at: Place) -> Result<(), Stop> {
        match self.values.checked_sub(values) {
            Some(left) => {
                self.values = left;
                Ok(())
            }
            None => {
                let problem = format!(
                    "the file has more than {} values, with those that aliases repeat",
                    self.limits.values
                );
                Err(Stop::File(bound(at, problem)))
            }
        }
    }

    fn deep(&self, at: Place, path: &str) -> Stop {
        let problem = format!("the document is deeper than {} levels", self.limits.depth);
        Stop::Document(self.wrong(at, path, problem))
    }

    fn node(
        &mut self,
        event: Event<'t>,
        at: Place,
        path: &str,
        depth: usize,
    ) -> Result<Node, Stop> {
        if depth > self.limits.depth {
            return Err(self.deep(at, path));
        }
        self.spend(1, at)?;
        let (anchor, tag, data) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let core = tag.as_ref().and_then(|tag| tag.core_suffix());
                let data = match (style, &tag, core) {
                    (_, _, Some("binary")) => {
                        let problem = "the tag `!!binary` is not accepted";
                        return Err(Stop::Document(Trouble {
                            fix: Some("write the base64 text as a string".to_owned()),
                            ..self.wrong(at, path, problem)
                        }));
                    }
                    (ScalarStyle::Plain, None, _)
                    | (_, _, Some("int" | "float" | "bool" | "null")) => {
                        match self.scalars.plain(&text) {
                            Ok(data) => data,
                            Err(problem) => {
                                return Err(Stop::Document(self.wrong(at, path, problem)));
                            }
                        }
                    }
                    _ => Data::Text(text.into_owned()),
                };
                (anchor, tag, data)
            }
            Event::SequenceStart(_, anchor, tag) => (anchor, tag, self.list(at, path, depth)?),
            Event::MappingStart(_, anchor, tag) => (anchor, tag, self.fields(at, path, depth)?),
            Event::Alias(anchor) => return self.alias(anchor, at, path, depth),
            _ => {
                return Err(Stop::Document(self.wrong(
                    at,
                    path,
                    "not valid YAML: a value is missing",
                )));
            }
        };
        let tag = tag.filter(|tag| tag.core_suffix().is_none());
        let tag = tag.map(|tag| shown(&tag.to_string()).into_boxed_str());
        let node = Node { place: at, data, tag };
        if anchor > 0 {
            // It is held twice from here on, and again by each anchor around it.
            self.repeat(node.size(), node.bytes(), at)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, at: Place, path: &str, depth: usize) -> Result<Node, Stop> {
        let Some(target) = self.anchors.get(&anchor) else {
            // The parser knows the anchor, so that it is that of a value around the alias.
            return Err(Stop::Document(self.wrong(
                at,
                path,
                "the alias repeats a value that holds it",
            )));
        };
        let (values, bytes, levels) = (target.size(), target.bytes(), target.depth());
        if depth + levels > self.limits.depth {
            return Err(self.deep(at, path));
        }
        self.repeat(values, bytes, at)?;
        match self.anchors.get(&anchor) {
            Some(target) => Ok(target.clone()),
            None => Err(self.deep(at, path)),
        }
    }

    fn repeat(&mut self, values: usize, bytes: usize, at: Place) -> Result<(), Stop> {
        self.spend(values, at)?;
        let Some(left) = self.repeated.checked_sub(bytes) else {
            let problem = format!("aliases repeat more than {} bytes", self.limits.bytes);
            return Err(Stop::File(bound(at, problem)));
        };
        self.repeated = left;
        Ok(())
    }

    fn list(&mut self, at: Place, path: &str, depth: usize) -> Result<Data, Stop> {
        let mut items = Vec::new();
        loop {
            let (event, at) = self.content(at, path)?;
            if event == Event::SequenceEnd {
                return Ok(Data::List(items));
            }
            let path = within(path, items.len());
            items.push(self.node(event, at, &path, depth + 1)?);
        }
    }

    fn fields(&mut self, at: Place, path: &str, depth: usize) -> Result<Data, Stop> {
        let mut fields: Vec<Field> = Vec::new();
        let mut places: HashMap<String, Place> = HashMap::new();
        let mut merged: Vec<(Node, Place)> = Vec::new();
        loop {
            let (event, at) = self.content(at, path)?;
            if event == Event::MappingEnd {
                break;
            }
            let is_plain = matches!(&event, Event::Scalar(_, ScalarStyle::Plain, _, None));
            let key = self.node(event, at, path, depth + 1)?;
            let name = match key.data {
                Data::Text(text) => text,
                Data::Boolean(value) => value.to_string(),
                Data::Number(number) => number.to_string(),
                _ => {
                    let problem = format!("{} is not the name of a field", key.kind());
                    return Err(Stop::Document(self.wrong(at, path, problem)));
                }
            };
            let below = below(path, &name);
            let (event, place) = self.content(at, &below)?;
            let value = self.node(event, place, &below, depth + 1)?;
            if is_plain && name == "<<" {
                merged.push((value, at));
                continue;
            }
            if let Some(first) = places.insert(name.clone(), at) {
                let problem = format!("the field is already on line {}", first.line);
                let fix = Some("keep one of them".to_owned());
                let trouble = Trouble { fix, ..self.wrong(at, &below, problem) };
                if self.troubles.len() >= REPEATED {
                    return Err(Stop::Document(trouble));
                }
                self.troubles.push(trouble);
                continue;
            }
            fields.push(Field { name, place: at, value });
        }
        for (value, at) in merged {
            merge(value, &mut fields, &mut places)
                .map_err(|problem| Stop::Document(self.wrong(at, path, problem)))?;
        }
        Ok(Data::Fields(fields))
    }
}
