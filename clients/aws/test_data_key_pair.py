"""GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext: pairs that other programs read."""

import pytest
from cryptography.hazmat.primitives import serialization
from refusals import constraint, refused, starting

SPECS = [
    "RSA_2048",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
]
SPKI = {"encoding": serialization.Encoding.DER, "format": serialization.PublicFormat.SubjectPublicKeyInfo}


@pytest.mark.parametrize("spec", SPECS)
def test_a_pair_belongs_together_and_its_private_half_opens_again(kms, keystead, key, spec):
    context = {"EncryptionContext": {"purpose": "test"}}
    pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, **context)
    assert (pair["KeyId"], pair["KeyPairSpec"]) == (keystead.key_arn(key), spec)
    assert pair["KeyMaterialId"] == kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], **context)
    assert opened["Plaintext"] == pair["PrivateKeyPlaintext"]
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"])
    if spec.startswith("ML_KEM"):
        # The seed alone (RFC 9935), so the length is the same for every spec.
        assert len(pair["PrivateKeyPlaintext"]) == 86
    if spec == "ML_KEM_512":
        return  # which the other program does not know
    private = serialization.load_der_private_key(pair["PrivateKeyPlaintext"], None)
    assert private.public_key().public_bytes(**SPKI) == pair["PublicKey"]


def test_without_plaintext_only_the_wrapped_half_leaves(kms, keystead, key):
    pair = kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="ECC_NIST_P256")
    pair.pop("ResponseMetadata")
    assert sorted(pair) == ["KeyId", "KeyMaterialId", "KeyPairSpec", "PrivateKeyCiphertextBlob", "PublicKey"]
    private = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"])["Plaintext"]
    private = serialization.load_der_private_key(private, None)
    assert private.public_key().public_bytes(**SPKI) == pair["PublicKey"]


def test_pairs_are_never_the_same(kms, key):
    pairs = [kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256")["PublicKey"] for _ in range(10)]
    assert len(set(pairs)) == 10


def test_what_is_no_pair_or_wraps_none_is_refused(kms, keystead, key):
    with refused("ValidationException", starting(constraint("keyPairSpec", "satisfy enum value set: [", "ML_DSA_44"))):
        kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ML_DSA_44")
    with refused("UnsupportedOperationException"):
        kms.generate_data_key_pair(KeyId=key, KeyPairSpec="SM2")
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"not an attestation"}
    with refused("UnsupportedOperationException"):
        kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256", Recipient=recipient)
    signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    text = f"{keystead.key_arn(signer)} key usage is SIGN_VERIFY which is not valid for GenerateDataKeyPair."
    with refused("InvalidKeyUsageException", text):
        kms.generate_data_key_pair(KeyId=signer, KeyPairSpec="ECC_NIST_P256")
    kms.disable_key(KeyId=key)
    for use in (kms.generate_data_key_pair, kms.generate_data_key_pair_without_plaintext):
        with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
            use(KeyId=key, KeyPairSpec="ECC_NIST_P256")
