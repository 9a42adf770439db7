//! A calendar month and its weeks.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// A month of the Gregorian calendar. Written `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Month {
    first: Date,
}

/// A text that is not a month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a month: write it like 2026-11")]
pub struct MonthError(String);

impl Month {
    /// The month that a day is in.
    pub fn of(day: Date) -> Self {
        Self { first: day.first_of_month() }
    }

    pub fn first(self) -> Date {
        self.first
    }

    pub fn last(self) -> Date {
        self.first.last_of_month()
    }

    /// The following month; the last possible month returns itself.
    #[must_use]
    pub fn next(self) -> Self {
        self.first.checked_add(1.month()).map_or(self, Self::of)
    }

    /// The preceding month; the first possible month returns itself.
    #[must_use]
    pub fn previous(self) -> Self {
        self.first.checked_sub(1.month()).map_or(self, Self::of)
    }

    /// From its first moment in `zone` to that of the next month, exclusive.
    pub fn span(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        (start_of(self.first, zone), start_of(self.next().first, zone))
    }

    /// Its weeks, each starting on weekday `begin`; days of other months are `None`.
    pub fn weeks(self, begin: Weekday) -> Vec<[Option<Date>; 7]> {
        let mut weeks = Vec::with_capacity(6);
        let mut week = [None; 7];
        for day in self.first.series(1.day()).take_while(|day| *day <= self.last()) {
            let at = usize::try_from(day.weekday().since(begin)).unwrap_or(0);
            week[at] = Some(day);
            if at == 6 || day == self.last() {
                weeks.push(std::mem::take(&mut week));
            }
        }
        weeks
    }
}

/// The first moment of a day in `zone`: later than midnight if the clock skips midnight.
pub fn start_of(day: Date, zone: &TimeZone) -> Timestamp {
    let midnight = zone.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible();
    midnight.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The first day of the week in a country (ISO 3166 alpha-2 code); Monday if the country is unknown.
///
/// Source: the week data of the Unicode CLDR.
pub fn first_weekday(country: Option<&str>) -> Weekday {
    const SUNDAY: &str = "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX \
                          MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW";
    const SATURDAY: &str = "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY";
    let country = country.unwrap_or_default().trim().to_ascii_uppercase();
    let is_in = |list: &str| list.split(' ').any(|code| code == country);
    if is_in(SUNDAY) {
        Weekday::Sunday
    } else if is_in(SATURDAY) {
        Weekday::Saturday
    } else {
        Weekday::Monday
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let day = format!("{text}-01").parse::<Date>();
        day.map(Self::of).map_err(|_not_a_day| MonthError(text.to_owned()))
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl Default for Month {
    fn default() -> Self {
        Self::of(date(1970, 1, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_parsed_and_have_neighbours() {
        let month: Month = "2026-12".parse().expect("a month");
        assert_eq!((month.next().to_string(), month.previous().to_string()), ("2027-01".into(), "2026-11".into()));
        assert_eq!(Month::of(date(2024, 2, 17)).last(), date(2024, 2, 29));
        assert!("2026-13".parse::<Month>().is_err() && "".parse::<Month>().is_err());
        assert_eq!(Month::of(Date::MAX).next(), Month::of(Date::MAX));
        assert_eq!(Month::of(Date::MIN).previous(), Month::of(Date::MIN));
    }

    #[test]
    fn weeks_start_on_the_countrys_first_day() {
        let month: Month = "2026-11".parse().expect("a month");
        let weeks = month.weeks(Weekday::Sunday);
        assert_eq!((weeks.len(), weeks[0][0], weeks[4][1]), (5, Some(date(2026, 11, 1)), Some(date(2026, 11, 30))));
        let weeks = month.weeks(Weekday::Monday);
        assert_eq!((weeks.len(), weeks[0][6], weeks[5][0]), (6, Some(date(2026, 11, 1)), Some(date(2026, 11, 30))));
        for (country, day) in [(Some("us"), Weekday::Sunday), (Some("EG"), Weekday::Saturday), (None, Weekday::Monday)]
        {
            assert_eq!(first_weekday(country), day);
        }
    }

    #[test]
    fn clock_changes_count_in_a_months_length() {
        let zone = TimeZone::get("America/Los_Angeles").expect("a zone");
        let hours = |month: &str| {
            let (from, to) = month.parse::<Month>().expect("a month").span(&zone);
            (to.as_second() - from.as_second()) / 3_600
        };
        assert_eq!([hours("2026-03"), hours("2026-10"), hours("2026-11")], [31 * 24 - 1, 31 * 24, 30 * 24 + 1]);
        // The clock skips midnight here, so the day starts at one.
        let santiago = TimeZone::get("America/Santiago").expect("a zone");
        let at = start_of(date(2026, 9, 6), &santiago);
        assert_eq!(santiago.to_datetime(at).to_string(), "2026-09-06T01:00:00");
    }
}
