//! One command's way to the server and back to the terminal.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::path::Path;
use std::time::Duration;

use client::{Address, Call, Client, ClientConfig};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Stop;
use crate::show::{self, Rows};
use crate::{Format, GlobalOptions};

/// Where a command reads and writes.
pub struct Streams<'a> {
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output: answers only.
    pub out: &'a mut dyn Write,
    /// Standard error: warnings, questions, errors.
    pub err: &'a mut dyn Write,
    /// Whether standard input is a terminal, so that a question can be answered.
    pub interactive: bool,
}

/// A command under way.
pub(crate) struct Session<'a, 'b> {
    client: Option<Client>,
    address: String,
    pub(crate) tenant: String,
    pub(crate) format: Format,
    no_input: bool,
    pub(crate) streams: &'a mut Streams<'b>,
}

impl<'a, 'b> Session<'a, 'b> {
    pub(crate) fn open(options: GlobalOptions, streams: &'a mut Streams<'b>) -> Result<Self, Stop> {
        let GlobalOptions { address, token, ca, tenant, output, no_input, color: _, explain } = options;
        let given =
            address.ok_or_else(|| Stop::usage("say where the server is: `--address` or `KEYSTEAD_ADDR`"))?;
        let address: Address = given.parse().map_err(|e| Stop::usage(format!("`{given}`: {e}")))?;
        let shown = address.to_string();
        let client = if explain {
            None
        } else {
            let token = token.read(streams.err)?;
            let unreadable = |e| Stop::usage(format!("cannot read the certificate authority: {e}"));
            let authority = ca.map(std::fs::read).transpose().map_err(unreadable)?;
            let timeout = Duration::from_secs(30);
            Some(Client::new(ClientConfig { address, token, authority, timeout, retries: 3 })?)
        };
        Ok(Self { client, address: shown, tenant, format: output, no_input, streams })
    }

    /// Sends a call, or shows it and stops.
    pub(crate) async fn send<T: DeserializeOwned>(&mut self, call: Call<T>) -> Result<T, Stop> {
        let Some(client) = &self.client else {
            let shown = call.shown();
            let (line, body) = shown.split_once('\n').unwrap_or((&shown, ""));
            let (method, target) = line.split_once(' ').unwrap_or((line, ""));
            writeln!(self.streams.out, "{method} {}{target}", self.address)?;
            writeln!(self.streams.out, "authorization: Bearer (hidden)\n\n{body}")?;
            return Err(Stop::Explained);
        };
        Ok(client.send(&call).await?)
    }

    /// True while requests are only shown: what would be read for them is not.
    pub(crate) const fn explains(&self) -> bool {
        self.client.is_none()
    }

    /// Prints an answer in the format that was asked for.
    pub(crate) fn print<T: Serialize>(
        &mut self,
        answer: &T,
        rows: impl FnOnce(&T) -> Rows,
    ) -> Result<(), Stop> {
        show::print(self.streams.out, self.format, answer, rows)
    }

    /// Says on a terminal what was done that has no answer.
    pub(crate) fn done(&mut self, text: &str) -> Result<(), Stop> {
        match self.format {
            Format::Table => Ok(writeln!(self.streams.out, "{text}")?),
            Format::Json => Ok(writeln!(self.streams.out, "{{}}")?),
            Format::Yaml => Ok(writeln!(self.streams.out, "{{}}")?),
        }
    }

    /// Says at a terminal what is waited for, where no file is named.
    pub(crate) fn awaits(&mut self, what: &str, file: Option<&Path>) -> Result<(), Stop> {
        if self.streams.interactive && file.is_none() {
            writeln!(self.streams.err, "reading {what} from the terminal; end it with Ctrl-D")?;
        }
        Ok(())
    }

    /// Asks before what cannot be taken back.
    pub(crate) fn confirm(&mut self, yes: bool, what: &str) -> Result<(), Stop> {
        if yes || self.explains() {
            return Ok(());
        }
        if self.no_input || !self.streams.interactive {
            return Err(Stop::usage(format!("{what} needs `--yes` where nobody can be asked")));
        }
        write!(self.streams.err, "{what}? type `yes`: ")?;
        self.streams.err.flush()?;
        let mut line = String::new();
        BufReader::new((&mut *self.streams.input).take(64)).read_line(&mut line)?;
        if line.trim() == "yes" { Ok(()) } else { Err(Stop::usage("not confirmed; nothing was done")) }
    }
}
