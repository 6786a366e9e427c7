"""The AWS Encryption SDK for Python with its KMS keyrings and its caching: envelopes whose data keys ours wraps."""

import aws_encryption_sdk
import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    CreateMultiKeyringInput,
)
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError
from aws_encryption_sdk.identifiers import AlgorithmSuite
from cryptography.hazmat.primitives import serialization as form

SOURCE = b"hello" * 1000
CONTEXT = {"app": "shop", "stage": "test"}
SDK = aws_encryption_sdk.EncryptionSDKClient()


@pytest.fixture(scope="module")
def providers():
    return AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())


@pytest.fixture
def keyring(providers, kms, keystead):
    """Makes the keyring of one key."""
    return lambda key: providers.create_aws_kms_keyring(
        input=CreateAwsKmsKeyringInput(kms_key_id=keystead.key_arn(key), kms_client=kms)
    )


def encrypt(keyring):
    return SDK.encrypt(source=SOURCE, keyring=keyring, encryption_context=CONTEXT)[0]


def decrypt(ciphertext, keyring, context=CONTEXT):
    return SDK.decrypt(source=ciphertext, keyring=keyring, encryption_context=context)[0]


def test_what_a_keyring_encrypts_it_decrypts(keystead, keyring, key):
    ciphertext = encrypt(keyring(key))
    assert SOURCE not in ciphertext and decrypt(ciphertext, keyring(key)) == SOURCE
    uses = keystead.uses(key)[1:]
    assert [use[:2] for use in uses] == [("GenerateDataKey", "success"), ("Decrypt", "success")]
    assert all(use[2].items() >= CONTEXT.items() for use in uses)


def test_another_context_is_refused(keyring, key):
    ciphertext = encrypt(keyring(key))
    with pytest.raises(AWSEncryptionSDKClientError, match="does not match"):
        decrypt(ciphertext, keyring(key), CONTEXT | {"stage": "live"})


def test_an_altered_message_is_refused_by_the_server(keystead, keyring, key):
    """The context stands in the message's head; the server is asked with it, and finds it another."""
    ciphertext = encrypt(keyring(key)).replace(b"\x00\x04test", b"\x00\x04live")
    with pytest.raises(AWSEncryptionSDKClientError, match="No Configured KMS Key was able to decrypt"):
        SDK.decrypt(source=ciphertext, keyring=keyring(key))
    operation, outcome, context = keystead.uses(key)[-1]
    assert (operation, context["stage"]) == ("Decrypt", "live") and outcome != "success"


def test_another_key_and_a_disabled_key_do_not_open_it(keystead, kms, keyring, key):
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    ciphertext = encrypt(keyring(key))
    with pytest.raises(AWSEncryptionSDKClientError):
        decrypt(ciphertext, keyring(other))
    kms.disable_key(KeyId=key)
    with pytest.raises(AWSEncryptionSDKClientError, match="No Configured KMS Key was able to decrypt"):
        decrypt(ciphertext, keyring(key))
    operation, outcome, _ = keystead.uses(key)[-1]
    assert operation == "Decrypt" and outcome != "success"
    kms.enable_key(KeyId=key)
    assert decrypt(ciphertext, keyring(key)) == SOURCE


def test_each_key_of_a_multi_keyring_opens_it(keystead, kms_for, providers, key):
    """The second key lives in another region, and either opens the message alone."""
    second = kms_for(region_name=keystead.other_region).create_key()["KeyMetadata"]["KeyId"]
    regions = {keystead.key_arn(key): keystead.region, keystead.key_arn(second, keystead.other_region): keystead.other_region}
    clients = {arn: kms_for(region_name=region) for arn, region in regions.items()}
    one = {
        arn: providers.create_aws_kms_keyring(input=CreateAwsKmsKeyringInput(kms_key_id=arn, kms_client=clients[arn]))
        for arn in regions
    }
    generator, child = one.values()
    both = providers.create_multi_keyring(input=CreateMultiKeyringInput(generator=generator, child_keyrings=[child]))
    ciphertext = encrypt(both)
    assert decrypt(ciphertext, generator) == decrypt(ciphertext, child) == SOURCE
    assert [use[0] for use in keystead.uses(second)][1:] == ["Encrypt", "Decrypt"]


def test_an_rsa_key_wraps_data_keys(keystead, kms, providers):
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    der = kms.get_public_key(KeyId=key)["PublicKey"]
    pem = form.load_der_public_key(der).public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    rsa = providers.create_aws_kms_rsa_keyring(
        input=CreateAwsKmsRsaKeyringInput(
            public_key=pem, kms_key_id=keystead.key_arn(key), encryption_algorithm="RSAES_OAEP_SHA_256", kms_client=kms
        )
    )
    suite = AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
    ciphertext, _ = SDK.encrypt(source=SOURCE, keyring=rsa, encryption_context=CONTEXT, algorithm=suite)
    assert decrypt(ciphertext, rsa) == SOURCE
    assert keystead.uses(key)[-1][:2] == ("Decrypt", "success")


def test_the_cache_spares_requests(keystead, aws_variables, monkeypatch, key):
    for name, value in aws_variables.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    provider = aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(key_ids=[keystead.key_arn(key)])
    manager = aws_encryption_sdk.CachingCryptoMaterialsManager(
        master_key_provider=provider,
        cache=aws_encryption_sdk.LocalCryptoMaterialsCache(capacity=10),
        max_age=60.0,
        max_messages_encrypted=3,
    )
    sealed = [SDK.encrypt(source=SOURCE, materials_manager=manager, encryption_context=CONTEXT)[0] for _ in range(4)]
    assert all(SDK.decrypt(source=one, materials_manager=manager)[0] == SOURCE for one in sealed)
    used = [use[0] for use in keystead.uses(key)]
    assert used.count("GenerateDataKey") == 2, "three messages a data key"
    assert used.count("Decrypt") == 2
