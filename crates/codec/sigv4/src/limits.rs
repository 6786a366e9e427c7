//! Bounds that hold before anything is parsed (INV-12). They lie well above what any SDK sends.

/// Headers in one request.
pub const MAX_HEADERS: usize = 128;
/// Bytes of all header names and values together.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;
/// Bytes of the `Authorization` header.
pub const MAX_AUTHORIZATION_BYTES: usize = 8 * 1024;
/// Bytes of the path as received.
pub const MAX_PATH_BYTES: usize = 8 * 1024;
/// Bytes of the query as received; a presigned session token stands in it.
pub const MAX_QUERY_BYTES: usize = 32 * 1024;
/// Parameters in the query.
pub const MAX_QUERY_PARAMS: usize = 256;
/// Names in `SignedHeaders`.
pub const MAX_SIGNED_HEADERS: usize = 64;
/// Bytes of the `Credential` value.
pub const MAX_CREDENTIAL_BYTES: usize = 512;
/// Bytes of a session token.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// Bytes of the method.
pub const MAX_METHOD_BYTES: usize = 32;
/// Seconds that a presigned request may live: one week.
pub const MAX_EXPIRES_SECS: u32 = 604_800;
