//! What the audit log tells of the last use of a key or a credential: which records count as one, and what is
//! known of the last.

use serde::{Deserialize, Serialize};

use crate::{Action, ActionClass, AuditRecord, CredentialId, KeyId, Outcome, RequestId, Timestamp};

/// What a use was of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Used<'a> {
    /// A key, whichever of its versions.
    Key(KeyId),
    /// A credential.
    Credential(&'a CredentialId),
}

/// One use, as its record tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// When the gate took it up.
    pub at: Timestamp,
    /// Its record, which is also the request's id.
    pub record: RequestId,
    /// What was done: of a key the use that was made of it; of a credential what it asked for last, if it got so far.
    pub action: Option<Action>,
}

/// What is known of the last use of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// The last one; `None` if there was none since then.
    pub last: Option<Use>,
    /// Every use from here on is known of. What was used before and not since then looks as if it never was.
    pub since: Timestamp,
}

impl LastUse {
    /// As far as it can concern something made at `created`: nobody used it before.
    #[must_use]
    pub fn of_what_was_made_at(self, created: Timestamp) -> Self {
        Self { since: self.since.max(created), ..self }
    }
}

impl AuditRecord {
    /// The use of keys that it tells of, if it does: something that needs key material ([`ActionClass::Use`]) was
    /// done, not only asked about or refused. Of a batch it is enough that one item was.
    #[must_use]
    pub fn key_use(&self) -> Option<Use> {
        let action = self.actions.iter().rev().copied().find(|action| action.class() == ActionClass::Use)?;
        (!self.dry_run && self.something_was_done()).then_some(self.as_use(Some(action)))
    }

    /// The keys that such a use was of: ReEncrypt has two.
    pub fn keys_used(&self) -> impl Iterator<Item = KeyId> {
        self.target.iter().chain(&self.also).filter(|t| t.kind == "key").filter_map(|t| t.id.parse().ok())
    }

    /// The credential by which somebody was authenticated, whatever became of the request. One that was only
    /// presented was not used.
    #[must_use]
    pub fn credential_use(&self) -> Option<(&CredentialId, Use)> {
        self.subject.principal?;
        Some((self.subject.credential.as_ref()?, self.as_use(self.actions.last().copied())))
    }

    const fn as_use(&self, action: Option<Action>) -> Use {
        Use { at: self.at, record: self.id, action }
    }

    fn something_was_done(&self) -> bool {
        match self.outcome {
            Outcome::Success => true,
            Outcome::Failure(_) => self.items.zip(self.failed).is_some_and(|(items, failed)| failed < items),
        }
    }
}
