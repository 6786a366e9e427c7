//! `POST …/keys`: makes a key with one active version. Unless said otherwise: AES-256 for data, never exported, and its
//! destruction waits at least 7 days.

use codec_native::CreateKeyRequest;
use domain::{ExportCeiling, KeyFamily, KeySpec, Usage, UsageSet};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;
use crate::words::{document, read};
use crate::{reference, view};

/// Least seconds that a destruction waits unless said otherwise.
const DEFAULT_WAIT: u32 = 7 * 86_400;

pub(super) struct CreateKey;

impl WireOperation for CreateKey {
    type Op = api::ops::CreateKey;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let request: CreateKeyRequest = asked.body()?;
        let spec = request.spec.map_or(Ok(KeySpec::Aes256), |word| read("spec", &word))?;
        Ok(api::ops::CreateKey {
            spec,
            usage: usage(spec, request.usage)?,
            description: request.description,
            labels: request.labels.0,
            name: request.name.map(|name| reference::name(&name)).transpose()?,
            policy: request.policy.map(document).transpose()?,
            bypass_lockout_check: request.bypass_lockout_check,
            export: request.export.map_or(Ok(ExportCeiling::Never), |word| read("export", &word))?,
            destruction_wait: request.destruction_wait.unwrap_or(DEFAULT_WAIT),
            destruction_allowed: true,
            or_find: false,
        })
    }

    fn write(view: api::ops::KeyView) -> Result<Answer, Refused> {
        Answer::created(&view::key(&view))
    }
}

/// The uses that were asked for, else the one purpose of the family.
fn usage(spec: KeySpec, words: Option<Vec<String>>) -> Result<UsageSet, Refused> {
    if let Some(words) = words {
        return words.iter().map(|word| read::<Usage>("usage", word)).collect();
    }
    match spec.family() {
        KeyFamily::Aes => Ok(UsageSet::ENCRYPT_DECRYPT),
        KeyFamily::Hmac => Ok(UsageSet::MAC),
        KeyFamily::Ecdsa | KeyFamily::Eddsa | KeyFamily::MlDsa => Ok(UsageSet::SIGN_VERIFY),
        KeyFamily::Xdh => Ok(UsageSet::AGREE_KEY),
        KeyFamily::MlKem => Ok(UsageSet::ENCAPSULATE),
        KeyFamily::Rsa => {
            Err(Refused::malformed("`usage` is missing: an rsa key encrypts or signs, not both"))
        }
    }
}
