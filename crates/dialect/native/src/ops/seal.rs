//! `POST sys/seal`: every key-encryption key leaves memory.

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct Seal;

impl WireOperation for Seal {
    type Op = api::ops::SealSystem;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let codec_native::Nothing {} = asked.body()?;
        Ok(api::ops::SealSystem)
    }

    fn write((): ()) -> Result<Answer, Refused> {
        Answer::ok(&codec_native::SealAnswer { sealed: true })
    }
}
