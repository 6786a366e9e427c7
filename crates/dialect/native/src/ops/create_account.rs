//! `POST accounts`: makes an account.

use codec_native::{Account, CreateAccountRequest};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct CreateAccount;

impl WireOperation for CreateAccount {
    type Op = api::ops::CreateAccount;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let CreateAccountRequest { number, name } = asked.body()?;
        let number = number.parse().map_err(|_| Refused::malformed("`number` must be twelve digits"))?;
        Ok(api::ops::CreateAccount { number, name })
    }

    fn write(account: domain::Account) -> Result<Answer, Refused> {
        Answer::created(&Account {
            id: account.id.to_string(),
            number: account.number.to_string(),
            name: account.name,
            created_at: account.created_at.rfc3339(),
        })
    }
}
