//! `POST tenants`: makes a tenant and the bindings that lead to it.

use crate::{reference, view};
use codec_native::CreateTenantRequest;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct CreateTenant;

impl WireOperation for CreateTenant {
    type Op = api::ops::CreateTenant;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let CreateTenantRequest { name, account, bindings } = asked.body()?;
        let account = account.map(|id| id.parse()).transpose();
        let account = account.map_err(|_| Refused::malformed("`account` must be an account's id"))?;
        let bindings = bindings.iter().map(|text| reference::coordinates(text)).collect::<Result<_, _>>()?;
        Ok(api::ops::CreateTenant { account, name, bindings })
    }

    fn write(tenant: domain::Tenant) -> Result<Answer, Refused> {
        Answer::created(&view::tenant(tenant, None))
    }
}
