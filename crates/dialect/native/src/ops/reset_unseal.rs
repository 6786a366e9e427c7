//! `DELETE sys/unseal`: the shares given so far are forgotten; the custodians begin again.

use api::{Ceremony, RequestContext};

use super::status;
use crate::fault;
use crate::refused::Refused;
use crate::reply::Answer;

pub(crate) async fn reset_unseal(
    ceremony: &dyn Ceremony,
    context: RequestContext,
) -> Result<Answer, Refused> {
    let after = ceremony.reset(context).await.map_err(|fault| fault::word(&fault.what))?;
    status::answer(after)
}
