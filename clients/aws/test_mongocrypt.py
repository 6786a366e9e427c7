"""MongoDB's client-side encryption (libmongocrypt, its own signer) wraps its data keys with ours, over TLS.

`ClientEncryption` of pymongo is unmodified and makes every request to us by itself. Only the collection in which it
keeps wrapped data keys is a list here, since no MongoDB is needed to ask a key management system.
"""

import types

import pymongo.errors
import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.encryption import Algorithm, ClientEncryption

import server as keystead_server

VALUE = "4111 1111 1111 1111"
RANDOM = Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random


class KeyVault:
    """The collection of wrapped data keys: a list that is searched by id, as the client asks."""

    def __init__(self):
        self.documents = []

    def with_options(self, **_):
        return self

    def insert_one(self, document):
        self.documents.append(document)

    def find(self, wanted):
        ids = {bytes(one) for one in wanted["$or"][0]["_id"]["$in"]}
        return Found(one for one in self.documents if bytes(one["_id"]) in ids)


class Found(list):
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


class MongoClient:
    """Leads to the one collection; the driver takes a class of this name for a client."""

    def __init__(self, vault):
        self.vault = vault

    def __getitem__(self, _):
        return {"keys": self.vault}


@pytest.fixture(scope="module")
def tls(tmp_path_factory, kms_for):
    """A server of its own behind TLS, and boto3 for it."""
    server = keystead_server.start(tmp_path_factory.mktemp("keystead-tls"), "--tls")
    authority = str(server.folder / "data" / "tls" / "ca.pem")
    yield types.SimpleNamespace(server=server, authority=authority, kms=kms_for(endpoint_url=server.endpoint, verify=authority))
    server.stop()


@pytest.fixture
def sealing_key(tls):
    return tls.kms.create_key()["KeyMetadata"]["KeyId"]


def master_key(tls, key):
    arn = tls.server.key_arn(key)
    return {"region": tls.server.region, "key": arn, "endpoint": tls.server.endpoint.removeprefix("https://")}


def mongo(tls, vault, secret=None):
    """A fresh client, which has no data key in memory."""
    provider = {"accessKeyId": tls.server.access_key, "secretAccessKey": secret or tls.server.secret_key}
    options = {"kms_tls_options": {"aws": {"tlsCAFile": tls.authority}}}
    return ClientEncryption({"aws": provider}, "vault.keys", MongoClient(vault), CodecOptions(), **options)


def sealed(tls, vault, key):
    client = mongo(tls, vault)
    data_key = client.create_data_key("aws", master_key=master_key(tls, key))
    return client.encrypt(VALUE, RANDOM, key_id=data_key)


def test_a_value_is_encrypted_and_another_client_decrypts_it(tls, sealing_key):
    vault = KeyVault()
    ciphertext = sealed(tls, vault, sealing_key)
    assert VALUE.encode() not in bytes(ciphertext) and ciphertext.subtype == 6
    assert mongo(tls, vault).decrypt(ciphertext) == VALUE
    used = [use[:2] for use in tls.server.uses(sealing_key)]
    assert used == [("CreateKey", "success"), ("Encrypt", "success"), *[("Decrypt", "success")] * (len(used) - 2)]
    assert used.count(("Decrypt", "success")) == 2, "each client unwraps the data key once"


def test_an_altered_data_key_is_refused(tls, sealing_key):
    vault = KeyVault()
    ciphertext = sealed(tls, vault, sealing_key)
    vault.documents = [altered(one) for one in vault.documents]
    with pytest.raises(pymongo.errors.EncryptionError, match="InvalidCiphertextException"):
        mongo(tls, vault).decrypt(ciphertext)


def altered(document):
    """The document with one bit of its wrapped data key turned."""
    material = bytes(document["keyMaterial"])
    position = document.raw.index(material) + len(material) - 1
    raw = bytearray(document.raw)
    raw[position] ^= 1
    return RawBSONDocument(bytes(raw), CodecOptions(document_class=RawBSONDocument))


def test_a_disabled_key_unwraps_nothing(tls, sealing_key):
    vault = KeyVault()
    ciphertext = sealed(tls, vault, sealing_key)
    tls.kms.disable_key(KeyId=sealing_key)
    with pytest.raises(pymongo.errors.EncryptionError, match="DisabledException"):
        mongo(tls, vault).decrypt(ciphertext)
    tls.kms.enable_key(KeyId=sealing_key)
    assert mongo(tls, vault).decrypt(ciphertext) == VALUE


def test_a_wrong_secret_wraps_nothing(tls, sealing_key):
    vault = KeyVault()
    with pytest.raises(pymongo.errors.EncryptionError, match="InvalidSignatureException"):
        mongo(tls, vault, "not the secret").create_data_key("aws", master_key=master_key(tls, sealing_key))
    assert vault.documents == [] and [use[0] for use in tls.server.uses(sealing_key)] == ["CreateKey"]
