//! Times in words. Callers pass in `now` and the zone.

use jiff::{Timestamp, tz::TimeZone};

use super::Hours;

/// A due date as the task list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// `LATE 2d`, `today 14:00`, `Tue 09:00`, `12 Mar`.
    pub text: String,
    pub late: bool,
}

/// Puts a due date in words. A completed task is never late.
pub fn due(at: Timestamp, completed: bool, now: Timestamp, zone: &TimeZone, hours: Hours) -> Due {
    if at < now && !completed {
        return Due { text: format!("LATE {}", age(at, now).replace("now", "1m")), late: true };
    }
    Due { text: calendar(at, now, zone, hours), late: false }
}

/// Day and time if it is near `now`, otherwise the date.
fn calendar(at: Timestamp, now: Timestamp, zone: &TimeZone, hours: Hours) -> String {
    let (then, today) = (zone.to_datetime(at), zone.to_datetime(now).date());
    let days = today.until(then.date()).map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => format!("today {}", hours.time(then)),
        1 => format!("tomorrow {}", hours.time(then)),
        -1 => format!("yesterday {}", hours.time(then)),
        2..=6 => format!("{} {}", then.strftime("%a"), hours.time(then)),
        _ if then.year() == today.year() => then.strftime("%-d %b").to_string(),
        _ => then.strftime("%-d %b %Y").to_string(),
    }
}

/// How long ago `then` was, in one unit: `now` (under a minute), `5m`, `3h`, `2d`, `4mo`, `1y`.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second());
    for (unit, name) in UNITS {
        if seconds >= unit {
            return format!("{}{name}", seconds / unit);
        }
    }
    "now".to_owned()
}

/// [`age`] as a phrase: `just now`, `5m ago`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    match age(then, now).as_str() {
        "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

/// A duration in words, rounded up: `40s`, `3m`, `1h 5m`.
pub fn lasting(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..=3_540 => format!("{minutes}m"),
        _ => format!("{}h {}m", minutes / 60, minutes % 60),
    }
}

const UNITS: [(i64, &str); 5] = [(365 * 86_400, "y"), (30 * 86_400, "mo"), (86_400, "d"), (3_600, "h"), (60, "m")];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp written in this test")
    }

    #[test]
    fn dates_in_words() {
        let zone = TimeZone::get("America/Los_Angeles").expect("bundled");
        let now = at("2026-11-24T18:00:00Z"); // a Tuesday, 10:00 in Los Angeles
        for (when, completed, text, late) in [
            ("2026-11-24T17:30:00Z", false, "LATE 30m", true),
            ("2026-11-24T17:59:30Z", false, "LATE 1m", true),
            ("2026-11-22T18:00:00Z", false, "LATE 2d", true),
            ("2026-11-22T18:00:00Z", true, "22 Nov", false),
            ("2026-11-24T22:00:00Z", false, "today 14:00", false),
            ("2026-11-25T07:30:00Z", false, "today 23:30", false),
            ("2026-11-25T17:00:00Z", false, "tomorrow 09:00", false),
            ("2026-11-28T17:00:00Z", false, "Sat 09:00", false),
            ("2026-12-12T17:00:00Z", false, "12 Dec", false),
            ("2027-03-12T17:00:00Z", false, "12 Mar 2027", false),
        ] {
            assert_eq!(
                due(at(when), completed, now, &zone, Hours::TwentyFour),
                Due { text: text.to_owned(), late },
                "{when}"
            );
        }
    }

    #[test]
    fn durations_are_rounded_up() {
        let said = [0, 59, 60, 61, 3_540, 3_541, 6_250].map(lasting);
        assert_eq!(said, ["0s", "59s", "1m", "2m", "59m", "1h 0m", "1h 45m"]);
    }

    #[test]
    fn ages_have_one_unit() {
        let now = at("2026-11-24T18:00:00Z");
        for (then, text) in [
            ("2026-11-24T17:59:01Z", "now"),
            ("2026-11-24T18:00:30Z", "now"),
            ("2026-11-24T17:59:00Z", "1m"),
            ("2026-11-24T15:00:00Z", "3h"),
            ("2026-11-20T15:00:00Z", "4d"),
            ("2026-08-20T15:00:00Z", "3mo"),
            ("2024-08-20T15:00:00Z", "2y"),
        ] {
            assert_eq!(age(at(then), now), text, "{then}");
        }
    }
}
