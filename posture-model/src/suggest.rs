//! The names that a user may have meant.

use std::collections::HashSet;

/// Up to three of `known` that are nearest to `name`, nearest first; none that are far from it.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    nearest_of(name, known.into_iter().map(|one| (one, std::iter::once(one))))
}

/// The same of things that have several names, each once: `known` gives what a thing is suggested as, and its names.
pub fn nearest_of<'a, 'n, N: IntoIterator<Item = &'n str>>(
    name: &str,
    known: impl IntoIterator<Item = (&'a str, N)>,
) -> Vec<&'a str> {
    let name = name.to_ascii_lowercase();
    let score = |candidate: &str| {
        let lower = candidate.to_ascii_lowercase();
        let similar = strsim::jaro_winkler(&name, &lower);
        // A part of a name, such as `public-access`, is a good guess however short it is.
        let part = name.len() > 2 && lower.contains(&name);
        if part { similar.max(0.95) } else { similar }
    };
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|(shown, names)| (names.into_iter().map(score).fold(0.0, f64::max), shown))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// "did you mean `a` or `b`?", or nothing.
pub fn did_you_mean(names: &[&str]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (last, first) = quoted.split_last()?;
    let names =
        if first.is_empty() { last.clone() } else { format!("{} or {last}", first.join(", ")) };
    Some(format!("did you mean {names}?"))
}

/// Keeps a list of mistakes from giving the same suggestion again and again.
#[derive(Debug, Default)]
pub struct Suggested(HashSet<String>);

impl Suggested {
    /// A mistake without the suggestion at its end, where that was given before.
    pub fn once<'m>(&mut self, mistake: &'m str) -> &'m str {
        match mistake.split_once("; did you mean ") {
            Some((what, guess)) if !self.0.insert(guess.to_owned()) => what,
            _ => mistake,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_and_a_part_are_recognized() {
        let known = ["storage.public-access", "storage.public-write", "identity.root-mfa"];
        assert_eq!(nearest("storage.public-acces", known)[0], "storage.public-access");
        assert_eq!(nearest("root-mfa", known)[0], "identity.root-mfa");
        assert!(nearest("zzz", known).is_empty());
    }

    #[test]
    fn what_has_several_names_is_suggested_once() {
        let known = [("csf-2.0", vec!["csf-2.0", "csf", "nist-csf"]), ("ccm-4.1", vec!["ccm"])];
        assert_eq!(nearest_of("csff", known), ["csf-2.0"]);
    }

    #[test]
    fn a_suggestion_is_given_once() {
        let mut suggested = Suggested::default();
        let mistake = "unknown control `a`; did you mean `b`?";
        assert_eq!(suggested.once(mistake), mistake);
        assert_eq!(suggested.once(mistake), "unknown control `a`");
        let other = "unknown control `c`; did you mean `d`?";
        assert_eq!(suggested.once(other), other);
        assert_eq!(suggested.once("nothing to suggest"), "nothing to suggest");
    }
}
