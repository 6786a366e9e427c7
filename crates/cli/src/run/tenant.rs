//! `tenant …`.

use client::calls;
use codec_native::{CreateTenantRequest, Tenant};

use crate::command::TenantCommand;
use crate::failure::Stop;
use crate::session::Session;
use crate::show::Rows;

pub(super) async fn run(session: &mut Session<'_, '_>, command: TenantCommand) -> Result<(), Stop> {
    match command {
        TenantCommand::Create { name, bind, account } => {
            let request = CreateTenantRequest { name, account, bindings: bind };
            let tenant = session.send(calls::create_tenant(&request)?).await?;
            session.print(&tenant, |tenant| {
                Rows::fields([("name", tenant.name.clone()), ("id", tenant.id.clone())])
            })
        }
        TenantCommand::List => {
            let list = session.send(calls::list_tenants()).await?;
            session
                .print(&list, |list| Rows::list(&["NAME", "LED TO BY", "ID"], list.tenants.iter().map(row)))
        }
    }
}

fn row(tenant: &Tenant) -> Vec<String> {
    let bindings = tenant.bindings.as_deref().unwrap_or_default().join(", ");
    vec![tenant.name.clone(), bindings, tenant.id.clone()]
}
