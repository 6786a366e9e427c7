//! Which canonical actions each wire operation asks for, and on what (INV-6).

use domain::Action;

/// What an action of an operation is asked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceRule {
    /// Nothing: answered without a decision.
    Open,
    /// The caller itself.
    Caller,
    /// The tenant that the namespace leads to.
    Tenant,
    /// The key that the path names.
    Key,
    /// The name in the path.
    Name,
}

/// One operation.
#[derive(Clone, Copy, Debug)]
pub struct OperationRow {
    /// Verb and path below `/v1/`.
    pub name: &'static str,
    /// All must be allowed.
    pub asks: &'static [(Action, ResourceRule)],
}

const fn row(name: &'static str, asks: &'static [(Action, ResourceRule)]) -> OperationRow {
    OperationRow { name, asks }
}

/// Every operation that is answered. `write` is POST or PUT. Those without an action are open by nature: they tell
/// states only, or tell the caller about itself.
pub const OPERATIONS: &[OperationRow] = &[
    row("read sys/health", &[]),
    row("read sys/seal-status", &[]),
    row("write sys/unseal", &[]),
    row("read sys/init", &[]),
    row("read sys/leader", &[]),
    row("read auth/token/lookup-self", &[]),
    row("list transit/keys", &[(Action::ListNames, ResourceRule::Tenant)]),
    row("read transit/keys/:name", &[(Action::DescribeKey, ResourceRule::Key)]),
    row(
        "write transit/keys/:name",
        &[(Action::CreateKey, ResourceRule::Tenant), (Action::BindName, ResourceRule::Name)],
    ),
    row("write transit/keys/:name, the key present", &[(Action::DescribeKey, ResourceRule::Key)]),
    row("delete transit/keys/:name/soft-delete", &[(Action::DisableKey, ResourceRule::Key)]),
    row("write transit/keys/:name/soft-delete-restore", &[(Action::EnableKey, ResourceRule::Key)]),
    row("write transit/encrypt/:name", &[(Action::Encrypt, ResourceRule::Key)]),
    row(
        "write transit/encrypt/:name, the key absent",
        &[
            (Action::CreateKey, ResourceRule::Tenant),
            (Action::BindName, ResourceRule::Name),
            (Action::Encrypt, ResourceRule::Key),
        ],
    ),
    row("write transit/decrypt/:name", &[(Action::Decrypt, ResourceRule::Key)]),
];
