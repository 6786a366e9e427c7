//! Small tables that decide: what a use is, what a kind of key can do and for how long, where a change reaches.

use std::collections::BTreeSet;

use keystead_domain::{
    AccountId, AccountNumber, Coordinates, CredentialId, Cryptoperiod, Dialect, HexId, IndexName, KeyFamily,
    KeySpec, Owner, RequestId, ResourceRef, Scope, TenantId, Usage, UsageSet,
};

use crate::making::at;

const PROTECTING: [Usage; 7] = [
    Usage::Encrypt,
    Usage::Sign,
    Usage::GenerateMac,
    Usage::Wrap,
    Usage::DeriveKey,
    Usage::AgreeKey,
    Usage::Encapsulate,
];
const PROCESSING: [Usage; 5] =
    [Usage::Decrypt, Usage::Verify, Usage::VerifyMac, Usage::Unwrap, Usage::Decapsulate];

fn every_usage() -> impl Iterator<Item = Usage> {
    PROTECTING.into_iter().chain(PROCESSING)
}

fn set(uses: &[Usage]) -> UsageSet {
    uses.iter().copied().collect()
}

#[test]
fn a_use_protects_or_processes() {
    assert!(PROTECTING.into_iter().all(Usage::protects));
    assert!(!PROCESSING.into_iter().any(Usage::protects));
}

#[test]
fn a_set_holds_what_was_put_in_and_nothing_else() {
    for one in every_usage() {
        let alone = UsageSet::NONE.with(one);
        assert_eq!(alone.iter().collect::<Vec<_>>(), [one]);
        assert_eq!(alone.with(one), alone, "twice is once");
        assert!(every_usage().all(|other| alone.allows(other) == (other == one)));
        assert!(every_usage().all(|other| alone.contains(UsageSet::NONE.with(other)) == (other == one)));
        let written = serde_json::to_string(&alone).expect("plain");
        assert_eq!(serde_json::from_str::<UsageSet>(&written).expect("as written"), alone);
    }
    assert_eq!(UsageSet::NONE.iter().count(), 0);
    let both = set(&[Usage::Encrypt, Usage::Decrypt]);
    assert!(both.contains(both) && both.contains(UsageSet::NONE) && UsageSet::ENCRYPT_DECRYPT.contains(both));
    assert!(!both.contains(UsageSet::ENCRYPT_DECRYPT));
    assert!(!both.contains(set(&[Usage::Encrypt, Usage::Sign])));
    assert_eq!(serde_json::to_string(&both).expect("plain"), r#"["encrypt","decrypt"]"#);
}

#[test]
fn a_kind_of_key_can_do_what_its_family_can() {
    use Usage::{
        AgreeKey, Decapsulate, Decrypt, DeriveKey, Encapsulate, Encrypt, GenerateMac, Sign, Unwrap, Verify,
        VerifyMac, Wrap,
    };
    let rows: [(KeyFamily, &[KeySpec], &[Usage]); 8] = [
        (
            KeyFamily::Aes,
            &[KeySpec::Aes128, KeySpec::Aes192, KeySpec::Aes256],
            &[Encrypt, Decrypt, Wrap, Unwrap, DeriveKey],
        ),
        (
            KeyFamily::Hmac,
            &[KeySpec::HmacSha224, KeySpec::HmacSha256, KeySpec::HmacSha384, KeySpec::HmacSha512],
            &[GenerateMac, VerifyMac, DeriveKey],
        ),
        (
            KeyFamily::Rsa,
            &[KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096],
            &[Encrypt, Decrypt, Wrap, Unwrap, Sign, Verify],
        ),
        (
            KeyFamily::Ecdsa,
            &[KeySpec::EcP256, KeySpec::EcP384, KeySpec::EcP521, KeySpec::EcSecp256k1],
            &[Sign, Verify, AgreeKey],
        ),
        (KeyFamily::Eddsa, &[KeySpec::Ed25519], &[Sign, Verify]),
        (KeyFamily::Xdh, &[KeySpec::X25519], &[AgreeKey]),
        (KeyFamily::MlDsa, &[KeySpec::MlDsa44, KeySpec::MlDsa65, KeySpec::MlDsa87], &[Sign, Verify]),
        (
            KeyFamily::MlKem,
            &[KeySpec::MlKem512, KeySpec::MlKem768, KeySpec::MlKem1024],
            &[Encapsulate, Decapsulate],
        ),
    ];
    for (family, specs, uses) in rows {
        for spec in specs {
            assert_eq!(spec.family(), family, "{spec:?}");
            assert_eq!(spec.possible_usage(), set(uses), "{spec:?}");
        }
    }
}

#[test]
fn symmetric_keys_have_their_lengths() {
    let lengths = [
        (KeySpec::Aes128, Some(16)),
        (KeySpec::Aes192, Some(24)),
        (KeySpec::Aes256, Some(32)),
        (KeySpec::HmacSha224, Some(28)),
        (KeySpec::HmacSha256, Some(32)),
        (KeySpec::HmacSha384, Some(48)),
        (KeySpec::HmacSha512, Some(64)),
        (KeySpec::Rsa2048, None),
        (KeySpec::Ed25519, None),
    ];
    assert!(lengths.into_iter().all(|(spec, length)| spec.symmetric_len() == length));
}

#[test]
fn cryptoperiods_are_those_of_the_standards_table() {
    let year = 31_536_000;
    let rows = [
        (KeySpec::Aes256, 2, Some(3)),
        (KeySpec::HmacSha256, 2, Some(3)),
        (KeySpec::EcP256, 3, None),
        (KeySpec::Ed25519, 3, None),
        (KeySpec::MlDsa65, 3, None),
        (KeySpec::Rsa2048, 2, None),
        (KeySpec::X25519, 2, None),
        (KeySpec::MlKem768, 2, None),
    ];
    for (spec, originator, recipient) in rows {
        let expected =
            Cryptoperiod { originator: originator * year, recipient: recipient.map(|n: u32| n * year) };
        assert_eq!(Cryptoperiod::suggested(spec), expected, "{spec:?}");
    }
}

#[test]
fn a_change_reaches_as_far_as_its_owner() {
    let (account, tenant) = (AccountId::random([1; 16]), TenantId::random([2; 16]));
    assert_eq!(Owner::System.scope(), Scope::System);
    assert_eq!(Owner::Account(account).scope(), Scope::Account(account));
    assert_eq!(Owner::Tenant(tenant).scope(), Scope::Tenant(tenant));
    assert_eq!(ResourceRef::Tenant(tenant).tenant(), Some(tenant));
    let absent = ResourceRef::AbsentKey { tenant, text: "x".to_owned() };
    assert_eq!(absent.tenant(), Some(tenant));
    for outside in [ResourceRef::System, ResourceRef::Account(account), ResourceRef::AuditLog(account)] {
        assert_eq!(outside.tenant(), None);
    }
}

#[test]
fn what_names_one_record_is_unique_and_what_lists_many_is_not() {
    for name in [
        IndexName::KeyByName,
        IndexName::AccountByNumber,
        IndexName::TenantByName,
        IndexName::PrincipalByName,
        IndexName::PolicyByName,
    ] {
        assert!(name.unique(), "{name:?}");
    }
    for name in [
        IndexName::KeyByAge,
        IndexName::NamesOfSpace,
        IndexName::KeyByDestruction,
        IndexName::KeyByRotation,
        IndexName::BindingByTenant,
        IndexName::CredentialByPrincipal,
    ] {
        assert!(!name.unique(), "{name:?}");
    }
}

#[test]
fn only_a_leading_star_means_the_own_account() {
    let number: AccountNumber = "111122223333".parse().expect("twelve digits");
    let own = |text: &str| Coordinates::new(Dialect::Aws, text).for_account(number).text;
    assert_eq!(own("*/us-east-1"), "111122223333/us-east-1");
    assert_eq!(own("444455556666/*"), "444455556666/*");
}

#[test]
fn an_identifier_has_one_form() {
    for bad in ["12345678901", "1234567890123", "12345678901x", "+12345678901", ""] {
        assert!(bad.parse::<AccountNumber>().is_err(), "{bad}");
    }
    for bad in ["", "a b", "ä", "a\n", &"x".repeat(129)] {
        assert!(CredentialId::new(bad).is_err(), "{bad}");
    }
    assert!(CredentialId::new(&"x".repeat(128)).is_ok());
    let digits = "00112233445566778899aabbccddeeff";
    let id: HexId = digits.parse().expect("32 digits");
    assert_eq!(id.as_bytes().map(|b| b % 0x11), [0; 16]);
    assert_eq!(id.as_bytes().iter().map(|b| b / 0x11).collect::<Vec<_>>(), (0..16).collect::<Vec<_>>());
    assert_eq!(id.to_string(), digits);
    for bad in ["0g", "0G", "0/", "0:", "0`", "0@"] {
        assert!(bad.repeat(16).parse::<HexId>().is_err(), "{bad}");
    }
    assert!(digits[2..].parse::<HexId>().is_err());
    let early = RequestId::at(at(1), [0xff; 10]);
    assert!(early < RequestId::at(at(2), [0; 10]), "requests sort by time");
    let distinct: BTreeSet<_> = [[1; 10], [2; 10]].map(|random| RequestId::at(at(1), random)).into();
    assert_eq!(distinct.len(), 2);
}
