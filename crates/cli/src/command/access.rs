//! Who may what: `principal`, `credential`, `policy`, `tenant`, `audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Confirm, PageArgs};

/// `keystead principal …`.
#[derive(Debug, Subcommand)]
pub enum PrincipalCommand {
    /// Make a principal
    Create(CreatePrincipal),
    /// List principals by name
    List(PageArgs),
    /// Change a principal; what is not named stays
    Update(UpdatePrincipal),
}

/// `principal create`.
#[derive(Debug, Args)]
pub struct CreatePrincipal {
    /// Its name, unique in the account
    pub(crate) name: String,
    /// user or service
    #[arg(long, default_value = "service")]
    pub(crate) kind: String,
    /// administrator, key-custodian, crypto-user, auditor; may be repeated
    #[arg(long)]
    pub(crate) role: Vec<String>,
    /// A policy by name; may be repeated
    #[arg(long)]
    pub(crate) policy: Vec<String>,
    /// A label; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) label: Vec<String>,
}

/// `principal update`.
#[derive(Debug, Args)]
pub struct UpdatePrincipal {
    /// Its name
    pub(crate) name: String,
    /// Its roles from now on; may be repeated
    #[arg(long)]
    pub(crate) role: Vec<String>,
    /// Take all roles away
    #[arg(long, conflicts_with = "role")]
    pub(crate) no_roles: bool,
    /// Its policies from now on; may be repeated
    #[arg(long)]
    pub(crate) policy: Vec<String>,
    /// Take all policies away
    #[arg(long, conflicts_with = "policy")]
    pub(crate) no_policies: bool,
    /// Let it authenticate no more, at once
    #[arg(long, conflicts_with = "enable")]
    pub(crate) disable: bool,
    /// Let it authenticate again
    #[arg(long)]
    pub(crate) enable: bool,
}

/// `keystead credential …`.
#[derive(Debug, Subcommand)]
pub enum CredentialCommand {
    /// Make a credential; its secret is shown once
    Create(CreateCredential),
    /// List a principal's credentials
    List {
        /// The principal's name
        principal: String,
    },
    /// Take a credential away, at once
    Revoke {
        /// The credential's id
        id: String,
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// `credential create`.
#[derive(Debug, Args)]
pub struct CreateCredential {
    /// The principal's name
    pub(crate) principal: String,
    /// bearer-token or signing-key (an AWS access key)
    #[arg(long, default_value = "bearer-token")]
    pub(crate) kind: String,
    /// What it is for, in words
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) description: String,
    /// When it ends, such as 2027-01-31T00:00:00Z [default: never]
    #[arg(long, value_name = "INSTANT")]
    pub(crate) expires: Option<String>,
    /// Write the secret to this new file, readable by its owner only, instead of printing it
    #[arg(long = "out", value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// `keystead policy …`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Write a policy; a new name makes a new one
    Write(WritePolicy),
    /// List the account's policies
    List,
    /// Print a policy as it was written
    Show {
        /// Its name
        name: String,
    },
    /// Ask what would be decided, and by which statement; nothing is done
    Explain(Explain),
    /// Print a key's own policy as it was written
    KeyGet {
        /// The key
        key: String,
    },
    /// Write a key's own policy
    KeyPut {
        /// The key
        key: String,
        /// The document; `-` is standard input
        file: PathBuf,
        /// cedar, iam or acl [default: by the file's ending]
        #[arg(long)]
        language: Option<String>,
        /// Do not check that you can still change the policy afterwards
        #[arg(long)]
        bypass_lockout_check: bool,
    },
}

/// `policy write`.
#[derive(Debug, Args)]
pub struct WritePolicy {
    /// Its name
    pub(crate) name: String,
    /// The document; `-` is standard input
    pub(crate) file: PathBuf,
    /// cedar, iam or acl [default: by the file's ending]
    #[arg(long)]
    pub(crate) language: Option<String>,
    /// A tenant that it caps as a guardrail: what it does not permit, nobody may; may be repeated, and a tenant that is left out is let go
    #[arg(long, value_name = "TENANT")]
    pub(crate) guard: Vec<String>,
    /// It is a guardrail of no tenant from now on
    #[arg(long, conflicts_with = "guard")]
    pub(crate) no_guard: bool,
}

/// `policy explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// What is done, such as `key:encrypt`
    pub(crate) action: String,
    /// By whom [default: you]
    #[arg(long)]
    pub(crate) principal: Option<String>,
    /// On which key [default: the tenant itself]
    #[arg(long)]
    pub(crate) key: Option<String>,
}

/// `keystead tenant …`.
#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// Make a tenant and what leads to it
    Create {
        /// Its name, unique in the account
        name: String,
        /// What leads to it, such as `aws:123456789012/us-east-1` or `vault:team`; may be repeated
        #[arg(long, value_name = "DIALECT:PLACE")]
        bind: Vec<String>,
        /// The account's id [default: yours]
        #[arg(long)]
        account: Option<String>,
    },
    /// List tenants and what leads to them
    List,
}

/// The half of `keystead audit …` that asks a server. The binary reads the same arguments for the log's files.
#[derive(Debug)]
pub enum AuditCommand {
    /// `audit search`.
    Search(SearchAudit),
    /// `audit tail`.
    Tail(TailAudit),
}

/// `audit search`.
#[derive(Clone, Debug, Args)]
pub struct SearchAudit {
    /// Which records.
    #[command(flatten)]
    pub filter: AuditFilter,
    /// Not before, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "INSTANT")]
    pub since: Option<String>,
    /// Which page.
    #[command(flatten)]
    pub page: PageArgs,
}

/// `audit tail`.
#[derive(Clone, Debug, Args)]
pub struct TailAudit {
    /// Which records.
    #[command(flatten)]
    pub filter: AuditFilter,
    /// So many records from the end
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub lines: u16,
    /// Go on with every new record until stopped
    #[arg(short, long)]
    pub follow: bool,
}

/// Which records.
#[derive(Clone, Debug, Args)]
pub struct AuditFilter {
    /// Only this operation, by its dialect's own name
    #[arg(long)]
    pub operation: Option<String>,
    /// Only this target's id
    #[arg(long, value_name = "ID")]
    pub target: Option<String>,
    /// Only by this principal's id
    #[arg(long, value_name = "ID")]
    pub principal: Option<String>,
    /// Only in this tenant's id
    #[arg(long, value_name = "ID")]
    pub in_tenant: Option<String>,
}
