//! The operations, each a plain request type; canonical words only. Outputs stand beside them.

mod admin;
mod crypto;
mod keys;
mod names;
mod rotation;

pub use admin::{
    CallerView, CreateAccount, CreateCredential, CreatePrincipal, CreateTenant, ExplainPolicy, Explanation,
    ListCredentials, ListPolicies, ListPrincipals, ListTenants, NewCredential, RevokeCredential, SealSystem,
    SearchAudit, TenantView, UpdatePrincipal, WhoAmI, WritePolicy,
};
pub use crypto::{
    AssociatedData, CiphertextForm, DataKey, DataKeyShape, Decrypt, DecryptItem, Decrypted, Encrypt,
    EncryptItem, Encrypted, EncryptedItem, GenerateDataKey,
};
pub use keys::{
    CancelDestruction, CreateKey, DescribeKey, DisableKey, EnableKey, GetKeyPolicy, KeyPage, KeyRef, KeyView,
    ListKeys, PutKeyPolicy, ScheduleDestruction, UpdateDescription,
};
pub use names::{BindName, ListNames, NameView};
pub use rotation::{DisableRotation, EnableRotation, GetRotation, ListRotations, RotateKey, RotationPage};
