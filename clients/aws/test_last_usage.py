"""GetKeyLastUsage."""

import datetime

import pytest
from refusals import refused

ABSENT = "00000000-0000-4000-8000-000000000000"


def asked(kms, key):
    answer = kms.get_key_last_usage(KeyId=key)
    answer.pop("ResponseMetadata")
    return answer


def operation(kms, key):
    return asked(kms, key)["KeyLastUsage"].get("Operation")


def test_a_key_that_was_not_used_says_since_when_that_is_known(kms, keystead, key):
    answer = asked(kms, keystead.key_arn(key))
    created = kms.describe_key(KeyId=key)["KeyMetadata"]["CreationDate"]
    assert answer == {"KeyId": key, "KeyLastUsage": {}, "TrackingStartDate": created, "KeyCreationDate": created}


def test_the_last_use_is_told_with_its_request(kms, key):
    reply = kms.encrypt(KeyId=key, Plaintext=b"text")
    usage = asked(kms, key)["KeyLastUsage"]
    age = datetime.datetime.now(datetime.timezone.utc) - usage.pop("Timestamp")
    assert datetime.timedelta(0) <= age < datetime.timedelta(minutes=1)
    request = reply["ResponseMetadata"]["RequestId"]
    assert usage == {"Operation": "Encrypt", "CloudTrailEventId": request, "KmsRequestId": request}


def test_each_use_goes_by_its_name_and_nothing_else_counts(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    kms.describe_key(KeyId=key)
    assert operation(kms, key) == "Encrypt"
    kms.decrypt(CiphertextBlob=blob)
    assert operation(kms, key) == "Decrypt"
    kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256")
    assert operation(kms, key) == "GenerateDataKeyWithoutPlaintext"
    kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key)
    assert operation(kms, key) == "ReEncrypt"
    with refused("DryRunOperationException"):
        kms.encrypt(KeyId=key, Plaintext=b"text", DryRun=True)
    assert operation(kms, key) == "ReEncrypt"
    kms.disable_key(KeyId=key)
    assert operation(kms, key) == "ReEncrypt"


@pytest.mark.parametrize("given", ["alias/nobodys", "arn:aws:kms:us-east-1:123456789012:alias/nobodys"])
def test_aliases_are_not_followed(kms, given):
    with refused("NotFoundException", f"Invalid keyId '{given}'"):
        kms.get_key_last_usage(KeyId=given)


def test_a_key_that_is_not_there(kms, keystead):
    with refused("NotFoundException", f"Key '{keystead.key_arn(ABSENT)}' does not exist"):
        kms.get_key_last_usage(KeyId=ABSENT)
