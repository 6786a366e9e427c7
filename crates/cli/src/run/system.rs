//! `status`, `seal`, `unseal`, `whoami`.

use std::path::Path;

use client::calls;
use codec_native::{Me, SecretText, Status, UnsealRequest};
use secret::SecretBytes;

use crate::command::Confirm;
use crate::failure::Stop;
use crate::input;
use crate::session::Session;
use crate::show::Rows;

pub(super) async fn status(session: &mut Session<'_, '_>) -> Result<(), Stop> {
    let status = session.send(calls::status()).await?;
    session.print(&status, rows)
}

pub(super) async fn seal(session: &mut Session<'_, '_>, confirm: Confirm) -> Result<(), Stop> {
    session.confirm(confirm.yes, "sealing the server")?;
    session.send(calls::seal()).await?;
    session.done("sealed")
}

pub(super) async fn unseal(session: &mut Session<'_, '_>, file: Option<&Path>) -> Result<(), Stop> {
    let mut share = if session.explains() {
        SecretBytes::take(&mut [])
    } else {
        session.awaits("the share", file)?;
        input::secret(file, session.streams.input)?
    };
    share.truncate(trimmed(&share));
    let call = calls::unseal(&UnsealRequest { share: SecretText(share) })?;
    let status = session.send(call).await?;
    session.print(&status, rows)
}

pub(super) async fn reset(session: &mut Session<'_, '_>) -> Result<(), Stop> {
    let status = session.send(calls::reset_unseal()).await?;
    session.print(&status, rows)
}

/// Length without the line's end.
fn trimmed(share: &SecretBytes) -> usize {
    share.expose(secret::Exposure::ShareCeremony).trim_ascii_end().len()
}

pub(super) async fn whoami(session: &mut Session<'_, '_>) -> Result<(), Stop> {
    let me = session.send(calls::me()).await?;
    session.print(&me, |me: &Me| {
        Rows::fields([
            ("name", me.principal.name.clone()),
            ("id", me.principal.id.clone()),
            ("kind", me.principal.kind.clone()),
            ("roles", me.principal.roles.join(", ")),
            ("account", me.account.clone()),
            ("credential", me.credential.clone()),
        ])
    })
}

fn rows(status: &Status) -> Rows {
    let seal = if status.sealed { "sealed" } else { "unsealed" };
    let state = if status.initialised { seal } else { "not initialised" };
    let shares = status.shares.map(|s| format!("{} of {} given, {} in all", s.given, s.threshold, s.total));
    let fields = [("state", state.to_owned()), ("root of trust", status.root.clone())];
    let round = status.round.clone();
    let more = [("shares", shares), ("round", round)];
    let more = more.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    Rows::fields(fields.into_iter().chain(more))
}
