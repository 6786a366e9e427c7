//! GetCallerIdentity (AWS STS API Reference, GetCallerIdentity): account, id and ARN of whoever signed. It asks for no
//! permission, and no region has to be ours: an identity is the same in all.

use api::ops::{CallerView, WhoAmI};
use domain::PrincipalKind;

use super::xml::element;
use crate::call::{Place, WireOperation};
use crate::wire::WireError;

pub(super) struct GetCallerIdentity;

impl WireOperation for GetCallerIdentity {
    type Op = WhoAmI;

    fn read(_: &[u8], _: &Place<'_>) -> Result<Self::Op, WireError> {
        Ok(WhoAmI)
    }

    fn write(caller: CallerView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let account = caller.account.to_string();
        let (arn, id) = match caller.principal.kind {
            PrincipalKind::AccountRoot => (format!("arn:aws:iam::{account}:root"), account.clone()),
            PrincipalKind::User | PrincipalKind::Service => {
                let name = &caller.principal.name;
                (format!("arn:aws:iam::{account}:user/{name}"), caller.principal.id.to_string())
            }
        };
        let members = [("Arn", arn), ("UserId", id), ("Account", account)];
        let result: String = members.iter().map(|(name, text)| element(name, text)).collect();
        Ok(result.into_bytes())
    }
}
