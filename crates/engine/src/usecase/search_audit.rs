//! Searching the audit log of the caller's own account.

use api::ops::SearchAudit;
use api::{Fault, FaultWhat, Malformed, Output};
use domain::{Action, Cursor, Page, ResourceRef};
use spi::{AuditQuery, Position};

use crate::faults::audit_fault;
use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::list_keys::page_limit;

impl Session<'_> {
    pub(crate) async fn search_audit(&mut self, op: &SearchAudit) -> Result<Plan, Fault> {
        let account = self.own_account();
        self.allow(Action::ReadAudit, ResourceRef::AuditLog(account)).await?;
        let query = AuditQuery {
            account: Some(account),
            tenant: op.tenant,
            since: op.since,
            operation: op.operation.clone(),
            target: op.target.clone(),
            principal: op.principal,
            before: op.after.as_ref().map(position).transpose()?,
            limit: page_limit(op.limit)?,
        };
        let page = self.engine.parts.log.search(query).await.map_err(audit_fault)?;
        let items = page.items.into_iter().map(|(_, record)| record).collect();
        Ok(Plan::Answer(Output::SearchAudit(Page { items, next: page.next })))
    }
}

/// A cursor of this listing is the leaf it goes on before, big-endian.
fn position(cursor: &Cursor) -> Result<Position, Fault> {
    let bytes: [u8; 8] =
        cursor.0.as_slice().try_into().map_err(|_| FaultWhat::Malformed(Malformed::Cursor))?;
    Ok(Position(u64::from_be_bytes(bytes)))
}
