"""GenerateMac, VerifyMac."""

import pytest
from refusals import constraint, refused, starting

MESSAGE = b"some important message"


def make(kms, bits):
    return kms.create_key(KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_a_mac_verifies(kms, keystead, bits):
    key, algorithm = make(kms, bits), f"HMAC_SHA_{bits}"
    made = kms.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=algorithm)
    assert (made["KeyId"], made["MacAlgorithm"], len(made["Mac"])) == (keystead.key_arn(key), algorithm, bits // 8)
    assert kms.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=algorithm)["Mac"] == made["Mac"]
    verified = kms.verify_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=algorithm, Mac=made["Mac"])
    verified.pop("ResponseMetadata")
    assert verified == {"KeyId": keystead.key_arn(key), "MacValid": True, "MacAlgorithm": algorithm}
    for message, mac in [(b"another", made["Mac"]), (MESSAGE, made["Mac"][:-1]), (MESSAGE, bytes(bits // 8))]:
        with refused("KMSInvalidMacException", ""):
            kms.verify_mac(KeyId=key, Message=message, MacAlgorithm=algorithm, Mac=mac)
    other = make(kms, bits)
    with refused("KMSInvalidMacException", ""):
        kms.verify_mac(KeyId=other, Message=MESSAGE, MacAlgorithm=algorithm, Mac=made["Mac"])


@pytest.mark.parametrize(("bits", "algorithm"), [(224, "HMAC_SHA_256"), (256, "HMAC_SHA_512")])
def test_an_algorithm_goes_with_its_key(kms, bits, algorithm):
    key = make(kms, bits)
    text = f"Algorithm {algorithm} is incompatible with key spec HMAC_{bits}."
    with refused("InvalidKeyUsageException", text):
        kms.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=algorithm)
    with refused("InvalidKeyUsageException", text):
        kms.verify_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=algorithm, Mac=b"some mac")
    with refused("ValidationException", starting(constraint("macAlgorithm", "satisfy enum value set: [", "INVALID"))):
        kms.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm="INVALID")


def test_ids_and_states_are_obeyed(kms, keystead):
    for use in (kms.generate_mac, lambda **asked: kms.verify_mac(Mac=b"some mac", **asked)):
        with refused("NotFoundException", "Invalid keyId 'key_id'"):
            use(KeyId="key_id", Message=MESSAGE, MacAlgorithm="HMAC_SHA_256")
    key = make(kms, 256)
    kms.disable_key(KeyId=key)
    for use in (kms.generate_mac, lambda **asked: kms.verify_mac(Mac=b"some mac", **asked)):
        with refused("DisabledException", f"{keystead.key_arn(key)} is disabled."):
            use(KeyId=key, Message=MESSAGE, MacAlgorithm="HMAC_SHA_256")
