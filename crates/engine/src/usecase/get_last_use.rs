//! Reading when a key was used last, which the audit log knows.

use api::ops::{GetLastUse, KeyView, LastUseView};
use api::{Fault, Output};
use domain::{Action, Used};

use crate::plan::Plan;
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn get_last_use(&mut self, op: &GetLastUse) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::GetLastUse).await?;
        let known = self.engine.parts.log.last_use(Used::Key(on.key.id()));
        let last_use = known.of_what_was_made_at(on.key.created_at());
        let view = KeyView { key: on.key, account: on.place.account, changed: false };
        Ok(Plan::Answer(Output::GetLastUse(LastUseView { view, last_use })))
    }
}
