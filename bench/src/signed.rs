//! Whole signed requests, as an SDK would send them.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::{digest, hmac};
use codec_sigv4::sign::Signer;
use codec_sigv4::{RequestHead, Scope, SigV4Error, Timestamp, signing_key};

/// Signs requests to one server as one principal.
pub struct Client {
    host: String,
    access_key_id: String,
    region: String,
    at: Timestamp,
    key: [u8; 32],
}

fn mac(key: &[u8], data: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
    tag.as_ref().try_into().unwrap_or([0; 32])
}

fn sha256(data: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, data).as_ref().try_into().unwrap_or([0; 32])
}

impl Client {
    /// A client whose requests are signed at this instant, so valid for five minutes.
    #[must_use]
    pub fn new(host: &str, access_key_id: &str, secret: &str, region: &str) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let at = Timestamp::from_unix(i64::try_from(now).unwrap_or(0));
        let key = {
            let scope = Scope::at(&at, region, "kms");
            *signing_key(secret.as_bytes(), &scope, mac)
        };
        Self {
            host: host.to_owned(),
            access_key_id: access_key_id.to_owned(),
            region: region.to_owned(),
            at,
            key,
        }
    }

    /// The bytes of one signed `POST /`.
    ///
    /// # Errors
    /// [`SigV4Error`] if the request cannot be signed.
    pub fn request(&self, operation: &str, body: &str) -> Result<Vec<u8>, SigV4Error> {
        let target = format!("TrentService.{operation}");
        let headers: [(&str, &[u8]); 3] = [
            ("content-type", b"application/x-amz-json-1.1"),
            ("host", self.host.as_bytes()),
            ("x-amz-target", target.as_bytes()),
        ];
        let head = RequestHead { method: "POST", path: b"/", query: b"", headers: &headers };
        let scope = Scope::at(&self.at, &self.region, "kms");
        let signer = Signer {
            access_key_id: &self.access_key_id,
            session_token: None,
            scope: &scope,
            signing_key: &self.key,
            sha256: &sha256,
            hmac: &mac,
        };
        let added = signer.header(&head, &sha256(body.as_bytes()), &self.at)?;
        let mut request = format!(
            "POST / HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-target: {target}\r\ncontent-length: {}\r\n",
            self.host,
            body.len()
        );
        for (name, value) in added {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(body);
        Ok(request.into_bytes())
    }
}
