//! The principal element: whom a statement of a key policy speaks of.

use domain::{AccountNumber, Caller, PrincipalKind};

use super::json::Node;

/// One principal named by a key policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Everyone.
    Everyone,
    /// An account: its root, and in an allow a delegation to its identity policies.
    Account(AccountNumber),
    /// A user by name.
    User(AccountNumber, String),
    /// A role by name: a program.
    Role(AccountNumber, String),
}

/// How far a principal element reaches a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// It does not.
    Not,
    /// It names the caller's account.
    Account,
    /// It names the caller.
    Direct,
}

impl Named {
    fn reach(&self, caller: &Caller, number: AccountNumber) -> Reach {
        let is_me = |account: &AccountNumber, name: &str| *account == number && *name == *caller.name;
        let is_root = caller.kind == PrincipalKind::AccountRoot;
        let direct = match self {
            Self::Everyone => true,
            Self::Account(account) if *account == number => {
                return if is_root { Reach::Direct } else { Reach::Account };
            }
            Self::Account(_) => false,
            // A program's credentials look like a user's to those who write policies; both words name it.
            Self::User(account, name) => !is_root && is_me(account, name),
            Self::Role(account, name) => caller.kind == PrincipalKind::Service && is_me(account, name),
        };
        if direct { Reach::Direct } else { Reach::Not }
    }
}

/// The farthest reach of any of them.
pub(super) fn reach(named: &[Named], caller: &Caller, number: AccountNumber) -> Reach {
    named.iter().map(|n| n.reach(caller, number)).max().unwrap_or(Reach::Not)
}

/// Reads the element.
///
/// # Errors
/// What is wrong, without the place.
pub(super) fn read(node: &Node) -> Result<Vec<Named>, String> {
    match node {
        Node::Text(text) if text == "*" => Ok(vec![Named::Everyone]),
        Node::Object(members) => match members.as_slice() {
            [(kind, who)] if kind == "AWS" => {
                let texts = who.texts().ok_or("`AWS` must be a text or a list of texts")?;
                texts.into_iter().map(read_one).collect()
            }
            [] => Err("it names nobody".to_owned()),
            members => {
                let other = members.iter().find(|(kind, _)| kind != "AWS").map_or("AWS", |(kind, _)| kind);
                Err(format!("principals of type `{other}` are not evaluated yet"))
            }
        },
        _ => Err("it must be `*` or an object with the member `AWS`".to_owned()),
    }
}

fn read_one(text: &str) -> Result<Named, String> {
    if text == "*" {
        return Ok(Named::Everyone);
    }
    if let Ok(account) = text.parse() {
        return Ok(Named::Account(account));
    }
    let unknown = || {
        format!(
            "`{text}` is not an account number nor an ARN of an account's root, a user or a role without path"
        )
    };
    let rest = text.strip_prefix("arn:aws:iam::").ok_or_else(unknown)?;
    let (account, who) = rest.split_once(':').ok_or_else(unknown)?;
    let account = account.parse().map_err(|_| unknown())?;
    match who.split_once('/') {
        None if who == "root" => Ok(Named::Account(account)),
        Some(("user", name)) if is_name(name) => Ok(Named::User(account, name.to_owned())),
        Some(("role", name)) if is_name(name) => Ok(Named::Role(account, name.to_owned())),
        _ => Err(unknown()),
    }
}

/// The names that principals may have (`domain::Principal::name`): any other could never match, so a denial of it
/// would be stored without effect (INV-13).
fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
}
