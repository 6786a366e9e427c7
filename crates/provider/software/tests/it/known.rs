//! Known answers: NIST and RFC vectors, and forms opened by hand from the layout as documented.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use domain::KeySpec;
use keystead_provider_software::Software;
use secret::{Exposure, Secret, SecretBytes};
use spi::{AuthCrypto, CryptoProvider, LogCrypto, ProviderError, SealCrypto};

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

fn shown(secret: &SecretBytes) -> &[u8] {
    secret.expose(Exposure::ReturnToAuthorisedCaller)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), &parts.concat()).as_ref().to_vec()
}

fn opens_to(key: &str, iv: &str, aad: &str, ciphertext: &str, tag: &str, plaintext: &str) {
    let spec = match key.len() {
        32 => KeySpec::Aes128,
        48 => KeySpec::Aes192,
        _ => KeySpec::Aes256,
    };
    let provider = Software::new();
    let key = provider.load(spec, &SecretBytes::from_hex(key).unwrap()).unwrap();
    let mut body = bytes(&[iv, ciphertext, tag].concat());
    let opened = provider.open_direct(&key, &bytes(aad), &body).unwrap();
    assert_eq!(shown(&opened), bytes(plaintext));
    *body.last_mut().unwrap() ^= 1;
    assert_eq!(provider.open_direct(&key, &bytes(aad), &body).unwrap_err(), ProviderError::Rejected);
}

/// The GCM specification's test cases 4, 10 and 16, and the first of CAVP's gcmDecrypt256.
#[test]
fn aes_gcm_opens_the_published_vectors() {
    let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    let iv = "cafebabefacedbaddecaf888";
    let aad = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    let plaintext = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    opens_to(
        &key[..32],
        iv,
        aad,
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
        "5bc94fbc3221a5db94fae95ae7121a47",
        plaintext,
    );
    opens_to(
        &key[..48],
        iv,
        aad,
        "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710",
        "2519498e80f1478f37ba55bd6d27618c",
        plaintext,
    );
    opens_to(
        key,
        iv,
        aad,
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b",
        plaintext,
    );
    opens_to(
        "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
        "516c33929df5a3284ff463d7",
        "",
        "",
        "bdc1ac884d332457a1d2664f168c76f0",
        "",
    );
}

/// The envelope opened with HMAC and AES-GCM alone, as a foreign reader of the documentation would.
#[test]
fn an_envelope_opens_by_hand() {
    let provider = Software::new();
    let material = provider.generate(KeySpec::Aes256).unwrap();
    let key = provider.load(KeySpec::Aes256, &material).unwrap();
    let mut sealed = b"header".to_vec();
    let plaintext = SecretBytes::take(&mut b"attack at dawn".to_vec());
    provider.seal_envelope(&key, b"aad", &plaintext, &mut sealed).unwrap();

    let body = sealed.strip_prefix(b"header").unwrap();
    let (salt, rest) = body.split_at(16);
    let (commitment, rest) = rest.split_at(32);
    let (nonce, ciphertext) = rest.split_at(12);
    let envelope_key = hmac(material.expose(Exposure::DeriveKey), &[b"keystead/envelope/1"]);
    let block = |i: u32| {
        let (i, bits) = (i.to_be_bytes(), 512_u32.to_be_bytes());
        hmac(&envelope_key, &[&i, b"keystead/message/1", &[0], salt, &bits])
    };
    assert_eq!(block(2), commitment);
    let gcm = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &block(1)).unwrap());
    let mut text = ciphertext.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
    let opened = gcm.open_in_place(nonce, Aad::from(b"headeraad"), &mut text).unwrap();
    assert_eq!(opened, b"attack at dawn");
}

/// A body that is whole in every other respect does not open when its commitment is another key's.
#[test]
fn a_commitment_to_another_key_is_rejected() {
    let provider = Software::new();
    let key = provider.load(KeySpec::Aes128, &provider.generate(KeySpec::Aes128).unwrap()).unwrap();
    let mut body = Vec::new();
    provider.seal_envelope(&key, b"", &SecretBytes::take(&mut [1, 2, 3]), &mut body).unwrap();
    let mut other = Vec::new();
    provider.seal_envelope(&key, b"", &SecretBytes::take(&mut [1, 2, 3]), &mut other).unwrap();
    body[16..48].copy_from_slice(&other[16..48]);
    assert_eq!(provider.open_envelope(&key, b"", b"", &body).unwrap_err(), ProviderError::Rejected);
}

/// SP 800-108r1 in counter mode, recomputed with HMAC alone.
#[test]
fn derivation_is_counter_mode_over_hmac() {
    let provider = Software::new();
    let kek = Secret::<[u8; 32]>::take(&mut [5; 32]);
    let derived = provider.derive(&kek, "some use");
    let expected = hmac(&[5; 32], &[&1_u32.to_be_bytes(), b"some use", &[0], &256_u32.to_be_bytes()]);
    assert_eq!(derived.expose(Exposure::DeriveKey).as_slice(), expected);
    assert!(!derived.ct_eq(&provider.derive(&kek, "some other use")));
}

/// RFC 4231 §4.2, §4.3, §4.4, §4.7.
#[test]
fn hmac_is_as_published() {
    let provider = Software::new();
    let answers = [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ];
    for (key, data, answer) in answers {
        assert_eq!(hex::encode(provider.hmac_sha256(&key, &data)), answer);
    }
    let kek = Secret::<[u8; 32]>::take(&mut [0xaa; 32]);
    assert_eq!(provider.prf(&kek, &[b"a", b"bc"]), provider.hmac_sha256(&[0xaa; 32], b"abc"));
}

/// FIPS 180-4: the one-block message and the empty one.
#[test]
fn sha_256_is_as_published() {
    let provider = Software::new();
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(hex::encode(AuthCrypto::sha256(&provider, b"abc")), abc);
    assert_eq!(hex::encode(SealCrypto::sha256(&provider, &[b"a", b"", b"bc"])), abc);
    assert_eq!(hex::encode(LogCrypto::sha256(&provider, &[])), empty);
}

/// RFC 8032 §7.3. The scheme is deterministic, so that signing is shown as well.
#[test]
fn ed25519ph_signs_as_published() {
    use domain::{MessageForm, SignatureAlgorithm};
    let provider = Software::new();
    let seed = "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42";
    let material = SecretBytes::from_hex(["302e020100300506032b657004220420", seed].concat()).unwrap();
    let key = provider.load(KeySpec::Ed25519, &material).unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, b"abc");
    let signature = "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406";
    let algorithm = SignatureAlgorithm::Ed25519Ph;
    let made =
        CryptoProvider::sign(&provider, &key, algorithm, MessageForm::Digest, digest.as_ref()).unwrap();
    assert_eq!(hex::encode(made), signature);
}

/// RFC 8410 §10.1 and §10.3: a public and a private key in their encodings.
#[test]
fn ed25519_keys_look_as_published() {
    let provider = Software::new();
    let private =
        "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842";
    let public = "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    let key = provider.load(KeySpec::Ed25519, &SecretBytes::from_hex(private).unwrap()).unwrap();
    assert_eq!(hex::encode(CryptoProvider::public_key(&provider, &key).unwrap()), public);
}

/// A public key alone does what its half does, and nothing else.
#[test]
fn a_public_key_alone_has_no_private_uses() {
    use domain::{HashAlgorithm, MessageForm, SignatureAlgorithm};
    let provider = Software::new();
    let halves = |spec| {
        let key = provider.load(spec, &provider.generate(spec).unwrap()).unwrap();
        let spki = CryptoProvider::public_key(&provider, &key).unwrap();
        let public = provider.load_public(spec, &spki).unwrap();
        assert_eq!(CryptoProvider::public_key(&provider, &public).unwrap(), spki);
        for cut in [0, 1, spki.len() - 1] {
            assert_eq!(provider.load_public(spec, &spki[..cut]).unwrap_err(), ProviderError::Malformed);
        }
        let longer = [&spki[..], &[0]].concat();
        assert_eq!(provider.load_public(spec, &longer).unwrap_err(), ProviderError::Malformed);
        (key, public)
    };
    let unsupported = ProviderError::Unsupported;
    let signing = [
        (KeySpec::Rsa2048, SignatureAlgorithm::RsaPss(HashAlgorithm::Sha256)),
        (KeySpec::EcP384, SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384)),
        (KeySpec::EcSecp256k1, SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256)),
        (KeySpec::Ed25519, SignatureAlgorithm::Ed25519),
        (KeySpec::MlDsa65, SignatureAlgorithm::MlDsa),
    ];
    for (spec, algorithm) in signing {
        let ((key, public), form) = (halves(spec), MessageForm::Raw);
        let signature = CryptoProvider::sign(&provider, &key, algorithm, form, b"text").unwrap();
        CryptoProvider::verify(&provider, &public, algorithm, form, b"text", &signature).unwrap();
        let signed = CryptoProvider::sign(&provider, &public, algorithm, form, b"text");
        assert_eq!(signed.unwrap_err(), unsupported, "{spec:?}");
        assert_eq!(provider.agree(&public, b"").unwrap_err(), unsupported, "{spec:?}");
    }
    let (key, public) = halves(KeySpec::Rsa2048);
    let plaintext = SecretBytes::take(&mut [1, 2, 3]);
    let sealed = provider.encrypt_oaep(&public, HashAlgorithm::Sha256, &plaintext).unwrap();
    assert!(provider.decrypt_oaep(&key, HashAlgorithm::Sha256, &sealed).unwrap().ct_eq(&plaintext));
    assert_eq!(provider.decrypt_oaep(&public, HashAlgorithm::Sha256, &sealed).unwrap_err(), unsupported);
    let (key, public) = halves(KeySpec::MlKem768);
    let (ciphertext, secret) = provider.encapsulate(&public).unwrap();
    assert!(provider.decapsulate(&key, &ciphertext).unwrap().ct_eq(&secret));
    assert_eq!(provider.decapsulate(&public, &ciphertext).unwrap_err(), unsupported);
    assert_eq!(provider.load_public(KeySpec::X25519, b"").unwrap_err(), unsupported);
    assert_eq!(provider.load_public(KeySpec::Aes256, b"").unwrap_err(), unsupported);
}

/// The exponent is the last number of the encoding: another odd one of the same length makes a whole key that is none
/// of ours.
#[test]
fn rsa_keys_have_the_exponent_65537() {
    let provider = Software::new();
    let key = provider.load(KeySpec::Rsa2048, &provider.generate(KeySpec::Rsa2048).unwrap()).unwrap();
    let mut spki = CryptoProvider::public_key(&provider, &key).unwrap();
    assert!(spki.ends_with(&[2, 3, 1, 0, 1]));
    assert!(provider.load_public(KeySpec::Rsa2048, &spki).is_ok());
    *spki.last_mut().unwrap() = 3;
    assert!(aws_lc_rs::rsa::PublicKey::from_der(&spki).is_ok());
    assert_eq!(provider.load_public(KeySpec::Rsa2048, &spki).unwrap_err(), ProviderError::Malformed);
}

/// A public key of one kind is none of any other, least of all of the next size.
#[test]
fn public_keys_are_of_their_own_kind() {
    use KeySpec::{
        EcP256, EcP384, EcP521, EcSecp256k1, Ed25519, MlDsa44, MlDsa65, MlDsa87, MlKem512, MlKem768,
        MlKem1024, Rsa2048, Rsa3072, X25519,
    };
    let kinds = [
        Rsa2048,
        Rsa3072,
        EcP256,
        EcP384,
        EcP521,
        EcSecp256k1,
        Ed25519,
        MlDsa44,
        MlDsa65,
        MlDsa87,
        MlKem512,
        MlKem768,
        MlKem1024,
    ];
    let provider = Software::new();
    let public = |spec| {
        let key = provider.load(spec, &provider.generate(spec).unwrap()).unwrap();
        CryptoProvider::public_key(&provider, &key).unwrap()
    };
    for made in kinds.into_iter().filter(|spec| *spec != Rsa3072).chain([X25519]) {
        let spki = public(made);
        for asked in kinds {
            let loaded = provider.load_public(asked, &spki).map(|_| ());
            let expected = if asked == made { Ok(()) } else { Err(ProviderError::Malformed) };
            assert_eq!(loaded, expected, "{made:?} as {asked:?}");
        }
    }
}

/// With a stock as without: whole keys, each once.
#[test]
fn a_stocked_provider_makes_keys_of_its_own_size() {
    let provider = Software::with_ready_keys();
    let same = provider.clone();
    let made = [(); 3].map(|()| same.generate(KeySpec::Rsa2048).unwrap());
    let [first, second, third] = made.each_ref();
    assert!(!first.ct_eq(second) && !second.ct_eq(third) && !first.ct_eq(third));
    for material in &made {
        assert!(provider.load(KeySpec::Rsa2048, material).is_ok());
        assert_eq!(provider.load(KeySpec::Rsa3072, material).unwrap_err(), ProviderError::Malformed);
    }
    assert_eq!(provider.generate(KeySpec::Aes256).unwrap().len(), 32);
}
