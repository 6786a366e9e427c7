//! Reading a key.

use api::ops::{DescribeKey, KeyView};
use api::{Fault, Output};
use domain::Action;

use crate::plan::Plan;
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn describe_key(&mut self, op: &DescribeKey) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::DescribeKey).await?;
        Ok(Plan::Answer(Output::DescribeKey(KeyView {
            key: on.key,
            account: on.place.account,
            changed: false,
        })))
    }
}
