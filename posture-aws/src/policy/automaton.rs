//! What sets of texts patterns describe: containment, overlap, and every way in which a list of patterns can agree.
//!
//! A pattern with `*` and `?` is a finite automaton. Several are run side by side over all texts at once; what can be
//! reached shows exactly which of them can match together. The alphabet is the characters that the patterns name and
//! one that none of them names, which represents all others. A text over which a state is reached is kept as a witness.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::glob::{Glob, Token};
use super::patterns::Patterns;

/// How many joint states are looked at before giving up; only patterns made for it get there.
const STATES: usize = 20_000;

/// The state of one run of all patterns: the places in each, as (pattern, place), sorted.
type State = Vec<(u32, u32)>;

/// Every class of texts, by which of `globs` match, with a text of it; `None` if there are too many.
pub(super) fn classes(globs: &[Glob]) -> Option<Vec<(Vec<bool>, String)>> {
    let mut found: HashMap<Vec<bool>, String> = HashMap::new();
    let complete = explore(globs, 0, |matched, witness| {
        found.entry(matched.to_vec()).or_insert_with(witness);
        false
    })?;
    debug_assert!(!complete);
    let mut list: Vec<(Vec<bool>, String)> = found.into_iter().collect();
    list.sort_by(|a, b| a.1.cmp(&b.1));
    Some(list)
}

/// Whether every text that matches `inner` matches one of `outer`; `None` if that is too much work to decide.
pub(super) fn contains(outer: &[Glob], inner: &Glob) -> Option<bool> {
    if outer.iter().any(|glob| glob.is_everything() || glob == inner) {
        return Some(true);
    }
    if inner.is_literal() {
        let text = inner.to_string();
        return Some(outer.iter().any(|glob| glob.matches(&text)));
    }
    // One pattern usually does it alone, and alone is cheap.
    for glob in outer {
        if escapes(inner, std::slice::from_ref(glob)) == Some(false) {
            return Some(true);
        }
    }
    if outer.len() < 2 {
        return match outer.first() {
            Some(glob) => escapes(inner, std::slice::from_ref(glob)).map(|escapes| !escapes),
            None => Some(false),
        };
    }
    escapes(inner, outer).map(|escapes| !escapes)
}

/// Whether some text matches `inner` and none of `outer`.
fn escapes(inner: &Glob, outer: &[Glob]) -> Option<bool> {
    let mut all = vec![inner.clone()];
    all.extend_from_slice(outer);
    explore(&all, 1, |matched, _| {
        matched.split_first().is_some_and(|(inner, outer)| *inner && !outer.contains(&true))
    })
}

/// Whether some text is in all of `all` and in none of `none`; `None` if that is too much work to decide. The first of
/// `all` is one pattern, which bounds the search.
pub(super) fn some(within: &Glob, all: &[&Patterns], none: &[&Patterns]) -> Option<bool> {
    let fits = |text: &str| {
        within.matches(text)
            && all.iter().all(|set| set.matches(text))
            && !none.iter().any(|set| set.matches(text))
    };
    // An example of one of the patterns does it nearly always.
    let mut examples = vec![within];
    for set in all {
        if let Patterns::These(globs) = set {
            if globs.iter().all(Glob::is_literal) {
                return Some(globs.iter().any(|glob| fits(&glob.example(""))));
            }
            examples.extend(globs);
        }
    }
    if within.is_literal() {
        return Some(fits(&within.example("")));
    }
    if examples.iter().any(|glob| fits(&glob.example("\u{f8ff}\u{f8ff}"))) {
        return Some(true);
    }
    // Patterns about something else altogether need no search.
    let apart = |set: &Patterns| !set.globs().iter().any(|glob| overlaps(glob, within));
    let excluded = all.iter().any(|set| matches!(set, Patterns::These(_)) && apart(set))
        || none.iter().any(|set| matches!(set, Patterns::AllBut(_)) && apart(set));
    if excluded {
        return Some(false);
    }
    let mut globs = vec![within.clone()];
    let mut sets: Vec<(&Patterns, std::ops::Range<usize>)> = Vec::new();
    for set in all.iter().chain(none) {
        let begin = globs.len();
        globs.extend_from_slice(set.globs());
        sets.push((*set, begin..globs.len()));
    }
    let (all, none) = sets.split_at(all.len());
    let holds = |set: &(&Patterns, std::ops::Range<usize>), matched: &[bool]| {
        let any = matched.get(set.1.clone()).is_some_and(|part| part.contains(&true));
        any != matches!(set.0, Patterns::AllBut(_))
    };
    explore(&globs, 1, |matched, _| {
        matched.first() == Some(&true)
            && all.iter().all(|set| holds(set, matched))
            && !none.iter().any(|set| holds(set, matched))
    })
}

/// Whether some text matches both.
pub(super) fn overlaps(a: &Glob, b: &Glob) -> bool {
    if a.is_everything() || b.is_everything() {
        return true;
    }
    let (a, b) = (a.tokens(), b.tokens());
    // `reach[j]`: whether the current place in `a` and place `j` in `b` can be reached by one text.
    let mut reach = vec![false; b.len() + 1];
    reach[0] = true;
    close(&mut reach, b);
    for (i, token) in a.iter().enumerate() {
        let mut next = vec![false; b.len() + 1];
        for j in 0..=b.len() {
            if !reach[j] {
                continue;
            }
            let step = b.get(j);
            match (token, step) {
                (Token::Many, _) => next[j] = true,
                (Token::Char(x), Some(Token::Char(y))) if x == y => next[j + 1] = true,
                (Token::One, Some(Token::Char(_) | Token::One))
                | (Token::Char(_), Some(Token::One)) => {
                    next[j + 1] = true;
                }
                (_, Some(Token::Many)) => next[j] = true,
                (Token::Char(_) | Token::One, _) => {}
            }
        }
        if a[i] == Token::Many {
            // The star of `a` may also swallow whatever `b` asks for.
            let mut on = false;
            for place in &mut next {
                on |= *place;
                *place = on;
            }
        }
        close(&mut next, b);
        reach = next;
    }
    reach[b.len()]
}

/// A star may match nothing.
fn close(reach: &mut [bool], tokens: &[Token]) {
    for (j, token) in tokens.iter().enumerate() {
        if reach[j] && *token == Token::Many {
            reach[j + 1] = true;
        }
    }
}

/// Runs all patterns over all texts and hands each reached combination of matches to `stop`, until it returns true.
/// What no longer can match the first `required` patterns is not followed. `None` when there is more to see than is
/// worth it.
fn explore(
    globs: &[Glob],
    required: u32,
    mut stop: impl FnMut(&[bool], &dyn Fn() -> String) -> bool,
) -> Option<bool> {
    let mut named: BTreeSet<char> = BTreeSet::new();
    for token in globs.iter().flat_map(Glob::tokens) {
        if let Token::Char(c) = token {
            named.insert(*c);
        }
    }
    let other = stranger(&named);
    let start = prune(globs, (0..globs.len()).map(|g| (g as u32, 0)).collect());
    let mut index: HashMap<State, usize> = HashMap::from([(start.clone(), 0)]);
    let mut order: Vec<(State, Option<(usize, char)>)> = vec![(start, None)];
    let mut queue: VecDeque<usize> = VecDeque::from([0]);
    let mut work = 0_usize;
    while let Some(at) = queue.pop_front() {
        let state = order.get(at)?.0.clone();
        let mut matched = vec![false; globs.len()];
        for (g, place) in &state {
            if *place as usize == globs.get(*g as usize)?.tokens().len() {
                *matched.get_mut(*g as usize)? = true;
            }
        }
        if stop(&matched, &|| spell(&order, at)) {
            return Some(true);
        }
        let mut letters: BTreeSet<char> = BTreeSet::from([other]);
        for (g, place) in &state {
            if let Some(Token::Char(c)) = globs.get(*g as usize)?.tokens().get(*place as usize) {
                letters.insert(*c);
            }
        }
        for letter in letters {
            let mut next = State::new();
            for (g, place) in &state {
                match globs.get(*g as usize)?.tokens().get(*place as usize) {
                    Some(Token::Many) => next.push((*g, *place)),
                    Some(Token::One) => next.push((*g, place + 1)),
                    Some(Token::Char(c)) if *c == letter => next.push((*g, place + 1)),
                    Some(Token::Char(_)) | None => {}
                }
            }
            let next = prune(globs, next);
            work += next.len() + 1;
            if (0..required).any(|g| next.iter().all(|(pattern, _)| *pattern != g)) {
                continue;
            }
            if work > STATES * 50 {
                return None;
            }
            if !index.contains_key(&next) {
                if order.len() >= STATES {
                    return None;
                }
                index.insert(next.clone(), order.len());
                queue.push_back(order.len());
                order.push((next, Some((at, letter))));
            }
        }
    }
    Some(false)
}

/// Adds the places that stars lead to, and drops those that change nothing: from the last star reached in a pattern,
/// everything matches that matches from any place before it.
fn prune(globs: &[Glob], mut state: State) -> State {
    let mut at = 0;
    while let Some((g, place)) = state.get(at).copied() {
        let star = globs.get(g as usize).and_then(|glob| glob.tokens().get(place as usize))
            == Some(&Token::Many);
        if star {
            state.push((g, place + 1));
        }
        at += 1;
    }
    state.sort_unstable();
    state.dedup();
    let mut kept = State::with_capacity(state.len());
    for (g, place) in state {
        let star = globs.get(g as usize).and_then(|glob| glob.tokens().get(place as usize))
            == Some(&Token::Many);
        if star {
            while kept.last().is_some_and(|(before, _)| *before == g) {
                kept.pop();
            }
        }
        kept.push((g, place));
    }
    kept
}

/// A character that is not named, from the private use area if there is one.
pub(super) fn stranger(named: &BTreeSet<char>) -> char {
    ('\u{e000}'..='\u{f8ff}')
        .chain('\u{20}'..='\u{d7ff}')
        .find(|c| !named.contains(c))
        .unwrap_or('\u{fffd}')
}

/// The text that led to a state.
fn spell(order: &[(State, Option<(usize, char)>)], mut at: usize) -> String {
    let mut letters = Vec::new();
    while let Some((_, Some((before, letter)))) = order.get(at) {
        letters.push(*letter);
        at = *before;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(inner: &str, outer: &[&str]) -> Option<bool> {
        contains(&outer.iter().map(|p| Glob::new(p)).collect::<Vec<_>>(), &Glob::new(inner))
    }

    #[test]
    fn containment_is_of_languages() {
        assert_eq!(inside("s3:Get*", &["s3:*"]), Some(true));
        assert_eq!(inside("s3:*", &["s3:Get*"]), Some(false));
        assert_eq!(inside("*ab*", &["*?b*"]), Some(true));
        assert_eq!(inside("?*", &["*?"]), Some(true));
        assert_eq!(inside("*", &["?*"]), Some(false));
        assert_eq!(inside("*", &["?*", ""]), Some(true));
        assert_eq!(inside("*", &["a*", "b*"]), Some(false));
        assert_eq!(inside("a*", &["a", "a?*"]), Some(true));
        assert_eq!(inside("arn:aws:s3:::b/*", &["arn:aws:s3:::b", "arn:aws:s3:::b/*"]), Some(true));
        assert_eq!(inside("x", &[]), Some(false));
    }

    #[test]
    fn overlap_is_of_languages() {
        let over = |a: &str, b: &str| overlaps(&Glob::new(a), &Glob::new(b));
        assert!(over("a*", "*b"));
        assert!(over("*a*", "?"));
        assert!(!over("a*", "b*"));
        assert!(!over("a?", "a"));
        assert!(over("a*c", "ab*"));
        assert!(over("*x", "x"));
        assert!(!over("", "?"));
    }

    #[test]
    fn one_of_several_literals_is_enough() {
        let these = |list: &[&str]| Patterns::These(list.iter().map(|p| Glob::new(p)).collect());
        let (all, none) = (these(&["a", "b"]), these(&["a"]));
        let within = Glob::everything();
        assert_eq!(some(&within, &[&all], &[&none]), Some(true));
        assert_eq!(some(&within, &[&all], &[&none, &these(&["b"])]), Some(false));
        assert_eq!(some(&Glob::new("b*"), &[&all], &[&none]), Some(true));
        assert_eq!(some(&Glob::new("c*"), &[&all], &[]), Some(false));
        assert_eq!(some(&within, &[&these(&[])], &[]), Some(false));
    }

    /// A pattern may contain the very character that represents all that no pattern names.
    #[test]
    fn the_character_that_represents_all_others_is_none_that_a_pattern_names() {
        assert_eq!(inside("*", &["\u{e000}*", ""]), Some(false));
        assert_eq!(inside("?", &["\u{e000}", "\u{e001}"]), Some(false));
        let named: BTreeSet<char> = ('\u{e000}'..='\u{e0ff}').collect();
        assert!(!named.contains(&stranger(&named)));
        assert_eq!(stranger(&BTreeSet::new()), '\u{e000}');
    }

    #[test]
    fn a_pattern_made_to_blow_up_ends_without_an_answer_or_with_the_right_one() {
        let evil = format!("*a{}b", "?".repeat(40));
        let begin = crate::fake::worked();
        assert_ne!(inside(&format!("*a{}", "?".repeat(41)), &[&evil, "*c"]), Some(true));
        assert!((crate::fake::worked() - begin).as_secs() < 10);
    }

    #[test]
    fn a_pattern_contains_itself_however_much_work_it_would_be_to_compare() {
        let evil = format!("*a{}b", "?".repeat(40));
        assert_eq!(inside(&evil, &[&evil]), Some(true));
        assert_eq!(inside(&evil, &["c*", &evil]), Some(true));
        assert_eq!(inside(&evil, &["c*", "*"]), Some(true));
        assert_eq!(inside("c*", &["*"]), Some(true));
    }

    #[test]
    fn classes_name_a_text_for_each_combination() {
        let globs = [Glob::new("a*"), Glob::new("*b")];
        let classes = classes(&globs).unwrap();
        assert_eq!(classes.len(), 4);
        for (matched, text) in classes {
            let seen: Vec<bool> = globs.iter().map(|glob| glob.matches(&text)).collect();
            assert_eq!(seen, matched);
        }
    }

    #[test]
    fn patterns_about_something_else_exclude_all() {
        let set =
            |patterns: &[&str]| Patterns::These(patterns.iter().map(|p| Glob::new(p)).collect());
        let but =
            |patterns: &[&str]| Patterns::AllBut(patterns.iter().map(|p| Glob::new(p)).collect());
        let within = Glob::new("x:*");
        assert_eq!(some(&within, &[&set(&["y:*", "z*"])], &[]), Some(false));
        assert_eq!(some(&within, &[&set(&["y:*", "x:a*"])], &[]), Some(true));
        assert_eq!(some(&within, &[&but(&["y:*"])], &[]), Some(true));
        assert_eq!(some(&within, &[&but(&["x*"])], &[]), Some(false));
        assert_eq!(some(&within, &[], &[&but(&["y:*", "z*"])]), Some(false));
        assert_eq!(some(&within, &[], &[&but(&["y:*", "x:a*"])]), Some(true));
        assert_eq!(some(&within, &[], &[&set(&["y:*"])]), Some(true));
        assert_eq!(some(&within, &[], &[&set(&["x:*"])]), Some(false));
    }
}
