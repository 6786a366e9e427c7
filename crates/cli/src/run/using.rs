//! `key encrypt`, `key decrypt`, `key data-key`. As a table, an answer is its bytes alone, fit for a pipe.

use std::path::Path;

use client::calls;
use codec_native::{DataKeyAnswer, DataKeyRequest, DecryptRequest, EncryptRequest, SecretBase64};
use secret::{Exposure, SecretBytes};

use crate::command::{Bound, DataKey};
use crate::failure::Stop;
use crate::input;
use crate::secret_file::SecretFile;
use crate::session::Session;
use crate::show::Rows;
use crate::{Exit, Format};

pub(super) async fn encrypt(
    session: &mut Session<'_, '_>,
    key: &str,
    bound: &Bound,
    file: Option<&Path>,
) -> Result<(), Stop> {
    let context = input::pairs(&bound.context)?;
    let plaintext = if session.explains() {
        SecretBytes::take(&mut [])
    } else {
        session.awaits("the plaintext", file)?;
        input::secret(file, session.streams.input)?
    };
    let request = EncryptRequest { plaintext: SecretBase64(plaintext), context, associated_data: None };
    let call = calls::encrypt(&session.tenant, key, &request)?;
    drop(request);
    let answer = session.send(call).await?;
    session.print(&answer, |answer| Rows::list(&[], [vec![answer.ciphertext.text()]]))
}

pub(super) async fn decrypt(
    session: &mut Session<'_, '_>,
    key: &str,
    bound: &Bound,
    file: Option<&Path>,
    out: Option<&Path>,
) -> Result<(), Stop> {
    let context = input::pairs(&bound.context)?;
    session.awaits("the ciphertext", file)?;
    let ciphertext = input::base64(file, session.streams.input)?;
    let request = DecryptRequest { ciphertext, context, associated_data: None };
    let file = SecretFile::wanted(out, session.explains())?;
    let answer = session.send(calls::decrypt(&session.tenant, key, &request)?).await?;
    match (file, session.format) {
        (Some(file), _) => file.write(&answer.plaintext.0),
        (None, Format::Table) => {
            let plaintext = answer.plaintext.0.expose(Exposure::ReturnToAuthorisedCaller);
            Ok(session.streams.out.write_all(plaintext)?)
        }
        (None, Format::Json | Format::Yaml) => session.print(&answer, |_| Rows::default()),
    }
}

pub(super) async fn data_key(session: &mut Session<'_, '_>, args: DataKey) -> Result<(), Stop> {
    let context = input::pairs(&args.bound.context)?;
    let request = DataKeyRequest { bytes: Some(args.bytes), context, associated_data: None };
    let call = if args.wrapped_only {
        calls::generate_wrapped_data_key(&session.tenant, &args.key, &request)?
    } else {
        calls::generate_data_key(&session.tenant, &args.key, &request)?
    };
    let file = SecretFile::wanted(args.out.as_deref(), session.explains())?;
    let mut answer = session.send(call).await?;
    if let Some(file) = file {
        let plaintext = answer.plaintext.take();
        let missing = || Stop::Failed { exit: Exit::Failure, text: "the answer has no data key".to_owned() };
        file.write(&plaintext.ok_or_else(missing)?.0)?;
    }
    session.print(&answer, rows)
}

fn rows(answer: &DataKeyAnswer) -> Rows {
    let plaintext = answer.plaintext.as_ref();
    let text = plaintext.and_then(|p| p.0.encode_base64_std(Exposure::ReturnToAuthorisedCaller).ok());
    let plaintext = text.map(|text| ("plaintext", text.as_str().to_owned()));
    let wrapped = ("wrapped", answer.wrapped.text());
    Rows::fields([("key", answer.key.clone()), wrapped].into_iter().chain(plaintext))
}
