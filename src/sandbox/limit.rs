//! The rate limit: calls per interval and per day, for each payer. Knows the values of the headers but no other HTTP,
//! and not who the payers are.

use std::{
    collections::HashMap,
    str::FromStr,
    time::{Duration, Instant},
};

use thiserror::Error;

const DAILY: u32 = 200_000;
const DAY: Duration = Duration::from_secs(86_400);

/// How many calls are allowed; written `100/10s` or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit {
    Off,
    Per { max: u32, interval: Duration },
}

#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{0}` is not a rate limit; use 100/10s or off")]
pub struct RateLimitError(String);

impl Default for RateLimit {
    fn default() -> Self {
        Self::Per { max: 100, interval: Duration::from_secs(10) }
    }
}

impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let parse = || {
            let (max, interval) = text.split_once('/')?;
            let interval = super::switches::duration(interval).filter(|time| !time.is_zero())?;
            Some(Self::Per { max: max.parse().ok()?, interval })
        };
        parse().ok_or_else(|| RateLimitError(text.into()))
    }
}

/// The values for the headers of one answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) max: u32,
    pub(super) remaining: u32,
    pub(super) interval: Duration,
    pub(super) daily: u32,
    pub(super) daily_remaining: u32,
    pub(super) refused: bool,
}

struct Window {
    opened: Instant,
    used: u32,
    day: Instant,
    used_today: u32,
}

/// The windows of all payers; a window opens with its first call.
pub(super) struct CallCounter {
    limit: RateLimit,
    windows: HashMap<String, Window>,
}

impl CallCounter {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self { limit, windows: HashMap::new() }
    }

    /// Counts one call of `payer`; a call without a payer is not counted.
    pub(super) fn take(&mut self, payer: Option<String>, now: Instant) -> Standing {
        let (limit, interval, counted) = match self.limit {
            RateLimit::Off => (100, Duration::from_secs(10), false),
            RateLimit::Per { max, interval } => (max, interval, true),
        };
        let full =
            Standing { max: limit, remaining: limit, interval, daily: DAILY, daily_remaining: DAILY, refused: false };
        let Some(payer) = payer.filter(|_| counted) else { return full };
        let window = self.windows.entry(payer).or_insert(Window { opened: now, used: 0, day: now, used_today: 0 });
        if now.duration_since(window.opened) >= interval {
            (window.opened, window.used) = (now, 0);
        }
        if now.duration_since(window.day) >= DAY {
            (window.day, window.used_today) = (now, 0);
        }
        let refused = window.used >= limit || window.used_today >= DAILY;
        if !refused {
            window.used += 1;
            window.used_today += 1;
        }
        Standing { remaining: limit - window.used, daily_remaining: DAILY - window.used_today, refused, ..full }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_as_calls_per_time() {
        assert_eq!("off".parse(), Ok(RateLimit::Off));
        assert_eq!("25/250ms".parse(), Ok(RateLimit::Per { max: 25, interval: Duration::from_millis(250) }));
        assert!("100".parse::<RateLimit>().is_err() && "5/0s".parse::<RateLimit>().is_err());
    }

    #[test]
    fn a_window_refuses_what_is_past_it_and_opens_again() {
        let mut limiter = CallCounter::new(RateLimit::Per { max: 2, interval: Duration::from_secs(10) });
        let start = Instant::now();
        let left: Vec<_> =
            (0..3).map(|_| limiter.take(Some("a".into()), start)).map(|s| (s.remaining, s.refused)).collect();
        assert_eq!(left, [(1, false), (0, false), (0, true)]);
        assert!(!limiter.take(Some("b".into()), start).refused, "each payer has its own window");
        assert!(!limiter.take(Some("a".into()), start + Duration::from_secs(10)).refused);
    }
}
