//! How one connection gets on: what it is waited for and since when. The wire and the requests on it note each step
//! (a lock that nobody contends, no timer); the connection's task looks a few times per timeout and ends what is late.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::limits::Timeouts;

/// Why the edge ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Cut {
    TlsHandshake,
    FirstByte,
    Head,
    Idle,
    Write,
    Resets,
    Drain,
}

impl Cut {
    pub(crate) const ALL: [Self; 7] =
        [Self::TlsHandshake, Self::FirstByte, Self::Head, Self::Idle, Self::Write, Self::Resets, Self::Drain];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::TlsHandshake => "tls_handshake",
            Self::FirstByte => "first_byte",
            Self::Head => "head",
            Self::Idle => "idle",
            Self::Write => "write",
            Self::Resets => "resets",
            Self::Drain => "drain",
        }
    }
}

/// The state of one connection, shared by its task, its wire and its requests.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
    resets_allowed: u32,
    flooded: Notify,
}

#[derive(Debug)]
struct State {
    /// What the connection waits for while no request is on it.
    between: Between,
    since: Instant,
    handling: u32,
    responding: Vec<(u64, Instant)>,
    stalled_since: Option<Instant>,
    next_turn: u64,
    resets: u32,
    contradictory: bool,
    read_closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    Head,
    Idle,
}

impl Pace {
    /// For a connection whose first byte has come.
    pub(crate) fn new(resets_allowed: u32) -> Arc<Self> {
        let state = State {
            between: Between::Head,
            since: Instant::now(),
            handling: 0,
            responding: Vec::new(),
            stalled_since: None,
            next_turn: 0,
            resets: 0,
            contradictory: false,
            read_closed: false,
        };
        Arc::new(Self { state: Mutex::new(state), resets_allowed, flooded: Notify::new() })
    }

    /// Bytes of an HTTP/1 request came in.
    pub(crate) fn heard(&self) {
        let mut state = self.lock();
        if state.between == Between::Idle && state.is_quiet() {
            state.between = Between::Head;
            state.since = Instant::now();
        }
    }

    /// The client frames its requests contradictorily.
    pub(crate) fn set_contradictory(&self) {
        self.lock().contradictory = true;
    }

    /// See [`Pace::set_contradictory`].
    pub(crate) fn contradictory(&self) -> bool {
        self.lock().contradictory
    }

    /// A request will be answered without its body having been read.
    pub(crate) fn leave_unread(&self) {
        self.lock().read_closed = true;
    }

    /// See [`Pace::leave_unread`].
    pub(crate) fn left_unread(&self) -> bool {
        self.lock().read_closed
    }

    /// The client does not take what is written.
    pub(crate) fn stalled(&self) {
        self.lock().stalled_since.get_or_insert_with(Instant::now);
    }

    /// The client has taken everything.
    pub(crate) fn flushed(&self) {
        self.lock().stalled_since = None;
    }

    /// A request's head is whole.
    pub(crate) fn begin(self: &Arc<Self>) -> Turn {
        let mut state = self.lock();
        state.handling = state.handling.saturating_add(1);
        state.next_turn = state.next_turn.wrapping_add(1);
        Turn { pace: Arc::clone(self), id: state.next_turn, stage: Stage::Handling }
    }

    /// Resolves once the client abandoned more streams than allowed.
    pub(crate) async fn flooded(&self) {
        self.flooded.notified().await;
    }

    /// The wait that has lasted too long, or when to look again.
    pub(crate) fn look(&self, timeouts: &Timeouts) -> Result<Instant, Cut> {
        let now = Instant::now();
        match self.lock().late(now, timeouts) {
            Some(cut) => Err(cut),
            None => Ok(now.checked_add(timeouts.look()).unwrap_or(now)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_quiet(&self) -> bool {
        self.handling == 0 && self.responding.is_empty()
    }

    fn late(&self, now: Instant, timeouts: &Timeouts) -> Option<Cut> {
        let older = |since: Instant, limit| now.saturating_duration_since(since) >= limit;
        if self.stalled_since.is_some_and(|since| older(since, timeouts.write))
            || self.responding.iter().any(|(_, since)| older(*since, timeouts.write))
        {
            return Some(Cut::Write);
        }
        match self.between {
            _ if !self.is_quiet() => None,
            Between::Head => older(self.since, timeouts.head).then_some(Cut::Head),
            Between::Idle => older(self.since, timeouts.idle).then_some(Cut::Idle),
        }
    }

    fn rest(&mut self) {
        if self.is_quiet() {
            self.between = Between::Idle;
            self.since = Instant::now();
        }
    }
}

/// One request on the connection, from its head to the last byte of its response.
#[derive(Debug)]
pub(crate) struct Turn {
    pace: Arc<Pace>,
    id: u64,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Handling,
    Responding,
}

impl Turn {
    /// The response is ready; from now on the client is waited for.
    pub(crate) fn respond(&mut self) {
        let mut state = self.pace.lock();
        state.handling = state.handling.saturating_sub(1);
        state.responding.push((self.id, Instant::now()));
        self.stage = Stage::Responding;
    }

    /// The connection that this request is on.
    pub(crate) fn pace(&self) -> &Pace {
        &self.pace
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.pace.lock();
        match self.stage {
            Stage::Responding => state.responding.retain(|(id, _)| *id != self.id),
            Stage::Handling => {
                state.handling = state.handling.saturating_sub(1);
                state.resets = state.resets.saturating_add(1);
            }
        }
        state.rest();
        if state.resets > self.pace.resets_allowed {
            self.pace.flooded.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SOON: Duration = Duration::from_millis(1);

    fn late_after_a_while(pace: &Pace, timeouts: &Timeouts) -> Option<Cut> {
        std::thread::sleep(Duration::from_millis(3));
        pace.look(timeouts).err()
    }

    #[test]
    fn each_wait_has_its_own_limit() {
        let long = Timeouts::default();
        let pace = Pace::new(1);
        assert_eq!(late_after_a_while(&pace, &Timeouts { head: SOON, ..long.clone() }), Some(Cut::Head));
        let mut turn = pace.begin();
        let all = Timeouts { head: SOON, idle: SOON, write: SOON, ..long.clone() };
        assert_eq!(late_after_a_while(&pace, &all), None, "handling is the engine's time, not the client's");
        turn.respond();
        assert_eq!(late_after_a_while(&pace, &all), Some(Cut::Write));
        drop(turn);
        assert_eq!(late_after_a_while(&pace, &Timeouts { idle: SOON, ..long.clone() }), Some(Cut::Idle));
        assert_eq!(late_after_a_while(&pace, &Timeouts { head: SOON, ..long.clone() }), None);
        pace.heard();
        assert_eq!(late_after_a_while(&pace, &Timeouts { head: SOON, ..long }), Some(Cut::Head));
    }

    #[test]
    fn a_stall_ends_with_a_flush() {
        let timeouts = Timeouts { write: SOON, ..Timeouts::default() };
        let pace = Pace::new(1);
        pace.stalled();
        assert_eq!(late_after_a_while(&pace, &timeouts), Some(Cut::Write));
        pace.flushed();
        assert_eq!(late_after_a_while(&pace, &timeouts), None);
    }

    #[tokio::test]
    async fn abandoned_turns_are_counted_and_finished_ones_are_not() {
        let pace = Pace::new(1);
        for _ in 0..5 {
            pace.begin().respond();
        }
        drop((pace.begin(), pace.begin()));
        tokio::time::timeout(Duration::from_secs(1), pace.flooded()).await.unwrap();
    }
}
