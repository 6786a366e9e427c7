//! The policy that a key gets when its maker gives none.

use domain::{AccountNumber, Language, PolicyDocument};

/// Delegates everything to the identity policies of the owner's account (AWS KMS Developer Guide, "Default key
/// policy"), in the very layout in which it is read back there.
#[must_use]
pub fn delegating_key_policy(owner: AccountNumber) -> PolicyDocument {
    let text = format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:aws:iam::{owner}:root"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    );
    PolicyDocument { language: Language::Iam, text }
}
