//! What a key's own record demands at an instant, though nobody asks: the permission for it comes from the plan, and
//! from nowhere else (INV-1).

use std::sync::Arc;

use domain::{Action, Key, ResourceRef, RotationReason, RotationStep, StatementRef, Timestamp, plan};

use crate::permit::Allowed;

/// One step that is due.
#[derive(Debug)]
pub enum Due {
    /// The key's waiting period has passed: it is to be destroyed.
    Destroy(StatementRef),
    /// A new version is to be made; good for a permit to make it.
    Rotate(Allowed),
}

/// What is due for a key, and by what.
#[must_use]
pub fn due(now: Timestamp, key: &Key) -> Option<Due> {
    match plan(now, key).into_iter().next()? {
        RotationStep::Destroy { reason } => Some(Due::Destroy(by(reason))),
        RotationStep::NewVersion { reason, replaces: _ } => {
            let resource = ResourceRef::Key { tenant: key.tenant(), id: key.id() };
            Some(Due::Rotate(Allowed::new((Action::RotateKey, &resource, Arc::new(by(reason))))))
        }
    }
}

fn by(reason: RotationReason) -> StatementRef {
    StatementRef { document: "system:scheduler".to_owned(), statement: reason.word().to_owned() }
}
