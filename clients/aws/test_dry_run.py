"""DryRun: everything is decided and checked, nothing is done, and the answer is always an error."""

import json
import re

import pytest
from refusals import refused

WOULD = "The request would have succeeded, but the DryRun option is set."


@pytest.fixture
def blob(kms, key):
    return kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]


@pytest.fixture
def acts(kms, key, blob):
    """Every operation that takes a key for encryption and has the parameter."""
    return {
        "Encrypt": lambda: kms.encrypt(KeyId=key, Plaintext=b"x", DryRun=True),
        "Decrypt": lambda: kms.decrypt(CiphertextBlob=blob, DryRun=True),
        "ReEncryptFrom": lambda: kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key, DryRun=True),
        "GenerateDataKey": lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256", DryRun=True),
        "GenerateDataKeyWithoutPlaintext": lambda: kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256", DryRun=True),
    }


def test_what_would_succeed_says_so(acts):
    for act in acts.values():
        with refused("DryRunOperationException", WOULD):
            act()


def test_what_would_fail_fails_as_it_would(kms, keystead, key, blob, acts):
    kms.disable_key(KeyId=key)
    for act in acts.values():
        with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
            act()
    kms.enable_key(KeyId=key)
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"}, DryRun=True)
    absent = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{keystead.key_arn(absent)}' does not exist"):
        kms.encrypt(KeyId=absent, Plaintext=b"x", DryRun=True)


@pytest.fixture
def others(kms, key):
    """The same of keys for signatures, MACs, agreement and encapsulation, and of key pairs: act by key."""

    def made(spec, usage):
        return kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]

    ec, mac = made("ECC_NIST_P256", "SIGN_VERIFY"), made("HMAC_256", "GENERATE_VERIFY_MAC")
    agreer, kem = made("ECC_NIST_P256", "KEY_AGREEMENT"), made("ML_KEM_512", "ENCAPSULATE_DECAPSULATE")
    signing = {"KeyId": ec, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    authenticating = {"KeyId": mac, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
    peer = kms.get_public_key(KeyId=agreer)["PublicKey"]
    sending = {"KeyId": kem, "EncapsulationAlgorithm": "ML_KEM"}
    return [
        (ec, lambda: kms.sign(**signing, DryRun=True)),
        (ec, lambda: kms.verify(**signing, Signature=b"s", DryRun=True)),
        (mac, lambda: kms.generate_mac(**authenticating, DryRun=True)),
        (mac, lambda: kms.verify_mac(**authenticating, Mac=b"m" * 32, DryRun=True)),
        (key, lambda: kms.generate_data_key_pair(KeyId=key, KeyPairSpec="RSA_4096", DryRun=True)),
        (key, lambda: kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="RSA_4096", DryRun=True)),
        (agreer, lambda: kms.derive_shared_secret(KeyId=agreer, KeyAgreementAlgorithm="ECDH", PublicKey=peer, DryRun=True)),
        (kem, lambda: kms.encapsulate(**sending, DryRun=True)),
        (kem, lambda: kms.decapsulate(**sending, SharedSecretCiphertextBlob=b"c" * 768, DryRun=True)),
    ]


def test_other_uses_are_rehearsed_too(kms, keystead, others):
    for _, act in others:
        with refused("DryRunOperationException", WOULD):
            act()
    for key, act in others:
        kms.disable_key(KeyId=key)
        with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
            act()


def test_what_is_denied_is_denied(kms, keystead, key, acts):
    whole = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{keystead.account}:root"}, "Action": "kms:*", "Resource": "*"}
    for action, act in acts.items():
        denied = {"Effect": "Deny", "Principal": "*", "Action": f"kms:{action}", "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [whole, denied]}
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
        with refused("AccessDeniedException", re.compile(f".* perform: kms:{action} on resource: ")):
            act()


def test_a_dry_run_that_is_off_is_none(kms, key):
    assert kms.encrypt(KeyId=key, Plaintext=b"x", DryRun=False)["CiphertextBlob"]


def test_modifiers_are_refused_and_not_passed_over(kms, blob):
    with refused("UnsupportedOperationException", "DryRunModifiers are not supported by this server yet."):
        kms.decrypt(CiphertextBlob=blob, DryRun=True, DryRunModifiers=["IGNORE_CIPHERTEXT"])
