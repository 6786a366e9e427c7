//! A certificate authority of our own, made at first start when no certificate is given: TLS is on from the beginning.
//! The authority's certificate is what clients are told to trust; its key and the server's are 0600 files.

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::files;

/// Where the server's chain and key lie, and the authority that clients trust.
pub(crate) struct OwnCa {
    pub(crate) authority: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl OwnCa {
    /// Finds the files, or makes all of them.
    pub(crate) fn ensure(dir: &Path, address: IpAddr, host: &str) -> io::Result<Self> {
        let at = |name: &str| dir.join(name);
        let own = Self { authority: at("ca.pem"), certificate: at("server.pem"), key: at("server.key") };
        if own.authority.exists() && own.certificate.exists() && own.key.exists() {
            return Ok(own);
        }
        files::private_dir(dir)?;
        own.make(&at("ca.key"), address, host)
            .map_err(|e| io::Error::other(format!("own certificate authority: {e}")))?;
        Ok(own)
    }

    fn make(&self, ca_key: &Path, address: IpAddr, host: &str) -> Result<(), Box<dyn std::error::Error>> {
        let (issuer_key, server_key) = (KeyPair::generate()?, KeyPair::generate()?);
        let authority = authority_params(host).self_signed(&issuer_key)?;
        let issuer = Issuer::new(authority_params(host), &issuer_key);
        let server = server_params(address, host)?.signed_by(&server_key, &issuer)?;
        files::write_private(ca_key, issuer_key.serialize_pem().as_bytes())?;
        files::write_private(&self.key, server_key.serialize_pem().as_bytes())?;
        files::write_private(&self.certificate, [server.pem(), authority.pem()].concat().as_bytes())?;
        files::write_public(&self.authority, authority.pem().as_bytes())?;
        Ok(())
    }
}

fn authority_params(host: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, format!("Keystead authority of {host}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn server_params(address: IpAddr, host: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut names = vec!["localhost".to_owned(), host.to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !address.is_unspecified() {
        names.push(address.to_string());
    }
    names.sort();
    names.dedup();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, host);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}
