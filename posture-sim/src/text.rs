//! Text as requests and scenarios have it: percent-encoding, forms, patterns of actions.

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
    let bytes = text.as_bytes();
    let digit = |place: usize| bytes.get(place).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        match (byte, digit(place + 1), digit(place + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                place += 2;
            }
            (b'+', ..) if form => out.push(b' '),
            (byte, ..) => out.push(*byte),
        }
        place += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a name fits a pattern in which `*` stands for anything, without regard to case.
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
