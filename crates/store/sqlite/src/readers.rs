//! Reading connections: opened when needed, kept for the next, used on tokio's blocking threads.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use store_record::{BackendError, BackendResult};
use tokio::sync::Semaphore;

use crate::open::Place;

/// Most reads at one time.
const MOST: usize = 4;

#[derive(Debug)]
pub(crate) struct Readers {
    place: Arc<Place>,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(place: Arc<Place>) -> Self {
        Self { place, idle: Arc::default(), turns: Arc::new(Semaphore::new(MOST)) }
    }

    /// Reads on a connection of its own.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BackendResult<T> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(BackendError::new)?;
        let (place, idle) = (Arc::clone(&self.place), Arc::clone(&self.idle));
        let read = move || {
            let _turn = turn;
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = kept.map_or_else(|| place.connect(), Ok)?;
            let done = work(&mut connection).map_err(BackendError::new)?;
            // A connection that failed is not used again.
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            Ok(done)
        };
        tokio::task::spawn_blocking(read).await.map_err(BackendError::new)?
    }
}
