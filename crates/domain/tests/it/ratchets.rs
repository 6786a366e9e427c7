//! Each ratchet turns one way, and none for another's sake.

use keystead_domain::{ExportCeiling, ProtectionLevel, Ratchets};

use crate::making::{key, loaded};

fn middle() -> Ratchets {
    Ratchets {
        export: ExportCeiling::Wrapped,
        destruction_wait: 10,
        purge_protected: false,
        rotate_within: Some(100),
        protection: ProtectionLevel::Hsm,
    }
}

#[test]
fn what_is_as_tight_or_tighter_is_taken() {
    let tighter = [
        middle(),
        Ratchets { export: ExportCeiling::Never, ..middle() },
        Ratchets { destruction_wait: 11, ..middle() },
        Ratchets { purge_protected: true, ..middle() },
        Ratchets { rotate_within: Some(99), ..middle() },
        Ratchets { protection: ProtectionLevel::External, ..middle() },
    ];
    for to in tighter {
        assert_eq!(middle().tighten(to), Ok(to));
        assert_eq!(loaded(&key(middle())).tighten(to).expect("tighter").0.ratchets(), to);
    }
    let unlimited = Ratchets { rotate_within: None, ..middle() };
    for rotate_within in [None, Some(1)] {
        let to = Ratchets { rotate_within, ..middle() };
        assert_eq!(unlimited.tighten(to), Ok(to));
    }
    let protected = Ratchets { purge_protected: true, ..middle() };
    assert_eq!(protected.tighten(protected), Ok(protected));
}

#[test]
fn what_is_looser_is_refused_by_its_name() {
    let protected = Ratchets { purge_protected: true, ..middle() };
    let looser = [
        (middle(), Ratchets { export: ExportCeiling::Plain, ..middle() }, "export ceiling"),
        (middle(), Ratchets { destruction_wait: 9, ..middle() }, "destruction wait"),
        (protected, middle(), "purge protection"),
        (middle(), Ratchets { rotate_within: Some(101), ..middle() }, "rotation limit"),
        (middle(), Ratchets { rotate_within: None, ..middle() }, "rotation limit"),
        (middle(), Ratchets { protection: ProtectionLevel::Software, ..middle() }, "protection level"),
    ];
    for (from, to, name) in looser {
        assert_eq!(from.tighten(to).expect_err(name).0, name);
        assert!(loaded(&key(from)).tighten(to).is_err(), "{name}");
    }
}
