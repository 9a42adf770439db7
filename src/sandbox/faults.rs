//! Faults on demand: rules that spoil matching requests. Decides what happens to a request; must not know how an
//! answer is sent.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultsBody {
    pub(super) rules: Vec<FaultRule>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultRule {
    #[serde(default)]
    method: Option<String>,
    /// A part of the path, or with `*` in it a pattern for the whole path.
    #[serde(default)]
    path: Option<String>,
    /// 0 = until cleared.
    #[serde(default = "once")]
    times: u32,
    action: FaultAction,
    /// The share of matching requests to spoil: 0 to 1.
    #[serde(default = "all")]
    share: f64,
    #[serde(skip)]
    spent: bool,
}

fn once() -> u32 {
    1
}

fn all() -> f64 {
    1.0
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum FaultAction {
    Status(StatusFault),
    Drop {
        drop: DropTime,
        #[serde(default)]
        late_ms: Option<u64>,
    },
    Latency(Latency),
    Garbage {
        garbage: Garbage,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusFault {
    pub(super) status: u16,
    #[serde(default)]
    pub(super) body: Option<Value>,
    #[serde(default)]
    pub(super) headers: Map<String, Value>,
    /// The request takes effect; only its answer is replaced.
    #[serde(default)]
    pub(super) after: bool,
    /// The request takes effect this long after it arrived, whatever becomes of its answer.
    #[serde(default)]
    late_ms: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Latency {
    latency_ms: u64,
    #[serde(default)]
    jitter_ms: u64,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum DropTime {
    Before,
    After,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Garbage {
    JsonTruncated,
    Html,
    Empty,
    WrongType,
    Endless,
}

/// What happens to one request.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestFate {
    pub(super) wait: Duration,
    pub(super) spoil: Option<Spoil>,
    /// The effect comes this long after the request, whether or not its caller still waits.
    pub(super) late: Option<Duration>,
}

#[derive(Clone, Debug)]
pub(super) enum Spoil {
    Status(StatusFault),
    Drop(DropTime),
    Garbage(Garbage),
}

pub(super) struct Faults {
    rules: Vec<FaultRule>,
    rng: fastrand::Rng,
}

impl Faults {
    pub(super) fn new(seed: u64) -> Self {
        Self { rules: Vec::new(), rng: fastrand::Rng::with_seed(seed) }
    }

    pub(super) fn add(&mut self, rules: Vec<FaultRule>) {
        self.rules.extend(rules);
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(super) fn left(&self) -> usize {
        self.rules.len()
    }

    /// Matching delays add up; of the other matching rules the oldest applies. All of these count as used.
    pub(super) fn verdict(&mut self, method: &str, path: &str) -> RequestFate {
        let mut verdict = RequestFate::default();
        for rule in &mut self.rules {
            if !rule.fits(method, path) || (rule.share < 1.0 && self.rng.f64() >= rule.share) {
                continue;
            }
            match &rule.action {
                FaultAction::Latency(time) => {
                    let jitter = self.rng.u64(0..=time.jitter_ms);
                    verdict.wait += Duration::from_millis(time.latency_ms + jitter);
                }
                _ if verdict.spoil.is_some() => continue,
                FaultAction::Status(fault) => {
                    verdict.late = fault.late_ms.map(Duration::from_millis);
                    verdict.spoil = Some(Spoil::Status(fault.clone()));
                }
                FaultAction::Drop { drop, late_ms } => {
                    verdict.late = late_ms.map(Duration::from_millis);
                    verdict.spoil = Some(Spoil::Drop(*drop));
                }
                FaultAction::Garbage { garbage } => verdict.spoil = Some(Spoil::Garbage(*garbage)),
            }
            rule.spend();
        }
        self.rules.retain(|rule| !rule.spent);
        verdict
    }
}

impl FaultRule {
    fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|pattern| path_fits(pattern, path))
    }

    fn spend(&mut self) {
        if self.times == 1 {
            self.spent = true;
        }
        self.times = self.times.saturating_sub(1);
    }
}

fn path_fits(pattern: &str, path: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return path.contains(pattern) };
    let Some(mut left) = path.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(rules: Value) -> Faults {
        let mut faults = Faults::new(1);
        faults.add(serde_json::from_value(rules).expect("these are rules"));
        faults
    }

    #[test]
    fn patterns_are_parts_or_wildcards() {
        for (pattern, path, fits) in [
            ("/tasks", "/contacts/a/tasks/b", true),
            ("*/completed", "/contacts/a/tasks/b/completed", true),
            ("*/tasks", "/contacts/a/tasks/b", false),
            ("/contacts/*/tasks/*", "/contacts/a/tasks/b", true),
            ("/contacts/*/notes/*", "/contacts/a/tasks/b", false),
        ] {
            assert_eq!(path_fits(pattern, path), fits, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_rule_is_used_up_and_zero_means_for_ever() {
        let mut faults = faults(serde_json::json!([
            {"method": "put", "times": 2, "action": {"status": 503}},
            {"path": "/x", "times": 0, "action": {"latency_ms": 5}}
        ]));
        let hits: Vec<bool> = (0..3).map(|_| faults.verdict("PUT", "/x").spoil.is_some()).collect();
        assert_eq!(hits, [true, true, false]);
        assert_eq!(faults.verdict("GET", "/x").wait, Duration::from_millis(5));
        assert_eq!(faults.left(), 1);
    }
}
