//! What clients ask of `sys` before anything else; answered without a token, because it tells states only.

use std::sync::Arc;

use domain::Timestamp;
use http::Method;
use serde_json::json;

use crate::envelope::Answer;

/// The API level that is spoken; clients parse a plain semantic version and choose features by it (COMPATIBILITY.md).
const VERSION: &str = "2.7.2";

/// Whether the system is sealed, and how far unsealing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealStatus {
    /// Root of trust: `keyfile`, `shamir`, `memory`.
    pub kind: &'static str,
    /// Whether it was ever initialised.
    pub initialised: bool,
    /// Whether it is sealed.
    pub sealed: bool,
    /// Shares that unseal; 1 where no custodian is needed.
    pub threshold: u8,
    /// Shares that exist.
    pub shares: u8,
    /// Shares given so far.
    pub progress: u8,
}

/// Tells the status at any moment.
pub type StatusSource = Arc<dyn Fn() -> SealStatus + Send + Sync>;

/// `GET /v1/sys/seal-status`.
pub(crate) fn seal_status(status: SealStatus) -> Answer {
    let SealStatus { kind, initialised, sealed, threshold, shares, progress } = status;
    Answer::Bare(
        200,
        json!({
            "type": kind, "initialized": initialised, "sealed": sealed, "t": threshold, "n": shares,
            "progress": progress, "nonce": "", "version": VERSION, "build_date": "", "migration": false,
            "recovery_seal": false, "storage_type": "keystead", "cluster_name": "keystead",
        }),
    )
}

/// `GET /v1/sys/init`.
pub(crate) fn init(status: SealStatus) -> Answer {
    Answer::Bare(200, json!({ "initialized": status.initialised }))
}

/// `GET /v1/sys/leader`: every node serves.
pub(crate) fn leader() -> Answer {
    Answer::Bare(
        200,
        json!({
            "ha_enabled": false, "is_self": false, "leader_address": "", "leader_cluster_address": "",
            "performance_standby": false, "performance_standby_last_remote_wal": 0,
        }),
    )
}

/// `GET` or `HEAD /v1/sys/health`: the status code says it all, and each may be chosen by the client.
pub(crate) fn health(status: SealStatus, query: Option<&str>, method: &Method, now: Timestamp) -> Answer {
    let code = if !status.initialised {
        chosen(query, "uninitcode").unwrap_or(501)
    } else if status.sealed {
        chosen(query, "sealedcode").unwrap_or(503)
    } else {
        chosen(query, "activecode").unwrap_or(200)
    };
    if *method == Method::HEAD {
        return Answer::Bare(code, serde_json::Value::Null);
    }
    Answer::Bare(
        code,
        json!({
            "initialized": status.initialised, "sealed": status.sealed, "standby": false,
            "performance_standby": false, "replication_performance_mode": "disabled",
            "replication_dr_mode": "disabled", "server_time_utc": now.seconds(), "version": VERSION,
            "cluster_name": "keystead",
        }),
    )
}

/// A status code that the client chose, if it is one.
fn chosen(query: Option<&str>, name: &str) -> Option<u16> {
    let pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(n, _)| *n == name)
        .find_map(|(_, code)| code.parse().ok())
        .filter(|code| (200..=599).contains(code))
}
