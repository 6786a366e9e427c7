//! What the disk itself can do: the time of one `fdatasync` after a small append, sorted, in microseconds. The log's
//! group commit can be no faster than this.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: bench-disk FILE")?;
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path)?;
    file.set_len(64 * 1024 * 1024)?;
    file.sync_all()?;
    let line = [b'x'; 32 * 1024];
    let mut micros = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        file.write_all(&line)?;
        file.sync_data()?;
        micros.push(began.elapsed().as_micros());
    }
    std::fs::remove_file(&path)?;
    micros.sort_unstable();
    let at = |share: usize| micros.get(micros.len() * share / 100).copied().unwrap_or(0);
    let report = serde_json::json!({ "p50": at(50), "p90": at(90), "p99": at(99) });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}
