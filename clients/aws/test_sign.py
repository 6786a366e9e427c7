"""Sign, Verify, GetPublicKey: signatures that other programs verify, and every way in which one is refused."""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from refusals import constraint, refused, starting

MESSAGE = b"attack at dawn"
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
FAST = [
    ("ECC_NIST_P256", "ECDSA_SHA_256"),
    ("ECC_NIST_P384", "ECDSA_SHA_384"),
    ("ECC_NIST_P521", "ECDSA_SHA_512"),
    ("ECC_SECG_P256K1", "ECDSA_SHA_256"),
    ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
    ("ML_DSA_44", "ML_DSA_SHAKE_256"),
    ("ML_DSA_65", "ML_DSA_SHAKE_256"),
    ("ML_DSA_87", "ML_DSA_SHAKE_256"),
]
RSA = [(f"RSASSA_{scheme}_SHA_{n}") for scheme in ("PSS", "PKCS1_V1_5") for n in HASHES]


def make(kms, spec, usage="SIGN_VERIFY"):
    return kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]


@pytest.fixture(scope="module")
def rsa(kms_for):
    return make(kms_for(), "RSA_2048")


def public(kms, key):
    return serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])


def verify_elsewhere(public_key, algorithm, signature, message, prehashed=False):
    """As any program would that has the public key alone."""
    if algorithm.startswith(("ED25519", "ML_DSA")):
        return public_key.verify(signature, message)
    hash = HASHES[algorithm[-3:]]
    how = utils.Prehashed(hash) if prehashed else hash
    if algorithm.startswith("ECDSA"):
        return public_key.verify(signature, message, ec.ECDSA(how))
    pss = padding.PSS(padding.MGF1(hash), padding.PSS.DIGEST_LENGTH)
    return public_key.verify(signature, message, pss if "PSS" in algorithm else padding.PKCS1v15(), how)


@pytest.mark.parametrize(("spec", "algorithm"), FAST)
def test_a_signature_verifies_here_and_elsewhere(kms, keystead, spec, algorithm):
    check(kms, keystead, make(kms, spec), algorithm)


@pytest.mark.parametrize("algorithm", RSA)
def test_an_rsa_signature_verifies_here_and_elsewhere(kms, keystead, rsa, algorithm):
    check(kms, keystead, rsa, algorithm)


def check(kms, keystead, key, algorithm):
    signed = kms.sign(KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm)
    assert (signed["KeyId"], signed["SigningAlgorithm"]) == (keystead.key_arn(key), algorithm)
    verify_elsewhere(public(kms, key), algorithm, signed["Signature"], MESSAGE)
    verified = kms.verify(KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm, Signature=signed["Signature"])
    verified.pop("ResponseMetadata")
    assert verified == {"KeyId": keystead.key_arn(key), "SignatureValid": True, "SigningAlgorithm": algorithm}
    altered = bytes([signed["Signature"][0]]) + bytes([signed["Signature"][-1] ^ 1]) + signed["Signature"][2:]
    for bad in (altered, signed["Signature"][:-1], b"bad signature"):
        with refused("KMSInvalidSignatureException", ""):
            kms.verify(KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm, Signature=bad)
    with refused("KMSInvalidSignatureException", ""):
        kms.verify(KeyId=key, Message=b"attack at dusk", SigningAlgorithm=algorithm, Signature=signed["Signature"])


@pytest.mark.parametrize(("spec", "algorithm"), [("RSA_2048", "RSASSA_PSS_SHA_384"), FAST[0], FAST[2]])
def test_a_digest_and_its_message_are_the_same_thing(kms, rsa, spec, algorithm):
    key = rsa if spec == "RSA_2048" else make(kms, spec)
    digest = hashlib.new("sha" + algorithm[-3:], MESSAGE).digest()
    signature = kms.sign(KeyId=key, Message=digest, MessageType="DIGEST", SigningAlgorithm=algorithm)["Signature"]
    verify_elsewhere(public(kms, key), algorithm, signature, digest, prehashed=True)
    kms.verify(KeyId=key, Message=MESSAGE, MessageType="RAW", Signature=signature, SigningAlgorithm=algorithm)
    for bad in (MESSAGE, digest[1:], digest + b"\0"):
        with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
            kms.sign(KeyId=key, Message=bad, MessageType="DIGEST", SigningAlgorithm=algorithm)
        with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
            kms.verify(KeyId=key, Message=bad, MessageType="DIGEST", SigningAlgorithm=algorithm, Signature=signature)


def test_edwards_signs_messages_pure_and_digests_prehashed(kms):
    key = make(kms, "ECC_NIST_EDWARDS25519")
    digest = hashlib.sha512(MESSAGE).digest()
    sign = lambda algorithm, form, message: kms.sign(KeyId=key, Message=message, MessageType=form, SigningAlgorithm=algorithm)
    prehashed = sign("ED25519_PH_SHA_512", "DIGEST", digest)["Signature"]
    kms.verify(KeyId=key, Message=digest, MessageType="DIGEST", Signature=prehashed, SigningAlgorithm="ED25519_PH_SHA_512")
    with refused("KMSInvalidSignatureException", ""):
        kms.verify(KeyId=key, Message=MESSAGE, Signature=prehashed, SigningAlgorithm="ED25519_SHA_512")
    for algorithm, form, message in [
        ("ED25519_SHA_512", "DIGEST", digest),
        ("ED25519_PH_SHA_512", "RAW", MESSAGE),
        ("ED25519_SHA_512", "EXTERNAL_MU", digest),
    ]:
        with refused("ValidationException"):
            sign(algorithm, form, message)


def test_lattice_signs_its_message_representative(kms):
    key = make(kms, "ML_DSA_44")
    der = kms.get_public_key(KeyId=key)["PublicKey"]
    # FIPS 204 algorithm 7: mu = SHAKE256(SHAKE256(pk, 64) || 0 || 0 || message, 64); the key ends the SPKI.
    tr = hashlib.shake_256(der[-1312:]).digest(64)
    mu = hashlib.shake_256(tr + b"\0\0" + MESSAGE).digest(64)
    algorithm = {"SigningAlgorithm": "ML_DSA_SHAKE_256"}
    signature = kms.sign(KeyId=key, Message=mu, MessageType="EXTERNAL_MU", **algorithm)["Signature"]
    kms.verify(KeyId=key, Message=MESSAGE, Signature=signature, **algorithm)
    public(kms, key).verify(signature, MESSAGE)
    with refused("ValidationException"):
        kms.sign(KeyId=key, Message=mu[1:], MessageType="EXTERNAL_MU", **algorithm)


def test_an_algorithm_fits_its_kind_of_key(kms):
    for spec, algorithm in [
        ("ECC_NIST_P256", "ECDSA_SHA_384"),
        ("ECC_NIST_P521", "ECDSA_SHA_256"),
        ("ECC_SECG_P256K1", "ECDSA_SHA_512"),
        ("ECC_NIST_P256", "RSASSA_PSS_SHA_256"),
        ("ML_DSA_44", "ED25519_SHA_512"),
    ]:
        key = make(kms, spec)
        for use in (kms.sign, lambda **asked: kms.verify(Signature=b"x", **asked)):
            with refused("InvalidKeyUsageException", f"Algorithm {algorithm} is incompatible with key spec {spec}."):
                use(KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm)


def test_a_message_has_a_bound(kms):
    key = make(kms, "ECC_NIST_P256")
    kms.sign(KeyId=key, Message=b"x" * 4096, SigningAlgorithm="ECDSA_SHA_256")
    with refused("ValidationException", constraint("message", "have length less than or equal to 4096")):
        kms.sign(KeyId=key, Message=b"x" * 4097, SigningAlgorithm="ECDSA_SHA_256")
    with refused("ValidationException", starting(constraint("signingAlgorithm", "satisfy enum value set: [", "ROT13"))):
        kms.sign(KeyId=key, Message=b"x", SigningAlgorithm="ROT13")


def test_a_public_key_says_what_it_is_for(kms, keystead, rsa):
    answer = kms.get_public_key(KeyId=rsa)
    answer.pop("ResponseMetadata")
    assert len(answer.pop("PublicKey")) == 294
    assert answer == {
        "KeyId": keystead.key_arn(rsa),
        "CustomerMasterKeySpec": "RSA_2048",
        "KeySpec": "RSA_2048",
        "KeyUsage": "SIGN_VERIFY",
        "SigningAlgorithms": sorted(RSA),
    }
    for spec, usage, member, value in [
        ("ECC_NIST_P256", "KEY_AGREEMENT", "KeyAgreementAlgorithms", ["ECDH"]),
        ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", ["ML_KEM"]),
    ]:
        answer = kms.get_public_key(KeyId=make(kms, spec, usage))
        assert (answer["KeySpec"], answer["KeyUsage"], answer[member]) == (spec, usage, value)


def test_a_symmetric_key_has_no_public_half(kms, keystead, key):
    text = f"{keystead.key_arn(key)} key spec is SYMMETRIC_DEFAULT which is not valid for GetPublicKey."
    with refused("UnsupportedOperationException", text):
        kms.get_public_key(KeyId=key)


def test_state_is_obeyed(kms, keystead):
    key = make(kms, "ECC_NIST_P256")
    algorithm = {"SigningAlgorithm": "ECDSA_SHA_256", "Message": MESSAGE}
    signature = kms.sign(KeyId=key, **algorithm)["Signature"]
    uses = (
        lambda: kms.sign(KeyId=key, **algorithm),
        lambda: kms.verify(KeyId=key, Signature=signature, **algorithm),
        lambda: kms.get_public_key(KeyId=key),
    )
    kms.disable_key(KeyId=key)
    for use in uses:
        with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
            use()
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    for use in uses:
        with refused("KMSInvalidStateException", f"{keystead.key_arn(key)} is pending deletion."):
            use()


def test_an_alias_names_a_signing_key(kms, keystead, name):
    key = make(kms, "ECC_NIST_P256")
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    signed = kms.sign(KeyId=f"alias/{name}", Message=MESSAGE, SigningAlgorithm="ECDSA_SHA_256")
    assert signed["KeyId"] == keystead.key_arn(key)
    assert kms.get_public_key(KeyId=keystead.alias_arn(f"alias/{name}"))["KeyId"] == keystead.key_arn(key)
