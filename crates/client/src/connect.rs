//! One connection for one request: a command makes few, and none may outlive it.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{Address, ClientError};

/// Ready to send.
pub(crate) async fn connect(
    address: &Address,
    tls: Option<&Arc<rustls::ClientConfig>>,
) -> Result<SendRequest<Full<Bytes>>, ClientError> {
    let unreachable = |why: String| ClientError::Unreachable { address: address.to_string(), why };
    let stream = TcpStream::connect((address.bare_host(), address.port)).await;
    let stream = stream.map_err(|e| unreachable(e.to_string()))?;
    let Some(tls) = tls else { return serve(stream).await.map_err(unreachable) };
    let name = ServerName::try_from(address.bare_host().to_owned());
    let name = name.map_err(|_| unreachable("no certificate has such a name".to_owned()))?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
    serve(stream.map_err(|e| unreachable(e.to_string()))?).await.map_err(unreachable)
}

async fn serve<S>(stream: S) -> Result<SendRequest<Full<Bytes>>, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|e| e.to_string())?;
    // Ends by itself when the sender is dropped; its errors reach the sender.
    tokio::spawn(connection);
    Ok(sender)
}
