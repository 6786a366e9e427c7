//! AWS Signature Version 4 as a server reads it: bytes in, wire structs out.
//!
//! This room knows how a signature is *presented* and which bytes it covers. It holds no secret, hashes
//! nothing and reads no clock: the caller brings SHA-256, HMAC and the time, so that only `access` ever sees a
//! secret key. The way of a request:
//!
//! 1. [`parse`] reads the head: who signs, for which scope, over which headers, with which signature.
//! 2. [`Presented::check_clock`] and [`Presented::check_scope`] refuse what is stale or meant for elsewhere.
//! 3. [`canonical_request`] writes the bytes the signature covers; the caller hashes them with SHA-256.
//! 4. [`string_to_sign`] wraps that hash; the caller takes HMAC of it under [`signing_key`] (cached by key,
//!    day, region and service) and compares with [`Presented::signature`] in constant time; a difference is
//!    [`SigV4Error::SignatureMismatch`].
//!
//! Facts: the AWS IAM guide, "Create a signed AWS API request" and "Troubleshoot Signature Version 4". Paths
//! are normalised and encoded as every service but S3 does it; S3's rules are absent on purpose.

mod authorization;
mod canonical;
mod clock;
mod encode;
mod error;
mod head;
mod key;
pub mod limits;
mod path;
mod presented;
mod query;
mod scope;
pub mod sign;
mod signed_headers;
mod timestamp;

pub use canonical::{canonical_request, string_to_sign};
pub use clock::{check_clock, check_clock_presigned};
pub use error::{AuthorizationFault, SigV4Error};
pub use head::{Header, RequestHead};
pub use key::signing_key;
pub use presented::{Form, Presented, Rules, parse};
pub use scope::Scope;
pub use signed_headers::SignedHeaders;
pub use timestamp::Timestamp;

/// The only algorithm spoken here; AWS KMS lists no other (`sigv4a` is STS alone).
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last element of every credential scope.
pub const TERMINATOR: &str = "aws4_request";
