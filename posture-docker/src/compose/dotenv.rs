//! Files with the values of variables, such as `.env`.
//!
//! The rules are those of [compose-go](https://github.com/compose-spec/compose-go/blob/main/dotenv/parser.go), read on 2026-12-01:
//! `NAME=value` or `NAME: value`, with variables in values that are not in single quotes, and quoted values of several lines.

use super::variables::{Filled, Values, Variables, name_end};

/// The variables of a file. A name alone is that of a variable of the shell.
///
/// # Errors
/// The number of the first line that is something else.
pub(crate) fn environment(text: &str) -> Result<Values, usize> {
    let mut all = Variables { values: Some(Values::new()) };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(all.values.unwrap_or_default());
        }
        let number = line_of(text, rest);
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.starts_with('#') {
            rest = behind;
            continue;
        }
        let line = match line.strip_prefix("export") {
            Some(more) if more.starts_with([' ', '\t']) => more.trim_start(),
            _ => line,
        };
        let (name, value) = match line.find(['=', ':']) {
            Some(at) => {
                let (name, value) = line.split_at(at);
                (name.trim_end(), value.get(1..))
            }
            None => (line.split(" #").next().unwrap_or(line).trim_end(), None),
        };
        let is_part = |one: char| one.is_ascii_alphanumeric() || "_.-[]".contains(one);
        if name.is_empty()
            || !name.chars().all(is_part)
            || name.starts_with(|one: char| one.is_ascii_digit())
        {
            return Err(number);
        }
        let Some(value) = value else {
            set(&mut all, name, None);
            rest = behind;
            continue;
        };
        let start = value.trim_start_matches([' ', '\t']);
        let value = match start.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                // The value may go on in the lines below.
                let whole = text.get(offset(text, start) + 1..).unwrap_or_default();
                let end = closing(whole, quote).ok_or(number)?;
                let (inner, after) = whole.split_at(end);
                let after = after.get(1..).unwrap_or_default();
                let (line, behind) = after.split_once('\n').unwrap_or((after, ""));
                let line = line.trim();
                if !line.is_empty() && !line.starts_with('#') {
                    return Err(number);
                }
                rest = behind;
                if quote == '\'' {
                    Ok(Filled::Text(inner.to_owned()))
                } else {
                    all.text(&unescaped(inner), 0)
                }
            }
            _ => {
                rest = behind;
                let plain =
                    if start.starts_with('#') && start.len() < value.len() { "" } else { start };
                let end = [" #", "\t#"].into_iter().filter_map(|mark| plain.find(mark)).min();
                let plain = plain.get(..end.unwrap_or(plain.len())).unwrap_or(plain);
                all.text(plain.trim_end(), 0)
            }
        };
        match value {
            Ok(Filled::Text(value)) => set(&mut all, name, Some(value)),
            Ok(Filled::Open(_)) => set(&mut all, name, None),
            Err(_) => return Err(number),
        }
    }
}

fn set(all: &mut Variables, name: &str, value: Option<String>) {
    // Compose files cannot refer to another name.
    if name_end(name) == name.len()
        && let Some(values) = &mut all.values
    {
        values.insert(name.to_owned(), value);
    }
}

/// Where a part of a text begins that reaches into its end, or into the end of a line of it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn line_of(text: &str, rest: &str) -> usize {
    text.get(..offset(text, rest)).unwrap_or_default().matches('\n').count() + 1
}

/// Where a quote ends: at the first one without a backslash before it.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (place, one) in text.char_indices() {
        match one {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if one == quote => return Some(place),
            _ => {}
        }
    }
    None
}

/// A text in double quotes with its escapes resolved. An escaped dollar sign stays one.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(one) = letters.next() {
        if one != '\\' {
            out.push(one);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('$') => out.push_str("$$"),
            Some(other @ ('"' | '\\')) => out.push(other),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_read_as_compose_reads_them() {
        for (text, value) in [
            ("A=1", "1"),
            ("# a comment\n\nexport A = 'x y'", "x y"),
            ("A=\"z\" # more", "z"),
            ("A=a b # c", "a b"),
            ("A=", ""),
            ("A= # c", ""),
            ("A=#c", "#c"),
            ("A: value", "value"),
            ("A: \"x:y\"\r\n", "x:y"),
            ("MODE=host\nA=${MODE}", "host"),
            ("MODE=host\nA=\"${MODE}\"", "host"),
            ("MODE=host\nA='${MODE}'", "${MODE}"),
            ("A=${NONE:-host}", "host"),
            ("A=$$x", "$x"),
            ("A=\"\\$x \\\"y\\\" \\n\"", "$x \"y\" \n"),
            ("A=\"one\ntwo\"\nB=1", "one\ntwo"),
            ("A='one\ntwo' # c\nB=1", "one\ntwo"),
            ("a.b=1\nA=2", "2"),
        ] {
            let all = environment(text).unwrap_or_else(|line| panic!("{text}: line {line}"));
            assert_eq!(all["A"].as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn a_name_alone_is_a_variable_of_the_shell() {
        let all = environment("MODE\nA=${MODE:-x}\nB=1\nC # more\n").unwrap();
        assert_eq!((&all["MODE"], &all["A"], &all["C"]), (&None, &None, &None));
        assert_eq!(all["B"].as_deref(), Some("1"));
    }

    #[test]
    fn what_is_no_variable_is_an_error_with_its_line() {
        for (text, line) in [
            ("A=1\nB C\n", 2),
            ("1=x", 1),
            ("A='x\n\n", 1),
            ("A=\"a\nb\" c", 1),
            ("A=1\n\nB=${", 3),
        ] {
            assert_eq!(environment(text), Err(line), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[A-Cé=:#'\"\\\\$\\{\\} \n\t]{0,60}") {
            let _ = environment(&text);
        }
    }
}
