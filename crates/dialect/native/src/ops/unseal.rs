//! `POST sys/unseal`: one custodian's share.

use api::RequestContext;
use codec_native::{Status, UnsealRequest};

use crate::ceremony::Ceremony;
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
    let status = ceremony.unseal(context, share.0).await.map_err(|fault| fault::word(&fault.what))?;
    Answer::ok(&Status::from(status))
}
