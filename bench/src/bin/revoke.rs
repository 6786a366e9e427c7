//! Revokes at a steady rate: makes a key, then disables and enables it in turn. What that costs another tenant's
//! requests is measured beside it.

use std::io::Write;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use keystead_bench::exchange::Exchange;
use keystead_bench::signed::Client;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Connections that share the rate, so that a slow commit does not lower it.
const LANES: u32 = 4;

struct Lane {
    exchange: Exchange,
    client: Client,
    key: String,
}

impl Lane {
    fn open(address: SocketAddr, client: Client) -> Result<Self, Failed> {
        let mut lane = Self { exchange: Exchange::connect(address)?, client, key: String::new() };
        let reply: serde_json::Value = serde_json::from_slice(&lane.ask("CreateKey", "{}")?)?;
        let id = reply.pointer("/KeyMetadata/KeyId").and_then(|id| id.as_str());
        lane.key = id.ok_or("CreateKey gave no id")?.to_owned();
        Ok(lane)
    }

    fn ask(&mut self, operation: &str, body: &str) -> Result<Vec<u8>, Failed> {
        let request = self.client.request(operation, body).map_err(|e| format!("{e:?}"))?;
        Ok(self.exchange.send(&request)?)
    }

    /// One change each `every`; tells how many there were.
    fn run(mut self, every: Duration, until: Instant) -> Result<u64, Failed> {
        let (mut done, mut due) = (0, Instant::now());
        while due < until {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let operation = if done % 2 == 0 { "DisableKey" } else { "EnableKey" };
            let body = format!("{{\"KeyId\":\"{}\"}}", self.key);
            self.ask(operation, &body)?;
            done += 1;
            due += every;
        }
        Ok(done)
    }
}

fn main() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, rate, seconds, access_key_id, secret, region] = args.as_slice() else {
        return Err("usage: bench-revoke ADDRESS PER_SECOND SECONDS ACCESS_KEY_ID SECRET REGION".into());
    };
    let (at, rate, seconds): (SocketAddr, u32, u64) = (address.parse()?, rate.parse()?, seconds.parse()?);
    let every = Duration::from_secs(1) * LANES / rate.max(1);
    let (began, until) = (Instant::now(), Instant::now() + Duration::from_secs(seconds));
    let lanes: Vec<_> = (0..LANES)
        .map(|_| Lane::open(at, Client::new(address, access_key_id, secret, region)))
        .collect::<Result<_, _>>()?;
    let running: Vec<_> =
        lanes.into_iter().map(|lane| thread::spawn(move || lane.run(every, until))).collect();
    let mut done = 0;
    for lane in running {
        done += lane.join().map_err(|_| "a lane panicked")??;
    }
    let report = serde_json::json!({ "done": done, "micros": u64::try_from(began.elapsed().as_micros())? });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}
