"""CreateAlias, ListAliases, and aliases wherever a key may be named."""

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
