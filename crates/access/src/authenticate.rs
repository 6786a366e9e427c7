//! From a proof to a caller. The only place that sees credentials' secrets, and then only through the arena.
//!
//! Everything that was read is kept until the system's or the account's epoch rises; absence is never kept. Expiry,
//! the clock window and the signature itself are checked on every request.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use domain::{
    Caller, Credential, CredentialId, CredentialKind, Dialect, Owner, Principal, Proof, Scope,
    SignatureProof, SignatureScope, Timestamp,
};
use quick_cache::sync::Cache;
use secret::{Exposure, Secret, SecretBytes};
use spi::{
    AuthCrypto, Clock, Epochs, Fence, MaterialAt, MaterialError, MaterialVault, RecordStore, RecordStoreExt,
    StoreError,
};

use crate::iam;

/// Half the clock window in seconds.
pub const CLOCK_WINDOW: u32 = 300;
/// Longest validity of a presigned request in seconds: seven days.
const LONGEST_PRESIGNED: i64 = 7 * 24 * 3600;
/// Most bytes of a token that are hashed at all.
const MAX_TOKEN: usize = 4096;
/// Signing keys kept for one credential: a few regions, two dates around midnight.
const SIGNING_KEYS: usize = 8;
const CREDENTIALS: usize = 16 * 1024;

/// Why nobody was authenticated.
#[derive(Debug)]
pub enum AuthFailure {
    /// Nothing was presented.
    Missing,
    /// The credential is unknown, disabled, of another kind, or its principal is gone or disabled; or a session
    /// token was sent, of which there are none yet.
    Unknown,
    /// The signature does not fit.
    Invalid,
    /// The credential has expired.
    Expired,
    /// Signed outside the clock window, or a presigned request past its end.
    ClockSkew {
        /// When it says it was signed.
        signed_at: Timestamp,
        /// Our time.
        now: Timestamp,
        /// Half the window in seconds.
        window: u32,
    },
    /// It could not be found out.
    Store(StoreError),
    /// The credential's secret was not given.
    Material(MaterialError),
}

impl fmt::Display for AuthFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no proof of identity was presented"),
            Self::Unknown => f.write_str("the credential is unknown"),
            Self::Invalid => f.write_str("the signature does not fit the credential"),
            Self::Expired => f.write_str("the credential has expired"),
            Self::ClockSkew { .. } => f.write_str("the request was signed outside the clock window"),
            Self::Store(e) => e.fmt(f),
            Self::Material(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for AuthFailure {}

impl From<StoreError> for AuthFailure {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

/// Checks proofs.
pub struct Authenticator {
    store: Arc<dyn RecordStore>,
    vault: Arc<dyn MaterialVault>,
    crypto: Arc<dyn AuthCrypto>,
    epochs: Arc<Epochs>,
    clock: Arc<dyn Clock>,
    known: Cache<CredentialId, Arc<Known>>,
    nobodys_secret: SecretBytes,
}

/// A credential and its principal, as read under the epochs of `read_under`.
struct Known {
    credential: Credential,
    principal_disabled: bool,
    caller: Caller,
    read_under: Fence,
    signing_keys: ArcSwap<Vec<Arc<SigningKey>>>,
}

struct SigningKey {
    scope: SignatureScope,
    key: Secret<[u8; 32]>,
}

impl Authenticator {
    /// Over the house's parts.
    #[must_use]
    pub fn new(
        store: Arc<dyn RecordStore>,
        vault: Arc<dyn MaterialVault>,
        crypto: Arc<dyn AuthCrypto>,
        epochs: Arc<Epochs>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let nobodys_secret = SecretBytes::take(&mut [0x5a; 40]);
        Self { store, vault, crypto, epochs, clock, known: Cache::new(CREDENTIALS), nobodys_secret }
    }

    /// Who presented this proof. `fence` captures the system's and the caller's account's epochs before they are
    /// read (INV-10).
    ///
    /// # Errors
    /// [`AuthFailure`].
    pub async fn authenticate(
        &self,
        proof: &Proof,
        via: Dialect,
        address: Option<IpAddr>,
        fence: &mut Fence,
    ) -> Result<Caller, AuthFailure> {
        let now = self.clock.now();
        fence.add(Scope::System, self.epochs.cell(Scope::System));
        let known = match proof {
            Proof::Anonymous => return Err(AuthFailure::Missing),
            Proof::Signature(signed) => self.signed(signed, now, fence).await?,
            Proof::Bearer(token) => self.bearer(token, fence).await?,
        };
        let caller = known.caller_at(now)?;
        Ok(Caller { via, address, ..caller })
    }

    /// Forgets every credential and signing key: on sealing.
    pub fn forget_all(&self) {
        self.known.clear();
    }

    async fn signed(
        &self,
        proof: &SignatureProof,
        now: Timestamp,
        fence: &mut Fence,
    ) -> Result<Arc<Known>, AuthFailure> {
        check_clock(proof, now)?;
        if proof.session_token.is_some() {
            return Err(AuthFailure::Unknown);
        }
        let known = self.look_up(&proof.credential, CredentialKind::SigningKey, fence).await?;
        let Some(known) = known else {
            // As much work as for a known one, so that time tells little.
            let key = iam::signing_key(&*self.crypto, &self.nobodys_secret, &proof.scope);
            let _ = self.fits(&key, proof);
            return Err(AuthFailure::Unknown);
        };
        let kept = known.signing_keys.load().iter().find(|k| k.scope == proof.scope).cloned();
        let signing = match kept {
            Some(kept) => kept,
            None => Arc::new(self.derive(&proof.credential, &proof.scope).await?),
        };
        if !self.fits(&signing.key, proof) || !same_day(&proof.scope, proof.signed_at) {
            return Err(AuthFailure::Invalid);
        }
        known.keep(signing);
        Ok(known)
    }

    async fn bearer(&self, token: &SecretBytes, fence: &mut Fence) -> Result<Arc<Known>, AuthFailure> {
        if token.is_empty() || token.len() > MAX_TOKEN {
            return Err(AuthFailure::Unknown);
        }
        let digest = self.crypto.sha256(token.expose(Exposure::VerifyCredential));
        let id = CredentialId::new(&hex(&digest)).map_err(|_| AuthFailure::Unknown)?;
        self.look_up(&id, CredentialKind::BearerToken, fence).await?.ok_or(AuthFailure::Unknown)
    }

    fn fits(&self, key: &Secret<[u8; 32]>, proof: &SignatureProof) -> bool {
        let expected = self.crypto.hmac_sha256(key.expose(Exposure::VerifyCredential), &proof.string_to_sign);
        self.crypto.equal(&expected, &proof.signature)
    }

    async fn derive(&self, id: &CredentialId, scope: &SignatureScope) -> Result<SigningKey, AuthFailure> {
        let opened = self.vault.open(&MaterialAt::Credential(id.clone())).await;
        let secret = opened.map_err(material_failure)?;
        Ok(SigningKey { scope: scope.clone(), key: iam::signing_key(&*self.crypto, &secret, scope) })
    }

    /// The credential, from memory while its epochs stand, else from the store.
    async fn look_up(
        &self,
        id: &CredentialId,
        kind: CredentialKind,
        fence: &mut Fence,
    ) -> Result<Option<Arc<Known>>, StoreError> {
        let known = match self.known.get(id) {
            // The request's fence captured before this comparison; whatever rises later breaks the fence.
            Some(known) if known.still_true(fence, &self.epochs) => Some(known),
            _ => self.read(id, fence).await?,
        };
        Ok(known.filter(|k| k.credential.kind == kind))
    }

    async fn read(&self, id: &CredentialId, fence: &mut Fence) -> Result<Option<Arc<Known>>, StoreError> {
        let id_bytes = id.as_str().as_bytes();
        let mut read_under = self.epochs.capture([Scope::System]);
        let Some(hint) = self.store.load::<Credential>(Owner::System, id_bytes).await? else {
            return Ok(None);
        };
        // Only now is the account known: capture it, then read again (§6).
        let account = hint.get().account;
        let cell = self.epochs.cell(Scope::Account(account));
        read_under.add(Scope::Account(account), Arc::clone(&cell));
        fence.add(Scope::Account(account), cell);
        let Some(credential) = self.store.load::<Credential>(Owner::System, id_bytes).await? else {
            return Ok(None);
        };
        let credential = credential.into_inner();
        let principal_id = credential.principal.as_bytes();
        let principal = self.store.load::<Principal>(Owner::Account(account), principal_id).await?;
        let Some(principal) = principal.filter(|_| credential.account == account) else { return Ok(None) };
        let known = Arc::new(Known::new(credential, principal.into_inner(), read_under));
        self.known.insert(id.clone(), Arc::clone(&known));
        Ok(Some(known))
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("credentials", &self.known.len()).finish_non_exhaustive()
    }
}

impl Known {
    fn new(credential: Credential, principal: Principal, read_under: Fence) -> Self {
        let principal_disabled = principal.disabled;
        let caller = caller(principal, credential.id.clone(), credential.expires_at);
        Self { credential, principal_disabled, caller, read_under, signing_keys: ArcSwap::default() }
    }

    fn still_true(&self, fence: &mut Fence, epochs: &Epochs) -> bool {
        let account = Scope::Account(self.caller.account);
        fence.add(account, epochs.cell(account));
        self.read_under.holds()
    }

    /// What changes with time and request; the rest is as it was read.
    fn caller_at(&self, now: Timestamp) -> Result<Caller, AuthFailure> {
        if self.credential.disabled || self.principal_disabled {
            return Err(AuthFailure::Unknown);
        }
        if self.credential.expires_at.is_some_and(|end| end <= now) {
            return Err(AuthFailure::Expired);
        }
        Ok(self.caller.clone())
    }

    /// Keeps a signing key that has just verified something; so strangers cannot crowd out good ones.
    fn keep(&self, signing: Arc<SigningKey>) {
        if self.signing_keys.load().iter().any(|k| k.scope == signing.scope) {
            return;
        }
        self.signing_keys.rcu(|kept| {
            let older = kept.iter().filter(|k| k.scope != signing.scope).take(SIGNING_KEYS - 1);
            std::iter::once(&signing).chain(older).cloned().collect::<Vec<_>>()
        });
    }
}

fn caller(principal: Principal, credential: CredentialId, expires_at: Option<Timestamp>) -> Caller {
    Caller {
        principal: principal.id,
        account: principal.account,
        name: principal.name.into(),
        kind: principal.kind,
        roles: principal.roles.into(),
        policies: principal.policies.into(),
        credential,
        expires_at,
        mfa: false,
        address: None,
        via: Dialect::Native,
    }
}

/// A principal as if it asked in the place of `asking`: to explain what would be decided. Gives no power: nothing is
/// performed for such a caller.
#[must_use]
pub fn caller_of(principal: &Principal, asking: &Caller) -> Caller {
    let Caller { credential, expires_at, mfa, address, via, .. } = asking.clone();
    Caller { mfa, address, via, ..caller(principal.clone(), credential, expires_at) }
}

/// The window of ±5 minutes, or from five minutes before signing to the end of a presigned request.
fn check_clock(proof: &SignatureProof, now: Timestamp) -> Result<(), AuthFailure> {
    let window = i64::from(CLOCK_WINDOW);
    let signed_at = proof.signed_at;
    let begun = signed_at <= now.plus_seconds(window);
    let standing = match proof.expires_at {
        None => signed_at >= now.plus_seconds(-window),
        Some(end) => now <= end && end <= signed_at.plus_seconds(LONGEST_PRESIGNED),
    };
    if begun && standing {
        Ok(())
    } else {
        Err(AuthFailure::ClockSkew { signed_at, now, window: CLOCK_WINDOW })
    }
}

/// A signing key is for one day; the day must be that of the signature.
fn same_day(scope: &SignatureScope, signed_at: Timestamp) -> bool {
    let day = signed_at.rfc3339();
    let digits = day.bytes().take(10).filter(|b| *b != b'-');
    scope.date.len() == 8 && digits.eq(scope.date.bytes())
}

fn material_failure(e: MaterialError) -> AuthFailure {
    match e {
        // Taken away between reading the record and opening its secret.
        MaterialError::Absent => AuthFailure::Unknown,
        MaterialError::Sealed | MaterialError::Corrupt | MaterialError::Unavailable => {
            AuthFailure::Material(e)
        }
    }
}

/// The id of a bearer token: its SHA-256 in lower-case hex. For whoever makes tokens.
#[must_use]
pub fn token_id(crypto: &dyn AuthCrypto, token: &SecretBytes) -> String {
    hex(&crypto.sha256(token.expose(Exposure::VerifyCredential)))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}
