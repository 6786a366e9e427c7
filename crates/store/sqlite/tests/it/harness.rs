//! A store over a real file.

use std::path::PathBuf;
use std::sync::Arc;

use keystead_store_sqlite::Sqlite;
use spi::Epochs;
use store_record::{FilePin, OpenError, Options, Parts, SealedStore};
use testkit::store_conformance::TestLog;
use testkit::store_conformance::sealer::TestSealer;

/// One data folder.
pub(crate) struct Files {
    folder: tempfile::TempDir,
    pub(crate) sealer: Arc<TestSealer>,
}

impl Files {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), sealer: Arc::new(TestSealer::new(1)) }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("keystead.db")
    }

    pub(crate) fn pin(&self) -> PathBuf {
        self.folder.path().join("pin")
    }

    pub(crate) async fn open(&self, log: &Arc<TestLog>) -> Result<SealedStore<Sqlite>, OpenError> {
        self.open_with(log, Options::default()).await
    }

    pub(crate) async fn open_with(
        &self,
        log: &Arc<TestLog>,
        options: Options,
    ) -> Result<SealedStore<Sqlite>, OpenError> {
        self.sealer.forget();
        let parts = Parts {
            backend: Sqlite::open(self.path()).map_err(OpenError::Backend)?,
            sealer: self.sealer.clone(),
            epochs: Arc::new(Epochs::default()),
            sink: log.clone(),
            pin: Box::new(FilePin::new(self.pin())),
        };
        SealedStore::open(parts, options).await
    }
}
