"""ReEncrypt: from one key and context to another, without the plaintext being seen."""

import json
import re

import pytest
from refusals import refused


@pytest.fixture
def other(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


def test_a_ciphertext_changes_key_and_context(kms, keystead, key, other):
    blob = kms.encrypt(KeyId=key, Plaintext=b"text", EncryptionContext={"for": "before"})["CiphertextBlob"]
    source, destination = ({"for": "before"}, {"for": "after"})
    answer = kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext=source, DestinationKeyId=other, DestinationEncryptionContext=destination)
    material = {name: kms.describe_key(KeyId=id)["KeyMetadata"]["CurrentKeyMaterialId"] for name, id in (("old", key), ("new", other))}
    answer.pop("ResponseMetadata")
    made = answer.pop("CiphertextBlob")
    assert answer == {
        "SourceKeyId": keystead.key_arn(key),
        "KeyId": keystead.key_arn(other),
        "SourceEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "DestinationEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "SourceKeyMaterialId": material["old"],
        "DestinationKeyMaterialId": material["new"],
    }
    opened = kms.decrypt(CiphertextBlob=made, EncryptionContext=destination)
    assert (opened["Plaintext"], opened["KeyId"]) == (b"text", keystead.key_arn(other))
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=made, EncryptionContext=source)
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=source)["Plaintext"] == b"text"


def test_keys_may_be_named_in_every_form(kms, keystead, key, other, name):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    kms.create_alias(AliasName=f"alias/{name}-new", TargetKeyId=other)
    blob = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    for source in (key, keystead.key_arn(key), f"alias/{name}", keystead.alias_arn(f"alias/{name}")):
        for destination in (other, keystead.key_arn(other), f"alias/{name}-new", keystead.alias_arn(f"alias/{name}-new")):
            answer = kms.re_encrypt(CiphertextBlob=blob, SourceKeyId=source, DestinationKeyId=destination)
            assert kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"] == b"text"


def test_the_named_source_must_be_the_right_one(kms, keystead, key, other):
    blob = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    with refused("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation."):
        kms.re_encrypt(CiphertextBlob=blob, SourceKeyId=other, DestinationKeyId=other)
    with refused("InvalidCiphertextException"):
        kms.re_encrypt(CiphertextBlob=b"nonsense", DestinationKeyId=other)
    with refused("InvalidCiphertextException"):
        kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext={"a": "b"}, DestinationKeyId=other)
    absent = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{keystead.key_arn(absent)}' does not exist"):
        kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=absent)
    with refused("InvalidKeyUsageException"):
        kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other, DestinationEncryptionAlgorithm="RSAES_OAEP_SHA_256")


@pytest.mark.parametrize("which", ["source", "destination"])
def test_both_keys_must_be_usable(kms, keystead, key, other, which):
    blob = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    unfit = key if which == "source" else other
    kms.disable_key(KeyId=unfit)
    with refused("DisabledException", f"{keystead.key_arn(unfit)} is disabled."):
        kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other)
    kms.schedule_key_deletion(KeyId=unfit)
    with refused("KMSInvalidStateException", f"{keystead.key_arn(unfit)} is pending deletion."):
        kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other)


@pytest.mark.parametrize(("on", "action"), [("source", "kms:ReEncryptFrom"), ("destination", "kms:ReEncryptTo")])
def test_each_key_allows_its_part(kms, keystead, key, other, on, action):
    def deny(key, *actions):
        whole = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{keystead.account}:root"}, "Action": "kms:*", "Resource": "*"}
        denied = {"Effect": "Deny", "Principal": "*", "Action": list(actions), "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [whole, denied]}
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))

    blob = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    asked = key if on == "source" else other
    deny(asked, "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo" if on == "source" else "kms:ReEncryptFrom")
    kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other)
    deny(asked, action)
    text = re.compile(f".* perform: {action} on resource: {keystead.key_arn(asked)} with an explicit deny")
    with refused("AccessDeniedException", text):
        kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other)


def test_a_ciphertext_goes_between_kinds_of_key(kms, keystead, key):
    rsa = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    oaep = "RSAES_OAEP_SHA_256"
    blob = kms.encrypt(KeyId=rsa, Plaintext=b"text", EncryptionAlgorithm=oaep)["CiphertextBlob"]
    moved = kms.re_encrypt(CiphertextBlob=blob, SourceKeyId=rsa, SourceEncryptionAlgorithm=oaep, DestinationKeyId=key, DestinationEncryptionContext={"a": "b"})
    assert (moved["SourceEncryptionAlgorithm"], moved["DestinationEncryptionAlgorithm"]) == (oaep, "SYMMETRIC_DEFAULT")
    assert "SourceKeyMaterialId" not in moved and "DestinationKeyMaterialId" in moved
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"a": "b"})["Plaintext"] == b"text"
    back = kms.re_encrypt(CiphertextBlob=moved["CiphertextBlob"], SourceEncryptionContext={"a": "b"}, DestinationKeyId=rsa, DestinationEncryptionAlgorithm=oaep)
    assert (back["KeyId"], back["SourceKeyId"]) == (keystead.key_arn(rsa), keystead.key_arn(key))
    opened = kms.decrypt(CiphertextBlob=back["CiphertextBlob"], KeyId=rsa, EncryptionAlgorithm=oaep)
    assert opened["Plaintext"] == b"text"
    with refused("ValidationException"):
        kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionAlgorithm=oaep, DestinationKeyId=key)
    with refused("InvalidCiphertextException"):
        kms.re_encrypt(CiphertextBlob=blob, SourceKeyId=rsa, SourceEncryptionAlgorithm="RSAES_OAEP_SHA_1", DestinationKeyId=key)
