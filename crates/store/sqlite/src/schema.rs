//! The schema, and the handshake about it: a database of a version unknown to this program is refused, not guessed at.

use rusqlite::{Connection, OptionalExtension, params};
use store_record::{BackendError, BackendResult};

use crate::error::sql;

/// In the file's header: this is a Keystead store ("KEYS").
const APPLICATION_ID: i32 = 0x4b45_5953;

/// Each step once, in order; a released step never changes, and its checksum in the database says so.
///
/// Material stands in `secret`, apart from its row: slots are only ever appended and overwritten in place with as many
/// zeros, so that the b-tree never moves one. (A moved cell leaves a copy in its old page that `secure_delete` does
/// not see.)
const MIGRATIONS: [&str; 1] = ["
    create table meta (name text primary key, revision integer not null, value blob) without rowid;
    create table row (
        bucket integer not null, kind text not null, owner blob not null, id blob not null,
        revision integer not null, live integer not null, slot integer, sealed blob
    );
    create unique index row_by_key on row (bucket, kind, owner, id);
    create index row_by_small_kind on row (kind) where kind in ('epoch', 'kek');
    create table secret (slot integer primary key, sealed blob not null);
    create table ledger (bucket integer primary key, revision integer not null, sealed blob not null);
    create table idx (
        owner blob not null, name text not null, key blob not null, id blob not null,
        primary key (owner, name, key, id)
    ) without rowid;
    create table outbox (sequence integer primary key, sealed blob not null);
"];

/// Brings an empty or older database to this program's version.
pub(crate) fn handshake(connection: &mut Connection) -> BackendResult<()> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(sql)?;
    let have = version(&transaction)?;
    if have > MIGRATIONS.len() {
        return Err(newer(have));
    }
    for (at, step) in (1_u32..).zip(MIGRATIONS) {
        if usize::try_from(at).is_ok_and(|at| at > have) {
            transaction.execute_batch(step).map_err(sql)?;
            let insert = "insert into migration (version, checksum) values (?1, ?2)";
            transaction.execute(insert, params![at, checksum(step)]).map_err(sql)?;
            transaction.pragma_update(None, "user_version", at).map_err(sql)?;
        } else {
            confirm(&transaction, at, step)?;
        }
    }
    transaction.commit().map_err(sql)
}

/// The version of a database that must be one of ours already; nothing is written.
pub(crate) fn recognise(connection: &Connection) -> BackendResult<usize> {
    let number =
        |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map_err(sql);
    if number("application_id")? != APPLICATION_ID {
        return Err(BackendError::new("the file is no Keystead store"));
    }
    let have = usize::try_from(number("user_version")?).map_err(BackendError::new)?;
    let known = MIGRATIONS.get(..have).ok_or_else(|| newer(have))?;
    for (at, step) in (1_u32..).zip(known) {
        confirm(connection, at, step)?;
    }
    Ok(have)
}

fn newer(have: usize) -> BackendError {
    BackendError::new(format!(
        "the database has schema version {have}, this program knows {} at most; use a newer program",
        MIGRATIONS.len()
    ))
}

/// The version of a database; 0 for an empty one, which is marked as ours.
fn version(connection: &Connection) -> BackendResult<usize> {
    let number =
        |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map_err(sql);
    let tables = "select count(*) from sqlite_schema";
    let tables: i64 = connection.query_row(tables, [], |row| row.get(0)).map_err(sql)?;
    match number("application_id")? {
        APPLICATION_ID => usize::try_from(number("user_version")?).map_err(BackendError::new),
        0 if tables == 0 => {
            connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql)?;
            let table = "create table migration (version integer primary key, checksum text not null)";
            connection.execute_batch(table).map_err(sql)?;
            Ok(0)
        }
        _ => Err(BackendError::new("the file is a database, but not a Keystead store")),
    }
}

fn confirm(connection: &Connection, at: u32, step: &str) -> BackendResult<()> {
    let stored = "select checksum from migration where version = ?1";
    let stored: Option<String> =
        connection.query_row(stored, [at], |row| row.get(0)).optional().map_err(sql)?;
    if stored.as_deref() == Some(&*checksum(step)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_or_altered_schema_is_refused() {
        let mut db = Connection::open_in_memory().unwrap();
        handshake(&mut db).unwrap();
        handshake(&mut db).unwrap();
        db.execute("update migration set checksum = 'other'", []).unwrap();
        assert!(handshake(&mut db).is_err());
        let mut db = Connection::open_in_memory().unwrap();
        handshake(&mut db).unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        assert!(handshake(&mut db).unwrap_err().to_string().contains("newer program"));
        let mut foreign = Connection::open_in_memory().unwrap();
        foreign.execute_batch("create table t (x)").unwrap();
        assert!(handshake(&mut foreign).is_err());
    }
}
