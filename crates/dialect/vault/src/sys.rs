//! What clients ask of `sys` before anything else; answered without a token, because it tells states only.

use api::SealStatus;
use edge::Request;
use http::Method;
use serde_json::json;

use crate::envelope::{Answer, Errors};
use crate::query;

/// The API level that is spoken; clients parse a plain semantic version and choose features by it (COMPATIBILITY.md).
const VERSION: &str = "2.7.2";
/// The status codes of `sys/health` that a client may choose; those of standbys mean nothing where every node serves.
const CODES: [&str; 5] = ["activecode", "standbycode", "sealedcode", "uninitcode", "drsecondarycode"];

/// A page that needs no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusPage {
    /// `sys/health`.
    Health,
    /// `sys/seal-status`.
    SealStatus,
    /// `sys/init`.
    Init,
    /// `sys/leader`.
    Leader,
}

/// The status page at a path.
pub(crate) fn page(path: &[&str]) -> Option<StatusPage> {
    match path {
        ["sys", "health"] => Some(StatusPage::Health),
        ["sys", "seal-status"] => Some(StatusPage::SealStatus),
        ["sys", "init"] => Some(StatusPage::Init),
        ["sys", "leader"] => Some(StatusPage::Leader),
        _ => None,
    }
}

impl StatusPage {
    /// Answers it: read only, and where it tells of the whole server, only to the root namespace.
    pub(crate) fn answer(
        self,
        status: SealStatus,
        asked: &Request,
        namespace: &str,
    ) -> Result<Answer, Errors> {
        let read = asked.method == Method::GET || (asked.method == Method::HEAD && self == Self::Health);
        if !read {
            return Err(Errors::silent(405));
        }
        if matches!(self, Self::Health | Self::Init) && !namespace.is_empty() {
            return Err(Errors::bad_request("operation unavailable in namespaces"));
        }
        match self {
            Self::Health => health(status, asked),
            Self::SealStatus => Ok(seal_status(status)),
            Self::Init => Ok(Answer::Bare(200, json!({ "initialized": status.initialised }))),
            // Every node serves.
            Self::Leader => Ok(Answer::Bare(200, json!({ "ha_enabled": false }))),
        }
    }
}

/// Without custodians, one share of one stands for whatever the root of trust is.
pub(crate) fn seal_status(status: SealStatus) -> Answer {
    let SealStatus { initialised, sealed, root, shares } = status;
    let (threshold, total, given) = shares.map_or((1, 1, 0), |s| (s.threshold, s.total, s.given));
    let nonce = shares.and_then(|shares| shares.round).map_or_else(String::new, uuid);
    Answer::Bare(
        200,
        json!({
            "type": root, "initialized": initialised, "sealed": sealed, "t": threshold, "n": total,
            "progress": given, "nonce": nonce, "version": VERSION, "build_date": "", "migration": false,
            "recovery_seal": false, "storage_type": "keystead", "cluster_name": "keystead",
        }),
    )
}

/// A round's id in the form of the original's nonces.
fn uuid(id: [u8; 16]) -> String {
    let hex = format!("{:032x}", u128::from_be_bytes(id));
    let mut text = String::with_capacity(36);
    for (at, digit) in hex.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

/// The status code says it all, and each may be chosen by the client.
fn health(status: SealStatus, asked: &Request) -> Result<Answer, Errors> {
    let (name, usual) = if !status.initialised {
        ("uninitcode", 501)
    } else if status.sealed {
        ("sealedcode", 503)
    } else {
        ("activecode", 200)
    };
    let query = asked.query.as_deref();
    // All are checked, so that a probe written wrongly is told at once and not on the day of the outage.
    for name in CODES {
        chosen(query, name)?;
    }
    let code = chosen(query, name)?.unwrap_or(usual);
    if asked.method == Method::HEAD {
        return Ok(Answer::Bare(code, serde_json::Value::Null));
    }
    let now = asked.received_at.seconds();
    Ok(Answer::Bare(
        code,
        json!({
            "initialized": status.initialised, "sealed": status.sealed, "standby": false,
            "performance_standby": false, "replication_performance_mode": "disabled",
            "replication_dr_mode": "disabled", "server_time_utc": now, "version": VERSION,
            "cluster_name": "keystead",
        }),
    ))
}

/// The status code that the client chose; what is none is an error.
fn chosen(query: Option<&str>, name: &str) -> Result<Option<u16>, Errors> {
    let Some(given) = query::value(query, name) else { return Ok(None) };
    let code = given.parse().ok().filter(|code| (200..=599).contains(code));
    code.map(Some).ok_or_else(|| Errors::silent(400))
}
