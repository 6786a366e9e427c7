//! ScheduleKeyDeletion (AWS KMS API Reference, ScheduleKeyDeletion): 7 to 30 days, 30 by default.

use api::ops::{KeyView, ScheduleDestruction};
use serde::Deserialize;
use serde_json::json;

use super::members::check_key_id;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::metadata::{DAY, epoch, key_arn, key_state};
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
    pending_window_in_days: Option<i64>,
}

pub(super) struct ScheduleKeyDeletion;

impl WireOperation for ScheduleKeyDeletion {
    type Op = ScheduleDestruction;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.range("pendingWindowInDays", asked.pending_window_in_days, 1, 365);
        checks.done()?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let days = asked.pending_window_in_days.unwrap_or(30);
        // The model says 1 to 365, the service 7 to 30.
        let days = u32::try_from(days).ok().filter(|d| (7..=30).contains(d));
        let days =
            days.ok_or_else(|| WireError::validation("PendingWindowInDays must be between 7 and 30 days."))?;
        Ok(ScheduleDestruction { key, wait: days * DAY })
    }

    fn write(view: KeyView, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let destruction = view.key.destruction().ok_or_else(WireError::internal)?;
        let days = (destruction.due_at.seconds() - destruction.asked_at.seconds()) / i64::from(DAY);
        let answer = json!({
            "KeyId": key_arn(place, view.account.number, view.key.id()),
            "DeletionDate": epoch(destruction.due_at),
            "KeyState": key_state(&view.key),
            "PendingWindowInDays": days,
        });
        Ok(answer.to_string().into_bytes())
    }
}
