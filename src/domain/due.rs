//! Times as people say them: `tomorrow 9am`, `tue`, `in 3 days`, `eod`, `2026-12-01 14:00`.

use jiff::civil::{Date, DateTime, Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

/// A day without a time means the start of the working day.
const MORNING: Time = time(9, 0, 0, 0);
const END_OF_DAY: Time = time(17, 0, 0, 0);

/// Why a text is not a date or time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DueError {
    #[error("enter a date or time: tomorrow 9am, tue, in 3 days, eod, 2026-12-01 14:00")]
    Empty,
    #[error("“{0}” is not a date or time; try tomorrow 9am, tue, in 3 days, eod, 2026-12-01 14:00")]
    Unknown(String),
    #[error("that date or time does not exist")]
    Impossible,
}

/// Reads a date or time in `zone`. A time alone means its next occurrence, a day alone means 9:00.
///
/// A wall time that the change to daylight saving time skips becomes the later one, as iCalendar (RFC 5545) says.
pub fn parse_due(words: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, DueError> {
    parse_due_after(words, now, zone, None)
}

/// [`parse_due`] for rescheduling: a time alone means that time on `day`.
pub fn parse_due_after(words: &str, now: Timestamp, zone: &TimeZone, day: Option<Date>) -> Result<Timestamp, DueError> {
    let folded = words.trim().to_lowercase();
    if folded.is_empty() {
        return Err(DueError::Empty);
    }
    let wall = zone.to_datetime(now);
    let instant = |at: DateTime| {
        let zoned = zone.to_ambiguous_zoned(at).compatible();
        zoned.map(|zoned| zoned.timestamp()).map_err(|_out_of_range| DueError::Impossible)
    };
    if let Ok(at) = folded.to_uppercase().parse::<Timestamp>() {
        return Ok(at);
    }
    let spaced = folded.replace([',', '@'], " ");
    let mut parts: Vec<&str> = spaced.split_whitespace().filter(|part| !matches!(*part, "at" | "on" | "by")).collect();
    if let Some(span) = relative(&parts) {
        return shifted(span?, now, wall, zone);
    }
    // `3 pm` is `3pm`.
    let joined: String;
    if parts.len() >= 2 && matches!(parts[parts.len() - 1], "am" | "pm") {
        joined = parts[parts.len() - 2..].concat();
        parts.truncate(parts.len() - 2);
        parts.push(&joined);
    }
    let at = parts.last().and_then(|part| clock(part));
    let day_words = &parts[..parts.len() - usize::from(at.is_some())];
    let unknown = || DueError::Unknown(words.trim().to_owned());
    match (day_words, at) {
        ([], Some(at)) => {
            if let Some(day) = day {
                return instant(day.to_datetime(at));
            }
            let today = instant(wall.date().to_datetime(at))?;
            if today > now { Ok(today) } else { instant(next_day(wall.date(), 1)?.to_datetime(at)) }
        }
        ([], None) => Err(unknown()),
        (words, at) => {
            let day = day_of(words, wall.date()).ok_or_else(unknown)??;
            let late = words == ["tonight"];
            instant(day.to_datetime(at.unwrap_or(if late { time(20, 0, 0, 0) } else { MORNING })))
        }
    }
}

/// Reads the end of what begins at `start`: a time alone is on that day, and `45m` or `1h30m` counts from the start.
pub fn parse_end(words: &str, start: Timestamp, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, DueError> {
    let start = start.to_zoned(zone.clone());
    let folded = words.trim().to_lowercase();
    match relative(&folded.split_whitespace().collect::<Vec<_>>()) {
        Some(span) => start.checked_add(span?).map(|end| end.timestamp()).map_err(|_out_of_range| DueError::Impossible),
        None => parse_due_after(words, now, zone, Some(start.date())),
    }
}

/// Reads a day, such as a date of birth: `1990-05-17`, `17 may 1990`, `tomorrow`.
pub fn parse_day(words: &str, now: Timestamp, zone: &TimeZone) -> Result<Date, DueError> {
    let folded = words.trim().to_lowercase().replace(',', " ");
    let parts: Vec<&str> = folded.split_whitespace().collect();
    if parts.is_empty() {
        return Err(DueError::Empty);
    }
    let unknown = || DueError::Unknown(words.trim().to_owned());
    day_of(&parts, zone.to_datetime(now).date()).ok_or_else(unknown)?
}

/// Writes a time so that [`parse_due`] reads the same minute: `2026-12-01 14:00`.
pub fn spoken(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Reads `in 3 days`, `+3d`, `3h`, `1h 30m`; `None` if the words have another form.
fn relative(parts: &[&str]) -> Option<Result<Span, DueError>> {
    let (is_in, text) = match parts {
        ["in", rest @ ..] if !rest.is_empty() => (true, rest.concat()),
        parts => (false, parts.concat()),
    };
    // `12h` is noon, `+12h` is in twelve hours.
    if !is_in && clock(&text).is_some() {
        return None;
    }
    let mut rest = if is_in { &*text } else { text.strip_prefix('+').unwrap_or(&text) };
    let mut span = Span::new();
    loop {
        let (number, behind) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        let (unit, more) = behind.split_at(behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len()));
        let (number, unit): (i64, &str) = match number {
            // `in a week`, `in an hour`
            "" if is_in => (1, unit.strip_prefix("an").filter(|unit| *unit == "hour").unwrap_or(unit)),
            digits => (digits.parse().ok().filter(|number| *number <= 100_000)?, unit),
        };
        let with = match unit.strip_prefix('a').filter(|_| is_in).unwrap_or(unit) {
            "m" | "min" | "mins" | "minute" | "minutes" => span.try_minutes(number),
            "h" | "hr" | "hrs" | "hour" | "hours" => span.try_hours(number),
            "d" | "day" | "days" => span.try_days(number),
            "w" | "wk" | "week" | "weeks" => span.try_weeks(number),
            "mo" | "month" | "months" => span.try_months(number),
            "y" | "year" | "years" => span.try_years(number),
            _ => return None,
        };
        match with {
            Ok(with) => (span, rest) = (with, more),
            Err(_out_of_range) => return Some(Err(DueError::Impossible)),
        }
        if rest.is_empty() {
            return Some(Ok(span));
        }
    }
}

/// Hours and minutes count from now; days, weeks, months and years end at 9:00 on that day.
fn shifted(span: Span, now: Timestamp, wall: DateTime, zone: &TimeZone) -> Result<Timestamp, DueError> {
    let impossible = |_out_of_range| DueError::Impossible;
    if span.get_hours() != 0 || span.get_minutes() != 0 {
        return now.to_zoned(zone.clone()).checked_add(span).map(|at| at.timestamp()).map_err(impossible);
    }
    let day = wall.date().checked_add(span).map_err(impossible)?;
    let zoned = zone.to_ambiguous_zoned(day.to_datetime(MORNING)).compatible().map_err(impossible)?;
    Ok(zoned.timestamp())
}

fn next_day(day: Date, days: i64) -> Result<Date, DueError> {
    day.checked_add(days.days()).map_err(|_out_of_range| DueError::Impossible)
}

/// Reads a time of day: `9am`, `9:30pm`, `14:00`. Four digits alone may be a year, so they are not a time.
fn clock(word: &str) -> Option<Time> {
    match word {
        "noon" | "midday" => return Some(time(12, 0, 0, 0)),
        "midnight" => return Some(time(0, 0, 0, 0)),
        "eod" => return Some(END_OF_DAY),
        "morning" => return Some(MORNING),
        "afternoon" => return Some(time(14, 0, 0, 0)),
        "evening" => return Some(time(18, 0, 0, 0)),
        _ => {}
    }
    let (digits, half) = match word.strip_suffix("am").or_else(|| word.strip_suffix('a')) {
        Some(digits) => (digits, Some(0)),
        None => match word.strip_suffix("pm").or_else(|| word.strip_suffix('p')) {
            Some(digits) => (digits, Some(12)),
            None => (word, None),
        },
    };
    let (hour, minute) = match digits.split_once([':', '.', 'h']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute.parse::<i8>().ok()?),
        Some((hour, "")) if half.is_none() && digits.ends_with('h') && hour.len() == 2 => (hour, 0),
        None if half.is_some() => (digits, 0),
        Some(_) | None => return None,
    };
    if hour.is_empty() || !hour.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hour: i8 = hour.parse().ok()?;
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// Reads a day in words; `None` if they are not a day, an error if that day does not exist.
fn day_of(words: &[&str], today: Date) -> Option<Result<Date, DueError>> {
    let made =
        |year: i16, month: i8, day: i8| Date::new(year, month, day).map_err(|_out_of_range| DueError::Impossible);
    match words {
        ["today" | "tod" | "tonight" | "this"] => Some(Ok(today)),
        ["tomorrow" | "tom" | "tmr" | "tmrw"] => Some(next_day(today, 1)),
        ["yesterday"] => Some(next_day(today, -1)),
        ["next", "week"] => Some(upcoming(today, Weekday::Monday)),
        ["next", "month"] => {
            Some(today.first_of_month().checked_add(1.month()).map_err(|_out_of_range| DueError::Impossible))
        }
        ["eow"] => Some(upcoming(next_day(today, -1).ok()?, Weekday::Friday)),
        ["eom"] => Some(Ok(today.last_of_month())),
        ["next" | "this", name] | [name] if weekday(name).is_some() => Some(upcoming(today, weekday(name)?)),
        [one] => {
            let numbers: Vec<&str> = one.split(['-', '/', '.']).collect();
            match numbers.as_slice() {
                // Any other order of the numbers would be ambiguous.
                [year, month, day] if year.len() == 4 => {
                    Some(made(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
                }
                _ => None,
            }
        }
        [first, second, rest @ ..] if rest.len() <= 1 => {
            let number = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<i8>().ok();
            let (day, month) = match (month(first), month(second)) {
                (Some(month), None) => (number(second)?, month),
                (None, Some(month)) => (number(first)?, month),
                _ => return None,
            };
            if let [year] = rest {
                return Some(made(year.parse().ok().filter(|year| *year >= 1000)?, month, day));
            }
            // Without a year: the next such date.
            Some(match made(today.year(), month, day) {
                Ok(found) if found < today => made(today.year() + 1, month, day),
                other => other,
            })
        }
        _ => None,
    }
}

/// The first `wanted` weekday after `day`.
fn upcoming(day: Date, wanted: Weekday) -> Result<Date, DueError> {
    day.nth_weekday(1, wanted).map_err(|_out_of_range| DueError::Impossible)
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mon" | "monday" => Weekday::Monday,
        "tue" | "tues" | "tuesday" => Weekday::Tuesday,
        "wed" | "weds" | "wednesday" => Weekday::Wednesday,
        "thu" | "thur" | "thurs" | "thursday" => Weekday::Thursday,
        "fri" | "friday" => Weekday::Friday,
        "sat" | "saturday" => Weekday::Saturday,
        "sun" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const LONG: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = NAMES.iter().position(|name| *name == word).or_else(|| LONG.iter().position(|name| *name == word));
    at.or_else(|| (word == "sept").then_some(8)).and_then(|at| i8::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn zone() -> TimeZone {
        TimeZone::get("America/Los_Angeles").expect("a zone")
    }

    /// A Tuesday, 2:30 PM.
    fn now() -> Timestamp {
        "2026-11-24T14:30:00-08:00".parse().expect("a time")
    }

    #[test]
    fn dates_and_times_have_many_forms() {
        for (words, wall) in [
            ("tomorrow 9am", "2026-11-25T09:00"),
            ("tomorrow at 5pm", "2026-11-25T17:00"),
            ("tom", "2026-11-25T09:00"),
            ("Tue", "2026-12-01T09:00"),
            ("fri 2:30 pm", "2026-11-27T14:30"),
            ("next monday", "2026-11-30T09:00"),
            ("next week", "2026-11-30T09:00"),
            ("in 3 days", "2026-11-27T09:00"),
            ("+3d", "2026-11-27T09:00"),
            ("3d", "2026-11-27T09:00"),
            ("in 2 hours", "2026-11-24T16:30"),
            ("in an hour", "2026-11-24T15:30"),
            ("in a week", "2026-12-01T09:00"),
            ("45m", "2026-11-24T15:15"),
            ("1h30m", "2026-11-24T16:00"),
            ("in 1 day 2 hours", "2026-11-25T16:30"),
            ("12h", "2026-11-25T12:00"),
            ("+12h", "2026-11-25T02:30"),
            ("1mo", "2026-12-24T09:00"),
            ("eod", "2026-11-24T17:00"),
            ("tomorrow eod", "2026-11-25T17:00"),
            ("eow", "2026-11-27T09:00"),
            ("noon", "2026-11-25T12:00"),
            ("3pm", "2026-11-24T15:00"),
            ("14:00", "2026-11-25T14:00"),
            ("today 18:00", "2026-11-24T18:00"),
            ("tonight", "2026-11-24T20:00"),
            ("2026-12-01 14:00", "2026-12-01T14:00"),
            ("2026-12-01", "2026-12-01T09:00"),
            ("1 dec 8am", "2026-12-01T08:00"),
            ("Dec 1st, 2027 at noon", "2027-12-01T12:00"),
            ("3 jan", "2027-01-03T09:00"),
        ] {
            let at = parse_due(words, now(), &zone()).unwrap_or_else(|error| panic!("{words}: {error}"));
            assert_eq!(zone().to_datetime(at), wall.parse().expect("a wall time"), "{words}");
        }
    }

    #[test]
    fn errors_show_what_to_write() {
        for words in ["", "soon", "12", "1/2", "31 feb", "25:00", "13pm", "tomorrow maybe", "in x days", "in 9999999d"]
        {
            let error = parse_due(words, now(), &zone()).expect_err(words).to_string();
            assert!(error.contains("tomorrow 9am") || error.contains("does not exist"), "{words}: {error}");
        }
    }

    #[test]
    fn daylight_saving_keeps_the_wall_clock() {
        // The clocks go forward on 8 March 2026 at two.
        let before: Timestamp = "2026-03-07T12:00:00-08:00".parse().expect("a time");
        let at = |words: &str| zone().to_datetime(parse_due(words, before, &zone()).expect(words)).to_string();
        assert_eq!(at("tomorrow 9am"), "2026-03-08T09:00:00");
        assert_eq!(at("in 1 day"), "2026-03-08T09:00:00");
        // 2:30 AM does not exist on that day.
        assert_eq!(at("tomorrow 2:30am"), "2026-03-08T03:30:00");
    }

    #[test]
    fn rescheduling_to_a_time_keeps_the_day() {
        let day = date(2026, 12, 24);
        let at = parse_due_after("3pm", now(), &zone(), Some(day)).expect("a time");
        assert_eq!(zone().to_datetime(at), day.at(15, 0, 0, 0));
    }

    #[test]
    fn an_end_is_relative_to_its_start() {
        // A Saturday; the clocks go back at two on the next day.
        let start: Timestamp = "2026-10-31T23:30:00-07:00".parse().expect("a time");
        for (words, wall) in [
            ("23:45", "2026-10-31T23:45"),
            ("11:45pm", "2026-10-31T23:45"),
            ("45m", "2026-11-01T00:15"),
            ("1h 30m", "2026-11-01T01:00"),
            ("in 4 hours", "2026-11-01T02:30"),
            ("1d", "2026-11-01T23:30"),
            ("2026-11-01 9:00", "2026-11-01T09:00"),
            ("tomorrow 9am", "2026-11-25T09:00"),
        ] {
            let at = parse_end(words, start, now(), &zone()).unwrap_or_else(|error| panic!("{words}: {error}"));
            assert_eq!(zone().to_datetime(at), wall.parse().expect("a wall time"), "{words}");
        }
        assert!(parse_end("soon", start, now(), &zone()).is_err());
    }

    #[test]
    fn a_day_alone() {
        let day = |words: &str| parse_day(words, now(), &zone()).map(|day| day.to_string());
        assert_eq!(day("1990-05-17").as_deref(), Ok("1990-05-17"));
        assert_eq!(day("17 May 1990").as_deref(), Ok("1990-05-17"));
        assert_eq!(day("1990-02-30"), Err(DueError::Impossible));
        assert!(day("05/17/1990").is_err(), "which is the month?");
    }

    proptest! {
        #[test]
        fn nothing_panics(words in "\\PC{0,40}") {
            let _ = parse_due(&words, now(), &zone());
        }

        #[test]
        fn spoken_times_are_read_back(minutes in -3_000_000_i64..30_000_000) {
            let at = now() + jiff::SignedDuration::from_mins(minutes);
            let zoned = at.to_zoned(zone());
            // One hour occurs twice in autumn; the words mean the first.
            prop_assume!(zone().to_ambiguous_timestamp(zoned.datetime()).offset()
                == jiff::tz::AmbiguousOffset::Unambiguous { offset: zoned.offset() });
            prop_assert_eq!(parse_due(&spoken(at, &zone()), now(), &zone()), Ok(at));
        }
    }
}
