"""What clients rely on below their libraries: verbs, headers, envelope, status, and refusals of bad input."""

import base64
import json

import pytest
import requests

PLAINTEXT = base64.b64encode(b"hello").decode()
ENVELOPE = {"request_id", "lease_id", "renewable", "lease_duration", "data", "wrap_info", "warnings", "auth"}


@pytest.fixture
def call(vault):
    def call(method, path, body=None, token=vault.token, headers=None):
        heads = ({"X-Vault-Token": token} if token else {}) | (headers or {})
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
        return requests.request(method, f"{vault.endpoint}/v1/{path}", data=data, headers=heads, timeout=20)

    return call


@pytest.fixture
def key(call, name):
    """A fresh transit key: its name."""
    assert call("POST", f"transit/keys/{name}", {}).status_code == 200
    return name


def errors(answer):
    return answer.status_code, answer.json()["errors"]


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_both_verbs_write_and_the_envelope_is_whole(call, key, method):
    answer = call(method, f"transit/encrypt/{key}", {"plaintext": PLAINTEXT})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == ENVELOPE
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_bearer_token_is_a_token(call, vault, key):
    bearer = {"Authorization": f"Bearer {vault.token}"}
    assert call("GET", f"transit/keys/{key}", token=None, headers=bearer).status_code == 200


@pytest.mark.parametrize("token", [None, "", "s.wrong", "x" * 4000])
def test_no_token_and_a_wrong_one_look_the_same(call, key, token):
    for method, path in [("GET", f"transit/keys/{key}"), ("GET", "transit/keys/absent"), ("POST", f"transit/encrypt/{key}")]:
        answer = call(method, path, {"plaintext": PLAINTEXT} if method == "POST" else None, token=token)
        assert errors(answer) == (403, ["permission denied"]), path


def test_a_missing_key_has_no_error_text(call, name):
    assert errors(call("GET", f"transit/keys/{name}")) == (404, [])


def test_an_unknown_mount_has_no_handler(call):
    status, texts = errors(call("GET", "nowhere/x"))
    assert status == 404 and texts[0].startswith('no handler for route "nowhere/x"')


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "missing plaintext to encrypt"),
        ({"plaintext": "@@@@"}, "illegal base64 data at input byte 0"),
        ({"plaintext": PLAINTEXT, "key_version": 7}, "requested version for encryption is higher than the latest key version"),
        ({"batch_input": []}, "missing batch input to process"),
    ],
)
def test_bad_members_are_named(call, key, body, text):
    assert errors(call("POST", f"transit/encrypt/{key}", body)) == (400, [text])


def test_an_empty_plaintext_is_a_plaintext(call, key):
    ciphertext = call("POST", f"transit/encrypt/{key}", {"plaintext": ""}).json()["data"]["ciphertext"]
    assert call("POST", f"transit/decrypt/{key}", {"ciphertext": ciphertext}).json()["data"]["plaintext"] == ""


def test_associated_data_must_come_back(call, key):
    aad = base64.b64encode(b"where it belongs").decode()
    body = {"plaintext": PLAINTEXT, "associated_data": aad}
    ciphertext = call("POST", f"transit/encrypt/{key}", body).json()["data"]["ciphertext"]
    with_it = call("POST", f"transit/decrypt/{key}", {"ciphertext": ciphertext, "associated_data": aad})
    without = call("POST", f"transit/decrypt/{key}", {"ciphertext": ciphertext})
    assert with_it.json()["data"]["plaintext"] == PLAINTEXT
    assert errors(without) == (400, ["cipher: message authentication failed"])


def test_a_batch_with_one_bad_item_answers_all_and_says_400(call, key):
    body = {"batch_input": [{"plaintext": PLAINTEXT, "reference": "a"}, {"plaintext": "@@"}]}
    answer = call("POST", f"transit/encrypt/{key}", body)
    good, bad = answer.json()["data"]["batch_results"]
    assert answer.status_code == 400
    assert good["ciphertext"].startswith("vault:v1:") and good["reference"] == "a"
    assert bad["error"] == "illegal base64 data at input byte 0"


@pytest.mark.parametrize("body", [b"{bad", b"[]", b'"text"', b'{"a":' * 100_000, b"[" * 100_000, b"\xff\xfe"])
def test_malformed_json_is_refused_and_the_server_lives(call, key, body):
    answer = call("POST", f"transit/encrypt/{key}", body)
    assert answer.status_code == 400 and answer.json()["errors"], answer.text[:300]
    assert call("GET", f"transit/keys/{key}").status_code == 200


@pytest.mark.parametrize("path", ["transit/keys/%2e%2e/x", "transit/keys/a%20b", "transit/keys/a/b/c/d", "transit/encrypt/"])
def test_odd_paths_reach_nothing(call, path):
    for method in ("GET", "POST"):
        assert 400 <= call(method, path, {"plaintext": PLAINTEXT} if method == "POST" else None).status_code < 500, method
