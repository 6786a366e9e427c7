//! The bare ceiling: hyper, the same JSON parsed, AES-256-GCM, nothing else. What a key management system adds to
//! this is its own cost.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encrypt {
    key_id: String,
    plaintext: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Encrypted {
    key_id: String,
    ciphertext_blob: String,
    encryption_algorithm: &'static str,
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

async fn answer(key: &RandomizedNonceKey, request: Request<Incoming>) -> Result<Bytes, Failed> {
    let body = request.into_body().collect().await?.to_bytes();
    let asked: Encrypt = serde_json::from_slice(&body)?;
    let mut data = STANDARD.decode(asked.plaintext)?;
    let nonce = key.seal_in_place_append_tag(Aad::empty(), &mut data).map_err(|_| "seal")?;
    let blob = [nonce.as_ref().as_slice(), &data].concat();
    let reply = Encrypted {
        key_id: asked.key_id,
        ciphertext_blob: STANDARD.encode(blob),
        encryption_algorithm: "SYMMETRIC_DEFAULT",
    };
    Ok(serde_json::to_vec(&reply)?.into())
}

async fn respond(
    key: Arc<RandomizedNonceKey>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match answer(&key, request).await {
        Ok(body) => (200, body),
        Err(e) => (400, Bytes::from(e.to_string())),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response
        .headers_mut()
        .insert("content-type", http::HeaderValue::from_static("application/x-amz-json-1.1"));
    Ok(response)
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let address: SocketAddr = std::env::args().nth(1).ok_or("usage: bench-ceiling ADDRESS")?.parse()?;
    let key = Arc::new(RandomizedNonceKey::new(&AES_256_GCM, &[7; 32]).map_err(|_| "key")?);
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let key = Arc::clone(&key);
        tokio::spawn(async move {
            let service = service_fn(move |request| respond(Arc::clone(&key), request));
            // A client that goes away is no failure of the ceiling.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
