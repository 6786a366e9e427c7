"""Below the SDK: headers of an answer, and bodies that no SDK would send."""

import pathlib
import re
import socket
import time

import pytest
import requests

CONTENT_TYPE = "application/x-amz-json-1.1"


def refusal(answer, *codes):
    status, code, _ = answer.error
    assert status == 400 and code in codes, answer
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    return answer


def test_an_answer_has_the_headers_that_clients_read(raw):
    answer = raw.call("ListKeys")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    assert re.fullmatch("[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])
    assert int(answer.headers["Content-Length"]) == len(answer.text.encode())


def test_times_are_numbers_and_blobs_are_base64(raw, key):
    metadata = raw.call("DescribeKey", {"KeyId": key}).json()["KeyMetadata"]
    assert isinstance(metadata["CreationDate"], (int, float))
    sealed = raw.call("Encrypt", {"KeyId": key, "Plaintext": "aGVsbG8="}).json()
    assert raw.call("Decrypt", {"CiphertextBlob": sealed["CiphertextBlob"]}).json()["Plaintext"] == "aGVsbG8="


def test_an_error_has_a_bare_type_and_a_request_id(raw):
    answer = refusal(raw.call("DescribeKey", {"KeyId": "nonsense"}), "NotFoundException")
    assert answer.json() == {"__type": "NotFoundException", "message": "Invalid keyId 'nonsense'"}
    assert answer.headers["x-amzn-RequestId"]


@pytest.mark.parametrize("operation", ["Nonsense", "", "encrypt", "Encrypt2", "../Encrypt"])
def test_an_unknown_operation_is_unknown(raw, operation):
    refusal(raw.call(operation), "UnknownOperationException")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"[]",
        b'"text"',
        b'{"KeyId":}',
        b'{"KeyId":"a"} trailing',
        b'{"KeyId":5}',
        b'{"KeyId":{"a":"b"}}',
        b'{"KeyId":["a"]}',
        b'{"KeyId":"\xff\xfe"}',
        b'{"KeyId":"\\ud800"}',
    ],
)
def test_a_malformed_body_is_a_serialization_error(raw, body):
    refusal(raw.call("DescribeKey", body), "SerializationException")


def test_bad_base64_is_a_serialization_error(raw, key):
    for blob in ("@@@@", "aGVsbG8", "aGVs bG8=", "aGVsbG8=="):
        refusal(raw.call("Encrypt", {"KeyId": key, "Plaintext": blob}), "SerializationException")


@pytest.mark.parametrize("body", [{}, {"KeyId": None}, {"KeyId": ""}])
def test_a_missing_member_is_a_validation_error(raw, body):
    refusal(raw.call("DescribeKey", body), "ValidationException")


def test_a_member_given_twice_is_refused(raw, key):
    body = b'{"KeyId":"%s","KeyId":"00000000-0000-4000-8000-000000000000"}' % key.encode()
    refusal(raw.call("DescribeKey", body), "SerializationException", "ValidationException")


def refuses_or_hangs_up(raw, body):
    """A server may answer 400 or 413, or close the connection before a body over its bound has arrived."""
    try:
        answer = raw.call("DescribeKey", body)
    except requests.exceptions.ConnectionError:
        return
    assert answer.status in (400, 413), answer


@pytest.mark.parametrize("body", [b'{"a":' * 100_000, b"[" * 100_000, b'{"KeyId":' + b"[" * 50_000 + b"]" * 50_000 + b"}"])
def test_depth_is_bounded(raw, body):
    start = time.monotonic()
    refuses_or_hangs_up(raw, body)
    assert time.monotonic() - start < 2
    assert raw.call("ListKeys").status == 200


def test_size_is_bounded(raw):
    refuses_or_hangs_up(raw, b'{"KeyId":"' + b"x" * 8_000_000 + b'"}')
    assert raw.call("ListKeys").status == 200


def test_claimed_gigabytes_are_refused_before_they_are_sent(keystead, raw):
    host, port = keystead.endpoint.removeprefix("http://").split(":")
    head = f"POST / HTTP/1.1\r\nHost: {host}:{port}\r\nX-Amz-Target: TrentService.ListKeys\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: 4294967296\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode() + b"{")
        status_line = connection.makefile("rb").readline()
    assert re.match(rb"HTTP/1\.1 4\d\d ", status_line), status_line
    assert raw.call("ListKeys").status == 200


def test_an_unknown_member_is_passed_over(raw, key):
    """AWS ignores members that its model does not name; so newer clients keep working."""
    assert raw.call("DescribeKey", {"KeyId": key, "FromTheFuture": True}).status == 200


TABLE = pathlib.Path(__file__).parents[2] / "crates/dialect/aws/COMPATIBILITY.md"
ABSENT = re.findall(r"^\| (\w+) \| absent", TABLE.read_text(), re.MULTILINE)


@pytest.mark.parametrize("operation", ABSENT)
def test_every_absent_operation_says_so(raw, operation):
    refusal(raw.call(operation), "UnsupportedOperationException")
