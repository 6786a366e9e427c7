//! Lanes for work that keeps a processor busy for milliseconds or seconds: it leaves the threads that answer requests,
//! runs a bounded number at a time, and beyond a bounded queue it is refused at once instead of late.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::guard::GuardError;

/// Most makings of slow keys that wait for their turn.
const WAITING_TO_BE_MADE: usize = 32;
/// Most slow uses that wait for their turn: about a tenth of a second of RSA-2048 on one processor.
const WAITING_TO_BE_USED: usize = 128;

/// The lanes of a guard.
pub(crate) struct Lanes {
    /// For making keys that take long; half of the processors stay free of it.
    pub(crate) making: Lane,
    /// For private operations that take long.
    pub(crate) using: Lane,
}

impl Lanes {
    pub(crate) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            making: Lane::new(processors.div_ceil(2), WAITING_TO_BE_MADE),
            using: Lane::new(processors, WAITING_TO_BE_USED),
        }
    }
}

/// So many at work, so many more in line.
pub(crate) struct Lane {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Lane {
    fn new(width: usize, queue: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { places: semaphore(width + queue), turns: semaphore(width) }
    }

    /// Does the work where blocking is allowed, first come, first served. Place and turn are held by the work and not by
    /// who waits for it, so that clients that go away do not make the lane wider.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, GuardError> + Send + 'static,
    ) -> Result<T, GuardError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| GuardError::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| GuardError::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await.map_err(|_| GuardError::Provider(spi::ProviderError::Unavailable))?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_full_lane_refuses_at_once_and_what_has_a_place_is_done() {
        let lane = Arc::new(Lane::new(1, 2));
        let (go, gate) = mpsc::channel::<()>();
        let (atwork, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let work = || {
            let (lane, gate) = (lane.clone(), gate.clone());
            let (atwork, most) = (atwork.clone(), most.clone());
            tokio::spawn(async move {
                lane.run(move || {
                    most.fetch_max(atwork.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    gate.lock().unwrap().recv().unwrap();
                    atwork.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                })
                .await
            })
        };
        let held: Vec<_> = (0..3).map(|_| work()).collect();
        while lane.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(lane.run(|| Ok(())).await, Err(GuardError::Busy));
        (0..3).for_each(|_| go.send(()).unwrap());
        for one in held {
            assert_eq!(one.await.unwrap(), Ok(()));
        }
        assert_eq!(most.load(Ordering::SeqCst), 1, "one at a time");
        assert_eq!(lane.run(|| Ok(())).await, Ok(()));
    }

    #[tokio::test]
    async fn who_goes_away_does_not_free_a_turn_that_is_still_worked_in() {
        let lane = Arc::new(Lane::new(1, 0));
        let (go, gate) = mpsc::channel::<()>();
        let waiting = lane.clone();
        let client = tokio::spawn(async move {
            waiting
                .run(move || {
                    gate.recv().unwrap();
                    Ok(())
                })
                .await
        });
        while lane.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        client.abort();
        let _ = client.await;
        assert_eq!(lane.run(|| Ok(())).await, Err(GuardError::Busy));
        go.send(()).unwrap();
        while lane.places.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(lane.run(|| Ok(())).await, Ok(()));
    }
}
