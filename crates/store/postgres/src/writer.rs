//! The writing side: one connection of its own, driven from the store's writer thread. A connection that broke is
//! replaced at the next transaction.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use store_record::{BackendError, BackendResult, CommitFailure, IndexRow, Row, RowKey, Writer};
use tokio::runtime::Handle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Statement};

use crate::{signed, sql, unsigned};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// A node that freezes inside its transaction is cut off, or it would stop all others; each commit is on disk here
/// before it is acknowledged, whatever the server's default.
const SET_UP: &str = "set idle_in_transaction_session_timeout = '10s'; set lock_timeout = '10s';
    set synchronous_commit = on";

/// The writing side of a PostgreSQL database.
pub struct PostgresWriter {
    config: Config,
    runtime: Handle,
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

impl PostgresWriter {
    pub(crate) fn connect(config: Config, runtime: Handle) -> BackendResult<Self> {
        let client = connect(&config, &runtime)?;
        Ok(Self { config, runtime, client, prepared: HashMap::new() })
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, tokio_postgres::Error>>) -> BackendResult<T> {
        self.runtime.block_on(work).map_err(sql)
    }

    fn prepared(&mut self, statement: &'static str) -> BackendResult<Statement> {
        if let Some(prepared) = self.prepared.get(statement) {
            return Ok(prepared.clone());
        }
        let prepared = self.wait(self.client.prepare(statement))?;
        self.prepared.insert(statement, prepared.clone());
        Ok(prepared)
    }

    fn run(&mut self, statement: &'static str, params: Params<'_>) -> BackendResult<()> {
        let prepared = self.prepared(statement)?;
        self.wait(self.client.execute(&prepared, params)).map(|_| ())
    }

    fn all<T>(
        &mut self,
        statement: &'static str,
        params: Params<'_>,
        read: impl Fn(&tokio_postgres::Row) -> Result<T, tokio_postgres::Error>,
    ) -> BackendResult<Vec<T>> {
        let prepared = self.prepared(statement)?;
        let rows = self.wait(self.client.query(&prepared, params))?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(sql)
    }

    fn one<T>(
        &mut self,
        statement: &'static str,
        params: Params<'_>,
        read: impl Fn(&tokio_postgres::Row) -> Result<T, tokio_postgres::Error>,
    ) -> BackendResult<Option<T>> {
        self.all(statement, params, read).map(|rows| rows.into_iter().next())
    }
}

fn connect(config: &Config, runtime: &Handle) -> BackendResult<Client> {
    let connecting = async {
        let connected = tokio::time::timeout(CONNECT, config.connect(NoTls)).await;
        let (client, connection) =
            connected.map_err(|_| BackendError::new("connecting took too long"))?.map_err(sql)?;
        tokio::spawn(async move {
            if let Err(why) = connection.await {
                tracing::warn!(%why, "the writer's connection ended");
            }
        });
        client.batch_execute(SET_UP).await.map_err(sql)?;
        Ok(client)
    };
    runtime.block_on(connecting)
}

impl Writer for PostgresWriter {
    /// The head row's lock is what makes a transaction the only one.
    fn begin(&mut self) -> BackendResult<()> {
        if self.client.is_closed() {
            self.client = connect(&self.config, &self.runtime)?;
            self.prepared.clear();
        }
        self.wait(self.client.batch_execute("begin isolation level read committed"))?;
        let locked = self.one("select 1 from meta where name = 'head' for update", &[], |_| Ok(()))?;
        locked.ok_or_else(|| BackendError::new("the head row is missing"))
    }

    fn commit(&mut self) -> Result<(), CommitFailure> {
        self.wait(self.client.batch_execute("commit")).map_err(CommitFailure::Unknown)
    }

    fn rollback(&mut self) {
        // On a broken connection the server rolls back by itself.
        drop(self.wait(self.client.batch_execute("rollback")));
    }

    fn head(&mut self) -> BackendResult<Option<Row>> {
        self.one("select revision, value from meta where name = 'head'", &[], plain_row)
    }

    fn put_head(&mut self, revision: u64, sealed: &[u8]) -> BackendResult<()> {
        self.run(
            "update meta set revision = $1, value = $2 where name = 'head'",
            &[&signed(revision), &sealed],
        )
    }

    fn row(&mut self, key: &RowKey, bucket: u16) -> BackendResult<Option<Row>> {
        let select = "select revision, case when live then sealed end from row
            where bucket = $1 and kind = $2 and owner = $3 and id = $4";
        self.one(select, &[&i32::from(bucket), &&*key.kind, &key.owner, &key.id], plain_row)
    }

    fn put_row(&mut self, key: &RowKey, bucket: u16, row: &Row) -> BackendResult<()> {
        let upsert = "insert into row (bucket, kind, owner, id, revision, live, sealed)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (bucket, kind, owner, id) do update set
            revision = excluded.revision, live = excluded.live, sealed = excluded.sealed";
        let (bucket, revision, live) = (i32::from(bucket), signed(row.revision), row.sealed.is_some());
        self.run(upsert, &[&bucket, &&*key.kind, &key.owner, &key.id, &revision, &live, &row.sealed])
    }

    fn rows_of(&mut self, kind: &'static str) -> BackendResult<Vec<(RowKey, Row)>> {
        // The kind spelt out, so that the partial index serves.
        let select = match kind {
            "epoch" => "select owner, id, revision, sealed from row where kind = 'epoch'",
            "kek" => "select owner, id, revision, sealed from row where kind = 'kek'",
            _ => return Err(BackendError::new("rows of this kind are too many")),
        };
        self.all(select, &[], |row| {
            let key = RowKey { kind: kind.into(), owner: row.try_get(0)?, id: row.try_get(1)? };
            Ok((key, Row { revision: unsigned(row.try_get(2)?), sealed: row.try_get(3)? }))
        })
    }

    fn buckets(&mut self) -> BackendResult<Vec<(u16, Row)>> {
        let rows = self.all("select bucket, revision, sealed from ledger", &[], |row| {
            let bucket: i32 = row.try_get(0)?;
            Ok((bucket, Row { revision: unsigned(row.try_get(1)?), sealed: row.try_get(2)? }))
        })?;
        let narrow = |(bucket, row)| u16::try_from(bucket).map(|b| (b, row)).map_err(BackendError::new);
        rows.into_iter().map(narrow).collect()
    }

    fn put_bucket(&mut self, bucket: u16, revision: u64, sealed: &[u8]) -> BackendResult<()> {
        let upsert = "insert into ledger (bucket, revision, sealed) values ($1, $2, $3)
            on conflict (bucket) do update set revision = excluded.revision, sealed = excluded.sealed";
        self.run(upsert, &[&i32::from(bucket), &signed(revision), &sealed])
    }

    fn index_holders(
        &mut self,
        owner: &[u8],
        index: &'static str,
        key: &[u8],
    ) -> BackendResult<Vec<Vec<u8>>> {
        let held = "select id from idx where owner = $1 and name = $2 and key = $3 limit 2";
        self.all(held, &[&owner, &index, &key], |row| row.try_get(0))
    }

    fn add_index(&mut self, row: &IndexRow) -> BackendResult<()> {
        let insert = "insert into idx (owner, name, key, id) values ($1, $2, $3, $4) on conflict do nothing";
        self.run(insert, &[&row.owner, &row.index, &row.key, &row.id])
    }

    fn remove_index(&mut self, row: &IndexRow) -> BackendResult<()> {
        let delete = "delete from idx where owner = $1 and name = $2 and key = $3 and id = $4";
        self.run(delete, &[&row.owner, &row.index, &row.key, &row.id])
    }

    fn put_outbox(&mut self, sequence: u64, sealed: &[u8]) -> BackendResult<()> {
        let upsert = "insert into outbox (sequence, sealed) values ($1, $2)
            on conflict (sequence) do update set sealed = excluded.sealed";
        self.run(upsert, &[&signed(sequence), &sealed])
    }

    fn outbox_after(&mut self, sequence: u64, limit: usize) -> BackendResult<Vec<(u64, Vec<u8>)>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let select = "select sequence, sealed from outbox where sequence > $1 order by sequence limit $2";
        self.all(select, &[&signed(sequence), &limit], |row| Ok((unsigned(row.try_get(0)?), row.try_get(1)?)))
    }

    fn forget_outbox(&mut self, through: u64) -> BackendResult<()> {
        self.run("delete from outbox where sequence <= $1", &[&signed(through)])
    }

    fn meta(&mut self, name: &str) -> BackendResult<Option<Vec<u8>>> {
        let value = self.one("select value from meta where name = $1", &[&name], |row| row.try_get(0))?;
        Ok(value.flatten())
    }

    fn set_meta(&mut self, name: &str, value: &[u8]) -> BackendResult<()> {
        let upsert = "insert into meta (name, revision, value) values ($1, 1, $2)
            on conflict (name) do update set revision = meta.revision + 1, value = excluded.value";
        self.run(upsert, &[&name, &value])
    }

    /// The live row no longer holds the bytes. Old row versions and WAL are the server's; this store cannot erase them
    /// and does not say so.
    fn scrub(&mut self) -> BackendResult<()> {
        Ok(())
    }
}

fn plain_row(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    Ok(Row { revision: unsigned(row.try_get(0)?), sealed: row.try_get(1)? })
}
