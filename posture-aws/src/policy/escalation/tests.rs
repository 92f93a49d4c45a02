use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;
use crate::policy::{Document, Found, Home, Identity, Membership};

const HOME: Home<'static> =
    Home { account: "111111111111", partition: "aws", organization: Membership::Unknown };

fn paths(actions: &[&str], resource: &str) -> Found {
    let text = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}],
    });
    let document = Document::parse(&text.to_string()).unwrap();
    Identity::new(HOME, vec![("", &document)], None).escalation_paths()
}

fn names(found: &Found) -> BTreeSet<String> {
    found.certain.iter().cloned().chain(found.undecided.iter().map(|m| m.what.clone())).collect()
}

#[test]
fn each_path_is_found_and_with_one_right_less_it_is_not() {
    for way in &WAYS {
        let actions: Vec<&str> = way.needs.iter().map(|need| need.action).collect();
        let found = paths(&actions, "*");
        let shorter = WAYS.iter().filter(|other| way.exceeds(other)).map(Way::name);
        let named: Vec<String> = shorter.chain([way.name()]).collect();
        assert!(found.certain.iter().any(|path| named.contains(path)), "{}: {found:?}", way.id);
        for less in &actions {
            let rest: Vec<&str> = actions.iter().copied().filter(|a| a != less).collect();
            let found = paths(&rest, "*");
            assert!(!names(&found).contains(&way.name()), "{} without {less}: {found:?}", way.id);
        }
        // The same rights on something else are nothing.
        assert_eq!(paths(&actions, "arn:aws:s3:::elsewhere"), Found::default(), "{}", way.id);
        assert_eq!(
            paths(&actions, "arn:aws:iam::222222222222:role/elsewhere"),
            Found::default(),
            "{}",
            way.id
        );
    }
}

#[test]
fn each_path_is_denied_by_a_deny_of_its_kind_of_resource() {
    for way in &WAYS {
        let actions: Vec<&str> = way.needs.iter().map(|need| need.action).collect();
        for need in way.needs {
            let kind = need.on.replace("{p}", "aws").replace("{a}", "111111111111");
            let denied = if kind.ends_with(":*") && kind.matches(':').count() == 5 {
                "*".to_owned()
            } else {
                kind
            };
            let text = serde_json::json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": actions, "Resource": "*"},
                {"Effect": "Deny", "Action": need.action, "Resource": denied},
            ]});
            let document = Document::parse(&text.to_string()).unwrap();
            let found = Identity::new(HOME, vec![("", &document)], None).escalation_paths();
            assert!(!names(&found).contains(&way.name()), "{} {}: {found:?}", way.id, need.action);
        }
    }
}

#[test]
fn each_path_has_an_id_of_its_own_a_source_and_a_day() {
    let ids: BTreeSet<&str> = WAYS.iter().map(|way| way.id).collect();
    assert_eq!(ids.len(), WAYS.len());
    let by_needs: BTreeSet<String> = WAYS.iter().map(Way::name).collect();
    assert_eq!(by_needs.len(), WAYS.len());
    for way in &WAYS {
        assert!(!way.needs.is_empty(), "{}", way.id);
        assert!(way.source.url.starts_with("https://"), "{}", way.id);
        way.source.read.parse::<jiff::civil::Date>().unwrap();
    }
    for (action, why) in &RETIRED {
        assert!(why.contains("https://"), "{action}");
        assert!(!WAYS.iter().flat_map(|way| way.needs).any(|need| need.action == *action));
    }
}

/// What is beside the project, if it exists.
fn beside(name: &str) -> Option<PathBuf> {
    let places = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    places.map(|place| place.join("shared").join(name)).find(|path| path.exists())
}

#[test]
fn every_published_path_is_in_the_table() {
    let Some(list) = beside("semantics/escalation-paths.csv") else {
        eprintln!("SKIPPED: the published lists are not beside the project");
        return;
    };
    let text = std::fs::read_to_string(list).unwrap();
    let mut seen = 0;
    for line in text.lines().skip(1) {
        let mut fields = line.splitn(3, ',');
        let (source, id) = (fields.next().unwrap(), fields.next().unwrap());
        let actions: Vec<&str> =
            fields.next().unwrap().trim_matches('"').split(';').map(str::trim).collect();
        if actions.iter().any(|action| RETIRED.iter().any(|(retired, _)| retired == action)) {
            continue;
        }
        let found = paths(&actions, "*");
        assert!(!found.certain.is_empty(), "{source} {id}: {actions:?} opens nothing: {found:?}");
        seen += 1;
    }
    assert!(seen > 150, "{seen}");
}

/// The page for readers.
fn page() -> String {
    let mut text = String::from(
        "# Escalation paths\n\n\
         The sets of AWS actions that together allow their holder to act with permissions that it was not granted. The controls\n\
         `identity.user-privilege-escalation`, `identity.role-privilege-escalation`,\n\
         `identity.group-privilege-escalation` and `identity.policy-privilege-escalation` look for these.\n\n\
         New services add new paths. This list is as of the day on which each source was read:\n\n",
    );
    let mut sources: Vec<Source> = Vec::new();
    for way in &WAYS {
        if !sources.contains(&way.source) {
            sources.push(way.source);
        }
    }
    for source in &sources {
        text += &format!("- [{}]({}), read on {}\n", source.name, source.url, source.read);
    }
    text += "\nExcluded, because they no longer exist:\n\n";
    for (action, why) in &RETIRED {
        text += &format!("- `{action}`: {why}\n");
    }
    text += "\nA path that contains all actions of another one, and more, is found by the shorter one. If a path needs a role that can\n\
             be passed or assumed, or a user whose credentials can be changed, and the policy restricts which, the path counts if\n\
             that role or user has more permissions or leads to more.\n\n\
             | Path | Required actions (all of them) | Source |\n| --- | --- | --- |\n";
    for way in &WAYS {
        let needs: Vec<String> = way.needs.iter().map(|n| format!("`{}`", n.action)).collect();
        let services = match way.passed_to() {
            [] => String::new(),
            services => format!(" (role passed to {})", services.join(" or ")),
        };
        text += &format!("| {} | {}{services} | {} |\n", way.id, needs.join(", "), way.source.name);
    }
    text
}

#[test]
fn the_page_for_readers_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/escalation-paths.md");
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    if written != page() && std::env::var_os("INSTA_UPDATE").is_some() {
        std::fs::write(&path, page()).unwrap();
        return;
    }
    assert!(written == page(), "write docs/escalation-paths.md again, with INSTA_UPDATE=always");
}
