//! The ceremony as dialects drive it: share by share, on any wire, over the one root of trust.

use std::sync::Arc;

use api::{Ceremony, Fault, FaultWhat, Initialised, NotUnsealed, RequestContext, SealStatus, ShareStatus};
use async_trait::async_trait;
use root::{Input, Refused};
use secret::{Exposure, SecretBytes};

use super::attempt::share_refusal;
use super::{Came, Stopped};
use crate::config::RootKind;
use crate::system::System;

/// Milliseconds after which a log that was not writable may be.
const RETRY: u32 = 1000;

/// Whoever comes with a share.
pub(crate) struct Custodians(pub(crate) Arc<System>);

#[async_trait]
impl Ceremony for Custodians {
    fn status(&self) -> SealStatus {
        status(&self.0)
    }

    async fn unseal(&self, context: RequestContext, share: SecretBytes) -> Result<SealStatus, NotUnsealed> {
        // A caller that hangs up must not leave the house half opened.
        let given = tokio::spawn(give(Arc::clone(&self.0), context, share));
        given.await.unwrap_or_else(|_| Err(Fault::new(FaultWhat::Internal).into()))
    }

    async fn reset(&self, context: RequestContext) -> Result<SealStatus, Fault> {
        let done = tokio::spawn(reset(Arc::clone(&self.0), context));
        done.await.unwrap_or_else(|_| Err(FaultWhat::Internal.into()))
    }

    /// The listener stands only after initialisation, which hands out secrets to whoever sits at the machine.
    async fn initialise(&self, _: RequestContext, _: u8, _: u8) -> Result<Initialised, Fault> {
        Err(FaultWhat::AlreadyInitialised.into())
    }
}

fn status(system: &System) -> SealStatus {
    let status = system.custody.status();
    let configured = match system.config.root {
        RootKind::Keyfile => "keyfile",
        RootKind::Memory => "memory",
        RootKind::Shamir { .. } => "shamir",
    };
    SealStatus {
        initialised: status.as_ref().is_some_and(|status| status.initialised),
        sealed: !system.slot.is_filled(),
        root: status.as_ref().and_then(|status| status.kind).unwrap_or(configured),
        shares: status.filter(|status| status.count > 0).map(|status| ShareStatus {
            total: status.count,
            threshold: status.threshold,
            given: u8::try_from(status.progress).unwrap_or(u8::MAX),
            round: status.nonce,
        }),
    }
}

async fn give(
    system: Arc<System>,
    context: RequestContext,
    share: SecretBytes,
) -> Result<SealStatus, NotUnsealed> {
    let custody = &system.custody;
    let _turn = custody.turn.lock().await;
    let now = system.now();
    custody.admit(&system, &context).await.map_err(Fault::new)?;
    // What is not even text is no share, which the machine says and has recorded.
    let text = std::str::from_utf8(share.expose(Exposure::ShareCeremony)).unwrap_or_default();
    let came = custody.step(&system, &context, Input::Share(text, now)).await.map_err(stopped)?;
    match came {
        Came { refused: Some(Refused::AlreadyUnsealed), .. } => {}
        Came { refused: Some(why), .. } => {
            custody.rate.refused(context.address, now);
            return Err(refused(&why));
        }
        Came { opened: Some((root, wrapped)), .. } => {
            if let Err(e) = system.admit_known(&root, &wrapped).await {
                tracing::error!(error = %e, "the shares are right, but the system does not open");
                // The log says that it was unsealed; it says now that it is not.
                let _ = custody.step(&system, &context, Input::Seal).await;
                system.seal();
                return Err(Fault::new(FaultWhat::Corrupt { kind: "system" }).into());
            }
            tracing::info!("unsealed by custodians");
        }
        Came { .. } => {}
    }
    Ok(status(&system))
}

async fn reset(system: Arc<System>, context: RequestContext) -> Result<SealStatus, Fault> {
    let custody = &system.custody;
    let _turn = custody.turn.lock().await;
    let now = system.now();
    custody.admit(&system, &context).await.map_err(Fault::new)?;
    // Nobody is asked who they are, so it counts as what it may be: a hindrance.
    custody.rate.refused(context.address, now);
    let done = custody.step(&system, &context, Input::Reset).await;
    done.map_err(stopped)?;
    Ok(status(&system))
}

fn stopped(why: Stopped) -> Fault {
    match why {
        Stopped::Log(e) => Fault::because(FaultWhat::AuditUnavailable { retry_after: RETRY }, e),
        Stopped::Kept(e) => Fault::because(FaultWhat::Internal, e),
    }
}

fn refused(why: &Refused) -> NotUnsealed {
    match (share_refusal(why), why) {
        (Some(refusal), _) => NotUnsealed::Share(refusal),
        (None, Refused::NotInitialised) => Fault::new(FaultWhat::Uninitialised).into(),
        (None, _) => Fault::new(FaultWhat::Internal).into(),
    }
}
