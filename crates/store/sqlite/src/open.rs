//! Opening: where the database lives, who may open it, and how each connection is set up.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use store_record::{BackendError, BackendResult};

use crate::error::{io, sql};

/// How long a connection waits for another's lock.
const BUSY: Duration = Duration::from_secs(5);

/// Where a database lives.
#[derive(Debug)]
pub(crate) enum Place {
    /// In a file; the lock keeps a second process out.
    File { path: PathBuf, _lock: File },
    /// In memory, shared by this store's connections under this name.
    Memory { uri: String },
}

impl Place {
    pub(crate) fn file(path: &Path) -> BackendResult<Self> {
        let ours = |path: &Path| {
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
        };
        let lock = ours(&beside(path, "-lock")).map_err(|e| io("the lock file cannot be opened", &e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(BackendError::new("another process has the database open"));
            }
            Err(TryLockError::Error(e)) => return Err(io("the database cannot be locked", &e)),
        }
        // SQLite gives its -wal and -shm files the mode of this one.
        let file = ours(path).map_err(|e| io("the database file cannot be opened", &e))?;
        let mode = file.set_permissions(Permissions::from_mode(0o600));
        mode.map_err(|e| io("the database file cannot be made private", &e))?;
        Ok(Self::File { path: path.to_owned(), _lock: lock })
    }

    pub(crate) fn memory() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self::Memory { uri: format!("file:/keystead-{}?vfs=memdb", NEXT.fetch_add(1, Ordering::Relaxed)) }
    }

    /// A connection, set up for writing or reading.
    pub(crate) fn connect(&self) -> BackendResult<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self {
            Self::File { path, .. } => Connection::open_with_flags(path, flags),
            Self::Memory { uri } => Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI),
        };
        let connection = connection.map_err(sql)?;
        set_up(&connection).map_err(sql)?;
        Ok(connection)
    }

    /// Makes the names of new files durable.
    pub(crate) fn sync_folder(&self) -> BackendResult<()> {
        match self {
            Self::File { path, .. } => sync_folder_of(path),
            Self::Memory { .. } => Ok(()),
        }
    }
}

/// A file beside another.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Makes a new private file.
pub(crate) fn new_file(path: &Path) -> BackendResult<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.map_err(|e| io("the file cannot be made", &e))
}

/// Makes the names of new files in a file's folder durable.
pub(crate) fn sync_folder_of(path: &Path) -> BackendResult<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io("the folder cannot be synced", &e))
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // In memory SQLite keeps its memory journal instead; there is nothing to lose there.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.execute_batch(
        "pragma synchronous = full; pragma secure_delete = on; pragma temp_store = memory;
         pragma cell_size_check = on; pragma trusted_schema = off; pragma mmap_size = 0;",
    )?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Every look-up is by a whole key: its plan does not depend on the value, and preparing it anew for each is wasted.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
