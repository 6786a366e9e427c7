//! `keystead key …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Confirm, PageArgs};

/// `keystead key …`.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key
    Create(CreateKey),
    /// List keys, oldest first
    List(PageArgs),
    /// Show a key with its versions
    Show {
        /// The key
        key: String,
    },
    /// Let a suspended key be used again
    Enable {
        /// The key
        key: String,
    },
    /// Suspend a key
    Disable {
        /// The key
        key: String,
    },
    /// Make a new version and let it be primary
    Rotate {
        /// The key
        key: String,
    },
    /// Schedule a key's destruction; it is unusable at once
    Destroy {
        /// The key
        key: String,
        /// Days until its material is gone
        #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(0..=3650))]
        wait: u16,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Cancel a scheduled destruction; the key comes back suspended
    Cancel {
        /// The key
        key: String,
    },
    /// Encrypt standard input or a file; prints base64
    Encrypt {
        /// The key
        key: String,
        #[command(flatten)]
        bound: Bound,
        /// Read the plaintext from this file
        #[arg(long = "in", value_name = "FILE")]
        input: Option<PathBuf>,
    },
    /// Decrypt base64 from standard input or a file; prints the plaintext
    Decrypt {
        /// The key; `-` takes the one that the ciphertext names
        #[arg(default_value = "-")]
        key: String,
        #[command(flatten)]
        bound: Bound,
        /// Read the ciphertext from this file
        #[arg(long = "in", value_name = "FILE")]
        input: Option<PathBuf>,
        /// Write the plaintext to this new file, readable by its owner only
        #[arg(long = "out", value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Make a data key, wrapped under a key
    DataKey(DataKey),
    /// Bind and list names
    #[command(subcommand)]
    Name(NameCommand),
}

/// `key create`.
#[derive(Debug, Args)]
pub struct CreateKey {
    /// Its first name; in other dialects it gets the same one where that is free
    pub(crate) name: Option<String>,
    /// Kind of key
    #[arg(long, default_value = "aes256")]
    pub(crate) spec: String,
    /// A use such as `encrypt`; may be repeated [default: the one purpose of the kind]
    #[arg(long)]
    pub(crate) usage: Vec<String>,
    /// What it is for, in words
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) description: String,
    /// A label; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) label: Vec<String>,
    /// Its policy; `-` is standard input [default: delegates to the account]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy_file: Option<PathBuf>,
    /// The policy's language [default: by the file's ending]
    #[arg(long, requires = "policy_file")]
    pub(crate) language: Option<String>,
    /// How far its material may ever leave: never, wrapped, plain
    #[arg(long, default_value = "never")]
    pub(crate) export: String,
    /// Least days that its destruction waits; can never be shortened
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u16).range(0..=3650))]
    pub(crate) least_wait: u16,
}

/// `key data-key`.
#[derive(Debug, Args)]
pub struct DataKey {
    /// The key that wraps it
    pub(crate) key: String,
    /// Its length
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) bytes: u16,
    #[command(flatten)]
    pub(crate) bound: Bound,
    /// Answer the wrapped copy only
    #[arg(long, conflicts_with = "out")]
    pub(crate) wrapped_only: bool,
    /// Write the data key itself to this new file, readable by its owner only, instead of printing it
    #[arg(long = "out", value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// What is bound to a ciphertext.
#[derive(Clone, Debug, Args)]
pub struct Bound {
    /// Bound to the ciphertext and written to the audit log; may be repeated; not secret
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) context: Vec<String>,
}

/// `keystead key name …`.
#[derive(Debug, Subcommand)]
pub enum NameCommand {
    /// Bind one more name to a key
    Bind {
        /// The name, such as `app` or `aws:app`
        name: String,
        /// The key
        key: String,
    },
    /// List the names of one space
    List {
        /// native, aws, azure, kmip, pkcs11, vault:MOUNT or google:RING
        #[arg(long, default_value = "native")]
        space: String,
        /// Only names of this key
        #[arg(long)]
        key: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
}
