#!/usr/bin/env python3
"""Makes botocore.jsonl: requests as AWS's own Python signer puts them on the wire, with what it signed.

Run once by hand with botocore installed (made with 1.44.5); the result is committed and read by the test
`it::vectors`. Every case is fixed or drawn from a fixed seed, so a second run makes the same file.
"""

import datetime
import hashlib
import json
import pathlib
import random
from unittest import mock
from urllib.parse import quote, urlsplit

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGd=="
RANDOM = random.Random(20150830)
LINES = []


def frozen(moment):
    return mock.patch("botocore.auth.get_current_datetime", return_value=moment)


def moment():
    base = datetime.datetime(2015, 8, 30, 12, 36, 0)
    return base + datetime.timedelta(seconds=RANDOM.randrange(0, 400_000_000))


def record(name, request, region, service, token, signer_request):
    signer = botocore.auth.SigV4Auth(Credentials(KEY, SECRET, token), service, region)
    parts = urlsplit(request["url"])
    LINES.append({
        "name": name, "method": request["method"], "path": parts.path, "query": parts.query,
        "headers": request["headers"], "body": request["body"].decode(), "region": region, "service": service,
        "token": token, "canonical": signer_request["canonical"], "string_to_sign": signer_request["to_sign"],
        "signature": signer_request["signature"],
    })


class Recorder:
    """Notes what botocore signs while it signs it."""

    def __init__(self):
        self.seen = {}
        cls = botocore.auth.SigV4Auth
        original, signature = cls.string_to_sign, cls.signature
        seen = self.seen

        def noted_string(auth, request, canonical):
            seen["canonical"] = canonical
            seen["to_sign"] = original(auth, request, canonical)
            return seen["to_sign"]

        def noted_signature(auth, string, request):
            seen["signature"] = signature(auth, string, request)
            return seen["signature"]

        self.patches = [mock.patch.object(cls, "string_to_sign", noted_string),
                        mock.patch.object(cls, "signature", noted_signature)]

    def __enter__(self):
        for patch in self.patches:
            patch.start()
        return self.seen

    def __exit__(self, *_):
        for patch in self.patches:
            patch.stop()


def wire_headers(request):
    """As the HTTP client sends them: Host is added by it."""
    headers = [[name, value] for name, value in request.headers.items()]
    if "host" not in {name.lower() for name, _ in headers}:
        headers.insert(0, ["Host", urlsplit(request.url).netloc])
    return headers


def plain(name, method="GET", path="/", query="", headers=(), body=b"", token=None, presigned=None, clean=True):
    region, service = RANDOM.choice(["us-east-1", "eu-central-1", "us-gov-west-1"]), RANDOM.choice(["kms", "sts", "service"])
    url = "https://example.amazonaws.com" + path + ("?" + query if query else "")
    request = AWSRequest(method=method, url=url, data=body)
    for header, value in headers:
        request.headers.add_header(header, value)
    credentials = Credentials(KEY, SECRET, token)
    auth = (botocore.auth.SigV4QueryAuth(credentials, service, region, expires=presigned) if presigned
            else botocore.auth.SigV4Auth(credentials, service, region))
    with frozen(moment()), Recorder() as seen:
        auth.add_auth(request)
    sent = {"url": request.url, "method": method, "headers": wire_headers(request), "body": body}
    record(name, sent, region, service, token, seen)


def client(name, operation, token=None, presigned=None, region="us-east-1", **arguments):
    session = botocore.session.Session()
    kms = session.create_client("kms", region_name=region, aws_access_key_id=KEY, aws_secret_access_key=SECRET,
                                aws_session_token=token, config=Config(user_agent="Botocore/1.44.5"))
    sent = {}

    def capture(request, **_):
        text = lambda value: value.decode() if isinstance(value, bytes) else value
        headers = [[n, text(v) if n != "amz-sdk-invocation-id" else "0"] for n, v in request.headers.items()]
        headers.insert(0, ["Host", urlsplit(request.url).netloc])
        sent.update(url=request.url, method=request.method, headers=headers, body=request.body or b"")
        return AWSResponse(request.url, 200, {}, mock.Mock(stream=lambda *a, **k: iter([b"{}"])))

    kms.meta.events.register("before-send.kms.*", capture)
    with frozen(moment()), Recorder() as seen:
        getattr(kms, operation)(**arguments)
    record(name, sent, region, "kms", token, seen)


def token_text(length, alphabet):
    return "".join(RANDOM.choice(alphabet) for _ in range(length))


def main():
    plain("get-vanilla")
    plain("post-vanilla", "POST")
    plain("post-body", "POST", body=b"Param1=value1", headers=[("Content-Type", "application/x-www-form-urlencoded")])
    for name, path in [("relative", "/example/.."), ("relative-relative", "/example1/example2/../.."),
                       ("dot-slash", "/./"), ("pointless-dot", "/./example"), ("slash", "//"), ("slashes", "//example//"),
                       ("space", "/example%20space/"), ("utf8", "/%E1%88%B4"), ("unreserved", "/-._~0123456789AZaz"),
                       ("above-root", "/../../a/./b/..//c"), ("reserved", "/a:b@c=d+e,f;g!h$i&j'k(l)m*n"), ("dot-end", "/a/b/.")]:
        plain("path-" + name, path=path)
    plain("query-order-key", query="Param2=v&Param1=v")
    plain("query-order-value", query="Param1=value2&Param1=Value1")
    plain("query-order-prefix", query="a-b=1&a.b=2&a=3&A=4&a1=5&a%2Fb=6")
    plain("query-empty", query="foo=&bar")
    plain("query-unreserved", query="-._~0123456789AZaz=-._~0123456789AZaz")
    plain("query-encoded", query="%E1%88%B4=bar&p=a%20b%2Bc%26d%3De")
    plain("header-trim", headers=[("My-Header1", "  value1"), ("My-Header2", '"a   b   c"  ')])
    plain("header-tab", headers=[("My-Header1", "a \t b\tc")])
    plain("header-duplicate", headers=[("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")])
    plain("header-empty", headers=[("My-Header1", "")])
    plain("header-case", headers=[("zOO", "zoobar"), ("FOO", "zoobar"), ("a-b", "1"), ("a", "2"), ("A1", "3")])
    plain("header-content-length", "POST", body=b"{}", headers=[("Content-Length", "2"), ("X-Amz-Target", "TrentService.Encrypt")])
    plain("header-content-sha256", "POST", body=b"{}", headers=[("X-Amz-Content-SHA256", hashlib.sha256(b"{}").hexdigest())])
    plain("header-host-port", headers=[("Host", "127.0.0.1:8200")])
    plain("header-date", headers=[("Date", "Sun, 30 Aug 2015 12:36:00 GMT")])
    plain("token", token=TOKEN)
    plain("token-post", "POST", body=b"{}", token=TOKEN, headers=[("X-Amz-Target", "TrentService.Encrypt")])
    plain("presigned", presigned=3600)
    plain("presigned-query", query="Action=GetCallerIdentity&Version=2011-06-15&Zed=%2F", presigned=60)
    plain("presigned-token", token=TOKEN, presigned=604800)
    plain("presigned-headers", "POST", presigned=900, headers=[("X-Amz-Target", "TrentService.ListKeys"), ("Content-Type", "application/x-amz-json-1.1")])
    plain("presigned-path", path="/a%20b/../c//d", query="q=%2B&q=%20", presigned=1)
    for n in range(12):
        path = "/" + "/".join(quote(token_text(RANDOM.randrange(0, 6), "ab. %/-~é"), safe="/-_.~") for _ in range(RANDOM.randrange(0, 5)))
        query = "&".join(quote(token_text(RANDOM.randrange(1, 5), "abA-_.~ /+"), safe="-_.~") + "=" + quote(token_text(RANDOM.randrange(0, 6), "xyZ09 &=+é%"), safe="-_.~")
                         for _ in range(RANDOM.randrange(0, 7)))
        headers = [("x-h" + token_text(2, "abc-"), token_text(RANDOM.randrange(1, 9), "ab \t,\"")) for _ in range(RANDOM.randrange(0, 5))]
        plain(f"random-{n}", RANDOM.choice(["GET", "PUT", "DELETE", "POST"]), path, query, headers,
              token_text(RANDOM.randrange(0, 40), "abc{}\":,é").encode(), RANDOM.choice([None, TOKEN]))
    client("client-encrypt", "encrypt", KeyId="alias/a", Plaintext=b"x" * 64)
    client("client-encrypt-token", "encrypt", token=TOKEN, KeyId="alias/a", Plaintext=b"x", EncryptionContext={"a": "b"})
    client("client-decrypt", "decrypt", CiphertextBlob=b"\x01" * 120, region="eu-west-1")
    client("client-create-key", "create_key", Description="payroll")
    client("client-list-keys", "list_keys")
    client("client-generate-data-key", "generate_data_key", token=TOKEN, KeyId="k", KeySpec="AES_256")
    client("client-schedule", "schedule_key_deletion", KeyId="k", PendingWindowInDays=7)
    out = pathlib.Path(__file__).with_name("botocore.jsonl")
    out.write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in LINES))
    print(len(LINES), "vectors")


if __name__ == "__main__":
    main()
