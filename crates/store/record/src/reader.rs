//! Reading rows that the ledger vouches for, and opening them.

use domain::Owner;
use secret::SecretBytes;
use spi::Kek;

use crate::backend::{Backend, Lookup, Row, RowKey};
use crate::buckets::Standing;
use crate::error::ReadError;
use crate::head::open_bucket;
use crate::ledger::{Sum, bucket_of, element};
use crate::rows::owner_of;
use crate::store::Core;

impl<B: Backend> Core<B> {
    /// The row, if the ledger says that it stands at exactly this revision; its absence too must be the ledger's.
    pub(crate) async fn verified(&self, key: &RowKey) -> Result<Option<Row>, ReadError> {
        let bucket = bucket_of(&*self.sealer, key)?;
        // Known before the read begins, so that whatever the read finds must be as new.
        let (floor, _) = self.buckets.known(bucket);
        let Lookup { row, bucket: ledger } = self.backend.lookup(key, bucket).await?;
        let revision = not_before(floor, ledger.as_ref())?;
        match self.buckets.standing(bucket, revision, key, row.as_ref()) {
            Standing::Good => Ok(row),
            Standing::Bad => Err(ReadError::Corrupt("the revision ledger has another revision of it")),
            Standing::Unknown => self.verified_by_sum(key, bucket).await,
        }
    }

    /// Sums the whole bucket and compares.
    async fn verified_by_sum(&self, key: &RowKey, bucket: u16) -> Result<Option<Row>, ReadError> {
        let (floor, _) = self.buckets.known(bucket);
        let snapshot = self.backend.snapshot(key, bucket).await?;
        let Lookup { row, bucket: ledger } = snapshot.lookup;
        let revision = not_before(floor, ledger.as_ref())?;
        let mut sum = Sum::default();
        for member in &snapshot.members {
            sum = sum.plus(element(&*self.sealer, &member.key, member.revision, member.live)?);
        }
        if sum != open_bucket(&*self.sealer, bucket, ledger.as_ref())? {
            return Err(ReadError::Corrupt("its rows do not add up to the revision ledger"));
        }
        match self.buckets.admit(bucket, revision, sum, &snapshot.members, key, row.as_ref()) {
            Standing::Good => Ok(row),
            Standing::Bad | Standing::Unknown => {
                Err(ReadError::Corrupt("the revision ledger does not vouch for it"))
            }
        }
    }

    /// Opens a live row; `None` for a tombstone.
    pub(crate) async fn opened(&self, key: &RowKey, row: &Row) -> Result<Option<SecretBytes>, ReadError> {
        let Some(sealed) = row.sealed.as_deref() else { return Ok(None) };
        let under = self.kek_for(key).await?;
        Ok(Some(self.sealer.open(under, &key.location(row.revision).aad(), sealed)?))
    }

    /// Which key-encryption key seals a row; it is in memory afterwards.
    async fn kek_for(&self, key: &RowKey) -> Result<Kek, ReadError> {
        let owner = owner_of(&key.owner).ok_or(ReadError::Corrupt("it has no owner"))?;
        let under = crate::rows::kek_of(owner);
        if let (Owner::Tenant(tenant), false) = (owner, self.keks.ready(&*self.sealer, under)?) {
            let kek = RowKey::kek(tenant);
            let row = self.verified(&kek).await?;
            let row = row.ok_or(ReadError::Corrupt("its tenant has no key-encryption key"))?;
            self.keks.learn(&*self.sealer, tenant, &kek, &row)?;
            self.keks.ready(&*self.sealer, under)?;
        }
        Ok(under)
    }
}

/// The bucket's revision, which never falls.
fn not_before(floor: u64, ledger: Option<&Row>) -> Result<u64, ReadError> {
    let revision = ledger.map_or(0, |row| row.revision);
    if revision < floor {
        return Err(ReadError::Corrupt("its part of the revision ledger is from yesterday"));
    }
    Ok(revision)
}
