//! Proofs against credentials: the published vector, every mutation of it, time, revocation, caching.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use access::{AuthFailure, Authenticator, CLOCK_WINDOW, token_id};
use async_trait::async_trait;
use domain::*;
use secret::SecretBytes;
use spi::*;

use crate::world::{Hmac, NOW, Store, World, world};

const ID: &str = "AKIDEXAMPLE";
/// AWS General Reference, "Signature Version 4 signing process": secret, string to sign and signature as published.
const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const STRING_TO_SIGN: &str = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n\
    f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
const SIGNATURE: &str = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

fn proof() -> SignatureProof {
    let signature: MaterialId = SIGNATURE.parse().unwrap();
    SignatureProof {
        credential: CredentialId::new(ID).unwrap(),
        scope: SignatureScope { date: "20150830".into(), region: "us-east-1".into(), service: "iam".into() },
        signed_at: Timestamp::from_millis(NOW),
        expires_at: None,
        string_to_sign: STRING_TO_SIGN.into(),
        signature: *signature.as_bytes(),
        session_token: None,
    }
}

fn credential(who: &Principal, id: &str, kind: CredentialKind) -> Credential {
    Credential {
        id: CredentialId::new(id).unwrap(),
        principal: who.id,
        account: who.account,
        kind,
        description: String::new(),
        expires_at: None,
        disabled: false,
        created_at: Timestamp::from_millis(0),
    }
}

fn with_key() -> (World, Principal, Credential) {
    let world = world();
    let who = world.principal("alice", PrincipalKind::User, &[Role::CryptoUser]);
    let credential = credential(&who, ID, CredentialKind::SigningKey);
    world.store.put(&credential);
    let at = MaterialAt::Credential(credential.id.clone());
    world.vault.secrets.lock().unwrap().insert(at, SECRET.to_vec());
    (world, who, credential)
}

async fn ask(world: &World, proof: SignatureProof) -> Result<Caller, AuthFailure> {
    ask_with(world, &Proof::Signature(Box::new(proof))).await
}

async fn ask_with(world: &World, proof: &Proof) -> Result<Caller, AuthFailure> {
    let mut fence = Fence::default();
    let answer = world.authenticator.authenticate(proof, Dialect::Aws, None, &mut fence).await;
    assert!(fence.covers(Scope::System), "captured whatever the outcome");
    if let Ok(caller) = &answer {
        assert!(fence.covers(Scope::Account(caller.account)));
    }
    answer
}

#[tokio::test]
async fn the_published_vector_authenticates() {
    let (world, who, _) = with_key();
    for _ in 0..2 {
        let caller = ask(&world, proof()).await.unwrap();
        assert_eq!((caller.principal, caller.account, &*caller.name), (who.id, who.account, "alice"));
        assert_eq!((&*caller.roles, caller.via), (&[Role::CryptoUser][..], Dialect::Aws));
    }
    assert_eq!(world.vault.opened.load(Ordering::SeqCst), 1, "the signing key is kept");
}

#[tokio::test]
async fn every_mutation_is_refused() {
    let (world, ..) = with_key();
    for warm in [false, true] {
        if warm {
            ask(&world, proof()).await.unwrap();
        }
        for bit in 0..256 {
            let mut p = proof();
            p.signature[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(ask(&world, p).await, Err(AuthFailure::Invalid)), "bit {bit}");
        }
        for at in 0..STRING_TO_SIGN.len() {
            let mut p = proof();
            p.string_to_sign[at] ^= 1;
            assert!(matches!(ask(&world, p).await, Err(AuthFailure::Invalid)), "byte {at}");
        }
        for scope in [
            ("20150831", "us-east-1", "iam"),
            ("20150830", "us-east-2", "iam"),
            ("20150830", "us-east-1", "kms"),
        ] {
            let (date, region, service) = scope;
            let scope = SignatureScope { date: date.into(), region: region.into(), service: service.into() };
            assert!(matches!(
                ask(&world, SignatureProof { scope, ..proof() }).await,
                Err(AuthFailure::Invalid)
            ));
        }
    }
}

#[tokio::test]
async fn a_scope_of_another_day_is_refused_even_if_it_signs_rightly() {
    let (world, ..) = with_key();
    let scope = SignatureScope { date: "20150829".into(), ..proof().scope };
    let mut key = [b"AWS4", SECRET].concat();
    for part in ["20150829", "us-east-1", "iam", "aws4_request"] {
        key = spi::AuthCrypto::hmac_sha256(&Hmac, &key, part.as_bytes()).to_vec();
    }
    let signature = spi::AuthCrypto::hmac_sha256(&Hmac, &key, STRING_TO_SIGN.as_bytes());
    assert!(matches!(
        ask(&world, SignatureProof { scope, signature, ..proof() }).await,
        Err(AuthFailure::Invalid)
    ));
}

#[tokio::test]
async fn the_clock_window_is_kept_at_both_ends() {
    let (world, ..) = with_key();
    let window = i64::from(CLOCK_WINDOW) * 1000;
    let day = 86_400_000;
    let presigned = |seconds| Some(Timestamp::from_millis(NOW).plus_seconds(seconds));
    for (now, expires_at, good) in [
        (NOW + window, None, true),
        (NOW + window + 1, None, false),
        (NOW - window, None, true),
        (NOW - window - 1, None, false),
        (NOW + 3_600_000, presigned(3600), true),
        (NOW + 3_600_001, presigned(3600), false),
        (NOW - window - 1, presigned(3600), false),
        (NOW + day, presigned(7 * 86_400), true),
        (NOW + day, presigned(7 * 86_400 + 1), false),
    ] {
        world.clock.0.store(now, Ordering::SeqCst);
        let answer = ask(&world, SignatureProof { expires_at, ..proof() }).await;
        match answer {
            Ok(_) => assert!(good, "{now} {expires_at:?}"),
            Err(AuthFailure::ClockSkew { signed_at, now: told, window }) => {
                assert!(!good, "{now} {expires_at:?}");
                assert_eq!((signed_at.millis(), told.millis(), window), (NOW, now, CLOCK_WINDOW));
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_no_credential_is_unknown() {
    let (world, ..) = with_key();
    let unknown = |answer| assert!(matches!(answer, Err(AuthFailure::Unknown)), "{answer:?}");
    let other = CredentialId::new("AKIDOTHER").unwrap();
    unknown(ask(&world, SignatureProof { credential: other, ..proof() }).await);
    let session_token = Some(SecretBytes::take_vec(b"session".to_vec()));
    unknown(ask(&world, SignatureProof { session_token, ..proof() }).await);
    assert!(matches!(ask_with(&world, &Proof::Anonymous).await, Err(AuthFailure::Missing)));
    for token in ["", "nonsense", &"x".repeat(5000)] {
        unknown(ask_with(&world, &Proof::Bearer(SecretBytes::take_vec(token.as_bytes().to_vec()))).await);
    }
}

#[tokio::test]
async fn a_token_authenticates_by_its_hash_and_only_as_a_token() {
    let world = world();
    let who = world.principal("bob", PrincipalKind::Service, &[]);
    let token = || SecretBytes::take_vec(b"ks_token".to_vec());
    let id = token_id(&Hmac, &token());
    let mut kept = credential(&who, &id, CredentialKind::BearerToken);
    world.store.put(&kept);
    assert_eq!(ask_with(&world, &Proof::Bearer(token())).await.unwrap().principal, who.id);
    // The id of a token must not serve as an access key's.
    let as_key = SignatureProof { credential: kept.id.clone(), ..proof() };
    assert!(matches!(ask(&world, as_key).await, Err(AuthFailure::Unknown)));
    kept.kind = CredentialKind::SigningKey;
    world.store.put(&kept);
    world.raise(Scope::System);
    assert!(matches!(ask_with(&world, &Proof::Bearer(token())).await, Err(AuthFailure::Unknown)));
}

#[tokio::test]
async fn inv_12_a_token_is_bounded_before_it_is_hashed() {
    let world = world();
    let who = world.principal("bob", PrincipalKind::Service, &[]);
    for (length, taken) in [(0, false), (1, true), (4096, true), (4097, false)] {
        let token = || SecretBytes::take_vec(vec![b'x'; length]);
        world.store.put(&credential(&who, &token_id(&Hmac, &token()), CredentialKind::BearerToken));
        let answer = ask_with(&world, &Proof::Bearer(token())).await;
        assert_eq!(answer.is_ok(), taken, "{length}");
        assert!(taken || matches!(answer, Err(AuthFailure::Unknown)));
    }
}

#[tokio::test]
async fn expiry_is_checked_on_every_request() {
    let (world, _, mut credential) = with_key();
    credential.expires_at = Some(Timestamp::from_millis(NOW + 1000));
    world.store.put(&credential);
    ask(&world, proof()).await.unwrap();
    world.clock.0.store(NOW + 999, Ordering::SeqCst);
    ask(&world, proof()).await.unwrap();
    world.clock.0.store(NOW + 1000, Ordering::SeqCst);
    assert!(matches!(ask(&world, proof()).await, Err(AuthFailure::Expired)));
}

#[tokio::test]
async fn inv_10_a_raised_epoch_drops_what_was_kept() {
    type Revoke = fn(&World, &mut Principal, &mut Credential);
    let ways: [Revoke; 4] = [
        |w, _, c| {
            c.disabled = true;
            w.store.put(c);
        },
        |w, p, _| {
            p.disabled = true;
            w.store.put(p);
        },
        |w, _, c| w.store.delete(c),
        |w, p, _| w.store.delete(p),
    ];
    for (i, revoke) in ways.into_iter().enumerate() {
        for by_account in [false, true] {
            let (world, mut who, mut credential) = with_key();
            ask(&world, proof()).await.unwrap();
            let before = world.store.reads.load(Ordering::SeqCst);
            ask(&world, proof()).await.unwrap();
            assert_eq!(world.store.reads.load(Ordering::SeqCst), before, "INV-9: no read once it is kept");
            revoke(&world, &mut who, &mut credential);
            world.raise(if by_account { Scope::Account(who.account) } else { Scope::System });
            assert!(matches!(ask(&world, proof()).await, Err(AuthFailure::Unknown)), "way {i}");
        }
    }
}

#[tokio::test]
async fn inv_10_a_fence_from_before_a_revocation_does_not_hold() {
    let (world, who, _) = with_key();
    let mut fence = Fence::default();
    let proof = Proof::Signature(Box::new(proof()));
    world.authenticator.authenticate(&proof, Dialect::Aws, None, &mut fence).await.unwrap();
    assert!(fence.holds());
    world.raise(Scope::Account(who.account));
    assert_eq!(fence.stale(), vec![Scope::Account(who.account)]);
}

#[tokio::test]
async fn absence_is_never_kept() {
    let world = world();
    assert!(matches!(ask(&world, proof()).await, Err(AuthFailure::Unknown)));
    let who = world.principal("late", PrincipalKind::User, &[]);
    let made = credential(&who, ID, CredentialKind::SigningKey);
    world.store.put(&made);
    assert!(matches!(ask(&world, proof()).await, Err(AuthFailure::Unknown)), "its secret is still missing");
    world.vault.secrets.lock().unwrap().insert(MaterialAt::Credential(made.id), SECRET.to_vec());
    ask(&world, proof()).await.unwrap();
}

#[tokio::test]
async fn a_credential_that_names_a_principal_of_another_account_is_unknown() {
    let (world, _, mut credential) = with_key();
    credential.account = world.foreign.id;
    world.store.put(&credential);
    assert!(matches!(ask(&world, proof()).await, Err(AuthFailure::Unknown)));
}

#[tokio::test]
async fn a_sealed_vault_is_no_bad_signature() {
    let (world, ..) = with_key();
    ask(&world, proof()).await.unwrap();
    world.vault.sealed.store(true, Ordering::SeqCst);
    ask(&world, proof()).await.unwrap();
    world.authenticator.forget_all();
    assert!(matches!(ask(&world, proof()).await, Err(AuthFailure::Material(spi::MaterialError::Sealed))));
}

/// Gives a credential to another account between the first reading of it and the second.
struct Moving {
    inner: Arc<Store>,
    to: Credential,
    reads: AtomicUsize,
}

#[async_trait]
impl RecordStore for Moving {
    fn is_settled(&self) -> bool {
        self.inner.is_settled()
    }

    async fn open(&self, at: &RecordRef) -> Result<Option<Opened>, StoreError> {
        let opened = self.inner.open(at).await;
        if at.kind == RecordKind::Credential && self.reads.fetch_add(1, Ordering::SeqCst) == 0 {
            self.inner.put(&self.to);
        }
        opened
    }

    async fn scan(&self, scan: IndexScan) -> Result<Page<IndexHit>, StoreError> {
        self.inner.scan(scan).await
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.inner.commit(batch).await
    }
}

#[tokio::test]
async fn inv_10_a_credential_that_moves_while_it_is_read_is_unknown() {
    let (world, _, kept) = with_key();
    let moved = Credential { account: world.foreign.id, ..kept };
    let store = Arc::new(Moving { inner: world.store.clone(), to: moved, reads: AtomicUsize::new(0) });
    let authenticator = Authenticator::new(
        store,
        world.vault.clone(),
        Arc::new(Hmac),
        world.epochs.clone(),
        world.clock.clone(),
    );
    let proof = Proof::Signature(Box::new(proof()));
    let mut fence = Fence::default();
    let answer = authenticator.authenticate(&proof, Dialect::Aws, None, &mut fence).await;
    assert!(matches!(answer, Err(AuthFailure::Unknown)), "{answer:?}");
}

/// FIPS 180-4's own example, so that an index of tokens made elsewhere leads to the same ids.
#[test]
fn a_tokens_id_is_its_sha_256_in_lower_case_hex() {
    let id = token_id(&Hmac, &SecretBytes::take_vec(b"abc".to_vec()));
    assert_eq!(id, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[tokio::test]
async fn a_caller_comes_from_where_it_asked() {
    let (world, who, _) = with_key();
    let (from, mut fence) = (Some([192, 0, 2, 7].into()), Fence::default());
    let proof = Proof::Signature(Box::new(proof()));
    let asking = world.authenticator.authenticate(&proof, Dialect::Vault, from, &mut fence).await.unwrap();
    assert_eq!((asking.address, asking.via), (from, Dialect::Vault));
    let explained = access::caller_of(&who, &asking);
    assert_eq!((explained.address, explained.via), (from, Dialect::Vault), "asked about from the same place");
}
