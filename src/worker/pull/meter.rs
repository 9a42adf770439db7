//! The speed of a listing.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Measured over the interval of the server's limit: within one, requests are sent in a burst and then wait.
const WINDOW: Duration = Duration::from_secs(10);
/// Less time than this says nothing.
const ENOUGH: Duration = Duration::from_secs(1);

/// Counts what arrived in the last seconds.
#[derive(Debug)]
pub(super) struct Meter {
    /// Totals by time, oldest first. The first is the latest one older than the window.
    marks: VecDeque<(Instant, u64)>,
}

impl Meter {
    pub(super) fn new(now: Instant, done: u64) -> Self {
        Self { marks: VecDeque::from([(now, done)]) }
    }

    pub(super) fn mark(&mut self, now: Instant, done: u64) {
        self.marks.push_back((now, done));
    }

    /// Contacts a second until now; `None` while the time is too short.
    pub(super) fn rate(&mut self, now: Instant) -> Option<u64> {
        while self.marks.get(1).is_some_and(|(at, _)| *at + WINDOW <= now) {
            self.marks.pop_front();
        }
        let ((since, before), (_, done)) = (self.marks.front()?, self.marks.back()?);
        let passed = now.duration_since(*since);
        (passed >= ENOUGH)
            .then(|| u64::try_from(u128::from(done - before) * 1_000 / passed.as_millis()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_came_in_the_last_seconds_and_nothing_before_there_is_enough() {
        let began = Instant::now();
        let at = |seconds: f64| began + Duration::from_secs_f64(seconds);
        let mut meter = Meter::new(began, 7_000);
        meter.mark(at(0.5), 9_500);
        assert_eq!(meter.rate(at(0.9)), None);
        assert_eq!(meter.rate(at(1.0)), Some(2_500), "what was there before does not count");
        for second in 1..=30_u32 {
            meter.mark(at(f64::from(second)), 9_500 + u64::from(second) * 1_000);
        }
        assert_eq!(meter.rate(at(30.0)), Some(1_000), "nor does what is long ago");
        // Nothing arrives any more: the rate shows it.
        assert_eq!(meter.rate(at(35.0)), Some(500));
        assert_eq!(meter.rate(at(45.0)), Some(0));
    }
}
