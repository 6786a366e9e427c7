"""UpdateKeyDescription: what it takes, what it answers, and when it is refused.

Texts are those that AWS KMS answers.
"""

import json
import re

import pytest
from refusals import constraint, refused

ABSENT = "00000000-0000-4000-8000-000000000000"


def description(kms, key):
    return kms.describe_key(KeyId=key)["KeyMetadata"]["Description"]


@pytest.mark.parametrize("text", ["für Löhne", "", "ü" * 8192], ids=["text", "empty", "longest"])
def test_a_description_is_replaced(kms, keystead, key, text):
    for reference in (key, keystead.key_arn(key)):
        kms.update_key_description(KeyId=key, Description="before")
        answer = kms.update_key_description(KeyId=reference, Description=text)
        assert set(answer) == {"ResponseMetadata"}, "the answer is empty"
        assert description(kms, key) == text


def test_a_new_description_has_the_same_bound(kms, key, raw):
    text = "1 validation error detected: Value .*at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192"
    with refused("ValidationException", re.compile(text)):
        kms.update_key_description(KeyId=key, Description="d" * 8193)
    status, code, message = raw.call("UpdateKeyDescription", {"KeyId": key}).error
    assert (status, code) == (400, "ValidationException")
    assert message == constraint("description", "not be null", "null").replace("'null'", "null")
    assert description(kms, key) == "made for one test"


def test_a_disabled_key_is_described_and_one_pending_deletion_is_not(kms, keystead, key):
    kms.disable_key(KeyId=key)
    kms.update_key_description(KeyId=key, Description="asleep")
    kms.schedule_key_deletion(KeyId=key)
    with refused("KMSInvalidStateException", f"{keystead.key_arn(key)} is pending deletion."):
        kms.update_key_description(KeyId=key, Description="doomed")
    assert description(kms, key) == "asleep"


def test_a_description_is_not_written_through_an_alias(kms, keystead, key, name):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    for reference in (f"alias/{name}", keystead.alias_arn(f"alias/{name}")):
        with refused("NotFoundException", f"Invalid keyId '{reference}'"):
            kms.update_key_description(KeyId=reference, Description="by alias")
    with refused("NotFoundException", f"Key '{keystead.key_arn(ABSENT)}' does not exist"):
        kms.update_key_description(KeyId=ABSENT, Description="nobody's")
    assert description(kms, key) == "made for one test"


def test_a_denied_description_names_its_action_and_tagging_is_another(kms, keystead, key):
    def deny(action):
        whole = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{keystead.account}:root"}, "Action": "kms:*", "Resource": "*"}
        denied = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [whole, denied]}
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))

    deny("kms:TagResource")
    kms.update_key_description(KeyId=key, Description="not tagged")
    deny("kms:UpdateKeyDescription")
    with refused("AccessDeniedException", re.compile(".* perform: kms:UpdateKeyDescription on resource: ")):
        kms.update_key_description(KeyId=key, Description="denied")
    assert description(kms, key) == "not tagged"
