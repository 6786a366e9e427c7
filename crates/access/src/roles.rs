//! The built-in roles as a table over classes of action; `cedar/roles.rs` says the same in Cedar, and a test holds
//! the two together.

use domain::{Action, ActionClass, Role};

/// Whether the role allows the action. The match names every pair of role and class: no role both administers and
/// audits but `Root`, which is an allow-all identity policy.
#[must_use]
pub const fn role_allows(role: Role, action: Action) -> bool {
    use ActionClass::{Administer, Audit, Custody, Use, View};
    match (role, action.class()) {
        (Role::Root, _)
        | (Role::Administrator, Administer)
        | (Role::KeyCustodian, Custody | View)
        | (Role::CryptoUser, Use | View)
        | (Role::Auditor, Audit | View) => true,
        (Role::Administrator, Use | Custody | View | Audit)
        | (Role::KeyCustodian, Use | Administer | Audit)
        | (Role::CryptoUser, Custody | Administer | Audit)
        | (Role::Auditor, Use | Custody | Administer) => false,
    }
}

/// The word of a class in policies.
#[must_use]
pub const fn class_word(class: ActionClass) -> &'static str {
    match class {
        ActionClass::Use => "use",
        ActionClass::Custody => "custody",
        ActionClass::View => "view",
        ActionClass::Administer => "administer",
        ActionClass::Audit => "audit",
    }
}
