//! The Merkle tree of RFC 6962 §2.1: leaf hashes, the frontier of a growing tree, proofs and their checks.

mod levels;
mod nodes;

pub(crate) use levels::{LevelFiles, Levels};
pub(crate) use nodes::{MemoryNodes, Nodes, consistency_path, inclusion_path};

use spi::LogCrypto;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Hash of a leaf: `SHA-256(0x00 ‖ data)`.
pub(crate) fn leaf_hash(crypto: &dyn LogCrypto, data: &[u8]) -> Hash {
    crypto.sha256(&[&[0], data])
}

/// Hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)`.
pub(crate) fn node_hash(crypto: &dyn LogCrypto, left: &Hash, right: &Hash) -> Hash {
    crypto.sha256(&[&[1], left, right])
}

/// The largest power of two below `n`, for `n` of at least 2.
pub(crate) fn split_point(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The roots of the full subtrees that make up a tree, widest first: all that is needed to grow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// From stored peaks; `None` unless there is one for each bit of the size.
    pub(crate) fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        let wanted = usize::try_from(size.count_ones()).ok()?;
        (peaks.len() == wanted).then_some(Self { size, peaks })
    }

    /// Leaves.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The peaks, widest first.
    pub(crate) fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Adds a leaf; tells of every full subtree that it completes as (height, hash), the leaf itself included.
    pub(crate) fn push(&mut self, crypto: &dyn LogCrypto, leaf: Hash, mut completed: impl FnMut(u32, &Hash)) {
        let mut hash = leaf;
        completed(0, &hash);
        for height in 1..=self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(crypto, &left, &hash);
            completed(height, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The tree's root; that of the empty tree is `SHA-256("")`.
    pub(crate) fn root(&self, crypto: &dyn LogCrypto) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(first) = peaks.next() else { return crypto.sha256(&[]) };
        peaks.fold(*first, |right, left| node_hash(crypto, left, &right))
    }
}

/// Whether a path proves that `leaf` stands at `index` in the tree of `size` leaves with `root` (RFC 9162 §2.1.3.2).
#[must_use]
pub fn verify_inclusion(
    crypto: &dyn LogCrypto,
    (index, leaf): (u64, &Hash),
    (size, root): (u64, &Hash),
    path: &[Hash],
) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(crypto, sibling, &hash);
            let zeros = if node & 1 == 1 { 0 } else { node.trailing_zeros().min(last.trailing_zeros()) };
            (node, last) = (shift(node, zeros), shift(last, zeros));
        } else {
            hash = node_hash(crypto, &hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether a path proves that the tree `old` is a prefix of the tree `new`, each as (size, root)
/// (RFC 9162 §2.1.4.2).
#[must_use]
pub fn verify_consistency(
    crypto: &dyn LogCrypto,
    (old_size, old_root): (u64, &Hash),
    (new_size, new_root): (u64, &Hash),
    path: &[Hash],
) -> bool {
    if old_size == 0 || old_size >= new_size {
        return path.is_empty() && (old_size == 0 || (old_size == new_size && old_root == new_root));
    }
    let whole = old_size.is_power_of_two().then_some(*old_root);
    let mut path = whole.iter().chain(path);
    let Some(first) = path.next() else { return false };
    let shared = (old_size - 1).trailing_ones();
    let (mut node, mut last) = ((old_size - 1) >> shared, (new_size - 1) >> shared);
    let (mut old, mut new) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old = node_hash(crypto, sibling, &old);
            new = node_hash(crypto, sibling, &new);
            let zeros = if node & 1 == 1 { 0 } else { node.trailing_zeros().min(last.trailing_zeros()) };
            (node, last) = (shift(node, zeros), shift(last, zeros));
        } else {
            new = node_hash(crypto, &new, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && old == *old_root && new == *new_root
}

fn shift(n: u64, by: u32) -> u64 {
    n.checked_shr(by).unwrap_or(0)
}
