//! Credentials: a secret is made here, shown once, and kept sealed or only as a hash.

use api::ops::{CreateCredential, ListCredentials, NewCredential, RevokeCredential};
use api::{Fault, FaultWhat, Output};
use domain::{
    Action, Credential, CredentialId, CredentialKind, IndexName, Loaded, Owner, ResourceRef, Scope, Sealable,
};
use secret::{Exposure, SecretBytes};
use spi::{MaterialAt, MaterialChange, RecordStoreExt};

use crate::faults::{field, store_fault};
use crate::plan::{Change, Plan};
use crate::session::Session;

/// What our bearer tokens begin with, for scanners of leaked secrets.
const TOKEN_PREFIX: &[u8] = b"kst_";
/// What our access key ids begin with.
const ACCESS_KEY_PREFIX: &str = "AKKS";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl Session<'_> {
    pub(crate) async fn create_credential(&mut self, op: &CreateCredential) -> Result<Plan, Fault> {
        let principal = self.allow_on_principal(&op.principal, Action::CreateCredential).await?.into_inner();
        self.may_touch(&principal)?;
        let (id, secret) = self.new_secret(op.kind)?;
        let credential = Credential {
            id,
            principal: principal.id,
            account: principal.account,
            kind: op.kind,
            description: op.description.clone(),
            expires_at: op.expires_at,
            disabled: false,
            created_at: self.now,
        };
        let (change, secret) = keep(Change::new("create_credential"), &credential, secret)?;
        Ok(Plan::commit(change, Output::CreateCredential(NewCredential { credential, secret })))
    }

    pub(crate) async fn list_credentials(&mut self, op: &ListCredentials) -> Result<Plan, Fault> {
        let principal = self.allow_on_principal(&op.principal, Action::ListCredentials).await?.into_inner();
        let (index, of) = (IndexName::CredentialByPrincipal, principal.id.as_bytes());
        let hits = self.engine.scan_whole(Owner::System, index, of).await?;
        let mut items = Vec::with_capacity(hits.len());
        for hit in hits {
            let found = self
                .engine
                .parts
                .store
                .load::<Credential>(Owner::System, &hit.id)
                .await
                .map_err(store_fault)?;
            items.extend(found.map(Loaded::into_inner).filter(|c| c.principal == principal.id));
        }
        Ok(Plan::Answer(Output::ListCredentials(items)))
    }

    pub(crate) async fn revoke_credential(&mut self, op: &RevokeCredential) -> Result<Plan, Fault> {
        let account = self.own_account();
        let id = op.id.as_str().as_bytes();
        let found =
            self.engine.parts.store.load::<Credential>(Owner::System, id).await.map_err(store_fault)?;
        let Some(found) = found.filter(|c| c.get().account == account) else {
            self.allow(Action::RevokeCredential, ResourceRef::Account(account)).await?;
            return Err(FaultWhat::ObjectNotFound { kind: "credential", given: op.id.to_string() }.into());
        };
        let on = ResourceRef::Principal { account, id: found.get().principal };
        self.allow(Action::RevokeCredential, on).await?;
        if let Some(holder) = self.principal_by_id(found.get().principal).await? {
            self.may_touch(&holder)?;
        }
        let mut change = Change::new("revoke_credential").put(found.delete()).revoking();
        change.raise(Scope::Account(account));
        if found.get().kind == CredentialKind::SigningKey {
            change = change.material(MaterialChange::Erase(MaterialAt::Credential(op.id.clone())));
        }
        Ok(Plan::commit(change, Output::RevokeCredential(())))
    }

    async fn principal_by_id(&self, id: domain::PrincipalId) -> Result<Option<domain::Principal>, Fault> {
        let owner = Owner::Account(self.own_account());
        let found = self.engine.parts.store.load::<domain::Principal>(owner, id.as_bytes()).await;
        Ok(found.map_err(store_fault)?.map(Loaded::into_inner))
    }

    /// A new secret and the id it goes by.
    fn new_secret(&self, kind: CredentialKind) -> Result<(CredentialId, SecretBytes), Fault> {
        let entropy = &self.engine.parts.entropy;
        let full = |_| Fault::new(FaultWhat::ProviderUnavailable { retry_after: 1000 });
        match kind {
            CredentialKind::SigningKey => {
                let id = format!("{ACCESS_KEY_PREFIX}{}", base32(&entropy.bytes::<16>()));
                let secret =
                    SecretBytes::try_build(40, |bytes| fill_base32(&**entropy, bytes)).map_err(full)?.0;
                Ok((credential_id(&id)?, secret))
            }
            CredentialKind::BearerToken => {
                let made = SecretBytes::try_build(TOKEN_PREFIX.len() + 52, |bytes| {
                    let (prefix, rest) = bytes.split_at_mut(TOKEN_PREFIX.len());
                    prefix.copy_from_slice(TOKEN_PREFIX);
                    fill_base32(&**entropy, rest);
                });
                let secret = made.map_err(full)?.0;
                Ok((token_id(&*self.engine.parts.crypto, &secret)?, secret))
            }
        }
    }
}

/// A bearer token's id: SHA-256 in lower-case hex; the token itself is kept nowhere.
pub(crate) fn token_id(crypto: &dyn spi::AuthCrypto, token: &SecretBytes) -> Result<CredentialId, Fault> {
    let digest = crypto.sha256(token.expose(Exposure::VerifyCredential));
    let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
    credential_id(&hex)
}

pub(crate) fn credential_id(text: &str) -> Result<CredentialId, Fault> {
    CredentialId::new(text).map_err(|_| field("credential", "not a credential id"))
}

/// Writes a credential; a signing secret is sealed beside it, a token is not kept. Gives the secret back to show once.
pub(crate) fn keep(
    change: Change,
    credential: &Credential,
    secret: SecretBytes,
) -> Result<(Change, SecretBytes), Fault> {
    let change = change.put(Sealable::create(credential));
    match credential.kind {
        CredentialKind::BearerToken => Ok((change, secret)),
        CredentialKind::SigningKey => {
            let full = |_| Fault::new(FaultWhat::ProviderUnavailable { retry_after: 1000 });
            let bytes = secret.expose(Exposure::WrapForStorage);
            let copy = SecretBytes::try_build(bytes.len(), |to| to.copy_from_slice(bytes)).map_err(full)?.0;
            let at = MaterialAt::Credential(credential.id.clone());
            Ok((change.material(MaterialChange::Keep { at, material: copy }), secret))
        }
    }
}

fn digit(byte: u8) -> u8 {
    BASE32.get(usize::from(byte & 31)).copied().unwrap_or(b'A')
}

fn base32(random: &[u8]) -> String {
    random.iter().map(|b| char::from(digit(*b))).collect()
}

/// Fills with random base32 digits, five bits each.
fn fill_base32(entropy: &dyn spi::Entropy, bytes: &mut [u8]) {
    entropy.fill(bytes);
    for byte in bytes {
        *byte = digit(*byte);
    }
}
