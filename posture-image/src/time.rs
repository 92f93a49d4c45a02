//! Points in time as documents write them, by [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339).

use std::fmt;

/// A point in time. There is no clock in this crate: every one is from a document or from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z, negative before it.
    seconds: i64,
    /// Nanoseconds after that. More digits are cut.
    nanoseconds: u32,
}

impl Instant {
    /// Reads a date with a time and an offset, such as `2026-01-31T12:00:00.5+01:00`; nothing for another form. A time without
    /// an offset is not a point in time.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (days, rest) = (date(bytes)?, bytes.get(10..)?);
        let (b'T' | b't' | b' ', rest) = (rest.first()?, rest.get(1..)?) else { return None };
        let (hour, minute, second) = (number(rest, 0)?, number(rest, 3)?, number(rest, 6)?);
        // A leap second is the first one of the next minute, as Unix counts.
        if rest.get(2) != Some(&b':')
            || rest.get(5) != Some(&b':')
            || hour > 23
            || minute > 59
            || second > 60
        {
            return None;
        }
        let mut rest = rest.get(8..)?;
        let mut nanoseconds = 0;
        if let [b'.', fraction @ ..] = rest {
            let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if length == 0 {
                return None;
            }
            for place in 0..9 {
                let digit = fraction.get(place).filter(|_| place < length);
                nanoseconds = nanoseconds * 10 + digit.map_or(0, |digit| u32::from(digit - b'0'));
            }
            rest = fraction.get(length..)?;
        }
        let offset = match rest {
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
                let (hours, minutes) = (number(rest, 1)?, number(rest, 4)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                (hours * 60 + minutes) * if *sign == b'-' { -60 } else { 60 }
            }
            _ => return None,
        };
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset;
        Some(Self { seconds, nanoseconds })
    }
}

impl fmt::Display for Instant {
    /// In UTC, in whole seconds: `2026-01-31T11:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.seconds.div_euclid(86_400), self.seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// The day at the start of a text, if it is one: `2026-01-31` of `2026-01-31T00:00:00+0000`.
pub fn day(text: &str) -> Option<&str> {
    date(text.as_bytes())?;
    let end = text.as_bytes().get(10);
    end.is_none_or(|byte| matches!(byte, b'T' | b't' | b' ')).then(|| text.get(..10)).flatten()
}

/// Two digits.
fn number(bytes: &[u8], at: usize) -> Option<i64> {
    match bytes.get(at..at + 2)? {
        [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => Some(i64::from((ten - b'0') * 10 + one - b'0')),
        _ => None,
    }
}

/// The days from 1970-01-01 to the date at the start.
fn date(bytes: &[u8]) -> Option<i64> {
    let year = number(bytes, 0)? * 100 + number(bytes, 2)?;
    let (month, day) = (number(bytes, 5)?, number(bytes, 8)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') || day < 1 || day > length {
        return None;
    }
    // Years that begin in March, so that the leap day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let in_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + year * 365 + year / 4 - year / 100 + in_year - 719_468)
}

/// The date of a day, counted from 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let in_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    let date = in_year - (153 * month + 2) / 5 + 1;
    let (month, more) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year + era * 400 + more, month, date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_and_compare_across_offsets() {
        // The first two are the examples of RFC 3339, 5.8.
        for (text, utc) in [
            ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50Z"),
            ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"),
            ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
            ("2024-02-29T00:00:00+01:00", "2024-02-28T23:00:00Z"),
            ("1969-12-31t23:59:59z", "1969-12-31T23:59:59Z"),
            ("0000-03-01 00:00:00Z", "0000-03-01T00:00:00Z"),
            ("2023-01-08T18:02:03.647787998-06:00", "2023-01-09T00:02:03Z"),
        ] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), utc, "{text}");
        }
        let order = [
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.000000001Z",
            "2026-01-01T00:30:00-01:00",
            "2026-01-01T03:00:00+01:00",
        ];
        let read: Vec<_> = order.iter().map(|text| Instant::parse(text).unwrap()).collect();
        assert!(read.is_sorted_by(|one, other| one < other), "{read:?}");
        assert_eq!(
            Instant::parse("2026-01-01T01:00:00+01:00"),
            Instant::parse("2026-01-01T00:00:00Z")
        );
    }

    #[test]
    fn what_is_not_a_point_in_time_is_none() {
        for text in [
            "",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00+25:00",
            "2026-01-01T00:00:00ZZ",
            "+026-01-01T00:00:00Z",
            "2026-1-1T00:00:00Z",
            "2026-01-01T00:00Z",
            "２０26-01-01T00:00:00Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
        assert_eq!(day("2026-05-15T00:00:00+0000"), Some("2026-05-15"));
        assert_eq!(day("2026-05-15"), Some("2026-05-15"));
        assert_eq!((day("2026-05-155"), day("2026-02-30"), day("x")), (None, None, None));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "\\PC{0,40}", seconds in 0_i64..253_402_300_799) {
            let _ = (Instant::parse(&text), day(&text));
            let instant = Instant { seconds, nanoseconds: 0 };
            prop_assert_eq!(Instant::parse(&instant.to_string()), Some(instant));
        }
    }
}
