//! One kept-alive HTTP/1.1 connection, for preparing loads: not fast, only right.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A connection.
pub struct Exchange {
    reader: BufReader<TcpStream>,
}

impl Exchange {
    /// Connects.
    ///
    /// # Errors
    /// As the socket says.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        Ok(Self { reader: BufReader::new(TcpStream::connect(address)?) })
    }

    /// Sends one whole request and reads the body of a 200 response with a `Content-Length`.
    ///
    /// # Errors
    /// As the socket says; any other status is an error that carries the body.
    pub fn send(&mut self, request: &[u8]) -> io::Result<Vec<u8>> {
        self.reader.get_mut().write_all(request)?;
        let mut status = String::new();
        self.reader.read_line(&mut status)?;
        let body = self.read_body()?;
        if status.contains(" 200 ") {
            return Ok(body);
        }
        Err(io::Error::other(format!("{}: {}", status.trim_end(), String::from_utf8_lossy(&body))))
    }

    fn read_body(&mut self) -> io::Result<Vec<u8>> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok(body)
    }
}
