"""One key, two dialects: made in either, used in both, and a change of state in one is at once true in all.

`dev` binds Vault's root namespace to the tenant of the first region. A key made with an alias gets that name in
transit where it is legal and free; it is always there under its id.
"""

import base64

import botocore.exceptions
import hvac
import pytest
from refusals import refused

PLAINTEXT = base64.b64encode(b"hello").decode()


@pytest.fixture
def transit(hvac_client):
    return hvac_client.secrets.transit


def vault_works(transit, name):
    """Whether transit encrypts and decrypts under `name`; both must agree."""
    try:
        ciphertext = transit.encrypt_data(name, plaintext=PLAINTEXT)["data"]["ciphertext"]
    except hvac.exceptions.VaultError:
        return False
    assert transit.decrypt_data(name, ciphertext=ciphertext)["data"]["plaintext"] == PLAINTEXT
    return True


def aws_works(kms, key):
    try:
        blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    except botocore.exceptions.ClientError:
        return False
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    return True


def test_bao_uses_a_key_of_boto3_by_its_id(bao, key):
    ciphertext = bao.ok("write", f"transit/encrypt/{key}", f"plaintext={PLAINTEXT}")["data"]["ciphertext"]
    assert ciphertext.startswith("vault:v1:")
    answer = bao.ok("write", f"transit/decrypt/{key}", f"ciphertext={ciphertext}")
    assert answer["data"]["plaintext"] == PLAINTEXT
    assert bao.ok("read", f"transit/keys/{key}")["data"]["type"] == "aes256-gcm96"


def test_bao_uses_a_key_of_boto3_by_its_alias(bao, kms, key, name):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    ciphertext = bao.ok("write", f"transit/encrypt/{name}", f"plaintext={PLAINTEXT}")["data"]["ciphertext"]
    for reference in (name, key):
        answer = bao.ok("write", f"transit/decrypt/{reference}", f"ciphertext={ciphertext}")
        assert answer["data"]["plaintext"] == PLAINTEXT, "one key under two names"


def test_boto3_uses_a_key_of_bao(bao, kms, name):
    bao.ok("write", "-f", f"transit/keys/{name}")
    assert f"alias/{name}" in {entry["AliasName"] for page in kms.get_paginator("list_aliases").paginate() for entry in page["Aliases"]}
    metadata = kms.describe_key(KeyId=f"alias/{name}")["KeyMetadata"]
    assert (metadata["KeySpec"], metadata["KeyState"]) == ("SYMMETRIC_DEFAULT", "Enabled")
    assert aws_works(kms, metadata["KeyId"])


def test_disabled_by_boto3_is_dead_in_both_at_once(kms, transit, key):
    ciphertext = transit.encrypt_data(key, plaintext=PLAINTEXT)["data"]["ciphertext"]
    for _ in range(20):
        kms.disable_key(KeyId=key)
        assert not vault_works(transit, key) and not aws_works(kms, key)
        with pytest.raises(hvac.exceptions.InvalidRequest):
            transit.decrypt_data(key, ciphertext=ciphertext)
        kms.enable_key(KeyId=key)
        assert vault_works(transit, key) and aws_works(kms, key)
    assert transit.decrypt_data(key, ciphertext=ciphertext)["data"]["plaintext"] == PLAINTEXT


def test_disabled_by_bao_is_dead_in_both_at_once(bao, kms, keystead, transit, key):
    """OpenBao's word for it is soft-delete: all use is refused until the key is restored."""
    bao.ok("delete", f"transit/keys/{key}/soft-delete")
    assert not vault_works(transit, key)
    with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
        kms.encrypt(KeyId=key, Plaintext=b"x")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    bao.ok("write", "-f", f"transit/keys/{key}/soft-delete-restore")
    assert vault_works(transit, key) and aws_works(kms, key)


def test_a_scheduled_destruction_is_seen_in_both(kms, transit, key):
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert not vault_works(transit, key) and not aws_works(kms, key)
    kms.cancel_key_deletion(KeyId=key)
    assert not vault_works(transit, key), "cancelled is disabled, not enabled"
    kms.enable_key(KeyId=key)
    assert vault_works(transit, key) and aws_works(kms, key)


def test_encrypting_by_bao_never_revives_or_doubles_a_key_of_boto3(bao, kms, transit, key, name):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    kms.disable_key(KeyId=key)
    bao.fails("write", f"transit/encrypt/{name}", f"plaintext={PLAINTEXT}")
    assert kms.describe_key(KeyId=f"alias/{name}")["KeyMetadata"]["KeyId"] == key
    assert not vault_works(transit, key)


def test_ciphertexts_of_one_dialect_do_not_open_in_the_other(kms, transit, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    with pytest.raises(hvac.exceptions.InvalidRequest):
        transit.decrypt_data(key, ciphertext="vault:v1:" + base64.b64encode(blob).decode())
    ciphertext = transit.encrypt_data(key, plaintext=PLAINTEXT)["data"]["ciphertext"]
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=base64.b64decode(ciphertext.removeprefix("vault:v1:")))


def test_the_other_region_is_not_bound_to_vault(kms_for, keystead, transit):
    there = kms_for(region_name=keystead.other_region)
    key = there.create_key()["KeyMetadata"]["KeyId"]
    with pytest.raises(hvac.exceptions.InvalidPath):
        transit.read_key(key)
