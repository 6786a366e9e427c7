//! Writes a load script for wrk: thousands of distinct requests, signed before the run so that the driver itself costs
//! little. `Decrypt` first asks the server for as many distinct ciphertexts.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_bench::exchange::Exchange;
use keystead_bench::signed::Client;

type Failed = Box<dyn std::error::Error>;

struct Load {
    address: SocketAddr,
    operation: String,
    key: String,
    count: usize,
    client: Client,
    token: String,
}

/// A distinct plaintext of 64 bytes.
fn plaintext(n: usize) -> String {
    STANDARD.encode(format!("{n:064}"))
}

impl Load {
    fn requests(&self) -> Result<Vec<Vec<u8>>, Failed> {
        match self.operation.as_str() {
            "Decrypt" => self.decrypts(),
            "CreateKey" => (0..self.count)
                .map(|n| self.signed("CreateKey", &format!("{{\"Description\":\"{n}\"}}")))
                .collect(),
            "GenerateDataKey" => (0..self.count)
                .map(|n| {
                    let context = format!("{{\"n\":\"{n}\"}}");
                    let body = format!(
                        "{{\"KeyId\":\"{}\",\"KeySpec\":\"AES_256\",\"EncryptionContext\":{context}}}",
                        self.key
                    );
                    self.signed("GenerateDataKey", &body)
                })
                .collect(),
            // Signed with another secret than the server knows: as much work to refuse as to accept.
            "Encrypt" | "BadSignature" => (0..self.count).map(|n| self.encrypt(n)).collect(),
            "transit" => Ok((0..self.count).map(|n| self.transit(n)).collect()),
            other => Err(format!("unknown operation {other}").into()),
        }
    }

    fn signed(&self, operation: &str, body: &str) -> Result<Vec<u8>, Failed> {
        self.client.request(operation, body).map_err(|e| format!("{e:?}").into())
    }

    fn encrypt(&self, n: usize) -> Result<Vec<u8>, Failed> {
        self.signed("Encrypt", &format!("{{\"KeyId\":\"{}\",\"Plaintext\":\"{}\"}}", self.key, plaintext(n)))
    }

    fn decrypts(&self) -> Result<Vec<Vec<u8>>, Failed> {
        let mut exchange = Exchange::connect(self.address)?;
        let mut requests = Vec::with_capacity(self.count);
        for n in 0..self.count {
            let reply: serde_json::Value = serde_json::from_slice(&exchange.send(&self.encrypt(n)?)?)?;
            let blob = reply.get("CiphertextBlob").and_then(|b| b.as_str()).ok_or("no ciphertext")?;
            requests.push(self.signed("Decrypt", &format!("{{\"CiphertextBlob\":\"{blob}\"}}"))?);
        }
        Ok(requests)
    }

    fn transit(&self, n: usize) -> Vec<u8> {
        let body = format!("{{\"plaintext\":\"{}\"}}", plaintext(n));
        let (key, token, host, length) = (&self.key, &self.token, self.address, body.len());
        format!(
            "POST /v1/transit/encrypt/{key} HTTP/1.1\r\nhost: {host}\r\nx-vault-token: {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// Lua's own quoting, byte for byte.
fn quoted(request: &[u8]) -> String {
    request.iter().fold(String::from("\""), |mut text, byte| {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => text.push(char::from(*byte)),
            other => text.push_str(&format!("\\{other:03}")),
        }
        text
    }) + "\""
}

fn write_script(path: &str, requests: &[Vec<u8>]) -> Result<(), Failed> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "local r = {{}}")?;
    for (n, request) in requests.iter().enumerate() {
        writeln!(out, "r[{}] = {}", n + 1, quoted(request))?;
    }
    writeln!(out, "local threads = 0")?;
    writeln!(out, "function setup(thread) thread:set('offset', threads * 1021); threads = threads + 1 end")?;
    writeln!(out, "local n = 0")?;
    writeln!(out, "function init() n = offset or 0; bad = 0 end")?;
    writeln!(out, "function request() n = n + 1; return r[(n - 1) % #r + 1] end")?;
    writeln!(out, "function done(s, l, q)")?;
    writeln!(
        out,
        "  io.write(string.format('{{\"requests\":%d,\"micros\":%d,\"errors\":%d,\"p50\":%d,\"p99\":%d}}\\n',"
    )?;
    writeln!(
        out,
        "    s.requests, s.duration, s.errors.status + s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout,"
    )?;
    writeln!(out, "    l:percentile(50), l:percentile(99)))")?;
    writeln!(out, "end")?;
    out.flush()?;
    Ok(())
}

fn main() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [out, address, operation, key, count, access_key_id, secret, region] = args.as_slice() else {
        return Err(
            "usage: bench-presign OUT ADDRESS OPERATION KEY COUNT ACCESS_KEY_ID SECRET_OR_TOKEN REGION"
                .into(),
        );
    };
    let load = Load {
        address: address.parse()?,
        operation: operation.clone(),
        key: key.clone(),
        count: count.parse()?,
        client: match operation.as_str() {
            "BadSignature" => Client::new(address, access_key_id, "another-secret", region),
            _ => Client::new(address, access_key_id, secret, region),
        },
        token: secret.clone(),
    };
    write_script(out, &load.requests()?)
}
