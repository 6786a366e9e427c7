//! The reading side, and the way in.

use std::path::Path;

use async_trait::async_trait;
use deadpool_postgres::{Manager, Object, Pool};
use store_record::{Backend, BackendError, BackendResult, IndexRange, Lookup, Member, Row, RowKey, Snapshot};
use tokio::runtime::Handle;
use tokio_postgres::{Config, IsolationLevel, NoTls};

use crate::writer::PostgresWriter;
use crate::{schema, sql, unsigned};

/// Most reads at one time.
const MOST: usize = 8;

/// The row and its bucket in one statement, so at one instant.
const LOOKUP: &str = "select r.revision, case when r.live then r.sealed end, l.revision, l.sealed
    from (select 1) one left join row r on r.bucket = $1 and r.kind = $2 and r.owner = $3 and r.id = $4
    left join ledger l on l.bucket = $1";

/// A PostgreSQL database of sealed rows, in the schema that comes first in the search path.
pub struct Postgres {
    config: Config,
    pool: Pool,
    runtime: Handle,
}

impl Postgres {
    /// Connects and brings the schema up to date. Call it inside a tokio runtime, which must outlive the store.
    ///
    /// # Errors
    /// [`BackendError`]: the server does not answer, or its schema is unknown.
    pub async fn open(config: Config) -> BackendResult<Self> {
        let (mut client, connection) = config.connect(NoTls).await.map_err(sql)?;
        let driver = tokio::spawn(connection);
        schema::handshake(&mut client).await?;
        driver.abort();
        let pool = Pool::builder(Manager::new(config.clone(), NoTls)).max_size(MOST).build();
        Ok(Self { config, pool: pool.map_err(BackendError::new)?, runtime: Handle::current() })
    }

    async fn reader(&self) -> BackendResult<Object> {
        self.pool.get().await.map_err(BackendError::new)
    }
}

#[async_trait]
impl Backend for Postgres {
    type Writer = PostgresWriter;

    fn writer(&self) -> BackendResult<PostgresWriter> {
        PostgresWriter::connect(self.config.clone(), self.runtime.clone())
    }

    async fn lookup(&self, key: &RowKey, bucket: u16) -> BackendResult<Lookup> {
        let reader = self.reader().await?;
        let statement = reader.prepare_cached(LOOKUP).await.map_err(sql)?;
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&i32::from(bucket), &&*key.kind, &key.owner, &key.id];
        let row = reader.query_one(&statement, &params).await.map_err(sql)?;
        found(&row).map_err(sql)
    }

    async fn snapshot(&self, key: &RowKey, bucket: u16) -> BackendResult<Snapshot> {
        let mut reader = self.reader().await?;
        let instant =
            reader.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        let instant = instant.start().await.map_err(sql)?;
        let bucket = i32::from(bucket);
        let row =
            instant.query_one(LOOKUP, &[&bucket, &&*key.kind, &key.owner, &key.id]).await.map_err(sql)?;
        let lookup = found(&row).map_err(sql)?;
        let select = "select kind, owner, id, revision, live from row where bucket = $1";
        let rows = instant.query(select, &[&bucket]).await.map_err(sql)?;
        let members = rows.iter().map(member).collect::<Result<_, _>>().map_err(sql)?;
        Ok(Snapshot { lookup, members })
    }

    async fn scan(&self, range: &IndexRange) -> BackendResult<Vec<(Vec<u8>, Vec<u8>)>> {
        let reader = self.reader().await?;
        let select = "select key, id from idx where owner = $1 and name = $2 and key >= $3 and key < $4
            order by key, id limit $5";
        let statement = reader.prepare_cached(select).await.map_err(sql)?;
        let IndexRange { owner, index, from, below, limit } = range;
        let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
        let rows = reader.query(&statement, &[owner, index, from, below, &limit]).await.map_err(sql)?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(sql)
    }

    async fn meta(&self, name: &str) -> BackendResult<Option<Vec<u8>>> {
        let select = "select value from meta where name = $1";
        let row = self.reader().await?.query_opt(select, &[&name]).await.map_err(sql)?;
        row.map(|row| row.try_get(0)).transpose().map(Option::flatten).map_err(sql)
    }

    async fn set_meta(&self, name: &str, value: &[u8]) -> BackendResult<()> {
        let upsert = "insert into meta (name, revision, value) values ($1, 1, $2)
            on conflict (name) do update set revision = meta.revision + 1, value = excluded.value";
        self.reader().await?.execute(upsert, &[&name, &value]).await.map(|_| ()).map_err(sql)
    }

    async fn backup(&self, _to: &Path) -> BackendResult<()> {
        Err(BackendError::new(
            "a PostgreSQL store is backed up with PostgreSQL's own tools (`pg_basebackup`)",
        ))
    }
}

fn found(row: &tokio_postgres::Row) -> Result<Lookup, tokio_postgres::Error> {
    let part = |revision: Option<i64>, sealed| revision.map(|r| Row { revision: unsigned(r), sealed });
    Ok(Lookup { row: part(row.try_get(0)?, row.try_get(1)?), bucket: part(row.try_get(2)?, row.try_get(3)?) })
}

fn member(row: &tokio_postgres::Row) -> Result<Member, tokio_postgres::Error> {
    let key =
        RowKey { kind: row.try_get::<_, String>(0)?.into(), owner: row.try_get(1)?, id: row.try_get(2)? };
    Ok(Member { key, revision: unsigned(row.try_get(3)?), live: row.try_get(4)? })
}
