//! What no room can see alone: `dialect/aws` says which actions an operation asks for, `access` says what policies call
//! them, and neither may name the other.

/// Where policies call it otherwise than the operation: one that acts on two keys in two ways, and tags at birth.
const OTHERWISE: [(&str, &str); 3] =
    [("CreateKey", "kms:TagResource"), ("ReEncrypt", "kms:ReEncryptFrom"), ("ReEncrypt", "kms:ReEncryptTo")];

/// A policy that grants `kms:NAME` and nothing else must be enough for the operation NAME, and a denial of it must be
/// felt: else a client's least-privilege policies do not do what they say.
#[test]
fn inv_6_an_operation_asks_for_what_policies_call_by_its_name() {
    for row in dialect_aws::OPERATIONS {
        for (action, rule) in row.asks {
            let at = format!("{} asks for {action:?} on {rule:?}", row.name);
            let [name] = access::iam_names(*action) else { panic!("{at}: not one name") };
            let own = *name == format!("kms:{}", row.name);
            assert!(own || OTHERWISE.contains(&(row.name, *name)), "{at}: {name}");
        }
    }
}
