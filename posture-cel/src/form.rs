//! The form of a control as it is written down: its tables and keys. Reading goes on after a mistake, so that the author of
//! the file sees all of them at once.

use std::ops::Range;

use posture_core::control::Severity;
use posture_core::frameworks::Strength;
use posture_core::params::Value;
use posture_core::suggest::nearest;
use serde_json::{Map, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::case::Expected;
use crate::expression::guess;
use crate::file::{Reader, plain};

/// A text, or a name, with its place.
pub(crate) type Text = Spanned<String>;

type Item<'i> = Spanned<DeValue<'i>>;

/// What a file says. What is needed and is not there was reported.
#[derive(Default)]
pub(crate) struct File {
    pub(crate) id: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) finding: Option<Text>,
    pub(crate) keywords: Vec<Text>,
    pub(crate) severity: Option<Severity>,
    pub(crate) rationale: Option<Text>,
    pub(crate) references: Vec<Text>,
    pub(crate) resource: Option<Text>,
    pub(crate) applies: Option<Text>,
    pub(crate) not_applicable: Option<Text>,
    pub(crate) pass: Option<Text>,
    pub(crate) expected: Option<Text>,
    pub(crate) remediation: Vec<(Text, RemedyFile)>,
    pub(crate) satisfies: Vec<(Text, Strength)>,
    pub(crate) params: Vec<(Text, ParamFile)>,
    pub(crate) cases: Vec<CaseFile>,
}

#[derive(Default)]
pub(crate) struct RemedyFile {
    pub(crate) text: Option<Text>,
    pub(crate) console: Option<Text>,
    pub(crate) command: Option<Text>,
}

#[derive(Default)]
pub(crate) struct ParamFile {
    pub(crate) about: Option<Text>,
    /// Whether it has a default, be it one that cannot be.
    pub(crate) given: bool,
    pub(crate) days: Option<u32>,
    pub(crate) count: Option<u32>,
    pub(crate) names: Option<Vec<String>>,
}

#[derive(Default)]
pub(crate) struct CaseFile {
    pub(crate) span: Range<usize>,
    /// What it is called where it is wrong.
    pub(crate) title: String,
    pub(crate) name: Option<String>,
    pub(crate) expect: Option<Expected>,
    pub(crate) provider: Option<Text>,
    pub(crate) at: Option<Text>,
    pub(crate) id: Option<String>,
    pub(crate) resource_name: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) facts: Vec<(Text, serde_json::Value)>,
    pub(crate) none: Vec<Text>,
    pub(crate) unread: Vec<Text>,
    pub(crate) not_offered: Vec<Text>,
    pub(crate) params: Vec<(Text, Value)>,
}

const KEYS: &[&str] = &[
    "applies",
    "case",
    "expected",
    "finding",
    "id",
    "keywords",
    "not-applicable",
    "params",
    "pass",
    "rationale",
    "references",
    "remediation",
    "resource",
    "satisfies",
    "severity",
    "title",
];
const NEEDED: &[&str] = &["id", "title", "severity", "rationale", "resource", "pass"];
const REMEDY: &[&str] = &["text", "console", "command"];
const PARAM: &[&str] = &["about", "days", "count", "names"];
const CASE: &[&str] = &[
    "at",
    "expect",
    "facts",
    "id",
    "name",
    "none",
    "not-offered",
    "params",
    "provider",
    "region",
    "resource-name",
    "unread",
];

impl Reader<'_> {
    /// The file, as far as it has the form.
    pub(crate) fn form(&mut self, table: &DeTable<'_>) -> File {
        let mut file = File::default();
        self.keys(table, &(0..0), KEYS, NEEDED);
        for (key, item) in table {
            match key.get_ref().as_ref() {
                "id" => file.id = self.text("id", item),
                "title" => file.title = self.text("title", item),
                "finding" => file.finding = self.text("finding", item),
                "keywords" => file.keywords = self.texts("keywords", item),
                "severity" => {
                    file.severity = self.one_of("severity", item, Severity::ALL, Severity::id);
                }
                "rationale" => file.rationale = self.text("rationale", item),
                "references" => file.references = self.texts("references", item),
                "resource" => file.resource = self.text("resource", item),
                "applies" => file.applies = self.text("applies", item),
                "not-applicable" => file.not_applicable = self.text("not-applicable", item),
                "pass" => file.pass = self.text("pass", item),
                "expected" => file.expected = self.text("expected", item),
                "remediation" => {
                    for (name, item) in self.entries("remediation", item) {
                        let remedy = self
                            .within(format!("[remediation.{}]", name.get_ref()), |r| {
                                r.remedy_form(item)
                            });
                        file.remediation.extend(remedy.map(|remedy| (name, remedy)));
                    }
                }
                "satisfies" => {
                    for (name, item) in self.entries("satisfies", item) {
                        let all = [Strength::Full, Strength::Partial, Strength::Supporting];
                        let strength = self.within("[satisfies]".to_owned(), |r| {
                            r.one_of(&plain(name.get_ref()), item, &all, Strength::id)
                        });
                        file.satisfies.extend(strength.map(|strength| (name, strength)));
                    }
                }
                "params" => {
                    for (name, item) in self.entries("params", item) {
                        let param = self
                            .within(format!("[params.{}]", name.get_ref()), |r| r.param_form(item));
                        file.params.extend(param.map(|param| (name, param)));
                    }
                }
                "case" => match item.get_ref() {
                    DeValue::Array(all) => {
                        for (place, item) in all.iter().enumerate() {
                            let title = title(item, place);
                            let case = self.within(title.clone(), |r| r.case_form(item));
                            file.cases.extend(case.map(|case| CaseFile { title, ..case }));
                        }
                    }
                    _ => self.expected("case", item, "tables of the form `[[case]]`"),
                },
                _ => {}
            }
        }
        file
    }

    fn remedy_form(&mut self, item: &Item<'_>) -> Option<RemedyFile> {
        let table = self.table(item)?;
        let mut remedy = RemedyFile::default();
        self.keys(table, &item.span(), REMEDY, REMEDY);
        for (key, item) in table {
            match key.get_ref().as_ref() {
                "text" => remedy.text = self.text("text", item),
                "console" => remedy.console = self.text("console", item),
                "command" => remedy.command = self.text("command", item),
                _ => {}
            }
        }
        Some(remedy)
    }

    fn param_form(&mut self, item: &Item<'_>) -> Option<ParamFile> {
        let table = self.table(item)?;
        let mut param = ParamFile::default();
        self.keys(table, &item.span(), PARAM, &["about"]);
        param.given = ["days", "count", "names"].iter().any(|key| table.contains_key(*key));
        for (key, item) in table {
            match key.get_ref().as_ref() {
                "about" => param.about = self.text("about", item),
                "days" => param.days = self.number("days", item),
                "count" => param.count = self.number("count", item),
                "names" => {
                    let names = self.texts("names", item);
                    param.names = Some(names.into_iter().map(Spanned::into_inner).collect());
                }
                _ => {}
            }
        }
        Some(param)
    }

    fn case_form(&mut self, item: &Item<'_>) -> Option<CaseFile> {
        let table = self.table(item)?;
        let mut case = CaseFile { span: item.span(), ..CaseFile::default() };
        self.keys(table, &item.span(), CASE, &["name", "expect"]);
        let inner = |text: Option<Text>| text.map(Spanned::into_inner);
        for (key, item) in table {
            match key.get_ref().as_ref() {
                "name" => case.name = inner(self.text("name", item)),
                "expect" => {
                    case.expect = self.one_of("expect", item, Expected::ALL, Expected::id);
                }
                "provider" => case.provider = self.text("provider", item),
                "at" => case.at = self.text("at", item),
                "id" => case.id = inner(self.text("id", item)),
                "resource-name" => case.resource_name = inner(self.text("resource-name", item)),
                "region" => case.region = inner(self.text("region", item)),
                "facts" => {
                    let facts = self.entries("facts", item).into_iter();
                    case.facts = facts.map(|(name, item)| (name, value(item.get_ref()))).collect();
                }
                "none" => case.none = self.texts("none", item),
                "unread" => case.unread = self.texts("unread", item),
                "not-offered" => case.not_offered = self.texts("not-offered", item),
                "params" => {
                    for (name, item) in self.entries("params", item) {
                        let value = self.param_value(&name, item);
                        case.params.extend(value.map(|value| (name, value)));
                    }
                }
                _ => {}
            }
        }
        Some(case)
    }

    /// Reports the keys of a table that are unknown, and those that are needed and are not there.
    fn keys(&mut self, table: &DeTable<'_>, at: &Range<usize>, known: &[&str], needed: &[&str]) {
        let mut meant: Vec<&str> = Vec::new();
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let near = nearest(key.get_ref(), known.iter().copied());
            let what = format!("unknown key `{}`{}", plain(key.get_ref()), guess(&near));
            self.mistake(&key.span(), what);
            meant.extend(near.first());
        }
        for name in needed {
            // Who misspelled a key sees that already.
            if !table.contains_key(*name) && !meant.contains(name) {
                self.mistake(at, format!("`{name}` is missing"));
            }
        }
    }

    fn expected(&mut self, name: &str, item: &Item<'_>, what: &str) {
        let found = item.get_ref().type_str();
        self.mistake(&item.span(), format!("`{name}` must be {what}, not {found}"));
    }

    fn table<'i, 't>(&mut self, item: &'i Item<'t>) -> Option<&'i DeTable<'t>> {
        let table = item.get_ref().as_table();
        if table.is_none() {
            let found = item.get_ref().type_str();
            self.mistake(&item.span(), format!("this must be a table, not {found}"));
        }
        table
    }

    /// The entries of a table of any names.
    fn entries<'i, 't>(&mut self, name: &str, item: &'i Item<'t>) -> Vec<(Text, &'i Item<'t>)> {
        let Some(table) = item.get_ref().as_table() else {
            self.expected(name, item, "a table");
            return Vec::new();
        };
        let entry = |(key, item): (&'i Spanned<std::borrow::Cow<'t, str>>, &'i Item<'t>)| {
            (Spanned::new(key.span(), key.get_ref().clone().into_owned()), item)
        };
        table.iter().map(entry).collect()
    }

    fn text(&mut self, name: &str, item: &Item<'_>) -> Option<Text> {
        let text = item.get_ref().as_str();
        if text.is_none() {
            self.expected(name, item, "text");
        }
        Some(Spanned::new(item.span(), text?.to_owned()))
    }

    fn texts(&mut self, name: &str, item: &Item<'_>) -> Vec<Text> {
        let DeValue::Array(list) = item.get_ref() else {
            self.expected(name, item, "a list of texts");
            return Vec::new();
        };
        list.iter().filter_map(|item| self.text(name, item)).collect()
    }

    fn number(&mut self, name: &str, item: &Item<'_>) -> Option<u32> {
        let number = integer(item.get_ref()).and_then(|number| u32::try_from(number).ok());
        if number.is_none() {
            self.expected(name, item, "a whole number that is not negative");
        }
        number
    }

    fn param_value(&mut self, name: &Text, item: &Item<'_>) -> Option<Value> {
        let name = plain(name.get_ref());
        match item.get_ref() {
            DeValue::Array(_) => {
                let names = self.texts(&name, item);
                Some(Value::Names(names.into_iter().map(Spanned::into_inner).collect()))
            }
            DeValue::Integer(_) => self.number(&name, item).map(Value::Number),
            _ => {
                self.expected(&name, item, "a whole number or a list of texts");
                None
            }
        }
    }

    fn one_of<T: Copy>(
        &mut self,
        name: &str,
        item: &Item<'_>,
        all: &[T],
        id: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(name, item)?;
        let found = all.iter().copied().find(|one| id(*one) == text.get_ref());
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|one| id(*one)).collect();
            let what = format!(
                "`{name}` cannot be \"{}\"; expected one of {}",
                plain(text.get_ref()),
                names.join(", ")
            );
            self.mistake(&text.span(), what);
        }
        found
    }
}

/// What a case is called where it is wrong.
fn title(item: &Item<'_>, place: usize) -> String {
    let name = item.get_ref().as_table().and_then(|table| table.get("name"));
    match name.and_then(|name| name.get_ref().as_str()) {
        Some(name) => format!("[[case]] \"{}\"", plain(name)),
        None => format!("[[case]] {}", place + 1),
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let DeValue::Integer(number) = value else { return None };
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A value of TOML as one of JSON, where a date is the beginning of that day.
fn value(of: &DeValue<'_>) -> serde_json::Value {
    match of {
        DeValue::String(text) => text.as_ref().into(),
        // One that is too large for anything cannot be a fact.
        DeValue::Integer(number) => integer(of).map_or_else(|| number.as_str().into(), Into::into),
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap_or(f64::NAN)),
        DeValue::Boolean(is) => (*is).into(),
        DeValue::Datetime(time) => match (time.date, time.time, time.offset) {
            (Some(_), None, _) => format!("{time}T00:00:00Z").into(),
            (_, _, None) => format!("{time}Z").into(),
            _ => time.to_string().into(),
        },
        DeValue::Array(all) => all.iter().map(|item| value(item.get_ref())).collect(),
        DeValue::Table(all) => {
            let entry = |(key, item): (&Spanned<std::borrow::Cow<'_, str>>, &Item<'_>)| {
                (key.get_ref().clone().into_owned(), value(item.get_ref()))
            };
            all.iter().map(entry).collect::<Map<_, _>>().into()
        }
    }
}
