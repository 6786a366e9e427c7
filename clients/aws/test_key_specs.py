"""CreateKey with every KeySpec: what a key is described as, and which usages go with it."""

import pytest
from refusals import constraint, refused, starting

RSA = ["RSA_2048", "RSA_3072", "RSA_4096"]
PKCS1 = [f"RSASSA_PKCS1_V1_5_SHA_{n}" for n in (256, 384, 512)]
PSS = [f"RSASSA_PSS_SHA_{n}" for n in (256, 384, 512)]
KINDS = [
    *((spec, "ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]) for spec in RSA),
    *((spec, "SIGN_VERIFY", "SigningAlgorithms", PKCS1 + PSS) for spec in RSA[:1]),
    ("ECC_NIST_P256", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_256"]),
    ("ECC_NIST_P384", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_384"]),
    ("ECC_NIST_P521", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_512"]),
    ("ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_256"]),
    ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "SigningAlgorithms", ["ED25519_PH_SHA_512", "ED25519_SHA_512"]),
    *((f"ML_DSA_{n}", "SIGN_VERIFY", "SigningAlgorithms", ["ML_DSA_SHAKE_256"]) for n in (44, 65, 87)),
    *((f"ECC_NIST_P{n}", "KEY_AGREEMENT", "KeyAgreementAlgorithms", ["ECDH"]) for n in (256, 384, 521)),
    *((f"HMAC_{n}", "GENERATE_VERIFY_MAC", "MacAlgorithms", [f"HMAC_SHA_{n}"]) for n in (224, 256, 384, 512)),
    *((f"ML_KEM_{n}", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", ["ML_KEM"]) for n in (512, 768, 1024)),
]
LISTS = ["EncryptionAlgorithms", "SigningAlgorithms", "KeyAgreementAlgorithms", "MacAlgorithms", "EncapsulationAlgorithms"]


@pytest.mark.parametrize(("spec", "usage", "member", "algorithms"), KINDS)
def test_a_key_of_every_kind_is_described_whole(kms, keystead, spec, usage, member, algorithms):
    made = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    assert kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"] == made
    made.pop("CreationDate")
    key_id = made.pop("KeyId")
    assert made == {
        "AWSAccountId": keystead.account,
        "Arn": keystead.key_arn(key_id),
        "CustomerMasterKeySpec": spec,
        "Description": "",
        "Enabled": True,
        "KeyManager": "CUSTOMER",
        "KeySpec": spec,
        "KeyState": "Enabled",
        "KeyUsage": usage,
        "MultiRegion": False,
        "Origin": "AWS_KMS",
        member: algorithms,
    }


def test_the_deprecated_member_makes_the_same(kms):
    made = kms.create_key(CustomerMasterKeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]
    assert (made["KeySpec"], made["CustomerMasterKeySpec"]) == ("HMAC_256", "HMAC_256")
    with refused("ValidationException", starting("You cannot specify KeySpec and CustomerMasterKeySpec")):
        kms.create_key(CustomerMasterKeySpec="HMAC_256", KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")


@pytest.mark.parametrize("spec", ["HMAC_256", "RSA_2048", "ECC_NIST_P256", "ML_DSA_44", "ML_KEM_512"])
def test_only_symmetric_encryption_keys_go_without_a_usage(kms, spec):
    text = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
    with refused("ValidationException", text):
        kms.create_key(KeySpec=spec)


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("RSA_2048", "KEY_AGREEMENT"),
        ("ECC_SECG_P256K1", "KEY_AGREEMENT"),
        ("ECC_NIST_EDWARDS25519", "ENCRYPT_DECRYPT"),
        ("HMAC_512", "ENCRYPT_DECRYPT"),
        ("ML_KEM_768", "SIGN_VERIFY"),
    ],
)
def test_a_usage_goes_with_its_kinds_alone(kms, spec, usage):
    with refused("ValidationException", f"KeyUsage {usage} is not compatible with KeySpec {spec}"):
        kms.create_key(KeySpec=spec, KeyUsage=usage)


def test_what_does_not_exist_is_refused(kms):
    with refused("ValidationException", starting(constraint("keySpec", "satisfy enum value set: [", "HMAC_random"))):
        kms.create_key(KeySpec="HMAC_random", KeyUsage="GENERATE_VERIFY_MAC")
    with refused("ValidationException", starting(constraint("keyUsage", "satisfy enum value set: [", "RANDOM"))):
        kms.create_key(KeySpec="HMAC_256", KeyUsage="RANDOM")
    with refused("UnsupportedOperationException"):
        kms.create_key(KeySpec="SM2", KeyUsage="SIGN_VERIFY")


def test_a_key_is_for_its_own_operations(kms, keystead, key):
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    for operation, use, used, usage in [
        ("GenerateMac", lambda k: kms.generate_mac(KeyId=k, Message=b"x", MacAlgorithm="HMAC_SHA_256"), key, "ENCRYPT_DECRYPT"),
        ("Sign", lambda k: kms.sign(KeyId=k, Message=b"x", SigningAlgorithm="RSASSA_PSS_SHA_256"), mac, "GENERATE_VERIFY_MAC"),
        (
            "Verify",
            lambda k: kms.verify(KeyId=k, Message=b"x", Signature=b"x", SigningAlgorithm="RSASSA_PSS_SHA_256"),
            key,
            "ENCRYPT_DECRYPT",
        ),
        ("Encrypt", lambda k: kms.encrypt(KeyId=k, Plaintext=b"x"), signer, "SIGN_VERIFY"),
        ("GenerateDataKey", lambda k: kms.generate_data_key(KeyId=k, KeySpec="AES_256"), signer, "SIGN_VERIFY"),
        (
            "DeriveSharedSecret",
            lambda k: kms.derive_shared_secret(KeyId=k, KeyAgreementAlgorithm="ECDH", PublicKey=b"x"),
            signer,
            "SIGN_VERIFY",
        ),
    ]:
        text = f"{keystead.key_arn(used)} key usage is {usage} which is not valid for {operation}."
        with refused("InvalidKeyUsageException", text):
            use(used)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    text = "The key ID in the request does not identify a CMK that can perform this operation."
    with refused("IncorrectKeyException", text):
        kms.decrypt(KeyId=signer, CiphertextBlob=blob)
