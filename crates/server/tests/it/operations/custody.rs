//! The seam beside the gate, as a system without custodians has it.

use std::sync::Arc;

use api::{Ceremony, Fault, FaultWhat, Initialised, NotUnsealed, RequestContext, SealStatus, ShareRefusal};
use async_trait::async_trait;
use secret::SecretBytes;

struct NoCustodians;

pub(super) fn none() -> Arc<dyn Ceremony> {
    Arc::new(NoCustodians)
}

#[async_trait]
impl Ceremony for NoCustodians {
    fn status(&self) -> SealStatus {
        SealStatus { initialised: true, sealed: false, root: "memory", shares: None }
    }

    async fn unseal(&self, _: RequestContext, _: SecretBytes) -> Result<SealStatus, NotUnsealed> {
        Err(NotUnsealed::Share(ShareRefusal::NoCustodians))
    }

    async fn reset(&self, _: RequestContext) -> Result<SealStatus, Fault> {
        Ok(self.status())
    }

    async fn initialise(&self, _: RequestContext, _: u8, _: u8) -> Result<Initialised, Fault> {
        Err(FaultWhat::AlreadyInitialised.into())
    }
}
