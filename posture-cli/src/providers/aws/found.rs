//! Which credentials for AWS are there, as far as environment and files show.

use posture_collect::text::shell;
use posture_report::text::{NAME, safe};

use crate::overview::{Credentials, Machine};

/// How many profiles are named.
const SHOWN: usize = 4;

/// What is found, given the names of the profiles.
pub(crate) fn credentials(machine: &Machine, profiles: &[String]) -> Credentials {
    let mut sources = Vec::new();
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    if machine.has(&keys) {
        sources.push("access key in the environment".to_owned());
    }
    let chosen =
        machine.variable("AWS_PROFILE").or_else(|| machine.variable("AWS_DEFAULT_PROFILE"));
    if let Some(name) = &chosen {
        let known = if profiles.contains(name) { "" } else { ", which does not exist" };
        sources.push(format!("profile {} of AWS_PROFILE{known}", safe(name, NAME)));
    }
    let is_default = profiles.iter().any(|name| name == "default");
    let mut works = !sources.is_empty() || is_default;
    if machine.has(&["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"]) {
        sources.push("web identity of AWS_ROLE_ARN".to_owned());
        works = true;
    }
    let container =
        ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    if container.iter().any(|name| machine.has(&[name])) {
        sources.push("credentials of the container".to_owned());
        works = true;
    }
    if !profiles.is_empty() {
        let names: Vec<_> = profiles.iter().take(SHOWN).map(|name| safe(name, NAME)).collect();
        let more = match profiles.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(", +{more}"),
        };
        let word = if profiles.len() == 1 { "profile" } else { "profiles" };
        sources.push(format!("{word} {}{more}", names.join(", ")));
    }
    let next = match profiles.first().filter(|_| !works) {
        // A name that a terminal would not show as it is cannot be copied from there.
        Some(name) if safe(name, NAME) == *name => {
            (format!("posture audit aws --profile {}", shell(name)), "the account of a profile")
        }
        Some(_) => ("posture audit aws --profile NAME".to_owned(), "the account of a profile"),
        None if sources.is_empty() => {
            (String::new(), "`aws configure` or `aws sso login` sets some up")
        }
        None => ("posture audit aws".to_owned(), "the account of these credentials"),
    };
    Credentials { cloud: "AWS", sources, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn found(variable: fn(&str) -> Option<String>, profiles: &[&str]) -> Credentials {
        credentials(&Machine::with(variable), &names(profiles))
    }

    #[test]
    fn keys_profiles_and_roles_are_found_and_no_secret_is_shown() {
        let none = found(|_| None, &[]);
        assert_eq!((none.sources.len(), none.next.0.as_str()), (0, ""));
        let keys = found(
            |name| {
                let all = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
                all.contains(&name).then(|| "canary".to_owned())
            },
            &[],
        );
        assert_eq!(keys.sources, ["access key in the environment"]);
        assert_eq!(keys.next.0, "posture audit aws");
        assert!(!format!("{keys:?}").contains("canary"));
        // Half a key is none.
        let half = |name: &str| (name == "AWS_ACCESS_KEY_ID").then(|| "canary".to_owned());
        assert_eq!(found(half, &[]).sources, Vec::<String>::new());
        let profiles = found(|_| None, &["dev", "eu prod", "x", "y", "z", "zz"]);
        assert_eq!(profiles.sources, ["profiles dev, eu prod, x, y, +2"]);
        assert_eq!(profiles.next.0, "posture audit aws --profile dev");
        assert_eq!(found(|_| None, &["default", "x"]).next.0, "posture audit aws");
        let strange = found(|_| None, &["a b\u{1b}[2J"]);
        assert_eq!(strange.next.0, "posture audit aws --profile NAME");
        assert!(!strange.sources[0].contains('\u{1b}'));
        let web = found(
            |name| {
                (name == "AWS_ROLE_ARN" || name == "AWS_WEB_IDENTITY_TOKEN_FILE")
                    .then(|| "canary".to_owned())
            },
            &[],
        );
        assert_eq!(web.sources, ["web identity of AWS_ROLE_ARN"]);
        let named = |name: &str| (name == "AWS_PROFILE").then(|| "prod".to_owned());
        assert_eq!(
            found(named, &[]).sources,
            ["profile prod of AWS_PROFILE, which does not exist"]
        );
        assert_eq!(found(named, &["prod"]).sources[0], "profile prod of AWS_PROFILE");
    }
}
