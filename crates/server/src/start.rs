//! Starting: unseal by the root of trust, make the first account if there is none, and hand out its first credential.

use std::sync::Arc;

use domain::{AccountNumber, Coordinates, CredentialId, Dialect, PrincipalKind, Role};
use engine::{Bootstrap, BootstrapCredential, BootstrapPrincipal, BootstrapTenant, Engine};
use secret::SecretBytes;
use store_record::Options;

use crate::root_record;
use crate::system::{StartError, System};

/// The first principal's credentials.
pub(crate) struct First {
    pub(crate) name: &'static str,
    pub(crate) access_key: Option<(CredentialId, SecretBytes)>,
    pub(crate) token: SecretBytes,
}

/// Unseals; a new system gets its first account, tenants and principal.
pub(crate) async fn unsealed(
    system: &Arc<System>,
    first: impl FnOnce() -> Result<First, StartError>,
    options: Options,
) -> Result<Arc<Engine>, StartError> {
    let (root, wrapped) = root_record::unlock(system).await?;
    let engine = system.unseal(&root, &wrapped, options).await?;
    let known = engine.recognise_operators(system.config.account).await;
    if known.map_err(StartError::while_doing("reading the operators' account"))?.is_none() {
        let made = engine.bootstrap(bootstrap(&system.config.regions, system.config.account, first()?)).await;
        made.map_err(StartError::while_doing("first account"))?;
    }
    Ok(engine)
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
