"""DeriveSharedSecret, Encapsulate, Decapsulate: one secret on both sides."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from refusals import constraint, refused, starting

CURVES = {"ECC_NIST_P256": ec.SECP256R1, "ECC_NIST_P384": ec.SECP384R1, "ECC_NIST_P521": ec.SECP521R1}
SPKI = {"encoding": serialization.Encoding.DER, "format": serialization.PublicFormat.SubjectPublicKeyInfo}
LENGTHS = {"ML_KEM_512": 768, "ML_KEM_768": 1088, "ML_KEM_1024": 1568}
KEM = {"EncapsulationAlgorithm": "ML_KEM"}


def make(kms, spec, usage="KEY_AGREEMENT"):
    return kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]


def derive(kms, key, peer, algorithm="ECDH"):
    return kms.derive_shared_secret(KeyId=key, KeyAgreementAlgorithm=algorithm, PublicKey=peer)


@pytest.mark.parametrize("spec", CURVES)
def test_a_secret_is_the_same_on_both_sides(kms, keystead, spec):
    key, peer = make(kms, spec), ec.generate_private_key(CURVES[spec]())
    answer = derive(kms, key, peer.public_key().public_bytes(**SPKI))
    answer.pop("ResponseMetadata")
    own = serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    assert answer == {
        "KeyId": keystead.key_arn(key),
        "SharedSecret": peer.exchange(ec.ECDH(), own),
        "KeyAgreementAlgorithm": "ECDH",
        "KeyOrigin": "AWS_KMS",
    }


def test_two_keys_here_agree(kms):
    one, other = make(kms, "ECC_NIST_P256"), make(kms, "ECC_NIST_P256")
    public = lambda key: kms.get_public_key(KeyId=key)["PublicKey"]
    assert derive(kms, one, public(other))["SharedSecret"] == derive(kms, other, public(one))["SharedSecret"]


def test_a_peer_is_on_the_same_curve(kms):
    key = make(kms, "ECC_NIST_P256")
    foreign = ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(**SPKI)
    for peer in (foreign, b"no key", foreign[:-1]):
        with refused("ValidationException", ""):
            derive(kms, key, peer)
    with refused("ValidationException", constraint("keyAgreementAlgorithm", "satisfy enum value set: [ECDH]", "INVALID")):
        derive(kms, key, foreign, algorithm="INVALID")


@pytest.mark.parametrize("spec", LENGTHS)
def test_an_encapsulated_secret_comes_back(kms, keystead, spec):
    key = make(kms, spec, "ENCAPSULATE_DECAPSULATE")
    made = kms.encapsulate(KeyId=key, **KEM)
    blob = made["SharedSecretCiphertextBlob"]
    assert (made["KeyId"], made["EncapsulationAlgorithm"]) == (keystead.key_arn(key), "ML_KEM")
    assert (len(made["SharedSecret"]), len(blob)) == (32, LENGTHS[spec])
    back = kms.decapsulate(KeyId=key, SharedSecretCiphertextBlob=blob, **KEM)
    back.pop("ResponseMetadata")
    assert back == {"KeyId": keystead.key_arn(key), "SharedSecret": made["SharedSecret"], "EncapsulationAlgorithm": "ML_KEM"}
    altered = bytes([blob[0] ^ 1]) + blob[1:]
    rejected = kms.decapsulate(KeyId=key, SharedSecretCiphertextBlob=altered, **KEM)["SharedSecret"]
    assert len(rejected) == 32 and rejected != made["SharedSecret"]
    for bad in (blob[:-1], blob + b"\0", b"x"):
        with refused("InvalidCiphertextException", ""):
            kms.decapsulate(KeyId=key, SharedSecretCiphertextBlob=bad, **KEM)


@pytest.mark.parametrize("spec", ["ML_KEM_768", "ML_KEM_1024"])
def test_a_secret_encapsulated_elsewhere_comes_back(kms, spec):
    pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mlkem")
    key = make(kms, spec, "ENCAPSULATE_DECAPSULATE")
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    secret, blob = public.encapsulate()
    assert kms.decapsulate(KeyId=key, SharedSecretCiphertextBlob=blob, **KEM)["SharedSecret"] == secret


def test_usage_and_state_are_obeyed(kms, keystead, key):
    text = f"{keystead.key_arn(key)} key usage is ENCRYPT_DECRYPT which is not valid for"
    with refused("InvalidKeyUsageException", starting(f"{text} DeriveSharedSecret.")):
        derive(kms, key, b"x")
    with refused("InvalidKeyUsageException", starting(f"{text} Encapsulate.")):
        kms.encapsulate(KeyId=key, **KEM)
    with refused("InvalidKeyUsageException", starting(f"{text} Decapsulate.")):
        kms.decapsulate(KeyId=key, SharedSecretCiphertextBlob=b"x", **KEM)
    kem, agreer = make(kms, "ML_KEM_512", "ENCAPSULATE_DECAPSULATE"), make(kms, "ECC_NIST_P256")
    for disabled, use in [
        (kem, lambda: kms.encapsulate(KeyId=kem, **KEM)),
        (kem, lambda: kms.decapsulate(KeyId=kem, SharedSecretCiphertextBlob=b"x", **KEM)),
        (agreer, lambda: derive(kms, agreer, b"x")),
    ]:
        kms.disable_key(KeyId=disabled)
        with refused("DisabledException", f"{keystead.key_arn(disabled)} is disabled."):
            use()
