//! The flags of a process, as the components of the control plane read their command lines.
//!
//! Source: [pflag](https://pkg.go.dev/github.com/spf13/pflag#hdr-Command_line_flag_syntax), read on 2026-11-30. A flag without a value
//! that follows `=` takes the next argument, unless it is true or false: then it is true, and what follows is not its value. Kubernetes
//! reads `_` in names as `-`. Of a flag that is given again, the last value counts, and lists grow.

use std::collections::BTreeMap;

/// The flags of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    all: BTreeMap<String, Vec<String>>,
}

/// The value of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<T> {
    /// It is given.
    Given(T),
    /// It is not given: the default of its version holds.
    Absent,
    /// It is given, and not as a value that can be read here: why.
    Unread(String),
}

/// The flags that are true or false, of those that are asked for here. They take no next argument.
const BOOLEANS: [&str; 13] = [
    "allow-privileged",
    "anonymous-auth",
    "authentication-skip-lookup",
    "auto-tls",
    "client-cert-auth",
    "enable-bootstrap-token-auth",
    "leader-elect",
    "peer-auto-tls",
    "peer-client-cert-auth",
    "profiling",
    "service-account-extend-token-expiration",
    "service-account-lookup",
    "use-service-account-credentials",
];

impl Flags {
    /// The flags of a command line whose program has this name.
    ///
    /// # Errors
    /// If the command line is that of another program, such as a shell that starts the one asked for: why.
    pub fn parse(program: &str, line: &[&str]) -> Result<Self, String> {
        let base = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
        let start = match line.iter().take(2).position(|one| base(one) == program) {
            Some(place) if line.iter().take(place).all(|one| base(one) == "hyperkube") => place + 1,
            _ if line.first().is_some_and(|one| one.starts_with('-')) => 0,
            _ => {
                let found = line.first().copied().unwrap_or("nothing");
                return Err(format!("its command is {found} and not {program}"));
            }
        };
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut rest = line.get(start..).unwrap_or_default().iter();
        while let Some(argument) = rest.next() {
            if *argument == "--" {
                break;
            }
            // etcd takes one dash as well.
            let Some(text) = argument.strip_prefix("--").or_else(|| argument.strip_prefix('-'))
            else {
                continue;
            };
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, value.to_owned()),
                None if BOOLEANS.contains(&text.replace('_', "-").as_str()) => {
                    (text, "true".to_owned())
                }
                None => match rest.as_slice().first() {
                    Some(next) if !next.starts_with('-') => {
                        rest.next();
                        (text, (*next).to_owned())
                    }
                    _ => (text, "true".to_owned()),
                },
            };
            all.entry(name.replace('_', "-")).or_default().push(value);
        }
        Ok(Self { all })
    }

    /// Sets a flag that is not given.
    pub fn set_default(&mut self, name: &str, value: &str) {
        self.all.entry(name.to_owned()).or_insert_with(|| vec![value.to_owned()]);
    }

    /// The value of a flag that is a text: the last one.
    pub fn text(&self, name: &str) -> Value<&str> {
        match self.all.get(name).and_then(|all| all.last()) {
            None => Value::Absent,
            // The node replaces it by the value of a variable.
            Some(value) if value.contains("$(") => Value::Unread(format!("--{name}={value}")),
            Some(value) if value.is_empty() => Value::Absent,
            Some(value) => Value::Given(value),
        }
    }

    /// Whether a flag is given and not empty.
    pub fn has(&self, name: &str) -> bool {
        !matches!(self.text(name), Value::Absent)
    }

    /// The value of a flag that is true or false.
    pub fn boolean(&self, name: &str) -> Value<bool> {
        match self.text(name) {
            Value::Given("1" | "t" | "T" | "true" | "TRUE" | "True") => Value::Given(true),
            Value::Given("0" | "f" | "F" | "false" | "FALSE" | "False") => Value::Given(false),
            Value::Given(other) => Value::Unread(format!("--{name}={other}")),
            Value::Absent => Value::Absent,
            Value::Unread(why) => Value::Unread(why),
        }
    }

    /// The value of a flag that is a number.
    pub fn number(&self, name: &str) -> Value<i64> {
        match self.text(name) {
            Value::Given(text) => match text.parse() {
                Ok(number) => Value::Given(number),
                Err(_) => Value::Unread(format!("--{name}={text}")),
            },
            Value::Absent => Value::Absent,
            Value::Unread(why) => Value::Unread(why),
        }
    }

    /// The items of a flag that is a list, all that are given.
    pub fn list(&self, name: &str) -> Value<Vec<&str>> {
        let Some(all) = self.all.get(name) else { return Value::Absent };
        if let Some(open) = all.iter().find(|value| value.contains("$(")) {
            return Value::Unread(format!("--{name}={open}"));
        }
        let items = all.iter().flat_map(|value| value.split(',')).map(str::trim);
        Value::Given(items.filter(|item| !item.is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[&str]) -> Flags {
        let line: Vec<&str> =
            std::iter::once("kube-apiserver").chain(line.iter().copied()).collect();
        Flags::parse("kube-apiserver", &line).unwrap()
    }

    #[test]
    fn values_follow_an_equals_sign_or_a_space() {
        for line in
            [&["--a-b=x"][..], &["--a-b", "x"], &["--a_b=x"], &["-a-b=x"], &["--a-b=y", "--a-b=x"]]
        {
            assert_eq!(parse(line).text("a-b"), Value::Given("x"), "{line:?}");
        }
        assert_eq!(parse(&["--a="]).text("a"), Value::Absent);
        assert_eq!(parse(&["--a=x=y"]).text("a"), Value::Given("x=y"));
        assert_eq!(parse(&["--", "--a=x"]).text("a"), Value::Absent);
        assert_eq!(parse(&["--a", "--b=x"]).text("a"), Value::Given("true"));
        assert!(matches!(parse(&["--a=$(A)"]).text("a"), Value::Unread(_)));
    }

    #[test]
    fn a_boolean_takes_no_next_argument() {
        for (line, value) in [
            (&["--profiling=false"][..], Value::Given(false)),
            (&["--profiling=F"], Value::Given(false)),
            (&["--profiling"], Value::Given(true)),
            (&["--profiling", "false"], Value::Given(true)),
            (&["--profiling=true", "--profiling=false"], Value::Given(false)),
            (&[], Value::Absent),
        ] {
            assert_eq!(parse(line).boolean("profiling"), value, "{line:?}");
        }
        assert!(matches!(parse(&["--profiling=no"]).boolean("profiling"), Value::Unread(_)));
    }

    #[test]
    fn lists_grow_and_numbers_are_numbers() {
        let flags = parse(&["--l=a,b", "--l", "c", "--n=30", "--m=x"]);
        assert_eq!(flags.list("l"), Value::Given(vec!["a", "b", "c"]));
        assert_eq!((flags.list("k"), flags.number("n")), (Value::Absent, Value::Given(30)));
        assert!(matches!(flags.number("m"), Value::Unread(_)));
        assert!(matches!(parse(&["--l=$(L)"]).list("l"), Value::Unread(_)));
    }

    #[test]
    fn another_program_hides_the_flags() {
        let of = |line: &[&str]| Flags::parse("kube-apiserver", line).map(|flags| flags.has("a"));
        assert_eq!(of(&["/usr/bin/kube-apiserver", "--a=x"]), Ok(true));
        assert_eq!(of(&["hyperkube", "kube-apiserver", "--a=x"]), Ok(true));
        // The image of the container is the program.
        assert_eq!(of(&["--a=x"]), Ok(true));
        assert!(of(&["/bin/sh", "-c", "kube-apiserver --a=x"]).is_err());
        assert!(of(&["sh", "kube-apiserver", "--a=x"]).is_err());
        assert!(of(&[]).is_err());
    }
}
