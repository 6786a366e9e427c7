//! CreateAlias (AWS KMS API Reference, CreateAlias): a name for a key given by id or ARN.

use api::ops::BindName;
use serde::Deserialize;

use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    alias_name: Text<'a>,
    #[serde(borrow)]
    target_key_id: Text<'a>,
}

pub(super) struct CreateAlias;

impl WireOperation for CreateAlias {
    type Op = BindName;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        checks.required("aliasName", asked.alias_name.as_ref());
        checks.text("aliasName", asked.alias_name.as_deref(), 1, 256);
        if let Some(name) = asked.alias_name.as_deref() {
            let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b":/_-".contains(&b));
            checks.pattern("aliasName", name, "^[a-zA-Z0-9:/_-]+$", fits);
        }
        checks.required("targetKeyId", asked.target_key_id.as_ref());
        checks.text("targetKeyId", asked.target_key_id.as_deref(), 1, 2048);
        checks.done()?;
        let name = asked.alias_name.as_deref().unwrap_or_default();
        let text = name.strip_prefix("alias/").filter(|rest| !rest.is_empty());
        let text = text.ok_or_else(|| WireError::validation("Alias must start with the prefix \"alias/\". Please see http://docs.aws.amazon.com/kms/latest/developerguide/programming-aliases.html"))?;
        if text.starts_with("aws/") {
            return Err(WireError::client("NotAuthorizedException", ""));
        }
        let name =
            key_ref::alias_name(text).ok_or_else(|| WireError::client("InvalidAliasNameException", ""))?;
        let target = asked.target_key_id.as_deref().unwrap_or_default();
        Ok(BindName { name, key: key_ref::read_key_only(target, place)? })
    }

    fn write((): (), _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
