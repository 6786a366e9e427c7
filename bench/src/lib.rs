//! What the load drivers share: a small HTTP/1.1 exchange over one kept-alive connection, and signed requests.

pub mod exchange;
pub mod signed;
