"""How tests state a refusal: exact code, exact text, exact HTTP status, and a failure that shows all three."""

import contextlib
import re

import botocore.exceptions
import pytest


@contextlib.contextmanager
def refused(code, message=None, *, status=400):
    """The AWS call inside is refused so. `message` is the exact text or a compiled pattern of its start;
    `code` is one code, or a set where AWS itself answers more than one."""
    try:
        yield
    except botocore.exceptions.ClientError as error:
        check(error, {code} if isinstance(code, str) else set(code), message, status)
    else:
        pytest.fail(f"accepted, but expected {code}: {message!r}", pytrace=True)


def check(error, codes, message, status):
    found_status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    found, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    told = f"\nanswered {found_status} {found}: {text!r}"
    assert found in codes, f"{told}\nexpected {sorted(codes)}"
    assert found_status == status, told
    if isinstance(message, re.Pattern):
        assert message.match(text), f"{told}\nexpected /{message.pattern}/"
    elif message is not None:
        assert text == message, f"{told}\nexpected {message!r}"


def constraint(member, rule, value=None):
    """AWS's text for a member that breaks its model."""
    shown = "Value" if value is None else f"Value '{value}'"
    return f"1 validation error detected: {shown} at '{member}' failed to satisfy constraint: Member must {rule}"


def starting(text):
    """Matches a text that starts so; for texts whose end AWS changes with every new enum value."""
    return re.compile(re.escape(text))
