//! Whether a signature is fresh, as a function of the time that the caller brings (INV-11).

use crate::error::SigV4Error;
use crate::timestamp::Timestamp;

/// Refuses a signature made more than `window_secs` before or after `now_unix`. AWS KMS allows 5 minutes.
///
/// # Errors
/// [`SigV4Error::InvalidSignature`] with AWS's `Signature expired` or `Signature not yet current`.
pub fn check_clock(timestamp: &Timestamp, now_unix: i64, window_secs: u32) -> Result<(), SigV4Error> {
    check_clock_presigned(timestamp, now_unix, window_secs, window_secs)
}

/// As [`check_clock`], for a presigned request that lives `expires_secs` from its timestamp on; `window_secs`
/// still bounds how far ahead of us the signer's clock may run.
///
/// # Errors
/// As [`check_clock`].
pub fn check_clock_presigned(
    timestamp: &Timestamp,
    now_unix: i64,
    window_secs: u32,
    expires_secs: u32,
) -> Result<(), SigV4Error> {
    let earliest = now_unix.saturating_sub(i64::from(expires_secs));
    let latest = now_unix.saturating_add(i64::from(window_secs));
    let now = || Timestamp::from_unix(now_unix);
    if timestamp.unix() < earliest {
        return Err(SigV4Error::invalid(format!(
            "Signature expired: {timestamp} is now earlier than {} ({} - {}.)",
            Timestamp::from_unix(earliest),
            now(),
            span(expires_secs)
        )));
    }
    if timestamp.unix() > latest {
        return Err(SigV4Error::invalid(format!(
            "Signature not yet current: {timestamp} is still later than {} ({} + {}.)",
            Timestamp::from_unix(latest),
            now(),
            span(window_secs)
        )));
    }
    Ok(())
}

fn span(secs: u32) -> String {
    if secs.is_multiple_of(60) { format!("{} min", secs / 60) } else { format!("{secs} sec") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: i64 = 1_440_938_160;

    fn check(now: i64) -> Result<(), String> {
        check_clock(&Timestamp::from_unix(SIGNED), now, 300).map_err(|e| e.to_string())
    }

    #[test]
    fn the_window_includes_its_ends() {
        assert_eq!(check(SIGNED + 300), Ok(()));
        assert_eq!(check(SIGNED - 300), Ok(()));
        assert_eq!(
            check(SIGNED + 301).unwrap_err(),
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)"
        );
        assert_eq!(
            check(SIGNED - 301).unwrap_err(),
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z \
             + 5 min.)"
        );
    }

    #[test]
    fn a_presigned_request_lives_as_long_as_it_says() {
        let signed = Timestamp::from_unix(SIGNED);
        let check = |now| check_clock_presigned(&signed, now, 300, 3600);
        assert_eq!(check(SIGNED + 3600), Ok(()));
        assert!(check(SIGNED + 3601).is_err());
        assert_eq!(check(SIGNED - 300), Ok(()));
        assert!(check(SIGNED - 301).is_err());
    }

    #[test]
    fn no_clock_overflows() {
        for now in [i64::MIN, i64::MAX] {
            assert!(check_clock(&Timestamp::from_unix(SIGNED), now, u32::MAX).is_err());
        }
    }
}
