//! `POST sys/unseal`: one custodian's share.

use api::{Ceremony, NotUnsealed, RequestContext};
use codec_native::UnsealRequest;

use super::status;
use crate::exchange::Asked;
use crate::fault;
use crate::refused::Refused;
use crate::reply::Answer;

pub(crate) async fn unseal(
    ceremony: &dyn Ceremony,
    context: RequestContext,
    asked: &Asked<'_>,
) -> Result<Answer, Refused> {
    let UnsealRequest { share } = asked.body()?;
    match ceremony.unseal(context, share.0).await {
        Ok(after) => status::answer(after),
        Err(NotUnsealed::Share(why)) => Err(fault::of_share(why)),
        Err(NotUnsealed::Fault(fault)) => Err(fault::word(&fault.what)),
    }
}
