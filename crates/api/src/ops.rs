//! The operations, each a plain request type; canonical words only. Outputs stand beside them.

mod admin;
mod crypto;
mod keys;
mod last_use;
mod names;
mod rotation;
mod sign;

pub use admin::{
    CallerView, CreateAccount, CreateCredential, CreatePrincipal, CreateTenant, ExplainPolicy, Explanation,
    ListCredentials, ListPolicies, ListPrincipals, ListTenants, NewCredential, RevokeCredential, SealSystem,
    SearchAudit, TenantView, UpdatePrincipal, WhoAmI, WritePolicy,
};
pub use crypto::{
    AssociatedData, CiphertextForm, DataKey, DataKeyPair, DataKeyShape, Decrypt, DecryptItem, Decrypted,
    Encrypt, EncryptItem, Encrypted, EncryptedItem, GenerateDataKey, GenerateDataKeyPair, GenerateRandom,
    ReEncrypt, ReEncrypted,
};
pub use keys::{
    CancelDestruction, CreateKey, DescribeKey, DisableKey, EnableKey, GetKeyPolicy, KeyPage, KeyRef, KeyView,
    LabelKey, ListKeyPolicies, ListKeys, ListLabels, PutKeyPolicy, ScheduleDestruction, UnlabelKey,
    UpdateDescription,
};
pub use last_use::{GetLastUse, LastUseView};
pub use names::{BindName, ListNames, NameView, RebindName, UnbindName};
pub use rotation::{DisableRotation, EnableRotation, GetRotation, ListRotations, RotateKey, RotationPage};
pub use sign::{
    AgreeKey, Authenticating, Decapsulate, Encapsulate, Encapsulated, GenerateMac, GetPublicKey, Mac,
    PublicKey, SharedSecret, Sign, Signed, Signing, Verified, Verify, VerifyMac,
};
