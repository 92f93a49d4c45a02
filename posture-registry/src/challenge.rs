//! How a registry wants to be signed in to: the header
//! [`WWW-Authenticate`](https://www.rfc-editor.org/rfc/rfc9110#name-www-authenticate).

/// The most bytes of the header that are read.
const MOST_BYTES: usize = 8 << 10;

/// The most challenges of one header.
const MOST: usize = 16;

/// One way to sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// The scheme, with small letters, such as `bearer`.
    pub(crate) scheme: String,
    /// The parameters. Names have small letters.
    pub(crate) parameters: Vec<(String, String)>,
}

impl Challenge {
    /// A parameter; none if the challenge has it twice, as programs differ in which one they take.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut found = self.parameters.iter().filter(|(key, _)| key == name);
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }
}

/// Reads the challenges of a header. What is not of the form of the standard ends the list.
pub(crate) fn parse(header: &str) -> Vec<Challenge> {
    let mut end = header.len().min(MOST_BYTES);
    while !header.is_char_boundary(end) {
        end -= 1;
    }
    let mut rest = header.get(..end).unwrap_or_default();
    let mut found: Vec<Challenge> = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((word, after)) = token(rest) else { return found };
        let value = after.trim_start_matches([' ', '\t']);
        match (value.strip_prefix('='), found.last_mut()) {
            // A word with a value belongs to the last scheme.
            (Some(value), Some(challenge)) => {
                let value = value.trim_start_matches([' ', '\t']);
                let Some((value, after)) = quoted(value)
                    .or_else(|| token(value).map(|(value, after)| (value.to_owned(), after)))
                else {
                    return found;
                };
                challenge.parameters.push((word.to_ascii_lowercase(), value));
                rest = after;
                if !rest.trim_start_matches([' ', '\t']).is_empty()
                    && !rest.trim_start_matches([' ', '\t']).starts_with(',')
                {
                    return found;
                }
            }
            (Some(_), None) => return found,
            (None, _) => {
                if found.len() == MOST {
                    return found;
                }
                found.push(Challenge { scheme: word.to_ascii_lowercase(), parameters: Vec::new() });
                // What Negotiate and the like put here is one opaque word.
                let opaque = value.find([' ', '\t', ',']).unwrap_or(value.len());
                let word = value.get(..opaque).unwrap_or_default();
                let is_opaque = value.len() < after.len() && is_token68(word);
                rest = if is_opaque { value.get(opaque..).unwrap_or_default() } else { value };
            }
        }
    }
}

/// Whether this is the opaque word of a scheme, and neither a parameter nor the next scheme.
fn is_token68(word: &str) -> bool {
    let body = word.trim_end_matches('=');
    let signs = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    // `name=` without a value is not a parameter; a word of a name's signs alone is a scheme.
    !body.is_empty() && body.bytes().all(signs) && (body.len() < word.len() || body.contains('/'))
}

fn token(text: &str) -> Option<(&str, &str)> {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let end = text.bytes().position(|byte| !sign(byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(header: &str) -> Vec<String> {
        let one = |challenge: Challenge| {
            let parameters: Vec<String> = challenge
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("{} {}", challenge.scheme, parameters.join("|"))
        };
        parse(header).into_iter().map(one).collect()
    }

    #[test]
    fn challenges_of_registries_are_read() {
        for (header, expected) in [
            (
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#,
                &[
                    "bearer realm=https://auth.docker.io/token|service=registry.docker.io|scope=repository:a/b:pull,push",
                ][..],
            ),
            (r#"Basic realm="Registry Realm""#, &["basic realm=Registry Realm"]),
            (r#"BASIC Realm = "a\"b" , Bearer realm=x"#, &[r#"basic realm=a"b"#, "bearer realm=x"]),
            ("Negotiate, Basic realm=\"x\"", &["negotiate ", "basic realm=x"]),
            ("Negotiate abc/d==, Basic realm=x", &["negotiate ", "basic realm=x"]),
            ("Basic", &["basic "]),
            ("", &[]),
            (",,, ,", &[]),
            ("realm=x", &[]),
            (r#"Bearer realm="open"#, &["bearer "]),
            (r#"Bearer realm="a" service="b""#, &["bearer realm=a"]),
            ("Bearer realm=", &["bearer "]),
        ] {
            assert_eq!(shown(header), expected, "{header}");
        }
    }

    #[test]
    fn a_parameter_that_is_there_twice_is_none() {
        let [challenge] = &parse("Bearer realm=a, REALM=b, service=c")[..] else { panic!() };
        assert_eq!(
            (challenge.parameter("realm"), challenge.parameter("service")),
            (None, Some("c"))
        );
        assert!(parse(&"Basic, ".repeat(10_000)).len() <= MOST);
    }

    proptest! {
        #[test]
        fn any_text_ends(header in "\\PC{0,200}") {
            prop_assert!(parse(&header).len() <= MOST);
        }

        #[test]
        fn what_looks_like_challenges_ends(header in r#"([A-Za-z]{1,3}|[=,"\\ \t/]){0,60}"#) {
            for challenge in parse(&header) {
                prop_assert!(!challenge.scheme.is_empty());
            }
        }

        #[test]
        fn what_is_written_is_read(realm in "[ -~]{0,40}", service in "[a-z.]{1,10}") {
            let escaped = realm.replace('\\', "\\\\").replace('"', "\\\"");
            let header = format!("Bearer realm=\"{escaped}\",service={service} , Basic realm=\"x\"");
            let found = parse(&header);
            prop_assert_eq!(found.len(), 2);
            prop_assert_eq!(found[0].parameter("realm"), Some(realm.as_str()));
            prop_assert_eq!(found[0].parameter("service"), Some(service.as_str()));
        }
    }
}
