//! The server's time: a start that may be fixed, plus the real time since. The only place that reads the clock.

use std::time::{Duration, Instant};

use jiff::Timestamp;

#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start_ms: i64,
    started: Instant,
    /// How far the server's clock is off.
    skew_ms: i64,
}

impl Clock {
    pub(super) fn new(fixed: Option<Timestamp>) -> Self {
        let start_ms = fixed.unwrap_or_else(Timestamp::now).as_millisecond();
        Self { start_ms, started: Instant::now(), skew_ms: 0 }
    }

    pub(super) fn start_ms(self) -> i64 {
        self.start_ms
    }

    pub(super) fn elapsed(self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn set_skew(&mut self, skew_ms: i64) {
        self.skew_ms = skew_ms;
    }

    pub(super) fn now_ms(self) -> i64 {
        (self.skew_ms + self.start_ms).saturating_add(millis(self.elapsed()))
    }
}

/// A length of time in milliseconds.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// `2021-07-02T05:18:26.704Z`, the format of all dates with a zone.
pub(super) fn iso(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}
