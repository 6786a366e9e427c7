//! `principal …`.

use client::calls;
use codec_native::{CreatePrincipalRequest, Principal, UpdatePrincipalRequest};

use super::page;
use crate::command::{PrincipalCommand, UpdatePrincipal};
use crate::failure::Stop;
use crate::input;
use crate::session::Session;
use crate::show::Rows;

pub(super) async fn run(session: &mut Session<'_, '_>, command: PrincipalCommand) -> Result<(), Stop> {
    let principal = match command {
        PrincipalCommand::Create(args) => {
            let request = CreatePrincipalRequest {
                name: args.name,
                kind: Some(args.kind),
                roles: args.role,
                policies: args.policy,
                labels: input::pairs(&args.label)?,
            };
            session.send(calls::create_principal(&request)?).await?
        }
        PrincipalCommand::Update(args) => {
            let name = args.name.clone();
            session.send(calls::update_principal(&name, &update(args)?)?).await?
        }
        PrincipalCommand::List(args) => {
            let list = session.send(calls::list_principals(&page(args))).await?;
            return session.print(&list, |list| {
                let rows = list.principals.iter().map(row);
                Rows::list(&["NAME", "KIND", "ROLES", "STATE", "ID"], rows).more(list.next.as_deref())
            });
        }
    };
    session.print(&principal, |principal| {
        Rows::list(&["NAME", "KIND", "ROLES", "STATE", "ID"], [row(principal)])
    })
}

fn update(args: UpdatePrincipal) -> Result<UpdatePrincipalRequest, Stop> {
    let changed = |given: Vec<String>, none: bool| if given.is_empty() && !none { None } else { Some(given) };
    let request = UpdatePrincipalRequest {
        roles: changed(args.role, args.no_roles),
        policies: changed(args.policy, args.no_policies),
        disabled: if args.disable || args.enable { Some(args.disable) } else { None },
    };
    let nothing = request.roles.is_none() && request.policies.is_none() && request.disabled.is_none();
    if nothing { Err(Stop::usage("say what is to be changed; see `--help`")) } else { Ok(request) }
}

fn row(principal: &Principal) -> Vec<String> {
    let state = if principal.disabled { "disabled" } else { "enabled" };
    let (roles, state) = (principal.roles.join(", "), state.to_owned());
    vec![principal.name.clone(), principal.kind.clone(), roles, state, principal.id.clone()]
}
