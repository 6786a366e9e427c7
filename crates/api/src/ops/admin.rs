//! Accounts, tenants, principals, credentials, policies, audit and sealing: the native dialect's operations.

use std::collections::BTreeMap;

use domain::{
    AccountId, AccountNumber, Action, Binding, Coordinates, Credential, CredentialId, CredentialKind, Cursor,
    Language, PolicyDocument, Principal, PrincipalId, PrincipalKind, Role, StatementRef, Tenant, TenantId,
    Timestamp,
};
use secret::SecretBytes;

use super::KeyRef;

/// Who is asking? Allowed to every authenticated caller.
#[derive(Debug)]
pub struct WhoAmI;

/// The caller as the gate sees it.
#[derive(Clone, Debug)]
pub struct CallerView {
    /// The principal.
    pub principal: Principal,
    /// The public number of its account.
    pub account: AccountNumber,
    /// The credential used.
    pub credential: CredentialId,
}

/// Makes an account.
#[derive(Debug)]
pub struct CreateAccount {
    /// Its public number; must be free.
    pub number: AccountNumber,
    /// For people.
    pub name: String,
}

/// Makes a tenant and the bindings that lead to it.
#[derive(Debug)]
pub struct CreateTenant {
    /// The account; `None` is the caller's.
    pub account: Option<AccountId>,
    /// Unique in the account.
    pub name: String,
    /// At most one for each of AWS, Azure and Google; an AWS number must be the account's own. What does not begin with
    /// that number (a Vault namespace `team`, the root namespace) is the system's to give: it takes the right to create
    /// tenants on the system, which only the operators' account has.
    pub bindings: Vec<Coordinates>,
}

/// Lists the tenants of the caller's account.
#[derive(Debug)]
pub struct ListTenants;

/// A tenant and what leads to it.
#[derive(Clone, Debug)]
pub struct TenantView {
    /// The tenant.
    pub tenant: Tenant,
    /// Its bindings.
    pub bindings: Vec<Binding>,
}

/// Makes a principal in the caller's account.
#[derive(Debug)]
pub struct CreatePrincipal {
    /// Unique in the account.
    pub name: String,
    /// What it is.
    pub kind: PrincipalKind,
    /// Built-in roles.
    pub roles: Vec<Role>,
    /// Identity policies by name.
    pub policies: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}

/// Changes a principal; `None` leaves a field as it is.
#[derive(Debug)]
pub struct UpdatePrincipal {
    /// By name.
    pub name: String,
    /// New roles.
    pub roles: Option<Vec<Role>>,
    /// New identity policies by name.
    pub policies: Option<Vec<String>>,
    /// Disable or enable.
    pub disabled: Option<bool>,
}

/// Lists principals by name.
#[derive(Debug)]
pub struct ListPrincipals {
    /// Where to go on.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1000.
    pub limit: usize,
}

/// Makes a credential. Its secret is shown once.
#[derive(Debug)]
pub struct CreateCredential {
    /// Of which principal, by name.
    pub principal: String,
    /// Which kind.
    pub kind: CredentialKind,
    /// For people.
    pub description: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A credential and its secret, which is kept nowhere in the clear.
#[derive(Debug)]
pub struct NewCredential {
    /// The record.
    pub credential: Credential,
    /// The signing secret or the token.
    pub secret: SecretBytes,
}

/// Lists a principal's credentials.
#[derive(Debug)]
pub struct ListCredentials {
    /// By name.
    pub principal: String,
}

/// Takes a credential away, at once.
#[derive(Debug)]
pub struct RevokeCredential {
    /// Which.
    pub id: CredentialId,
}

/// Writes an identity policy; a new name makes a new one.
#[derive(Debug)]
pub struct WritePolicy {
    /// Unique in the account.
    pub name: String,
    /// What it says.
    pub document: PolicyDocument,
    /// The tenants (by name) that it caps as a guardrail from now on: exactly these, so that one that is left out is
    /// let go; `None` leaves that as it is.
    pub guards: Option<Vec<String>>,
}

/// Lists the account's policies.
#[derive(Debug)]
pub struct ListPolicies;

/// Asks what the gate would decide, without doing anything.
#[derive(Debug)]
pub struct ExplainPolicy {
    /// For which principal, by name; `None` is the caller.
    pub principal: Option<String>,
    /// Doing what.
    pub action: Action,
    /// On which key; `None` is the tenant.
    pub key: Option<KeyRef>,
}

/// The answer of a decision.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Whether it would be allowed.
    pub allowed: bool,
    /// The statement that decides; `None` when none allows.
    pub by: Option<StatementRef>,
    /// Every document that was looked at, with its language and what it said.
    pub considered: Vec<(String, Language, &'static str)>,
}

/// Searches the audit log of the caller's account, newest first.
#[derive(Debug)]
pub struct SearchAudit {
    /// Not before.
    pub since: Option<Timestamp>,
    /// Only this wire operation.
    pub operation: Option<String>,
    /// Only this target id.
    pub target: Option<String>,
    /// Only by this principal.
    pub principal: Option<PrincipalId>,
    /// Only in this tenant.
    pub tenant: Option<TenantId>,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1000.
    pub limit: usize,
}

/// Seals the system: every key-encryption key leaves memory.
#[derive(Debug)]
pub struct SealSystem;
