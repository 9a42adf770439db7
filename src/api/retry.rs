//! How long to wait before a retry.

use std::time::Duration;

/// The first wait.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);

/// The wait before retry number `attempt`, from 1: it doubles from 1 s to 30 s, minus a random part of up to half
/// (`jitter` in 0..1), so that many clients do not return at the same moment. A wait that the server asked for is
/// kept exactly.
pub fn backoff(attempt: u32, asked: Option<Duration>, jitter: f64) -> Duration {
    if let Some(asked) = asked {
        return asked;
    }
    let doubled = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(6)).min(LONGEST);
    doubled.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound() {
        assert_eq!(backoff(1, None, 0.0), Duration::from_secs(1));
        assert_eq!(backoff(3, None, 0.0), Duration::from_secs(4));
        assert_eq!(backoff(3, None, 1.0), Duration::from_secs(2));
        assert_eq!(backoff(99, None, 0.0), LONGEST);
        assert_eq!(backoff(99, Some(Duration::from_secs(7)), 0.5), Duration::from_secs(7));
    }
}
