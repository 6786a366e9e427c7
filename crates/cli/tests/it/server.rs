//! A server that answers every request by its path, and notes what it received.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Whole requests as text.
pub(crate) type Received = Arc<Mutex<Vec<String>>>;
/// Status and body for a request line.
pub(crate) type Answers = fn(&str) -> (u16, String);

/// Serves until the test ends; gives its address.
pub(crate) async fn serve(answers: Answers) -> (String, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let received = Received::default();
    let log = Arc::clone(&received);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let text = exchange(socket, answers).await;
            log.lock().unwrap().push(text);
        }
    });
    (address, received)
}

async fn exchange(mut socket: TcpStream, answers: Answers) -> String {
    let (mut text, mut piece) = (String::new(), [0; 65_536]);
    loop {
        let n = socket.read(&mut piece).await.unwrap();
        text.push_str(std::str::from_utf8(piece.get(..n).unwrap()).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let len = head.split_once("content-length: ").map(|(_, rest)| rest.split("\r\n").next().unwrap());
        if n == 0 || body.len() >= len.map_or(0, |len| len.parse().unwrap()) {
            break;
        }
    }
    let line = text.split(" HTTP/").next().unwrap();
    let (status, body) = answers(line);
    let len = body.len();
    let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {len}\r\nconnection: close\r\n\r\n{body}");
    socket.write_all(answer.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    text
}
