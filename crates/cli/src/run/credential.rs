//! `credential …`.

use client::calls;
use codec_native::{CreateCredentialRequest, Credential, NewCredential};
use secret::Exposure;

use super::or_dash;
use crate::command::{CreateCredential, CredentialCommand};
use crate::failure::Stop;
use crate::secret_file::SecretFile;
use crate::session::Session;
use crate::show::Rows;

const HEAD: &[&str] = &["ID", "KIND", "ENDS", "STATE", "DESCRIPTION"];

pub(super) async fn run(session: &mut Session<'_, '_>, command: CredentialCommand) -> Result<(), Stop> {
    match command {
        CredentialCommand::Create(args) => create(session, args).await,
        CredentialCommand::List { principal } => {
            let list = session.send(calls::list_credentials(&principal)).await?;
            session.print(&list, |list| Rows::list(HEAD, list.credentials.iter().map(row)))
        }
        CredentialCommand::Revoke { id, confirm } => {
            session.confirm(confirm.yes, &format!("revoking credential `{id}`"))?;
            session.send(calls::revoke_credential(&id)).await?;
            session.done("revoked")
        }
    }
}

/// With a file, the secret goes there and is not printed.
async fn create(session: &mut Session<'_, '_>, args: CreateCredential) -> Result<(), Stop> {
    let (kind, description, expires_at) = (Some(args.kind), args.description, args.expires);
    let request = CreateCredentialRequest { kind, description, expires_at };
    let file = SecretFile::wanted(args.out.as_deref(), session.explains())?;
    let made = session.send(calls::create_credential(&args.principal, &request)?).await?;
    match file {
        None => session.print(&made, rows),
        Some(file) => {
            file.write(&made.secret.0)?;
            session.print(&made.credential, |credential| Rows::list(HEAD, [row(credential)]))
        }
    }
}

fn rows(made: &NewCredential) -> Rows {
    let secret = made.secret.0.expose(Exposure::ReturnToAuthorisedCaller);
    let secret = String::from_utf8_lossy(secret).into_owned();
    Rows::fields([("id", made.credential.id.clone()), ("secret", secret)])
}

fn row(credential: &Credential) -> Vec<String> {
    let state = if credential.disabled { "disabled" } else { "enabled" };
    let ends = or_dash(credential.expires_at.clone());
    let Credential { id, kind, description, .. } = credential.clone();
    vec![id, kind, ends, state.to_owned(), description]
}
