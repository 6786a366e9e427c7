//! `GET sys/status`: whether the system is initialised and sealed; open, because a custodian must know before anybody
//! can be authenticated.

use api::{Ceremony, SealStatus, ShareStatus};
use codec_native::{Shares, Status};

use crate::refused::Refused;
use crate::reply::Answer;

pub(crate) fn status(ceremony: &dyn Ceremony) -> Result<Answer, Refused> {
    answer(ceremony.status())
}

/// The status as every operation of the ceremony answers it.
pub(super) fn answer(status: SealStatus) -> Result<Answer, Refused> {
    let SealStatus { initialised, sealed, root, shares } = status;
    let round = shares.and_then(|shares| shares.round).map(u128::from_be_bytes);
    let shares = shares.map(|ShareStatus { total, threshold, given, .. }| Shares { total, threshold, given });
    let round = round.map(|round| format!("{round:032x}"));
    Answer::ok(&Status { initialised, sealed, root: root.to_owned(), shares, round })
}
