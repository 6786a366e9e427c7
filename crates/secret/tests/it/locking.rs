//! What happens when memory cannot be locked. Each test runs in a process of its own (nextest); each sets
//! limits of the whole process, so each also re-runs itself as a child when it does not.

use std::process::Command;

use secret::{ArenaFull, Locking, LockingError, SecretBytes, arena_stats, set_locking};

/// Runs `test` in a child process in which nothing else runs.
fn alone(test: &str, body: impl FnOnce()) {
    if std::env::var_os("KEYSTEAD_TEST_ALONE").is_some() {
        return body();
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--test-threads=1"])
        .env("KEYSTEAD_TEST_ALONE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

fn forbid_locking() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Memlock, Rlimit { current: Some(0), maximum: Some(0) }).unwrap();
    drop_lock_privilege();
}

/// The superuser may lock beyond every limit (`CAP_IPC_LOCK`); give that up in this thread.
fn drop_lock_privilege() {
    use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
    let mut held = capabilities(None).unwrap();
    held.effective.remove(CapabilitySet::IPC_LOCK);
    set_capabilities(None, held).unwrap();
}

#[test]
fn locked_memory_is_locked_and_undumped() {
    alone("locking::locked_memory_is_locked_and_undumped", || {
        let secret = SecretBytes::take(&mut [1; 32]);
        let stats = arena_stats();
        assert_eq!((stats.slots_in_use, stats.bytes_unlocked, stats.bytes_unprotected), (1, 0, 0));
        let flags = vm_flags_of(secret.expose(secret::Exposure::HandToProvider).as_ptr());
        for flag in ["lo", "dd", "wf"] {
            assert!(flags.iter().any(|f| f == flag), "{flag} is not in {flags:?}");
        }
    });
}

/// The `VmFlags` of the mapping that holds an address: `lo` locked, `dd` not dumped, `wf` wiped on fork.
fn vm_flags_of(address: *const u8) -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let mut inside = false;
    for line in maps.lines() {
        let first = line.split(' ').next().unwrap_or_default();
        if let Some((from, to)) = first.split_once('-') {
            let bound = |text| usize::from_str_radix(text, 16).unwrap();
            inside = (bound(from)..bound(to)).contains(&address.addr());
        } else if inside && let Some(flags) = line.strip_prefix("VmFlags: ") {
            return flags.split_whitespace().map(str::to_owned).collect();
        }
    }
    panic!("no mapping holds the secret");
}

#[test]
fn best_effort_takes_unlocked_memory_and_counts_it() {
    alone("locking::best_effort_takes_unlocked_memory_and_counts_it", || {
        forbid_locking();
        set_locking(Locking::BestEffort).unwrap();
        let _secret = SecretBytes::take(&mut [1; 32]);
        let stats = arena_stats();
        assert!(stats.bytes_unlocked > 0);
        assert_eq!(stats.bytes_unlocked, stats.bytes_reserved);
    });
}

#[test]
fn required_refuses_unlocked_memory() {
    alone("locking::required_refuses_unlocked_memory", || {
        set_locking(Locking::Required).unwrap();
        let first = SecretBytes::take(&mut [1; 32]);
        forbid_locking();
        let mut source = [1; 64];
        assert_eq!(SecretBytes::try_take(&mut source).unwrap_err(), ArenaFull::LockRefused);
        assert_eq!(source, [0; 64]);
        assert_eq!(SecretBytes::try_take(&mut [1; 9000]).unwrap_err(), ArenaFull::LockRefused);
        assert!(std::panic::catch_unwind(|| SecretBytes::take(&mut [1; 64])).is_err());
        assert!(SecretBytes::try_take(&mut [1; 32]).is_ok(), "locked slots still serve");
        assert_eq!((first.len(), arena_stats().bytes_unprotected), (32, 0));
    });
}

#[test]
fn a_policy_is_set_once() {
    alone("locking::a_policy_is_set_once", || {
        set_locking(Locking::Required).unwrap();
        let again = set_locking(Locking::BestEffort).unwrap_err();
        assert_eq!(again, LockingError::AlreadySet(Locking::Required));
    });
}

#[test]
fn required_after_unlocked_memory_is_an_error() {
    alone("locking::required_after_unlocked_memory_is_an_error", || {
        forbid_locking();
        let _early = SecretBytes::take(&mut [1; 32]);
        assert!(matches!(set_locking(Locking::Required), Err(LockingError::AlreadyUnprotected(1..))));
    });
}
