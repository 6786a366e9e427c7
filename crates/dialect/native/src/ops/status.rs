//! `GET sys/status`: whether the system is initialised and sealed; open, because a custodian must know before anybody
//! can be authenticated.

use codec_native::Status;

use crate::ceremony::StatusSource;
use crate::refused::Refused;
use crate::reply::Answer;

pub(crate) fn status(source: &StatusSource) -> Result<Answer, Refused> {
    Answer::ok(&Status::from(source()))
}
