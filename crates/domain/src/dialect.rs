//! The languages that clients speak to us. A dialect is also where an object was born and where a name lives.

use serde::{Deserialize, Serialize};

/// One client-facing language. The wire names themselves live in `dialect/*` (INV-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the products'")]
pub enum Dialect {
    Aws,
    Vault,
    Azure,
    Google,
    Kmip,
    Pkcs11,
    Kubernetes,
    Acme,
    Hybrid,
    /// Keystead's own API, which the CLI and the console use.
    Native,
}

impl Dialect {
    /// Lower-case word, as it stands in records, metrics and configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Vault => "vault",
            Self::Azure => "azure",
            Self::Google => "google",
            Self::Kmip => "kmip",
            Self::Pkcs11 => "pkcs11",
            Self::Kubernetes => "kubernetes",
            Self::Acme => "acme",
            Self::Hybrid => "hybrid",
            Self::Native => "native",
        }
    }

    /// Whether its originals know no destroyed keys: to its clients such a key is not there (docs/key-states.md).
    #[must_use]
    pub const fn forgets_destroyed(self) -> bool {
        match self {
            Self::Aws | Self::Vault | Self::Azure | Self::Kubernetes | Self::Acme => true,
            Self::Google | Self::Kmip | Self::Pkcs11 | Self::Hybrid | Self::Native => false,
        }
    }
}
