//! A database as seen from another process: copied whole while a server writes it, or examined without a trace.
//! Neither takes the lock that keeps a second server out, and neither can write to the database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use store_record::{BackendError, BackendResult};

use crate::error::{io, sql, unsigned};
use crate::open::{beside, new_file, sync_folder_of};
use crate::schema;

/// Pages copied between two looks at the progress.
const PAGES: i32 = 1024;
/// How long to wait for a lock of the writer's.
const BUSY: Duration = Duration::from_secs(5);

/// Copies a database file, as of one instant, to a new file, 0600 and durable. A server may write it meanwhile.
/// `progress` is told pages done and pages in all.
///
/// # Errors
/// [`BackendError`]: it is no store of ours, its schema is unknown, or a file cannot be read or made.
pub fn copy(from: &Path, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> BackendResult<()> {
    let from = read_only(from, false)?;
    schema::recognise(&from)?;
    copy_into(&from, to, progress)
}

/// The copy holds one reading transaction for all of it: if each step had its own, a busy writer would make it begin
/// again and again. Erasing a key's material waits for it.
pub(crate) fn copy_into(
    from: &Connection,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> BackendResult<()> {
    let file = new_file(to)?;
    let mut into = Connection::open(to).map_err(sql)?;
    from.execute_batch("begin; select count(*) from sqlite_schema;").map_err(sql)?;
    let copied = run(from, &mut into, progress);
    from.execute_batch("rollback").map_err(sql)?;
    copied?;
    into.close().map_err(|(_, e)| sql(e))?;
    file.sync_all().map_err(|e| io("the backup is not durable", &e))?;
    sync_folder_of(to)
}

fn run(from: &Connection, into: &mut Connection, progress: &mut dyn FnMut(u64, u64)) -> BackendResult<()> {
    let backup = Backup::new(from, into).map_err(sql)?;
    loop {
        let step = backup.step(PAGES).map_err(sql)?;
        let (left, all) = (backup.progress().remaining, backup.progress().pagecount);
        progress(u64::try_from(all - left).unwrap_or(0), u64::try_from(all).unwrap_or(0));
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// What can be said of a database without its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Version of its schema, known to this program.
    pub schema: usize,
    /// Bytes of its pages.
    pub bytes: u64,
    /// The installation's id, once a server has opened it.
    pub installation: Option<Vec<u8>>,
    /// The last change, as the head's clear column says.
    pub revision: u64,
}

/// Examines a database and leaves no trace: schema, structure of every page, installation. A server may run.
///
/// # Errors
/// [`BackendError`]: what is wrong with it.
pub fn examine(path: &Path) -> BackendResult<Examined> {
    // Without a write-ahead log nobody has it open, and SQLite need not make the files that go with one.
    let quiet = !beside(path, "-wal").exists();
    let db = read_only(path, quiet)?;
    let schema = schema::recognise(&db)?;
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(sql);
    let bytes = number("page_count")?.saturating_mul(number("page_size")?);
    let verdict: String = db.query_row("pragma quick_check(1)", [], |row| row.get(0)).map_err(sql)?;
    if verdict != "ok" {
        return Err(BackendError::new(format!("the database is damaged: {verdict}")));
    }
    let installation = crate::backend::meta(&db, "installation").map_err(sql)?;
    let revision = "select revision from meta where name = 'head'";
    let revision = db.query_row(revision, [], |row| row.get::<_, i64>(0)).optional().map_err(sql)?;
    let bytes = u64::try_from(bytes).unwrap_or(0);
    Ok(Examined { schema, bytes, installation, revision: revision.map_or(0, unsigned) })
}

fn read_only(path: &Path, immutable: bool) -> BackendResult<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let db = Connection::open_with_flags(uri(path, immutable)?, flags).map_err(sql)?;
    db.busy_timeout(BUSY).map_err(sql)?;
    let set_up = "pragma trusted_schema = off; pragma cell_size_check = on; pragma mmap_size = 0;";
    db.execute_batch(set_up).map_err(sql)?;
    Ok(db)
}

/// The path as a URI, in which `?`, `#` and `%` mean something else.
fn uri(path: &Path, immutable: bool) -> BackendResult<String> {
    let path: PathBuf = std::path::absolute(path).map_err(|e| io("the path cannot be used", &e))?;
    let text = path.to_str().ok_or_else(|| BackendError::new("the path is not in UTF-8"))?;
    let text = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("file:{text}{}", if immutable { "?immutable=1" } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sqlite;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn examining_leaves_no_trace_even_under_an_odd_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("odd?name#50%.db");
        drop(Sqlite::open(&path).unwrap());
        let before = (names(folder.path()), std::fs::read(&path).unwrap());
        let found = examine(&path).unwrap();
        assert_eq!((found.schema, found.installation), (1, None));
        assert_eq!((names(folder.path()), std::fs::read(&path).unwrap()), before);
    }

    #[test]
    fn what_is_no_store_is_neither_examined_nor_copied() {
        let folder = tempfile::tempdir().unwrap();
        let foreign = folder.path().join("foreign.db");
        Connection::open(&foreign).unwrap().execute_batch("create table t (x)").unwrap();
        for path in [foreign, folder.path().join("absent.db")] {
            assert!(examine(&path).is_err());
            assert!(copy(&path, &folder.path().join("copy"), &mut |_, _| {}).is_err());
        }
        assert!(!folder.path().join("absent.db").exists());
    }

    #[test]
    fn a_copy_is_whole_although_somebody_writes_between_its_steps() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keystead.db");
        let _open = Sqlite::open(&path).unwrap();
        let writer = Connection::open(&path).unwrap();
        let insert = "insert into secret (sealed) values (zeroblob(20000000))";
        writer.execute(insert, []).unwrap();
        let (mut steps, to) = (0, folder.path().join("copy"));
        let write = &mut |_, _| {
            steps += 1;
            writer.execute("insert into secret (sealed) values (zeroblob(1000000))", []).unwrap();
        };
        copy(&path, &to, write).unwrap();
        assert!(steps > 2, "it was copied in {steps} steps");
        let count: i64 = Connection::open(&to)
            .unwrap()
            .query_row("select count(*) from secret", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 1, "what was written after it began is not in it");
    }
}
