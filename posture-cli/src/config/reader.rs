//! Reads the tables of `posture.toml` strictly, and goes on after a mistake.

use std::fmt::Write as _;

use posture_core::catalogue::Catalogue;
use posture_core::suggest::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::did_you_mean;

/// A reader of tables that goes on after a mistake.
pub(crate) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) catalogue: Catalogue,
    pub(super) mistakes: Vec<(usize, String)>,
    /// How many more there are.
    pub(super) further: usize,
}

pub(crate) type Table<'t> = DeTable<'t>;
pub(crate) type Item<'t> = Spanned<DeValue<'t>>;

/// How many mistakes are listed. Whoever has more has another kind of file.
const MISTAKES: usize = 50;

impl Reader<'_> {
    pub(crate) fn mistake(&mut self, place: usize, what: String) {
        if self.mistakes.len() < MISTAKES {
            self.mistakes.push((place.min(self.text.len()), what));
        } else {
            self.further += 1;
        }
    }

    pub(crate) fn unknown(&mut self, place: usize, what: &str, name: &str, known: &[&str]) {
        // To find what a name is near to takes longer than all the rest.
        if self.mistakes.len() >= MISTAKES {
            self.further += 1;
            return;
        }
        let mut text = format!("unknown {what} `{name}`");
        match did_you_mean(&nearest(name, known.iter().copied())) {
            Some(guess) => {
                let _ = write!(text, "; {guess}");
            }
            None if known.len() < 12 => {
                let _ = write!(text, "; expected one of {}", known.join(", "));
            }
            None => {}
        }
        self.mistake(place, text);
    }

    /// An unknown name of very many.
    pub(crate) fn nearest(
        &mut self,
        place: usize,
        what: &str,
        name: &str,
        near: impl FnOnce(&Catalogue) -> Vec<&'static str>,
    ) {
        if self.is_full() {
            return self.further();
        }
        let near = near(&self.catalogue);
        let guess = did_you_mean(&near).map(|guess| format!("; {guess}")).unwrap_or_default();
        self.mistake(place, format!("unknown {what} `{name}`{guess}"));
    }

    /// Whether no more mistakes are listed, so that nothing has to be found out about them.
    pub(crate) fn is_full(&self) -> bool {
        self.mistakes.len() >= MISTAKES
    }

    /// Counts a mistake that is not listed.
    pub(crate) fn further(&mut self) {
        self.further += 1;
    }

    pub(crate) fn expected(&mut self, item: &Item<'_>, name: &str, what: &str) {
        let found = item.get_ref().type_str();
        self.mistake(item.span().start, format!("`{name}` must be {what}, not {found}"));
    }

    pub(crate) fn count(
        &mut self,
        name: &str,
        item: &Item<'_>,
        what: &str,
        least: u32,
    ) -> Option<u32> {
        let number = integer(item.get_ref()).filter(|number| *number >= least);
        if number.is_none() {
            self.expected(item, name, what);
        }
        number
    }

    pub(crate) fn owned(&mut self, name: &str, item: &Item<'_>) -> Option<String> {
        self.text(name, item).map(str::to_owned)
    }

    pub(crate) fn text<'i>(&mut self, name: &str, item: &'i Item<'_>) -> Option<&'i str> {
        let text = item.get_ref().as_str();
        if text.is_none() {
            self.expected(item, name, "text");
        }
        text
    }

    pub(crate) fn texts(&mut self, name: &str, item: &Item<'_>) -> Vec<String> {
        let DeValue::Array(list) = item.get_ref() else {
            self.expected(item, name, "a list of strings");
            return Vec::new();
        };
        list.iter().filter_map(|item| self.text(name, item).map(str::to_owned)).collect()
    }

    pub(crate) fn word<T>(
        &mut self,
        name: &str,
        item: &Item<'_>,
        read: fn(&str) -> std::result::Result<T, String>,
    ) -> Option<T> {
        match read(self.text(name, item)?) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.mistake(item.span().start, format!("`{name}`: {expected}"));
                None
            }
        }
    }

    /// A text that is there and says something.
    pub(crate) fn filled(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        let item = table.get(key)?;
        let text = self.text(key, item)?;
        if text.trim().is_empty() {
            self.mistake(item.span().start, format!("`{key}` is empty"));
        }
        Some(text.to_owned())
    }
}

pub(super) fn integer(value: &DeValue<'_>) -> Option<u32> {
    let DeValue::Integer(number) = value else { return None };
    u32::from_str_radix(number.as_str(), number.radix()).ok()
}
