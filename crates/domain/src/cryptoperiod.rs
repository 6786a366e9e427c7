//! How long a key version may protect and how long it may process (NIST SP 800-57 pt 1 r5 §5.3).

use serde::{Deserialize, Serialize};

use crate::{KeyFamily, KeySpec};

const DAY: u32 = 86_400;
const YEAR: u32 = 365 * DAY;

/// The two periods of SP 800-57 §5.3.3, in seconds from activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cryptoperiod {
    /// Originator-usage period: a version should protect no longer than this; drives rotation.
    pub originator: u32,
    /// Recipient-usage period beyond it; `None` is as long as the data lives.
    pub recipient: Option<u32>,
}

impl Cryptoperiod {
    /// The upper ends that §5.3.6 table 1 suggests for the kind of key.
    #[must_use]
    pub const fn suggested(spec: KeySpec) -> Self {
        match spec.family() {
            // Table 1 rows 7 and 14: symmetric data-encryption and key-wrapping keys, ≤ 2 years plus ≤ 3.
            KeyFamily::Aes | KeyFamily::Hmac => Self { originator: 2 * YEAR, recipient: Some(3 * YEAR) },
            // Rows 1-2: private signature keys 1 to 3 years; the public half lives as long as the signatures.
            KeyFamily::Ecdsa | KeyFamily::Eddsa | KeyFamily::MlDsa => Self { originator: 3 * YEAR, recipient: None },
            // Rows 10-13: private key-transport and static key-agreement keys, ≤ 2 years.
            KeyFamily::Rsa | KeyFamily::Xdh | KeyFamily::MlKem => Self { originator: 2 * YEAR, recipient: None },
        }
    }
}
