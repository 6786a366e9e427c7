//! Counts open connections per peer, so that one address cannot take them all.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections per peer, at most `cap` each. Touched on accept and on close only.
#[derive(Debug)]
pub(crate) struct Peers {
    cap: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Peers {
    pub(crate) fn new(cap: usize) -> Arc<Self> {
        Arc::new(Self { cap, open: Mutex::default() })
    }

    /// A place for one more connection of this peer, or nothing.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Admitted> {
        let peer = network(address);
        let mut open = self.lock();
        let count = open.entry(peer).or_default();
        if *count >= self.cap {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Admitted { peers: Arc::clone(self), peer })
    }

    fn release(&self, peer: IpAddr) {
        let mut open = self.lock();
        if let Some(count) = open.get_mut(&peer) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&peer);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One admitted connection; dropping gives its place back.
#[derive(Debug)]
pub(crate) struct Admitted {
    peers: Arc<Peers>,
    peer: IpAddr,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.peers.release(self.peer);
    }
}

/// What counts as one peer: an IPv4 address, or the /64 that one IPv6 host commonly owns.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_cannot_escape_its_cap_within_its_network() {
        let peers = Peers::new(1);
        let held = peers.admit("2001:db8::1".parse().unwrap()).unwrap();
        assert!(peers.admit("2001:db8::2".parse().unwrap()).is_none());
        assert!(peers.admit("2001:db8:0:1::1".parse().unwrap()).is_some());
        drop(held);
        assert!(peers.admit("2001:db8::2".parse().unwrap()).is_some());
    }

    #[test]
    fn mapped_addresses_are_their_ipv4_peer() {
        let peers = Peers::new(1);
        let _held = peers.admit("192.0.2.1".parse().unwrap()).unwrap();
        assert!(peers.admit("::ffff:192.0.2.1".parse().unwrap()).is_none());
        assert!(peers.admit("192.0.2.2".parse().unwrap()).is_some());
    }
}
