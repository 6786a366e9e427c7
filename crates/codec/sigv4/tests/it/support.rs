//! What every test here needs: an owned request, the primitives, and a verifier made of the codec's parts.

use aws_lc_rs::{digest, hmac};
use keystead_codec_sigv4::{
    Header, Presented, RequestHead, Rules, SigV4Error, canonical_request, parse, signing_key, string_to_sign,
};

pub(crate) const KEY_ID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2015-08-30 12:36:00, the instant of AWS's published test suite.
pub(crate) const SUITE: i64 = 1_440_938_160;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: Vec<u8>,
    pub(crate) query: Vec<u8>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str, query: &str, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect();
        let (path, query) = (path.as_bytes().to_vec(), query.as_bytes().to_vec());
        Self { method: method.to_owned(), path, query, headers, body: Vec::new() }
    }

    pub(crate) fn with_head<T>(&self, read: impl FnOnce(&RequestHead<'_>) -> T) -> T {
        let headers: Vec<Header<'_>> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_slice())).collect();
        read(&RequestHead { method: &self.method, path: &self.path, query: &self.query, headers: &headers })
    }

    /// Sets a header, taking away every line of that name.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn parse_with<T>(&self, read: impl FnOnce(Presented<'_>) -> T) -> Result<T, SigV4Error> {
        self.with_head(|head| parse(head, Rules::STRICT).map(read))
    }

    pub(crate) fn canonical(&self) -> Result<Vec<u8>, SigV4Error> {
        self.parse_with(|presented| {
            let mut out = Vec::new();
            canonical_request(&presented, &sha256(&self.body), &mut out).map(|()| out)
        })?
    }

    /// Everything that a server does but the clock and the scope.
    pub(crate) fn verify(&self, secret: &[u8]) -> Result<(), SigV4Error> {
        let canonical = self.canonical()?;
        self.parse_with(|presented| {
            let mut text = Vec::new();
            string_to_sign(&presented.timestamp, &presented.scope, &sha256(&canonical), &mut text);
            let key = signing_key(secret, &presented.scope, hmac_sha256);
            let matches = hmac_sha256(&*key, &text) == presented.signature;
            matches.then_some(()).ok_or(SigV4Error::SignatureMismatch)
        })?
    }
}

pub(crate) fn sha256(data: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, data).as_ref().try_into().unwrap()
}

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().try_into().unwrap()
}
