//! Making, reading and changing keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{
    Account, AccountNumber, Coordinates, Cursor, ExportCeiling, Key, KeyId, KeySpec, Name, Page,
    PolicyDocument, UsageSet,
};

/// How a request names a key, inside the tenant that its place leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRef {
    /// By id.
    Id(KeyId),
    /// By a name in a space.
    Name(Name),
    /// By a text that may be a name in this space or a key's id; the id wins, so that no name shadows a key.
    NameOrId(Name, Option<KeyId>),
    /// A well-formed identifier of a kind that no key here has (a multi-Region id): decided on and recorded like any
    /// other, and never found.
    Unknown(String),
    /// In a place that the reference itself spells out; absolute coordinates, which may be the request's own place.
    At {
        /// The place.
        place: Coordinates,
        /// The reference inside it.
        key: Box<KeyRef>,
    },
}

/// A key and the account that owns it, as every dialect needs both to describe it.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// The key.
    pub key: Arc<Key>,
    /// Its account.
    pub account: Arc<Account>,
    /// True when the request made or changed it; false when it found it as asked.
    pub changed: bool,
}

/// Makes a key with one active version.
#[derive(Debug)]
pub struct CreateKey {
    /// Kind of key.
    pub spec: KeySpec,
    /// Uses.
    pub usage: UsageSet,
    /// Free text.
    pub description: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Its first name, if the dialect names keys at birth. In every other bound space it gets the same text as a name
    /// where that is legal, free and allowed.
    pub name: Option<Name>,
    /// Its policy; `None` is the delegating default.
    pub policy: Option<PolicyDocument>,
    /// Skip the check that the caller can still change the policy afterwards.
    pub bypass_lockout_check: bool,
    /// How far material may ever leave.
    pub export: ExportCeiling,
    /// Least seconds that a destruction waits.
    pub destruction_wait: u32,
    /// Whether destruction may be asked for from the start.
    pub destruction_allowed: bool,
    /// True: if the name leads to a key already, answer with that key unchanged (Vault); it must have been made in
    /// the same dialect, else [`crate::FaultWhat::NameTaken`].
    pub or_find: bool,
}

/// Reads a key.
#[derive(Debug)]
pub struct DescribeKey {
    /// Which.
    pub key: KeyRef,
}

/// Writes a key's description.
#[derive(Debug)]
pub struct UpdateDescription {
    /// Which.
    pub key: KeyRef,
    /// What it shall say; may be empty.
    pub description: String,
}

/// Gives a key labels; one that it has already gets the new value.
#[derive(Debug)]
pub struct LabelKey {
    /// Which.
    pub key: KeyRef,
    /// Name to value: names of 1 to 128 characters, values of at most 256.
    pub labels: BTreeMap<String, String>,
}

/// Takes labels from a key; those it does not have are none to take.
#[derive(Debug)]
pub struct UnlabelKey {
    /// Which.
    pub key: KeyRef,
    /// Their names.
    pub labels: Vec<String>,
}

/// Lists a key's labels by name.
#[derive(Debug)]
pub struct ListLabels {
    /// Which key.
    pub key: KeyRef,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1000.
    pub limit: usize,
}

/// Lists keys of the tenant, oldest first.
#[derive(Debug)]
pub struct ListKeys {
    /// Where to go on.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1000.
    pub limit: usize,
}

/// A page of keys and the public number of the account that owns them.
#[derive(Clone, Debug)]
pub struct KeyPage {
    /// The keys.
    pub keys: Page<KeyId>,
    /// Their account.
    pub account: AccountNumber,
}

/// Lets a suspended key be used again.
#[derive(Debug)]
pub struct EnableKey {
    /// Which.
    pub key: KeyRef,
}

/// Suspends a key.
#[derive(Debug)]
pub struct DisableKey {
    /// Which.
    pub key: KeyRef,
}

/// Schedules the destruction of a key.
#[derive(Debug)]
pub struct ScheduleDestruction {
    /// Which.
    pub key: KeyRef,
    /// Seconds to wait.
    pub wait: u32,
}

/// Cancels a scheduled destruction; the key comes back suspended.
#[derive(Debug)]
pub struct CancelDestruction {
    /// Which.
    pub key: KeyRef,
}

/// Lists a key's policies. Each key has one, so what is found out is whether the key is there.
#[derive(Debug)]
pub struct ListKeyPolicies {
    /// Which.
    pub key: KeyRef,
}

/// Reads a key's policy as it was written.
#[derive(Debug)]
pub struct GetKeyPolicy {
    /// Which.
    pub key: KeyRef,
}

/// Writes a key's policy.
#[derive(Debug)]
pub struct PutKeyPolicy {
    /// Which.
    pub key: KeyRef,
    /// What it shall say.
    pub policy: PolicyDocument,
    /// Skip the check that the caller can still change the policy afterwards.
    pub bypass_lockout_check: bool,
}
