"""STS GetCallerIdentity beside KMS on the same endpoint: boto3, the AWS CLI, presigned, and refusals in XML."""

import functools
import re
import xml.etree.ElementTree

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from refusals import refused
from signing import ago, clock

FORM = "application/x-www-form-urlencoded; charset=utf-8"
WHO = "Action=GetCallerIdentity&Version=2011-06-15"
SPACE = {"sts": "https://sts.amazonaws.com/doc/2011-06-15/"}


@pytest.fixture
def sts_for(client_for):
    return functools.partial(client_for, "sts")


class Sender:
    """Hand-made requests of the query protocol."""

    def __init__(self, keystead):
        self.keystead = keystead

    def credentials(self, **changes):
        given = {"access_key": self.keystead.access_key, "secret_key": self.keystead.secret_key} | changes
        return botocore.credentials.Credentials(**given)

    def post(self, body=WHO, *, sign=True, service="sts", at=None, region=None, **changes):
        request = botocore.awsrequest.AWSRequest("POST", self.keystead.endpoint + "/", {"Content-Type": FORM}, body.encode())
        if sign:
            with clock(at):
                botocore.auth.SigV4Auth(self.credentials(**changes), service, region or self.keystead.region).add_auth(request)
        return requests.post(request.url, data=body.encode(), headers=dict(request.headers), timeout=20)

    def get(self, query=WHO, *, expires=60, at=None):
        request = botocore.awsrequest.AWSRequest("GET", f"{self.keystead.endpoint}/?{query}")
        with clock(at):
            botocore.auth.SigV4QueryAuth(self.credentials(), "sts", self.keystead.region, expires).add_auth(request)
        return requests.get(request.url, timeout=20)


@pytest.fixture
def sender(keystead):
    return Sender(keystead)


def account_in(answer):
    assert answer.status_code == 200, answer.text
    return xml.etree.ElementTree.fromstring(answer.text).findtext("sts:GetCallerIdentityResult/sts:Account", namespaces=SPACE)


def error_in(answer):
    assert answer.headers["Content-Type"] == "text/xml", answer.headers
    tree = xml.etree.ElementTree.fromstring(answer.text)
    assert tree.findtext("sts:RequestId", namespaces=SPACE) == answer.headers["x-amzn-RequestId"]
    assert tree.findtext("sts:Error/sts:Type", namespaces=SPACE) == ("Receiver" if answer.status_code >= 500 else "Sender")
    code, text = (tree.findtext(f"sts:Error/sts:{name}", namespaces=SPACE) for name in ("Code", "Message"))
    return answer.status_code, code, text


def test_boto3_is_told_who_it_is(sts_for, keystead):
    answer = sts_for().get_caller_identity()
    assert set(answer) == {"UserId", "Account", "Arn", "ResponseMetadata"}
    assert answer["Account"] == keystead.account and answer["UserId"]
    assert re.fullmatch(f"arn:aws:iam::{keystead.account}:(root|user/[\\w+=,.@-]+)", answer["Arn"])
    assert re.fullmatch("[0-9a-f-]{36}", answer["ResponseMetadata"]["RequestId"])


def test_an_identity_is_the_same_in_every_region(sts_for, keystead):
    here = sts_for().get_caller_identity()["Arn"]
    for region in (keystead.other_region, "us-east-1"):
        assert sts_for(region_name=region).get_caller_identity()["Arn"] == here


def test_the_command_line_is_told_who_it_is(aws_for, keystead):
    sts = aws_for("sts")
    assert sts.ok("get-caller-identity")["Account"] == keystead.account
    said = sts.fails("get-caller-identity", AWS_SECRET_ACCESS_KEY="wrong" * 8)
    assert "(SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated" in said


def test_form_and_presigned_get_are_answered_alike(sender, keystead):
    assert account_in(sender.post()) == keystead.account
    assert account_in(sender.get()) == keystead.account
    assert sender.get().headers["Content-Type"] == "text/xml"


def test_refusals_of_the_proof_are_403_in_their_own_words(sender, sts_for):
    unknown = (403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    assert error_in(sender.post(access_key="AKIANOSUCHKEY")) == unknown
    assert error_in(sender.post(token="a session token")) == unknown
    status, code, text = error_in(sender.post(secret_key="wrong"))
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert text.startswith("The request signature we calculated does not match the signature you provided.")
    assert error_in(sender.post(sign=False)) == (403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    for answer in (sender.post(at=ago(minutes=30)), sender.get(at=ago(minutes=30))):
        status, code, text = error_in(answer)
        assert (status, code) == (403, "SignatureDoesNotMatch") and text.startswith("Signature expired: "), text
    with refused("SignatureDoesNotMatch", status=403):
        sts_for(aws_secret_access_key="wrong").get_caller_identity()


def test_a_signature_for_one_service_is_none_for_the_other(sender, raw):
    status, code, text = error_in(sender.post(service="kms"))
    assert (status, code, text) == (403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'.")
    request = raw.request("ListKeys", b"{}")
    raw.sign(request, service="sts")
    status, code, text = raw.send(request, b"{}").error
    assert (status, code, text) == (400, "InvalidSignatureException", "Credential should be scoped to correct service: 'kms'.")


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        ("Action=AssumeRole&Version=2011-06-15", "InvalidAction", "Could not find operation AssumeRole for version 2011-06-15"),
        ("Action=GetCallerIdentity", "InvalidAction", "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED"),
        ("Action=GetCallerIdentity&Version=2010-05-08", "InvalidAction", "Could not find operation GetCallerIdentity for version 2010-05-08"),
        ("Action=<b>&Version='", "InvalidAction", "Could not find operation <b> for version '"),
        ("Version=2011-06-15", "MissingAction", "The request is missing an action."),
        ("", "MissingAction", "The request is missing an action."),
        (f"{WHO}&Action=AssumeRole", "MalformedQueryString", "The query string contains a syntax error."),
    ],
)
def test_what_is_no_operation_is_refused_after_the_proof(sender, body, code, text):
    assert error_in(sender.post(body)) == (400, code, text)
    assert error_in(sender.post(body, secret_key="wrong"))[:2] == (403, "SignatureDoesNotMatch")
