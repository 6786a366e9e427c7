"""hvac, the Python client: its exception classes follow the HTTP status."""

import base64

import hvac
import pytest


def b64(data):
    return base64.b64encode(data).decode()


@pytest.fixture
def transit(hvac_client):
    return hvac_client.secrets.transit


def test_create_read_encrypt_decrypt(transit, name):
    transit.create_key(name)
    assert transit.read_key(name)["data"]["name"] == name
    answer = transit.encrypt_data(name, plaintext=b64(b"hello"))
    assert answer["data"]["key_version"] == 1, "a number: clients index key versions by it"
    decrypted = transit.decrypt_data(name, ciphertext=answer["data"]["ciphertext"])
    assert decrypted["data"]["plaintext"] == b64(b"hello")


def test_encrypting_makes_the_key_if_it_may(transit, name):
    answer = transit.encrypt_data(name, plaintext=b64(b"x"))
    assert answer["data"]["ciphertext"].startswith("vault:v1:")
    assert transit.read_key(name)["data"]["type"] == "aes256-gcm96"


def test_a_batch_keeps_its_order_and_references(transit, name):
    transit.create_key(name)
    items = [{"plaintext": b64(bytes([n])), "reference": f"r{n}"} for n in range(20)]
    results = transit.encrypt_data(name, batch_input=items)["data"]["batch_results"]
    assert [result["reference"] for result in results] == [item["reference"] for item in items]
    back = transit.decrypt_data(name, batch_input=[{"ciphertext": result["ciphertext"]} for result in results])
    assert [result["plaintext"] for result in back["data"]["batch_results"]] == [item["plaintext"] for item in items]


def test_a_missing_key_is_an_invalid_path(transit, name):
    with pytest.raises(hvac.exceptions.InvalidPath):
        transit.read_key(name)


def test_an_altered_ciphertext_is_an_invalid_request(transit, name):
    transit.create_key(name)
    ciphertext = transit.encrypt_data(name, plaintext=b64(b"hello"))["data"]["ciphertext"]
    blob = bytearray(base64.b64decode(ciphertext.removeprefix("vault:v1:")))
    for at in range(len(blob)):
        altered = bytes(blob[:at]) + bytes([blob[at] ^ 1]) + bytes(blob[at + 1:])
        with pytest.raises(hvac.exceptions.InvalidRequest, match="cipher: message authentication failed"):
            transit.decrypt_data(name, ciphertext=f"vault:v1:{b64(altered)}")


def test_a_wrong_token_is_forbidden(vault, name):
    stranger = hvac.Client(url=vault.endpoint, token="s.wrong")
    for act in (stranger.secrets.transit.read_key, stranger.secrets.transit.create_key):
        with pytest.raises(hvac.exceptions.Forbidden, match="permission denied"):
            act(name)


def test_health_and_seal_status(vault):
    anyone = hvac.Client(url=vault.endpoint)
    health = anyone.sys.read_health_status(method="GET")
    assert (health["initialized"], health["sealed"], health["standby"]) == (True, False, False)
    assert anyone.sys.is_initialized() and not anyone.sys.is_sealed()
    status = anyone.sys.read_seal_status()
    assert {"type", "initialized", "sealed", "t", "n", "progress", "nonce", "version"} <= set(status)


def test_a_token_tells_who_it_is_but_not_itself(hvac_client):
    told = hvac_client.auth.token.lookup_self()["data"]
    assert told["display_name"] and told["id"] != hvac_client.token
