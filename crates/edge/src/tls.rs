//! TLS by rustls over AWS-LC, with a certificate that can be replaced while connections stand (SIGHUP).

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// Why a certificate or a TLS configuration was refused.
#[derive(Debug)]
pub enum TlsError {
    /// The PEM text of the chain or of the key is malformed or has nothing of its kind in it.
    Pem(pem::Error),
    /// The chain holds no certificate.
    NoCertificate,
    /// The key is malformed, of an unknown kind, or does not fit the certificate.
    Refused(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pem(error) => write!(f, "the certificate or key is not readable as PEM: {error}"),
            Self::NoCertificate => f.write_str("the certificate file holds no certificate"),
            Self::Refused(error) => write!(f, "the certificate or key cannot serve: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}

impl From<pem::Error> for TlsError {
    fn from(error: pem::Error) -> Self {
        Self::Pem(error)
    }
}

impl From<rustls::Error> for TlsError {
    fn from(error: rustls::Error) -> Self {
        Self::Refused(error)
    }
}

/// A certificate chain with its key, known to fit together.
#[derive(Clone)]
pub struct Identity(Arc<CertifiedKey>);

impl Identity {
    /// From PEM texts: the chain, leaf first, and the first private key found (PKCS#8, PKCS#1 or SEC1). The caller
    /// wipes its text of the key.
    ///
    /// # Errors
    /// [`TlsError`] says what is wrong; nothing of the key stands in it.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>()?;
        Self::new(chain, PrivateKeyDer::from_pem_slice(key)?)
    }

    /// From DER: the chain, leaf first, and the private key.
    ///
    /// # Errors
    /// As [`Identity::from_pem`].
    pub fn from_der(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, TlsError> {
        Self::new(chain, key)
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, TlsError> {
        if chain.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        let certified = CertifiedKey::from_der(chain, key, &provider())?;
        certified.keys_match()?;
        Ok(Self(Arc::new(certified)))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// What a listener needs for TLS. Clones share the identity: replacing it in one replaces it in all.
#[derive(Clone)]
pub struct TlsConfig {
    server: Arc<ServerConfig>,
    current: Arc<Current>,
}

impl TlsConfig {
    /// TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1 by ALPN, no client certificates, no early data.
    ///
    /// # Errors
    /// [`TlsError::Refused`] if the library refuses its own parts.
    pub fn new(identity: Identity) -> Result<Self, TlsError> {
        let current = Arc::new(Current(ArcSwap::new(identity.0)));
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(&current);
        let mut server = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        server.ticketer = aws_lc_rs::Ticketer::new()?;
        Ok(Self { server: Arc::new(server), current })
    }

    /// New handshakes get this identity from now on.
    pub fn replace(&self, identity: Identity) {
        self.current.0.store(identity.0);
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsConfig")
    }
}

#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// AWS-LC by name: no process-wide default decides what we run on.
fn provider() -> CryptoProvider {
    aws_lc_rs::default_provider()
}
