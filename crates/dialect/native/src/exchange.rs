//! One authenticated operation: what was asked becomes a typed request, the gate answers, and the answer becomes bytes.

use api::{Fault, FaultWhat, Kms, KmsExt, Malformed, Operation, RequestContext};
use codec_native::Query;
use domain::{Coordinates, Dialect, Proof};
use serde::Deserialize;

use crate::fault;
use crate::native::MAX_BODY;
use crate::refused::Refused;
use crate::reply::Answer;

/// The tenant of a request that names none.
pub(crate) const DEFAULT_TENANT: &str = "default";

/// How an operation stands on the wire.
pub(crate) trait WireOperation {
    /// Its canonical request.
    type Op: Operation;
    /// The parameters of its query.
    const QUERY: &'static [&'static str] = &[];

    /// Reads it.
    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused>;
    /// Writes its answer.
    fn write(output: <Self::Op as Operation>::Output) -> Result<Answer, Refused>;
}

/// What was asked, as its operation reads it.
pub(crate) struct Asked<'a> {
    pub(crate) captures: &'a [String],
    pub(crate) query: Query,
    pub(crate) body: &'a [u8],
}

impl<'a> Asked<'a> {
    /// The text that stands for the last `{…}` of the path.
    pub(crate) fn last(&self) -> Result<&str, Refused> {
        self.captures.last().map(String::as_str).ok_or_else(Refused::internal)
    }

    pub(crate) fn body<T: Deserialize<'a>>(&self) -> Result<T, Refused> {
        Ok(codec_native::decode(self.body, MAX_BODY)?)
    }
}

/// A request on its way to its operation.
pub(crate) struct Exchange<'a> {
    pub(crate) kms: &'a dyn Kms,
    pub(crate) context: RequestContext,
    pub(crate) proof: Proof,
    pub(crate) captures: &'a [String],
    pub(crate) query: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

impl Exchange<'_> {
    /// Runs one operation in the tenant of its path.
    pub(crate) async fn run<W: WireOperation>(self) -> Result<Answer, Refused> {
        match self.read::<W>() {
            Ok(op) => self.call::<W>(op).await,
            Err(refused) => Err(self.refuse(refused).await),
        }
    }

    /// Runs one operation in a tenant that its body names.
    pub(crate) async fn run_in<W: WireOperation>(
        mut self,
        tenant: fn(&Asked<'_>) -> Result<String, Refused>,
    ) -> Result<Answer, Refused> {
        let asked = Asked { captures: self.captures, query: Query::default(), body: self.body };
        match tenant(&asked).and_then(|tenant| place(&tenant)) {
            Ok(place) => self.context.place = place,
            Err(refused) => return Err(self.refuse(refused).await),
        }
        self.run::<W>().await
    }

    fn read<W: WireOperation>(&self) -> Result<W::Op, Refused> {
        let query = Query::parse(self.query, W::QUERY)?;
        W::read(&Asked { captures: self.captures, query, body: self.body })
    }

    async fn call<W: WireOperation>(self, op: W::Op) -> Result<Answer, Refused> {
        match self.kms.run(self.context, self.proof, op).await {
            Ok(output) => W::write(output),
            Err(fault) => Err(fault::word(&fault.what)),
        }
    }

    /// Refuses what is wrong in itself. The gate checks the proof first and records the refusal; what it finds is
    /// graver than what was found here.
    pub(crate) async fn refuse(self, refused: Refused) -> Refused {
        let what = FaultWhat::Malformed(Malformed::Field {
            field: "request",
            why: "refused before it was an operation",
        });
        let fault = self.kms.refuse(self.context, self.proof, Fault::new(what.clone())).await;
        if fault.what == what { refused } else { fault::word(&fault.what) }
    }
}

/// The place of a tenant of the caller's own account, whose number the wire does not tell.
pub(crate) fn place(tenant: &str) -> Result<Coordinates, Refused> {
    let fits = (1..=64).contains(&tenant.len())
        && tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b));
    if !fits {
        return Err(Refused::malformed("a tenant's name has 1 to 64 letters, digits and +=,.@_-"));
    }
    Ok(Coordinates::new(Dialect::Native, format!("{}/{tenant}", Coordinates::OWN_ACCOUNT)))
}
