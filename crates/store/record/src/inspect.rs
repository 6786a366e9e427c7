//! Looking over a whole database that nobody writes to: a backup, or what is being restored. Every row is counted
//! against the revision ledger and opened in its place, and every name that a record bears must lead to it, so that
//! what passes here is known to serve.

use std::collections::BTreeMap;

use domain::Owner;
use secret::{Exposure, SecretBytes};
use spi::{Kek, PrfUse, SealError, Sealer};

use crate::backend::{Backend, BackendError, IndexRange, MATERIAL, Member, Row, RowKey, Writer};
use crate::envelope::Named;
use crate::error::OpenError;
use crate::head::{Head, open_bucket};
use crate::keks::Keks;
use crate::ledger::{BUCKETS, Sum, bucket_of, element};
use crate::pin::PinState;
use crate::plan::{index_word, outbox_aad};
use crate::recover::INSTALLATION;
use crate::rows::{COUNTER, EPOCH, HEARTBEAT, KEK, kek_of, owner_of};

/// Outbox rows read at once.
const OUTBOX_PAGE: usize = 256;

/// Most records looked at behind one index key; more than share any.
const HOLDERS: usize = 10_000;

/// How many rows of one kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that hold something.
    pub live: u64,
    /// Rows of which only the tombstone stands.
    pub tombstones: u64,
}

/// What a database holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holdings {
    /// What it comes to. `audit` is the last sequence whose record no longer waits in the outbox: an audit log that
    /// takes up this database must hold everything up to there.
    pub state: PinState,
    /// Rows by kind.
    pub kinds: BTreeMap<String, Tally>,
    /// Records that wait in the outbox.
    pub waiting: u64,
}

impl Holdings {
    /// All rows that hold something.
    #[must_use]
    pub fn live(&self) -> u64 {
        self.kinds.values().map(|tally| tally.live).sum()
    }
}

/// Opens every row of a database, and checks all of them against the revision ledger. `progress` is told, bucket by
/// bucket, how many of [`BUCKETS`] are done and how many rows were seen.
///
/// # Errors
/// [`OpenError`]: sealed, or the first thing that is not as it was written.
pub async fn inspect<B: Backend>(
    backend: &B,
    sealer: &dyn Sealer,
    progress: &mut (dyn FnMut(u16, u64) + Send),
) -> Result<Holdings, OpenError> {
    let installation = installation(backend, sealer).await?;
    let (head, keks, audit) = few(backend, sealer)?;
    let mut look = Look { backend, sealer, keks, kinds: BTreeMap::new(), seen: 0 };
    let mut total = Sum::default();
    for bucket in 0..BUCKETS {
        total = total.plus(look.bucket(bucket).await?);
        progress(bucket + 1, look.seen);
    }
    if total != head.digest {
        return Err(corrupt("the revision ledger does not add up"));
    }
    let (sequence, digest) = (head.sequence, head.digest.to_bytes());
    let state = PinState { installation, revision: head.revision, sequence, digest, audit };
    Ok(Holdings { state, kinds: look.kinds, waiting: sequence - audit })
}

fn corrupt(why: impl Into<String>) -> OpenError {
    OpenError::Corrupt(why.into())
}

/// The installation's id, which follows from its own key.
async fn installation<B: Backend>(backend: &B, sealer: &dyn Sealer) -> Result<[u8; 16], OpenError> {
    let expected = sealer.prf(Kek::System, PrfUse::Ledger, &[b"installation"])?;
    let (expected, _) = expected.split_first_chunk::<16>().ok_or(OpenError::Sealed)?;
    match backend.meta(INSTALLATION).await? {
        Some(stored) if stored == expected => Ok(*expected),
        Some(_) => Err(OpenError::OtherInstallation),
        None => Err(corrupt("it was never opened by a server")),
    }
}

/// What only the writing side reads: head, wrapped keys, outbox. On a thread of its own, as a writer wants.
fn few<B: Backend>(backend: &B, sealer: &dyn Sealer) -> Result<(Head, Keks, u64), OpenError> {
    let read = || {
        let mut writer = backend.writer()?;
        writer.begin()?;
        let found = few_of(&mut writer, sealer);
        writer.rollback();
        found
    };
    let joined = std::thread::scope(|scope| scope.spawn(read).join());
    joined.map_err(|_| OpenError::Backend(BackendError::new("reading the database ended early")))?
}

fn few_of(writer: &mut impl Writer, sealer: &dyn Sealer) -> Result<(Head, Keks, u64), OpenError> {
    let head = match writer.head()? {
        Some(Row { revision, sealed: Some(sealed) }) => Head::open(sealer, revision, &sealed)?,
        _ => Head::default(),
    };
    let keks = Keks::default();
    for (key, row) in writer.rows_of(KEK)? {
        let Some(Owner::Tenant(tenant)) = owner_of(&key.owner) else {
            return Err(corrupt("a key-encryption key has no tenant"));
        };
        keks.learn(sealer, tenant, &key, &row)?;
    }
    let audit = before_outbox(writer, sealer, head.sequence)?;
    Ok((head, keks, audit))
}

/// The sequence before the unbroken run of outbox rows that ends with the head's, each of them opened.
fn before_outbox(writer: &mut impl Writer, sealer: &dyn Sealer, last: u64) -> Result<u64, OpenError> {
    let (mut before, mut at) = (0, 0);
    loop {
        let rows = writer.outbox_after(at, OUTBOX_PAGE)?;
        if rows.is_empty() {
            return Ok(if at == last { before } else { last });
        }
        for (sequence, sealed) in rows {
            if sequence > last {
                return Err(corrupt("the outbox is ahead of the head"));
            }
            sealer.open(Kek::System, &outbox_aad(sequence), &sealed)?;
            if sequence != at + 1 {
                before = sequence - 1;
            }
            at = sequence;
        }
    }
}

struct Look<'a, B> {
    backend: &'a B,
    sealer: &'a dyn Sealer,
    keks: Keks,
    kinds: BTreeMap<String, Tally>,
    seen: u64,
}

impl<B: Backend> Look<'_, B> {
    /// Counts and opens one bucket; gives what it comes to.
    async fn bucket(&mut self, bucket: u16) -> Result<Sum, OpenError> {
        let none = RowKey { kind: "".into(), owner: Vec::new(), id: Vec::new() };
        let snapshot = self.backend.snapshot(&none, bucket).await?;
        let mut sum = Sum::default();
        for member in &snapshot.members {
            sum = sum.plus(element(self.sealer, &member.key, member.revision, member.live)?);
            self.member(member, bucket).await?;
        }
        if sum != open_bucket(self.sealer, bucket, snapshot.lookup.bucket.as_ref())? {
            return Err(corrupt("rows do not add up to the revision ledger"));
        }
        Ok(sum)
    }

    async fn member(&mut self, member: &Member, bucket: u16) -> Result<(), OpenError> {
        let kind = member.key.kind.as_ref();
        if bucket_of(self.sealer, &member.key)? != bucket {
            return Err(corrupt(format!("a {kind} stands in another place than its own")));
        }
        self.seen += 1;
        let tally = self.kinds.entry(kind.to_owned()).or_default();
        if !member.live {
            tally.tombstones += 1;
            return Ok(());
        }
        tally.live += 1;
        let row = self.backend.lookup(&member.key, bucket).await?.row;
        let row = row.filter(|row| row.revision == member.revision);
        let sealed = row.and_then(|row| row.sealed).ok_or_else(|| corrupt(format!("a {kind} is empty")))?;
        let opened = self.open(member, &sealed);
        let opened = opened.map_err(|e| corrupt(format!("a {kind} does not open in its place: {e}")))?;
        if [MATERIAL, EPOCH, KEK, COUNTER, HEARTBEAT].contains(&kind) {
            return Ok(());
        }
        let named = crate::envelope::open(opened.expose(Exposure::HandToProvider)).map(|(_, named)| named);
        let named = named.ok_or_else(|| corrupt(format!("a {kind} is no envelope")))?;
        self.indexed(&member.key, named).await
    }

    /// Every index row that a record names must be there: without it a name leads nowhere and seems to be free.
    async fn indexed(&self, key: &RowKey, named: Vec<Named>) -> Result<(), OpenError> {
        for (word, at) in named {
            // A word that no release knows any more leads nobody.
            let Some(index) = index_word(&word) else { continue };
            let below = [at.as_slice(), &[0]].concat();
            let range = IndexRange { owner: key.owner.clone(), index, from: at, below, limit: HOLDERS };
            let holders = self.backend.scan(&range).await?;
            if !holders.iter().any(|(_, id)| *id == key.id) {
                return Err(corrupt(format!("a {} is missing in the index `{word}`", key.kind)));
            }
        }
        Ok(())
    }

    fn open(&self, member: &Member, sealed: &[u8]) -> Result<SecretBytes, SealError> {
        let owner = owner_of(&member.key.owner).ok_or(SealError::Rejected)?;
        // The store's own rows about a tenant are needed before its key is there.
        let own = [EPOCH, KEK, COUNTER].contains(&member.key.kind.as_ref());
        let under = if own { Kek::System } else { kek_of(owner) };
        if !self.keks.ready(self.sealer, under)? {
            return Err(SealError::NoKek);
        }
        self.sealer.open(under, &member.key.location(member.revision).aad(), sealed)
    }
}
