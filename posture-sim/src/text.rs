//! Text as requests and scenarios have it: percent-encoding, forms, patterns of actions.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The pairs of a form or a query.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key, true), decode(value, true))
    };
    text.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

/// Undoes percent-encoding, and in a form that of spaces as well.
pub(crate) fn decode(text: &str, form: bool) -> String {
    let text = if form { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// Whether a name matches a pattern in which `*` matches anything, ignoring case.
pub(crate) fn glob(pattern: &str, name: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_encoded_stays() {
        for (text, plain, form) in [
            ("a%20b+c", "a b+c", "a b c"),
            ("%2B%2b", "++", "++"),
            ("%c3%A4", "ä", "ä"),
            ("100%", "100%", "100%"),
            ("%zz%4", "%zz%4", "%zz%4"),
        ] {
            assert_eq!((&*decode(text, false), &*decode(text, true)), (plain, form), "{text}");
        }
    }

    #[test]
    fn patterns_of_azure_actions() {
        for (pattern, action, fits) in [
            ("*/read", "Microsoft.Storage/storageAccounts/read", true),
            ("*", "x", true),
            (
                "Microsoft.Storage/*/read",
                "microsoft.storage/storageAccounts/blobServices/read",
                true,
            ),
            ("Microsoft.Storage/*/read", "Microsoft.Storage/storageAccounts/write", false),
            ("*/read", "a/read/b", false),
            ("a/b", "A/B", true),
            ("a/b", "a/bc", false),
        ] {
            assert_eq!(glob(pattern, action), fits, "{pattern} {action}");
        }
    }

    #[test]
    fn patterns_of_aws_actions() {
        for (pattern, action, expected) in [
            ("*", "s3:GetBucketAcl", true),
            ("s3:*", "s3:GetBucketAcl", true),
            ("s3:get*acl", "s3:GetBucketAcl", true),
            ("s3:GetBucket", "s3:GetBucketAcl", false),
            ("iam:*", "s3:GetBucketAcl", false),
            ("s3:GetBucketAcl", "s3:GetBucketAcl", true),
        ] {
            assert_eq!(glob(pattern, action), expected, "{pattern} {action}");
        }
    }
}
