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
