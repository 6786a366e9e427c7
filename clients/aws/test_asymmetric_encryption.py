"""Encrypt and Decrypt with RSA keys, and ciphertexts that others made with the public half alone."""

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from refusals import refused, starting

HASHES = {"RSAES_OAEP_SHA_1": hashes.SHA1, "RSAES_OAEP_SHA_256": hashes.SHA256}
SIZES = {("RSA_2048", "RSAES_OAEP_SHA_1"): 214, ("RSA_2048", "RSAES_OAEP_SHA_256"): 190}


@pytest.fixture(scope="module")
def rsa(kms_for):
    return kms_for().create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]


def oaep(algorithm):
    hash = HASHES[algorithm]
    return padding.OAEP(padding.MGF1(hash()), hash(), None)


@pytest.mark.parametrize("algorithm", HASHES)
def test_a_ciphertext_opens_whoever_made_it(kms, keystead, rsa, algorithm):
    sealed = kms.encrypt(KeyId=rsa, Plaintext=b"hello", EncryptionAlgorithm=algorithm)
    assert (sealed["KeyId"], sealed["EncryptionAlgorithm"]) == (keystead.key_arn(rsa), algorithm)
    assert len(sealed["CiphertextBlob"]) == 256
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=rsa)["PublicKey"])
    for blob in (sealed["CiphertextBlob"], public.encrypt(b"hello", oaep(algorithm))):
        opened = kms.decrypt(KeyId=rsa, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)
        opened.pop("ResponseMetadata")
        assert opened == {"KeyId": keystead.key_arn(rsa), "Plaintext": b"hello", "EncryptionAlgorithm": algorithm}


@pytest.mark.parametrize(("spec", "algorithm"), SIZES)
def test_a_plaintext_has_the_bound_of_its_padding(kms, rsa, spec, algorithm):
    size = SIZES[spec, algorithm]
    kms.encrypt(KeyId=rsa, Plaintext=b"x" * size, EncryptionAlgorithm=algorithm)
    text = f"Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {size} bytes."
    with refused("ValidationException", text):
        kms.encrypt(KeyId=rsa, Plaintext=b"x" * (size + 1), EncryptionAlgorithm=algorithm)


def test_another_algorithm_key_or_ciphertext_does_not_open(kms, rsa):
    sealed = kms.encrypt(KeyId=rsa, Plaintext=b"hello", EncryptionAlgorithm="RSAES_OAEP_SHA_256")["CiphertextBlob"]
    other = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    for key, blob, algorithm in [
        (rsa, sealed, "RSAES_OAEP_SHA_1"),
        (other, sealed, "RSAES_OAEP_SHA_256"),
        (rsa, sealed[:-1], "RSAES_OAEP_SHA_256"),
        (rsa, bytes(256), "RSAES_OAEP_SHA_256"),
    ]:
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)


def test_the_default_algorithm_is_for_symmetric_keys(kms, key, rsa):
    text = "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."
    with refused("InvalidKeyUsageException", text):
        kms.encrypt(KeyId=rsa, Plaintext=b"hello")
    with refused("InvalidKeyUsageException", text):
        kms.decrypt(KeyId=rsa, CiphertextBlob=bytes(256))
    text = "Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT."
    with refused("InvalidKeyUsageException", text):
        kms.encrypt(KeyId=key, Plaintext=b"hello", EncryptionAlgorithm="RSAES_OAEP_SHA_256")
    with refused("InvalidKeyUsageException", text):
        kms.decrypt(KeyId=key, CiphertextBlob=bytes(256), EncryptionAlgorithm="RSAES_OAEP_SHA_256")


def test_an_asymmetric_ciphertext_has_no_context_and_names_no_key(kms, rsa):
    asked = {"KeyId": rsa, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    blob = kms.encrypt(Plaintext=b"hello", **asked)["CiphertextBlob"]
    with refused("ValidationException"):
        kms.encrypt(Plaintext=b"hello", EncryptionContext={"a": "b"}, **asked)
    with refused("ValidationException"):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"}, **asked)
    with refused("ValidationException", starting("KeyId is required")):
        kms.decrypt(CiphertextBlob=blob, EncryptionAlgorithm="RSAES_OAEP_SHA_256")


def test_an_rsa_key_wraps_no_data_key(kms, keystead, rsa):
    text = f"{keystead.key_arn(rsa)} key spec is RSA_2048 which is not valid for GenerateDataKey."
    with refused("InvalidKeyUsageException", text):
        kms.generate_data_key(KeyId=rsa, KeySpec="AES_256")
