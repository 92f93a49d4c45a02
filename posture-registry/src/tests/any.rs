//! Whatever a registry, a token service or a configuration holds, nothing panics and nothing is repeated.

use proptest::prelude::*;

use crate::docker_config::DockerConfig;
use crate::lists::{entries_of, is_helper_tag, tags_of};
use crate::request::words_of;

/// Texts that are often almost what is expected.
const JSON: &str = r#"(\{|\}|\[|\]|,|:|"(tags|auths|auth|credHelpers|credsStore|username|password|identitytoken|errors|code|message|manifests|layers|schemaVersion|digest|size|mediaType|a\.b|YTpi|canary|sha256:0|)"|2|-1|1e99|null|true){0,40}"#;

proptest! {
    #[test]
    fn any_text_is_read_or_rejected(text in JSON) {
        let _ = (tags_of(text.as_bytes()), entries_of(text.as_bytes()), words_of(text.as_bytes()));
        match DockerConfig::parse(text.as_bytes()) {
            Ok(config) => {
                let _ = config.source("a.b");
            }
            Err(why) => prop_assert!(!why.contains("canary"), "{}", why),
        }
    }

    #[test]
    fn any_entry_is_read_or_rejected(entry in JSON) {
        let file = format!("{{\"auths\":{{\"a.b\":{{{entry}}}}}}}");
        if let Ok(config) = DockerConfig::parse(file.as_bytes()) {
            let source = config.source("a.b");
            prop_assert!(source.login.is_none() || source.note.is_none());
            prop_assert_eq!(config.source("c.d").login, None);
        }
    }

    #[test]
    fn any_tag_is_a_helper_tag_or_not(tag in "(sha256|sha512)?-?[0-9a-f]{0,70}[.a-z]{0,4}") {
        let _ = is_helper_tag(&tag);
    }
}
