//! The self-describing ciphertext: a clear header that names key and material, then what the provider sealed. The
//! header is authenticated with everything else, so a blob cannot be led to another key.

use domain::{KeyId, MaterialId};

/// First byte of every blob: the format.
const FORMAT_1: u8 = 0x4b;
/// Bytes of the header: format, key id, material id.
pub(crate) const HEADER: usize = 1 + 16 + 32;

/// The header of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) key: KeyId,
    pub(crate) material: MaterialId,
}

impl Header {
    /// Starts a blob.
    pub(crate) fn begin(self) -> Vec<u8> {
        // Salt 16, commitment 32, nonce 12, tag 16, and most plaintexts are short.
        let mut blob = Vec::with_capacity(HEADER + 76 + 128);
        blob.push(FORMAT_1);
        blob.extend_from_slice(self.key.as_bytes());
        blob.extend_from_slice(self.material.as_bytes());
        blob
    }

    /// Reads the header of a blob; the rest is the provider's.
    pub(crate) fn split(blob: &[u8]) -> Option<(Self, &[u8], &[u8])> {
        let (header, body) = blob.split_at_checked(HEADER)?;
        let (format, ids) = header.split_first()?;
        let (key, material) = ids.split_at_checked(16)?;
        if *format != FORMAT_1 {
            return None;
        }
        let key = KeyId::from_bytes(key.try_into().ok()?);
        let material = MaterialId::from_bytes(material.try_into().ok()?);
        Some((Self { key, material }, header, body))
    }
}

/// Bytes that the provider's body is longer than the plaintext: salt 16, commitment 32, nonce 12, tag 16.
const BODY_OVERHEAD: usize = 16 + 32 + 12 + 16;

/// What a blob says of itself to whoever holds it, without a key. Nothing of it is proven until it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobSummary {
    /// The key that it names.
    pub key: KeyId,
    /// The material that it names.
    pub material: MaterialId,
    /// Bytes of the plaintext.
    pub plaintext_len: usize,
}

impl BlobSummary {
    /// Reads it off the header; `None` if these bytes are no such blob.
    #[must_use]
    pub fn of(blob: &[u8]) -> Option<Self> {
        let (Header { key, material }, _, body) = Header::split(blob)?;
        Some(Self { key, material, plaintext_len: body.len().checked_sub(BODY_OVERHEAD)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads_back_and_short_ones_do_not() {
        let header = Header { key: KeyId::random([1; 16]), material: MaterialId::from_bytes([2; 32]) };
        let mut blob = header.begin();
        blob.extend_from_slice(b"rest");
        let (read, bytes, body) = Header::split(&blob).unwrap();
        assert_eq!((read, bytes.len(), body), (header, HEADER, &b"rest"[..]));
        for cut in 0..HEADER {
            assert!(Header::split(&blob[..cut]).is_none());
        }
        assert_eq!(BlobSummary::of(&blob), None, "too short for a body");
        blob.resize(HEADER + BODY_OVERHEAD + 5, 0);
        let BlobSummary { key, material, plaintext_len } = BlobSummary::of(&blob).unwrap();
        assert_eq!((key, material, plaintext_len), (header.key, header.material, 5));
        blob[0] ^= 1;
        assert!(Header::split(&blob).is_none());
    }
}
