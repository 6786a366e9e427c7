"""CreateKey, DescribeKey, ListKeys, EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion.

Texts are those that AWS KMS answers.
"""

import datetime
import re
import uuid

import pytest
from refusals import constraint, refused, starting

ABSENT = "00000000-0000-4000-8000-000000000000"
USES = {
    "Encrypt": lambda kms, key: kms.encrypt(KeyId=key, Plaintext=b"x"),
    "GenerateDataKey": lambda kms, key: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
}


def state(kms, key):
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert metadata["Enabled"] == (metadata["KeyState"] == "Enabled")
    return metadata["KeyState"]


def test_a_new_key_is_described_whole(kms, keystead):
    metadata = kms.create_key(Description="test key 123")["KeyMetadata"]
    key_id = metadata["KeyId"]
    assert str(uuid.UUID(key_id)) == key_id
    created = metadata.pop("CreationDate")
    assert abs(datetime.datetime.now(datetime.timezone.utc) - created) < datetime.timedelta(minutes=1)
    material = metadata.pop("CurrentKeyMaterialId", "0" * 64)
    assert re.fullmatch("[0-9a-f]{64}", material)
    assert metadata == {
        "AWSAccountId": keystead.account,
        "Arn": keystead.key_arn(key_id),
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "Description": "test key 123",
        "Enabled": True,
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "KeyId": key_id,
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyState": "Enabled",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": False,
        "Origin": "AWS_KMS",
    }


def test_create_and_describe_say_the_same(kms):
    created = kms.create_key()["KeyMetadata"]
    assert created["Description"] == ""
    for reference in (created["KeyId"], created["Arn"]):
        assert kms.describe_key(KeyId=reference)["KeyMetadata"] == created


def test_a_spec_that_does_not_exist_is_refused(kms):
    with refused("ValidationException", starting(constraint("keySpec", "satisfy enum value set: [", "AES_512"))):
        kms.create_key(KeySpec="AES_512")


def test_a_usage_that_does_not_fit_is_refused(kms):
    with refused("ValidationException"):
        kms.create_key(KeySpec="SYMMETRIC_DEFAULT", KeyUsage="SIGN_VERIFY")


def test_a_description_has_a_bound(kms):
    text = "1 validation error detected: Value .*at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192"
    with refused("ValidationException", re.compile(text)):
        kms.create_key(Description="d" * 8193)


def test_unknown_keys_are_named_by_arn(kms, keystead):
    text = f"Key '{keystead.key_arn(ABSENT)}' does not exist"
    for reference in (ABSENT, keystead.key_arn(ABSENT)):
        with refused("NotFoundException", text):
            kms.describe_key(KeyId=reference)
    multi_region = "mrk-d3b95762d3b95762d3b95762d3b95762"
    with refused("NotFoundException", f"Key '{keystead.key_arn(multi_region)}' does not exist"):
        kms.describe_key(KeyId=multi_region)


@pytest.mark.parametrize("key_id", ["fake-key-id", "134f2428cec14b25a1ae9048164dba47", "mrk-fake-key-id"])
def test_malformed_ids_are_invalid(kms, key_id):
    with refused("NotFoundException", f"Invalid keyId '{key_id}'"):
        kms.describe_key(KeyId=key_id)


def test_a_foreign_account_is_refused(kms, keystead, key):
    foreign = keystead.key_arn(key).replace(keystead.account, "999999999999")
    with refused({"AccessDeniedException", "NotFoundException"}):
        kms.describe_key(KeyId=foreign)


def test_listing_pages_through_every_key_once(kms, keystead):
    made = {kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(5)}
    first = kms.list_keys(Limit=2)
    assert first["Truncated"] is True and first["NextMarker"] and len(first["Keys"]) == 2
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}))
    keys = [entry for page in pages for entry in page["Keys"]]
    ids = [entry["KeyId"] for entry in keys]
    assert len(ids) == len(set(ids)) and made <= set(ids)
    assert all(entry["KeyArn"] == keystead.key_arn(entry["KeyId"]) for entry in keys)
    assert pages[-1]["Truncated"] is False and "NextMarker" not in pages[-1]


def test_listing_refuses_a_limit_and_a_marker_that_it_did_not_give(kms):
    with refused("ValidationException", constraint("limit", "have value less than or equal to 1000", 1001)):
        kms.list_keys(Limit=1001)
    with refused("InvalidMarkerException"):
        kms.list_keys(Marker="not-a-marker")


@pytest.mark.parametrize("operation", USES)
def test_a_disabled_key_is_not_used(kms, keystead, key, operation):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.disable_key(KeyId=key)
    assert state(kms, key) == "Disabled"
    with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
        USES[operation](kms, key)
    with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
        kms.decrypt(CiphertextBlob=blob)
    kms.enable_key(KeyId=key)
    USES[operation](kms, key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_enabling_and_disabling_twice_is_the_same_as_once(kms, key):
    for change, after in [(kms.enable_key, "Enabled"), (kms.disable_key, "Disabled")]:
        for _ in range(2):
            change(KeyId=key)
            assert state(kms, key) == after


def test_deletion_waits_and_can_be_cancelled(kms, keystead, key):
    arn, blob = keystead.key_arn(key), kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    answer = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert (answer["KeyId"], answer["KeyState"], answer["PendingWindowInDays"]) == (arn, "PendingDeletion", 7)
    days = answer["DeletionDate"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(days=6, hours=23) < days < datetime.timedelta(days=8, hours=1)
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["DeletionDate"]) == ("PendingDeletion", answer["DeletionDate"])
    for act in (
        *(lambda use=use: use(kms, key) for use in USES.values()),
        lambda: kms.decrypt(CiphertextBlob=blob),
        lambda: kms.enable_key(KeyId=key),
        lambda: kms.disable_key(KeyId=key),
        lambda: kms.schedule_key_deletion(KeyId=key),
    ):
        with refused("KMSInvalidStateException", f"{arn} is pending deletion."):
            act()
    assert kms.cancel_key_deletion(KeyId=key)["KeyId"] == arn
    assert state(kms, key) == "Disabled"
    assert "DeletionDate" not in kms.describe_key(KeyId=key)["KeyMetadata"]
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_the_default_wait_is_thirty_days(kms, key):
    assert kms.schedule_key_deletion(KeyId=key)["PendingWindowInDays"] == 30


@pytest.mark.parametrize("days", [1, 6, 31])
def test_a_wait_outside_seven_to_thirty_days_is_refused(kms, key, days):
    with refused("ValidationException"):
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)
    assert state(kms, key) == "Enabled"


def test_only_a_pending_deletion_can_be_cancelled(kms, keystead, key):
    with refused("KMSInvalidStateException", f"{keystead.key_arn(key)} is not pending deletion."):
        kms.cancel_key_deletion(KeyId=key)


def test_changes_of_state_do_not_take_aliases(kms, key, name):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    for act in (kms.enable_key, kms.disable_key, kms.schedule_key_deletion, kms.cancel_key_deletion):
        with refused({"NotFoundException", "InvalidArnException", "ValidationException"}):
            act(KeyId=f"alias/{name}")
    assert state(kms, key) == "Enabled"
