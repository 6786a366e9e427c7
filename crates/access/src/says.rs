//! The question that every document is asked, and the four things it can say.

use std::cell::OnceCell;
use std::sync::Arc;

use domain::{AccountId, AccountNumber, Action, Caller, Key, ResourceRef, StatementRef};

use crate::{cedar, iam};

/// May this caller do this to that?
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) caller: &'a Caller,
    /// The public number of the caller's account.
    pub(crate) caller_number: AccountNumber,
    pub(crate) action: Action,
    pub(crate) resource: &'a ResourceRef,
    /// The key, where the resource is one that exists.
    pub(crate) key: Option<&'a Key>,
    /// The account that owns the resource's tenant; `None` outside tenants.
    pub(crate) owner: Option<AccountId>,
    /// The resource's place in the terms of `iam`; `None` outside tenants.
    pub(crate) terms: Option<iam::Terms<'a>>,
    /// The question in the terms of `cedar`, once a document needs it.
    pub(crate) framed: OnceCell<Option<cedar::Frame>>,
}

impl Question<'_> {
    /// The question in the terms of `cedar`; `None` where it cannot be put so, which denies.
    pub(crate) fn frame(&self) -> Option<&cedar::Frame> {
        self.framed.get_or_init(|| cedar::Frame::of(self)).as_ref()
    }
}

/// What one document says to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// Never.
    Denies(Arc<StatementRef>),
    /// Yes.
    Allows(Arc<StatementRef>),
    /// Yes, if an identity policy of the caller's account says so too.
    Delegates(Arc<StatementRef>),
    /// Nothing that covers it.
    Nothing,
}

impl Says {
    /// One word for explanations.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Denies(_) => "denies",
            Self::Allows(_) => "allows",
            Self::Delegates(_) => "delegates",
            Self::Nothing => "says nothing",
        }
    }
}
