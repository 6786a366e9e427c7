"""Signature Version 4 as the server checks it. Every refusal is AWS's own code and text."""

import re

import pytest
import requests
from refusals import refused
from signing import CONTENT_TYPE, ago

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
    "Key and signing method. Consult the service documentation for details."
)
UNKNOWN = "The security token included in the request is invalid."
BASIC = r"\d{8}T\d{6}Z"


def told(answer, code, text=None):
    """The answer is this refusal (400), its text exact or matched."""
    status, found, message = answer.error
    assert (status, found) == (400, code), answer
    if isinstance(text, re.Pattern):
        assert text.fullmatch(message), answer
    elif text is not None:
        assert message == text, answer


def test_a_wrong_secret_is_a_mismatch(kms_for):
    with refused("InvalidSignatureException", MISMATCH):
        kms_for(aws_secret_access_key="wrong" * 8).list_keys()


def test_an_unknown_key_id_is_an_unrecognised_client(kms_for):
    with refused("UnrecognizedClientException", UNKNOWN):
        kms_for(aws_access_key_id="AKIAUNKNOWNUNKNOWN00").list_keys()


def test_a_session_token_that_we_did_not_give_is_refused(kms_for):
    with refused("UnrecognizedClientException", UNKNOWN):
        kms_for(aws_session_token="not-a-token").list_keys()


def test_no_signature_is_a_missing_token(raw):
    told(raw.call("ListKeys", sign=False), "MissingAuthenticationTokenException")


@pytest.mark.parametrize(
    "header",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE",
        "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=",
        "AWS4-HMAC-SHA256 " + "x" * 3000,
    ],
)
def test_half_a_signature_is_incomplete(raw, header):
    answer = raw.call("ListKeys", sign=False, headers={"Authorization": header, "X-Amz-Date": "20260101T000000Z"})
    assert answer.status == 400 and answer.error[1] in {"IncompleteSignatureException", "InvalidSignatureException", "UnrecognizedClientException"}, answer


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_within_five_minutes_is_accepted(raw, minutes):
    assert raw.call("ListKeys", at=ago(minutes=minutes)).status == 200


def test_an_old_signature_has_expired(raw):
    text = re.compile(rf"Signature expired: {BASIC} is now earlier than {BASIC} \({BASIC} - 5 min\.\)")
    told(raw.call("ListKeys", at=ago(minutes=6)), "InvalidSignatureException", text)


def test_a_signature_from_the_future_is_not_yet_current(raw):
    text = re.compile(rf"Signature not yet current: {BASIC} is still later than {BASIC} \({BASIC} \+ 5 min\.\)")
    told(raw.call("ListKeys", at=ago(minutes=-6)), "InvalidSignatureException", text)


def test_every_answer_carries_the_date_for_clients_whose_clock_is_wrong(raw):
    for answer in (raw.call("ListKeys"), raw.call("ListKeys", at=ago(hours=2)), raw.call("ListKeys", sign=False)):
        assert re.fullmatch(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT", answer.headers["Date"])


@pytest.mark.parametrize("scope", [{"service": "s3"}, {"region": "mars-north-1"}])
def test_a_signature_for_elsewhere_is_refused(raw, scope):
    told(raw.call("ListKeys", **scope), "InvalidSignatureException", re.compile("Credential should be scoped to .*"))


@pytest.mark.parametrize("header", ["X-Amz-Target", "Host"])
def test_what_decides_the_meaning_must_be_signed(raw, header):
    if header == "Host":
        request = raw.request("ListKeys", b"{}")
        raw.sign(request)
        request.headers.replace_header("Authorization", request.headers["Authorization"].replace("host;", ""))
        answer = raw.send(request, b"{}")
    else:
        answer = raw.call("ListKeys", unsigned=[header])
    assert answer.status == 400 and answer.error[1] in {"InvalidSignatureException", "IncompleteSignatureException"}, answer


def test_an_operation_cannot_be_swapped(raw, key):
    request = raw.request("DescribeKey", b"")
    body = b'{"KeyId":"%s"}' % key.encode()
    request.data = body
    raw.sign(request)
    request.headers.replace_header("X-Amz-Target", "TrentService.ScheduleKeyDeletion")
    told(raw.send(request, body), "InvalidSignatureException", MISMATCH)


def test_a_body_cannot_be_swapped(raw):
    request = raw.request("ListKeys", b'{"Limit":1}')
    raw.sign(request)
    told(raw.send(request, b'{"Limit":2}'), "InvalidSignatureException", MISMATCH)


def test_one_flipped_bit_in_the_signature_is_a_mismatch(raw):
    request = raw.request("ListKeys", b"{}")
    raw.sign(request)
    header = request.headers["Authorization"]
    last = "0" if header[-1] != "0" else "1"
    request.headers.replace_header("Authorization", header[:-1] + last)
    told(raw.send(request, b"{}"), "InvalidSignatureException", MISMATCH)


# Presigned requests.


def test_a_presigned_request_is_accepted(raw):
    body = b'{"Limit":1}'
    answer = raw.send(raw.presign("ListKeys", body), body)
    assert answer.status == 200 and "Keys" in answer.json(), answer


def test_a_presigned_request_lives_as_long_as_it_says(raw):
    body = b"{}"
    assert raw.send(raw.presign("ListKeys", body, expires=900, at=ago(minutes=10)), body).status == 200
    text = re.compile("Signature expired: .*")
    told(raw.send(raw.presign("ListKeys", body, expires=60, at=ago(minutes=10)), body), "InvalidSignatureException", text)


@pytest.mark.parametrize("expires", [0, -1, 604801, "soon"])
def test_a_presigned_request_has_bounds(raw, expires):
    answer = raw.send(raw.presign("ListKeys", b"{}", expires=expires), b"{}")
    assert answer.status == 400, answer


def test_a_presigned_request_covers_its_body_and_its_secret(raw):
    told(raw.send(raw.presign("ListKeys", b'{"Limit":1}'), b'{"Limit":2}'), "InvalidSignatureException", MISMATCH)
    told(raw.send(raw.presign("ListKeys", b"{}", secret="wrong" * 8), b"{}"), "InvalidSignatureException", MISMATCH)


def test_boto3_presigns_and_the_url_is_no_key_to_other_operations(kms, raw):
    url = kms.generate_presigned_url("list_keys")
    heads = {"Content-Type": CONTENT_TYPE, "X-Amz-Target": "TrentService.CreateKey"}
    answer = requests.post(url, headers=heads, timeout=20)
    assert answer.status_code == 400 and answer.json()["__type"] == "InvalidSignatureException", answer.text


def test_two_signatures_at_once_are_refused(raw):
    request = raw.presign("ListKeys", b"{}")
    raw_header = raw.request("ListKeys", b"{}")
    raw.sign(raw_header)
    for name in ("Authorization", "X-Amz-Date"):
        request.headers[name] = raw_header.headers[name]
    assert raw.send(request, b"{}").status == 400
