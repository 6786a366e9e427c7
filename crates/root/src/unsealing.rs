//! Sealed, collecting shares, unsealed: the root of trust as a function of (state, input). Whoever drives it does the
//! I/O that the effects name, in their order.
//!
//! Each share is verified by itself before it counts, and what they recombine to must open the system's
//! key-encryption key before anything is called unsealed: the record that shares are checked against has no secret.

mod outcome;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use domain::Timestamp;
use secret::Secret;
use spi::{Entropy, SealCrypto, SealError, WrappedKek};

pub use outcome::{Act, Attempt, Refused, Status};

use crate::shamir::{Share, SplitRecord, Terms, combine, split};
use crate::{Guarded, KekRing, SealedRoot};

type Key = Secret<[u8; 32]>;

/// How long the shares of one round may take to arrive, from the first.
const ROUND_MILLIS: i64 = 15 * 60 * 1000;

/// The root of trust of one system, in one of its states.
pub struct Unsealing {
    crypto: Arc<dyn SealCrypto>,
    entropy: Arc<dyn Entropy>,
    state: State,
}

enum State {
    Uninitialised,
    Sealed(SealedRoot),
    Collecting(SealedRoot, Round),
    Unsealed(SealedRoot),
}

/// The shares given so far, all verified, all different.
struct Round {
    nonce: [u8; 16],
    began: Timestamp,
    shares: Vec<Share>,
}

impl Round {
    /// Also over when the clock was set back: it must not lengthen a round.
    fn is_over(&self, now: Timestamp) -> bool {
        !(0..ROUND_MILLIS).contains(&now.millis().saturating_sub(self.began.millis()))
    }
}

/// How a new system is to be protected.
#[derive(Debug)]
pub enum NewRoot {
    /// By the key of a keyfile.
    Keyfile(Key),
    /// By a key that lives in this process alone.
    Memory(Key),
    /// By a fresh key, split among custodians.
    Shamir(Terms),
}

/// What happens to the root of trust.
#[derive(Debug)]
pub enum Input<'a> {
    /// Initialise a system that never was.
    Init(NewRoot),
    /// The root of trust gave its secret.
    RootSecret(Key),
    /// A custodian gave a share, as text.
    Share(&'a str, Timestamp),
    /// The custodians begin again.
    Reset,
    /// Time passed.
    Timeout(Timestamp),
    /// Seal the system.
    Seal,
}

/// What is to be done, in this order.
#[derive(Debug)]
pub enum Effect {
    /// Keep this record durably; if that fails, do none of what follows.
    Keep(SealedRoot),
    /// Hand each share to its custodian; they are nowhere else.
    SharesMade(Vec<Share>),
    /// Append this to the audit log before anybody is answered, and before what follows.
    Record(Attempt),
    /// Unseal with this root key, which was shown to open this key.
    Unsealed(Key, WrappedKek),
    /// Empty the ring and close the gate.
    Sealed,
}

impl Unsealing {
    /// The state at start: sealed by what was kept, or uninitialised.
    #[must_use]
    pub fn new(kept: Option<SealedRoot>, crypto: Arc<dyn SealCrypto>, entropy: Arc<dyn Entropy>) -> Self {
        let state = kept.map_or(State::Uninitialised, State::Sealed);
        Self { crypto, entropy, state }
    }

    /// The next state and what is to be done. Every input but an idle [`Input::Timeout`] is recorded, refused or not.
    #[must_use]
    pub fn step(self, input: Input<'_>) -> (Self, Vec<Effect>) {
        let Self { crypto, entropy, state } = self;
        let tools =
            Tools { crypto: &*crypto, entropy: &*entropy, ring: &|| KekRing::new(Arc::clone(&crypto)) };
        let (state, effects) = match input {
            Input::Init(new) => tools.init(state, new),
            Input::RootSecret(root) => tools.root_secret(state, root),
            Input::Share(text, now) => tools.share(state, text, now),
            Input::Reset => reset(state),
            Input::Timeout(now) => timeout(state, now),
            Input::Seal => seal(state),
        };
        (Self { crypto, entropy, state }, effects)
    }

    /// What anybody may know.
    #[must_use]
    pub fn status(&self) -> Status {
        let (root, round) = match &self.state {
            State::Uninitialised => (None, None),
            State::Sealed(root) | State::Unsealed(root) => (Some(root), None),
            State::Collecting(root, round) => (Some(root), Some(round)),
        };
        let sealed = !matches!(self.state, State::Unsealed(_));
        Status::of(root, sealed, round.map(|round| (round.shares.len(), round.nonce)))
    }
}

type Next = (State, Vec<Effect>);

/// What a step may use beside its state and its input.
struct Tools<'a> {
    crypto: &'a dyn SealCrypto,
    entropy: &'a dyn Entropy,
    /// A ring to try keys in, dropped at once.
    ring: &'a dyn Fn() -> KekRing,
}

impl Tools<'_> {
    fn init(&self, state: State, new: NewRoot) -> Next {
        if !matches!(state, State::Uninitialised) {
            return refused(state, Act::Init, Refused::AlreadyInitialised);
        }
        match self.made(new) {
            Ok((root, key, shares)) => {
                let mut effects = vec![Effect::Keep(root.clone()), Effect::Record(Attempt::done(Act::Init))];
                if !shares.is_empty() {
                    effects.insert(1, Effect::SharesMade(shares));
                }
                effects.push(Effect::Unsealed(key, root.system.clone()));
                (State::Unsealed(root), effects)
            }
            Err(why) => refused(state, Act::Init, why),
        }
    }

    fn made(&self, new: NewRoot) -> Result<(SealedRoot, Key, Vec<Share>), Refused> {
        let (guarded, key, shares) = match new {
            NewRoot::Keyfile(key) => (Guarded::Keyfile, key, Vec::new()),
            NewRoot::Memory(key) => (Guarded::Memory, key, Vec::new()),
            NewRoot::Shamir(terms) => {
                let key = self.crypto.fresh_key();
                let made = split(&key, terms, self.entropy, &|parts| self.crypto.sha256(parts));
                let (record, shares) = made.map_err(Refused::Split)?;
                (Guarded::Shamir(record), key, shares)
            }
        };
        let system = (self.ring)().init(&key).map_err(Refused::from_seal)?;
        Ok((SealedRoot { guarded, system }, key, shares))
    }

    fn root_secret(&self, state: State, key: Key) -> Next {
        match state {
            State::Sealed(root) if !matches!(root.guarded, Guarded::Shamir(_)) => self.open(root, key),
            State::Sealed(_) | State::Collecting(..) => refused(state, Act::Unseal, Refused::SharesNeeded),
            State::Uninitialised => refused(state, Act::Unseal, Refused::NotInitialised),
            State::Unsealed(_) => refused(state, Act::Unseal, Refused::AlreadyUnsealed),
        }
    }

    fn share(&self, state: State, text: &str, now: Timestamp) -> Next {
        let (state, mut effects) = timeout(state, now);
        let (state, more) = match state {
            State::Sealed(SealedRoot { guarded: Guarded::Shamir(split), system }) => {
                let round = Round { nonce: self.entropy.bytes(), began: now, shares: Vec::new() };
                self.collect(split, system, round, text)
            }
            State::Collecting(SealedRoot { guarded: Guarded::Shamir(split), system }, round) => {
                self.collect(split, system, round, text)
            }
            State::Sealed(_) | State::Collecting(..) => refused(state, Act::Unseal, Refused::NoShares),
            State::Uninitialised => refused(state, Act::Unseal, Refused::NotInitialised),
            State::Unsealed(_) => refused(state, Act::Unseal, Refused::AlreadyUnsealed),
        };
        effects.extend(more);
        (state, effects)
    }

    /// Counts the share if it is one of the split and new; opens when there are enough.
    fn collect(&self, split: SplitRecord, system: WrappedKek, mut round: Round, text: &str) -> Next {
        let verified = self.verified(&split, &round, text);
        let share = match verified {
            Ok(share) => share,
            Err(why) => return refused(waiting(split, system, round), Act::Unseal, why),
        };
        let index = share.index();
        round.shares.push(share);
        if round.shares.len() < usize::from(split.terms().threshold()) {
            let attempt = Attempt::counted(index, round.shares.len());
            return (waiting(split, system, round), vec![Effect::Record(attempt)]);
        }
        let combined = combine(&round.shares, &split, &|parts| self.crypto.sha256(parts));
        let root = SealedRoot { guarded: Guarded::Shamir(split), system };
        match combined.map(Key::try_from) {
            Ok(Ok(key)) => self.open(root, key),
            Ok(Err(_)) => refused(State::Sealed(root), Act::Unseal, Refused::WrongRoot),
            Err(fault) => refused(State::Sealed(root), Act::Unseal, Refused::Combine(fault)),
        }
    }

    fn verified(&self, split: &SplitRecord, round: &Round, text: &str) -> Result<Share, Refused> {
        let share = Share::from_text(text).map_err(Refused::Text)?;
        let index = share.index();
        share
            .verify(split, &|parts| self.crypto.sha256(parts))
            .map_err(|fault| Refused::Share { index, fault })?;
        if round.shares.iter().any(|given| given.index() == index) {
            return Err(Refused::Duplicate { index });
        }
        Ok(share)
    }

    /// Unsealed if the key opens what the record holds; else sealed, with every share of the round forgotten.
    fn open(&self, root: SealedRoot, key: Key) -> Next {
        match (self.ring)().unseal(&key, &root.system) {
            Ok(()) => {
                let system = root.system.clone();
                let effects = vec![Effect::Record(Attempt::done(Act::Unseal)), Effect::Unsealed(key, system)];
                (State::Unsealed(root), effects)
            }
            Err(SealError::Rejected) => refused(State::Sealed(root), Act::Unseal, Refused::WrongRoot),
            Err(other) => refused(State::Sealed(root), Act::Unseal, Refused::from_seal(other)),
        }
    }
}

/// Collecting, or still sealed while no share counted.
fn waiting(split: SplitRecord, system: WrappedKek, round: Round) -> State {
    let root = SealedRoot { guarded: Guarded::Shamir(split), system };
    if round.shares.is_empty() { State::Sealed(root) } else { State::Collecting(root, round) }
}

fn reset(state: State) -> Next {
    match state {
        State::Collecting(root, _) => (State::Sealed(root), vec![Effect::Record(Attempt::done(Act::Reset))]),
        other => refused(other, Act::Reset, Refused::NothingToReset),
    }
}

fn timeout(state: State, now: Timestamp) -> Next {
    match state {
        State::Collecting(root, round) if round.is_over(now) => {
            refused(State::Sealed(root), Act::Unseal, Refused::TookTooLong)
        }
        other => (other, Vec::new()),
    }
}

fn seal(state: State) -> Next {
    match state {
        State::Unsealed(root) => {
            (State::Sealed(root), vec![Effect::Record(Attempt::done(Act::Seal)), Effect::Sealed])
        }
        other => refused(other, Act::Seal, Refused::NotUnsealed),
    }
}

fn refused(state: State, act: Act, why: Refused) -> Next {
    (state, vec![Effect::Record(Attempt { act, outcome: Err(why) })])
}
