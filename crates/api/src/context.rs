//! What a request brings along besides its proof and its operation.

use std::borrow::Cow;
use std::net::IpAddr;

use domain::{Coordinates, RequestId, Timestamp};

/// Facts about one request, for audit, decision and reply.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// Minted by the edge; stands in the reply and in the audit record.
    pub id: RequestId,
    /// When the edge had read the request.
    pub received_at: Timestamp,
    /// Where the client addressed itself to; its dialect is the request's. A text that begins with
    /// [`Coordinates::OWN_ACCOUNT`] means the caller's own account, which the wire does not tell before
    /// authentication.
    pub place: Coordinates,
    /// The wire operation's own name, for the audit log.
    pub operation: Cow<'static, str>,
    /// The peer's address; `None` on a unix socket.
    pub address: Option<IpAddr>,
    /// Only asks what would come of it: everything is decided, admitted and recorded as ever, nothing is done, and
    /// what would have been done is answered with [`crate::FaultWhat::DryRun`].
    pub dry_run: bool,
}
