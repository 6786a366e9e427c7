//! `GET policies`: the account's policies with their documents.

use crate::view;
use codec_native::PolicyList;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ListPolicies;

impl WireOperation for ListPolicies {
    type Op = api::ops::ListPolicies;

    fn read(_: &Asked<'_>) -> Result<Self::Op, Refused> {
        Ok(api::ops::ListPolicies)
    }

    fn write(policies: Vec<domain::PolicyRecord>) -> Result<Answer, Refused> {
        Answer::ok(&PolicyList { policies: policies.into_iter().map(view::policy).collect() })
    }
}
