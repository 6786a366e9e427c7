//! Any body and path at any dialect, behind a credential of the right form: an answer of that dialect, well-formed,
//! and the gate asked once or told once of a refusal.
//!
//! An input is one line, `DIALECT OPERATION-OR-METHOD PATH`, then the body.
#![no_main]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::{
    Ceremony, Command, Fault, FaultWhat, Initialised, Kms, NotUnsealed, Output, RequestContext, SealStatus,
    ShareRefusal,
};
use async_trait::async_trait;
use bytes::Bytes;
use dialect_aws::Aws;
use dialect_native::Native;
use dialect_vault::Vault;
use domain::{Proof, RequestId, Timestamp};
use edge::{HttpDialect, Request};
use http::{HeaderMap, HeaderValue, Method};
use libfuzzer_sys::fuzz_target;
use provider_software::Software;
use secret::SecretBytes;
use spi::LogCrypto;

/// A gate that counts how often it is asked, and refuses everything.
#[derive(Default)]
struct Counting(AtomicUsize);

#[async_trait]
impl Kms for Counting {
    async fn call(&self, _: RequestContext, _: Proof, _: Command) -> Result<Output, Fault> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(FaultWhat::Internal.into())
    }

    async fn refuse(&self, _: RequestContext, _: Proof, fault: Fault) -> Fault {
        self.0.fetch_add(1, Ordering::Relaxed);
        fault
    }
}

struct NoCustodians;

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

const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/kms/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0000000000000000000000000000000000000000000000000000000000000000";

fn aws(operation: &str) -> Option<(Method, String, HeaderMap)> {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("kms.us-east-1.amazonaws.com"));
    headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.1"));
    headers.insert("x-amz-date", HeaderValue::from_static("20260101T000000Z"));
    headers.insert("authorization", HeaderValue::from_static(SIGNATURE));
    headers.insert("x-amz-target", HeaderValue::try_from(format!("TrentService.{operation}")).ok()?);
    Some((Method::POST, "/".to_owned(), headers))
}

fn bearing(method: &str, path: &str) -> Option<(Method, String, HeaderMap)> {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("localhost"));
    headers.insert("x-vault-token", HeaderValue::from_static("kst_token"));
    headers.insert("authorization", HeaderValue::from_static("Bearer kst_token"));
    Some((method.parse().ok()?, path.to_owned(), headers))
}

fuzz_target!(|input: &[u8]| {
    let (line, body) = match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[][..]),
    };
    let line = String::from_utf8_lossy(line);
    let mut words = line.splitn(3, ' ');
    let (dialect, verb, path) =
        (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or("/"));
    let (kms, custody) = (Arc::new(Counting::default()), Arc::new(NoCustodians));
    let (spoken, head): (Box<dyn HttpDialect>, _) = match dialect {
        "aws" => {
            let hash = Software::new();
            (
                Box::new(Aws::new(kms.clone(), Arc::new(move |parts| LogCrypto::sha256(&hash, parts)))),
                aws(verb),
            )
        }
        "vault" => (Box::new(Vault::new(kms.clone(), custody)), bearing(verb, path)),
        "native" => (Box::new(Native::new(kms.clone(), custody)), bearing(verb, path)),
        _ => return,
    };
    let Some((method, path, headers)) = head.filter(|_| body.len() <= spoken.max_body()) else { return };
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (path, None),
    };
    let at = Timestamp::from_millis(1_767_225_600_000);
    let request = Request {
        id: RequestId::at(at, [1; 10]),
        received_at: at,
        method,
        path,
        query,
        headers,
        body: Bytes::copy_from_slice(body),
        peer: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let response = runtime.block_on(spoken.handle(request));
    let whole = response.body();
    assert!(
        whole.is_empty() || serde_json::from_slice::<serde_json::Value>(whole).is_ok(),
        "{} answers no JSON: {}",
        dialect,
        String::from_utf8_lossy(whole)
    );
    assert!(kms.0.load(Ordering::Relaxed) <= 1, "one request is one call of the gate");
});
