//! The schema, and the handshake about it: as in `store/sqlite`, on this database's types.

use store_record::{BackendError, BackendResult};
use tokio_postgres::{Client, Transaction};

use crate::sql;

const MIGRATIONS: [&str; 1] = ["
    create table meta (name text primary key, revision bigint not null, value bytea);
    insert into meta values ('head', 0, null);
    create table row (
        bucket int not null, kind text not null, owner bytea not null, id bytea not null,
        revision bigint not null, live bool not null, sealed bytea,
        primary key (bucket, kind, owner, id)
    );
    create index row_by_small_kind on row (kind) where kind in ('epoch', 'kek');
    create table ledger (bucket int primary key, revision bigint not null, sealed bytea not null);
    create table idx (
        owner bytea not null, name text not null, key bytea not null, id bytea not null,
        primary key (owner, name, key, id)
    );
    create table outbox (sequence bigint primary key, sealed bytea not null);
"];

/// Brings an empty or older schema to this program's version; one node at a time.
pub(crate) async fn handshake(client: &mut Client) -> BackendResult<()> {
    let transaction = client.transaction().await.map_err(sql)?;
    let table = "create table if not exists migration (version int primary key, checksum text not null);
        lock table migration in exclusive mode";
    transaction.batch_execute(table).await.map_err(sql)?;
    let have: Option<i32> = transaction
        .query_one("select max(version) from migration", &[])
        .await
        .and_then(|row| row.try_get(0))
        .map_err(sql)?;
    let (have, known) = (have.unwrap_or(0), i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX));
    if have > known {
        return Err(BackendError::new(format!(
            "the database has schema version {have}, this program knows {known} at most; use a newer program"
        )));
    }
    for (at, step) in (1_i32..).zip(MIGRATIONS) {
        if at > have { apply(&transaction, at, step).await? } else { confirm(&transaction, at, step).await? }
    }
    transaction.commit().await.map_err(sql)
}

async fn apply(transaction: &Transaction<'_>, at: i32, step: &str) -> BackendResult<()> {
    transaction.batch_execute(step).await.map_err(sql)?;
    let insert = "insert into migration (version, checksum) values ($1, $2)";
    transaction.execute(insert, &[&at, &checksum(step)]).await.map(|_| ()).map_err(sql)
}

async fn confirm(transaction: &Transaction<'_>, at: i32, step: &str) -> BackendResult<()> {
    let stored = "select checksum from migration where version = $1";
    let stored = transaction.query_opt(stored, &[&at]).await.map_err(sql)?;
    let stored: Option<String> = stored.map(|row| row.try_get(0)).transpose().map_err(sql)?;
    if stored == Some(checksum(step)) {
        return Ok(());
    }
    Err(BackendError::new(format!("migration {at} of this database is not the one this program knows")))
}

/// FNV-1a, 64 bits: against mistakes, not against malice.
fn checksum(step: &str) -> String {
    let hash = step.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
