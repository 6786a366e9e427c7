//! Making the whole process undumpable, and saying honestly what of it held.

use rustix::process::{DumpableBehavior, Resource, Rlimit};

/// What [`harden_process`] found to hold afterwards, read back from the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HardeningReport {
    /// `PR_GET_DUMPABLE` is 0: no core image, no attaching by an unprivileged peer.
    pub undumpable: bool,
    /// `RLIMIT_CORE` is 0, soft and hard.
    pub no_core_files: bool,
    /// Bytes that this process may lock (`RLIMIT_MEMLOCK`, soft); `None` is no limit.
    pub memlock_limit: Option<u64>,
}

impl HardeningReport {
    /// Whether every protection held.
    #[must_use]
    pub fn holds(&self) -> bool {
        let Self { undumpable, no_core_files, memlock_limit: _ } = self;
        *undumpable && *no_core_files
    }
}

/// Sets `PR_SET_DUMPABLE` to 0 and `RLIMIT_CORE` to 0, raises the soft `RLIMIT_MEMLOCK` to its hard limit,
/// and reports what held. A refusal is not an error here: the caller decides what it requires.
pub fn harden_process() -> HardeningReport {
    // A refusal shows in the report, which reads back what holds.
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = raise_memlock_limit();
    report()
}

fn raise_memlock_limit() -> rustix::io::Result<()> {
    let limit = rustix::process::getrlimit(Resource::Memlock);
    rustix::process::setrlimit(Resource::Memlock, Rlimit { current: limit.maximum, maximum: limit.maximum })
}

fn report() -> HardeningReport {
    let core = rustix::process::getrlimit(Resource::Core);
    HardeningReport {
        undumpable: rustix::process::dumpable_behavior() == Ok(DumpableBehavior::NotDumpable),
        no_core_files: core.current == Some(0) && core.maximum == Some(0),
        memlock_limit: rustix::process::getrlimit(Resource::Memlock).current,
    }
}

#[cfg(test)]
mod tests {
    use super::{harden_process, report};

    #[test]
    fn hardening_changes_what_the_kernel_reports() {
        assert!(!report().holds(), "a test process starts dumpable");
        let after = harden_process();
        assert!(after.holds(), "{after:?}");
        let status = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = status.lines().find(|l| l.starts_with("Max core file size")).unwrap();
        let words: Vec<_> = core.split_whitespace().collect();
        assert_eq!(&words[4..6], ["0", "0"]);
    }
}
