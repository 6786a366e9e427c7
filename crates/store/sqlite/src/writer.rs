//! The one writing connection.

use rusqlite::{Connection, OptionalExtension, params};
use store_record::{BackendError, BackendResult, CommitFailure, IndexRow, MATERIAL, Row, RowKey, Writer};

use crate::backend::{meta, set_meta};
use crate::error::{refused_before_its_end, signed, sql, unsigned};

/// The writing side of a SQLite database.
#[derive(Debug)]
pub struct SqliteWriter {
    db: Connection,
    /// Whether there are files to scrub.
    filed: bool,
}

impl SqliteWriter {
    pub(crate) const fn new(db: Connection, filed: bool) -> Self {
        Self { db, filed }
    }

    fn run(&self, statement: &str, params: impl rusqlite::Params) -> BackendResult<usize> {
        self.db.prepare_cached(statement).and_then(|mut s| s.execute(params)).map_err(sql)
    }

    fn one<T>(
        &self,
        statement: &str,
        params: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> BackendResult<Option<T>> {
        self.db.prepare_cached(statement).and_then(|mut s| s.query_row(params, read).optional()).map_err(sql)
    }

    fn all<T>(
        &self,
        statement: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> BackendResult<Vec<T>> {
        let read = |mut s: rusqlite::CachedStatement<'_>| s.query_map(params, read)?.collect();
        self.db.prepare_cached(statement).and_then(read).map_err(sql)
    }

    /// Material goes to a slot of its own; the slot it had before is overwritten in place with as many zeros.
    fn put_material(&self, key: &RowKey, bucket: u16, row: &Row) -> BackendResult<()> {
        let RowKey { kind, owner, id } = key;
        self.run(
            "update secret set sealed = zeroblob(length(sealed)) where slot =
             (select slot from row where bucket = ?1 and kind = ?2 and owner = ?3 and id = ?4)",
            params![bucket, kind, owner, id],
        )?;
        let slot = match &row.sealed {
            Some(sealed) => {
                self.run("insert into secret (sealed) values (?1)", [sealed])?;
                Some(self.db.last_insert_rowid())
            }
            None => None,
        };
        self.upsert(key, bucket, row.revision, row.sealed.is_some(), slot, None)
    }

    fn upsert(
        &self,
        key: &RowKey,
        bucket: u16,
        revision: u64,
        live: bool,
        slot: Option<i64>,
        sealed: Option<&[u8]>,
    ) -> BackendResult<()> {
        let RowKey { kind, owner, id } = key;
        self.run(
            "insert into row (bucket, kind, owner, id, revision, live, slot, sealed)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (bucket, kind, owner, id) do update set
             revision = excluded.revision, live = excluded.live, slot = excluded.slot, sealed = excluded.sealed",
            params![bucket, kind, owner, id, signed(revision), live, slot, sealed],
        )?;
        Ok(())
    }
}

impl Writer for SqliteWriter {
    fn begin(&mut self) -> BackendResult<()> {
        self.run("begin immediate", []).map(|_| ())
    }

    fn commit(&mut self) -> Result<(), CommitFailure> {
        let Err(why) = self.db.prepare_cached("commit").and_then(|mut s| s.execute([])) else {
            return Ok(());
        };
        let refused = refused_before_its_end(&why);
        self.rollback();
        let undone = refused && self.db.is_autocommit();
        Err(if undone { CommitFailure::Undone(sql(why)) } else { CommitFailure::Unknown(sql(why)) })
    }

    fn rollback(&mut self) {
        // SQLite itself may have rolled back already.
        if !self.db.is_autocommit() {
            drop(self.run("rollback", []));
        }
    }

    fn head(&mut self) -> BackendResult<Option<Row>> {
        self.one("select revision, value from meta where name = 'head'", [], plain_row)
    }

    fn put_head(&mut self, revision: u64, sealed: &[u8]) -> BackendResult<()> {
        let upsert = "insert into meta (name, revision, value) values ('head', ?1, ?2)
            on conflict (name) do update set revision = excluded.revision, value = excluded.value";
        self.run(upsert, params![signed(revision), sealed]).map(|_| ())
    }

    fn row(&mut self, key: &RowKey, bucket: u16) -> BackendResult<Option<Row>> {
        self.one(
            "select r.revision, case when r.live = 1 then coalesce(r.sealed, s.sealed) end
             from row r left join secret s on s.slot = r.slot
             where r.bucket = ?1 and r.kind = ?2 and r.owner = ?3 and r.id = ?4",
            params![bucket, key.kind, key.owner, key.id],
            plain_row,
        )
    }

    fn put_row(&mut self, key: &RowKey, bucket: u16, row: &Row) -> BackendResult<()> {
        if key.kind == MATERIAL {
            return self.put_material(key, bucket, row);
        }
        self.upsert(key, bucket, row.revision, row.sealed.is_some(), None, row.sealed.as_deref())
    }

    fn rows_of(&mut self, kind: &'static str) -> BackendResult<Vec<(RowKey, Row)>> {
        // Two statements with the kind spelt out, so that SQLite takes the partial index.
        let statement = match kind {
            "epoch" => "select owner, id, revision, sealed from row where kind = 'epoch'",
            "kek" => "select owner, id, revision, sealed from row where kind = 'kek'",
            _ => return Err(BackendError::new("rows of this kind are too many")),
        };
        self.all(statement, [], |row| {
            let key = RowKey { kind: kind.into(), owner: row.get(0)?, id: row.get(1)? };
            Ok((key, Row { revision: unsigned(row.get(2)?), sealed: row.get(3)? }))
        })
    }

    fn buckets(&mut self) -> BackendResult<Vec<(u16, Row)>> {
        self.all("select bucket, revision, sealed from ledger", [], |row| {
            Ok((row.get(0)?, Row { revision: unsigned(row.get(1)?), sealed: row.get(2)? }))
        })
    }

    fn put_bucket(&mut self, bucket: u16, revision: u64, sealed: &[u8]) -> BackendResult<()> {
        let upsert = "insert into ledger (bucket, revision, sealed) values (?1, ?2, ?3)
            on conflict (bucket) do update set revision = excluded.revision, sealed = excluded.sealed";
        self.run(upsert, params![bucket, signed(revision), sealed]).map(|_| ())
    }

    fn index_holders(
        &mut self,
        owner: &[u8],
        index: &'static str,
        key: &[u8],
    ) -> BackendResult<Vec<Vec<u8>>> {
        let held = "select id from idx where owner = ?1 and name = ?2 and key = ?3 limit 2";
        self.all(held, params![owner, index, key], |row| row.get(0))
    }

    fn add_index(&mut self, row: &IndexRow) -> BackendResult<()> {
        let insert = "insert or ignore into idx (owner, name, key, id) values (?1, ?2, ?3, ?4)";
        self.run(insert, params![row.owner, row.index, row.key, row.id]).map(|_| ())
    }

    fn remove_index(&mut self, row: &IndexRow) -> BackendResult<()> {
        let delete = "delete from idx where owner = ?1 and name = ?2 and key = ?3 and id = ?4";
        self.run(delete, params![row.owner, row.index, row.key, row.id]).map(|_| ())
    }

    fn put_outbox(&mut self, sequence: u64, sealed: &[u8]) -> BackendResult<()> {
        // An accepted rollback may leave rows of a timeline that is gone.
        let insert = "insert or replace into outbox (sequence, sealed) values (?1, ?2)";
        self.run(insert, params![signed(sequence), sealed]).map(|_| ())
    }

    fn outbox_after(&mut self, sequence: u64, limit: usize) -> BackendResult<Vec<(u64, Vec<u8>)>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let select = "select sequence, sealed from outbox where sequence > ?1 order by sequence limit ?2";
        self.all(select, params![signed(sequence), limit], |row| Ok((unsigned(row.get(0)?), row.get(1)?)))
    }

    fn forget_outbox(&mut self, through: u64) -> BackendResult<()> {
        self.run("delete from outbox where sequence <= ?1", [signed(through)]).map(|_| ())
    }

    fn meta(&mut self, name: &str) -> BackendResult<Option<Vec<u8>>> {
        meta(&self.db, name).map_err(sql)
    }

    fn set_meta(&mut self, name: &str, value: &[u8]) -> BackendResult<()> {
        set_meta(&self.db, name, value).map_err(sql)
    }

    /// Moves the whole write-ahead log into the database and cuts it to nothing; waits for readers as long as for any
    /// lock.
    fn scrub(&mut self) -> BackendResult<()> {
        if !self.filed {
            return Ok(());
        }
        let busy = self.one("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0))?;
        if busy == Some(0) { Ok(()) } else { Err(BackendError::new("a reader holds the write-ahead log")) }
    }
}

fn plain_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row { revision: unsigned(row.get(0)?), sealed: row.get(1)? })
}
