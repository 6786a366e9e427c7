"""Requests as botocore signs them, with any one thing changed: time, scope, headers, body, secret."""

import contextlib
import datetime
import hashlib
import json
from unittest import mock

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import requests

CONTENT_TYPE = "application/x-amz-json-1.1"


class Signer:
    """Signs for one server and sends; answers are `Answer`s."""

    def __init__(self, server):
        self.server = server

    def call(self, operation, body=b"{}", *, sign=True, **changes):
        """Sends `operation` with `body` (bytes as they are, anything else as JSON)."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = self.request(operation, body, changes.pop("headers", {}))
        if sign:
            self.sign(request, **changes)
        return self.send(request, body)

    def request(self, operation, body, headers=None):
        heads = {"Content-Type": CONTENT_TYPE, "X-Amz-Target": f"TrentService.{operation}"} | (headers or {})
        return botocore.awsrequest.AWSRequest("POST", self.server.endpoint + "/", heads, body)

    def sign(self, request, *, key_id=None, secret=None, token=None, at=None, region=None, service="kms", unsigned=()):
        """Adds the `Authorization` header; headers named in `unsigned` are sent but not covered."""
        credentials = self.credentials(key_id, secret, token)
        auth = botocore.auth.SigV4Auth(credentials, service, region or self.server.region)
        left_out = {name: request.headers[name] for name in unsigned}
        for name in unsigned:
            del request.headers[name]
        with clock(at):
            auth.add_auth(request)
        for name, value in left_out.items():
            request.headers[name] = value

    def presign(self, operation, body, *, expires=60, at=None, secret=None):
        """A presigned request that covers `body`."""
        request = self.request(operation, b"")
        auth = botocore.auth.SigV4QueryAuth(self.credentials(None, secret, None), "kms", self.server.region, expires)
        digest = hashlib.sha256(body).hexdigest()
        with clock(at), mock.patch.object(auth, "payload", lambda _: digest):
            auth.add_auth(request)
        return request

    def credentials(self, key_id, secret, token):
        key_id, secret = key_id or self.server.access_key, secret or self.server.secret_key
        return botocore.credentials.Credentials(key_id, secret, token)

    def send(self, request, body):
        return Answer(requests.post(request.url, data=body, headers=dict(request.headers), timeout=20))


class Answer:
    """A response, with the parts of an AWS error at hand."""

    def __init__(self, response):
        self.status, self.headers, self.text = response.status_code, response.headers, response.text

    def json(self):
        return json.loads(self.text)

    @property
    def error(self):
        """(status, code, text) of a refusal; either spelling of the text's member, as AWS does."""
        try:
            body = self.json()
        except ValueError:
            return self.status, None, f"not JSON: {self.text[:500]}"
        return self.status, body.get("__type"), body.get("message", body.get("Message", ""))

    def __repr__(self):
        return f"{self.status} {self.text[:500]}"


@contextlib.contextmanager
def clock(at):
    """botocore signs at `at` (an aware datetime) instead of now."""
    if at is None:
        yield
        return
    with mock.patch.object(botocore.auth, "get_current_datetime", lambda *_, **__: at.replace(tzinfo=None)):
        yield


def ago(**duration):
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**duration)
