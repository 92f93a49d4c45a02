//! Labels and label selectors, where some labels may not be known.
//!
//! Source: [Labels and selectors](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/), read on 2026-11-30.

use std::collections::BTreeMap;

use posture_model::tri::Tri;

use crate::open::{Open, Why};
use crate::read::{Invalid, Object};

/// Which labels an object may have besides those that are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hidden {
    /// None: all labels are known.
    #[default]
    None,
    /// Those of these keys: controllers add them to the pods of a template.
    Keys(&'static [&'static str]),
    /// Any: the object was not read.
    All,
}

/// The labels of an object, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels {
    /// The known ones.
    pub known: BTreeMap<String, String>,
    /// Which others it may have.
    pub hidden: Hidden,
}

impl Labels {
    /// Labels that are all known.
    pub fn exactly<K: Into<String>, V: Into<String>>(
        labels: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let known = labels.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { known, hidden: Hidden::None }
    }

    /// Labels of which none is known.
    pub fn unknown() -> Self {
        Self { known: BTreeMap::new(), hidden: Hidden::All }
    }

    /// The value of a key: nothing if it has none, an error if that is not known.
    pub(crate) fn get(&self, key: &str) -> Result<Option<&str>, ()> {
        match (self.known.get(key), self.hidden) {
            (Some(value), _) => Ok(Some(value)),
            (None, Hidden::All) => Err(()),
            (None, Hidden::Keys(keys)) if keys.contains(&key) => Err(()),
            (None, _) => Ok(None),
        }
    }
}

/// What a requirement asks of the value of its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// One of these values.
    In(Vec<String>),
    /// None of these values; an object without the key matches.
    NotIn(Vec<String>),
    /// Any value.
    Exists,
    /// The object does not have the key.
    DoesNotExist,
}

/// One requirement of a selector.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// The key of the label.
    pub key: String,
    /// What it asks of the value.
    pub operator: Operator,
}

/// A label selector. All requirements have to hold; without any it selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// Its requirements, of `matchLabels` and `matchExpressions`.
    pub requirements: Vec<Requirement>,
}

impl Selector {
    /// A selector of objects that have these labels.
    pub fn of(labels: &[(&str, &str)]) -> Self {
        let requirements = labels.iter().map(|(key, value)| Requirement {
            key: (*key).to_owned(),
            operator: Operator::In(vec![(*value).to_owned()]),
        });
        Self { requirements: requirements.collect() }
    }

    /// Whether it has no requirement, and so selects everything.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether it selects an object with these labels. `hidden` is the reason if that depends on a label that is not known.
    pub fn matches(&self, labels: &Labels, hidden: impl Fn(&str) -> Open) -> Tri<Why> {
        Tri::all(self.requirements.iter().map(|requirement| {
            let key = &requirement.key;
            match labels.get(key) {
                Err(()) => Tri::Unknown(Why::from([hidden(key)])),
                Ok(value) => Tri::from(match (&requirement.operator, value) {
                    (Operator::In(values), Some(value)) => values.iter().any(|one| one == value),
                    (Operator::NotIn(values), Some(value)) => {
                        !values.iter().any(|one| one == value)
                    }
                    (Operator::Exists, value) => value.is_some(),
                    (Operator::DoesNotExist, value) => value.is_none(),
                    (Operator::In(_), None) => false,
                    (Operator::NotIn(_), None) => true,
                }),
            }
        }))
    }

    pub(crate) fn read(mut object: Object<'_>) -> Result<Self, Invalid> {
        let equal = object
            .map("matchLabels")?
            .into_iter()
            .map(|(key, value)| Requirement { key, operator: Operator::In(vec![value]) });
        let mut requirements: Vec<Requirement> = equal.collect();
        for mut expression in object.objects("matchExpressions")? {
            let key = expression.text("key")?.unwrap_or_default();
            if key.is_empty() {
                return Err(expression.error("key", "the key is missing"));
            }
            let values: Vec<String> =
                expression.texts("values")?.into_iter().map(str::to_owned).collect();
            let operator = expression.text("operator")?.unwrap_or_default();
            let (needs, operator) = match operator {
                "In" => (true, Operator::In(values.clone())),
                "NotIn" => (true, Operator::NotIn(values.clone())),
                "Exists" => (false, Operator::Exists),
                "DoesNotExist" => (false, Operator::DoesNotExist),
                other => {
                    let known = "`In`, `NotIn`, `Exists` and `DoesNotExist`";
                    let message = format!("not an operator: `{other}`; the operators are {known}");
                    return Err(expression.error("operator", message));
                }
            };
            match (needs, values.is_empty()) {
                (true, true) => {
                    return Err(expression.error("values", "the operator requires values"));
                }
                (false, false) => {
                    return Err(expression.error("values", "the operator forbids values"));
                }
                _ => {}
            }
            requirements.push(Requirement { key: key.to_owned(), operator });
            expression.closed()?;
        }
        object.closed()?;
        Ok(Self { requirements })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn selector(value: Value) -> Result<Selector, Invalid> {
        Selector::read(Object::of(&value, "").unwrap())
    }

    fn matches(value: Value, labels: &Labels) -> Tri<()> {
        let open = |key: &str| Open::NamespaceLabel { namespace: "n".into(), key: key.into() };
        match selector(value).unwrap().matches(labels, open) {
            Tri::Yes => Tri::Yes,
            Tri::No => Tri::No,
            Tri::Unknown(_) => Tri::Unknown(()),
        }
    }

    #[test]
    fn every_requirement_has_to_hold() {
        let labels = Labels::exactly([("app", "web"), ("tier", "front")]);
        let one = |operator: &str, values: Value| json!({"matchExpressions": [{"key": "app", "operator": operator, "values": values}]});
        for (value, yes) in [
            (json!({}), true),
            (json!({"matchLabels": null, "matchExpressions": []}), true),
            (json!({"matchLabels": {"app": "web"}}), true),
            (json!({"matchLabels": {"app": "web", "tier": "back"}}), false),
            (json!({"matchLabels": {"none": ""}}), false),
            (one("In", json!(["db", "web"])), true),
            (one("In", json!(["db"])), false),
            (one("NotIn", json!(["db"])), true),
            (one("NotIn", json!(["web"])), false),
            (one("Exists", json!(null)), true),
            (one("DoesNotExist", json!([])), false),
            (
                json!({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}),
                false,
            ),
            (
                json!({"matchExpressions": [{"key": "x", "operator": "NotIn", "values": ["1"]}]}),
                true,
            ),
            (json!({"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}), true),
        ] {
            assert_eq!(matches(value.clone(), &labels), Tri::from(yes), "{value}");
        }
    }

    #[test]
    fn a_label_that_is_not_known_leaves_open_what_depends_on_it() {
        let mut labels = Labels::exactly([("app", "web")]);
        labels.hidden = Hidden::Keys(&["pod-template-hash"]);
        assert_eq!(
            matches(json!({"matchLabels": {"pod-template-hash": "1"}}), &labels),
            Tri::Unknown(())
        );
        assert_eq!(
            matches(json!({"matchLabels": {"pod-template-hash": "1", "app": "db"}}), &labels),
            Tri::No
        );
        assert_eq!(matches(json!({"matchLabels": {"other": "1"}}), &labels), Tri::No);
        assert_eq!(
            matches(json!({"matchLabels": {"a": "1"}}), &Labels::unknown()),
            Tri::Unknown(())
        );
        assert_eq!(matches(json!({}), &Labels::unknown()), Tri::Yes);
    }

    #[test]
    fn a_selector_that_the_server_rejects_is_an_error() {
        for (value, error) in [
            (json!({"matchLabel": {}}), "matchLabel: unknown field"),
            (json!({"matchLabels": {"a": true}}), "matchLabels[a]: not a string but a boolean"),
            (
                json!({"matchExpressions": [{"key": "a", "operator": "in", "values": ["b"]}]}),
                "matchExpressions[0].operator: not an operator: `in`",
            ),
            (
                json!({"matchExpressions": [{"key": "a", "operator": "In", "values": []}]}),
                "matchExpressions[0].values: the operator requires values",
            ),
            (
                json!({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}),
                "matchExpressions[0].values: the operator forbids values",
            ),
            (
                json!({"matchExpressions": [{"operator": "Exists"}]}),
                "matchExpressions[0].key: the key is missing",
            ),
            (
                json!({"matchExpressions": [{"key": "a", "operator": "Exists", "value": "b"}]}),
                "matchExpressions[0].value: unknown field",
            ),
        ] {
            let found = selector(value).unwrap_err().to_string();
            assert!(found.starts_with(error), "{found}");
        }
    }
}
