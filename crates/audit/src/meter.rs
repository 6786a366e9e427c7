//! Failed authentications are recorded one by one up to a rate, and counted beyond it: fifty thousand bad credentials
//! a second must not fill the disk, nor may one noisy source hide another (INV-5). Pure: the caller tells the time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

/// How much is recorded one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeterLimits {
    /// Records that a source may make at once.
    pub burst: u32,
    /// Microseconds in which a source regains one record.
    pub every_micros: u64,
    /// The same for all sources together.
    pub total_burst: u32,
    /// The same for all sources together.
    pub total_every_micros: u64,
    /// Sources remembered; what comes from others while memory is full is counted together.
    pub sources: usize,
    /// Summaries given at most in one drain, the largest first; the rest are counted together.
    pub summaries: usize,
}

impl Default for MeterLimits {
    /// Ten at once and one a second for a source; a hundred at once and fifty a second for all.
    fn default() -> Self {
        Self {
            burst: 10,
            every_micros: 1_000_000,
            total_burst: 100,
            total_every_micros: 20_000,
            sources: 4096,
            summaries: 32,
        }
    }
}

/// What to do with one failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Write a record of its own.
    Record,
    /// It is counted; a summary will tell.
    Counted,
}

/// Failures that were counted instead of recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureSummary {
    /// From where (an IPv6 source is its /64); `None` for all others together.
    pub source: Option<IpAddr>,
    /// How many.
    pub count: u64,
    /// Monotonic µs of the first.
    pub since: u64,
}

/// Decides which failures get a record of their own.
#[derive(Debug)]
pub struct AuthFailureMeter {
    limits: MeterLimits,
    total: Bucket,
    sources: HashMap<IpAddr, Source>,
    others: Counted,
}

#[derive(Debug)]
struct Source {
    bucket: Bucket,
    counted: Counted,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: u32,
    /// Up to when what was regained has been credited.
    at: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    count: u64,
    since: u64,
}

impl AuthFailureMeter {
    /// A meter with nothing counted.
    #[must_use]
    pub fn new(limits: MeterLimits) -> Self {
        let total = Bucket { left: limits.total_burst, at: 0 };
        Self { limits, total, sources: HashMap::new(), others: Counted::default() }
    }

    /// Takes one failure at a monotonic time in µs.
    pub fn note(&mut self, now: u64, source: IpAddr) -> Verdict {
        let limits = self.limits;
        let key = network(source);
        if !self.sources.contains_key(&key) && self.sources.len() >= limits.sources {
            self.others.add(now);
            return Verdict::Counted;
        }
        let fresh = Source { bucket: Bucket { left: limits.burst, at: now }, counted: Counted::default() };
        let source = self.sources.entry(key).or_insert(fresh);
        let own = source.bucket.take(now, limits.burst, limits.every_micros);
        if own && self.total.take(now, limits.total_burst, limits.total_every_micros) {
            return Verdict::Record;
        }
        source.counted.add(now);
        Verdict::Counted
    }

    /// Gives what was counted since the last call, one record each, and forgets sources that have been quiet: call it
    /// every so often.
    pub fn drain(&mut self, now: u64) -> Vec<FailureSummary> {
        let mut summaries: Vec<_> = self
            .sources
            .iter_mut()
            .map(|(address, source)| std::mem::take(&mut source.counted).summary(Some(*address)))
            .filter(|summary| summary.count > 0)
            .collect();
        summaries.sort_unstable_by_key(|summary| std::cmp::Reverse(summary.count));
        let mut others = std::mem::take(&mut self.others);
        for rest in summaries.drain(self.limits.summaries.min(summaries.len())..) {
            others.merge(rest.count, rest.since);
        }
        summaries.extend((others.count > 0).then(|| others.summary(None)));
        let limits = self.limits;
        self.sources.retain(|_, source| !source.bucket.is_full(now, limits.burst, limits.every_micros));
        summaries
    }
}

impl Bucket {
    fn refill(&mut self, now: u64, burst: u32, every: u64) {
        let gained = now.saturating_sub(self.at) / every.max(1);
        self.at = self.at.saturating_add(gained.saturating_mul(every.max(1)));
        let gained = u32::try_from(gained).unwrap_or(u32::MAX);
        self.left = self.left.saturating_add(gained).min(burst);
    }

    fn take(&mut self, now: u64, burst: u32, every: u64) -> bool {
        self.refill(now, burst, every);
        let had = self.left > 0;
        self.left = self.left.saturating_sub(1);
        had
    }

    fn is_full(&mut self, now: u64, burst: u32, every: u64) -> bool {
        self.refill(now, burst, every);
        self.left == burst
    }
}

impl Counted {
    fn add(&mut self, now: u64) {
        self.merge(1, now);
    }

    fn merge(&mut self, count: u64, since: u64) {
        self.since = if self.count == 0 { since } else { self.since.min(since) };
        self.count += count;
    }

    fn summary(self, source: Option<IpAddr>) -> FailureSummary {
        FailureSummary { source, count: self.count, since: self.since }
    }
}

/// One customer of an IPv6 network has at least a /64: addresses in it are one source.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    #[test]
    fn a_flood_from_one_source_is_ten_records_then_one_a_second_and_a_count() {
        let mut meter = AuthFailureMeter::new(MeterLimits::default());
        let recorded = (0..500_000_u64).filter(|i| meter.note(i * 20, v4(1)) == Verdict::Record).count();
        assert_eq!(recorded, 10 + 9);
        assert_eq!(meter.note(9_999_999, v4(2)), Verdict::Record, "it does not hide another");
        let summaries = meter.drain(10_000_000);
        assert_eq!(summaries.len(), 1);
        assert_eq!((summaries[0].source, summaries[0].count), (Some(v4(1)), 500_000 - 19));
        assert!(meter.drain(10_000_001).is_empty());
    }

    #[test]
    fn a_flood_from_everywhere_is_bounded_in_records_memory_and_summaries() {
        let mut meter = AuthFailureMeter::new(MeterLimits::default());
        let flood = 0..50_000_u32;
        let recorded = flood.filter(|i| meter.note(u64::from(*i) * 20, v4(*i)) == Verdict::Record).count();
        assert!((100..=150).contains(&recorded), "{recorded}");
        assert!(meter.sources.len() <= 4096);
        let summaries = meter.drain(1_000_000);
        assert!(summaries.len() <= 33);
        let counted: u64 = summaries.iter().map(|s| s.count).sum();
        assert_eq!(counted, 50_000 - u64::try_from(recorded).unwrap(), "each is recorded or counted");
        assert_eq!(summaries.last().unwrap().source, None);
        meter.drain(60_000_000);
        assert!(meter.sources.is_empty(), "quiet sources are forgotten");
    }

    #[test]
    fn an_ipv6_network_is_one_source() {
        let mut meter = AuthFailureMeter::new(MeterLimits::default());
        let at = |n: u128| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) | n));
        let recorded = (0..100).filter(|n| meter.note(0, at(*n)) == Verdict::Record).count();
        assert_eq!(recorded, 10);
    }
}
