//! Sending a call: one connection, one answer, and a few more tries where nothing was done.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use codec_native::{Code, ErrorBody};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use secret::{Exposure, SecretBytes};
use serde::de::DeserializeOwned;

use crate::connect::connect;
use crate::{Address, Call, ClientError, Said, tls};

/// Most bytes of an answer.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How to reach a server and as whom.
#[derive(Debug)]
pub struct ClientConfig {
    /// Where it is.
    pub address: Address,
    /// The bearer token; none for what is open.
    pub token: Option<SecretBytes>,
    /// The authority's certificates in PEM; needed for https.
    pub authority: Option<Vec<u8>>,
    /// For one try, from connecting to the end of the answer.
    pub timeout: Duration,
    /// Tries after the first.
    pub retries: u32,
}

/// A client of one server.
#[derive(Debug)]
pub struct Client {
    address: Address,
    token: Option<HeaderValue>,
    tls: Option<Arc<rustls::ClientConfig>>,
    timeout: Duration,
    retries: u32,
}

impl Client {
    /// A client; nothing is connected yet.
    ///
    /// # Errors
    /// [`ClientError`] when the token or the authority cannot be used.
    pub fn new(config: ClientConfig) -> Result<Self, ClientError> {
        let ClientConfig { address, token, authority, timeout, retries } = config;
        let tls = if address.tls { Some(tls::config(authority.as_deref())?) } else { None };
        let token = token.map(|token| bearer(&token)).transpose()?;
        Ok(Self { address, token, tls, timeout, retries })
    }

    /// Sends a call and reads its answer. Tries again only what was surely not done, waiting as the server says.
    ///
    /// # Errors
    /// [`ClientError`] of the last try.
    pub async fn send<T: DeserializeOwned>(&self, call: &Call<T>) -> Result<T, ClientError> {
        let mut pause = FIRST_PAUSE;
        for _ in 0..self.retries {
            match self.attempt(call).await {
                Err(error) if error.is_retryable() => {
                    tokio::time::sleep(asked_pause(&error).unwrap_or(pause).min(LONGEST_PAUSE)).await;
                    pause = pause.saturating_mul(2);
                }
                done => return done,
            }
        }
        self.attempt(call).await
    }

    async fn attempt<T: DeserializeOwned>(&self, call: &Call<T>) -> Result<T, ClientError> {
        let late = || ClientError::Broken { why: "it took too long".to_owned() };
        let connected = tokio::time::timeout(self.timeout, connect(&self.address, self.tls.as_ref())).await;
        let mut sender = connected.map_err(|_| ClientError::Unreachable {
            address: self.address.to_string(),
            why: "it took too long".to_owned(),
        })??;
        let exchange = async {
            let response = sender.send_request(self.request(call)?).await.map_err(|e| broken(&e))?;
            read(response).await
        };
        tokio::time::timeout(self.timeout, exchange).await.map_err(|_| late())?
    }

    fn request<T>(&self, call: &Call<T>) -> Result<Request<Full<Bytes>>, ClientError> {
        let body = call.body.as_ref().map(|body| body.expose(Exposure::HandToProvider));
        let body = Bytes::copy_from_slice(body.unwrap_or_default());
        let authority = format!("{}:{}", self.address.host, self.address.port);
        let mut request = Request::builder().method(&call.method).uri(&call.target).header(HOST, authority);
        request = request.header(ACCEPT, "application/json").header(CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        request.body(Full::new(body)).map_err(|_| ClientError::Strange { status: 0, request_id: None })
    }
}

fn bearer(token: &SecretBytes) -> Result<HeaderValue, ClientError> {
    let mut text = b"Bearer ".to_vec();
    text.extend_from_slice(token.expose(Exposure::HandToProvider).trim_ascii());
    let plain = text.len() > 7 && text.iter().skip(7).all(u8::is_ascii_graphic);
    let value = HeaderValue::from_bytes(&text).ok().filter(|_| plain);
    // The copy in the header lives as long as the client; this one does not.
    drop(SecretBytes::try_take_vec(text));
    let mut value = value.ok_or(ClientError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

async fn read<T: DeserializeOwned>(response: Response<Incoming>) -> Result<T, ClientError> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, MAX_ANSWER).collect().await;
    let body = body.map_err(|e| ClientError::Broken { why: e.to_string() })?.to_bytes();
    let strange = || ClientError::Strange {
        status: head.status.as_u16(),
        request_id: header(&head.headers, "x-request-id"),
    };
    if head.status.is_success() {
        let empty = head.status == StatusCode::NO_CONTENT || body.is_empty();
        let text: &[u8] = if empty { b"null" } else { &body };
        return serde_json::from_slice(text).map_err(|_| strange());
    }
    let ErrorBody { error: detail } = serde_json::from_slice(&body).map_err(|_| strange())?;
    let retry_after = header(&head.headers, RETRY_AFTER.as_str()).and_then(|text| text.parse().ok());
    let (code, status) = (Code::from_word(&detail.code), head.status.as_u16());
    Err(ClientError::Said(Box::new(Said { code, status, detail, retry_after })))
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn broken(error: &hyper::Error) -> ClientError {
    ClientError::Broken { why: error.to_string() }
}

fn asked_pause(error: &ClientError) -> Option<Duration> {
    match error {
        ClientError::Said(said) => said.retry_after.map(Duration::from_secs),
        _ => None,
    }
}
