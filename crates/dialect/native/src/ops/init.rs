//! `POST sys/init`: initialises a system that never was; answers the shares and the first token, this once.

use api::{Ceremony, RequestContext};
use codec_native::{InitAnswer, InitRequest, SecretText};
use http::StatusCode;

use crate::exchange::Asked;
use crate::fault;
use crate::refused::Refused;
use crate::reply::Answer;

pub(crate) async fn init(
    ceremony: &dyn Ceremony,
    context: RequestContext,
    asked: &Asked<'_>,
) -> Result<Answer, Refused> {
    let InitRequest { shares, threshold } = asked.body()?;
    if threshold < 1 || threshold > shares {
        return Err(Refused::malformed("`threshold` must be between 1 and `shares`"));
    }
    let made =
        ceremony.initialise(context, shares, threshold).await.map_err(|fault| fault::word(&fault.what))?;
    let len = made.shares.iter().fold(made.token.len(), |sum, share| sum.saturating_add(share.len()));
    let shares = made.shares.into_iter().map(SecretText).collect();
    Answer::secret(StatusCode::CREATED, &InitAnswer { shares, token: SecretText(made.token) }, len)
}
