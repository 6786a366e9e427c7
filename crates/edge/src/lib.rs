//! The HTTP kit that every HTTP dialect stands on: listeners, limits, timeouts, routing, health and metrics.

mod http;

pub use crate::http::{HttpDialect, Refusal, Request, Response};
