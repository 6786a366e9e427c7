//! Asymmetric and MAC keys through the gate: what each operation does, in which order it refuses, and what it records.

use std::sync::Arc;

use api::ops::{
    AgreeKey, AssociatedData, Authenticating, CiphertextForm, CreateKey, Decapsulate, Decrypt, DecryptItem,
    DisableKey, Encapsulate, Encrypt, EncryptItem, GenerateDataKeyPair, GenerateMac, GetPublicKey, KeyRef,
    ReEncrypt, ScheduleDestruction, Sign, Signing, Verify, VerifyMac,
};
use api::{Fault, FaultWhat, Limit, Malformed};
use domain::{
    Action, Algorithm, HashAlgorithm, KeyId, KeySpec, MessageForm, Outcome, SignatureAlgorithm, UsageSet,
};
use secret::{Exposure, SecretBytes};
use spi::{AuditLog, AuditQuery};

use crate::house::{House, new_key, secret_of, word};

use HashAlgorithm::{Sha1, Sha256, Sha384};

const P256: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(Sha256);

async fn made(house: &House, spec: KeySpec, usage: UsageSet) -> KeyId {
    house.run("root", CreateKey { spec, usage, ..new_key() }).await.unwrap().key.id()
}

fn signing(key: KeyId, algorithm: SignatureAlgorithm, form: MessageForm, message: &[u8]) -> Signing {
    let message = Arc::new(SecretBytes::take_vec(message.to_vec()));
    Signing { key: KeyRef::Id(key), version: None, algorithm, form, message, own_hash_only: false }
}

fn raw(key: KeyId, algorithm: SignatureAlgorithm) -> Signing {
    signing(key, algorithm, MessageForm::Raw, b"message")
}

fn authenticating(key: KeyId, hash: HashAlgorithm, text: &str) -> Authenticating {
    Authenticating { key: KeyRef::Id(key), version: None, hash, message: secret_of(text) }
}

fn sealing(key: KeyId, form: CiphertextForm, len: usize, aad: AssociatedData) -> Encrypt {
    let plaintext = SecretBytes::take_vec(vec![7; len]);
    Encrypt { key: KeyRef::Id(key), items: vec![EncryptItem { plaintext, aad, version: None }], form }
}

fn opening(key: Option<KeyId>, form: CiphertextForm, ciphertext: &[u8]) -> Decrypt {
    let item = DecryptItem { ciphertext: ciphertext.to_vec(), aad: AssociatedData::None, version: None };
    Decrypt { key: key.map(KeyRef::Id), items: vec![item], form }
}

fn pair(key: KeyId, pair: KeySpec, with_plaintext: bool) -> GenerateDataKeyPair {
    let aad = AssociatedData::Pairs(vec![("a".to_owned(), "b".to_owned())]);
    GenerateDataKeyPair { key: KeyRef::Id(key), pair, aad, form: CiphertextForm::Envelope, with_plaintext }
}

async fn public(house: &House, key: KeyId) -> Vec<u8> {
    house.run("root", GetPublicKey { key: KeyRef::Id(key), version: None }).await.unwrap().der
}

fn bytes(secret: &SecretBytes) -> Vec<u8> {
    secret.expose(Exposure::ReturnToAuthorisedCaller).to_vec()
}

fn what<T>(result: Result<T, Fault>) -> FaultWhat {
    result.map(drop).unwrap_err().what
}

/// Actions, version and outcome of the newest record.
async fn recorded(house: &House) -> (Vec<Action>, Option<u32>, Outcome) {
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    let record = page.items[0].1.clone();
    (record.actions, record.target.and_then(|target| target.version), record.outcome)
}

#[tokio::test]
async fn what_is_signed_verifies_and_nothing_else_does() {
    let house = House::open().await;
    for (spec, algorithm) in [
        (KeySpec::EcP256, P256),
        (KeySpec::EcP384, SignatureAlgorithm::Ecdsa(Sha384)),
        (KeySpec::EcSecp256k1, P256),
        (KeySpec::Ed25519, SignatureAlgorithm::Ed25519),
        (KeySpec::MlDsa44, SignatureAlgorithm::MlDsa),
        (KeySpec::Rsa2048, SignatureAlgorithm::RsaPss(Sha256)),
    ] {
        let key = made(&house, spec, UsageSet::SIGN_VERIFY).await;
        let signed = house.run("user", Sign(raw(key, algorithm))).await.unwrap();
        assert_eq!((signed.key, signed.version, signed.algorithm), (key, 1, algorithm));
        assert_eq!(recorded(&house).await, (vec![Action::Sign], Some(1), Outcome::Success));
        let verify = |signature: Vec<u8>| Verify { signing: raw(key, algorithm), signature };
        house.run("user", verify(signed.signature.clone())).await.unwrap();
        assert_eq!(recorded(&house).await, (vec![Action::Verify], Some(1), Outcome::Success));
        let mut other = signed.signature.clone();
        other[9] ^= 1;
        for bad in [other, vec![], vec![0; 5000], signed.signature[1..].to_vec()] {
            assert_eq!(what(house.run("user", verify(bad)).await), FaultWhat::SignatureInvalid, "{spec:?}");
        }
        let failed = Outcome::Failure("signature_invalid".into());
        assert_eq!(recorded(&house).await, (vec![Action::Verify], Some(1), failed));
        let signing = signing(key, algorithm, MessageForm::Raw, b"another message");
        let verify = Verify { signing, signature: signed.signature };
        assert_eq!(what(house.run("user", verify).await), FaultWhat::SignatureInvalid);
    }
}

#[tokio::test]
async fn a_message_has_the_form_that_its_scheme_takes() {
    let house = House::open().await;
    let key = made(&house, KeySpec::EcP256, UsageSet::SIGN_VERIFY).await;
    let edwards = made(&house, KeySpec::Ed25519, UsageSet::SIGN_VERIFY).await;
    let lattice = made(&house, KeySpec::MlDsa44, UsageSet::SIGN_VERIFY).await;
    let (prehash, pure) = (SignatureAlgorithm::Ed25519Ph, SignatureAlgorithm::Ed25519);
    let run = |signing| house.run("user", Sign(signing));
    for (signing, expected) in [
        (signing(key, P256, MessageForm::Digest, &[1; 32]), "ok"),
        (signing(edwards, prehash, MessageForm::Digest, &[1; 64]), "ok"),
        (signing(lattice, SignatureAlgorithm::MlDsa, MessageForm::ExternalMu, &[1; 64]), "ok"),
        (signing(key, P256, MessageForm::Raw, b""), "ok"),
        (signing(key, P256, MessageForm::Digest, &[1; 31]), "malformed"),
        (signing(key, P256, MessageForm::ExternalMu, &[1; 64]), "malformed"),
        (signing(edwards, prehash, MessageForm::Raw, b"x"), "malformed"),
        (signing(edwards, pure, MessageForm::Digest, &[1; 64]), "malformed"),
        (signing(lattice, SignatureAlgorithm::MlDsa, MessageForm::ExternalMu, &[1; 63]), "malformed"),
    ] {
        let shown = format!("{signing:?}");
        assert_eq!(word(run(signing).await), expected, "{shown}");
    }
    let digest = what(run(signing(key, P256, MessageForm::Digest, b"short")).await);
    assert_eq!(digest, FaultWhat::Malformed(Malformed::Digest { algorithm: P256 }));
    // A digest and its message are the same thing.
    let hello = spi::AuthCrypto::sha256(&provider_software::Software::new(), b"message");
    let signature = run(signing(key, P256, MessageForm::Digest, &hello)).await.unwrap().signature;
    house.run("user", Verify { signing: raw(key, P256), signature }).await.unwrap();
}

#[tokio::test]
async fn refusals_come_in_order_decision_usage_state_algorithm_message() {
    let house = House::open().await;
    let signer = made(&house, KeySpec::EcP256, UsageSet::SIGN_VERIFY).await;
    let cipher = made(&house, KeySpec::Aes256, UsageSet::ENCRYPT_DECRYPT).await;
    let bad_digest = |key, algorithm| Sign(signing(key, algorithm, MessageForm::Digest, b"short"));
    let rsa = SignatureAlgorithm::RsaPss(Sha256);
    assert_eq!(word(house.run("custodian", bad_digest(cipher, rsa)).await), "denied");
    assert_eq!(word(house.run("user", bad_digest(cipher, rsa)).await), "wrong_usage");
    let unfit = FaultWhat::WrongAlgorithm {
        key: signer,
        spec: KeySpec::EcP256,
        algorithm: Algorithm::Signature(rsa),
    };
    assert_eq!(what(house.run("user", bad_digest(signer, rsa)).await), unfit);
    assert_eq!(word(house.run("user", bad_digest(signer, P256)).await), "malformed");
    house.run("root", DisableKey { key: KeyRef::Id(signer) }).await.unwrap();
    assert_eq!(word(house.run("user", bad_digest(signer, rsa)).await), "wrong_state");
    house.run("root", DisableKey { key: KeyRef::Id(cipher) }).await.unwrap();
    assert_eq!(word(house.run("user", bad_digest(cipher, rsa)).await), "wrong_usage");
}

#[tokio::test]
async fn a_dialect_may_hold_curves_to_their_own_hash() {
    let house = House::open().await;
    let key = made(&house, KeySpec::EcP256, UsageSet::SIGN_VERIFY).await;
    let strict = |algorithm| Sign(Signing { own_hash_only: true, ..raw(key, algorithm) });
    house.run("user", strict(P256)).await.unwrap();
    let refused = house.run("user", strict(SignatureAlgorithm::Ecdsa(Sha384))).await;
    assert_eq!(word(refused), "wrong_algorithm");
}

#[tokio::test]
async fn a_code_verifies_by_its_own_key_hash_and_message() {
    let house = House::open().await;
    let key = made(&house, KeySpec::HmacSha256, UsageSet::MAC).await;
    let mac = house.run("user", GenerateMac(authenticating(key, Sha256, "text"))).await.unwrap();
    assert_eq!((mac.key, mac.version, mac.hash, mac.mac.len()), (key, 1, Sha256, 32));
    assert_eq!(recorded(&house).await, (vec![Action::GenerateMac], Some(1), Outcome::Success));
    let verify = |text: &str, mac: &[u8]| {
        let (authenticating, mac) = (authenticating(key, Sha256, text), mac.to_vec());
        house.run("user", VerifyMac { authenticating, mac })
    };
    verify("text", &mac.mac).await.unwrap();
    assert_eq!(recorded(&house).await.0, [Action::VerifyMac]);
    for (text, mac) in [("Text", &mac.mac[..]), ("text", &mac.mac[1..]), ("text", &[]), ("text", &[0; 32])] {
        assert_eq!(what(verify(text, mac).await), FaultWhat::MacInvalid);
    }
    assert_eq!(recorded(&house).await.2, Outcome::Failure("mac_invalid".into()));
    let unfit = house.run("user", GenerateMac(authenticating(key, Sha384, "text"))).await;
    assert_eq!(word(unfit), "wrong_algorithm");
    let signer = made(&house, KeySpec::EcP256, UsageSet::SIGN_VERIFY).await;
    let unfit = house.run("user", GenerateMac(authenticating(signer, Sha256, "text"))).await;
    assert_eq!(word(unfit), "wrong_usage");
}

#[tokio::test]
async fn a_public_half_is_read_while_the_key_is_usable_and_there_is_one() {
    let house = House::open().await;
    let key = made(&house, KeySpec::EcP384, UsageSet::SIGN_VERIFY).await;
    let read = |who: &'static str, key| house.run(who, GetPublicKey { key: KeyRef::Id(key), version: None });
    for who in ["user", "custodian", "auditor"] {
        assert_eq!(read(who, key).await.unwrap().der, public(&house, key).await, "{who}");
    }
    assert_eq!(recorded(&house).await, (vec![Action::GetPublicKey], Some(1), Outcome::Success));
    assert_eq!(word(read("administrator", key).await), "denied");
    let cipher = made(&house, KeySpec::Aes256, UsageSet::ENCRYPT_DECRYPT).await;
    assert_eq!(word(read("user", cipher).await), "no_public_half");
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(word(read("root", key).await), "wrong_state");
    house.run("root", ScheduleDestruction { key: KeyRef::Id(key), wait: 7 * 86_400 }).await.unwrap();
    assert_eq!(word(read("root", key).await), "wrong_state");
}

#[tokio::test]
async fn a_ciphertext_to_a_public_half_opens_by_its_key_and_hash() {
    let house = House::open().await;
    let key = made(&house, KeySpec::Rsa2048, UsageSet::ENCRYPT_DECRYPT).await;
    let (oaep, other) = (CiphertextForm::Oaep(Sha256), CiphertextForm::Oaep(Sha1));
    let seal = |form, len| house.run("user", sealing(key, form, len, AssociatedData::None));
    let sealed = seal(oaep, 190).await.unwrap().items.remove(0).unwrap();
    assert_eq!((sealed.ciphertext.len(), sealed.version), (256, 1));
    let opened = house.run("user", opening(Some(key), oaep, &sealed.ciphertext)).await.unwrap();
    assert_eq!((bytes(opened.items[0].as_ref().unwrap()), opened.form), (vec![7; 190], oaep));
    assert_eq!(recorded(&house).await, (vec![Action::Decrypt], Some(1), Outcome::Success));
    let open = |form, ciphertext: &[u8]| house.run("user", opening(Some(key), form, ciphertext));
    let mut altered = sealed.ciphertext.clone();
    altered[200] ^= 1;
    for (form, bad) in
        [(other, &sealed.ciphertext[..]), (oaep, &altered), (oaep, &sealed.ciphertext[1..]), (oaep, &[])]
    {
        assert_eq!(what(open(form, bad).await), FaultWhat::CiphertextInvalid);
    }
    let too_long = FaultWhat::LimitExceeded(Limit::AlgorithmPlaintextBytes {
        algorithm: Algorithm::RsaOaep(Sha1),
        spec: KeySpec::Rsa2048,
        max: 214,
    });
    assert_eq!(what(seal(other, 215).await), too_long);
    assert_eq!(word(seal(other, 214).await), "ok");
    // Symmetric forms do not fit it, and this form fits no symmetric key.
    for form in [CiphertextForm::Envelope, CiphertextForm::Direct] {
        assert_eq!(word(seal(form, 1).await), "wrong_algorithm", "{form:?}");
    }
    assert_eq!(word(open(CiphertextForm::Envelope, &sealed.ciphertext).await), "wrong_algorithm");
    assert_eq!(word(open(CiphertextForm::Direct, &sealed.ciphertext).await), "wrong_algorithm");
    let cipher = made(&house, KeySpec::Aes256, UsageSet::ENCRYPT_DECRYPT).await;
    let none = || AssociatedData::None;
    assert_eq!(word(house.run("user", sealing(cipher, oaep, 1, none())).await), "wrong_algorithm");
    let foreign = house.run("user", opening(Some(cipher), oaep, &sealed.ciphertext)).await;
    assert_eq!(word(foreign), "wrong_algorithm");
    // Nothing is bound to it, and it names no key.
    let bound = AssociatedData::Bytes(vec![1]);
    assert_eq!(word(house.run("user", sealing(key, oaep, 1, bound)).await), "malformed");
    assert_eq!(word(house.run("user", opening(None, oaep, &sealed.ciphertext)).await), "malformed");
    // A symmetric blob under an asymmetric name is another key's.
    let blob = house.encrypt("user", cipher, "text").await.unwrap();
    assert_eq!(word(open(CiphertextForm::Envelope, &blob).await), "ciphertext_foreign");
}

#[tokio::test]
async fn a_pair_is_made_for_others_and_its_private_half_is_wrapped() {
    let house = House::open().await;
    let key = made(&house, KeySpec::Aes256, UsageSet::ENCRYPT_DECRYPT).await;
    let made_pair = house.run("user", pair(key, KeySpec::EcP256, true)).await.unwrap();
    assert_eq!(recorded(&house).await, (vec![Action::GenerateDataKeyPair], Some(1), Outcome::Success));
    let private = bytes(made_pair.private.as_ref().unwrap());
    let item = DecryptItem {
        ciphertext: made_pair.wrapped.ciphertext,
        aad: pair(key, KeySpec::EcP256, true).aad,
        version: None,
    };
    let open = Decrypt { key: None, items: vec![item], form: CiphertextForm::Envelope };
    let opened = house.run("user", open).await.unwrap().items.remove(0).unwrap();
    assert_eq!(bytes(&opened), private);
    assert!(!made_pair.public.is_empty() && made_pair.pair == KeySpec::EcP256);
    let wrapped = house.run("user", pair(key, KeySpec::MlKem512, false)).await.unwrap();
    assert!(wrapped.private.is_none() && !wrapped.public.is_empty());
    assert_eq!(recorded(&house).await.0, [Action::GenerateWrappedDataKeyPair]);
    assert_eq!(word(house.run("user", pair(key, KeySpec::Aes256, true)).await), "spec_unsupported");
    assert_eq!(word(house.run("user", pair(key, KeySpec::HmacSha256, false)).await), "spec_unsupported");
    let rsa = made(&house, KeySpec::Rsa2048, UsageSet::ENCRYPT_DECRYPT).await;
    assert_eq!(word(house.run("user", pair(rsa, KeySpec::EcP256, true)).await), "wrong_spec");
    let signer = made(&house, KeySpec::EcP256, UsageSet::SIGN_VERIFY).await;
    assert_eq!(word(house.run("user", pair(signer, KeySpec::EcP256, true)).await), "wrong_usage");
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(word(house.run("user", pair(key, KeySpec::EcP256, true)).await), "wrong_state");
    assert_eq!(word(house.run("custodian", pair(key, KeySpec::EcP256, true)).await), "denied");
}

#[tokio::test]
async fn two_keys_agree_on_one_secret_and_bad_peers_are_refused() {
    let house = House::open().await;
    let agreer = |spec| made(&house, spec, UsageSet::AGREE_KEY);
    let agree = |key, peer| house.run("user", AgreeKey { key: KeyRef::Id(key), version: None, peer });
    for spec in [KeySpec::EcP256, KeySpec::EcP521, KeySpec::X25519] {
        let (left, right) = (agreer(spec).await, agreer(spec).await);
        let one = agree(left, public(&house, right).await).await.unwrap();
        let other = agree(right, public(&house, left).await).await.unwrap();
        assert_eq!(bytes(&one.secret), bytes(&other.secret), "{spec:?}");
        assert_eq!(recorded(&house).await, (vec![Action::AgreeKey], Some(1), Outcome::Success));
    }
    let key = agreer(KeySpec::EcP256).await;
    let foreign = public(&house, agreer(KeySpec::EcP384).await).await;
    let mut off_curve = public(&house, key).await;
    *off_curve.last_mut().unwrap() ^= 1;
    for peer in [foreign, off_curve, vec![], vec![0; 91], vec![0; 9000]] {
        assert_eq!(what(agree(key, peer).await), FaultWhat::Malformed(Malformed::PeerKey));
    }
    let signer = made(&house, KeySpec::EcP256, UsageSet::SIGN_VERIFY).await;
    assert_eq!(word(agree(signer, vec![]).await), "wrong_usage");
}

#[tokio::test]
async fn an_encapsulated_secret_is_recovered_and_another_is_implicitly_rejected() {
    let house = House::open().await;
    let key = made(&house, KeySpec::MlKem768, UsageSet::ENCAPSULATE).await;
    let sent = house.run("user", Encapsulate { key: KeyRef::Id(key), version: None }).await.unwrap();
    assert_eq!(recorded(&house).await, (vec![Action::Encapsulate], Some(1), Outcome::Success));
    assert_eq!((sent.ciphertext.len(), sent.secret.len()), (1088, 32));
    let recover =
        |ciphertext| house.run("user", Decapsulate { key: KeyRef::Id(key), version: None, ciphertext });
    let recovered = recover(sent.ciphertext.clone()).await.unwrap();
    assert_eq!(bytes(&recovered.secret), bytes(&sent.secret));
    assert_eq!(recorded(&house).await, (vec![Action::Decapsulate], Some(1), Outcome::Success));
    let mut altered = sent.ciphertext.clone();
    altered[5] ^= 1;
    let rejected = recover(altered).await.unwrap();
    assert_eq!(rejected.secret.len(), 32);
    assert_ne!(bytes(&rejected.secret), bytes(&sent.secret));
    for bad in [vec![], vec![0; 768], vec![0; 1089]] {
        assert_eq!(what(recover(bad).await), FaultWhat::CiphertextInvalid);
    }
}

#[tokio::test]
async fn a_version_is_asked_for_by_its_number() {
    let house = House::open().await;
    let key = made(&house, KeySpec::Ed25519, UsageSet::SIGN_VERIFY).await;
    let old = public(&house, key).await;
    house
        .run("root", api::ops::RotateKey { key: KeyRef::Id(key), at_most: None, symmetric_only: false })
        .await
        .unwrap();
    assert_ne!(public(&house, key).await, old);
    let algorithm = SignatureAlgorithm::Ed25519;
    let by = |version| Signing { version: Some(version), ..raw(key, algorithm) };
    let signed = house.run("user", Sign(by(1))).await.unwrap();
    assert_eq!(signed.version, 1);
    let signature = signed.signature;
    let verify = |version| Verify { signing: by(version), signature: signature.clone() };
    house.run("user", verify(1)).await.unwrap();
    assert_eq!(word(house.run("user", verify(2)).await), "signature_invalid");
    assert_eq!(word(house.run("user", verify(3)).await), "no_such_version");
    let read = GetPublicKey { key: KeyRef::Id(key), version: Some(1) };
    assert_eq!(house.run("user", read).await.unwrap().der, old);
}

/// Between kinds of key: what an RSA key protects goes under a symmetric one, and back; each side by its own form.
#[tokio::test]
async fn protecting_again_goes_between_kinds_of_key() {
    let house = House::open().await;
    let aes = house.create("root").await.unwrap().key.id();
    let rsa = made(&house, KeySpec::Rsa2048, UsageSet::ENCRYPT_DECRYPT).await;
    let oaep = CiphertextForm::Oaep(Sha256);
    let sealed = async |op: Encrypt| house.run("root", op).await.unwrap().items.remove(0).unwrap().ciphertext;
    let again = |source: Option<KeyId>, ciphertext: &[u8], form, to: KeyId, to_form, aad| ReEncrypt {
        source: source.map(KeyRef::Id),
        item: DecryptItem { ciphertext: ciphertext.to_vec(), aad: AssociatedData::None, version: None },
        form,
        destination: KeyRef::Id(to),
        aad,
        to_form,
    };
    let plain = || AssociatedData::None;
    let envelope = CiphertextForm::Envelope;
    let blob = sealed(sealing(rsa, oaep, 9, plain())).await;
    let moved = house.run("user", again(Some(rsa), &blob, oaep, aes, envelope, plain())).await.unwrap();
    assert_eq!((moved.source.0, moved.destination.0, moved.form, moved.to_form), (rsa, aes, oaep, envelope));
    let opened = house.run("root", opening(None, envelope, &moved.sealed.ciphertext)).await.unwrap();
    assert_eq!(bytes(opened.items[0].as_ref().unwrap()), [7; 9]);
    let back = again(None, &moved.sealed.ciphertext, envelope, rsa, oaep, plain());
    let back = house.run("user", back).await.unwrap().sealed.ciphertext;
    let opened = house.run("root", opening(Some(rsa), oaep, &back)).await.unwrap();
    assert_eq!(bytes(opened.items[0].as_ref().unwrap()), [7; 9]);
    let longer = sealed(sealing(aes, envelope, 191, plain())).await;
    let context = || AssociatedData::Pairs(vec![("a".to_owned(), "b".to_owned())]);
    for (op, expected) in [
        (again(None, &blob, oaep, aes, envelope, plain()), "malformed"),
        (again(Some(rsa), &blob, CiphertextForm::Oaep(Sha1), aes, envelope, plain()), "ciphertext_invalid"),
        (again(Some(aes), &blob, oaep, aes, envelope, plain()), "wrong_algorithm"),
        (again(Some(rsa), &blob, oaep, aes, oaep, plain()), "wrong_algorithm"),
        (again(Some(rsa), &blob, oaep, rsa, envelope, plain()), "wrong_algorithm"),
        (again(Some(rsa), &blob, oaep, rsa, oaep, context()), "malformed"),
        (again(None, &longer, envelope, rsa, oaep, plain()), "limit_exceeded"),
    ] {
        let told = format!("{op:?}");
        assert_eq!(word(house.run("user", op).await), expected, "{told}");
    }
}

/// A rehearsal of each ends after everything was checked, and says so; what would fail fails as it would.
#[tokio::test]
async fn each_of_these_uses_can_be_rehearsed() {
    async fn rehearse<O: api::Operation>(house: &House, op: O) -> &'static str {
        word(house.run("user", api::Rehearsable::asked(op, Some(true))).await)
    }
    let house = House::open().await;
    let aes = house.create("root").await.unwrap().key.id();
    let ec = made(&house, KeySpec::EcP256, UsageSet::SIGN_VERIFY).await;
    let mac = made(&house, KeySpec::HmacSha256, UsageSet::MAC).await;
    let agreer = made(&house, KeySpec::EcP256, UsageSet::AGREE_KEY).await;
    let kem = made(&house, KeySpec::MlKem512, UsageSet::ENCAPSULATE).await;
    let peer = public(&house, agreer).await;
    let by = |key| (KeyRef::Id(key), None);
    let all = async || {
        let ((agreeing, version), (sending, _), (getting, _)) = (by(agreer), by(kem), by(kem));
        let verify = Verify { signing: raw(ec, P256), signature: vec![0; 70] };
        let verify_mac = VerifyMac { authenticating: authenticating(mac, Sha256, "m"), mac: vec![0; 32] };
        [
            rehearse(&house, Sign(raw(ec, P256))).await,
            rehearse(&house, verify).await,
            rehearse(&house, GenerateMac(authenticating(mac, Sha256, "m"))).await,
            rehearse(&house, verify_mac).await,
            rehearse(&house, pair(aes, KeySpec::EcP256, true)).await,
            rehearse(&house, AgreeKey { key: agreeing, version, peer: peer.clone() }).await,
            rehearse(&house, Encapsulate { key: sending, version }).await,
            rehearse(&house, Decapsulate { key: getting, version, ciphertext: vec![0; 768] }).await,
        ]
    };
    assert_eq!(all().await, ["dry_run"; 8]);
    assert_eq!(rehearse(&house, Sign(raw(mac, P256))).await, "wrong_usage");
    assert_eq!(rehearse(&house, Sign(raw(ec, SignatureAlgorithm::Ed25519))).await, "wrong_algorithm");
    for key in [aes, ec, mac, agreer, kem] {
        house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    }
    assert_eq!(all().await, ["wrong_state"; 8]);
}
