//! How often somebody who cannot be authenticated may fail: so many a minute from one address (INV-12). Whoever comes
//! with shares that count is never held up; guessing one is out of reach anyway.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use domain::Timestamp;

const WINDOW_MILLIS: i64 = 60_000;
const PER_PEER: u32 = 10;
/// Peers told apart in one window; those beyond share one count.
const PEERS: usize = 1024;

/// Counts failures in windows of a minute.
#[derive(Debug, Default)]
pub(super) struct Rate(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: Option<Timestamp>,
    peers: HashMap<Option<IpAddr>, u32>,
    others: u32,
}

impl Rate {
    /// Whether a peer may try.
    ///
    /// # Errors
    /// Milliseconds after which to try again, when it failed too often.
    pub(super) fn admit(&self, peer: Option<IpAddr>, now: Timestamp) -> Result<(), u32> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = window.left(now);
        if *window.count(peer) < PER_PEER {
            return Ok(());
        }
        Err(u32::try_from(left).unwrap_or(u32::MAX))
    }

    /// Counts one failure.
    pub(super) fn refused(&self, peer: Option<IpAddr>, now: Timestamp) {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        window.left(now);
        let count = window.count(peer);
        *count = count.saturating_add(1);
    }
}

impl Window {
    /// Milliseconds that are left of the window, or of a new one. A clock that was set back begins a new one too.
    fn left(&mut self, now: Timestamp) -> i64 {
        let age = self.began.map_or(i64::MAX, |began| now.millis().saturating_sub(began.millis()));
        if (0..WINDOW_MILLIS).contains(&age) {
            return WINDOW_MILLIS.saturating_sub(age);
        }
        *self = Self { began: Some(now), ..Self::default() };
        WINDOW_MILLIS
    }

    fn count(&mut self, peer: Option<IpAddr>) -> &mut u32 {
        let peer = network(peer);
        if self.peers.len() >= PEERS && !self.peers.contains_key(&peer) {
            return &mut self.others;
        }
        self.peers.entry(peer).or_default()
    }
}

/// One IPv6 client commands a /64.
fn network(peer: Option<IpAddr>) -> Option<IpAddr> {
    peer.map(|peer| match peer.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 => v4,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn peer(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn a_peer_that_fails_waits_and_nobody_else_does() {
        let rate = Rate::default();
        for _ in 0..PER_PEER {
            assert_eq!(rate.admit(peer("2001:db8::1"), at(0)), Ok(()));
            rate.refused(peer("2001:db8::1"), at(0));
        }
        assert_eq!(rate.admit(peer("2001:db8::2"), at(1_000)), Err(59_000), "the same /64");
        assert_eq!(rate.admit(peer("10.0.0.1"), at(1_000)), Ok(()));
        assert_eq!(rate.admit(None, at(1_000)), Ok(()), "a socket file");
        for _ in 0..100 {
            assert_eq!(rate.admit(peer("10.0.0.1"), at(2_000)), Ok(()), "only failures count");
        }
        assert_eq!(rate.admit(peer("2001:db8::1"), at(60_000)), Ok(()), "a new window");
        rate.refused(peer("2001:db8::1"), at(60_000));
        assert_eq!(rate.admit(peer("2001:db8::1"), at(0)), Ok(()), "a clock set back");
    }

    #[test]
    fn a_flood_from_everywhere_is_bounded_in_memory() {
        let rate = Rate::default();
        for n in 0..20_000_u32 {
            rate.refused(Some(IpAddr::V4(n.into())), at(0));
        }
        assert_eq!(rate.0.lock().unwrap().peers.len(), PEERS);
        assert_eq!(rate.admit(peer("10.9.9.9"), at(3_000)), Err(57_000), "the others share one count");
        assert_eq!(rate.admit(peer("0.0.0.1"), at(3_000)), Ok(()), "who was known before does not");
    }
}
