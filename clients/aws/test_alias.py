"""The four operations of aliases, and aliases wherever a key may be named."""

import json
import re

import pytest
from refusals import refused, starting


@pytest.fixture
def alias(name):
    return f"alias/{name}"


def test_an_alias_is_listed_with_its_key(kms, keystead, key, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    (entry,) = kms.list_aliases(KeyId=key)["Aliases"]
    assert entry.pop("CreationDate") == entry.pop("LastUpdatedDate")
    assert entry == {"AliasName": alias, "AliasArn": keystead.alias_arn(alias), "TargetKeyId": key}


def test_a_target_may_be_an_arn(kms, keystead, key, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=keystead.key_arn(key))
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key


def test_listing_pages_through_every_alias_once(kms, key, alias):
    made = {f"{alias}/{n}" for n in range(5)}
    for one in made:
        kms.create_alias(AliasName=one, TargetKeyId=key)
    first = kms.list_aliases(KeyId=key, Limit=2)
    assert first["Truncated"] is True and len(first["Aliases"]) == 2
    pages = kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 2})
    names = [entry["AliasName"] for page in pages for entry in page["Aliases"]]
    assert len(names) == len(set(names)) and made <= set(names)
    of_key = kms.get_paginator("list_aliases").paginate(KeyId=key, PaginationConfig={"PageSize": 3})
    assert {entry["AliasName"] for page in of_key for entry in page["Aliases"]} == made


def test_a_name_is_taken_once(kms, keystead, key, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    for target in (key, other):
        with refused("AlreadyExistsException", f"An alias with the name {keystead.alias_arn(alias)} already exists"):
            kms.create_alias(AliasName=alias, TargetKeyId=target)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key


def test_an_unknown_alias_is_named_by_arn(kms, keystead, alias):
    text = f"Alias {keystead.alias_arn(alias)} is not found."
    for reference in (alias, keystead.alias_arn(alias)):
        with refused("NotFoundException", text):
            kms.describe_key(KeyId=reference)
        with refused("NotFoundException", text):
            kms.encrypt(KeyId=reference, Plaintext=b"x")


def test_reserved_names_are_not_ours_to_give(kms, key):
    with refused("NotAuthorizedException"):
        kms.create_alias(AliasName="alias/aws/s3", TargetKeyId=key)


def test_names_without_the_prefix_are_refused(kms, key, name):
    with refused("ValidationException", starting('Alias must start with the prefix "alias/".')):
        kms.create_alias(AliasName=name, TargetKeyId=key)


@pytest.mark.parametrize("bad", ["alias/a b", "alias/a.b", "alias/ä", "alias/a$"])
def test_names_with_other_characters_are_refused(kms, key, bad):
    text = f"1 validation error detected: Value '{bad}' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: "
    with refused("ValidationException", starting(text)):
        kms.create_alias(AliasName=bad, TargetKeyId=key)


def test_names_have_a_bound(kms, key, alias):
    longest = alias.ljust(256, "x")
    kms.create_alias(AliasName=longest, TargetKeyId=key)
    assert kms.describe_key(KeyId=longest)["KeyMetadata"]["KeyId"] == key
    text = re.compile(".*at 'aliasName' failed to satisfy constraint: Member must have length less than or equal to 256")
    with refused("ValidationException", text):
        kms.create_alias(AliasName=longest + "x", TargetKeyId=key)


def test_an_alias_points_at_a_key_only(kms, keystead, key, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    with refused({"ValidationException", "NotFoundException", "InvalidArnException"}):
        kms.create_alias(AliasName=f"{alias}-2", TargetKeyId=alias)
    absent = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{keystead.key_arn(absent)}' does not exist"):
        kms.create_alias(AliasName=f"{alias}-3", TargetKeyId=absent)


def test_a_key_that_is_pending_deletion_gets_no_alias(kms, keystead, key, alias):
    kms.schedule_key_deletion(KeyId=key)
    with refused("KMSInvalidStateException", f"{keystead.key_arn(key)} is pending deletion."):
        kms.create_alias(AliasName=alias, TargetKeyId=key)


@pytest.fixture
def other(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


def deny(kms, keystead, key, action):
    whole = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{keystead.account}:root"}, "Action": "kms:*", "Resource": "*"}
    denied = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [whole, denied]}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


def test_an_alias_leads_to_another_key_at_once(kms, keystead, key, other, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    before = kms.encrypt(KeyId=alias, Plaintext=b"x")
    assert before["KeyId"] == keystead.key_arn(key)
    answer = kms.update_alias(AliasName=alias, TargetKeyId=other)
    assert set(answer) == {"ResponseMetadata"}, "the answer is empty"
    assert kms.encrypt(KeyId=alias, Plaintext=b"x")["KeyId"] == keystead.key_arn(other)
    assert kms.decrypt(CiphertextBlob=before["CiphertextBlob"])["Plaintext"] == b"x"
    assert kms.list_aliases(KeyId=key)["Aliases"] == []
    assert [entry["AliasName"] for entry in kms.list_aliases(KeyId=other)["Aliases"]] == [alias]
    kms.update_alias(AliasName=alias, TargetKeyId=keystead.key_arn(key))
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key
    kms.update_alias(AliasName=alias, TargetKeyId=key)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key


def test_an_alias_does_not_move_to_a_key_that_is_pending_deletion(kms, keystead, key, other, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    kms.schedule_key_deletion(KeyId=other)
    with refused("KMSInvalidStateException", f"{keystead.key_arn(other)} is pending deletion."):
        kms.update_alias(AliasName=alias, TargetKeyId=other)
    third = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key)
    kms.update_alias(AliasName=alias, TargetKeyId=third)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == third


def test_a_deleted_alias_leads_nowhere_and_is_free(kms, keystead, key, other, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    answer = kms.delete_alias(AliasName=alias)
    assert set(answer) == {"ResponseMetadata"}, "the answer is empty"
    gone = f"Alias {keystead.alias_arn(alias)} is not found."
    for act in (
        lambda: kms.encrypt(KeyId=alias, Plaintext=b"x"),
        lambda: kms.delete_alias(AliasName=alias),
        lambda: kms.update_alias(AliasName=alias, TargetKeyId=key),
    ):
        with refused("NotFoundException", gone):
            act()
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    kms.create_alias(AliasName=alias, TargetKeyId=other)
    kms.schedule_key_deletion(KeyId=other)
    kms.delete_alias(AliasName=alias)


def test_reserved_and_malformed_names_are_neither_moved_nor_deleted(kms, key, name):
    for act in (lambda n: kms.delete_alias(AliasName=n), lambda n: kms.update_alias(AliasName=n, TargetKeyId=key)):
        with refused("NotAuthorizedException"):
            act("alias/aws/s3")
        with refused("ValidationException", starting('Alias must start with the prefix "alias/".')):
            act(name)
        with refused("ValidationException", starting("1 validation error detected: Value 'alias/a b' at 'aliasName'")):
            act("alias/a b")


@pytest.mark.parametrize("on", ["old", "new"])
def test_both_keys_must_allow_an_update(kms, keystead, key, other, alias, on):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    deny(kms, keystead, key if on == "old" else other, "kms:UpdateAlias")
    with refused("AccessDeniedException", re.compile(".* perform: kms:UpdateAlias on resource: .* with an explicit deny")):
        kms.update_alias(AliasName=alias, TargetKeyId=other)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key


def test_the_key_must_allow_a_deletion(kms, keystead, key, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    deny(kms, keystead, key, "kms:DeleteAlias")
    with refused("AccessDeniedException", re.compile(".* perform: kms:DeleteAlias on resource: .* with an explicit deny")):
        kms.delete_alias(AliasName=alias)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key
