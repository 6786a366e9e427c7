//! What can be done, in canonical words. Every operation of every dialect maps to a set of these (INV-6).

use serde::{Deserialize, Serialize};

/// What kind of act an action is; roles are made of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActionClass {
    /// Uses key material.
    Use,
    /// Makes, changes or destroys keys and names.
    Custody,
    /// Reads descriptions and listings of keys and names.
    View,
    /// Accounts, tenants, principals, credentials, policies, sealing.
    Administer,
    /// Reads the audit log and policies.
    Audit,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $class:ident;)*) => {
        /// One canonical action.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Action {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Action {
            /// Every action, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// `noun:verb`, as it stands in policies and the audit log.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What kind of act it is.
            #[must_use]
            pub const fn class(self) -> ActionClass {
                match self { $(Self::$variant => ActionClass::$class),* }
            }
        }
    };
}

actions! {
    /// Make a key.
    CreateKey = "key:create", Custody;
    /// Read a key's description.
    DescribeKey = "key:describe", View;
    /// List keys.
    ListKeys = "key:list", View;
    /// Write a key's description.
    UpdateDescription = "key:update-description", Custody;
    /// Label a key.
    LabelKey = "key:label", Custody;
    /// Take labels from a key.
    UnlabelKey = "key:unlabel", Custody;
    /// Read a key's labels.
    ListLabels = "key:list-labels", View;
    /// Let a suspended key be used again.
    EnableKey = "key:enable", Custody;
    /// Suspend a key.
    DisableKey = "key:disable", Custody;
    /// Make a new version.
    RotateKey = "key:rotate", Custody;
    /// Let new versions be made by themselves.
    EnableRotation = "key:enable-rotation", Custody;
    /// Let no new versions be made by themselves.
    DisableRotation = "key:disable-rotation", Custody;
    /// Read when new versions are made.
    GetRotation = "key:get-rotation", View;
    /// Read when a key was used last.
    GetLastUse = "key:get-last-use", View;
    /// List the versions that rotation made.
    ListRotations = "key:list-rotations", View;
    /// Schedule a destruction.
    ScheduleDestruction = "key:schedule-destruction", Custody;
    /// Cancel a scheduled destruction.
    CancelDestruction = "key:cancel-destruction", Custody;
    /// Protect data.
    Encrypt = "key:encrypt", Use;
    /// Unprotect data.
    Decrypt = "key:decrypt", Use;
    /// Unprotect data in order to protect it again: asked of the key that protects it now.
    ReEncryptFrom = "key:reencrypt-from", Use;
    /// Protect data that another key or context protected: asked of the key that protects it then.
    ReEncryptTo = "key:reencrypt-to", Use;
    /// Make a data key, in the clear and wrapped.
    GenerateDataKey = "key:generate-data-key", Use;
    /// Make a data key, wrapped only.
    GenerateWrappedDataKey = "key:generate-wrapped-data-key", Use;
    /// Make a key pair for others to use, in the clear and wrapped.
    GenerateDataKeyPair = "key:generate-data-key-pair", Use;
    /// Make a key pair for others to use, its private half wrapped only.
    GenerateWrappedDataKeyPair = "key:generate-wrapped-data-key-pair", Use;
    /// Sign.
    Sign = "key:sign", Use;
    /// Verify a signature.
    Verify = "key:verify", Use;
    /// Make a message authentication code.
    GenerateMac = "key:generate-mac", Use;
    /// Verify a message authentication code.
    VerifyMac = "key:verify-mac", Use;
    /// Read a key's public half.
    GetPublicKey = "key:get-public", View;
    /// Agree on a secret with somebody's public key.
    AgreeKey = "key:agree", Use;
    /// Make a shared secret and encapsulate it.
    Encapsulate = "key:encapsulate", Use;
    /// Recover a shared secret.
    Decapsulate = "key:decapsulate", Use;
    /// Make random bytes, which no key protects.
    GenerateRandom = "random:generate", Use;
    /// List the names of a key's policies.
    ListKeyPolicies = "key:list-policies", View;
    /// Read a key's policy.
    GetKeyPolicy = "key:get-policy", View;
    /// Write a key's policy.
    PutKeyPolicy = "key:put-policy", Custody;
    /// Bind a name: asked of the name and of the key.
    BindName = "name:bind", Custody;
    /// Let a name lead to another key: asked of the name and of both keys.
    RebindName = "name:rebind", Custody;
    /// Remove a name: asked of the name and of the key.
    UnbindName = "name:unbind", Custody;
    /// List names.
    ListNames = "name:list", View;
    /// Make an account.
    CreateAccount = "account:create", Administer;
    /// Make a tenant, with its bindings.
    CreateTenant = "tenant:create", Administer;
    /// Read tenants and bindings.
    ListTenants = "tenant:list", Administer;
    /// Make a principal.
    CreatePrincipal = "principal:create", Administer;
    /// Read principals.
    ListPrincipals = "principal:list", Administer;
    /// Change a principal: roles, policies, disabling.
    UpdatePrincipal = "principal:update", Administer;
    /// Make a credential of a principal.
    CreateCredential = "credential:create", Administer;
    /// Read credentials (never their secrets).
    ListCredentials = "credential:list", Administer;
    /// Take a credential away.
    RevokeCredential = "credential:revoke", Administer;
    /// Write an identity policy or guardrail.
    WritePolicy = "policy:write", Administer;
    /// Read identity policies and guardrails.
    ReadPolicy = "policy:read", Audit;
    /// Ask what a decision would be.
    ExplainPolicy = "policy:explain", Audit;
    /// Read the audit log.
    ReadAudit = "audit:read", Audit;
    /// Seal the system.
    Seal = "system:seal", Administer;
    /// Make a backup.
    Backup = "system:backup", Administer;
    /// Read configuration and health in detail.
    ReadSystem = "system:read", Audit;
}
