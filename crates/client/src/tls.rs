//! TLS under one given authority and no other.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::ClientError;

/// A configuration that trusts what a PEM file holds.
pub(crate) fn config(authority: Option<&[u8]>) -> Result<Arc<ClientConfig>, ClientError> {
    let missing =
        "https needs the server's certificate authority: give its pem file by `--ca` or `KEYSTEAD_CA`";
    let pem = authority.ok_or(ClientError::Authority(missing))?;
    let unreadable =
        || ClientError::Authority("the certificate authority's file holds no readable certificate");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
    }
    if roots.is_empty() {
        return Err(unreadable());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = versions.map_err(|_| ClientError::Authority("no common version of tls"))?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}
