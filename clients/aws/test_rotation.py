"""EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand, ListKeyRotations.

Texts are those that AWS KMS answers.
"""

import datetime
import json
import re

import pytest
from refusals import constraint, refused

MOST_ON_DEMAND = 25
CALLS = {
    "enable": lambda kms, key: kms.enable_key_rotation(KeyId=key),
    "disable": lambda kms, key: kms.disable_key_rotation(KeyId=key),
    "status": lambda kms, key: kms.get_key_rotation_status(KeyId=key),
    "on demand": lambda kms, key: kms.rotate_key_on_demand(KeyId=key),
    "list": lambda kms, key: kms.list_key_rotations(KeyId=key),
}
CHANGES = ["enable", "disable", "on demand"]


def status(kms, key):
    answer = kms.get_key_rotation_status(KeyId=key)
    answer.pop("ResponseMetadata")
    return answer


def days_from_now(at):
    return (at - datetime.datetime.now(datetime.timezone.utc)) / datetime.timedelta(days=1)


@pytest.mark.parametrize("asked, period", [({}, 365), ({"RotationPeriodInDays": 90}, 90), ({"RotationPeriodInDays": 2560}, 2560)])
def test_rotation_is_enabled_shown_and_disabled(kms, keystead, key, asked, period):
    assert status(kms, key) == {"KeyId": key, "KeyRotationEnabled": False}
    kms.enable_key_rotation(KeyId=keystead.key_arn(key), **asked)
    shown = status(kms, key)
    assert abs(days_from_now(shown.pop("NextRotationDate")) - period) < 0.01
    assert shown == {"KeyId": key, "KeyRotationEnabled": True, "RotationPeriodInDays": period}
    kms.disable_key_rotation(KeyId=key)
    assert status(kms, key) == {"KeyId": key, "KeyRotationEnabled": False}


@pytest.mark.parametrize("days, rule", [(89, "have value greater than or equal to 90"), (2561, "have value less than or equal to 2560")])
def test_a_period_has_bounds(raw, key, days, rule):
    error = raw.call("EnableKeyRotation", {"KeyId": key, "RotationPeriodInDays": days}).error
    assert error == (400, "ValidationException", constraint("rotationPeriodInDays", rule, days))


def test_what_is_pending_deletion_does_not_rotate_and_comes_back_as_it_was(kms, key):
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=200)
    before = status(kms, key)
    kms.schedule_key_deletion(KeyId=key)
    assert status(kms, key) == {"KeyId": key, "KeyRotationEnabled": False}
    kms.cancel_key_deletion(KeyId=key)
    assert status(kms, key) == before


@pytest.mark.parametrize("change", CHANGES)
def test_states_that_do_not_rotate_say_so(kms, keystead, key, change):
    kms.disable_key(KeyId=key)
    with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
        CALLS[change](kms, key)
    kms.schedule_key_deletion(KeyId=key)
    with refused("KMSInvalidStateException", f"{keystead.key_arn(key)} is pending deletion."):
        CALLS[change](kms, key)
    for call in ("status", "list"):
        CALLS[call](kms, key)


@pytest.mark.parametrize("call", CALLS)
def test_aliases_and_unknown_keys_are_refused(kms, keystead, key, name, call):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    with refused("NotFoundException", f"Invalid keyId 'alias/{name}'"):
        CALLS[call](kms, f"alias/{name}")
    absent = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{keystead.key_arn(absent)}' does not exist"):
        CALLS[call](kms, absent)


def test_an_old_ciphertext_opens_after_a_rotation_and_the_material_is_another(kms, key):
    old = kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    before = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    assert kms.rotate_key_on_demand(KeyId=key)["KeyId"] == key
    after = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    assert before != after
    new = kms.encrypt(KeyId=key, Plaintext=b"new")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=old)["Plaintext"] == b"old"
    assert kms.decrypt(CiphertextBlob=old)["KeyMaterialId"] == before
    assert kms.decrypt(CiphertextBlob=new)["KeyMaterialId"] == after


def test_rotations_are_listed_with_and_without_the_first_material(kms, key):
    assert kms.list_key_rotations(KeyId=key)["Rotations"] == []
    first = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    kms.rotate_key_on_demand(KeyId=key)
    second = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    [rotation] = kms.list_key_rotations(KeyId=key)["Rotations"]
    assert abs(days_from_now(rotation.pop("RotationDate"))) < 0.01
    current = {"KeyId": key, "KeyMaterialId": second, "KeyMaterialState": "CURRENT", "RotationType": "ON_DEMAND"}
    assert rotation == current
    everything = kms.list_key_rotations(KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    assert everything[0] == {"KeyId": key, "KeyMaterialId": first, "KeyMaterialState": "NON_CURRENT"}
    assert everything[1].items() >= current.items()


def test_rotations_on_demand_have_a_bound_and_are_listed_page_by_page(kms, keystead, key):
    for _ in range(MOST_ON_DEMAND):
        kms.rotate_key_on_demand(KeyId=key)
    text = (
        "The on-demand rotations limit has been reached for the given keyId. "
        f"No more on-demand rotations can be performed for this key: {keystead.key_arn(key)}"
    )
    with refused("LimitExceededException", text):
        kms.rotate_key_on_demand(KeyId=key)
    pages = list(kms.get_paginator("list_key_rotations").paginate(KeyId=key, PaginationConfig={"PageSize": 10}))
    assert [len(page["Rotations"]) for page in pages] == [10, 10, 5]
    ids = [rotation["KeyMaterialId"] for page in pages for rotation in page["Rotations"]]
    assert len(set(ids)) == MOST_ON_DEMAND
    states = [rotation["KeyMaterialState"] for page in pages for rotation in page["Rotations"]]
    assert states == ["NON_CURRENT"] * (MOST_ON_DEMAND - 1) + ["CURRENT"]
    with refused("InvalidMarkerException"):
        kms.list_key_rotations(KeyId=key, Marker="nonsense")


@pytest.mark.parametrize("call, action", [
    ("enable", "EnableKeyRotation"), ("disable", "DisableKeyRotation"), ("status", "GetKeyRotationStatus"),
    ("on demand", "RotateKeyOnDemand"), ("list", "ListKeyRotations"),
])  # fmt: skip
def test_each_is_granted_apart(kms, keystead, key, call, action):
    whole = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{keystead.account}:root"}, "Action": "kms:*", "Resource": "*"}
    denied = {"Effect": "Deny", "Principal": "*", "Action": f"kms:{action}", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [whole, denied]}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    for other in CALLS.keys() - {call}:
        CALLS[other](kms, key)
    with refused("AccessDeniedException", re.compile(f".* perform: kms:{action} on resource: ")):
        CALLS[call](kms, key)
