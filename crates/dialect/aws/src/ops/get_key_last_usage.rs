//! GetKeyLastUsage (AWS KMS API Reference, GetKeyLastUsage): takes a key id or key ARN, never an alias; any state of
//! the key will do.
//!
//! `CloudTrailEventId` is the id of the audit record, by which `keystead audit` and the native API find it. A record
//! bears the id of its request, so `KmsRequestId` is the same. A use in another dialect is told by AWS's name of it.

use api::ops::{GetLastUse, LastUseView};
use domain::{Action, Use};
use serde_json::{Value, json};

use crate::call::{Place, WireOperation};
use crate::metadata::epoch;
use crate::operations::action_name;
use crate::wire::WireError;

pub(super) struct GetKeyLastUsage;

impl WireOperation for GetKeyLastUsage {
    type Op = GetLastUse;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        super::members::key_only(body, place).map(|key| GetLastUse { key })
    }

    fn write(LastUseView { view, last_use }: LastUseView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let answer = json!({
            "KeyId": view.key.id().to_string(),
            "KeyLastUsage": last_use.last.map_or_else(|| json!({}), usage),
            "TrackingStartDate": epoch(last_use.since),
            "KeyCreationDate": epoch(view.key.created_at()),
        });
        Ok(answer.to_string().into_bytes())
    }
}

fn usage(last: Use) -> Value {
    let record = last.record.to_string();
    let mut usage =
        json!({ "Timestamp": epoch(last.at), "CloudTrailEventId": record, "KmsRequestId": record });
    if let (Some(action), Some(usage)) = (last.action, usage.as_object_mut()) {
        usage.insert("Operation".to_owned(), tracked(action).into());
    }
    usage
}

/// What was done, in the words of `KeyLastUsageTrackingOperation`.
fn tracked(action: Action) -> String {
    match action {
        Action::ReEncryptFrom | Action::ReEncryptTo => "ReEncrypt".to_owned(),
        other => action_name(other).trim_start_matches("kms:").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::ActionClass;

    use super::*;

    /// The enum of the service model.
    const TRACKED: [&str; 14] = [
        "Decrypt",
        "DeriveSharedSecret",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "ReEncrypt",
        "Sign",
        "Verify",
        "VerifyMac",
        "Encapsulate",
        "Decapsulate",
    ];

    #[test]
    fn what_uses_a_key_is_exactly_what_aws_tracks() {
        let uses = Action::ALL.iter().filter(|action| action.class() == ActionClass::Use);
        // It uses none.
        let mut names: Vec<_> =
            uses.filter(|action| **action != Action::GenerateRandom).map(|action| tracked(*action)).collect();
        names.sort();
        names.dedup();
        let mut expected = TRACKED.map(str::to_owned);
        expected.sort();
        assert_eq!(names, expected);
    }
}
