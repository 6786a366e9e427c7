//! Every operation of the API as a [`Call`].

use codec_native as wire;
use codec_native::QueryWriter;
use http::Method;

use crate::call::with_page;
use crate::{Call, ClientError, Page};

type Made<T> = Result<Call<T>, ClientError>;

/// The seal's status.
#[must_use]
pub fn status() -> Call<wire::Status> {
    Call::new(Method::GET, &["sys", "status"])
}

/// Seals the system.
#[must_use]
pub fn seal() -> Call<wire::SealAnswer> {
    Call::new(Method::POST, &["sys", "seal"])
}

/// Gives one custodian's share.
///
/// # Errors
/// When there is no memory for the body.
pub fn unseal(request: &wire::UnsealRequest) -> Made<wire::Status> {
    Call::new(Method::POST, &["sys", "unseal"]).body(request, request.share.0.len())
}

/// Forgets the shares given so far.
#[must_use]
pub fn reset_unseal() -> Call<wire::Status> {
    Call::new(Method::DELETE, &["sys", "unseal"])
}

/// Who is asking.
#[must_use]
pub fn me() -> Call<wire::Me> {
    Call::new(Method::GET, &["me"])
}

/// Makes an account.
///
/// # Errors
/// When there is no memory for the body.
pub fn create_account(request: &wire::CreateAccountRequest) -> Made<wire::Account> {
    Call::new(Method::POST, &["accounts"]).body(request, 0)
}

/// Makes a tenant.
///
/// # Errors
/// When there is no memory for the body.
pub fn create_tenant(request: &wire::CreateTenantRequest) -> Made<wire::Tenant> {
    Call::new(Method::POST, &["tenants"]).body(request, 0)
}

/// Lists tenants.
#[must_use]
pub fn list_tenants() -> Call<wire::TenantList> {
    Call::new(Method::GET, &["tenants"])
}

/// Makes a key.
///
/// # Errors
/// When there is no memory for the body.
pub fn create_key(tenant: &str, request: &wire::CreateKeyRequest) -> Made<wire::Key> {
    Call::new(Method::POST, &["tenants", tenant, "keys"]).body(request, 0)
}

/// Lists keys.
#[must_use]
pub fn list_keys(tenant: &str, page: &Page) -> Call<wire::KeyList> {
    Call::new(Method::GET, &["tenants", tenant, "keys"]).page(page)
}

/// Reads a key.
#[must_use]
pub fn show_key(tenant: &str, key: &str) -> Call<wire::Key> {
    Call::new(Method::GET, &["tenants", tenant, "keys", key])
}

/// Lets a suspended key be used again.
#[must_use]
pub fn enable_key(tenant: &str, key: &str) -> Call<wire::Key> {
    Call::new(Method::POST, &["tenants", tenant, "keys", key]).verb("enable")
}

/// Suspends a key.
#[must_use]
pub fn disable_key(tenant: &str, key: &str) -> Call<wire::Key> {
    Call::new(Method::POST, &["tenants", tenant, "keys", key]).verb("disable")
}

/// Makes a new version.
#[must_use]
pub fn rotate_key(tenant: &str, key: &str) -> Call<wire::Key> {
    Call::new(Method::POST, &["tenants", tenant, "keys", key]).verb("rotate")
}

/// Cancels a scheduled destruction.
#[must_use]
pub fn cancel_destruction(tenant: &str, key: &str) -> Call<wire::Key> {
    Call::new(Method::POST, &["tenants", tenant, "keys", key]).verb("cancel-destruction")
}

/// Schedules a destruction.
///
/// # Errors
/// When there is no memory for the body.
pub fn schedule_destruction(tenant: &str, key: &str, request: wire::ScheduleRequest) -> Made<wire::Key> {
    Call::new(Method::POST, &["tenants", tenant, "keys", key]).verb("schedule-destruction").body(&request, 0)
}

/// Protects a plaintext.
///
/// # Errors
/// When there is no memory for the body.
pub fn encrypt(tenant: &str, key: &str, request: &wire::EncryptRequest) -> Made<wire::EncryptAnswer> {
    let call = Call::new(Method::POST, &["tenants", tenant, "keys", key]).verb("encrypt");
    call.body(request, request.plaintext.0.len())
}

/// Opens a ciphertext; the key `-` stands in it.
///
/// # Errors
/// When there is no memory for the body.
pub fn decrypt(tenant: &str, key: &str, request: &wire::DecryptRequest) -> Made<wire::DecryptAnswer> {
    Call::new(Method::POST, &["tenants", tenant, "keys", key]).verb("decrypt").body(request, 0)
}

/// Makes a data key, in the clear and wrapped.
///
/// # Errors
/// When there is no memory for the body.
pub fn generate_data_key(
    tenant: &str,
    key: &str,
    request: &wire::DataKeyRequest,
) -> Made<wire::DataKeyAnswer> {
    Call::new(Method::POST, &["tenants", tenant, "keys", key]).verb("generate-data-key").body(request, 0)
}

/// Makes a data key, wrapped only.
///
/// # Errors
/// When there is no memory for the body.
pub fn generate_wrapped_data_key(
    tenant: &str,
    key: &str,
    request: &wire::DataKeyRequest,
) -> Made<wire::DataKeyAnswer> {
    Call::new(Method::POST, &["tenants", tenant, "keys", key])
        .verb("generate-wrapped-data-key")
        .body(request, 0)
}

/// Reads a key's policy.
#[must_use]
pub fn get_key_policy(tenant: &str, key: &str) -> Call<wire::Document> {
    Call::new(Method::GET, &["tenants", tenant, "keys", key, "policy"])
}

/// Writes a key's policy.
///
/// # Errors
/// When there is no memory for the body.
pub fn put_key_policy(tenant: &str, key: &str, request: &wire::PutKeyPolicyRequest) -> Made<()> {
    Call::new(Method::PUT, &["tenants", tenant, "keys", key, "policy"]).body(request, 0)
}

/// Binds a name to a key.
///
/// # Errors
/// When there is no memory for the body.
pub fn bind_name(tenant: &str, request: &wire::BindNameRequest) -> Made<()> {
    Call::new(Method::POST, &["tenants", tenant, "names"]).body(request, 0)
}

/// Lists names of one space.
#[must_use]
pub fn list_names(tenant: &str, space: &str, key: Option<&str>, page: &Page) -> Call<wire::NameList> {
    let query = QueryWriter::default().with("space", Some(space)).with("key", key);
    Call::new(Method::GET, &["tenants", tenant, "names"]).query(with_page(query, page))
}

/// Makes a principal.
///
/// # Errors
/// When there is no memory for the body.
pub fn create_principal(request: &wire::CreatePrincipalRequest) -> Made<wire::Principal> {
    Call::new(Method::POST, &["principals"]).body(request, 0)
}

/// Lists principals.
#[must_use]
pub fn list_principals(page: &Page) -> Call<wire::PrincipalList> {
    Call::new(Method::GET, &["principals"]).page(page)
}

/// Changes a principal.
///
/// # Errors
/// When there is no memory for the body.
pub fn update_principal(name: &str, request: &wire::UpdatePrincipalRequest) -> Made<wire::Principal> {
    Call::new(Method::PATCH, &["principals", name]).body(request, 0)
}

/// Makes a credential.
///
/// # Errors
/// When there is no memory for the body.
pub fn create_credential(
    principal: &str,
    request: &wire::CreateCredentialRequest,
) -> Made<wire::NewCredential> {
    Call::new(Method::POST, &["principals", principal, "credentials"]).body(request, 0)
}

/// Lists a principal's credentials.
#[must_use]
pub fn list_credentials(principal: &str) -> Call<wire::CredentialList> {
    Call::new(Method::GET, &["principals", principal, "credentials"])
}

/// Takes a credential away.
#[must_use]
pub fn revoke_credential(id: &str) -> Call<()> {
    Call::new(Method::DELETE, &["credentials", id])
}

/// Writes a policy.
///
/// # Errors
/// When there is no memory for the body.
pub fn write_policy(name: &str, request: &wire::WritePolicyRequest) -> Made<wire::Policy> {
    Call::new(Method::PUT, &["policies", name]).body(request, 0)
}

/// Lists policies.
#[must_use]
pub fn list_policies() -> Call<wire::PolicyList> {
    Call::new(Method::GET, &["policies"])
}

/// Asks what the gate would decide.
///
/// # Errors
/// When there is no memory for the body.
pub fn explain(request: &wire::ExplainRequest) -> Made<wire::Explanation> {
    Call::new(Method::POST, &["explain"]).body(request, 0)
}

/// What to look for in the audit log.
#[derive(Clone, Debug, Default)]
pub struct AuditSearch {
    /// Not before, RFC 3339.
    pub since: Option<String>,
    /// Only this wire operation.
    pub operation: Option<String>,
    /// Only this target id.
    pub target: Option<String>,
    /// Only by this principal's id.
    pub principal: Option<String>,
    /// Only in this tenant's id.
    pub tenant: Option<String>,
}

/// Searches the audit log, newest first.
#[must_use]
pub fn search_audit(search: &AuditSearch, page: &Page) -> Call<wire::AuditPage> {
    let query = QueryWriter::default()
        .with("since", search.since.as_deref())
        .with("operation", search.operation.as_deref())
        .with("target", search.target.as_deref())
        .with("principal", search.principal.as_deref())
        .with("tenant", search.tenant.as_deref());
    Call::new(Method::GET, &["audit"]).query(with_page(query, page))
}
