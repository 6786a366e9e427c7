//! A server that answers what it was told to, one answer a connection, over plain sockets so that nothing of the
//! client's own stack is trusted.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// What it received, one text for each request.
pub(crate) type Received = Arc<Mutex<Vec<String>>>;

/// Answers these in order, then accepts no more; gives its port.
pub(crate) async fn serve(answers: Vec<String>, tls: Option<tokio_rustls::TlsAcceptor>) -> (u16, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = Received::default();
    let log = Arc::clone(&received);
    tokio::spawn(async move {
        for answer in answers {
            let (socket, _) = listener.accept().await.unwrap();
            let text = match &tls {
                None => exchange(socket, &answer).await,
                Some(tls) => match tls.accept(socket).await {
                    Ok(socket) => exchange(socket, &answer).await,
                    Err(e) => format!("no handshake: {e}"),
                },
            };
            log.lock().unwrap().push(text);
        }
    });
    (port, received)
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut socket: S, answer: &str) -> String {
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let n = socket.read(&mut piece).await.unwrap();
        text.extend_from_slice(piece.get(..n).unwrap());
        let so_far = String::from_utf8_lossy(&text).to_lowercase();
        let Some((head, body)) = so_far.split_once("\r\n\r\n") else { continue };
        let len = head
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().parse().unwrap());
        if body.len() >= len || n == 0 {
            break;
        }
    }
    socket.write_all(answer.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    String::from_utf8(text).unwrap()
}

/// An answer of HTTP/1.1.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    let len = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {len}\r\nx-request-id: r-1\r\n{headers}\r\n{body}")
}

/// An error of the API.
pub(crate) fn error(status: &str, headers: &str, code: &str) -> String {
    let body = format!(
        r#"{{"error":{{"code":"{code}","message":"no","request_id":"r-1","doc":"docs/errors.md#{code}"}}}}"#
    );
    answer(status, headers, &body)
}
