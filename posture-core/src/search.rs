//! Finding controls by what people call them.

use crate::catalogue::Catalogue;
use crate::control::Control;
use crate::suggest::nearest;

// How much a word of a search counts by where it was found. A word of a name outweighs any of a requirement's text, however
// many of these a control is mapped to.
const ID: u32 = 600;
const KEYWORD: u32 = 500;
const ROW: u32 = 450;
const FINDING: u32 = 300;
const TITLE: u32 = 250;
const REQUIREMENT: u32 = 20;

/// How much more a whole search counts that is so in a keyword, the title or the finding phrase.
const PHRASE: u32 = 400;

/// The fewest letters of a word that is also looked for within longer words.
const PART: usize = 3;

impl Catalogue {
    /// The controls that have to do with some words, the nearest first: each word is in the id or a former one, the title, the
    /// finding phrase, a keyword, or the id or text of a requirement that the control is mapped to.
    ///
    /// Upper and lower case are the same, and so are hyphens and spaces. `guardduty`, `public access` and `S3.2` are searches.
    pub fn search(&self, text: &str) -> Vec<&'static Control> {
        Index::new(self).search(text)
    }

    /// Up to three words that a search without an answer may have meant.
    pub fn nearest_words(&self, text: &str) -> Vec<&'static str> {
        let mut known: Vec<&'static str> = self
            .all()
            .iter()
            .flat_map(|control| control.keywords.iter().copied().chain([control.id]))
            .collect();
        known.sort_unstable();
        known.dedup();
        nearest(text, known)
    }
}

/// All that is searched.
struct Index(Vec<(Texts, &'static Control)>);

impl Index {
    fn new(catalogue: &Catalogue) -> Self {
        let texts = catalogue.all().iter().map(|control| (Texts::of(control), *control));
        Self(texts.collect())
    }

    fn search(&self, text: &str) -> Vec<&'static Control> {
        let searched: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        if searched.iter().all(|word| words(word).is_empty()) {
            return Vec::new();
        }
        let phrase = words(text).join(" ");
        let scored = self.0.iter().filter_map(|(texts, control)| {
            // A word that is nowhere means that another control is looked for.
            let mut sum = texts.phrase(&phrase);
            for word in &searched {
                sum += texts.score(word)?;
            }
            Some((sum, *control))
        });
        let mut scored: Vec<(u32, &'static Control)> = scored.collect();
        scored.sort_by(|(a, one), (b, other)| {
            b.cmp(a).then_with(|| other.severity.cmp(&one.severity)).then(one.id.cmp(other.id))
        });
        scored.into_iter().map(|(_, control)| control).collect()
    }
}

/// What is searched of a control, in lowercase.
struct Texts {
    ids: Vec<Vec<String>>,
    keywords: Vec<Vec<String>>,
    finding: Vec<String>,
    title: Vec<String>,
    /// The ids of requirements, with and without their framework.
    rows: Vec<String>,
    requirements: Vec<Vec<String>>,
}

impl Texts {
    fn of(control: &Control) -> Self {
        let mappings = control.mappings();
        let rows = mappings.iter().flat_map(|mapping| {
            let requirement = mapping.requirement;
            [requirement.get().id.to_lowercase(), requirement.to_string().to_lowercase()]
        });
        Self {
            ids: control.ids().map(words).collect(),
            keywords: control.keywords.iter().map(|keyword| words(keyword)).collect(),
            finding: words(control.finding),
            title: words(control.title),
            rows: rows.collect(),
            requirements: mappings
                .iter()
                .map(|mapping| words(mapping.requirement.get().title))
                .collect(),
        }
    }

    /// How well a word of a search fits; none where it is nowhere.
    fn score(&self, searched: &str) -> Option<u32> {
        if self.rows.iter().any(|row| row == searched) {
            return Some(ROW);
        }
        // What holds a hyphen or a dot is several words, of which each has to fit. A sign by itself says nothing.
        let mut least = u32::MAX;
        for part in words(searched) {
            least = least.min(self.word(&part)?);
        }
        Some(if least == u32::MAX { 1 } else { least })
    }

    fn word(&self, word: &str) -> Option<u32> {
        let best = |text: &[String], worth: u32| {
            text.iter().map(|known| fits(word, known, worth)).max().unwrap_or(0)
        };
        // The shorter an id, the more a word of it says; the first keywords are what a control is about most.
        let ids = self.ids.iter().map(|id| best(id, ID - 10 * short(id.len())));
        let keywords = self.keywords.iter().enumerate();
        let keywords = keywords.map(|(place, keyword)| best(keyword, KEYWORD - 10 * short(place)));
        let texts = [best(&self.finding, FINDING), best(&self.title, TITLE)];
        let named = ids.chain(keywords).chain(texts).max().unwrap_or(0);
        if named > 0 {
            return Some(named);
        }
        self.requirements.iter().flatten().any(|known| known == word).then_some(REQUIREMENT)
    }

    /// Whether the whole search is somewhere as it is.
    fn phrase(&self, phrase: &str) -> u32 {
        let holds =
            |text: &[String]| format!(" {} ", text.join(" ")).contains(&format!(" {phrase} "));
        let exact = self.keywords.iter().chain(&self.ids).any(|text| text.join(" ") == phrase);
        let inside = self.keywords.iter().any(|text| holds(text))
            || holds(&self.finding)
            || holds(&self.title);
        PHRASE * u32::from(exact) + PHRASE / 2 * u32::from(inside)
    }
}

/// A place or a length that weighs no more than so much.
fn short(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).min(20)
}

/// How well a word fits another one: the same, its beginning, or a part of it.
fn fits(word: &str, known: &str, worth: u32) -> u32 {
    if known == word {
        worth
    } else if word.chars().count() < PART {
        0
    } else if known.starts_with(word) {
        worth * 2 / 3
    } else if known.contains(word) {
        worth / 3
    } else {
        0
    }
}

/// The words of a text in lowercase. A letter or digit is of a word, and nothing else is.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    parts.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&'static str> {
        Catalogue::default().search(text).iter().map(|control| control.id).collect()
    }

    #[test]
    fn the_names_of_products_find_their_controls() {
        for (text, area) in [
            ("guardduty", "detection"),
            ("GuardDuty", "detection"),
            ("s3", "storage"),
            ("PIM", "identity"),
            ("conditional access", "identity"),
            ("access analyzer", "identity"),
            ("Defender for Servers", "detection"),
            ("cloudtrail", "logging"),
            ("kms", "keys"),
        ] {
            let found = found(text);
            let first = found.first().unwrap_or_else(|| panic!("nothing for {text}"));
            let control = Catalogue::default().find(first).unwrap();
            let all = [control.keywords, &[control.title, control.finding]].concat().join(" ");
            let whole = words(&all).join(" ");
            assert!(whole.contains(&words(text).join(" ")), "{text}: {first} ({all})");
            assert!(first.starts_with(area), "{text}: {found:?}");
        }
    }

    #[test]
    fn an_id_and_a_row_of_a_framework_find_their_control() {
        assert_eq!(found("storage.public-access")[0], "storage.public-access");
        assert_eq!(found("public-access")[0], "storage.public-access");
        let mapped = |row: &str| {
            let catalogue = Catalogue::default();
            let all = catalogue.search(row);
            assert!(!all.is_empty(), "{row}");
            for control in &all {
                let rows = control.mappings();
                let has = rows.iter().any(|mapping| mapping.requirement.get().id == row);
                assert!(has || control.id == row, "{row}: {}", control.id);
            }
        };
        mapped("S3.2");
        mapped("PR.AA-05");
        assert!(!found("fsbp:s3.2").is_empty() || !found("csf-2.0:pr.aa-05").is_empty());
    }

    #[test]
    fn every_word_has_to_be_somewhere() {
        assert!(found("guardduty zeppelin").is_empty());
        assert!(found("").is_empty() && found(" & - ").is_empty());
        let (one, both) = (found("bucket"), found("bucket versioning"));
        assert!(both.len() < one.len() && both[0] == "storage.versioning", "{both:?}");
    }

    #[test]
    fn every_control_is_found_by_each_of_its_names() {
        for (texts, control) in &Index::new(&Catalogue::default()).0 {
            let names = [control.id, control.title, control.finding];
            for name in names.iter().chain(control.keywords) {
                for word in name.split_whitespace() {
                    let score = texts.score(&word.to_lowercase());
                    assert!(score.is_some(), "{}: {word} of {name}", control.id);
                }
            }
        }
    }

    #[test]
    fn a_former_id_finds_the_control() {
        let life = crate::control::since("0.1.0").formerly(&["zoo.animals"]);
        let known = &crate::controls::storage::versioning::CONTROL;
        let control: &'static Control =
            Box::leak(Box::new(Control { id: "zoo.new", life, ..*known }));
        let mut catalogue = Catalogue::default();
        catalogue.add(control).unwrap();
        assert_eq!(catalogue.search("zoo.animals")[0].id, "zoo.new");
    }

    #[test]
    fn a_misspelled_word_is_guessed() {
        let guesses = Catalogue::default().nearest_words("gardduty");
        assert!(guesses.iter().any(|word| word.eq_ignore_ascii_case("guardduty")), "{guesses:?}");
    }
}
