//! The one call. Operations are typed outside and an enum inside, so that a new operation does not compile until the
//! engine answers it; the way back is the one downcast of the house.

use async_trait::async_trait;
use domain::Proof;

use crate::{Fault, FaultWhat, RequestContext};

/// One typed request and the type of its answer.
pub trait Operation: Send + Sized + 'static {
    /// What success brings.
    type Output: Send + 'static;
    /// Wraps it for the engine.
    fn into_command(self) -> Command;
    /// Takes the answer out again; `None` if it belongs to another operation.
    fn from_output(output: Output) -> Option<Self::Output>;
    /// Whether it is only asked what would come of it ([`RequestContext::dry_run`]).
    fn is_rehearsal(&self) -> bool {
        false
    }
}

/// An operation that its client may ask to be carried out or only rehearsed.
#[derive(Debug)]
pub struct Rehearsable<O> {
    /// The operation.
    pub op: O,
    /// True: nothing shall be done.
    pub dry_run: bool,
}

impl<O> Rehearsable<O> {
    /// Rehearsed only if that was asked for.
    #[must_use]
    pub fn asked(op: O, dry_run: Option<bool>) -> Self {
        Self { op, dry_run: dry_run == Some(true) }
    }
}

impl<O: Operation> Operation for Rehearsable<O> {
    type Output = O::Output;

    fn into_command(self) -> Command {
        self.op.into_command()
    }

    fn from_output(output: Output) -> Option<Self::Output> {
        O::from_output(output)
    }

    fn is_rehearsal(&self) -> bool {
        self.dry_run
    }
}

/// The engine, as dialects see it.
#[async_trait]
pub trait Kms: Send + Sync {
    /// Authenticate, authorise, check state, perform, audit; then the answer.
    ///
    /// # Errors
    /// [`Fault`] for everything else.
    async fn call(&self, context: RequestContext, proof: Proof, command: Command) -> Result<Output, Fault>;

    /// A request that never became an operation (unreadable body, unknown operation, malformed proof): the engine
    /// authenticates what it can and audits the refusal. Gives back the fault to answer with, which may be graver
    /// than the one handed in (audit unavailable).
    async fn refuse(&self, context: RequestContext, proof: Proof, fault: Fault) -> Fault;
}

/// Typed calls on any [`Kms`].
pub trait KmsExt {
    /// Runs one operation.
    ///
    /// # Errors
    /// [`Fault`] as the engine says.
    fn run<O: Operation>(
        &self,
        context: RequestContext,
        proof: Proof,
        op: O,
    ) -> impl Future<Output = Result<O::Output, Fault>> + Send;
}

impl<K: Kms + ?Sized> KmsExt for K {
    async fn run<O: Operation>(
        &self,
        context: RequestContext,
        proof: Proof,
        op: O,
    ) -> Result<O::Output, Fault> {
        let context = RequestContext { dry_run: context.dry_run || op.is_rehearsal(), ..context };
        let output = self.call(context, proof, op.into_command()).await?;
        O::from_output(output).ok_or(Fault::new(FaultWhat::Internal))
    }
}

macro_rules! operations {
    ($($op:ident => $output:ty;)*) => {
        /// Every operation, for the engine's one match.
        #[derive(Debug)]
        pub enum Command {
            $(#[doc = concat!("See [`crate::ops::", stringify!($op), "`].")] $op(crate::ops::$op),)*
        }

        /// Every answer, in the same order.
        pub enum Output {
            $(#[doc = concat!("Answers [`crate::ops::", stringify!($op), "`].")] $op($output),)*
        }

        $(impl Operation for crate::ops::$op {
            type Output = $output;

            fn into_command(self) -> Command {
                Command::$op(self)
            }

            fn from_output(output: Output) -> Option<$output> {
                match output {
                    Output::$op(answer) => Some(answer),
                    _ => None,
                }
            }
        })*

        impl Command {
            /// The operation's name in canonical words, for metrics.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$op(_) => stringify!($op),)* }
            }
        }
    };
}

operations! {
    CreateKey => crate::ops::KeyView;
    DescribeKey => crate::ops::KeyView;
    UpdateDescription => crate::ops::KeyView;
    LabelKey => crate::ops::KeyView;
    UnlabelKey => crate::ops::KeyView;
    ListLabels => domain::Page<(String, String)>;
    ListKeys => crate::ops::KeyPage;
    EnableKey => crate::ops::KeyView;
    DisableKey => crate::ops::KeyView;
    ScheduleDestruction => crate::ops::KeyView;
    CancelDestruction => crate::ops::KeyView;
    RotateKey => crate::ops::KeyView;
    EnableRotation => crate::ops::KeyView;
    DisableRotation => crate::ops::KeyView;
    GetRotation => crate::ops::KeyView;
    GetLastUse => crate::ops::LastUseView;
    ListRotations => crate::ops::RotationPage;
    Encrypt => crate::ops::Encrypted;
    Decrypt => crate::ops::Decrypted;
    ReEncrypt => crate::ops::ReEncrypted;
    GenerateDataKey => crate::ops::DataKey;
    GenerateDataKeyPair => crate::ops::DataKeyPair;
    Sign => crate::ops::Signed;
    Verify => crate::ops::Verified;
    GenerateMac => crate::ops::Mac;
    VerifyMac => crate::ops::Verified;
    GetPublicKey => crate::ops::PublicKey;
    AgreeKey => crate::ops::SharedSecret;
    Encapsulate => crate::ops::Encapsulated;
    Decapsulate => crate::ops::SharedSecret;
    GenerateRandom => secret::SecretBytes;
    BindName => ();
    RebindName => ();
    UnbindName => ();
    ListNames => domain::Page<crate::ops::NameView>;
    ListKeyPolicies => crate::ops::KeyView;
    GetKeyPolicy => domain::PolicyDocument;
    PutKeyPolicy => ();
    WhoAmI => crate::ops::CallerView;
    CreateAccount => domain::Account;
    CreateTenant => domain::Tenant;
    ListTenants => Vec<crate::ops::TenantView>;
    CreatePrincipal => domain::Principal;
    UpdatePrincipal => domain::Principal;
    ListPrincipals => domain::Page<domain::Principal>;
    CreateCredential => crate::ops::NewCredential;
    ListCredentials => Vec<domain::Credential>;
    RevokeCredential => ();
    WritePolicy => domain::PolicyRecord;
    ListPolicies => Vec<domain::PolicyRecord>;
    ExplainPolicy => crate::ops::Explanation;
    SearchAudit => domain::Page<domain::AuditRecord>;
    SealSystem => ();
}
