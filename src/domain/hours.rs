//! The time of day as people write it: `14:30`, or `2:30 PM` where that is what they read.

use jiff::civil::DateTime;
use serde::Deserialize;

/// Whether a day has twice twelve hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Hours {
    #[default]
    #[serde(rename = "24h")]
    TwentyFour,
    #[serde(rename = "12h")]
    Twelve,
}

/// Countries that prefer twelve hours: CLDR 48, supplemental data, `timeData`, regions with `preferred="h"`.
const TWELVE: &str = "AE AG AL AS AU BB BD BH BM BN BO BS BT CA CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ FM GD GH GM \
                      GR GT GU GY HK HN IN IQ JM JO KH KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX MY NA NI NZ \
                      OM PA PE PG PH PK PR PS PW QA SA SB SD SG SL SO SS SV SY SZ TC TD TN TO TT TW UM US VC VE VG VI \
                      VU WS YE ZM";

impl Hours {
    /// As people in this country (ISO code) write them.
    pub fn of_country(code: Option<&str>) -> Self {
        let is_one = |code: &&str| TWELVE.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(code.trim()));
        code.filter(is_one).map_or(Self::TwentyFour, |_twelve| Self::Twelve)
    }

    /// `14:30`, `2:30 PM`.
    pub fn time(self, at: DateTime) -> String {
        at.strftime(if self == Self::Twelve { "%-I:%M %p" } else { "%H:%M" }).to_string()
    }

    /// `14:30:05`, `2:30:05 PM`.
    pub fn to_the_second(self, at: DateTime) -> String {
        at.strftime(if self == Self::Twelve { "%-I:%M:%S %p" } else { "%H:%M:%S" }).to_string()
    }

    /// From one time to a later one of the same day: `10:45–11:15`, `11:45–12:15 PM`, `9:00 AM–10:00 PM`.
    pub fn span(self, from: DateTime, to: DateTime) -> String {
        let face = |at: DateTime| (at.hour() % 12, at.minute());
        // Whoever goes from 11:45 to 12:15 PM can only have begun in the morning.
        let one_way = (from.hour() < 12) == (to.hour() < 12) || face(from) > face(to);
        let from = match self {
            Self::Twelve if one_way => from.strftime("%-I:%M").to_string(),
            _ => self.time(from),
        };
        format!("{from}–{}", self.time(to))
    }

    /// `Fri 17 Jul 2026, 14:30`.
    pub fn day_and_time(self, at: DateTime) -> String {
        format!("{}, {}", at.strftime("%a %-d %b %Y"), self.time(at))
    }

    /// How wide a column of spans is, in cells; only those of more than half a day are wider.
    pub fn width(self) -> usize {
        match self {
            Self::TwentyFour => "10:45-11:15".len(),
            Self::Twelve => "10:45-11:15 AM".len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_country_reads_its_own() {
        for (code, hours) in [("US", Hours::Twelve), ("au", Hours::Twelve), ("GB", Hours::TwentyFour)] {
            assert_eq!(Hours::of_country(Some(code)), hours, "{code}");
        }
        for unknown in [None, Some(""), Some("U"), Some("US CA"), Some("United States")] {
            assert_eq!(Hours::of_country(unknown), Hours::TwentyFour, "{unknown:?}");
        }
    }

    #[test]
    fn the_half_of_the_day_is_said_once_where_once_is_enough() {
        let at = |hour, minute| jiff::civil::date(2026, 7, 17).at(hour, minute, 5, 0);
        let said = |hours: Hours| {
            [
                hours.time(at(0, 5)),
                hours.time(at(12, 0)),
                hours.to_the_second(at(14, 30)),
                hours.span(at(10, 45), at(11, 15)),
                hours.span(at(11, 45), at(12, 15)),
                hours.span(at(9, 0), at(22, 0)),
                hours.day_and_time(at(14, 30)),
            ]
            .join(" | ")
        };
        assert_eq!(
            said(Hours::Twelve),
            "12:05 AM | 12:00 PM | 2:30:05 PM | 10:45–11:15 AM | 11:45–12:15 PM | 9:00 AM–10:00 PM | Fri 17 Jul 2026, 2:30 PM"
        );
        assert_eq!(
            said(Hours::TwentyFour),
            "00:05 | 12:00 | 14:30:05 | 10:45–11:15 | 11:45–12:15 | 09:00–22:00 | Fri 17 Jul 2026, 14:30"
        );
    }
}
