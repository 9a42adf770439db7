//! Keeps requests within the server's rate limit, which it learns from the headers.
//!
//! The limit is a number of requests per interval (100 in 10 s for an app at a location, 25 for a developer
//! sandbox), shared with everyone who uses the same app. The server counts a request when it arrives, some time between
//! sending and answer; so a slot is held until one interval after the answer, and however slow the way is, no interval
//! of the server holds more than the limit. Requests that the headers count beyond ours belong to others and hold a
//! slot the same way. Requests for the user may use the whole limit, background work four fifths, and prefetching one
//! fifth, always counting all slots held.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::watch;
use tokio::time::Instant;

/// Who is waiting for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// The user.
    User,
    /// No one: background sync.
    Background,
    /// No one yet: prefetching. It is sent only while four fifths of the limit are free.
    Ahead,
}

/// The limit, as far as we know it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    pub max: Option<u32>,
    pub remaining: Option<u32>,
    pub interval: Option<Duration>,
    pub daily_remaining: Option<u64>,
    /// No request is sent before this moment.
    pub paused_until: Option<Instant>,
}

/// The documented limit, used until the first answer gives the real one.
const DOCUMENTED_MAX: u32 = 100;
const DOCUMENTED_INTERVAL: Duration = Duration::from_secs(10);
/// The number of requests that may be sent before the first answer gives the limit.
const UNTOLD: usize = 8;
/// The longest pause: the official client has the same cap, and a pause is followed by a retry anyway.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long to wait once the day's requests are used up, if the server does not say.
const DAY_USED_UP: Duration = Duration::from_secs(15 * 60);

#[derive(Debug)]
pub(super) struct Limiter {
    state: Mutex<LimiterState>,
    told: watch::Sender<Limits>,
}

#[derive(Debug, Default)]
struct LimiterState {
    limits: Limits,
    /// Requests that have no answer yet.
    unanswered: usize,
    /// When each request of the last interval was answered, oldest first, including those of others.
    answered: VecDeque<Instant>,
}

/// A slot within the rate limit, for one request; to be held until the request has its answer, or has failed.
#[derive(Debug)]
pub struct Permit {
    limiter: Arc<Limiter>,
    pub(super) urgency: Urgency,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.with(|state| {
            state.unanswered -= 1;
            state.answered.push_back(Instant::now());
        });
        // Whoever waits for an answer can tell now when a slot becomes free.
        self.limiter.told.send_modify(|_limits| {});
    }
}

/// When to ask for a slot again.
enum Wait {
    Until(Instant),
    /// After the next answer, but no later than this.
    Answer(Instant),
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self { state: Mutex::default(), told: watch::Sender::new(Limits::default()) }
    }

    /// The limit after each answer.
    pub(super) fn watch(&self) -> watch::Receiver<Limits> {
        self.told.subscribe()
    }

    /// Waits until a request may be sent, and takes a slot for it.
    pub(super) async fn permit(self: &Arc<Self>, urgency: Urgency) -> Permit {
        let mut told = self.told.subscribe();
        loop {
            told.mark_unchanged();
            match self.with(|state| state.try_take(Instant::now(), urgency)) {
                Ok(()) => return Permit { limiter: self.clone(), urgency },
                Err(Wait::Until(at)) => tokio::time::sleep_until(at).await,
                // The next answer may give the limit, or says when its slot becomes free.
                Err(Wait::Answer(at)) => tokio::select! {
                    () = tokio::time::sleep_until(at) => {}
                    _told = told.changed() => {}
                },
            }
        }
    }

    /// Learns from an answer; returns how long to pause if it was a 429.
    pub(super) fn learn(&self, status: u16, headers: &HeaderMap) -> Option<Duration> {
        let now = Instant::now();
        let pause = self.with(|state| state.learn(now, status, headers));
        self.told.send_replace(self.with(|state| state.limits));
        pause
    }

    fn with<T>(&self, act: impl FnOnce(&mut LimiterState) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl LimiterState {
    fn max(&self) -> u32 {
        self.limits.max.unwrap_or(DOCUMENTED_MAX).max(1)
    }

    fn interval(&self) -> Duration {
        self.limits.interval.unwrap_or(DOCUMENTED_INTERVAL)
    }

    /// Takes a slot in the interval, or says when to ask again.
    fn try_take(&mut self, now: Instant, urgency: Urgency) -> Result<(), Wait> {
        if let Some(until) = self.limits.paused_until {
            if until > now {
                return Err(Wait::Until(until));
            }
            self.limits.paused_until = None;
        }
        self.forget_before(now);
        if self.limits.max.is_none() && self.held() >= UNTOLD {
            let first = self.answered.front().copied().unwrap_or(now);
            return Err(Wait::Answer(first + self.interval()));
        }
        let allowed = match urgency {
            Urgency::User => self.max(),
            Urgency::Background => (self.max() * 4 / 5).max(1),
            Urgency::Ahead => (self.max() / 5).max(1),
        } as usize;
        let Some(blocking) = self.held().checked_sub(allowed) else {
            self.unanswered += 1;
            return Ok(());
        };
        // The request whose slot must become free before this one may be sent.
        Err(match self.answered.get(blocking) {
            Some(answered) => Wait::Until(*answered + self.interval()),
            None => Wait::Answer(now + self.interval()),
        })
    }

    /// How many slots are taken.
    fn held(&self) -> usize {
        self.unanswered + self.answered.len()
    }

    fn forget_before(&mut self, now: Instant) {
        let interval = self.interval();
        while self.answered.front().is_some_and(|answered| *answered + interval <= now) {
            self.answered.pop_front();
        }
    }

    fn learn(&mut self, now: Instant, status: u16, headers: &HeaderMap) -> Option<Duration> {
        self.limits.max = number(headers, "x-ratelimit-max").or(self.limits.max);
        self.limits.remaining = number(headers, "x-ratelimit-remaining").or(self.limits.remaining);
        self.limits.daily_remaining = number(headers, "x-ratelimit-daily-remaining").or(self.limits.daily_remaining);
        let interval = number(headers, "x-ratelimit-interval-milliseconds").map(Duration::from_millis);
        self.limits.interval = interval.filter(|interval| !interval.is_zero()).or(self.limits.interval);
        self.forget_before(now);
        if let Some(remaining) = self.limits.remaining {
            let counted = self.max().saturating_sub(remaining) as usize;
            self.answered.extend(std::iter::repeat_n(now, counted.saturating_sub(self.held())));
        }
        if status != 429 {
            return None;
        }
        let asked = number(headers, "retry-after").map(Duration::from_secs);
        let pause = match self.limits.daily_remaining {
            Some(0) => number(headers, "x-ratelimit-daily-reset").map_or(DAY_USED_UP, Duration::from_millis),
            _ => asked.unwrap_or(self.interval()).min(LONGEST_PAUSE),
        };
        self.limits.paused_until = Some(now + pause);
        Some(pause)
    }
}

fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(max: u32, remaining: u32) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-max", max.into());
        headers.insert("x-ratelimit-remaining", remaining.into());
        headers.insert("x-ratelimit-interval-milliseconds", 10_000.into());
        headers
    }

    #[tokio::test(start_paused = true)]
    async fn no_interval_holds_more_than_the_limit() {
        let limiter = Arc::new(Limiter::new());
        limiter.learn(200, &headers(25, 25));
        let began = Instant::now();
        let mut sent = Vec::new();
        for _ in 0..100 {
            drop(limiter.permit(Urgency::User).await);
            sent.push(Instant::now());
        }
        for window in sent.windows(26) {
            assert!(window[25] - window[0] >= Duration::from_secs(10));
        }
        assert_eq!(began.elapsed().as_secs(), 30, "and no time is wasted");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_is_held_until_an_interval_after_the_answer() {
        let limiter = Arc::new(Limiter::new());
        limiter.learn(200, &headers(2, 2));
        let slow = limiter.permit(Urgency::User).await;
        drop(limiter.permit(Urgency::User).await);
        let began = Instant::now();
        let (third, ()) = tokio::join!(limiter.permit(Urgency::User), async {
            tokio::time::sleep(Duration::from_secs(7)).await;
            drop(slow);
        });
        assert_eq!(began.elapsed(), Duration::from_secs(10), "the quick one's slot");
        let _again = limiter.permit(Urgency::User).await;
        assert_eq!(began.elapsed(), Duration::from_secs(17), "the slow one may have arrived just before its answer");
        let (_fourth, ()) = tokio::join!(limiter.permit(Urgency::User), async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(third);
        });
        assert_eq!(began.elapsed(), Duration::from_secs(29), "an answer tells those who wait when");
    }

    #[tokio::test(start_paused = true)]
    async fn background_work_leaves_room_for_the_user() {
        let limiter = Arc::new(Limiter::new());
        limiter.learn(200, &headers(100, 100));
        for _ in 0..80 {
            limiter.permit(Urgency::Background).await;
        }
        let before = Instant::now();
        for _ in 0..20 {
            limiter.permit(Urgency::User).await;
        }
        assert_eq!(before, Instant::now());
        limiter.permit(Urgency::Background).await;
        assert!(before.elapsed() >= Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_fetched_ahead_waits_until_most_of_the_limit_is_free() {
        let limiter = Arc::new(Limiter::new());
        limiter.learn(200, &headers(100, 100));
        let began = Instant::now();
        for _ in 0..20 {
            limiter.permit(Urgency::Ahead).await;
        }
        assert_eq!(began, Instant::now());
        for _ in 0..40 {
            limiter.permit(Urgency::Background).await;
        }
        assert_eq!(began, Instant::now(), "more urgent requests are not held up by it");
        limiter.permit(Urgency::Ahead).await;
        assert_eq!(began.elapsed(), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn what_others_used_counts_too() {
        let limiter = Arc::new(Limiter::new());
        limiter.learn(200, &headers(100, 0));
        let before = Instant::now();
        limiter.permit(Urgency::User).await;
        assert_eq!(before.elapsed(), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn little_leaves_before_the_limit_is_told() {
        let limiter = Arc::new(Limiter::new());
        let flood = async {
            for _ in 0..30 {
                limiter.permit(Urgency::User).await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(5), flood).await.is_err(), "it waits to be told");
        assert_eq!(limiter.with(|state| state.held()), UNTOLD);
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_stops_everybody_for_as_long_as_the_server_says() {
        let limiter = Arc::new(Limiter::new());
        let mut told = headers(100, 50);
        told.insert("retry-after", 3.into());
        assert_eq!(limiter.learn(429, &told), Some(Duration::from_secs(3)));
        let before = Instant::now();
        limiter.permit(Urgency::User).await;
        assert_eq!(before.elapsed(), Duration::from_secs(3));
    }
}
