//! What `keystead dev` takes, and what it makes of it: a whole system on loopback, with nothing switched off.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use domain::{AccountNumber, CredentialId};
use secret::SecretBytes;

/// Options of `keystead dev`. A development server enforces policies, states and audit exactly as `server` does.
#[derive(Args, Debug)]
pub(crate) struct DevArgs {
    /// Loopback address to listen on
    #[arg(long, default_value = "127.0.0.1:8200")]
    pub(crate) listen: SocketAddr,
    /// Folder to keep everything in; without it a temporary one is used and removed at the end
    #[arg(long, conflicts_with = "memory")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Keep records in memory only
    #[arg(long)]
    pub(crate) memory: bool,
    /// Number of the account
    #[arg(long, default_value = "123456789012")]
    pub(crate) account: AccountNumber,
    /// AWS region to serve; each is a tenant of its own, and the first is also Vault's root namespace
    #[arg(long = "region", default_value = "us-east-1")]
    pub(crate) regions: Vec<String>,
    /// Access key of the development principal, as ID:SECRET; a development secret, never a real one
    #[arg(long, value_parser = access_key, default_value = "AKIDKEYSTEADDEV00000:keystead-dev-secret-never-use-elsewhere0")]
    pub(crate) access_key: AccessKey,
    /// Token of the development principal
    #[arg(long, default_value = "root")]
    pub(crate) root_token: String,
    /// File that says how far ahead the clock is that keys live by (`8d`, `36h`): for tests of waiting periods
    #[arg(long, value_name = "FILE")]
    pub(crate) time_travel: Option<PathBuf>,
    /// Serve TLS with a certificate authority of our own
    #[arg(long)]
    pub(crate) tls: bool,
}

/// An access key as it is given on the command line of a development server.
#[derive(Clone)]
pub(crate) struct AccessKey {
    pub(crate) id: CredentialId,
    pub(crate) secret: String,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({})", self.id)
    }
}

impl AccessKey {
    pub(crate) fn secret_bytes(&self) -> SecretBytes {
        SecretBytes::take_vec(self.secret.clone().into_bytes())
    }
}

fn access_key(text: &str) -> Result<AccessKey, String> {
    let (id, secret) = text.split_once(':').ok_or("wanted ID:SECRET")?;
    let fits = (16..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !fits || secret.is_empty() {
        return Err(
            "an id has 16 to 128 letters, digits or underscores, and the secret must not be empty".to_owned()
        );
    }
    Ok(AccessKey { id: CredentialId::new(id).map_err(|e| e.to_string())?, secret: secret.to_owned() })
}
