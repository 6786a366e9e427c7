"""Encrypt, Decrypt, GenerateDataKey: round trips, contexts, bounds, and blobs that were altered."""

import pytest
from refusals import constraint, refused, starting


def seal(kms, key, plaintext=b"hello", **more):
    return kms.encrypt(KeyId=key, Plaintext=plaintext, **more)["CiphertextBlob"]


def test_a_blob_alone_finds_its_key(kms, keystead, key):
    answer = kms.encrypt(KeyId=key, Plaintext=b"hello")
    assert (answer["KeyId"], answer["EncryptionAlgorithm"]) == (keystead.key_arn(key), "SYMMETRIC_DEFAULT")
    back = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])
    assert (back["Plaintext"], back["KeyId"], back["EncryptionAlgorithm"]) == (b"hello", keystead.key_arn(key), "SYMMETRIC_DEFAULT")


def test_every_way_to_name_a_key_reaches_it(kms, keystead, key, name):
    alias = f"alias/{name}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    for reference in (key, keystead.key_arn(key), alias, keystead.alias_arn(alias)):
        answer = kms.encrypt(KeyId=reference, Plaintext=b"x")
        assert answer["KeyId"] == keystead.key_arn(key), reference
        assert kms.decrypt(CiphertextBlob=answer["CiphertextBlob"], KeyId=reference)["Plaintext"] == b"x"


def test_equal_plaintexts_give_different_blobs(kms, key):
    assert len({seal(kms, key) for _ in range(20)}) == 20


def test_another_key_is_the_incorrect_key(kms, key):
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    text = "The key ID in the request does not identify a CMK that can perform this operation."
    with refused("IncorrectKeyException", text):
        kms.decrypt(CiphertextBlob=seal(kms, key), KeyId=other)


@pytest.mark.parametrize("size", [1, 16, 4095, 4096])
def test_sizes_within_the_bound(kms, key, size):
    plaintext = bytes(range(256)) * 16
    blob = seal(kms, key, plaintext[:size])
    assert len(blob) <= 6144 and kms.decrypt(CiphertextBlob=blob)["Plaintext"] == plaintext[:size]


def test_sizes_outside_the_bound(kms, key):
    with refused("ValidationException", constraint("plaintext", "have length less than or equal to 4096")):
        seal(kms, key, b"x" * 4097)
    with refused("ValidationException", constraint("plaintext", "have length greater than or equal to 1")):
        seal(kms, key, b"")
    with refused("ValidationException", constraint("ciphertextBlob", "have length less than or equal to 6144")):
        kms.decrypt(CiphertextBlob=b"x" * 6145)


def test_an_unknown_algorithm_is_refused(kms, key):
    text = constraint("encryptionAlgorithm", "satisfy enum value set: [", "ROT13")
    with refused("ValidationException", starting(text)):
        seal(kms, key, EncryptionAlgorithm="ROT13")


# Encryption context: authenticated, order-free, and never a mere concatenation.


def test_the_context_must_come_back_in_any_order(kms, key):
    context = {"purpose": "test", "tenant": "a", "é": "ü"}
    blob = seal(kms, key, EncryptionContext=context)
    turned = dict(reversed(context.items()))
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=turned)["Plaintext"] == b"hello"


@pytest.mark.parametrize(
    ("sealed", "presented"),
    [
        ({"a": "bc"}, {"ab": "c"}),
        ({"a": "b", "c": "d"}, {"a": "bcd"}),
        ({"a": "b", "c": "d"}, {"a": "b"}),
        ({"a": "b"}, {"a": "b", "c": "d"}),
        ({"a": "b"}, {"A": "b"}),
        ({"a": "b"}, {"a": "b "}),
        ({"a": "b"}, {}),
        ({}, {"a": "b"}),
        ({"aws-crypto-public-key": "x"}, {}),
        ({"a": ""}, {"": "a"}),
    ],
)
def test_another_context_is_an_invalid_ciphertext(kms, key, sealed, presented):
    blob = seal(kms, key, EncryptionContext=sealed)
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=presented)
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=sealed)["Plaintext"] == b"hello"


# Altered blobs.


def test_every_altered_byte_is_found(kms, key):
    blob = seal(kms, key)
    for at in range(len(blob)):
        altered = blob[:at] + bytes([blob[at] ^ 0x01]) + blob[at + 1 :]
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(CiphertextBlob=altered)


def test_every_shorter_or_longer_blob_is_found(kms, key):
    blob = seal(kms, key)
    for altered in [blob[:size] for size in range(1, len(blob))] + [blob + b"\0", blob + blob]:
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(CiphertextBlob=altered)


def test_blobs_of_two_keys_cannot_be_spliced(kms, key):
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    left, right = seal(kms, key), seal(kms, other)
    for at in range(1, len(left)):
        if left[:at] + right[at:] in (left, right):
            continue
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(CiphertextBlob=left[:at] + right[at:])


# Data keys.


@pytest.mark.parametrize(
    ("size", "wanted"),
    [(32, {"KeySpec": "AES_256"}), (16, {"KeySpec": "AES_128"}), (1, {"NumberOfBytes": 1}), (1024, {"NumberOfBytes": 1024})],
)
def test_a_data_key_opens_again(kms, keystead, key, size, wanted):
    answer = kms.generate_data_key(KeyId=key, EncryptionContext={"a": "b"}, **wanted)
    assert answer["KeyId"] == keystead.key_arn(key) and len(answer["Plaintext"]) == size
    back = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"], EncryptionContext={"a": "b"})
    assert back["Plaintext"] == answer["Plaintext"]
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])


def test_data_keys_are_never_the_same(kms, key):
    assert len({kms.generate_data_key(KeyId=key, KeySpec="AES_256")["Plaintext"] for _ in range(20)}) == 20


@pytest.mark.parametrize("wanted", [{}, {"KeySpec": "AES_256", "NumberOfBytes": 32}])
def test_a_data_key_has_one_size(kms, key, wanted):
    with refused("ValidationException", "Please specify either number of bytes or key spec."):
        kms.generate_data_key(KeyId=key, **wanted)


def test_data_key_sizes_have_bounds(kms, key):
    with refused("ValidationException", constraint("numberOfBytes", "have value less than or equal to 1024", 1025)):
        kms.generate_data_key(KeyId=key, NumberOfBytes=1025)
    with refused("ValidationException", starting(constraint("keySpec", "satisfy enum value set: [", "AES_257"))):
        kms.generate_data_key(KeyId=key, KeySpec="AES_257")


# Members that change what an operation means are obeyed or refused, never passed over.


def test_a_dry_run_never_succeeds(kms, key):
    blob = seal(kms, key)
    for act in (
        lambda: kms.encrypt(KeyId=key, Plaintext=b"x", DryRun=True),
        lambda: kms.decrypt(CiphertextBlob=blob, DryRun=True),
        lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256", DryRun=True),
    ):
        with refused({"DryRunOperationException", "UnsupportedOperationException", "ValidationException"}):
            act()


def test_plaintext_for_an_enclave_is_never_given_to_another(kms, key):
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"not an attestation"}
    with refused({"ValidationException", "UnsupportedOperationException"}):
        kms.decrypt(CiphertextBlob=seal(kms, key), Recipient=recipient)
    with refused({"ValidationException", "UnsupportedOperationException"}):
        kms.generate_data_key(KeyId=key, KeySpec="AES_256", Recipient=recipient)


def test_a_data_key_without_plaintext_is_only_wrapped(kms, keystead, key):
    answer = kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256", EncryptionContext={"a": "b"})
    assert answer["KeyId"] == keystead.key_arn(key) and "Plaintext" not in answer
    back = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"], EncryptionContext={"a": "b"})
    assert len(back["Plaintext"]) == 32
