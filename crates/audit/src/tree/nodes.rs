//! Roots and proof paths out of stored hashes (RFC 6962 §2.1.1 and §2.1.2).

use std::io;

use spi::LogCrypto;

use super::{Hash, node_hash, split_point};

/// Stored hashes of full subtrees.
pub(crate) trait Nodes {
    /// The hash of the full subtree of 2^`height` leaves, the `index`-th of that height.
    fn full(&self, height: u32, index: u64) -> io::Result<Hash>;
}

/// Leaf hashes in memory; inner nodes are computed.
pub(crate) struct MemoryNodes<'a> {
    pub(crate) leaves: &'a [Hash],
    pub(crate) crypto: &'a dyn LogCrypto,
}

impl Nodes for MemoryNodes<'_> {
    fn full(&self, height: u32, index: u64) -> io::Result<Hash> {
        let Some(below) = height.checked_sub(1) else {
            let leaf = usize::try_from(index).ok().and_then(|i| self.leaves.get(i));
            return leaf.copied().ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        };
        let (left, right) = (self.full(below, index * 2)?, self.full(below, index * 2 + 1)?);
        Ok(node_hash(self.crypto, &left, &right))
    }
}

/// `PATH(index, D[0:size])`, for `index < size`.
pub(crate) fn inclusion_path(
    nodes: &dyn Nodes,
    crypto: &dyn LogCrypto,
    index: u64,
    size: u64,
) -> io::Result<Vec<Hash>> {
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split_point(end - start);
        if index < middle {
            path.push(range_root(nodes, crypto, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(nodes, crypto, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// `PROOF(old, D[0:new])`, for `0 < old <= new`.
pub(crate) fn consistency_path(
    nodes: &dyn Nodes,
    crypto: &dyn LogCrypto,
    old: u64,
    new: u64,
) -> io::Result<Vec<Hash>> {
    let (mut start, mut end, mut path) = (0, new, Vec::new());
    while old != end {
        let middle = start + split_point(end - start);
        if old <= middle {
            path.push(range_root(nodes, crypto, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(nodes, crypto, start, middle)?);
            start = middle;
        }
    }
    if start != 0 {
        path.push(range_root(nodes, crypto, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The root of leaves `start..end`, where `start` is a multiple of the widest full subtree inside.
fn range_root(nodes: &dyn Nodes, crypto: &dyn LogCrypto, start: u64, end: u64) -> io::Result<Hash> {
    let width = end - start;
    if width.is_power_of_two() {
        let height = width.trailing_zeros();
        return nodes.full(height, start >> height);
    }
    let middle = start + split_point(width);
    let (left, right) = (range_root(nodes, crypto, start, middle)?, range_root(nodes, crypto, middle, end)?);
    Ok(node_hash(crypto, &left, &right))
}
