//! A list of what was found, and whether there may be more.

use std::any::Any;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::fact::{Fact, Gap, Known};
use crate::gap::GapId;
use crate::kind::FactId;
use crate::verdict::{CheckResult, fail, pass};

/// What a question about grants found: the entries that are certain, and the gap behind those that are not decided.
///
/// One trusted account in a list does not decide an entry that could not be decided. So the list is never read without its
/// rest: [`Entries::any`] is three-valued, and [`Entries::without`] keeps the rest when it removes entries, unless the rest
/// has [names](Entries::naming) and all of them are removed as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    certain: Vec<String>,
    undecided: Option<GapId>,
    /// What the undecided entries are, where they can be no others; empty where they can be anything.
    named: Vec<String>,
}

impl Entries {
    /// A list without entries, to which nothing is missing.
    pub const fn none() -> Self {
        Self { certain: Vec::new(), undecided: None, named: Vec::new() }
    }

    /// The entries that are certain, and the gap for what else there may be.
    pub fn new(certain: Vec<String>, undecided: Option<GapId>) -> Self {
        Self { certain, undecided, named: Vec::new() }
    }

    /// The same, where the undecided entries are these and can be no others: a control that accepts all of them need not know
    /// which are there. Without names they can be anything.
    #[must_use]
    pub fn naming(self, mut undecided: Vec<String>) -> Self {
        if self.undecided.is_none() {
            return self;
        }
        undecided.sort_unstable();
        undecided.dedup();
        Self { named: undecided, ..self }
    }

    /// These as a fact: a gap where no entry is certain, some are undecided, and nothing names them.
    pub fn into_fact(self) -> Fact<Self> {
        match self.undecided {
            Some(gap) if self.certain.is_empty() && self.named.is_empty() => Gap(gap),
            _ => Known(self),
        }
    }

    /// The only entry that is certain; none if there are none or several.
    pub fn only(&self) -> Option<&str> {
        match self.certain.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The entries that are certain.
    pub fn certain(&self) -> &[String] {
        &self.certain
    }

    /// Why there may be more entries than the certain ones; none if the list is complete.
    pub fn undecided(&self) -> Option<GapId> {
        self.undecided
    }

    /// What the undecided entries are, where they can be no others; empty where they can be anything, or where there are none.
    pub fn named(&self) -> &[String] {
        &self.named
    }

    /// Points the undecided entries to the gap of another number.
    pub(crate) fn renumber(&mut self, gap: GapId) {
        if let Some(old) = &mut self.undecided {
            *old = gap;
        }
    }

    /// Whether there is an entry. It is false only for a list that is complete.
    pub fn any(&self) -> Fact<bool> {
        match self.undecided {
            _ if !self.certain.is_empty() => Known(true),
            Some(gap) => Gap(gap),
            None => Known(false),
        }
    }

    /// The list without the entries that `accepted` names. What is undecided stays undecided, unless it has names and all of
    /// them are accepted.
    #[must_use]
    pub fn without(&self, mut accepted: impl FnMut(&str) -> bool) -> Self {
        let mut left = |entries: &[String]| -> Vec<String> {
            entries.iter().filter(|entry| !accepted(entry)).cloned().collect()
        };
        let (certain, named) = (left(&self.certain), left(&self.named));
        let settled = named.is_empty() && !self.named.is_empty();
        Self { certain, undecided: self.undecided.filter(|_| !settled), named }
    }

    /// Both lists together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut certain = self.certain.clone();
        certain.extend(other.certain.iter().filter(|entry| !self.certain.contains(entry)).cloned());
        let rest = [self, other].into_iter().filter(|list| list.undecided.is_some());
        let named = if rest.clone().any(|list| list.named.is_empty()) {
            Vec::new()
        } else {
            rest.flat_map(|list| &list.named).cloned().collect()
        };
        Self::new(certain, self.undecided.or(other.undecided)).naming(named)
    }

    /// The entries that are certain, as evidence.
    pub fn evidence(&self) -> String {
        self.evidence_with(", ")
    }

    /// The same, with another mark between entries that have commas within.
    pub fn evidence_with(&self, mark: &str) -> String {
        self.certain.join(mark)
    }

    /// Judges that there should be no entry: a certain one fails, an undecided one is unknown.
    ///
    /// # Errors
    /// [`Undecided`](crate::verdict::Undecided) where no entry is certain and there may be some.
    pub fn must_be_empty(&self, fact: FactId, expected: &'static str) -> CheckResult {
        if *self.any().known()? {
            return fail(fact, self.evidence(), expected);
        }
        pass()
    }
}

/// The gap in place of a fact, or behind the entries of a list that are not decided.
pub(crate) fn gap_of<T: 'static>(fact: &Fact<T>) -> Option<GapId> {
    match fact {
        Known(value) => (value as &dyn Any).downcast_ref::<Entries>()?.undecided(),
        Fact::NotOffered => None,
        Gap(gap) => Some(*gap),
    }
}

/// Points a fact that has a gap to the gap of another number.
pub(crate) fn renumber<T: 'static>(fact: &mut Fact<T>, gap: GapId) {
    match fact {
        Known(value) => {
            if let Some(entries) = (value as &mut dyn Any).downcast_mut::<Entries>() {
                entries.renumber(gap);
            }
        }
        Fact::NotOffered => {}
        Gap(old) => *old = gap,
    }
}

impl Fact<Entries> {
    /// What several lists hold together: an entry of one is one of all, and what one leaves undecided stays so. It was not
    /// collected where a part of it was not.
    pub fn together<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Entries::none();
        for part in parts {
            match part {
                Known(entries) => all = all.and(entries),
                Fact::NotOffered => {}
                Gap(GapId::NOT_COLLECTED) => return Self::not_collected(),
                Gap(gap) => all = all.and(&Entries::new(Vec::new(), Some(*gap))),
            }
        }
        all.into_fact()
    }

    /// Whether there is an entry. It is false only for a list that is complete.
    pub fn any(&self) -> Fact<bool> {
        self.and_then(Entries::any)
    }

    /// Judges that there should be no entry: a certain one fails, an undecided one is unknown.
    ///
    /// # Errors
    /// [`Undecided`](crate::verdict::Undecided) where no entry is certain and there may be some, and where the provider has
    /// no such list.
    pub fn must_be_empty(&self, fact: FactId, expected: &'static str) -> CheckResult {
        self.known()?.must_be_empty(fact, expected)
    }
}

impl<S: Into<String>> FromIterator<S> for Entries {
    /// A list to which nothing is missing.
    fn from_iter<I: IntoIterator<Item = S>>(entries: I) -> Self {
        Self::new(entries.into_iter().map(Into::into).collect(), None)
    }
}

impl From<Vec<String>> for Entries {
    /// A list to which nothing is missing.
    fn from(certain: Vec<String>) -> Self {
        Self::new(certain, None)
    }
}

impl<const N: usize> From<[&str; N]> for Entries {
    /// A list to which nothing is missing.
    fn from(entries: [&str; N]) -> Self {
        entries.into_iter().collect()
    }
}

// In JSON a list to which nothing is missing is a plain list; another names its certain entries, the gap, and what the undecided
// entries are where that is known.

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Some(gap) = self.undecided else { return self.certain.serialize(out) };
        let named = Some(&self.named).filter(|named| !named.is_empty());
        let mut map = out.serialize_map(Some(2 + usize::from(named.is_some())))?;
        map.serialize_entry("certain", &self.certain)?;
        map.serialize_entry("undecided", &gap)?;
        if let Some(named) = named {
            map.serialize_entry("named", named)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(
                    r#"a list of strings or `{"certain": […], "undecided": …, "named": […]}`"#,
                )
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut certain = Vec::new();
                while let Some(entry) = list.next_element()? {
                    certain.push(entry);
                }
                Ok(Entries::new(certain, None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                #[derive(serde::Deserialize)]
                #[serde(rename_all = "kebab-case")]
                enum Part {
                    Certain,
                    Undecided,
                    Named,
                }
                let (mut certain, mut undecided, mut named) = (None, None, None);
                while let Some(part) = map.next_key()? {
                    match part {
                        Part::Certain if certain.is_none() => certain = Some(map.next_value()?),
                        Part::Undecided if undecided.is_none() => {
                            undecided = Some(map.next_value()?);
                        }
                        Part::Named if named.is_none() => named = Some(map.next_value()?),
                        Part::Certain => return Err(de::Error::duplicate_field("certain")),
                        Part::Undecided => return Err(de::Error::duplicate_field("undecided")),
                        Part::Named => return Err(de::Error::duplicate_field("named")),
                    }
                }
                match (certain, undecided) {
                    (Some(certain), Some(gap)) => {
                        Ok(Entries::new(certain, Some(gap)).naming(named.unwrap_or_default()))
                    }
                    (None, _) => Err(de::Error::missing_field("certain")),
                    (_, None) => Err(de::Error::missing_field("undecided")),
                }
            }
        }

        input.deserialize_any(Either)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Entries {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Entries".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let list = generator.subschema_for::<Vec<String>>();
        let gap = generator.subschema_for::<GapId>();
        schemars::json_schema!({
            "description": "What a question about grants found: a list to which nothing is missing, or the entries that are certain, the gap behind those that are not decided, and what these are where they can be nothing else.",
            "oneOf": [
                list,
                {
                    "type": "object",
                    "required": ["certain", "undecided"],
                    "additionalProperties": false,
                    "properties": { "certain": list, "undecided": gap, "named": list }
                }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Undecided, Verdict};

    const FACT: FactId = crate::resource::Bucket::POLICY_PUBLIC;
    const GAP: GapId = GapId::new(7);

    fn partial(entries: &[&str]) -> Entries {
        Entries::new(entries.iter().map(|&entry| entry.to_owned()).collect(), Some(GAP))
    }

    #[test]
    fn certain_entries_do_not_hide_undecided_ones() {
        assert_eq!(partial(&["a"]).any(), Known(true));
        assert_eq!(partial(&["a"]).without(|entry| entry == "a").any(), Gap(GAP));
        assert_eq!(partial(&["a", "b"]).without(|entry| entry == "a").any(), Known(true));
        assert_eq!(partial(&[]).any(), Gap(GAP));
        assert_eq!(Entries::from(["a"]).without(|entry| entry == "a").any(), Known(false));
        assert_eq!(Entries::none().any(), Known(false));
        let both = Entries::none().and(&partial(&["a"]));
        assert_eq!((both.any(), both.undecided()), (Known(true), Some(GAP)));
        let both = partial(&[]).and(&Entries::from(["a"]));
        assert_eq!((both.evidence().as_str(), both.undecided()), ("a", Some(GAP)));
    }

    fn named(certain: &[&str], names: &[&str]) -> Entries {
        partial(certain).naming(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn undecided_entries_that_are_all_accepted_leave_nothing_open() {
        let list = named(&["a"], &["c", "b", "c"]);
        assert_eq!(list.without(|entry| entry != "a").any(), Known(true));
        assert_eq!(list.without(|entry| entry != "b").any(), Gap(GAP));
        assert_eq!(list.without(|entry| entry == "a"), named(&[], &["b", "c"]));
        assert_eq!(list.without(|entry| entry != "a"), Entries::from(["a"]));
        assert_eq!(list.without(|_| true), Entries::none());
        // An entry without a name may be another principal.
        assert_eq!(named(&["a"], &[]).without(|_| true).any(), Gap(GAP));
        // To what is whole, no name is added.
        assert_eq!(Entries::from(["a"]).naming(vec!["b".to_owned()]), Entries::from(["a"]));
    }

    #[test]
    fn both_lists_are_named_only_if_each_rest_is() {
        let all = |list: Entries| list.without(|_| true).any();
        assert_eq!(all(named(&[], &["b"]).and(&named(&["a"], &["c"]))), Known(false));
        assert_eq!(all(named(&[], &["b"]).and(&partial(&["a"]))), Gap(GAP));
        assert_eq!(all(partial(&[]).and(&named(&[], &["b"]))), Gap(GAP));
        assert_eq!(all(named(&[], &["b"]).and(&Entries::from(["a"]))), Known(false));
        assert_eq!(all(Entries::from(["a"]).and(&named(&[], &["b"]))), Known(false));
        let both = named(&[], &["b"]).and(&named(&["a"], &["c"]));
        assert_eq!(both, named(&["a"], &["b", "c"]));
    }

    #[test]
    fn lists_together_hold_what_each_holds_and_leave_open_what_one_leaves() {
        let a = Known(Entries::from(["a"]));
        let b = Known(partial(&["b"]));
        assert_eq!(Fact::together([]), Known(Entries::none()));
        assert_eq!(Fact::together([&a, &Fact::NotOffered]), a);
        let both = Known(partial(&["a", "b"]));
        assert_eq!(Fact::together([&a, &b]), both);
        // A gap leaves open what else there is, beside what is certain.
        assert_eq!(Fact::together([&a, &Gap(GAP)]), Known(partial(&["a"])));
        assert_eq!(Fact::together([&Known(Entries::none()), &Gap(GAP)]), Gap(GAP));
        // What was not collected is not, whatever else there is.
        let none = Gap(GapId::NOT_COLLECTED);
        assert_eq!(Fact::together([&a, &none]), none);
        assert_eq!(Fact::together([&Gap(GAP), &none]), none);
    }

    #[test]
    fn an_entry_fails_and_an_undecided_one_is_unknown() {
        let judged = |entries: Entries| Known(entries).must_be_empty(FACT, "none");
        assert_eq!(judged(Entries::none()), Ok(Verdict::Pass));
        assert_eq!(judged(partial(&[])), Err(Undecided::Unknown(GAP)));
        assert!(matches!(judged(partial(&["a"])), Ok(Verdict::Fail(_))));
        assert!(matches!(judged(Entries::from(["a"])), Ok(Verdict::Fail(_))));
        assert_eq!(Gap(GAP).must_be_empty(FACT, "none"), Err(Undecided::Unknown(GAP)));
        assert_eq!(
            Fact::<Entries>::NotOffered.must_be_empty(FACT, "none"),
            Err(Undecided::NotOffered)
        );
    }

    #[test]
    fn the_gap_of_a_list_is_that_of_its_rest() {
        let mut list = Known(partial(&["a"]));
        assert_eq!(gap_of(&list), Some(GAP));
        renumber(&mut list, GapId::new(9));
        assert_eq!(gap_of(&list), Some(GapId::new(9)));
        let mut whole = Known(Entries::from(["a"]));
        renumber(&mut whole, GAP);
        assert_eq!((gap_of(&whole), whole), (None, Known(Entries::from(["a"]))));
        let mut number = Known(1_u32);
        renumber(&mut number, GAP);
        assert_eq!((gap_of(&number), number), (None, Known(1)));
        let mut gap: Fact<bool> = Gap(GAP);
        renumber(&mut gap, GapId::new(9));
        assert_eq!(gap_of(&gap), Some(GapId::new(9)));
    }

    #[test]
    fn nothing_certain_and_something_undecided_is_a_gap() {
        assert_eq!(partial(&[]).into_fact(), Gap(GAP));
        assert_eq!(partial(&["a"]).into_fact(), Known(partial(&["a"])));
        assert_eq!(Entries::none().into_fact(), Known(Entries::none()));
        // An undecided entry can only be accepted by its names.
        let open = named(&[], &["b"]).into_fact();
        assert_eq!((open.any(), gap_of(&open)), (Gap(GAP), Some(GAP)));
        assert_eq!(open, Known(named(&[], &["b"])));
    }

    #[test]
    fn both_forms_are_read_and_no_other() {
        for (entries, json) in [
            (Entries::none(), "[]"),
            (Entries::from(["a", "b"]), r#"["a","b"]"#),
            (partial(&["a"]), r#"{"certain":["a"],"undecided":7}"#),
            (named(&["a"], &["b"]), r#"{"certain":["a"],"undecided":7,"named":["b"]}"#),
        ] {
            assert_eq!(serde_json::to_string(&entries).unwrap(), json);
            assert_eq!(serde_json::from_str::<Entries>(json).unwrap(), entries);
        }
        for bad in [
            "null",
            "\"a\"",
            "[1]",
            "{}",
            r#"{"certain":["a"]}"#,
            r#"{"undecided":7}"#,
            r#"{"certain":[],"certain":[],"undecided":7}"#,
            r#"{"certain":[],"undecided":7,"undecided":7}"#,
            r#"{"certain":[],"undecided":7,"more":1}"#,
            r#"{"certain":[],"named":["b"]}"#,
            r#"{"certain":[],"undecided":7,"named":["b"],"named":["b"]}"#,
            r#"{"certain":[],"undecided":7,"named":"b"}"#,
        ] {
            assert!(serde_json::from_str::<Entries>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_a_list_is_answered_with_what_one_is() {
        let error = serde_json::from_str::<Entries>("7").unwrap_err().to_string();
        assert!(
            error.contains(
                "a list of strings or `{\"certain\": […], \"undecided\": …, \"named\": […]}`"
            ),
            "{error}"
        );
    }

    #[test]
    fn a_list_of_texts_is_whole_and_keeps_each() {
        let entries = Entries::from(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!((entries.evidence().as_str(), entries.undecided()), ("a, b", None));
    }

    #[test]
    fn only_an_entry_that_is_alone_is_the_only_one() {
        assert_eq!(Entries::none().only(), None);
        assert_eq!(Entries::from(["a"]).only(), Some("a"));
        assert_eq!(Entries::from(["a", "b"]).only(), None);
    }

    #[cfg(feature = "schema")]
    #[test]
    fn the_schema_has_both_forms() {
        use schemars::JsonSchema as _;
        assert_eq!(Entries::schema_name(), "Entries");
        let schema = schemars::schema_for!(Entries).to_value();
        assert_eq!(schema["oneOf"][0]["type"], "array", "{schema}");
        assert_eq!(schema["oneOf"][1]["required"], serde_json::json!(["certain", "undecided"]));
    }
}
