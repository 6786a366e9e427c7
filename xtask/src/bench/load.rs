//! One measured run: a fresh, pre-signed script for wrk, the requests it got through, and the CPU the server spent.

use std::path::Path;

use serde::Deserialize;

use super::contender::{ACCESS_KEY, Contender, Programs, REGION, SECRET_KEY, TOKEN};
use super::{Case, Shape};
use crate::failure::{Failure, Outcome};
use crate::shell::step;

/// What one run gave.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) per_second: f64,
    /// Microseconds of the server's CPU for one request.
    pub(crate) cpu_micros: f64,
    pub(crate) p50_micros: f64,
    pub(crate) p99_micros: f64,
    pub(crate) resident_mib: f64,
}

impl Run {
    pub(crate) fn line(&self) -> String {
        format!(
            "{:>9.0}/s  {:>6.1} µs CPU  p50 {:>7.0} µs  p99 {:>7.0} µs  {:>5.1} MiB",
            self.per_second, self.cpu_micros, self.p50_micros, self.p99_micros, self.resident_mib
        )
    }
}

#[derive(Deserialize)]
struct Done {
    requests: f64,
    micros: f64,
    errors: u64,
    p50: f64,
    p99: f64,
}

/// A run about to be made.
pub(crate) struct Load<'a> {
    pub(crate) case: &'a Case,
    pub(crate) server: &'a Contender,
    pub(crate) shape: &'a Shape,
    pub(crate) programs: &'a Programs,
    pub(crate) folder: &'a Path,
}

impl Load<'_> {
    pub(crate) fn measure(&self) -> Outcome<Run> {
        let script = self.folder.join(format!("{}.lua", self.case.name));
        self.presign(&script)?;
        let before = self.server.cpu_seconds()?;
        let done = self.drive(&script)?;
        let cpu = self.server.cpu_seconds()? - before;
        let refused = self.case.operation == "BadSignature";
        if refused != (done.errors > 0) {
            return Err(Failure::new(format!(
                "{}: {} of {} requests failed, so the figure means nothing",
                self.case.name, done.errors, done.requests
            )));
        }
        Ok(Run {
            per_second: done.requests / (done.micros / 1e6),
            cpu_micros: cpu * 1e6 / done.requests,
            p50_micros: done.p50,
            p99_micros: done.p99,
            resident_mib: self.server.resident_mib(),
        })
    }

    fn presign(&self, script: &Path) -> Outcome {
        let signed = self.case.operation != "transit";
        let key = if signed { format!("alias/{}", self.server.key) } else { self.server.key.clone() };
        let secret = if signed { SECRET_KEY } else { TOKEN };
        step(&self.programs.presign)
            .arg(script)
            .args([
                self.server.address.to_string(),
                self.case.operation.to_owned(),
                key,
                self.shape.requests.to_string(),
            ])
            .args([ACCESS_KEY, secret, REGION])
            .read()
            .map(drop)
    }

    fn drive(&self, script: &Path) -> Outcome<Done> {
        let scheme = if self.server.tls { "https" } else { "http" };
        let text = step("wrk")
            .args(["-t2", &format!("-c{}", self.case.connections), &format!("-d{}s", self.shape.seconds)])
            .args(["--latency", "--timeout", "10s", "-s"])
            .arg(script)
            .arg(format!("{scheme}://{}/", self.server.address))
            .read()?;
        let line = text.lines().rev().find(|line| line.starts_with('{'));
        let line = line.ok_or_else(|| Failure::new(format!("wrk said no figure:\n{text}")))?;
        serde_json::from_str(line).map_err(|e| Failure::new(format!("wrk's figure: {e}")))
    }
}
