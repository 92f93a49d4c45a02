//! `[control."…"]` of `posture.toml`: the parameters of one control, or of every control that has one of the name.

use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
use posture_core::params::{Param, Params, Value};
use toml::de::DeValue;

use super::reader::{Item, Reader, Table, integer};

/// Names every control that has a parameter, in place of the id of one.
const EVERY_CONTROL: &str = "*";

impl Reader<'_> {
    pub(super) fn params(&mut self, table: &Table<'_>, params: &mut Params) {
        // What is set for every control comes first, so that what is set for one outranks it.
        if let Some(item) = table.get(EVERY_CONTROL) {
            self.params_of_every_control(item, params);
        }
        for (key, item) in table.iter().filter(|(key, _)| key.get_ref() != EVERY_CONTROL) {
            let id = key.get_ref().as_ref();
            let Some(control) = self.catalogue.find_exact(id) else {
                let near = |known: &Catalogue| known.nearest_ids(id);
                self.nearest(key.span().start, "control", id, near);
                continue;
            };
            let Some(values) = self.parameters(id, item) else { continue };
            for (key, item) in values {
                let name = key.get_ref().as_ref();
                if let Some(param) = param_of(control, name) {
                    self.set(control, param, item, params);
                } else if control.test.params.is_empty() {
                    let text = format!("`{id}` has no parameters, and so no `{name}`");
                    self.mistake(key.span().start, text);
                } else {
                    let known: Vec<&str> = control.test.params.iter().map(|p| p.name()).collect();
                    self.unknown(key.span().start, "parameter", name, &known);
                }
            }
        }
    }

    /// Sets parameters of every control that has one of the name, such as the tags that resources of every kind must have.
    fn params_of_every_control(&mut self, item: &Item<'_>, params: &mut Params) {
        let Some(values) = self.parameters(EVERY_CONTROL, item) else { return };
        let all = self.catalogue.all().to_vec();
        for (key, item) in values {
            let name = key.get_ref().as_ref();
            let having: Vec<_> = all
                .iter()
                .filter_map(|control| Some((*control, param_of(control, name)?)))
                .collect();
            if having.is_empty() {
                let params = all.iter().flat_map(|control| control.test.params);
                let mut known: Vec<&str> = params.map(|param| param.name()).collect();
                known.sort_unstable();
                known.dedup();
                self.unknown(key.span().start, "parameter", name, &known);
            }
            // One mistake is not reported once for each control.
            for (control, param) in having {
                if !self.set(control, param, item, params) {
                    break;
                }
            }
        }
    }

    fn parameters<'i, 't>(&mut self, name: &str, item: &'i Item<'t>) -> Option<&'i Table<'t>> {
        if let DeValue::Table(values) = item.get_ref() {
            return Some(values);
        }
        self.expected(item, name, "a table of parameters");
        None
    }

    /// Sets a parameter of a control; false if the value does not fit.
    fn set(
        &mut self,
        control: &'static Control,
        param: Param,
        item: &Item<'_>,
        params: &mut Params,
    ) -> bool {
        let fits =
            value(item).is_some_and(|value| params.set(control, param.name(), value).is_ok());
        if !fits {
            self.expected(item, param.name(), param.expects());
        }
        fits
    }
}

fn param_of(control: &Control, name: &str) -> Option<Param> {
    control.test.params.iter().find(|param| param.name() == name).copied()
}

fn value(item: &Item<'_>) -> Option<Value> {
    match item.get_ref() {
        DeValue::Array(list) => {
            let names: Option<Vec<String>> =
                list.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
            names.map(Value::Names)
        }
        number => integer(number).map(Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn params(text: &str) -> Params {
        parse(text, Catalogue::default()).unwrap().params
    }

    fn names(names: &[&str]) -> Value {
        Value::Names(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn a_parameter_of_every_control_is_set_for_each_that_has_it() {
        let text = "[control.\"storage.tags\"]\nrequired-tags = [\"team\"]\n\
                    [control.\"*\"]\nrequired-tags = [\"owner\", \"class\"]\n";
        let (params, catalogue) = (params(text), Catalogue::default());
        let of = |id: &str| {
            let control = catalogue.find_exact(id).unwrap();
            (
                params.in_force(control).get("required-tags").cloned(),
                params.unset(control).is_none(),
            )
        };
        assert_eq!(of("keys.tags"), (Some(names(&["owner", "class"])), true));
        // What is set for one control outranks what is set for all, whichever comes first.
        assert_eq!(of("storage.tags"), (Some(names(&["team"])), true));
        assert_eq!(of("storage.versioning"), (None, true));
    }

    #[test]
    fn what_no_control_has_is_a_mistake_and_what_does_not_fit_is_one_mistake() {
        let mistakes = |text: &str| parse(text, Catalogue::default()).err().unwrap_or_default();
        let unknown = mistakes("[control.\"*\"]\nrequired-tag = [\"owner\"]\n");
        assert_eq!(unknown.len(), 1);
        assert!(unknown[0].contains("required-tags"), "{unknown:?}");
        let wrong = mistakes("[control.\"*\"]\nrequired-tags = 3\n");
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].contains("a list of names"), "{wrong:?}");
        assert_eq!(mistakes("[control]\n\"*\" = 3\n").len(), 1);
    }
}
