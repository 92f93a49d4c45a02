//! Times, in the forms in which services write them.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The time.
pub(crate) fn now() -> String {
    write(Timestamp::now())
}

fn write(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Puts the time in place of every `now`, `now-90d`, `now+2h`, `now-5m`.
pub(crate) fn fill_in(value: &mut Value) {
    match value {
        Value::String(text) => {
            let time = text.strip_prefix("now").and_then(offset);
            // What lies beyond all calendars stays as it is.
            if let Some(time) = time.and_then(|time| Timestamp::now().checked_add(time).ok()) {
                *text = write(time);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(fill_in),
        Value::Object(all) => all.values_mut().for_each(fill_in),
        _ => {}
    }
}

fn offset(text: &str) -> Option<SignedDuration> {
    if text.is_empty() {
        return Some(SignedDuration::ZERO);
    }
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => return None,
    };
    Some(SignedDuration::from_secs(number.checked_mul(seconds)?))
}

/// The seconds since 1970 of a time in text.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let time: Timestamp = text.parse().ok()?;
    Some(time.as_millisecond() as f64 / 1000.0)
}

/// Puts numbers in place of times in text, as the JSON protocol of AWS has them.
pub(crate) fn as_numbers(value: Value) -> Value {
    match value {
        Value::String(text) => match looks_like_a_time(&text).then(|| seconds(&text)).flatten() {
            Some(seconds) => serde_json::json!(seconds),
            None => Value::String(text),
        },
        Value::Array(all) => Value::Array(all.into_iter().map(as_numbers).collect()),
        Value::Object(all) => {
            Value::Object(all.into_iter().map(|(key, value)| (key, as_numbers(value))).collect())
        }
        other => other,
    }
}

/// Whether a text is `2026-01-31T…Z` and nothing else.
pub(crate) fn looks_like_a_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    (20..=30).contains(&bytes.len())
        && bytes.get(4) == Some(&b'-')
        && bytes.get(10) == Some(&b'T')
        && text.ends_with('Z')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_passed_since_becomes_a_time() {
        let mut value = json!({ "a": "now-1d", "b": ["now", "nowhere", "now-xd", "now+2h"] });
        fill_in(&mut value);
        let past =
            Timestamp::now().as_second() as f64 - seconds(value["a"].as_str().unwrap()).unwrap();
        assert!((86_399.0..86_405.0).contains(&past), "{value}");
        assert!(looks_like_a_time(value["b"][0].as_str().unwrap()));
        assert_eq!(value["b"][1], "nowhere");
        assert_eq!(value["b"][2], "now-xd");
        assert!(as_numbers(value)["b"][3].is_number());
    }
}
