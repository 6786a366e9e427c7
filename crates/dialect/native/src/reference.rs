//! References to keys and names in one text: `app`, an id, or `dialect:name` such as `aws:app`, `vault:transit/app`.

use api::ops::KeyRef;
use domain::{Coordinates, Dialect, KeyId, Name, Space};

use crate::refused::Refused;

/// Stands for the key that a ciphertext names itself.
pub(crate) const IN_CIPHERTEXT: &str = "-";

/// A key by reference: a text of the form of an id is one, whatever names there are.
pub(crate) fn key(text: &str) -> Result<KeyRef, Refused> {
    match text.parse::<KeyId>() {
        Ok(id) => Ok(KeyRef::Id(id)),
        Err(_) => name(text).map(KeyRef::Name),
    }
}

/// A name in the space that its prefix says; without one it is ours.
pub(crate) fn name(text: &str) -> Result<Name, Refused> {
    let (space, rest) = match text.split_once(':') {
        None | Some(("native", _)) => (Space::Native, text.strip_prefix("native:").unwrap_or(text)),
        Some(("vault", path)) => {
            let (mount, name) = path.rsplit_once('/').ok_or_else(|| bad(text, "write `vault:MOUNT/NAME`"))?;
            (Space::Vault { mount: folder(text, mount)? }, name)
        }
        Some(("google", path)) => {
            let (ring, name) = path.rsplit_once('/').ok_or_else(|| bad(text, "write `google:RING/NAME`"))?;
            (Space::Google { ring: folder(text, ring)? }, name)
        }
        Some((word, rest)) => (plain_space(word).ok_or_else(|| bad(text, KNOWN))?, rest),
    };
    if space == Space::Native && rest.parse::<KeyId>().is_ok() {
        return Err(bad(text, "a name must not have the form of an id"));
    }
    Name::new(space, rest).map_err(|why| bad(text, &why.to_string()))
}

/// A space by its word, for listings: `native`, `aws`, `vault:MOUNT` …
pub(crate) fn space(text: &str) -> Result<Space, Refused> {
    match text.split_once(':') {
        Some(("vault", mount)) => Ok(Space::Vault { mount: folder(text, mount)? }),
        Some(("google", ring)) => Ok(Space::Google { ring: folder(text, ring)? }),
        None if text == "native" => Ok(Space::Native),
        _ => plain_space(text).ok_or_else(|| {
            bad(text, "spaces are `native`, `aws`, `azure`, `kmip`, `pkcs11`, `vault:MOUNT`, `google:RING`")
        }),
    }
}

/// A name in the form in which it is asked for.
pub(crate) fn text(name: &Name) -> String {
    match name.space() {
        Space::Native => name.text().to_owned(),
        Space::Aws => format!("aws:{}", name.text()),
        Space::Vault { mount } => format!("vault:{mount}/{}", name.text()),
        Space::Azure => format!("azure:{}", name.text()),
        Space::Google { ring } => format!("google:{ring}/{}", name.text()),
        Space::Kmip => format!("kmip:{}", name.text()),
        Space::Pkcs11 => format!("pkcs11:{}", name.text()),
    }
}

/// `dialect:coordinates`, which lead to a tenant.
pub(crate) fn coordinates(text: &str) -> Result<Coordinates, Refused> {
    let (word, rest) = text.split_once(':').ok_or_else(|| bad(text, "write `dialect:coordinates`"))?;
    let dialect = match word {
        "aws" => Dialect::Aws,
        "vault" => Dialect::Vault,
        "azure" => Dialect::Azure,
        "google" => Dialect::Google,
        "kmip" => Dialect::Kmip,
        "pkcs11" => Dialect::Pkcs11,
        _ => return Err(bad(text, KNOWN)),
    };
    if rest.len() > 255 {
        return Err(bad(text, "coordinates have at most 255 bytes"));
    }
    Ok(Coordinates::new(dialect, rest))
}

const KNOWN: &str = "known prefixes are `native:`, `aws:`, `vault:`, `azure:`, `google:`, `kmip:`, `pkcs11:`";

fn plain_space(word: &str) -> Option<Space> {
    match word {
        "aws" => Some(Space::Aws),
        "azure" => Some(Space::Azure),
        "kmip" => Some(Space::Kmip),
        "pkcs11" => Some(Space::Pkcs11),
        _ => None,
    }
}

/// A mount or ring: parts of plain characters between single slashes.
fn folder(text: &str, folder: &str) -> Result<String, Refused> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
    };
    if folder.len() <= 255 && folder.split('/').all(plain) {
        return Ok(folder.to_owned());
    }
    Err(bad(text, "the part before the name is no mount or ring"))
}

fn bad(text: &str, why: &str) -> Refused {
    let text: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
    Refused::malformed(format!("`{text}` is no reference: {why}")).with("given", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_as_it_is_written() {
        for given in
            ["app", "a/b", "aws:app/db:1", "vault:transit/app", "vault:team/transit/app", "azure:App"]
        {
            assert_eq!(text(&name(given).unwrap()), given);
        }
        assert_eq!(name("native:app").unwrap(), name("app").unwrap());
        assert_eq!(space("vault:team/transit").unwrap(), Space::Vault { mount: "team/transit".to_owned() });
        assert_eq!(coordinates("vault:").unwrap().text, "");
    }

    #[test]
    fn an_id_is_never_shadowed_by_a_name() {
        let id = "01234567-89ab-4def-8123-456789abcdef";
        assert!(matches!(key(id), Ok(KeyRef::Id(_))));
        assert!(name(id).is_err(), "else it could be bound to another key");
        assert!(name(&format!("native:{id}")).is_err());
    }

    #[test]
    fn what_is_no_reference_says_why() {
        for given in
            ["", "-", "a b", "x:y", "vault:app", "vault:/app", "vault:../x/app", "aws:", "google:r", "a:b:c"]
        {
            assert!(name(given).is_err(), "{given}");
        }
        assert!(
            name("awz:app").unwrap_err().message.starts_with("`awz:app` is no reference: known prefixes")
        );
        assert!(space("nativ").is_err());
        assert!(coordinates("native:x").is_err());
    }
}
