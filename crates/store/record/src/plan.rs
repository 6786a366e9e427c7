//! From a batch to rows: every check first, then sealing, and nothing written. A batch that fails here has left no
//! trace in the group's transaction, so its neighbours do not notice.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use domain::{Change, IndexEntry, Owner, RecordKind, RecordRef, Scope, Sealable, TenantId};
use secret::Exposure;
use spi::{Batch, CommitError, Kek, MaterialChange, OutboxEntry, WrappedKek};

use crate::backend::{Backend, IndexRow, Row, RowKey, Writer};
use crate::envelope;
use crate::error::{ReadError, unavailable};
use crate::head::Head;
use crate::ledger::bucket_of;
use crate::location::Location;
use crate::rows::{kek_of, owner_bytes, owner_of};
use crate::stage::Staged;
use crate::store::Core;
use crate::{MAX_ID, MAX_INDEX_KEY, MAX_RECORD};

/// What a batch comes to.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) rows: BTreeMap<RowKey, Staged>,
    pub(crate) index_removed: BTreeSet<IndexRow>,
    pub(crate) index_added: BTreeSet<IndexRow>,
    pub(crate) raised: Vec<(Scope, u64)>,
    pub(crate) new_keks: Vec<(TenantId, WrappedKek)>,
    pub(crate) outbox: Option<(OutboxEntry, Vec<u8>)>,
    pub(crate) revokes: bool,
    pub(crate) erases: bool,
}

/// Plans against what the transaction has read and written so far.
pub(crate) struct Planner<'a, B: Backend> {
    core: &'a Core<B>,
    writer: &'a mut B::Writer,
    plan: Plan,
}

type Step<T = ()> = Result<T, CommitError>;

impl<'a, B: Backend> Planner<'a, B> {
    pub(crate) const fn new(core: &'a Core<B>, writer: &'a mut B::Writer) -> Self {
        let plan = Plan {
            rows: BTreeMap::new(),
            index_removed: BTreeSet::new(),
            index_added: BTreeSet::new(),
            raised: Vec::new(),
            new_keks: Vec::new(),
            outbox: None,
            revokes: false,
            erases: false,
        };
        Self { core, writer, plan }
    }

    /// The plan of a batch.
    pub(crate) fn batch(mut self, batch: Batch, head: &Head) -> Step<Plan> {
        let Batch { name: _, id: _, fence, raise, expect, expect_absent, .. } = &batch;
        self.fence(fence)?;
        for (at, revision) in expect {
            let row = self.record_row(at)?.1;
            (row.is_some_and(|r| r.revision == revision.0 && r.sealed.is_some()))
                .then_some(())
                .ok_or(CommitError::Conflict)?;
        }
        let distinct: BTreeSet<_> = batch.put.iter().map(Sealable::at).collect();
        if distinct.len() < batch.put.len() {
            return Err(CommitError::Conflict);
        }
        let olds = batch.put.iter().map(|put| self.old_row(put)).collect::<Step<Vec<_>>>()?;
        self.new_tenants(&batch.new_tenants)?;
        self.index_changes(&batch.put, &olds)?;
        self.unique(&batch.put, expect_absent)?;
        for (put, old) in batch.put.iter().zip(olds) {
            self.seal_record(put, old)?;
        }
        self.raise(raise)?;
        for change in batch.material {
            self.material(change)?;
        }
        self.plan.revokes = batch.revokes;
        self.outbox(batch.audit, head)?;
        Ok(self.plan)
    }

    /// One row beside the records, if it still stands where the caller saw it.
    pub(crate) fn lone(mut self, key: &RowKey, expect: Option<u64>, body: &[u8]) -> Step<Plan> {
        let (bucket, old) = self.row(key)?;
        if old.as_ref().map(|r| r.revision) != expect {
            return Err(CommitError::Conflict);
        }
        self.stage(key.clone(), bucket, old.as_ref(), Kek::System, Some(body))?;
        Ok(self.plan)
    }

    /// Compares with the durable epochs, which hold what earlier members of the group raised.
    fn fence(&mut self, fence: &[(Scope, u64)]) -> Step {
        let mut stale = Vec::new();
        for (scope, captured) in fence {
            if self.epoch(*scope)? != *captured {
                stale.push(*scope);
            }
        }
        if stale.is_empty() { Ok(()) } else { Err(CommitError::Stale(stale)) }
    }

    fn epoch(&mut self, scope: Scope) -> Step<u64> {
        let (_, row) = self.row(&RowKey::epoch(scope))?;
        let durable = row.map_or(0, |r| r.revision);
        if durable < self.core.epochs.current(scope) {
            return Err(ReadError::Corrupt("an epoch fell").refusing(RecordKind::Tenant));
        }
        Ok(durable)
    }

    fn raise(&mut self, scopes: &[Scope]) -> Step {
        for scope in scopes.iter().copied().collect::<BTreeSet<_>>() {
            let key = RowKey::epoch(scope);
            let (bucket, old) = self.row(&key)?;
            let raised = self.stage(key, bucket, old.as_ref(), Kek::System, Some(&[]))?;
            self.plan.raised.push((scope, raised));
        }
        Ok(())
    }

    /// The row that a put replaces, if it is what the put expects.
    fn old_row(&mut self, put: &Sealable) -> Step<(RowKey, u16, Option<Row>)> {
        let kind = put.at().kind;
        if put.body().len() > MAX_RECORD {
            return Err(CommitError::TooLarge { max: MAX_RECORD });
        }
        if put.at().id.len() > MAX_ID || put.index().iter().any(|e| e.key.len() > MAX_INDEX_KEY) {
            return Err(ReadError::Corrupt("its id or an index key is too long").refusing(kind));
        }
        let (key, row) = self.record_row(put.at())?;
        let fits = match (put.change(), &row) {
            (Change::Create, None) => true,
            (Change::Replace(expected) | Change::Delete(expected), Some(row)) => {
                row.revision == expected.0 && row.sealed.is_some()
            }
            _ => false,
        };
        let bucket = bucket_of(&*self.core.sealer, &key).map_err(|e| ReadError::from(e).refusing(kind))?;
        if fits { Ok((key, bucket, row)) } else { Err(CommitError::Conflict) }
    }

    /// Index rows that go and come, over all puts: a name may move from one record to another in one batch.
    fn index_changes(&mut self, puts: &[Sealable], olds: &[(RowKey, u16, Option<Row>)]) -> Step {
        for (put, (key, _, old)) in puts.iter().zip(olds) {
            let owner = owner_bytes(put.at().owner);
            let before = match old {
                Some(row) => self.index_inside(put.at(), key, row)?,
                None => Vec::new(),
            };
            let row = |(index, key)| IndexRow { owner: owner.clone(), index, key, id: put.at().id.clone() };
            let before: BTreeSet<_> = before.into_iter().map(row).collect();
            let after: BTreeSet<_> =
                put.index().iter().map(|e| row((e.index.word(), e.key.clone()))).collect();
            self.plan.index_removed.extend(before.difference(&after).cloned());
            self.plan.index_added.extend(after.difference(&before).cloned());
        }
        Ok(())
    }

    /// The index rows that the stored record itself names.
    fn index_inside(
        &mut self,
        at: &RecordRef,
        key: &RowKey,
        row: &Row,
    ) -> Step<Vec<(&'static str, Vec<u8>)>> {
        let fail = |e: ReadError| e.refusing(at.kind);
        let sealed = row.sealed.as_deref().unwrap_or_default();
        let under = self.kek(at.owner).map_err(fail)?;
        let opened = self.core.sealer.open(under, &key.location(row.revision).aad(), sealed);
        let opened = opened.map_err(|e| fail(e.into()))?;
        let (_, named) = envelope::open(opened.expose(Exposure::ReturnToAuthorisedCaller))
            .ok_or_else(|| fail(ReadError::Corrupt("it is no envelope")))?;
        let known = |(word, key): envelope::Named| index_word(&word).map(|word| (word, key));
        Ok(named.into_iter().filter_map(known).collect())
    }

    /// Every unique key that comes is free, or is set free by this batch.
    fn unique(&mut self, puts: &[Sealable], absent: &[(Owner, IndexEntry)]) -> Step {
        let mut seen = BTreeSet::new();
        for put in puts {
            let owner = put.at().owner;
            for entry in put.index().iter().filter(|e| e.index.unique()) {
                if !seen.insert((owner, entry)) || !self.free(owner, entry, Some(&put.at().id))? {
                    return Err(CommitError::Taken(entry.clone()));
                }
            }
        }
        for (owner, entry) in absent {
            if !self.free(*owner, entry, None)? {
                return Err(CommitError::Taken(entry.clone()));
            }
        }
        Ok(())
    }

    fn free(&mut self, owner: Owner, entry: &IndexEntry, but: Option<&[u8]>) -> Step<bool> {
        let owner = owner_bytes(owner);
        let holders =
            self.writer.index_holders(&owner, entry.index.word(), &entry.key).map_err(unavailable)?;
        let (index, key) = (entry.index.word(), &entry.key);
        Ok(holders.into_iter().all(|id| {
            but == Some(&id)
                || self.plan.index_removed.contains(&IndexRow {
                    owner: owner.clone(),
                    index,
                    key: key.clone(),
                    id,
                })
        }))
    }

    fn seal_record(&mut self, put: &Sealable, (key, bucket, old): (RowKey, u16, Option<Row>)) -> Step {
        let kind = put.at().kind;
        let under = self.kek(put.at().owner).map_err(|e| e.refusing(kind))?;
        let body = match put.change() {
            Change::Delete(_) => None,
            Change::Create | Change::Replace(_) => Some(envelope::close(put.body(), put.index())),
        };
        self.stage(key, bucket, old.as_ref(), under, body.as_deref()).map(|_| ())
    }

    fn material(&mut self, change: MaterialChange) -> Step {
        let kind = RecordKind::Key;
        match change {
            MaterialChange::Keep { at, material } => {
                let (key, under) = RowKey::material(&at);
                let (bucket, old) = self.row(&key)?;
                if old.as_ref().is_some_and(|row| row.sealed.is_some()) {
                    return Err(CommitError::Conflict);
                }
                if let Kek::Tenant(tenant) = under {
                    self.kek(Owner::Tenant(tenant)).map_err(|e| e.refusing(kind))?;
                }
                let bytes = material.expose(Exposure::WrapForStorage);
                self.stage(key, bucket, old.as_ref(), under, Some(bytes)).map(|_| ())
            }
            MaterialChange::Erase(at) => {
                let (key, under) = RowKey::material(&at);
                let (bucket, old) = self.row(&key)?;
                let Some(old) = old.filter(|row| row.sealed.is_some()) else { return Ok(()) };
                self.plan.erases = true;
                self.stage(key, bucket, Some(&old), under, None).map(|_| ())
            }
        }
    }

    fn new_tenants(&mut self, tenants: &[TenantId]) -> Step {
        for tenant in tenants {
            let key = RowKey::kek(*tenant);
            let (bucket, old) = self.row(&key)?;
            if old.is_some() {
                return Err(CommitError::Conflict);
            }
            let fail = |e| ReadError::from(e).refusing(RecordKind::Tenant);
            let wrapped = self.core.sealer.make_kek(*tenant).map_err(fail)?;
            self.stage(key, bucket, None, Kek::System, Some(&wrapped.0))?;
            self.plan.new_keks.push((*tenant, wrapped));
        }
        Ok(())
    }

    fn outbox(&mut self, mut audit: domain::AuditRecord, head: &Head) -> Step {
        audit.raised.clone_from(&self.plan.raised);
        let sequence = head.sequence + 1;
        let text = serde_json::to_vec(&audit).map_err(unavailable)?;
        let max = self.core.sink.longest_record();
        if text.len() > max {
            return Err(CommitError::TooLarge { max });
        }
        let sealed = self.core.sealer.seal(Kek::System, &outbox_aad(sequence), &text);
        let sealed = sealed.map_err(|e| ReadError::from(e).refusing(RecordKind::Account))?;
        self.plan.outbox = Some((OutboxEntry { sequence, record: audit }, sealed));
        Ok(())
    }

    /// Seals a row's next revision and stages it; gives the revision.
    fn stage(
        &mut self,
        key: RowKey,
        bucket: u16,
        old: Option<&Row>,
        under: Kek,
        plain: Option<&[u8]>,
    ) -> Step<u64> {
        let revision = old.map_or(0, |row| row.revision) + 1;
        let seal = |plain: &[u8]| self.core.sealer.seal(under, &key.location(revision).aad(), plain);
        let sealed =
            plain.map(seal).transpose().map_err(|e| ReadError::from(e).refusing(RecordKind::Account))?;
        let before = match self.plan.rows.get(&key) {
            Some(staged) => staged.old,
            None => old.map(|row| (row.revision, row.sealed.is_some())),
        };
        let row = Row { revision, sealed };
        self.plan.rows.insert(key, Staged { bucket, old: before, row });
        Ok(revision)
    }

    fn record_row(&mut self, at: &RecordRef) -> Step<(RowKey, Option<Row>)> {
        let key = RowKey::record(at);
        let (_, row) = self.row(&key)?;
        Ok((key, row))
    }

    /// A row as this batch sees it.
    fn row(&mut self, key: &RowKey) -> Step<(u16, Option<Row>)> {
        if let Some(staged) = self.plan.rows.get(key) {
            return Ok((staged.bucket, Some(staged.row.clone())));
        }
        let bucket = bucket_of(&*self.core.sealer, key);
        let bucket = bucket.map_err(|e| ReadError::from(e).refusing(RecordKind::Account))?;
        Ok((bucket, self.writer.row(key, bucket).map_err(unavailable)?))
    }

    /// An owner's key-encryption key, in memory.
    fn kek(&mut self, owner: Owner) -> Result<Kek, ReadError> {
        let (under, sealer) = (kek_of(owner), &*self.core.sealer);
        if let (Owner::Tenant(tenant), false) = (owner, self.core.keks.ready(sealer, under)?)
            && self.plan.new_keks.iter().all(|(new, _)| *new != tenant)
        {
            let key = RowKey::kek(tenant);
            let row = self.writer.row(&key, bucket_of(sealer, &key)?)?;
            let row = row.ok_or(ReadError::Corrupt("its tenant has no key-encryption key"))?;
            self.core.keks.learn(sealer, tenant, &key, &row)?;
            self.core.keks.ready(sealer, under)?;
        }
        Ok(under)
    }
}

/// The place of an outbox row.
pub(crate) fn outbox_aad(sequence: u64) -> Vec<u8> {
    Location { table: "outbox", owner: &[0], id: &[], column: "sealed", revision: sequence }.aad()
}

/// The scope whose epoch a row holds.
pub(crate) fn scope_of(key: &RowKey) -> Option<Scope> {
    (key.kind == Cow::Borrowed(crate::rows::EPOCH)).then(|| owner_of(&key.owner).map(Owner::scope)).flatten()
}

pub(crate) fn index_word(word: &str) -> Option<&'static str> {
    use domain::IndexName::{
        AccountByNumber, BindingByTenant, CredentialByPrincipal, KeyByAge, KeyByDestruction, KeyByName,
        KeyByRotation, NamesOfSpace, PolicyByName, PrincipalByName, TenantByName,
    };
    let all = [
        KeyByName,
        KeyByAge,
        NamesOfSpace,
        KeyByDestruction,
        KeyByRotation,
        AccountByNumber,
        TenantByName,
        BindingByTenant,
        PrincipalByName,
        CredentialByPrincipal,
        PolicyByName,
    ];
    all.iter().map(|name| name.word()).find(|known| *known == word)
}
