//! One property of a resource, in one of three states.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::gap::GapId;
use crate::text::clip;
use crate::tri::Tri;
use crate::verdict::Undecided;

pub use Fact::{Gap, Known, NotOffered};

/// What is known of one property of a resource.
///
/// There is no `unwrap_or`, on purpose: a default in place of a value that could not be read would be a guess reported
/// as a finding. Checks use [`Fact::known`] with `?`, and combine boolean facts with `|`, `&` and `!`, which follow
/// [three-valued logic](https://en.wikipedia.org/wiki/Three-valued_logic): one certain yes outranks a gap in an "or",
/// one certain no outranks a gap in an "and". `NotOffered` is neutral in both, as a setting that does not exist can
/// neither grant nor withhold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// The provider returned the value, or reported that nothing is configured and the default is documented.
    Known(T),
    /// The provider has no such setting for this resource, so that there is nothing to examine.
    NotOffered,
    /// It could not be determined; the scope's gap with this number has the reason.
    Gap(GapId),
}

impl<T> Fact<T> {
    /// The value, or what makes the verdict undecided: `?` in a check turns `NotOffered` into not applicable and a gap
    /// into unknown.
    ///
    /// # Errors
    /// [`Undecided`] when the value is not known.
    pub fn known(&self) -> Result<&T, Undecided> {
        match self {
            Known(value) => Ok(value),
            NotOffered => Err(Undecided::NotOffered),
            Gap(gap) => Err(Undecided::Unknown(*gap)),
        }
    }

    /// A fact about the value, in the same state where the value is not known.
    pub fn map<U>(&self, f: impl FnOnce(&T) -> U) -> Fact<U> {
        match self {
            Known(value) => Known(f(value)),
            NotOffered => NotOffered,
            Gap(gap) => Gap(*gap),
        }
    }

    /// A fact that follows from the value through another fact.
    pub fn and_then<U>(&self, f: impl FnOnce(&T) -> Fact<U>) -> Fact<U> {
        match self {
            Known(value) => f(value),
            NotOffered => NotOffered,
            Gap(gap) => Gap(*gap),
        }
    }

    /// It was not requested.
    pub const fn not_collected() -> Self {
        Gap(GapId::NOT_COLLECTED)
    }

    /// Whether it was not requested; a snapshot leaves such a fact out.
    pub fn is_not_collected(&self) -> bool {
        self.gap() == Some(GapId::NOT_COLLECTED)
    }

    /// Whether the value is known.
    pub fn is_known(&self) -> bool {
        matches!(self, Known(_))
    }

    /// The gap, if there is one.
    pub fn gap(&self) -> Option<GapId> {
        match self {
            Gap(gap) => Some(*gap),
            Known(_) | NotOffered => None,
        }
    }
}

impl<T> Default for Fact<T> {
    /// It was not requested.
    fn default() -> Self {
        Self::not_collected()
    }
}

impl<T> Fact<Vec<T>> {
    /// Whether the list holds anything.
    pub fn any(&self) -> Fact<bool> {
        self.map(|items| !items.is_empty())
    }
}

impl<T> Fact<Option<T>> {
    /// Whether there is a value.
    pub fn is_some(&self) -> Fact<bool> {
        self.map(Option::is_some)
    }
}

impl<T: Ord> Fact<BTreeSet<T>> {
    /// Whether the set holds `item`.
    pub fn has(&self, item: &T) -> Fact<bool> {
        self.map(|set| set.contains(item))
    }
}

impl Fact<bool> {
    /// The fact as an answer; none for what the provider does not offer, which is neutral in every combination.
    fn answer(self) -> Option<Tri<GapId>> {
        match self {
            Known(value) => Some(value.into()),
            NotOffered => None,
            Gap(gap) => Some(Tri::Unknown(gap)),
        }
    }
}

impl From<Tri<GapId>> for Fact<bool> {
    fn from(answer: Tri<GapId>) -> Self {
        match answer {
            Tri::Yes => Known(true),
            Tri::No => Known(false),
            Tri::Unknown(gap) => Gap(gap),
        }
    }
}

/// Combines the answers of two facts; what is not offered leaves the other as it is.
fn combine(
    one: Fact<bool>,
    other: Fact<bool>,
    by: fn(Tri<GapId>, Tri<GapId>) -> Tri<GapId>,
) -> Fact<bool> {
    match (one.answer(), other.answer()) {
        (Some(one), Some(other)) => by(one, other).into(),
        (Some(answer), None) | (None, Some(answer)) => answer.into(),
        (None, None) => NotOffered,
    }
}

impl BitOr for Fact<bool> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        combine(self, other, Tri::or)
    }
}

impl BitAnd for Fact<bool> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        combine(self, other, Tri::and)
    }
}

impl Not for Fact<bool> {
    type Output = Self;

    fn not(self) -> Self {
        self.answer().map_or(NotOffered, |answer| (!answer).into())
    }
}

/// Whether any of `facts` is true, without looking further than the first certain yes; false where none is offered.
pub fn any(facts: impl IntoIterator<Item = Fact<bool>>) -> Fact<bool> {
    Tri::any(facts.into_iter().filter_map(Fact::answer)).into()
}

/// Whether all of `facts` are true, without looking further than the first certain no; true where none is offered.
pub fn all(facts: impl IntoIterator<Item = Fact<bool>>) -> Fact<bool> {
    Tri::all(facts.into_iter().filter_map(Fact::answer)).into()
}

// In JSON a known value is `{"known": v}`, a setting the provider lacks is `"not-offered"`, and a gap is `{"gap": n}`:
// the value `null` (no expiry, never used) stays apart from "we do not know".

impl<T: Serialize> Serialize for Fact<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Known(value) => {
                let mut map = out.serialize_map(Some(1))?;
                map.serialize_entry("known", value)?;
                map.end()
            }
            NotOffered => out.serialize_str("not-offered"),
            Gap(gap) => {
                let mut map = out.serialize_map(Some(1))?;
                map.serialize_entry("gap", gap)?;
                map.end()
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Fact<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct States<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for States<T> {
            type Value = Fact<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(r#"`{"known": …}`, `{"gap": …}` or `"not-offered"`"#)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                match text {
                    "not-offered" => Ok(NotOffered),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                #[derive(serde::Deserialize)]
                #[serde(rename_all = "kebab-case")]
                enum State {
                    Known,
                    Gap,
                }
                let fact = match map.next_key()? {
                    Some(State::Known) => Known(map.next_value()?),
                    Some(State::Gap) => Gap(map.next_value()?),
                    None => return Err(de::Error::invalid_length(0, &self)),
                };
                match map.next_key::<State>()? {
                    None => Ok(fact),
                    Some(_) => Err(de::Error::custom("a fact has exactly one state")),
                }
            }
        }

        input.deserialize_any(States(std::marker::PhantomData))
    }
}

/// A fact in the snapshot's form, or what is known of one, in a few words. It may repeat the cloud's text and is as hostile
/// as any.
pub fn in_words(value: &serde_json::Value) -> String {
    let known = value.get("known").unwrap_or(value);
    if let (Some(certain), Some(_)) = (known.get("certain"), known.get("undecided")) {
        if certain.as_array().is_some_and(Vec::is_empty) {
            return "not decided".to_owned();
        }
        return cut(&format!("{certain} and undecided entries"));
    }
    let text = match known {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "none".to_owned(),
        serde_json::Value::Array(all) if all.is_empty() => "none".to_owned(),
        other => other.to_string(),
    };
    cut(&text)
}

/// As much of a text as a line has room for: 80 characters.
pub fn cut(text: &str) -> String {
    clip(text, 81)
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Fact<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("FactOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let known = generator.subschema_for::<T>();
        let gap = generator.subschema_for::<GapId>();
        schemars::json_schema!({
            "oneOf": [
                { "type": "object", "required": ["known"], "additionalProperties": false, "properties": { "known": known } },
                { "type": "object", "required": ["gap"], "additionalProperties": false, "properties": { "gap": gap } },
                { "const": "not-offered" }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNREAD: Fact<bool> = Gap(GapId::NOT_COLLECTED);

    #[test]
    fn three_valued_tables() {
        for (a, b, or, and) in [
            (Known(true), UNREAD, Known(true), UNREAD),
            (Known(false), UNREAD, UNREAD, Known(false)),
            (UNREAD, UNREAD, UNREAD, UNREAD),
            (Known(true), Known(false), Known(true), Known(false)),
            (NotOffered, Known(false), Known(false), Known(false)),
            (NotOffered, Known(true), Known(true), Known(true)),
            (NotOffered, UNREAD, UNREAD, UNREAD),
            (NotOffered, NotOffered, NotOffered, NotOffered),
        ] {
            assert_eq!(a.clone() | b.clone(), or, "{a:?} | {b:?}");
            assert_eq!(b.clone() | a.clone(), or, "{b:?} | {a:?}");
            assert_eq!(a.clone() & b.clone(), and, "{a:?} & {b:?}");
            assert_eq!(b.clone() & a.clone(), and, "{b:?} & {a:?}");
        }
        assert_eq!(!UNREAD, UNREAD);
        assert_eq!(!Known(true), Known(false));
    }

    #[test]
    fn null_is_a_value_and_a_gap_is_not() {
        let never: Fact<Option<u32>> = Known(None);
        let json = serde_json::to_string(&never).unwrap();
        assert_eq!(json, r#"{"known":null}"#);
        assert_eq!(serde_json::from_str::<Fact<Option<u32>>>(&json).unwrap(), never);
        assert_eq!(
            serde_json::from_str::<Fact<Option<u32>>>(r#"{"gap":3}"#).unwrap(),
            Gap(GapId::new(3))
        );
        assert_eq!(serde_json::from_str::<Fact<u32>>(r#""not-offered""#).unwrap(), NotOffered);
        for bad in ["null", "{}", r#"{"known":1,"gap":2}"#, r#""gap""#, "true", r#"{"guess":1}"#] {
            assert!(serde_json::from_str::<Fact<u32>>(bad).is_err(), "{bad}");
        }
    }

    const OTHER: Fact<bool> = Gap(GapId::new(7));

    /// Every list of up to three facts.
    fn lists() -> Vec<Vec<Fact<bool>>> {
        let each = [Known(true), Known(false), NotOffered, UNREAD, OTHER];
        let mut all: Vec<Vec<Fact<bool>>> = vec![vec![]];
        let mut longest = all.clone();
        for _ in 0..3 {
            longest = longest
                .iter()
                .flat_map(|list| {
                    each.iter().map(|one| [&list[..], std::slice::from_ref(one)].concat())
                })
                .collect();
            all.extend(longest.iter().cloned());
        }
        all
    }

    #[test]
    fn any_and_all_weigh_every_item() {
        for list in lists() {
            let gap = list.iter().find(|fact| matches!(fact, Gap(_)));
            let some = if list.contains(&Known(true)) {
                Known(true)
            } else {
                gap.cloned().unwrap_or(Known(false))
            };
            assert_eq!(any(list.clone()), some, "any of {list:?}");
            let every = if list.contains(&Known(false)) {
                Known(false)
            } else {
                gap.cloned().unwrap_or(Known(true))
            };
            assert_eq!(all(list.clone()), every, "all of {list:?}");
        }
    }

    #[test]
    fn any_and_all_stop_where_it_is_certain() {
        let lazy = |facts: [Fact<bool>; 3],
                    of: fn(&mut dyn Iterator<Item = Fact<bool>>) -> Fact<bool>| {
            let mut left = facts.into_iter();
            let result = of(&mut left);
            (result, left.len())
        };
        assert_eq!(lazy([UNREAD, Known(true), Known(false)], |i| any(i)), (Known(true), 1));
        assert_eq!(lazy([UNREAD, Known(false), Known(true)], |i| all(i)), (Known(false), 1));
        assert_eq!(lazy([UNREAD, Known(false), Known(false)], |i| any(i)), (UNREAD, 0));
    }

    #[test]
    fn what_follows_from_a_fact_is_in_its_state() {
        let list: Fact<Vec<u8>> = Known(vec![1]);
        assert_eq!(list.any(), Known(true));
        assert_eq!(Known(Vec::<u8>::new()).any(), Known(false));
        assert_eq!(Fact::<Vec<u8>>::not_collected().any(), UNREAD);
        assert_eq!(Known(Some(1)).is_some(), Known(true));
        assert_eq!(Known(None::<u8>).is_some(), Known(false));
        assert_eq!(Fact::<Option<u8>>::NotOffered.is_some(), NotOffered);
        let set: Fact<BTreeSet<u8>> = Known([1, 2].into());
        assert_eq!((set.has(&2), set.has(&3)), (Known(true), Known(false)));
        assert_eq!(Known(2).map(|n| n + 1), Known(3));
        assert_eq!(Known(2).and_then(|n| if *n == 2 { OTHER } else { NotOffered }), OTHER);
        assert_eq!(Fact::<u8>::NotOffered.and_then(|_| Known(true)), NotOffered);
        assert_eq!(OTHER.and_then(|_| Known(true)), OTHER);
        assert_eq!(OTHER.map(|_| 1), Gap(GapId::new(7)));
        assert_eq!(Known(1).known(), Ok(&1));
        assert_eq!(Fact::<u8>::NotOffered.known(), Err(Undecided::NotOffered));
        assert_eq!(OTHER.known(), Err(Undecided::Unknown(GapId::new(7))));
        assert_eq!(!NotOffered, NotOffered);
        assert!(UNREAD.is_not_collected() && !OTHER.is_not_collected());
        assert!(!Known(true).is_not_collected() && Fact::<u8>::default().is_not_collected());
        assert!(Known(false).is_known() && !OTHER.is_known() && !Fact::<u8>::NotOffered.is_known());
        assert_eq!((OTHER.gap(), Known(1).gap()), (Some(GapId::new(7)), None));
    }

    #[test]
    fn a_value_is_shown_in_a_few_words() {
        use serde_json::json;
        for (value, words) in [
            (json!({ "known": "text" }), "text"),
            (json!("text"), "text"),
            (json!(null), "none"),
            (json!({ "known": null }), "none"),
            (json!([]), "none"),
            (json!(["a"]), "[\"a\"]"),
            (json!({ "known": { "certain": [], "undecided": 7, "named": ["a"] } }), "not decided"),
            (
                json!({ "known": { "certain": ["a"], "undecided": 7 } }),
                "[\"a\"] and undecided entries",
            ),
            (json!(3), "3"),
            (json!(true), "true"),
        ] {
            assert_eq!(in_words(&value), words);
        }
        let long = "ö".repeat(80);
        assert_eq!(in_words(&json!(long)), long);
        assert_eq!(in_words(&json!(format!("{long}xy"))), format!("{long}…"));
    }

    #[test]
    fn what_is_not_a_fact_is_answered_with_what_one_is() {
        for bad in ["7", "\"other\"", "{}", "[]"] {
            let error = serde_json::from_str::<Fact<bool>>(bad).unwrap_err().to_string();
            assert!(
                error.contains("`{\"known\": …}`, `{\"gap\": …}` or `\"not-offered\"`"),
                "{error}"
            );
        }
    }

    #[cfg(feature = "schema")]
    #[test]
    fn the_schema_has_each_of_the_three_states_and_no_other() {
        use schemars::JsonSchema as _;
        assert_eq!(Fact::<bool>::schema_name(), "FactOfboolean");
        let schema = schemars::schema_for!(Fact<bool>).to_value();
        let states = schema["oneOf"].as_array().unwrap();
        let required: Vec<_> = states.iter().map(|state| state["required"].to_string()).collect();
        assert_eq!(required, [r#"["known"]"#, r#"["gap"]"#, "null"]);
        assert_eq!(states[2]["const"], "not-offered");
        assert!(states[..2].iter().all(|state| state["additionalProperties"] == false), "{schema}");
    }
}
