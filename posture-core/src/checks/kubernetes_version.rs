//! Versions of Kubernetes, as `v1.33.2`, `v1.33.4-eks-1a2b3c4` or `v1.33.5+k3s1`.

/// The minor version of a version of Kubernetes 1.
pub(crate) fn minor(version: &str) -> Option<u16> {
    let rest = version.strip_prefix('v').unwrap_or(version).strip_prefix("1.")?;
    let end = rest.find(|one: char| !one.is_ascii_digit())?;
    rest.get(..end)?.parse().ok().filter(|_| rest[end..].starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minors_of_versions() {
        for (version, expected) in [
            ("v1.33.2", Some(33)),
            ("1.9.0", Some(9)),
            ("v1.33.4-eks-1a2b3c4", Some(33)),
            ("v1.33.5+k3s1", Some(33)),
            ("v1.33.0-rc.1", Some(33)),
            ("v1.33", None),
            ("v2.1.0", None),
            ("v1.x.0", None),
            ("v1.99999999.0", None),
            ("", None),
        ] {
            assert_eq!(minor(version), expected, "{version}");
        }
    }
}
