//! Why secret bytes are read. A closed list: a new reason is a decision, and shows in review.

/// The reason given each time the bytes of a [`Secret`](crate::Secret) are read.
///
/// It is not checked at run time; it makes every reading site searchable and arguable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exposure {
    /// The bytes are about to be wrapped under a KEK and stored.
    WrapForStorage,
    /// The bytes go to a cryptographic provider, which uses them.
    HandToProvider,
    /// The bytes are the answer that an authorised caller asked for.
    ReturnToAuthorisedCaller,
    /// The bytes are compared with, or hashed to check, a presented credential.
    VerifyCredential,
    /// Another secret is derived from the bytes.
    DeriveKey,
    /// The bytes are split into, recombined from, or printed as custodians' shares.
    ShareCeremony,
}
