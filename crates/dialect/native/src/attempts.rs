//! How often somebody who cannot be authenticated may try: so many a minute from one address, and in all (INV-12).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use domain::Timestamp;

const WINDOW_MILLIS: i64 = 60_000;
const PER_PEER: u32 = 10;
/// Also bounds the table.
const IN_ALL: u32 = 200;

/// Counts attempts in windows of a minute.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: Option<Timestamp>,
    all: u32,
    peers: HashMap<Option<IpAddr>, u32>,
}

impl Attempts {
    /// Counts one attempt.
    ///
    /// # Errors
    /// Milliseconds after which to try again, when there were too many.
    pub(crate) fn admit(&self, peer: Option<IpAddr>, now: Timestamp) -> Result<(), u32> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age = window.began.map_or(i64::MAX, |began| now.millis().saturating_sub(began.millis()));
        if !(0..WINDOW_MILLIS).contains(&age) {
            *window = Window { began: Some(now), ..Window::default() };
        }
        let from_peer = window.peers.get(&network(peer)).copied().unwrap_or(0);
        if window.all >= IN_ALL || from_peer >= PER_PEER {
            return Err(u32::try_from(WINDOW_MILLIS.saturating_sub(age)).unwrap_or(60_000));
        }
        window.all = window.all.saturating_add(1);
        window.peers.insert(network(peer), from_peer.saturating_add(1));
        Ok(())
    }
}

/// One IPv6 client commands a /64.
fn network(peer: Option<IpAddr>) -> Option<IpAddr> {
    peer.map(|peer| match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_and_all_peers_are_bounded() {
        let attempts = Attempts::default();
        let at = |millis| Timestamp::from_millis(millis);
        let peer = |text: &str| text.parse().ok();
        for _ in 0..PER_PEER {
            assert_eq!(attempts.admit(peer("2001:db8::1"), at(0)), Ok(()));
        }
        assert_eq!(attempts.admit(peer("2001:db8::2"), at(1_000)), Err(59_000), "the same /64");
        for n in 0..IN_ALL - PER_PEER {
            assert_eq!(attempts.admit(peer(&format!("10.0.{}.{}", n / 200, n % 200)), at(2_000)), Ok(()));
        }
        assert_eq!(attempts.admit(peer("10.9.9.9"), at(3_000)), Err(57_000), "all together");
        assert_eq!(attempts.admit(peer("2001:db8::1"), at(60_000)), Ok(()), "a new window");
    }
}
