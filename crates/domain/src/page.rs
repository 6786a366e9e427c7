//! Paging by opaque cursor: every listing of every dialect is a page.

use serde::{Deserialize, Serialize};

/// Where the next page begins: the last index key of this one. Opaque to dialects, which only encode it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub Vec<u8>);

/// Some items and, when there are more, where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// At most as many as were asked for, in index order.
    pub items: Vec<T>,
    /// Present when more items follow.
    pub next: Option<Cursor>,
}
