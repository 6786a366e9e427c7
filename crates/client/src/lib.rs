//! A small client of Keystead's own API: typed calls over HTTP/1.1, http on loopback or https under a given authority.
//!
//! A [`Call`] is a value: it can be shown before it is sent. [`Client::send`] tries again only what the server says was
//! not done, within a bound, and every error carries the request's id where there was an answer.
#![deny(missing_docs)]

mod address;
mod call;
pub mod calls;
mod connect;
mod error;
mod send;
mod tls;

pub use crate::address::{Address, BadAddress};
pub use crate::call::{Call, Page};
pub use crate::error::{ClientError, Said};
pub use crate::send::{Client, ClientConfig};
