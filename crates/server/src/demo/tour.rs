//! The steps of the demo.

use std::path::Path;
use std::sync::Arc;

use api::ops::{
    AssociatedData, CiphertextForm, CreateCredential, CreateKey, CreatePrincipal, DataKeyShape, Decrypt,
    DecryptItem, DisableKey, EnableKey, GenerateDataKey, KeyRef, RevokeCredential, RotateKey,
};
use api::{Fault, KmsExt, Operation, RequestContext};
use audit::VerifierKey;
use domain::{
    Coordinates, CredentialKind, Dialect, ExportCeiling, KeyId, KeySpec, PrincipalKind, Proof, Role, UsageSet,
};
use secret::{Exposure, SecretBytes};
use spi::SealCrypto;

use super::{TOKEN, say};
use crate::system::{StartError, System};

/// One demonstrator: who asks, in which system.
struct Tour<'a> {
    system: &'a Arc<System>,
}

/// Bytes of the file that are sealed together: what is opened at once lies in locked memory, which is bounded.
const PART: usize = 1024 * 1024;

/// What a data key protects: the ciphertext of a file, part by part, and the wrapped data key beside it.
struct Sealed {
    file: Vec<Vec<u8>>,
    wrapped: Vec<u8>,
}

/// Shows every step; an error if one does not come out as it should.
pub(super) async fn show(system: &Arc<System>, dir: &Path) -> Result<(), StartError> {
    let tour = Tour { system };
    say("Keystead: the main job, on SQLite and software keys, through the gate\n\n")?;
    let key = tour.create().await?;
    let file = std::env::current_exe().map_err(StartError::while_doing("a file to protect"))?;
    let sealed = tour.protect(key, &file).await?;
    tour.rotate(key).await?;
    tour.recover(&sealed, &file).await?;
    tour.deny(key, &sealed).await?;
    tour.revoke(key, &sealed).await?;
    tour.verify(dir).await
}

impl Tour<'_> {
    async fn ask<O: Operation>(
        &self,
        operation: &'static str,
        token: SecretBytes,
        op: O,
    ) -> Result<O::Output, Fault> {
        let context = RequestContext {
            id: self.system.request_id(),
            received_at: self.system.now(),
            place: Coordinates::new(Dialect::Native, "*/default"),
            operation: operation.into(),
            address: None,
            dry_run: false,
        };
        self.system.slot.run(context, Proof::Bearer(token), op).await
    }

    async fn own<O: Operation>(&self, operation: &'static str, op: O) -> Result<O::Output, StartError> {
        self.ask(operation, bytes(TOKEN), op).await.map_err(StartError::while_doing(operation))
    }

    async fn create(&self) -> Result<KeyId, StartError> {
        let op = CreateKey {
            spec: KeySpec::Aes256,
            usage: UsageSet::ENCRYPT_DECRYPT,
            description: "demo".to_owned(),
            labels: std::collections::BTreeMap::new(),
            name: None,
            policy: None,
            bypass_lockout_check: false,
            export: ExportCeiling::Never,
            destruction_wait: 7 * 86_400,
            destruction_allowed: true,
            or_find: false,
        };
        let key = self.own("CreateKey", op).await?.key.id();
        say(&format!("1. generated an AES-256 key            {key}\n"))?;
        Ok(key)
    }

    /// Envelope encryption: a data key for the file, the key for the data key.
    async fn protect(&self, key: KeyId, path: &Path) -> Result<Sealed, StartError> {
        let op = GenerateDataKey {
            key: KeyRef::Id(key),
            shape: DataKeyShape::Bytes(32),
            aad: context(),
            form: CiphertextForm::Envelope,
            with_plaintext: true,
        };
        let made = self.own("GenerateDataKey", op).await?;
        let data_key = made.plaintext.ok_or_else(|| StartError("no data key".to_owned()))?;
        let plain = std::fs::read(path).map_err(StartError::while_doing(path.display()))?;
        let parts = plain.chunks(PART);
        let file = self.with(data_key, |crypto, key| {
            let all = parts.len();
            parts.enumerate().map(|(n, part)| crypto.seal(key, &place(n, all), part)).collect()
        })?;
        say(&format!("2. envelope-encrypted a real file      {} ({} bytes)\n", name(path), plain.len()))?;
        Ok(Sealed { file, wrapped: made.wrapped.ciphertext })
    }

    async fn rotate(&self, key: KeyId) -> Result<(), StartError> {
        let view = self.own("RotateKey", RotateKey::unbounded(KeyRef::Id(key))).await?;
        let primary = view.key.primary().unwrap_or(0);
        say(&format!("3. rotated the key                     version {primary} protects from now on\n"))
    }

    async fn recover(&self, sealed: &Sealed, path: &Path) -> Result<(), StartError> {
        let opened =
            self.unwrap(bytes(TOKEN), &sealed.wrapped).await.map_err(StartError::while_doing("Decrypt"))?;
        let original = std::fs::read(path).map_err(StartError::while_doing(path.display()))?;
        let all = original.chunks(PART).len();
        let same = self.with(opened, |crypto, key| {
            let mut same = all == sealed.file.len();
            for (n, (part, was)) in sealed.file.iter().zip(original.chunks(PART)).enumerate() {
                let part = crypto.open(key, &place(n, all), part)?;
                same &= part.expose(Exposure::ReturnToAuthorisedCaller) == was;
            }
            Ok(same)
        })?;
        if !same {
            return Err(StartError("the file did not come back as it was".to_owned()));
        }
        say("4. decrypted it with the old version   byte for byte the same\n")
    }

    /// A principal that may make keys but not use them.
    async fn deny(&self, key: KeyId, sealed: &Sealed) -> Result<(), StartError> {
        let (id, token) = self.custodian().await?;
        match self.unwrap(token, &sealed.wrapped).await {
            Err(Fault { what: api::FaultWhat::Denied { caller, action, .. }, .. }) => {
                say(&format!("5. denied `{caller}`                  {} on {key}\n", action.word()))?;
            }
            other => return Err(unexpected("a custodian's use", other.map(drop))),
        }
        self.own("RevokeCredential", RevokeCredential { id }).await
    }

    async fn custodian(&self) -> Result<(domain::CredentialId, SecretBytes), StartError> {
        let op = CreatePrincipal {
            name: "custodian".to_owned(),
            kind: PrincipalKind::User,
            roles: vec![Role::KeyCustodian],
            policies: Vec::new(),
            labels: std::collections::BTreeMap::new(),
        };
        self.own("CreatePrincipal", op).await?;
        let op = CreateCredential {
            principal: "custodian".to_owned(),
            kind: CredentialKind::BearerToken,
            description: "demo".to_owned(),
            expires_at: None,
        };
        let made = self.own("CreateCredential", op).await?;
        Ok((made.credential.id, made.secret))
    }

    async fn revoke(&self, key: KeyId, sealed: &Sealed) -> Result<(), StartError> {
        self.own("DisableKey", DisableKey { key: KeyRef::Id(key) }).await?;
        match self.unwrap(bytes(TOKEN), &sealed.wrapped).await {
            Err(Fault { what: api::FaultWhat::WrongState { state, .. }, .. }) => {
                say(&format!("6. disabled the key: refused at once   it is {state}, in every dialect\n"))?;
            }
            other => return Err(unexpected("a use of a disabled key", other.map(drop))),
        }
        self.own("EnableKey", EnableKey { key: KeyRef::Id(key) }).await.map(drop)
    }

    /// The offline verifier, as an auditor would run it.
    async fn verify(&self, dir: &Path) -> Result<(), StartError> {
        self.system.log.checkpoint().await.map_err(StartError::while_doing("checkpoint"))?;
        let dir = dir.join("audit");
        let text =
            std::fs::read_to_string(dir.join("audit.pub")).map_err(StartError::while_doing("public key"))?;
        let crypto = &*self.system.crypto;
        let key = VerifierKey::parse(text.trim(), crypto).map_err(StartError::while_doing("public key"))?;
        let report = audit::verify(&dir, &key, None, crypto).map_err(StartError::while_doing("audit log"))?;
        if let Some(finding) = report.findings.first() {
            return Err(StartError(format!("the audit log was altered: {}", finding.what)));
        }
        say(&format!(
            "7. verified the audit log offline      {} records, {} signed\n",
            report.size, report.signed
        ))
    }

    async fn unwrap(&self, token: SecretBytes, wrapped: &[u8]) -> Result<SecretBytes, Fault> {
        let item = DecryptItem { ciphertext: wrapped.to_vec(), aad: context(), version: None };
        let op = Decrypt { key: None, items: vec![item], form: CiphertextForm::Envelope };
        let mut items = self.ask("Decrypt", token, op).await?.items;
        items.pop().unwrap_or(Err(api::FaultWhat::Internal)).map_err(Fault::new)
    }

    /// The client's side of envelope encryption.
    fn with<T>(
        &self,
        data_key: SecretBytes,
        run: impl FnOnce(&dyn SealCrypto, &secret::Secret<[u8; 32]>) -> Result<T, spi::ProviderError>,
    ) -> Result<T, StartError> {
        let key = data_key.try_into().map_err(|_| StartError("a data key has 32 bytes".to_owned()))?;
        run(&*self.system.crypto, &key).map_err(StartError::while_doing("file"))
    }
}

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::take_vec(text.as_bytes().to_vec())
}

/// Binds a part to its place, so that none can be moved, left out or added.
fn place(n: usize, all: usize) -> Vec<u8> {
    format!("demo, part {n} of {all}").into_bytes()
}

fn context() -> AssociatedData {
    AssociatedData::Pairs(vec![("purpose".to_owned(), "demo".to_owned())])
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

fn unexpected(what: &str, got: Result<(), Fault>) -> StartError {
    StartError(format!(
        "{what} should have been refused, but: {}",
        got.map_or_else(|e| e.to_string(), |()| "it was answered".to_owned())
    ))
}
