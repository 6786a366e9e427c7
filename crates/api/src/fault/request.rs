//! What a request itself breaks: a bound, a form, a rule.

use domain::{Algorithm, KeyId, KeySpec, MessageForm, SignatureAlgorithm};

/// A bound that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Plaintext is longer than one request may protect.
    PlaintextBytes {
        /// Most bytes.
        max: usize,
    },
    /// Plaintext is longer than an algorithm protects at once under a kind of key.
    AlgorithmPlaintextBytes {
        /// The algorithm.
        algorithm: Algorithm,
        /// The kind of key.
        spec: KeySpec,
        /// Most bytes.
        max: usize,
    },
    /// A message is longer than one request may sign.
    MessageBytes {
        /// Most bytes.
        max: usize,
    },
    /// Ciphertext is longer than any of ours.
    CiphertextBytes {
        /// Most bytes.
        max: usize,
    },
    /// A policy document is too long.
    PolicyBytes {
        /// Most bytes.
        max: usize,
    },
    /// A description is too long.
    DescriptionChars {
        /// Most characters.
        max: usize,
    },
    /// Too many names on one key.
    NamesPerKey {
        /// Most names.
        max: usize,
    },
    /// Too many labels on one key.
    LabelsPerKey {
        /// Most labels.
        max: usize,
    },
    /// Too many versions on demand over the life of one key.
    RotationsOnDemand {
        /// The key.
        key: KeyId,
        /// Most versions.
        max: usize,
    },
    /// Too many items in one batch.
    BatchItems {
        /// Most items.
        max: usize,
    },
    /// There is more than a list that is not paged may hold.
    ListItems {
        /// Most items.
        max: usize,
    },
    /// A record outgrew its sealed row.
    RecordBytes {
        /// Most bytes.
        max: usize,
    },
}

/// What a request got wrong in itself, whatever the state of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The key reference is no reference at all.
    KeyReference {
        /// As it was given (bounded by the dialect).
        given: String,
    },
    /// A name is illegal in its space.
    Name {
        /// As it was given.
        given: String,
        /// What is wrong with it.
        why: domain::BadName,
    },
    /// The cursor is not one of ours.
    Cursor,
    /// What is said to be a digest has not the length of one.
    Digest {
        /// The scheme whose digest it should be.
        algorithm: SignatureAlgorithm,
    },
    /// The scheme does not take messages in that form.
    MessageForm {
        /// The scheme.
        algorithm: SignatureAlgorithm,
        /// The form.
        form: MessageForm,
    },
    /// A peer's public key cannot be read, or is on another curve than the key, off it, or of low order.
    PeerKey,
    /// A policy document cannot be read, or holds an element that is not enforced yet (INV-13).
    Policy {
        /// What is wrong and where.
        why: String,
    },
    /// A number is outside its range.
    OutOfRange {
        /// Which field, in canonical words.
        field: &'static str,
        /// Least.
        min: u64,
        /// Most.
        max: u64,
    },
    /// Another canonical field is wrong.
    Field {
        /// Which field, in canonical words.
        field: &'static str,
        /// What is wrong.
        why: &'static str,
    },
}

/// A rule that an otherwise well-formed change would break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// The caller would lock itself out by the new key policy.
    PolicyLockout,
    /// No destruction is scheduled.
    DestructionNotScheduled {
        /// The key.
        key: KeyId,
    },
    /// The key's settings do not allow destruction.
    DestructionNotAllowed,
    /// Destruction must wait longer.
    DestructionWait {
        /// Least seconds.
        least: u32,
    },
    /// A name would lead to a key of another kind, or for other uses.
    UnlikeKeys {
        /// Where it leads.
        now: KeyId,
        /// Where it should lead.
        then: KeyId,
    },
    /// A ratchet would be loosened.
    Ratchet(&'static str),
    /// Only symmetric encryption keys rotate so.
    NotRotatable {
        /// The key.
        key: KeyId,
    },
}
