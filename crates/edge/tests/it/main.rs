//! The edge over real sockets on loopback.

#![cfg(test)]

extern crate keystead_edge as edge;

mod answers;
mod crowd;
mod drain;
mod framing;
mod http2;
mod kit;
mod limits;
mod slow;
mod tls;
