//! What nobody is authenticated for.

use std::sync::Arc;

use api::{Fault, FaultWhat, Malformed, RequestContext};
use async_trait::async_trait;
use edge::{HttpDialect, Request};
use keystead_dialect_native::{Ceremony, Initialised, ShareView, StatusView};
use secret::{Exposure, SecretBytes};

use crate::stub::Stub;
use crate::{ask, code, native, request, text};

struct Custodians;

#[async_trait]
impl Ceremony for Custodians {
    async fn unseal(&self, context: RequestContext, share: SecretBytes) -> Result<StatusView, Fault> {
        assert_eq!(context.operation, "sys.unseal");
        if share.expose(Exposure::ShareCeremony) != b"share-1" {
            let why = "it is no share of this root";
            return Err(FaultWhat::Malformed(Malformed::Field { field: "share", why }).into());
        }
        let shares = Some(ShareView { total: 3, threshold: 2, given: 1 });
        Ok(StatusView { initialised: true, sealed: true, root: "shamir", shares })
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
async fn without_a_ceremony_there_is_none() {
    let stub = Arc::new(Stub::default());
    for target in ["sys/unseal", "sys/init"] {
        let response = ask(&stub, anonymous("POST", target, "{}")).await;
        assert_eq!(code(&response), "unsupported");
    }
}

#[tokio::test]
async fn shares_are_taken_one_by_one_at_a_bounded_rate() {
    let native = native(&Arc::new(Stub::default()), Some(Arc::new(Custodians)));
    let give =
        |share: &str| native.handle(anonymous("POST", "sys/unseal", &format!(r#"{{"share":"{share}"}}"#)));
    let response = give("share-1").await;
    assert_eq!(
        text(&response),
        r#"{"initialised":true,"sealed":true,"root":"shamir","shares":{"total":3,"threshold":2,"given":1}}"#
    );
    for _ in 0..9 {
        let response = give("share-x").await;
        assert_eq!(code(&response), "malformed");
        assert!(!text(&response).contains("share-x"));
    }
    let response = give("share-1").await;
    assert_eq!(code(&response), "throttled");
    assert!(response.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn initialisation_answers_its_secrets_once() {
    let native = native(&Arc::new(Stub::default()), Some(Arc::new(Custodians)));
    let init = |body: &str| native.handle(anonymous("POST", "sys/init", body));
    assert_eq!(code(&init(r#"{"shares":1,"threshold":2}"#).await), "malformed");
    let response = init(r#"{"shares":2,"threshold":2}"#).await;
    assert_eq!(text(&response), r#"{"shares":["share-1","share-2"],"token":"kst_first"}"#);
}
