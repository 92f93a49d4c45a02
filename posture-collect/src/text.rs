//! Text that comes from a cloud. It may hold anything.

use posture_model::redact::redact;

/// The most characters of a detail: no more than a person reads.
pub const MOST: usize = 300;

/// The service's words in a gap: without secrets, which some services repeat in their errors, and no more than a
/// person reads. Every text of an answer that enters a gap passes through here.
#[expect(clippy::needless_pass_by_value, reason = "what is not yet clean is used up")]
pub fn clip(text: String) -> String {
    redact(&text, MOST)
}

/// One word of a shell command.
pub fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A template with each `{name}` replaced by its value. The values are not expanded again: a resource may be
/// named like a placeholder.
pub fn fill(template: &str, words: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let word = after.split_once('}').and_then(|(name, behind)| {
            let (_, word) = words.iter().find(|(known, _)| *known == name)?;
            Some((word, behind))
        });
        match word {
            Some((word, behind)) => {
                out.push_str(word);
                rest = behind;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads_is_not_endless() {
        assert_eq!(clip("short".to_owned()), "short");
        let long = clip("ü".repeat(10_000));
        assert_eq!(long.chars().count(), MOST + 1);
        assert!(long.ends_with('…'));
        assert_eq!(clip("x".repeat(MOST)).chars().count(), MOST);
    }

    #[test]
    fn a_word_stays_one_word_of_the_shell() {
        for (word, quoted) in [
            ("arn:aws:s3:::logs", "arn:aws:s3:::logs"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(id)", "'$(id)'"),
            ("a'; rm -rf / #", r"'a'\''; rm -rf / #'"),
            ("-rf", "-rf"),
        ] {
            assert_eq!(shell(word), quoted);
        }
    }

    #[test]
    fn what_is_put_into_a_command_is_not_filled_again() {
        let words = [("name", shell("{id}")), ("id", shell("a b"))];
        assert_eq!(fill("show --name {name} --id {id}", &words), "show --name '{id}' --id 'a b'");
        assert_eq!(
            fill("--query \"[].{a: b, c: {name}}\" {", &words),
            "--query \"[].{a: b, c: '{id}'}\" {"
        );
        assert_eq!(fill("{unknown} {}", &words), "{unknown} {}");
    }
}
