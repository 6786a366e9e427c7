"""Each region is a tenant: nothing made in one is seen or used in another."""

import pytest
from refusals import refused


@pytest.fixture(scope="module")
def there(kms_for, keystead):
    return kms_for(region_name=keystead.other_region)


def test_a_key_is_unknown_elsewhere(there, keystead, key):
    with refused("NotFoundException", f"Key '{keystead.key_arn(key, keystead.other_region)}' does not exist"):
        there.describe_key(KeyId=key)
    with refused("NotFoundException", f"Invalid arn {keystead.region}"):
        there.describe_key(KeyId=keystead.key_arn(key))
    assert key not in {entry["KeyId"] for page in there.get_paginator("list_keys").paginate() for entry in page["Keys"]}


def test_a_blob_does_not_open_elsewhere(kms, there, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    with refused({"InvalidCiphertextException", "AccessDeniedException"}):
        there.decrypt(CiphertextBlob=blob)


def test_an_alias_is_free_elsewhere(kms, there, keystead, key, name):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    with refused("NotFoundException", f"Alias {keystead.alias_arn(f'alias/{name}', keystead.other_region)} is not found."):
        there.describe_key(KeyId=f"alias/{name}")
    other = there.create_key()["KeyMetadata"]["KeyId"]
    there.create_alias(AliasName=f"alias/{name}", TargetKeyId=other)
    assert kms.describe_key(KeyId=f"alias/{name}")["KeyMetadata"]["KeyId"] == key
