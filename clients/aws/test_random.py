"""GenerateRandom: so many bytes, never the same."""

import pytest
from refusals import refused


@pytest.mark.parametrize("length", [1, 32, 1024])
def test_bytes_are_as_many_as_asked_for(kms, length):
    answer = kms.generate_random(NumberOfBytes=length)
    assert set(answer) == {"Plaintext", "ResponseMetadata"}
    assert len(answer["Plaintext"]) == length


def test_bytes_differ(kms):
    made = {kms.generate_random(NumberOfBytes=16)["Plaintext"] for _ in range(50)}
    assert len(made) == 50


def test_the_number_has_bounds_and_must_be_there(kms):
    with refused("ValidationException", "NumberOfBytes is required."):
        kms.generate_random()
    text = "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"
    with refused("ValidationException", text):
        kms.generate_random(NumberOfBytes=1025)


def test_what_is_absent_is_refused_and_not_passed_over(kms):
    with refused("UnsupportedOperationException"):
        kms.generate_random(NumberOfBytes=16, CustomKeyStoreId="cks-1234567890abcdef0")
    with refused("UnsupportedOperationException"):
        kms.generate_random(NumberOfBytes=16, Recipient={"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"x"})
