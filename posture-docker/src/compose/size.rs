//! Sizes and booleans, as Compose reads them from texts.

/// The bytes of a size such as `512m`, `1.5gb` or `1024`
/// ([source](https://github.com/docker/go-units/blob/v0.5.0/size.go)). It may be negative, which means that there is no limit.
pub(super) fn bytes(text: &str) -> Option<f64> {
    let lower = text.trim().to_ascii_lowercase();
    let end = lower.find(|one: char| !(one.is_ascii_digit() || matches!(one, '.' | '-' | '+')));
    let (number, unit) = lower.split_at(end.unwrap_or(lower.len()));
    let factor = match unit.trim_start() {
        "" | "b" => 1.0,
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        "t" | "tb" | "tib" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        "p" | "pb" | "pib" => 1024.0 * 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    number.is_finite().then_some(number * factor)
}

/// A boolean from a text ([source](https://github.com/compose-spec/compose-go/blob/main/loader/interpolate.go)).
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "t" | "y" | "yes" | "on" => Some(true),
        "false" | "0" | "f" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_units_of_docker() {
        for (text, size) in [
            ("1024", Some(1024.0)),
            ("1b", Some(1.0)),
            ("1k", Some(1024.0)),
            ("1KB", Some(1024.0)),
            ("1.5g", Some(1.5 * 1024.0 * 1024.0 * 1024.0)),
            ("512 m", Some(512.0 * 1024.0 * 1024.0)),
            ("-1", Some(-1.0)),
            ("0", Some(0.0)),
            ("", None),
            ("m", None),
            ("1x", None),
            ("1.2.3", None),
            ("512mm", None),
        ] {
            assert_eq!(bytes(text), size, "{text}");
        }
    }

    #[test]
    fn texts_are_booleans_as_in_compose() {
        assert_eq!(
            (boolean("True"), boolean("off"), boolean("ture")),
            (Some(true), Some(false), None)
        );
    }
}
