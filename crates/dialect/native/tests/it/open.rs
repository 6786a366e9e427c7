//! What nobody is authenticated for.

use std::sync::Arc;

use api::{
    Ceremony, Fault, FaultWhat, Initialised, NotUnsealed, RequestContext, SealStatus, ShareRefusal,
    ShareStatus,
};
use async_trait::async_trait;
use edge::{HttpDialect, Request};
use secret::{Exposure, SecretBytes};

use crate::stub::Stub;
use crate::{ask, code, native, request, text};

/// A system that needs nobody.
pub(crate) struct Keyfile;

#[async_trait]
impl Ceremony for Keyfile {
    fn status(&self) -> SealStatus {
        SealStatus { initialised: true, sealed: false, root: "keyfile", shares: None }
    }

    async fn unseal(&self, _: RequestContext, _: SecretBytes) -> Result<SealStatus, NotUnsealed> {
        Err(NotUnsealed::Share(ShareRefusal::NoCustodians))
    }

    async fn reset(&self, _: RequestContext) -> Result<SealStatus, Fault> {
        Err(FaultWhat::Throttled { retry_after: 1500 }.into())
    }

    async fn initialise(&self, _: RequestContext, _: u8, _: u8) -> Result<Initialised, Fault> {
        Err(FaultWhat::AlreadyInitialised.into())
    }
}

struct Custodians;

fn given(given: u8) -> SealStatus {
    let round = (given > 0).then_some([10; 16]);
    let shares = Some(ShareStatus { total: 3, threshold: 2, given, round });
    SealStatus { initialised: true, sealed: true, root: "shamir", shares }
}

#[async_trait]
impl Ceremony for Custodians {
    fn status(&self) -> SealStatus {
        given(0)
    }

    async fn unseal(&self, context: RequestContext, share: SecretBytes) -> Result<SealStatus, NotUnsealed> {
        assert_eq!(context.operation, "sys.unseal");
        match share.expose(Exposure::ShareCeremony) {
            b"share-1" => Ok(given(1)),
            b"share-7" => Err(NotUnsealed::Share(ShareRefusal::Foreign { index: 7 })),
            b"share-x" => Err(NotUnsealed::Share(ShareRefusal::Mistyped)),
            _ => Err(NotUnsealed::Fault(FaultWhat::AuditUnavailable { retry_after: 1 }.into())),
        }
    }

    async fn reset(&self, context: RequestContext) -> Result<SealStatus, Fault> {
        assert_eq!(context.operation, "sys.reset-unseal");
        Ok(given(0))
    }

    async fn initialise(&self, _: RequestContext, shares: u8, _: u8) -> Result<Initialised, Fault> {
        let share = |n| SecretBytes::take_vec(format!("share-{n}").into_bytes());
        let token = SecretBytes::take_vec(b"kst_first".to_vec());
        Ok(Initialised { shares: (1..=shares).map(share).collect(), token })
    }
}

fn anonymous(method: &str, target: &str, body: &str) -> Request {
    let mut request = request(method, target, body);
    request.headers.clear();
    request
}

#[tokio::test]
async fn the_status_is_open() {
    let stub = Arc::new(Stub::default());
    let response = ask(&stub, anonymous("GET", "sys/status", "")).await;
    assert_eq!(text(&response), r#"{"initialised":true,"sealed":false,"root":"keyfile","shares":null}"#);
    assert!(stub.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_system_without_custodians_says_so() {
    let stub = Arc::new(Stub::default());
    let response = ask(&stub, anonymous("POST", "sys/unseal", r#"{"share":"share-1"}"#)).await;
    assert_eq!(code(&response), "share_refused");
    assert!(text(&response).contains("restart the server"));
    let response = ask(&stub, anonymous("DELETE", "sys/unseal", "")).await;
    assert_eq!(code(&response), "throttled");
    assert!(response.headers().contains_key("retry-after"));
    let response = ask(&stub, anonymous("POST", "sys/init", r#"{"shares":3,"threshold":2}"#)).await;
    assert_eq!(code(&response), "already_initialised");
}

#[tokio::test]
async fn shares_are_taken_one_by_one_and_a_wrong_one_is_named_but_not_shown() {
    let native = native(&Arc::new(Stub::default()), Some(Arc::new(Custodians)));
    let give =
        |share: &str| native.handle(anonymous("POST", "sys/unseal", &format!(r#"{{"share":"{share}"}}"#)));
    let round = "0a".repeat(16);
    assert_eq!(
        text(&give("share-1").await),
        format!(
            r#"{{"initialised":true,"sealed":true,"root":"shamir","shares":{{"total":3,"threshold":2,"given":1}},"round":"{round}"}}"#
        )
    );
    let response = give("share-x").await;
    assert_eq!(code(&response), "share_refused");
    assert!(!text(&response).contains("share-x"));
    let response = give("share-7").await;
    assert_eq!(code(&response), "share_refused");
    assert!(text(&response).contains("share 7: it belongs to another system"));
    assert_eq!(code(&give("share-9").await), "audit_unavailable");
    assert_eq!(code(&native.handle(anonymous("POST", "sys/unseal?a=b", "{}")).await), "malformed");
    let response = native.handle(anonymous("DELETE", "sys/unseal", "")).await;
    assert_eq!(
        text(&response),
        r#"{"initialised":true,"sealed":true,"root":"shamir","shares":{"total":3,"threshold":2,"given":0}}"#
    );
}

#[tokio::test]
async fn initialisation_answers_its_secrets_once() {
    let native = native(&Arc::new(Stub::default()), Some(Arc::new(Custodians)));
    let init = |body: &str| native.handle(anonymous("POST", "sys/init", body));
    assert_eq!(code(&init(r#"{"shares":1,"threshold":2}"#).await), "malformed");
    let response = init(r#"{"shares":2,"threshold":2}"#).await;
    assert_eq!(text(&response), r#"{"shares":["share-1","share-2"],"token":"kst_first"}"#);
}
