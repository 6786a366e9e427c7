"""The `bao` program, as a person uses it. Texts are OpenBao 2.7.2's own."""

import base64

PLAINTEXT = base64.b64encode(b"hello").decode()


def encrypt(bao, name, plaintext=PLAINTEXT):
    return bao.ok("write", f"transit/encrypt/{name}", f"plaintext={plaintext}")["data"]["ciphertext"]


def test_status_is_initialised_and_unsealed(bao):
    status = bao.ok("status")
    assert (status["initialized"], status["sealed"]) == (True, False)
    assert status["version"].count(".") == 2, "clients parse a plain semantic version"


def test_a_key_is_created_and_read(bao, name):
    created = bao.ok("write", "-f", f"transit/keys/{name}")["data"]
    read = bao.ok("read", f"transit/keys/{name}")["data"]
    assert created == read
    expected = {
        "name": name,
        "type": "aes256-gcm96",
        "latest_version": 1,
        "min_available_version": 0,
        "min_decryption_version": 1,
        "min_encryption_version": 0,
        "deletion_allowed": False,
        "derived": False,
        "exportable": False,
        "allow_plaintext_backup": False,
        "imported_key": False,
        "auto_rotate_period": 0,
        "supports_encryption": True,
        "supports_decryption": True,
        "supports_derivation": True,
        "supports_signing": False,
    }
    assert {member: read.get(member) for member in expected} == expected
    assert list(read["keys"]) == ["1"] and isinstance(read["keys"]["1"], int)


def test_creating_again_changes_nothing(bao, name):
    first = bao.ok("write", "-f", f"transit/keys/{name}")["data"]
    assert bao.ok("write", "-f", f"transit/keys/{name}")["data"] == first


def test_an_unknown_type_is_refused(bao, name):
    assert "* unknown key type nonsense" in bao.fails("write", f"transit/keys/{name}", "type=nonsense")


def test_a_missing_key_reads_as_no_value(bao, name):
    assert bao.fails("read", f"transit/keys/{name}").strip() == f"No value found at transit/keys/{name}"


def test_encrypt_and_decrypt(bao, name):
    bao.ok("write", "-f", f"transit/keys/{name}")
    ciphertext = encrypt(bao, name)
    assert ciphertext.startswith("vault:v1:")
    assert len(base64.b64decode(ciphertext.removeprefix("vault:v1:"))) == 12 + len(b"hello") + 16
    assert ciphertext != encrypt(bao, name), "a nonce of its own for each message"
    answer = bao.ok("write", f"transit/decrypt/{name}", f"ciphertext={ciphertext}")
    assert answer["data"]["plaintext"] == PLAINTEXT


def test_ciphertexts_belong_to_their_key(bao, name):
    for key in (name, f"{name}-b"):
        bao.ok("write", "-f", f"transit/keys/{key}")
    said = bao.fails("write", f"transit/decrypt/{name}-b", f"ciphertext={encrypt(bao, name)}")
    assert "Code: 400" in said and "* cipher: message authentication failed" in said


def test_a_wrong_token_is_denied(bao, name):
    said = bao.fails("read", f"transit/keys/{name}", BAO_TOKEN="s.wrong")
    assert "Code: 403" in said and "* permission denied" in said


def test_an_unknown_key_does_not_decrypt(bao, name):
    said = bao.fails("write", f"transit/decrypt/{name}", "ciphertext=vault:v1:AAAA")
    assert "Code: 400" in said and "* encryption key not found" in said


def test_broken_ciphertexts_are_told_apart(bao, name):
    bao.ok("write", "-f", f"transit/keys/{name}")
    texts = {
        "AAAA": "invalid ciphertext: no prefix",
        "vault:v9:AAAA": "invalid ciphertext: version is too new",
        "vault:v1:@@": "invalid ciphertext: could not decode base64",
        "vault:v1:AAAA": "invalid ciphertext length",
    }
    for ciphertext, text in texts.items():
        said = bao.fails("write", f"transit/decrypt/{name}", f"ciphertext={ciphertext}")
        assert f"* {text}" in said, f"{ciphertext}: {said}"
