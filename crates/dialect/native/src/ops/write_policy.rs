//! `PUT policies/{policy}`: writes an identity policy or guardrail, if all of it can be enforced (INV-13).

use crate::view;
use crate::words::document;
use codec_native::WritePolicyRequest;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct WritePolicy;

impl WireOperation for WritePolicy {
    type Op = api::ops::WritePolicy;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let WritePolicyRequest { document: text, guards } = asked.body()?;
        Ok(api::ops::WritePolicy { name: asked.last()?.to_owned(), document: document(text)?, guards })
    }

    fn write(policy: domain::PolicyRecord) -> Result<Answer, Refused> {
        Answer::ok(&view::policy(policy))
    }
}
