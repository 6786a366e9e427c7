//! The reading side, and the way in.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use store_record::{Backend, BackendError, BackendResult, IndexRange, Lookup, Member, Row, RowKey, Snapshot};

use crate::copy::copy_into;
use crate::error::unsigned;
use crate::open::Place;
use crate::readers::Readers;
use crate::schema;
use crate::writer::SqliteWriter;

/// A SQLite database of sealed rows.
#[derive(Debug)]
pub struct Sqlite {
    place: Arc<Place>,
    readers: Readers,
    /// Keeps a database in memory alive while nobody reads or writes.
    _anchor: std::sync::Mutex<Connection>,
}

impl Sqlite {
    /// Opens or makes a database file, 0600, and brings its schema up to date. Needs nothing unsealed.
    ///
    /// # Errors
    /// [`BackendError`]: another process has it open, it is no store, or its schema is unknown.
    pub fn open(path: impl AsRef<Path>) -> BackendResult<Self> {
        Self::at(Place::file(path.as_ref())?)
    }

    /// A fresh database in memory.
    ///
    /// # Errors
    /// [`BackendError`].
    pub fn in_memory() -> BackendResult<Self> {
        Self::at(Place::memory())
    }

    fn at(place: Place) -> BackendResult<Self> {
        let mut first = place.connect()?;
        schema::handshake(&mut first)?;
        place.sync_folder()?;
        let place = Arc::new(place);
        Ok(Self { readers: Readers::new(Arc::clone(&place)), place, _anchor: std::sync::Mutex::new(first) })
    }
}

#[async_trait]
impl Backend for Sqlite {
    type Writer = SqliteWriter;

    fn writer(&self) -> BackendResult<SqliteWriter> {
        Ok(SqliteWriter::new(self.place.connect()?, matches!(*self.place, Place::File { .. })))
    }

    async fn lookup(&self, key: &RowKey, bucket: u16) -> BackendResult<Lookup> {
        let key = key.clone();
        self.readers.read(move |db| lookup(db, &key, bucket)).await
    }

    async fn snapshot(&self, key: &RowKey, bucket: u16) -> BackendResult<Snapshot> {
        let key = key.clone();
        let read = move |db: &mut Connection| {
            let instant = db.transaction()?;
            Ok(Snapshot { lookup: lookup(&instant, &key, bucket)?, members: members(&instant, bucket)? })
        };
        self.readers.read(read).await
    }

    async fn scan(&self, range: &IndexRange) -> BackendResult<Vec<(Vec<u8>, Vec<u8>)>> {
        let range = range.clone();
        self.readers.read(move |db| scan(db, &range)).await
    }

    async fn meta(&self, name: &str) -> BackendResult<Option<Vec<u8>>> {
        let name = name.to_owned();
        self.readers.read(move |db| meta(db, &name)).await
    }

    async fn set_meta(&self, name: &str, value: &[u8]) -> BackendResult<()> {
        let (name, value) = (name.to_owned(), value.to_vec());
        self.readers.read(move |db| set_meta(db, &name, &value)).await
    }

    async fn backup(&self, to: &Path) -> BackendResult<()> {
        let (place, to) = (Arc::clone(&self.place), to.to_owned());
        let copy = move || copy_into(&place.connect()?, &to, &mut |_, _| {});
        tokio::task::spawn_blocking(copy).await.map_err(BackendError::new)?
    }
}

/// In one statement, so at one instant.
fn lookup(db: &Connection, key: &RowKey, bucket: u16) -> rusqlite::Result<Lookup> {
    let mut statement = db.prepare_cached(
        "select r.revision, case when r.live = 1 then coalesce(r.sealed, s.sealed) end, l.revision, l.sealed
         from (select 1) left join row r on r.bucket = ?1 and r.kind = ?2 and r.owner = ?3 and r.id = ?4
         left join secret s on s.slot = r.slot left join ledger l on l.bucket = ?1",
    )?;
    statement.query_row(params![bucket, key.kind, key.owner, key.id], |row| {
        let part = |revision: Option<i64>, sealed| revision.map(|r| Row { revision: unsigned(r), sealed });
        Ok(Lookup { row: part(row.get(0)?, row.get(1)?), bucket: part(row.get(2)?, row.get(3)?) })
    })
}

fn members(db: &Connection, bucket: u16) -> rusqlite::Result<Vec<Member>> {
    let mut statement =
        db.prepare_cached("select kind, owner, id, revision, live from row where bucket = ?1")?;
    let rows = statement.query_map([bucket], |row| {
        let key = RowKey { kind: row.get::<_, String>(0)?.into(), owner: row.get(1)?, id: row.get(2)? };
        Ok(Member { key, revision: unsigned(row.get(3)?), live: row.get::<_, i64>(4)? == 1 })
    })?;
    rows.collect()
}

fn scan(db: &Connection, range: &IndexRange) -> rusqlite::Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let IndexRange { owner, index, from, below, limit } = range;
    let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(
        "select key, id from idx where owner = ?1 and name = ?2 and key >= ?3 and key < ?4
         order by key, id limit ?5",
    )?;
    let rows = statement
        .query_map(params![owner, index, from, below, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

pub(crate) fn meta(db: &Connection, name: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = db.prepare_cached("select value from meta where name = ?1")?;
    statement.query_row([name], |row| row.get(0)).optional()
}

pub(crate) fn set_meta(db: &Connection, name: &str, value: &[u8]) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "insert into meta (name, revision, value) values (?1, 1, ?2)
         on conflict (name) do update set revision = revision + 1, value = excluded.value",
    )?;
    statement.execute(params![name, value]).map(|_| ())
}
