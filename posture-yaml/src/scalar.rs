//! What a scalar without quotes means.
//!
//! The rules of YAML 1.1 are those of the parser of the
//! [Kubernetes project](https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go), read on 2026-11-30: `on` is a
//! boolean, `0644` is octal, `0888` is a decimal fraction, a date is a string. Those of Docker Compose are the same except for the words
//! that are booleans ([source](https://github.com/yaml/go-yaml/blob/v3.0.4/resolve.go), read on 2026-12-01).

use serde_json::Number;

use crate::node::Data;

/// Which words without quotes are booleans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalars {
    /// Also `y`, `yes`, `on` and their opposites, as Kubernetes reads them.
    Yaml11,
    /// `true` and `false` only, as Docker Compose reads them.
    Yaml12,
}

impl Scalars {
    /// What a plain scalar is; an error for what JSON cannot hold.
    pub(crate) fn plain(self, text: &str) -> Result<Data, &'static str> {
        match text {
            "true" | "True" | "TRUE" => Ok(Data::Boolean(true)),
            "false" | "False" | "FALSE" => Ok(Data::Boolean(false)),
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if self == Self::Yaml11 => {
                Ok(Data::Boolean(true))
            }
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if self == Self::Yaml11 => {
                Ok(Data::Boolean(false))
            }
            _ => plain(text),
        }
    }
}

/// What a plain scalar is that is not a boolean.
fn plain(text: &str) -> Result<Data, &'static str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Data::Null),
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF"
        | "-.inf" | "-.Inf" | "-.INF" => {
            return Err("a number that is not finite is not accepted");
        }
        _ => {}
    }
    let number = match text.as_bytes().first() {
        Some(b'.') => float(text),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            let digits = text.replace('_', "");
            integer(&digits).or_else(|| if is_float(&digits) { float(&digits) } else { None })
        }
        _ => None,
    };
    Ok(number.map_or_else(|| Data::Text(text.to_owned()), Data::Number))
}

/// An integer with a sign and the prefix of its base, of which a zero alone is that of base 8.
fn integer(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', _, ..] => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    // `from_str_radix` would accept another sign.
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    match (negative, u64::from_str_radix(digits, base)) {
        (false, Ok(number)) => Some(number.into()),
        (true, Ok(number)) => {
            let number = -i128::from(number);
            i64::try_from(number).map(Number::from).ok().or_else(|| float(text))
        }
        // It is larger than any integer of the API: a float is not accepted there either.
        (_, Err(_)) if base == 10 => float(text),
        (_, Err(_)) => None,
    }
}

/// Whether a text is a float as YAML writes it: `1.5`, `1.`, `.5`, `1e3`.
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(place) => (text.get(..place).unwrap_or(""), text.get(place + 1..)),
        None => (text, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    let fraction = match mantissa.split_once('.') {
        None => digits(mantissa),
        Some(("", after)) => digits(after),
        Some((before, "")) => digits(before),
        Some((before, after)) => digits(before) && digits(after),
    };
    let exponent =
        exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
    fraction && exponent
}

/// A float; one without a fraction is an integer in JSON.
fn float(text: &str) -> Option<Number> {
    if !is_float(text) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    // Below this, every integer is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        // In range, as was just compared.
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_are_booleans_are_those_of_the_version() {
        let plain = |text: &str| Scalars::Yaml12.plain(text);
        for word in ["y", "yes", "on", "No", "off", "NO"] {
            assert_eq!(plain(word), Ok(Data::Text(word.to_owned())), "{word}");
        }
        assert_eq!(plain("True"), Ok(Data::Boolean(true)));
        assert_eq!(plain("false"), Ok(Data::Boolean(false)));
        assert_eq!(plain("0644"), Ok(Data::Number(420.into())));
        assert_eq!(plain("22:22"), Ok(Data::Text("22:22".to_owned())));
    }

    #[test]
    fn plain_scalars_are_those_of_yaml_1_1() {
        let plain = |text: &str| Scalars::Yaml11.plain(text);
        let int = |number: i64| Data::Number(number.into());
        let text = |text: &str| Data::Text(text.into());
        for (scalar, data) in [
            ("", Data::Null),
            ("~", Data::Null),
            ("on", Data::Boolean(true)),
            ("y", Data::Boolean(true)),
            ("No", Data::Boolean(false)),
            ("oN", text("oN")),
            ("nULL", text("nULL")),
            ("0644", int(420)),
            ("0o644", int(420)),
            ("0x1A4", int(420)),
            ("0b11", int(3)),
            ("0888", int(888)),
            ("0", int(0)),
            ("-1", int(-1)),
            ("+5", int(5)),
            ("1_000", int(1000)),
            ("1e3", int(1000)),
            ("1.0", int(1)),
            ("1.5", Data::Number(Number::from_f64(1.5).unwrap())),
            (".5", Data::Number(Number::from_f64(0.5).unwrap())),
            ("18446744073709551615", Data::Number(u64::MAX.into())),
            ("-9223372036854775808", int(i64::MIN)),
            ("1.2.3", text("1.2.3")),
            ("1.", int(1)),
            (".", text(".")),
            ("-", text("-")),
            ("0x", text("0x")),
            ("0xg", text("0xg")),
            ("--1", text("--1")),
            ("0-1", text("0-1")),
            ("1e", text("1e")),
            ("2001-12-14", text("2001-12-14")),
            ("12:30:45", text("12:30:45")),
            ("500m", text("500m")),
            ("10.0.0.0/8", text("10.0.0.0/8")),
            ("web", text("web")),
        ] {
            assert_eq!(plain(scalar), Ok(data), "{scalar}");
        }
        assert!(
            matches!(plain("99999999999999999999"), Ok(Data::Number(number)) if number.as_i64().is_none())
        );
        assert!(plain(".inf").is_err());
    }
}
