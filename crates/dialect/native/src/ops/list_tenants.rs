//! `GET tenants`: the tenants of the caller's account and what leads to them.

use crate::view;
use codec_native::TenantList;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ListTenants;

impl WireOperation for ListTenants {
    type Op = api::ops::ListTenants;

    fn read(_: &Asked<'_>) -> Result<Self::Op, Refused> {
        Ok(api::ops::ListTenants)
    }

    fn write(views: Vec<api::ops::TenantView>) -> Result<Answer, Refused> {
        let tenants =
            views.into_iter().map(|tenant| view::tenant(tenant.tenant, Some(&tenant.bindings))).collect();
        Answer::ok(&TenantList { tenants })
    }
}
