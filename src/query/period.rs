//! Periods of time in a filter: `<7d`, `>30d`, `today`, `2026-01`, `2026-01..2026-02`.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use super::term::TermProblem;

/// From one moment until before another; `None` leaves an end open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Period {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// Words for periods of the calendar.
pub(super) const WORDS: [&str; 5] = ["today", "yesterday", "week", "month", "year"];
const EXPECTED: &str = "write <7d, >30d, today, 2026-01, 2026-01..2026-02";

impl Period {
    /// A missing date lies in no period.
    pub(super) fn holds(self, at: Option<Timestamp>) -> bool {
        at.is_some_and(|at| self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until))
    }

    /// A number with a unit is an age: `<7d` means younger than seven days. Anything else is a part of the calendar in
    /// `zone`: `<2026-02` means before February.
    pub(super) fn parse(value: &str, now: Timestamp, zone: &TimeZone) -> Result<Self, TermProblem> {
        let value = value.to_lowercase();
        let calendar = Calendar { today: zone.to_datetime(now).date(), zone };
        let unknown =
            || if is_begun(&value) { TermProblem::Unfinished(EXPECTED) } else { TermProblem::Wrong(EXPECTED) };
        if let Some((first, last)) = value.split_once("..") {
            let end = |end: &str| if end.is_empty() { Ok(None) } else { calendar.period(end).transpose() };
            return match (end(first)?, end(last)?) {
                (None, None) => Err(unknown()),
                (Some(_), None) if !last.is_empty() => Err(unknown()),
                (None, Some(_)) if !first.is_empty() => Err(unknown()),
                (first, last) => {
                    Ok(Self { from: first.and_then(|first| first.from), until: last.and_then(|last| last.until) })
                }
            };
        }
        let Some((less, rest)) = compared(&value) else {
            return calendar.period(&value).unwrap_or_else(|| Err(unknown()));
        };
        let (rest, inclusive) = rest.strip_prefix('=').map_or((rest, false), |rest| (rest, true));
        if let Some(span) = age(rest) {
            let then = now.to_zoned(zone.clone()).checked_sub(span?).map_err(|_out_of_range| TermProblem::NoSuchDay)?;
            let then = Some(then.timestamp());
            return Ok(if less { Self { from: then, until: None } } else { Self { from: None, until: then } });
        }
        let period = calendar.period(rest).unwrap_or_else(|| Err(unknown()))?;
        Ok(match (less, inclusive) {
            (true, false) => Self { from: None, until: period.from },
            (true, true) => Self { from: None, until: period.until },
            (false, false) => Self { from: period.until, until: None },
            (false, true) => Self { from: period.from, until: None },
        })
    }
}

/// When a task is due, as a filter asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DueTerm {
    In(Period),
    /// Without a due date.
    Never,
}

/// Words for due dates.
pub(super) const DUE_WORDS: [&str; 7] = ["late", "today", "tomorrow", "week", "month", "none", "any"];
const DUE_EXPECTED: &str = "write late, today, tomorrow, <7d, >7d, none, any, 2026-12";

impl DueTerm {
    /// As [`Period::parse`], but a number with a unit looks ahead: `<7d` means due within seven days, overdue included.
    pub(super) fn parse(value: &str, now: Timestamp, zone: &TimeZone) -> Result<Option<Self>, TermProblem> {
        let value = value.to_lowercase();
        let calendar = Calendar { today: zone.to_datetime(now).date(), zone };
        match value.as_str() {
            "any" => return Ok(None),
            "none" => return Ok(Some(Self::Never)),
            "late" => return Ok(Some(Self::In(Period { from: None, until: Some(now) }))),
            "tomorrow" => {
                let tomorrow = calendar.today.checked_add(1.day()).map_err(|_out_of_range| TermProblem::NoSuchDay)?;
                return calendar.of(tomorrow, 1.day()).map(|day| Some(Self::In(day)));
            }
            _ => {}
        }
        if let Some((less, span)) = compared(&value).and_then(|(less, rest)| Some((less, age(rest)?))) {
            let then = now.to_zoned(zone.clone()).checked_add(span?).map_err(|_out_of_range| TermProblem::NoSuchDay)?;
            let then = Some(then.timestamp());
            let period = if less { Period { from: None, until: then } } else { Period { from: then, until: None } };
            return Ok(Some(Self::In(period)));
        }
        match Period::parse(&value, now, zone) {
            Ok(period) => Ok(Some(Self::In(period))),
            Err(TermProblem::Unfinished(_)) => Err(TermProblem::Unfinished(DUE_EXPECTED)),
            Err(_) if DUE_WORDS.iter().any(|word| word.starts_with(&value)) => {
                Err(TermProblem::Unfinished(DUE_EXPECTED))
            }
            Err(TermProblem::Wrong(_)) => Err(TermProblem::Wrong(DUE_EXPECTED)),
            Err(why) => Err(why),
        }
    }

    pub(super) fn holds(self, due: Option<Timestamp>) -> bool {
        match self {
            Self::In(period) => period.holds(due),
            Self::Never => due.is_none(),
        }
    }
}

fn compared(value: &str) -> Option<(bool, &str)> {
    let less = value.strip_prefix('<').map(|rest| (true, rest));
    less.or_else(|| value.strip_prefix('>').map(|rest| (false, rest)))
}

/// The span of `7d` or `3mo`; `None` if this is not a number with a unit.
fn age(text: &str) -> Option<Result<Span, TermProblem>> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0)?;
    let (number, unit) = text.split_at(digits);
    // A number too long for its type lies beyond any calendar.
    let Ok(number) = number.parse::<i64>() else { return Some(Err(TermProblem::NoSuchDay)) };
    let span = match unit {
        "m" => Span::new().try_minutes(number),
        "h" => Span::new().try_hours(number),
        "d" => Span::new().try_days(number),
        "w" => Span::new().try_weeks(number),
        "mo" => Span::new().try_months(number),
        "y" => Span::new().try_years(number),
        _ => return None,
    };
    Some(span.map_err(|_out_of_range| TermProblem::NoSuchDay))
}

/// Whether it may still become a period.
fn is_begun(value: &str) -> bool {
    let plain = value.trim_start_matches(['<', '>', '=', '.']);
    plain.chars().all(|c| c.is_ascii_digit() || "-/.".contains(c))
        || WORDS.iter().any(|word| word.starts_with(plain))
        || (plain.ends_with('m') && age(&format!("{plain}o")).is_some())
}

struct Calendar<'a> {
    today: Date,
    zone: &'a TimeZone,
}

impl Calendar<'_> {
    /// A day, a month or a year; `None` if the words name none.
    fn period(&self, words: &str) -> Option<Result<Period, TermProblem>> {
        let (today, first) = (self.today, self.today.first_of_month());
        let monday = if today.weekday() == Weekday::Monday {
            Ok(today)
        } else {
            today.nth_weekday(-1, Weekday::Monday).map_err(|_out_of_range| TermProblem::NoSuchDay)
        };
        Some(match words {
            "today" => self.of(today, 1.day()),
            "yesterday" => today
                .checked_sub(1.day())
                .map_err(|_out_of_range| TermProblem::NoSuchDay)
                .and_then(|yesterday| self.of(yesterday, 1.day())),
            "week" => monday.and_then(|monday| self.of(monday, 1.week())),
            "month" => self.of(first, 1.month()),
            "year" => self.of(today.first_of_year(), 1.year()),
            numbers => {
                let numbers: Vec<&str> = numbers.split(['-', '/']).collect();
                let small = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() <= 2);
                let (year, month, day, span) = match numbers.as_slice() {
                    [year] => (year, 1, 1, 1.year()),
                    [year, month] => (year, small(month)?, 1, 1.month()),
                    [year, month, day] => (year, small(month)?, small(day)?, 1.day()),
                    _ => return None,
                };
                let year = year.parse().ok().filter(|_| year.len() == 4 && !year.starts_with('+'))?;
                let day = Date::new(year, month, day).map_err(|_out_of_range| TermProblem::NoSuchDay);
                day.and_then(|day| self.of(day, span))
            }
        })
    }

    fn of(&self, from: Date, span: Span) -> Result<Period, TermProblem> {
        let midnight = |day: Date| {
            let zoned = self.zone.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible();
            zoned.map(|zoned| zoned.timestamp()).map_err(|_out_of_range| TermProblem::NoSuchDay)
        };
        let until = from.checked_add(span).map_err(|_out_of_range| TermProblem::NoSuchDay)?;
        Ok(Period { from: Some(midnight(from)?), until: Some(midnight(until)?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone() -> TimeZone {
        TimeZone::get("America/Los_Angeles").expect("a zone")
    }

    /// Tuesday, half past two in the afternoon.
    fn now() -> Timestamp {
        "2026-11-24T14:30:00-08:00".parse().expect("a time")
    }

    /// The ends as the wall clock shows them.
    fn said(value: &str) -> String {
        let period = Period::parse(value, now(), &zone()).unwrap_or_else(|why| panic!("{value}: {why}"));
        let wall = |at: Option<Timestamp>| at.map(|at| zone().to_datetime(at).to_string()).unwrap_or_default();
        format!("{} {}", wall(period.from), wall(period.until)).trim_end().to_owned()
    }

    #[test]
    fn periods_as_people_say_them() {
        for (value, expected) in [
            ("today", "2026-11-24T00:00:00 2026-11-25T00:00:00"),
            ("Yesterday", "2026-11-23T00:00:00 2026-11-24T00:00:00"),
            ("week", "2026-11-23T00:00:00 2026-11-30T00:00:00"),
            ("month", "2026-11-01T00:00:00 2026-12-01T00:00:00"),
            ("year", "2026-01-01T00:00:00 2027-01-01T00:00:00"),
            ("2026", "2026-01-01T00:00:00 2027-01-01T00:00:00"),
            ("2026-02", "2026-02-01T00:00:00 2026-03-01T00:00:00"),
            ("2026/2/9", "2026-02-09T00:00:00 2026-02-10T00:00:00"),
            ("2026-01..2026-02", "2026-01-01T00:00:00 2026-03-01T00:00:00"),
            ("2026-01-05..today", "2026-01-05T00:00:00 2026-11-25T00:00:00"),
            ("2026-10..", "2026-10-01T00:00:00"),
            ("..2026-10", " 2026-11-01T00:00:00"),
            ("<7d", "2026-11-17T14:30:00"),
            ("<=7d", "2026-11-17T14:30:00"),
            (">7d", " 2026-11-17T14:30:00"),
            ("<2h", "2026-11-24T12:30:00"),
            ("<90m", "2026-11-24T13:00:00"),
            (">1mo", " 2026-10-24T14:30:00"),
            (">2w", " 2026-11-10T14:30:00"),
            (">1y", " 2025-11-24T14:30:00"),
            ("<2026-02", " 2026-02-01T00:00:00"),
            ("<=2026-02", " 2026-03-01T00:00:00"),
            (">2026-02", "2026-03-01T00:00:00"),
            (">=2026-02-03", "2026-02-03T00:00:00"),
            (">today", "2026-11-25T00:00:00"),
        ] {
            assert_eq!(said(value), expected, "{value}");
        }
    }

    #[test]
    fn what_is_no_time_is_told_from_what_is_half_typed() {
        for value in ["<", "<7", ">=", "2", "2026-", "2026-1-", "tod", "..", "2026..", "2026-01..20", "w", "<3m"] {
            // A year is one already, and three minutes are an age.
            if matches!(value, "2026.." | "<3m") {
                assert!(Period::parse(value, now(), &zone()).is_ok(), "{value}");
                continue;
            }
            assert_eq!(Period::parse(value, now(), &zone()), Err(TermProblem::Unfinished(EXPECTED)), "{value}");
        }
        for value in ["soon", "7d", "<7x", "2026-jan", "<tomorrow", "today..soon", "1/2/26x"] {
            assert_eq!(Period::parse(value, now(), &zone()), Err(TermProblem::Wrong(EXPECTED)), "{value}");
        }
        for value in ["2026-13", "2026-02-30", "<99999y", "<99999999999999999999d", "2026-02-30..", ">9999mo"] {
            let parsed = Period::parse(value, now(), &zone());
            assert!(matches!(parsed, Err(TermProblem::NoSuchDay) | Ok(_)), "{value}: {parsed:?}");
        }
        assert_eq!(Period::parse("2026-13", now(), &zone()), Err(TermProblem::NoSuchDay));
    }

    #[test]
    fn a_day_has_the_hours_that_its_zone_gives_it() {
        // The clocks go back on 1 November 2026.
        let period = Period::parse("2026-11-01", now(), &zone()).expect("a day");
        let (from, until) = (period.from.expect("it begins"), period.until.expect("it ends"));
        assert_eq!(until.duration_since(from).as_hours(), 25);
    }

    proptest! {
        #[test]
        fn any_text_is_a_period_or_none(value in "[<>=]{0,2}[0-9a-z./-]{0,12}", second in any::<i32>()) {
            let now = Timestamp::from_second(i64::from(second)).expect("in range");
            let _parsed = Period::parse(&value, now, &zone());
        }
    }
}
