//! Keystead's own API as bytes: paths, queries, request and answer bodies, and the error body. No domain, no I/O.
//!
//! Both sides speak through these types: `dialect/native` reads requests and writes answers, `client` the reverse.
//! Requests refuse what they do not know and say what was probably meant; answers may grow, so they are read leniently.
#![deny(missing_docs)]

mod audit;
mod base64;
mod code;
mod crypto;
mod decode;
mod error;
mod keys;
mod names;
mod pairs;
mod path;
mod places;
mod policies;
mod principals;
mod query;
mod secrets;
mod suggest;
mod sys;

pub use crate::audit::{AuditEntry, AuditPage, AuditTarget};
pub use crate::base64::Base64;
pub use crate::code::{Class, Code};
pub use crate::crypto::{
    DataKeyAnswer, DataKeyRequest, DecryptAnswer, DecryptRequest, EncryptAnswer, EncryptRequest,
};
pub use crate::decode::{BadBody, Nothing, decode, explain};
pub use crate::error::{ErrorBody, ErrorDetail};
pub use crate::keys::{
    CreateKeyRequest, Destruction, Key, KeyList, ListedKey, RatchetView, ScheduleRequest, Version,
};
pub use crate::names::{BindNameRequest, BoundName, NameList};
pub use crate::pairs::Pairs;
pub use crate::path::{BadPath, ROOT, decode_segment, encode_segment};
pub use crate::places::{Account, CreateAccountRequest, CreateTenantRequest, Tenant, TenantList};
pub use crate::policies::{
    Considered, Document, ExplainRequest, Explanation, Policy, PolicyList, PutKeyPolicyRequest, Statement,
    WritePolicyRequest,
};
pub use crate::principals::{
    CreateCredentialRequest, CreatePrincipalRequest, Credential, CredentialList, Me, NewCredential,
    Principal, PrincipalList, UpdatePrincipalRequest,
};
pub use crate::query::{BadQuery, Query, QueryWriter};
pub use crate::secrets::{SecretBase64, SecretText};
pub use crate::suggest::closest;
pub use crate::sys::{InitAnswer, InitRequest, SealAnswer, Shares, Status, UnsealRequest};
