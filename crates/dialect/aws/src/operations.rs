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
    /// All must be allowed; a rule on a key or an alias counts where one is named, and for `ListAliases` then instead
    /// of the tenant's.
    pub asks: &'static [(Action, ResourceRule)],
}

const fn row(name: &'static str, asks: &'static [(Action, ResourceRule)]) -> OperationRow {
    OperationRow { name, asks }
}

/// Every operation that is answered.
pub const OPERATIONS: &[OperationRow] = &[
    row("CancelKeyDeletion", &[(Action::CancelDestruction, ResourceRule::Key)]),
    row("CreateAlias", &[(Action::BindName, ResourceRule::Key), (Action::BindName, ResourceRule::Alias)]),
    row("CreateKey", &[(Action::CreateKey, ResourceRule::Tenant)]),
    row("Decrypt", &[(Action::Decrypt, ResourceRule::Key)]),
    row("DescribeKey", &[(Action::DescribeKey, ResourceRule::Key)]),
    row("DisableKey", &[(Action::DisableKey, ResourceRule::Key)]),
    row("DisableKeyRotation", &[(Action::DisableRotation, ResourceRule::Key)]),
    row("EnableKey", &[(Action::EnableKey, ResourceRule::Key)]),
    row("EnableKeyRotation", &[(Action::EnableRotation, ResourceRule::Key)]),
    row("Encrypt", &[(Action::Encrypt, ResourceRule::Key)]),
    row("GenerateDataKey", &[(Action::GenerateDataKey, ResourceRule::Key)]),
    row("GenerateDataKeyWithoutPlaintext", &[(Action::GenerateWrappedDataKey, ResourceRule::Key)]),
    row("GetKeyPolicy", &[(Action::GetKeyPolicy, ResourceRule::Key)]),
    row("GetKeyRotationStatus", &[(Action::GetRotation, ResourceRule::Key)]),
    row("ListAliases", &[(Action::ListNames, ResourceRule::Tenant), (Action::ListNames, ResourceRule::Key)]),
    row("ListKeyRotations", &[(Action::ListRotations, ResourceRule::Key)]),
    row("ListKeys", &[(Action::ListKeys, ResourceRule::Tenant)]),
    row("PutKeyPolicy", &[(Action::PutKeyPolicy, ResourceRule::Key)]),
    row("RotateKeyOnDemand", &[(Action::RotateKey, ResourceRule::Key)]),
    row("ScheduleKeyDeletion", &[(Action::ScheduleDestruction, ResourceRule::Key)]),
    row("UpdateKeyDescription", &[(Action::UpdateDescription, ResourceRule::Key)]),
];

/// Operations of the API that are deliberately absent so far (COMPATIBILITY.md).
pub(crate) const ABSENT: &[&str] = &[
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "CreateGrant",
    "Decapsulate",
    "DeleteAlias",
    "DeleteCustomKeyStore",
    "DeleteImportedKeyMaterial",
    "DeriveSharedSecret",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "Encapsulate",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "GenerateRandom",
    "GetKeyLastUsage",
    "GetParametersForImport",
    "GetPublicKey",
    "ImportKeyMaterial",
    "ListGrants",
    "ListKeyPolicies",
    "ListResourceTags",
    "ListRetirableGrants",
    "ReEncrypt",
    "ReplicateKey",
    "RetireGrant",
    "RevokeGrant",
    "Sign",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateCustomKeyStore",
    "UpdatePrimaryRegion",
    "Verify",
    "VerifyMac",
];

/// An action's name in denials; what AWS has no word for keeps ours.
pub(crate) fn action_name(action: Action) -> String {
    let own = match action {
        Action::BindName => Some("CreateAlias"),
        Action::UnbindName => Some("DeleteAlias"),
        Action::ScheduleDestruction => Some("ScheduleKeyDeletion"),
        Action::CancelDestruction => Some("CancelKeyDeletion"),
        Action::GenerateWrappedDataKey => Some("GenerateDataKeyWithoutPlaintext"),
        Action::ListNames => Some("ListAliases"),
        _ => OPERATIONS.iter().find(|row| matches!(row.asks, [(a, _)] if *a == action)).map(|row| row.name),
    };
    own.map_or_else(|| action.word().to_owned(), |name| format!("kms:{name}"))
}
