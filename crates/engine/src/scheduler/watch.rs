//! Whether the clock can be believed. The time it shows is held against the time that is known to have passed: by the
//! monotonic clock while this process runs, and after a start by the last heartbeat, when nothing tells how long nobody
//! was there. What it gained beyond that adds up, and what it lost is taken off again; more than a day is a jump, and
//! nothing is destroyed until the clock is put right or an operator accepts it.

use domain::Timestamp;
use spi::Heartbeat;

/// How far ahead a clock may be, and how long a node may be away, in milliseconds.
const JUMP: i64 = 24 * 3_600_000;

/// The clock under watch.
#[derive(Debug)]
pub(crate) struct Watch {
    at: Timestamp,
    /// The monotonic clock then; `None` where another process looked.
    micros: Option<u64>,
    ahead: i64,
}

impl Watch {
    /// From the last heartbeat, or from now if there was none.
    pub(crate) fn resumed(last: Option<Heartbeat>, now: Timestamp) -> Self {
        let (at, ahead) = last.map_or((now, 0), |beat| (beat.at, beat.ahead));
        Self { at, micros: None, ahead: i64::try_from(ahead).unwrap_or(i64::MAX) }
    }

    /// Looks at the clocks.
    pub(crate) fn look(&mut self, now: Timestamp, micros: u64) {
        let gone = now.millis().saturating_sub(self.at.millis());
        let gained = match self.micros {
            Some(before) => {
                let passed = micros.saturating_sub(before) / 1000;
                gone.saturating_sub(i64::try_from(passed).unwrap_or(i64::MAX))
            }
            // Nobody was there: a short absence is taken for what it seems.
            None if (0..=JUMP).contains(&gone) => 0,
            None => gone,
        };
        self.ahead = self.ahead.saturating_add(gained).max(0);
        (self.at, self.micros) = (now, Some(micros));
    }

    /// Whether it jumped.
    pub(crate) const fn jumped(&self) -> bool {
        self.ahead > JUMP
    }

    /// An operator says that the clock is right.
    pub(crate) const fn accept(&mut self) {
        self.ahead = 0;
    }

    /// What must survive this process.
    pub(crate) fn beat(&self) -> Heartbeat {
        Heartbeat { at: self.at, ahead: u64::try_from(self.ahead).unwrap_or(0) }
    }

    /// Whole seconds by which it is ahead.
    pub(crate) const fn ahead_seconds(&self) -> i64 {
        self.ahead / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * HOUR)
    }

    fn micros(hours: i64) -> u64 {
        u64::try_from(hours * HOUR * 1000).unwrap()
    }

    /// Started at hour 1000, and looked once.
    fn running() -> Watch {
        let mut watch = Watch::resumed(None, at(1000));
        watch.look(at(1000), micros(0));
        watch
    }

    #[test]
    fn time_that_passes_on_both_clocks_is_no_jump() {
        let mut watch = running();
        watch.look(at(1000 + 90 * 24), micros(90 * 24));
        assert!(!watch.jumped() && watch.ahead_seconds() == 0);
    }

    #[test]
    fn a_day_is_believed_and_more_is_not() {
        let mut watch = running();
        watch.look(at(1024), micros(0));
        assert!(!watch.jumped());
        watch.look(Timestamp::from_millis(at(1024).millis() + 1), micros(0));
        assert!(watch.jumped());
    }

    #[test]
    fn small_jumps_add_up_and_acceptance_ends_them() {
        let mut watch = running();
        watch.look(at(1020), micros(0));
        watch.look(at(1041), micros(1));
        assert!(watch.jumped() && watch.ahead_seconds() == 40 * 3600);
        watch.accept();
        watch.look(at(1042), micros(2));
        assert!(!watch.jumped());
    }

    #[test]
    fn a_clock_that_is_put_right_is_believed_again() {
        let mut watch = running();
        watch.look(at(1300), micros(0));
        watch.look(at(1010), micros(10));
        assert!(!watch.jumped());
    }

    #[test]
    fn a_clock_set_back_and_forward_again_has_jumped() {
        let mut watch = running();
        watch.look(at(700), micros(1));
        assert!(!watch.jumped());
        watch.look(at(1002), micros(2));
        assert!(watch.jumped(), "what was scheduled in between would be due too early");
    }

    #[test]
    fn after_a_start_an_absence_of_more_than_a_day_is_a_jump() {
        let last = |ahead| Some(Heartbeat { at: at(1000), ahead });
        for (ahead, now, jumped) in
            [(0, 1024, false), (0, 1025, true), (0, 900, false), (26, 1001, true), (26, 997, false)]
        {
            let mut watch = Watch::resumed(last(micros(ahead) / 1000), at(now));
            watch.look(at(now), micros(0));
            assert_eq!(watch.jumped(), jumped, "{ahead} {now}");
        }
    }

    #[test]
    fn what_survives_goes_on_where_it_was() {
        let mut watch = running();
        watch.look(at(1030), micros(0));
        let mut later = Watch::resumed(Some(watch.beat()), at(1031));
        later.look(at(1031), micros(0));
        assert!(later.jumped() && later.ahead_seconds() == 30 * 3600);
    }

    #[test]
    fn no_reading_of_a_clock_is_too_wild() {
        for (last, now) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN)] {
            let last = Heartbeat { at: Timestamp::from_millis(last), ahead: u64::MAX };
            let mut watch = Watch::resumed(Some(last), Timestamp::from_millis(now));
            watch.look(Timestamp::from_millis(now), 0);
            watch.look(Timestamp::from_millis(last.at.millis()), u64::MAX);
            let _ = watch.jumped();
        }
    }
}
