//! From canonical actions and resources to the words of this language, and whether a statement speaks of them.

use domain::{AccountNumber, Action, ResourceRef, Space};

use super::pattern::{caseless, exact, fits, is_wild};

/// The IAM language's names of a canonical action; **all** of them are needed to be allowed it, any of them denies it.
/// So what clients grant apart must be actions apart. Empty: there is no projection, so no allow reaches it.
#[must_use]
pub const fn iam_names(action: Action) -> &'static [&'static str] {
    match action {
        Action::CreateKey => &["kms:CreateKey"],
        Action::DescribeKey => &["kms:DescribeKey"],
        Action::ListKeys => &["kms:ListKeys"],
        Action::UpdateDescription => &["kms:UpdateKeyDescription"],
        Action::LabelKey => &["kms:TagResource"],
        Action::UnlabelKey => &["kms:UntagResource"],
        Action::ListLabels => &["kms:ListResourceTags"],
        Action::EnableKey => &["kms:EnableKey"],
        Action::DisableKey => &["kms:DisableKey"],
        Action::RotateKey => &["kms:RotateKeyOnDemand"],
        Action::EnableRotation => &["kms:EnableKeyRotation"],
        Action::DisableRotation => &["kms:DisableKeyRotation"],
        Action::GetRotation => &["kms:GetKeyRotationStatus"],
        Action::GetLastUse => &["kms:GetKeyLastUsage"],
        Action::ListRotations => &["kms:ListKeyRotations"],
        Action::ScheduleDestruction => &["kms:ScheduleKeyDeletion"],
        Action::CancelDestruction => &["kms:CancelKeyDeletion"],
        Action::Encrypt => &["kms:Encrypt"],
        Action::Decrypt => &["kms:Decrypt"],
        Action::ReEncryptFrom => &["kms:ReEncryptFrom"],
        Action::ReEncryptTo => &["kms:ReEncryptTo"],
        Action::GenerateDataKey => &["kms:GenerateDataKey"],
        Action::GenerateWrappedDataKey => &["kms:GenerateDataKeyWithoutPlaintext"],
        Action::GenerateDataKeyPair => &["kms:GenerateDataKeyPair"],
        Action::GenerateWrappedDataKeyPair => &["kms:GenerateDataKeyPairWithoutPlaintext"],
        Action::Sign => &["kms:Sign"],
        Action::Verify => &["kms:Verify"],
        Action::GenerateMac => &["kms:GenerateMac"],
        Action::VerifyMac => &["kms:VerifyMac"],
        Action::GetPublicKey => &["kms:GetPublicKey"],
        Action::AgreeKey => &["kms:DeriveSharedSecret"],
        Action::Encapsulate => &["kms:Encapsulate"],
        Action::Decapsulate => &["kms:Decapsulate"],
        Action::GenerateRandom => &["kms:GenerateRandom"],
        Action::ListKeyPolicies => &["kms:ListKeyPolicies"],
        Action::GetKeyPolicy => &["kms:GetKeyPolicy"],
        Action::PutKeyPolicy => &["kms:PutKeyPolicy"],
        Action::BindName => &["kms:CreateAlias"],
        Action::RebindName => &["kms:UpdateAlias"],
        Action::UnbindName => &["kms:DeleteAlias"],
        Action::ListNames => &["kms:ListAliases"],
        Action::CreateAccount
        | Action::CreateTenant
        | Action::ListTenants
        | Action::CreatePrincipal
        | Action::ListPrincipals
        | Action::UpdatePrincipal
        | Action::CreateCredential
        | Action::ListCredentials
        | Action::RevokeCredential
        | Action::WritePolicy
        | Action::ReadPolicy
        | Action::ExplainPolicy
        | Action::ReadAudit
        | Action::Seal
        | Action::Backup
        | Action::ReadSystem => &[],
    }
}

/// A set of canonical actions, worked out once when a statement is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ActionSet(u128);

const _: () = assert!(Action::ALL.len() <= 128, "an action set is 128 bits wide");

impl ActionSet {
    /// Those that an allowing statement with these patterns reaches.
    pub(super) fn allowed_by(patterns: &[String]) -> Self {
        let hit = |name: &&str| patterns.iter().any(|p| fits(p, name, caseless));
        Self::of(|action| !iam_names(action).is_empty() && iam_names(action).iter().all(hit))
    }

    /// Those that a denying statement with these patterns reaches: also what has no projection, where the pattern
    /// does not name this service alone.
    pub(super) fn denied_by(patterns: &[String]) -> Self {
        let hit = |name: &&str| patterns.iter().any(|p| fits(p, name, caseless));
        let any_service = patterns.iter().any(|p| is_wild(p.split(':').next().unwrap_or_default()));
        Self::of(|action| match iam_names(action) {
            [] => any_service,
            names => names.iter().any(hit),
        })
    }

    fn of(holds: impl Fn(Action) -> bool) -> Self {
        Action::ALL.iter().fold(Self(0), |set, a| if holds(*a) { Self(set.0 | bit(*a)) } else { set })
    }

    pub(super) const fn has(self, action: Action) -> bool {
        self.0 & bit(action) != 0
    }
}

#[expect(
    clippy::as_conversions,
    reason = "a fieldless enum's discriminant, below 128 by the assertion above"
)]
const fn bit(action: Action) -> u128 {
    1 << action as u128
}

/// What the resource of a question is called here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Projected {
    /// Nothing: only denials by wildcard reach it.
    Nothing,
    /// The whole (creating and listing have no resource): only `*` names it.
    Whole,
    /// `arn:aws:kms:REGION:ACCOUNT:RESOURCE`.
    Named {
        /// Unknown where the tenant is not bound to a region.
        region: Option<String>,
        /// The owner's number.
        account: AccountNumber,
        /// `key/ID` or `alias/NAME`.
        resource: String,
    },
}

/// Where a resource stands, in this language's terms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// The owner's number.
    pub(crate) account: AccountNumber,
    /// The region that the tenant is bound to.
    pub(crate) region: Option<&'a str>,
}

pub(super) fn project(resource: &ResourceRef, terms: Option<Terms<'_>>) -> Projected {
    let Some(terms) = terms else { return Projected::Nothing };
    let named = |resource: String| Projected::Named {
        region: terms.region.map(str::to_owned),
        account: terms.account,
        resource,
    };
    match resource {
        ResourceRef::Tenant(_) => Projected::Whole,
        ResourceRef::Key { id, .. } => named(format!("key/{id}")),
        ResourceRef::AbsentKey { text, .. } => match text.parse::<domain::KeyId>() {
            Ok(id) => named(format!("key/{id}")),
            Err(_) => Projected::Whole,
        },
        ResourceRef::Name { name, .. } if *name.space() == Space::Aws => {
            named(format!("alias/{}", name.text()))
        }
        ResourceRef::Name { .. }
        | ResourceRef::System
        | ResourceRef::Account(_)
        | ResourceRef::Principal { .. }
        | ResourceRef::Policy { .. }
        | ResourceRef::AuditLog(_) => Projected::Nothing,
    }
}

/// The resource element of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ResourcePattern {
    /// `*`.
    Everything,
    /// Six parts; each is matched for itself, so that no wildcard reaches over a colon but in the last.
    Arn([String; 6]),
}

impl ResourcePattern {
    /// `None` if it is neither `*` nor an ARN pattern.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everything);
        }
        let parts: Vec<String> = text.splitn(6, ':').map(str::to_owned).collect();
        let parts: [String; 6] = parts.try_into().ok()?;
        let plain = text.len() <= 1024 && text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains("${");
        (plain && fits(&parts[0], "arn", exact)).then_some(Self::Arn(parts))
    }

    pub(super) fn allows(&self, resource: &Projected) -> bool {
        match (self, resource) {
            (_, Projected::Nothing) => false,
            (Self::Everything, Projected::Whole | Projected::Named { .. }) => true,
            (Self::Arn(_), Projected::Whole) => false,
            (Self::Arn(parts), Projected::Named { region, account, resource }) => {
                let region_fits = region.as_deref().map_or(parts[3] == "*", |r| fits(&parts[3], r, exact));
                region_fits && Self::rest_fits(parts, *account, resource)
            }
        }
    }

    /// Where a denial cannot be compared in full it applies.
    pub(super) fn denies(&self, resource: &Projected) -> bool {
        match (self, resource) {
            (Self::Everything, _) => true,
            (Self::Arn(parts), Projected::Nothing) => parts.iter().any(|p| is_wild(p)),
            (Self::Arn(_), Projected::Whole) => false,
            (Self::Arn(parts), Projected::Named { region, account, resource }) => {
                let region_fits = region.as_deref().is_none_or(|r| fits(&parts[3], r, exact));
                region_fits && Self::rest_fits(parts, *account, resource)
            }
        }
    }

    fn rest_fits(
        [arn, partition, service, _, owner, text]: &[String; 6],
        account: AccountNumber,
        resource: &str,
    ) -> bool {
        fits(arn, "arn", exact)
            && fits(partition, "aws", exact)
            && fits(service, "kms", exact)
            && fits(owner, &account.to_string(), exact)
            && fits(text, resource, exact)
    }
}
