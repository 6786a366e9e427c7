//! Lines to paste into a shell, one block for each client, after `dev` and `demo` have started.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

/// What a client needs to know.
pub(crate) struct Paste<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
    pub(crate) region: &'a str,
    pub(crate) access_key_id: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) token: &'a str,
    pub(crate) authority: Option<&'a Path>,
}

impl Paste<'_> {
    pub(crate) fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The blocks, in the order of the README.
    pub(crate) fn text(&self) -> String {
        let Self { region, access_key_id, secret, token, .. } = self;
        let url = self.url();
        let mut text = String::new();
        let _ = writeln!(text, "# keystead itself");
        let _ = writeln!(text, "export KEYSTEAD_ADDR={url} KEYSTEAD_TOKEN={token}");
        let _ = writeln!(text, "# AWS SDKs and CLI");
        let _ = writeln!(text, "export AWS_ENDPOINT_URL_KMS={url} AWS_REGION={region}");
        let _ = writeln!(text, "export AWS_ACCESS_KEY_ID={access_key_id} AWS_SECRET_ACCESS_KEY={secret}");
        let _ = writeln!(text, "# bao and vault");
        let _ =
            writeln!(text, "export BAO_ADDR={url} BAO_TOKEN={token} VAULT_ADDR={url} VAULT_TOKEN={token}");
        if let Some(authority) = self.authority {
            let path = authority.display();
            let _ = writeln!(text, "# trust this server");
            let _ = writeln!(
                text,
                "export KEYSTEAD_CA={path} AWS_CA_BUNDLE={path} BAO_CACERT={path} VAULT_CACERT={path}"
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_lines_and_over_tls_its_authority() {
        let paste = Paste {
            address: ([127, 0, 0, 1], 8200).into(),
            tls: true,
            region: "eu-west-1",
            access_key_id: "AKID",
            secret: "s",
            token: "root",
            authority: Some(Path::new("/data/ca.pem")),
        };
        let text = paste.text();
        for line in [
            "export KEYSTEAD_ADDR=https://127.0.0.1:8200 KEYSTEAD_TOKEN=root",
            "export AWS_ENDPOINT_URL_KMS=https://127.0.0.1:8200 AWS_REGION=eu-west-1",
            "export BAO_ADDR=https://127.0.0.1:8200 BAO_TOKEN=root VAULT_ADDR=https://127.0.0.1:8200 VAULT_TOKEN=root",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
        assert!(text.contains("export KEYSTEAD_CA=/data/ca.pem AWS_CA_BUNDLE=/data/ca.pem"), "{text}");
        assert!(!Paste { authority: None, ..paste }.text().contains("KEYSTEAD_CA"));
    }
}
