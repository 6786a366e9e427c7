//! Tests of the PostgreSQL store on a throw-away cluster: made in a temporary folder, on a free loopback
//! port, by a user that is not root (PostgreSQL refuses root), and gone afterwards.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use super::{Context, unit};
use crate::failure::{Failure, Outcome};
use crate::install;
use crate::shell::{Step, complain, step};

/// Where Debian puts the programs of its release's PostgreSQL.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

pub(super) fn run(context: &Context) -> Outcome {
    install::debian(Path::new(PROGRAMS).join("initdb").exists(), &["postgresql-15"])?;
    let cluster = Cluster::start()?;
    unit::store_tests(context, &cluster.url())
}

/// A running cluster; dropping it stops it and deletes its folder.
struct Cluster {
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    fn start() -> Outcome<Self> {
        let folder = as_user("mktemp").args(["-d", "/tmp/keystead-postgres.XXXXXX"]).read()?;
        let cluster = Self { folder: PathBuf::from(folder.trim()), port: free_port()? };
        cluster
            .program("initdb")
            .args(["--username=keystead", "--auth=trust", "--encoding=UTF8", "--no-sync"])
            .read()?;
        cluster
            .program("pg_ctl")
            .args(["start", "-w", "-t", "60", "-l"])
            .arg(cluster.folder.join("log"))
            .arg("-o")
            .arg(cluster.settings())
            .run()?;
        Ok(cluster)
    }

    /// Loopback only, its unix socket beside its data, more connections than the tests open at once.
    fn settings(&self) -> String {
        let folder = self.folder.display();
        format!("-c listen_addresses=127.0.0.1 -c max_connections=200 -p {} -k {folder}", self.port)
    }

    fn url(&self) -> String {
        format!("postgres://keystead@127.0.0.1:{}/postgres", self.port)
    }

    fn program(&self, name: &str) -> Step {
        as_user(&format!("{PROGRAMS}/{name}")).arg("-D").arg(self.folder.join("data"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = self.program("pg_ctl").args(["stop", "-m", "immediate", "-w"]).read();
        let removed = as_user("rm").arg("-rf").arg(&self.folder).read();
        if let Err(failure) = stopped.and(removed) {
            complain(&format!(
                "the throw-away cluster in {} is still there: {failure}",
                self.folder.display()
            ));
        }
    }
}

/// A step by a user that is not root; Debian's package makes `postgres`.
fn as_user(program: &str) -> Step {
    let step = if install::is_root() {
        step("runuser").args(["-u", "postgres", "--", program])
    } else {
        step(program)
    };
    step.within(Path::new("/"))
}

fn free_port() -> Outcome<u16> {
    let listener =
        TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::while_doing("looking for a free port"))?;
    Ok(listener.local_addr().map_err(Failure::while_doing("looking for a free port"))?.port())
}
