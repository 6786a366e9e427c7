//! Starting: initialise or unseal by the root of trust, make the first account if there is none, and hand out its first
//! credential. A system with custodians stays sealed until they come.

use std::sync::Arc;

use domain::{AccountNumber, Coordinates, CredentialId, Dialect, PrincipalKind, Role};
use engine::{Bootstrap, BootstrapCredential, BootstrapPrincipal, BootstrapTenant};
use root::shamir::{Share, Terms};
use root::{Input, Keyfile, NewRoot};
use secret::SecretBytes;
use spi::{RootOfTrust, SealCrypto};
use store_record::Options;

use crate::config::RootKind;
use crate::custody::{Came, record};
use crate::system::{StartError, System};

const DOING: &str = "root of trust";

/// The first principal's credentials.
pub(crate) struct First {
    pub(crate) name: &'static str,
    pub(crate) access_key: Option<(CredentialId, SecretBytes)>,
    pub(crate) token: SecretBytes,
}

/// Starts; a new system gets its first account, tenants and principal, unless it is to have custodians: those get their
/// shares from `init` alone. Says whether it is unsealed.
pub(crate) async fn started(
    system: &Arc<System>,
    first: impl FnOnce() -> Result<First, StartError>,
    options: Options,
) -> Result<bool, StartError> {
    system.custody.options.get_or_init(|| options);
    let kind = system.custody.status().and_then(|status| status.kind);
    match (kind, system.config.root) {
        (None, RootKind::Shamir { .. }) => Err(StartError(
            "this system is not initialised: run `keystead init`, which hands out the custodians' shares"
                .to_owned(),
        )),
        (None, RootKind::Keyfile | RootKind::Memory) => {
            initialised(system, first, |_| Ok(())).await.map(|()| true)
        }
        (Some("keyfile"), RootKind::Keyfile) => by_keyfile(system, first).await.map(|()| true),
        (Some("shamir"), RootKind::Shamir { .. }) if System::has_database(&system.config) => Ok(false),
        (Some("shamir"), RootKind::Shamir { .. }) => Err(StartError(format!(
            "there is a {} but no database: restore the backup, or if `keystead init` was cut short, \
             remove the folder and run it again",
            record::path(&system.config).display()
        ))),
        (Some(kind), _) => Err(StartError(format!(
            "this system was sealed by `{kind}`: set root.kind to that (`keystead config show --origin` says who set it)"
        ))),
    }
}

/// Makes a new system; `hand` gets the custodians' shares, if it is to have any.
pub(crate) async fn initialised(
    system: &Arc<System>,
    first: impl FnOnce() -> Result<First, StartError>,
    hand: impl FnOnce(&[Share]) -> Result<(), StartError>,
) -> Result<(), StartError> {
    if System::has_database(&system.config) {
        return Err(StartError(format!(
            "there is a database but no {}: restore it from the backup",
            record::path(&system.config).display()
        )));
    }
    let new = new_root(system).await?;
    let context = system.own_context("sys.init");
    let came = system.custody.step(system, &context, Input::Init(new)).await;
    let came = came.map_err(StartError::while_doing(DOING))?;
    if !came.shares.is_empty() {
        hand(&came.shares)?;
    }
    entered(system, first, came).await
}

async fn new_root(system: &System) -> Result<NewRoot, StartError> {
    match system.config.root {
        RootKind::Memory => Ok(NewRoot::Memory(system.crypto.fresh_key())),
        RootKind::Keyfile => {
            let keyfile = Keyfile::at(&system.config.keyfile);
            keyfile.make_if_absent(&*system.crypto).map_err(StartError::while_doing(DOING))?;
            keyfile.secret().await.map(NewRoot::Keyfile).map_err(StartError::while_doing(DOING))
        }
        RootKind::Shamir { shares, threshold } => {
            Terms::new(threshold, shares).map(NewRoot::Shamir).map_err(StartError::while_doing(DOING))
        }
    }
}

async fn by_keyfile(
    system: &Arc<System>,
    first: impl FnOnce() -> Result<First, StartError>,
) -> Result<(), StartError> {
    let keyfile = Keyfile::at(&system.config.keyfile);
    let key = keyfile.secret().await.map_err(StartError::while_doing(DOING))?;
    let context = system.own_context("sys.unseal");
    let came = system.custody.step(system, &context, Input::RootSecret(key)).await;
    let came = came.map_err(StartError::while_doing(DOING))?;
    if let Some(why) = &came.refused {
        return Err(StartError(format!("keyfile `{}`: {why}", system.config.keyfile.display())));
    }
    entered(system, first, came).await
}

/// Opens what the root of trust protects, makes the first account if there is none, and lets requests in.
async fn entered(
    system: &Arc<System>,
    first: impl FnOnce() -> Result<First, StartError>,
    came: Came,
) -> Result<(), StartError> {
    let Came { opened, refused, .. } = came;
    let (root, wrapped) = opened.ok_or_else(|| {
        StartError(refused.map_or_else(|| "the root of trust gave no key".to_owned(), |why| why.to_string()))
    })?;
    let (engine, known) = system.open_gate(&root, &wrapped).await?;
    if !known {
        let made = engine.bootstrap(bootstrap(&system.config.regions, system.config.account, first()?)).await;
        made.map_err(StartError::while_doing("first account"))?;
    }
    system.admit(engine)
}

/// Each region is a tenant; the first is also Vault's root namespace.
fn bootstrap(regions: &[String], number: AccountNumber, first: First) -> Bootstrap {
    let tenants = regions.iter().enumerate().map(|(n, region)| {
        let aws = Coordinates::new(Dialect::Aws, format!("{number}/{region}"));
        let vault = (n == 0).then(|| Coordinates::new(Dialect::Vault, ""));
        let name = if n == 0 { "default".to_owned() } else { region.clone() };
        BootstrapTenant { name, bindings: [Some(aws), vault].into_iter().flatten().collect() }
    });
    let First { name, access_key, token } = first;
    let signing = access_key.map(|(id, secret)| BootstrapCredential::SigningKey(id, secret));
    let credentials = signing.into_iter().chain([BootstrapCredential::BearerToken(token)]).collect();
    let principal = BootstrapPrincipal {
        name: name.to_owned(),
        kind: PrincipalKind::User,
        roles: vec![Role::Root],
        credentials,
    };
    Bootstrap { number, name: "first".to_owned(), tenants: tenants.collect(), principals: vec![principal] }
}
