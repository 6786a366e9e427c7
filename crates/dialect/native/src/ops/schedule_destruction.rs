//! `POST …/keys/{key}:schedule-destruction`: unusable at once, destroyed when the wait is over.

use crate::{reference, view};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

/// Seconds that a destruction waits unless said otherwise: 30 days, as AWS has it.
const DEFAULT_WAIT: u32 = 30 * 86_400;

pub(super) struct ScheduleDestruction;

impl WireOperation for ScheduleDestruction {
    type Op = api::ops::ScheduleDestruction;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let request: codec_native::ScheduleRequest = asked.body()?;
        let wait = request.wait.unwrap_or(DEFAULT_WAIT);
        Ok(api::ops::ScheduleDestruction { key: reference::key(asked.last()?)?, wait })
    }

    fn write(view: api::ops::KeyView) -> Result<Answer, Refused> {
        Answer::ok(&view::key(&view))
    }
}
