//! Where the bearer token comes from: a file, the environment, a systemd credential, or the file at home. Never an
//! argument, which every process of the machine can read.

use std::ffi::OsString;
use std::io::{Read as _, Write};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use secret::SecretBytes;

use crate::failure::Stop;

/// The systemd credential that holds it: `LoadCredential=keystead.token:PATH`.
const CREDENTIAL: &str = "keystead.token";
/// Most bytes of a token's file.
const MAX: u64 = 4096;

/// Where the bearer token comes from.
#[derive(Debug)]
pub enum TokenSource {
    /// A file that was named (`KEYSTEAD_TOKEN_FILE`).
    File(PathBuf),
    /// The environment itself (`KEYSTEAD_TOKEN`).
    Value(SecretBytes),
    /// A systemd credential (`$CREDENTIALS_DIRECTORY/keystead.token`); systemd itself keeps others from it.
    Credential(PathBuf),
    /// A file that may be there (`~/.config/keystead/token`).
    Home(PathBuf),
    /// Nowhere.
    Nowhere,
}

impl TokenSource {
    /// The first of the four that the environment has.
    #[must_use]
    pub fn find(env: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        if let Some(path) = set("KEYSTEAD_TOKEN_FILE") {
            return Self::File(path.into());
        }
        if let Some(token) = set("KEYSTEAD_TOKEN") {
            return Self::Value(SecretBytes::take_vec(token.into_vec()));
        }
        let credential = set("CREDENTIALS_DIRECTORY").map(|folder| PathBuf::from(folder).join(CREDENTIAL));
        if let Some(path) = credential.filter(|path| path.exists()) {
            return Self::Credential(path);
        }
        let config = set("XDG_CONFIG_HOME").map(PathBuf::from);
        let config = config.or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".config")));
        config.map_or(Self::Nowhere, |config| Self::Home(config.join("keystead/token")))
    }

    /// The token; warns of a file that others can read.
    pub(crate) fn read(self, err: &mut dyn Write) -> Result<Option<SecretBytes>, Stop> {
        match self {
            Self::Value(token) => Ok(Some(token)),
            Self::Credential(path) => from_file(&path, None).map(Some),
            Self::File(path) => from_file(&path, Some(err)).map(Some),
            Self::Home(path) if path.exists() => from_file(&path, Some(err)).map(Some),
            Self::Home(_) | Self::Nowhere => Ok(None),
        }
    }
}

fn from_file(path: &Path, err: Option<&mut dyn Write>) -> Result<SecretBytes, Stop> {
    let shown = path.display();
    let unreadable = |e| Stop::usage(format!("cannot read the token from `{shown}`: {e}"));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.mode() & 0o777;
    if let Some(err) = err.filter(|_| mode & 0o077 != 0) {
        writeln!(err, "warning: others can read `{shown}` (mode {mode:o}); run `chmod 600 {shown}`")?;
    }
    // As long as it can become, so that reading never moves it and leaves a copy behind.
    let mut bytes = Vec::with_capacity(8192);
    file.take(MAX).read_to_end(&mut bytes).map_err(unreadable)?;
    let end = bytes.trim_ascii_end().len();
    let mut token = SecretBytes::try_take_vec(bytes).map_err(|e| Stop::usage(e.to_string()))?;
    token.truncate(end);
    Ok(token)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use secret::Exposure;

    use super::*;

    fn find(vars: &[(&str, &str)]) -> TokenSource {
        let get =
            |name: &str| vars.iter().find(|(own, _)| *own == name).map(|(_, value)| OsString::from(*value));
        TokenSource::find(&get)
    }

    #[test]
    fn the_file_comes_before_the_value_and_both_before_home() {
        let (file, value, home) =
            (("KEYSTEAD_TOKEN_FILE", "/f"), ("KEYSTEAD_TOKEN", "kst_x"), ("HOME", "/h"));
        assert!(matches!(find(&[file, value, home]), TokenSource::File(path) if path == Path::new("/f")));
        assert!(matches!(find(&[value, home]), TokenSource::Value(_)));
        let at_home = Path::new("/h/.config/keystead/token");
        assert!(matches!(find(&[home, ("KEYSTEAD_TOKEN", "")]), TokenSource::Home(path) if path == at_home));
        assert!(matches!(find(&[]), TokenSource::Nowhere));
    }

    /// systemd shows a credential with the mode of its access list, which says nothing about who can read it.
    #[test]
    fn a_systemd_credential_comes_before_home_and_is_not_warned_of() {
        let folder = tempfile::tempdir().unwrap();
        let vars = [("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap()), ("HOME", "/h")];
        assert!(matches!(find(&vars), TokenSource::Home(_)), "others may have credentials and none is ours");
        let path = folder.path().join("keystead.token");
        std::fs::write(&path, "kst_x").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        let mut err = Vec::new();
        let token = find(&vars).read(&mut err).unwrap().unwrap();
        assert_eq!((token.expose(Exposure::VerifyCredential), err.len()), (b"kst_x".as_slice(), 0));
        let value = [vars[0], vars[1], ("KEYSTEAD_TOKEN", "kst_y")];
        assert!(matches!(find(&value), TokenSource::Value(_)));
    }

    #[test]
    fn a_file_that_others_read_is_warned_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "kst_x\n").unwrap();
        for (mode, warned) in [(0o600, false), (0o640, true), (0o604, true)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let mut err = Vec::new();
            let token = TokenSource::File(path.clone()).read(&mut err).unwrap().unwrap();
            assert_eq!(token.expose(Exposure::VerifyCredential), b"kst_x");
            assert_eq!(!err.is_empty(), warned, "{mode:o}");
        }
        let missing = TokenSource::File(folder.path().join("none")).read(&mut Vec::new());
        assert!(missing.is_err(), "a file that was named must be there");
        assert!(TokenSource::Home(folder.path().join("none")).read(&mut Vec::new()).unwrap().is_none());
    }
}
