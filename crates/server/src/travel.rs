//! Time travel for a development server: a clock that keys live by, ahead of the machine's by as much as a file says.
//!
//! The file holds a number of days, hours, minutes or seconds (`8d`, `36h`, `90m`, `30s`): how far the clock is ahead
//! altogether. It only moves forward; a smaller number is passed over. What it moves: dates of keys and versions, waiting
//! periods, rotation, the time in the records of commands. What it does not move: signatures' five minutes, expiry of
//! credentials, certificates, and everything else that is held against the real time.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::Timestamp;
use spi::Clock;

use crate::clock::SystemClock;
use crate::system::StartError;

/// Between two looks at the file, and at what is due.
pub(crate) const EVERY: Duration = Duration::from_millis(100);
/// As far as anybody may travel, in seconds: a hundred years.
const FARTHEST: u64 = 100 * 366 * 86_400;
/// Most bytes of the file that are read.
const LONGEST: u64 = 64;

/// The machine's clock, so many seconds ahead on both its sides: time that was travelled has passed.
pub(crate) struct TravelClock {
    here: Arc<SystemClock>,
    seconds: AtomicU64,
}

impl TravelClock {
    /// Not ahead yet.
    pub(crate) fn over(here: Arc<SystemClock>) -> Arc<Self> {
        Arc::new(Self { here, seconds: AtomicU64::new(0) })
    }

    /// Goes on to so many seconds ahead; says whether that was forward.
    fn go(&self, seconds: u64) -> bool {
        self.seconds.fetch_max(seconds, Ordering::SeqCst) < seconds
    }
}

impl Clock for TravelClock {
    fn now(&self) -> Timestamp {
        let seconds = self.seconds.load(Ordering::SeqCst);
        self.here.now().plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    fn monotonic_micros(&self) -> u64 {
        let seconds = self.seconds.load(Ordering::SeqCst);
        self.here.monotonic_micros().saturating_add(seconds.saturating_mul(1_000_000))
    }
}

/// What the file says at the start; one that is not there says nothing yet.
pub(crate) fn start(clock: &TravelClock, file: &Path) -> Result<(), StartError> {
    match read(file) {
        Ok(seconds) => {
            clock.go(seconds.unwrap_or(0));
            Ok(())
        }
        Err(why) => Err(StartError(format!("`--time-travel {}`: {why}", file.display()))),
    }
}

/// Follows the file, for ever.
pub(crate) async fn follow(clock: Arc<TravelClock>, file: PathBuf) {
    let mut said = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let read = read(&file);
        if said.as_ref() == Some(&read) {
            continue;
        }
        match &read {
            Ok(Some(seconds)) if clock.go(*seconds) => {
                tracing::info!(seconds, now = %clock.now().rfc3339(), "travelled in time");
            }
            Ok(_) => {}
            Err(why) => tracing::warn!(file = %file.display(), %why, "no time to travel to"),
        }
        said = Some(read);
    }
}

/// Seconds ahead; `None` without a file, or while it is empty.
fn read(file: &Path) -> Result<Option<u64>, String> {
    let start = |file: std::fs::File| {
        let mut bytes = Vec::new();
        file.take(LONGEST + 1).read_to_end(&mut bytes).map(|_| bytes)
    };
    match std::fs::File::open(file).and_then(start) {
        Ok(bytes) if u64::try_from(bytes.len()).is_ok_and(|len| len > LONGEST) => {
            Err("it is too long for a span of time".to_owned())
        }
        Ok(bytes) => String::from_utf8(bytes)
            .map_err(|_| "it is no text".to_owned())
            .and_then(|text| span(text.trim())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e.to_string()),
    }
}

fn span(text: &str) -> Result<Option<u64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let (number, unit) = match text.char_indices().last() {
        Some((at, 'd')) => (text.get(..at), 86_400),
        Some((at, 'h')) => (text.get(..at), 3600),
        Some((at, 'm')) => (text.get(..at), 60),
        Some((at, 's')) => (text.get(..at), 1),
        _ => (None, 0),
    };
    let seconds = number.and_then(|n| n.parse::<u64>().ok()).and_then(|n| n.checked_mul(unit));
    let seconds = seconds.filter(|seconds| *seconds <= FARTHEST);
    seconds.map(Some).ok_or_else(|| {
        format!("`{text}` is no span such as `8d`, `36h`, `90m` or `30s`, of a hundred years at most")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_its_unit() {
        for (text, seconds) in [("8d", 691_200), ("36h", 129_600), ("90m", 5400), ("30s", 30), ("0d", 0)] {
            assert_eq!(span(text), Ok(Some(seconds)), "{text}");
        }
        assert_eq!(span(""), Ok(None));
        for text in
            ["8", "d", "-8d", "8 d", "8days", "8w", "1.5d", "36601d", "99999999999999999999d", "\u{fc}"]
        {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_moves_the_clock_forward_and_never_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ahead");
        let clock = TravelClock::over(Arc::new(SystemClock::default()));
        let ahead = |clock: &TravelClock| clock.now().seconds() - clock.here.now().seconds();
        start(&clock, &file).unwrap();
        assert_eq!(ahead(&clock), 0, "no file yet");
        for (text, expected) in [("8d\n", 691_200), ("1d", 691_200), ("9d", 777_600)] {
            std::fs::write(&file, text).unwrap();
            start(&clock, &file).unwrap();
            assert!((expected..=expected + 1).contains(&ahead(&clock)), "{text}");
        }
        assert!(clock.monotonic_micros() >= 777_600_000_000, "time that was travelled has passed");
        std::fs::write(&file, "tomorrow").unwrap();
        assert!(start(&clock, &file).is_err());
        std::fs::write(&file, "8d".repeat(64)).unwrap();
        assert!(start(&clock, &file).is_err());
    }
}
