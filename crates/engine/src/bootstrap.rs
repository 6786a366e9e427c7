//! The first account, its tenants and its first principals: made once, in an empty store, by whoever starts the
//! system. After that there is only the gate.

use std::borrow::Cow;

use api::{Fault, FaultWhat};
use domain::{
    Account, AccountId, AccountNumber, AuditRecord, BatchId, Coordinates, Credential, CredentialId,
    CredentialKind, Decision, Dialect, IndexEntry, Outcome, Owner, Principal, PrincipalId, PrincipalKind,
    RequestId, Role, Sealable, Subject, Target, Tenant, TenantId, Timestamp,
};
use secret::SecretBytes;
use spi::{Batch, RecordStoreExt};

use crate::Engine;
use crate::faults::{commit_fault, store_fault};
use crate::plan::Change;
use crate::usecase::{check_bindings, check_name, credential_id, keep, tenant_change, token_id};

/// What the system begins with.
#[derive(Debug)]
pub struct Bootstrap {
    /// The first account's public number.
    pub number: AccountNumber,
    /// Its name.
    pub name: String,
    /// Its tenants.
    pub tenants: Vec<BootstrapTenant>,
    /// Its principals.
    pub principals: Vec<BootstrapPrincipal>,
}

/// A first tenant.
#[derive(Debug)]
pub struct BootstrapTenant {
    /// Unique in the account.
    pub name: String,
    /// What leads to it.
    pub bindings: Vec<Coordinates>,
}

/// A first principal.
#[derive(Debug)]
pub struct BootstrapPrincipal {
    /// Unique in the account.
    pub name: String,
    /// What it is.
    pub kind: PrincipalKind,
    /// What it may do.
    pub roles: Vec<Role>,
    /// How it proves itself.
    pub credentials: Vec<BootstrapCredential>,
}

/// A first credential, its secret chosen by whoever starts the system.
#[derive(Debug)]
pub enum BootstrapCredential {
    /// Access key id and secret.
    SigningKey(CredentialId, SecretBytes),
    /// A token.
    BearerToken(SecretBytes),
}

impl Engine {
    /// Makes the first account and everything in it, in one commit.
    ///
    /// # Errors
    /// [`FaultWhat::AlreadyInitialised`] if the account exists; otherwise as the store says.
    pub async fn bootstrap(&self, bootstrap: Bootstrap) -> Result<Account, Fault> {
        let now = self.parts.clock.now();
        let entry = IndexEntry::of_account_number(bootstrap.number);
        let found = self.parts.store.find::<Account>(Owner::System, &entry).await.map_err(store_fault)?;
        if found.is_some() {
            return Err(FaultWhat::AlreadyInitialised.into());
        }
        let account = Account {
            id: AccountId::random(self.parts.entropy.bytes()),
            number: bootstrap.number,
            name: bootstrap.name,
            created_at: now,
        };
        let mut change = Change::new("bootstrap").put(Sealable::create(&account));
        for tenant in bootstrap.tenants {
            change = self.first_tenant(change, &account, tenant, now)?;
        }
        for principal in bootstrap.principals {
            change = self.first_principal(change, &account, principal, now)?;
        }
        self.commit_bootstrap(change, &account, now).await?;
        self.parts.decider.operated_by(account.id);
        Ok(account)
    }

    /// Finds the operators' account, whose principals may be allowed things on the system itself; call it once after
    /// each start. `None` if the system was never bootstrapped.
    ///
    /// # Errors
    /// As the store says.
    pub async fn recognise_operators(&self, number: AccountNumber) -> Result<Option<Account>, Fault> {
        let entry = IndexEntry::of_account_number(number);
        let found = self.parts.store.find::<Account>(Owner::System, &entry).await.map_err(store_fault)?;
        let account = found.map(domain::Loaded::into_inner);
        if let Some(account) = &account {
            self.parts.decider.operated_by(account.id);
        }
        Ok(account)
    }

    fn first_tenant(
        &self,
        change: Change,
        account: &Account,
        new: BootstrapTenant,
        now: Timestamp,
    ) -> Result<Change, Fault> {
        check_name(&new.name)?;
        check_bindings(&new.bindings, account)?;
        let tenant = Tenant {
            id: TenantId::random(self.parts.entropy.bytes()),
            account: account.id,
            name: new.name,
            guardrails: Vec::new(),
            created_at: now,
        };
        Ok(tenant_change(change, &tenant, account, &new.bindings))
    }

    fn first_principal(
        &self,
        change: Change,
        account: &Account,
        new: BootstrapPrincipal,
        now: Timestamp,
    ) -> Result<Change, Fault> {
        check_name(&new.name)?;
        let principal = Principal {
            id: PrincipalId::random(self.parts.entropy.bytes()),
            account: account.id,
            name: new.name,
            kind: new.kind,
            roles: new.roles,
            policies: Vec::new(),
            labels: std::collections::BTreeMap::new(),
            disabled: false,
            created_at: now,
        };
        let mut change = change.put(Sealable::create(&principal));
        for first in new.credentials {
            let (id, kind, secret) = self.first_credential(first)?;
            let credential = Credential {
                id,
                principal: principal.id,
                account: account.id,
                kind,
                description: "made at first start".to_owned(),
                expires_at: None,
                disabled: false,
                created_at: now,
            };
            (change, _) = keep(change, &credential, secret)?;
        }
        Ok(change)
    }

    fn first_credential(
        &self,
        first: BootstrapCredential,
    ) -> Result<(CredentialId, CredentialKind, SecretBytes), Fault> {
        match first {
            BootstrapCredential::SigningKey(id, secret) => {
                Ok((credential_id(id.as_str())?, CredentialKind::SigningKey, secret))
            }
            BootstrapCredential::BearerToken(token) => {
                Ok((token_id(&*self.parts.crypto, &token)?, CredentialKind::BearerToken, token))
            }
        }
    }

    async fn commit_bootstrap(&self, change: Change, account: &Account, now: Timestamp) -> Result<(), Fault> {
        let batch = Batch {
            name: change.name,
            id: BatchId::random(self.parts.entropy.bytes()),
            fence: Vec::new(),
            raise: Vec::new(),
            expect: Vec::new(),
            expect_absent: vec![(Owner::System, IndexEntry::of_account_number(account.number))],
            put: change.put,
            material: change.material,
            new_tenants: change.new_tenants,
            revokes: false,
            audit: record(account, RequestId::at(now, self.parts.entropy.bytes()), now),
        };
        self.parts.store.commit(batch).await.map(drop).map_err(commit_fault)
    }
}

/// Nobody is authenticated yet; the record says so.
fn record(account: &Account, id: RequestId, now: Timestamp) -> AuditRecord {
    let target = Target {
        kind: Cow::Borrowed("account"),
        id: account.id.to_string(),
        version: None,
        versions: Vec::new(),
        state: None,
    };
    AuditRecord {
        id,
        at: now,
        subject: Subject::default(),
        dialect: Dialect::Native,
        operation: Cow::Borrowed("Bootstrap"),
        actions: Vec::new(),
        account: Some(account.id),
        account_number: Some(account.number),
        tenant: None,
        target: Some(target),
        also: Vec::new(),
        items: None,
        failed: None,
        context: Vec::new(),
        decision: Decision::NotReached,
        outcome: Outcome::Success,
        dry_run: false,
        fips_approved: None,
        micros: 0,
        epochs: Vec::new(),
        raised: Vec::new(),
    }
}
