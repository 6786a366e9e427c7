//! Text made of a secret, on its way out.

use std::fmt;

use crate::secret::SecretBytes;
use crate::{ArenaFull, Exposure};

/// ASCII text that encodes a secret. It lives in the arena and is wiped when dropped, like the secret it
/// was made of; `Debug` does not print it.
pub struct WipedString {
    ascii: SecretBytes,
    why: Exposure,
}

impl WipedString {
    /// Text of `len` bytes that `fill` writes as ASCII; the top bit of every byte is cleared after it.
    ///
    /// # Errors
    /// When the arena gives no memory; `fill` is then not called.
    pub fn try_build(len: usize, why: Exposure, fill: impl FnOnce(&mut [u8])) -> Result<Self, ArenaFull> {
        let (ascii, ()) = SecretBytes::try_build(len, |text| {
            fill(text);
            text.iter_mut().for_each(|c| *c &= 0x7f);
        })?;
        Ok(Self { ascii, why })
    }

    /// The text. The reason was given when it was made.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.ascii.expose(self.why)).unwrap_or_default()
    }
}

impl fmt::Debug for WipedString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WipedString")
    }
}
