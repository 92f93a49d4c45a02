//! Times, in the forms in which services write them.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The time of a clock that is ahead by so many seconds.
pub(crate) fn now(ahead: i64) -> String {
    write(clock(ahead))
}

/// What is outside of all calendars is not ahead.
fn clock(ahead: i64) -> Timestamp {
    let now = Timestamp::now();
    now.checked_add(SignedDuration::from_secs(ahead)).unwrap_or(now)
}

fn write(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Puts the time in place of every `now`, `now-90d`, `now+2h`, `now-5m`, and the seconds since 1970 in place of the same
/// after `unix:`. A scenario whose clock is ahead has its own time.
pub(crate) fn fill_in(value: &mut Value) {
    let ahead = value.get("clock_ahead").and_then(Value::as_i64).unwrap_or_default();
    fill_in_at(value, clock(ahead));
}

fn fill_in_at(value: &mut Value, now: Timestamp) {
    match value {
        Value::String(text) => {
            let (as_number, rest) = match text.strip_prefix("unix:") {
                Some(rest) => (true, rest),
                None => (false, text.as_str()),
            };
            let time = rest.strip_prefix("now").and_then(offset);
            // What is outside of all calendars stays as it is.
            if let Some(time) = time.and_then(|time| now.checked_add(time).ok()) {
                *value = if as_number { time.as_second().into() } else { write(time).into() };
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| fill_in_at(value, now)),
        Value::Object(all) => all.values_mut().for_each(|value| fill_in_at(value, now)),
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
    fn times_are_those_of_the_clock_of_the_scenario() {
        let ahead = -730 * 86_400;
        let mut value = json!({ "clock_ahead": ahead, "created": "unix:now-1d" });
        fill_in(&mut value);
        let created = value["created"].as_i64().unwrap();
        let expected = Timestamp::now().as_second() + ahead - 86_400;
        assert!((created - expected).abs() < 60, "{created}");
        let mut beyond = json!({ "clock_ahead": i64::MAX, "created": "now" });
        fill_in(&mut beyond);
        assert!(looks_like_a_time(beyond["created"].as_str().unwrap()));
    }

    #[test]
    fn what_has_passed_since_becomes_a_time() {
        let mut value = json!({
            "a": "now-1d", "b": ["now", "nowhere", "now-xd", "now+2h"], "c": "unix:now-1d",
            "d": "unix:then",
        });
        fill_in_at(&mut value, "2026-01-31T12:00:00Z".parse().unwrap());
        assert_eq!(value["a"], "2026-01-30T12:00:00Z");
        assert_eq!(value["b"][0], "2026-01-31T12:00:00Z");
        assert_eq!(value["b"][3], "2026-01-31T14:00:00Z");
        assert_eq!((&value["c"], &value["d"]), (&1_769_774_400.into(), &"unix:then".into()));
        assert!(looks_like_a_time(value["b"][0].as_str().unwrap()));
        assert_eq!(value["b"][1], "nowhere");
        assert_eq!(value["b"][2], "now-xd");
        assert!(as_numbers(value)["b"][3].is_number());
    }
}
