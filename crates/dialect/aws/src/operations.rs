//! Which canonical actions each wire operation asks for, and on what (INV-6).

use domain::Action;

/// What an action of an operation is asked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceRule {
    /// The tenant that the signature's region leads to.
    Tenant,
    /// The key that is named, or that the ciphertext names.
    Key,
    /// The alias that is named.
    Alias,
}

/// One operation.
#[derive(Clone, Copy, Debug)]
pub struct OperationRow {
    /// As it stands in `X-Amz-Target`.
    pub name: &'static str,
    /// All must be allowed. A rule on a key or an alias counts where one is named, and for `ListAliases` then instead
    /// of the tenant's; for `CreateKey`, labelling counts where tags are given.
    pub asks: &'static [(Action, ResourceRule)],
}

pub(crate) const fn row(name: &'static str, asks: &'static [(Action, ResourceRule)]) -> OperationRow {
    OperationRow { name, asks }
}

/// Every operation that is answered.
pub const OPERATIONS: &[OperationRow] = &[
    row("CancelKeyDeletion", &[(Action::CancelDestruction, ResourceRule::Key)]),
    row("CreateAlias", &[(Action::BindName, ResourceRule::Key), (Action::BindName, ResourceRule::Alias)]),
    row("CreateKey", &[(Action::CreateKey, ResourceRule::Tenant), (Action::LabelKey, ResourceRule::Tenant)]),
    row("Decapsulate", &[(Action::Decapsulate, ResourceRule::Key)]),
    row("Decrypt", &[(Action::Decrypt, ResourceRule::Key)]),
    row("DeleteAlias", &[(Action::UnbindName, ResourceRule::Alias), (Action::UnbindName, ResourceRule::Key)]),
    row("DeriveSharedSecret", &[(Action::AgreeKey, ResourceRule::Key)]),
    row("DescribeKey", &[(Action::DescribeKey, ResourceRule::Key)]),
    row("DisableKey", &[(Action::DisableKey, ResourceRule::Key)]),
    row("DisableKeyRotation", &[(Action::DisableRotation, ResourceRule::Key)]),
    row("EnableKey", &[(Action::EnableKey, ResourceRule::Key)]),
    row("EnableKeyRotation", &[(Action::EnableRotation, ResourceRule::Key)]),
    row("Encapsulate", &[(Action::Encapsulate, ResourceRule::Key)]),
    row("Encrypt", &[(Action::Encrypt, ResourceRule::Key)]),
    row("GenerateDataKey", &[(Action::GenerateDataKey, ResourceRule::Key)]),
    row("GenerateDataKeyPair", &[(Action::GenerateDataKeyPair, ResourceRule::Key)]),
    row("GenerateDataKeyPairWithoutPlaintext", &[(Action::GenerateWrappedDataKeyPair, ResourceRule::Key)]),
    row("GenerateDataKeyWithoutPlaintext", &[(Action::GenerateWrappedDataKey, ResourceRule::Key)]),
    row("GenerateMac", &[(Action::GenerateMac, ResourceRule::Key)]),
    row("GenerateRandom", &[(Action::GenerateRandom, ResourceRule::Tenant)]),
    row("GetKeyLastUsage", &[(Action::GetLastUse, ResourceRule::Key)]),
    row("GetKeyPolicy", &[(Action::GetKeyPolicy, ResourceRule::Key)]),
    row("GetKeyRotationStatus", &[(Action::GetRotation, ResourceRule::Key)]),
    row("GetPublicKey", &[(Action::GetPublicKey, ResourceRule::Key)]),
    row("ListAliases", &[(Action::ListNames, ResourceRule::Tenant), (Action::ListNames, ResourceRule::Key)]),
    row("ListKeyPolicies", &[(Action::ListKeyPolicies, ResourceRule::Key)]),
    row("ListKeyRotations", &[(Action::ListRotations, ResourceRule::Key)]),
    row("ListKeys", &[(Action::ListKeys, ResourceRule::Tenant)]),
    row("ListResourceTags", &[(Action::ListLabels, ResourceRule::Key)]),
    row("PutKeyPolicy", &[(Action::PutKeyPolicy, ResourceRule::Key)]),
    row("ReEncrypt", &[(Action::ReEncryptFrom, ResourceRule::Key), (Action::ReEncryptTo, ResourceRule::Key)]),
    row("RotateKeyOnDemand", &[(Action::RotateKey, ResourceRule::Key)]),
    row("ScheduleKeyDeletion", &[(Action::ScheduleDestruction, ResourceRule::Key)]),
    row("Sign", &[(Action::Sign, ResourceRule::Key)]),
    row("TagResource", &[(Action::LabelKey, ResourceRule::Key)]),
    row("UntagResource", &[(Action::UnlabelKey, ResourceRule::Key)]),
    row("UpdateAlias", &[(Action::RebindName, ResourceRule::Alias), (Action::RebindName, ResourceRule::Key)]),
    row("UpdateKeyDescription", &[(Action::UpdateDescription, ResourceRule::Key)]),
    row("Verify", &[(Action::Verify, ResourceRule::Key)]),
    row("VerifyMac", &[(Action::VerifyMac, ResourceRule::Key)]),
];

/// Operations of the API that are deliberately absent so far (COMPATIBILITY.md).
pub(crate) const ABSENT: &[&str] = &[
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "CreateGrant",
    "DeleteCustomKeyStore",
    "DeleteImportedKeyMaterial",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "GetParametersForImport",
    "ImportKeyMaterial",
    "ListGrants",
    "ListRetirableGrants",
    "ReplicateKey",
    "RetireGrant",
    "RevokeGrant",
    "UpdateCustomKeyStore",
    "UpdatePrimaryRegion",
];

/// An action's name in denials; what AWS has no word for keeps ours.
pub(crate) fn action_name(action: Action) -> String {
    let own = match action {
        Action::BindName => Some("CreateAlias"),
        Action::RebindName => Some("UpdateAlias"),
        Action::UnbindName => Some("DeleteAlias"),
        Action::CreateKey => Some("CreateKey"),
        Action::ReEncryptFrom => Some("ReEncryptFrom"),
        Action::ReEncryptTo => Some("ReEncryptTo"),
        Action::ScheduleDestruction => Some("ScheduleKeyDeletion"),
        Action::CancelDestruction => Some("CancelKeyDeletion"),
        Action::GenerateWrappedDataKey => Some("GenerateDataKeyWithoutPlaintext"),
        Action::GenerateWrappedDataKeyPair => Some("GenerateDataKeyPairWithoutPlaintext"),
        Action::AgreeKey => Some("DeriveSharedSecret"),
        Action::ListNames => Some("ListAliases"),
        _ => OPERATIONS.iter().find(|row| matches!(row.asks, [(a, _)] if *a == action)).map(|row| row.name),
    };
    own.map_or_else(|| action.word().to_owned(), |name| format!("kms:{name}"))
}
