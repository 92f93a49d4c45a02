//! The prose of a Rust file.

/// Represents code: punctuation, so that no phrase spans it.
const CODE: char = ';';

/// The comments and string literals of a file, on the lines where they are; code becomes punctuation.
pub(super) fn prose(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match c {
            '/' if next == Some('/') => {
                while chars.get(at).is_some_and(|&c| c != '\n') {
                    out.push(chars[at]);
                    at += 1;
                }
            }
            '"' => at = string(&chars, at + 1, 0, true, &mut out),
            'r' if !in_word(&chars, at) && matches!(next, Some('"' | '#')) => {
                let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
                if chars.get(at + 1 + hashes) == Some(&'"') {
                    at = string(&chars, at + 2 + hashes, hashes, false, &mut out);
                } else {
                    at += 1;
                }
            }
            // A character; a lifetime has no second quotation mark there.
            '\'' if next == Some('\\') => {
                at += 3;
                while chars.get(at).is_some_and(|&c| c != '\'') {
                    at += 1;
                }
                at += 1;
            }
            '\'' if chars.get(at + 2) == Some(&'\'') => at += 3,
            _ => {
                out.push(if c.is_whitespace() { c } else { CODE });
                at += 1;
            }
        }
    }
    out
}

/// Whether the place is within or at the end of a name, such as the `r` of `for`. A prefix `b` is none.
fn in_word(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| chars[before]);
    before.is_some_and(|c| (c.is_alphanumeric() || c == '_') && c != 'b')
}

/// Copies a literal and gives the place behind it.
fn string(chars: &[char], mut at: usize, hashes: usize, escapes: bool, out: &mut String) -> usize {
    out.push(CODE);
    while let Some(&c) = chars.get(at) {
        at += 1;
        let name = chars[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
        if c == '\\' && escapes {
            // An escaped line break continues the text.
            let next = chars.get(at).copied();
            out.push(if next == Some('\n') { '\n' } else { CODE });
            at += 1;
        } else if c == '"' && (0..hashes).all(|hash| chars.get(at + hash) == Some(&'#')) {
            at += hashes;
            break;
        } else if c == '{' && name > 0 && matches!(chars.get(at + name), Some('}' | ':')) {
            // A formatted variable.
            out.push(CODE);
            at += name;
            at += chars[at..].iter().take_while(|c| **c != '}').count() + 1;
        } else {
            out.push(c);
        }
    }
    out.push(CODE);
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_remain_on_their_lines() {
        let text = "//! a\nfn shown<'a>(x: &'a str) { // b\n    f('\"', '\\'', r#\"c \"d\"#, \"e\\\"{told}{told:?}f\");\n}\n";
        let prose = prose(text);
        let lines: Vec<String> = prose.lines().map(|line| line.replace([CODE, ' '], "")).collect();
        assert_eq!(lines, ["//!a", "//b", "c\"def", ""]);
    }
}
