"""GetKeyPolicy and PutKeyPolicy: the default, what is stored is enforced, what is not enforced is refused."""

import json

import pytest
from refusals import refused, starting


def default(account):
    return {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [allow_account(account)],
    }


def allow_account(account):
    return {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }


def deny(*actions, **more):
    return {"Effect": "Deny", "Principal": "*", "Action": list(actions), "Resource": "*"} | more


def put(kms, key, policy):
    text = policy if isinstance(policy, str) else json.dumps(policy)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=text)


def get(kms, key):
    return json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])


def with_statement(account, statement):
    return {"Version": "2012-10-17", "Statement": [allow_account(account), statement]}


def test_a_new_key_has_the_default_policy(kms, keystead, key):
    assert get(kms, key) == default(keystead.account)
    assert kms.get_key_policy(KeyId=key)["PolicyName"] == "default"


def test_a_policy_given_at_creation_is_the_keys_policy(kms, keystead):
    policy = with_statement(keystead.account, deny("kms:GenerateDataKey"))
    key = kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["KeyId"]
    assert get(kms, key) == policy
    kms.encrypt(KeyId=key, Plaintext=b"x")
    with refused("AccessDeniedException"):
        kms.generate_data_key(KeyId=key, KeySpec="AES_256")


def test_a_denied_use_is_denied_at_once_and_only_that(kms, keystead, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    put(kms, key, with_statement(keystead.account, deny("kms:Encrypt")))
    with refused("AccessDeniedException", starting(f"User: arn:aws:iam::{keystead.account}:")):
        kms.encrypt(KeyId=key, Plaintext=b"x")
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    put(kms, key, default(keystead.account))
    kms.encrypt(KeyId=key, Plaintext=b"x")


def test_a_denial_names_action_and_key(kms, keystead, key, raw):
    put(kms, key, with_statement(keystead.account, deny("kms:Encrypt")))
    answer = raw.call("Encrypt", {"KeyId": key, "Plaintext": "eA=="})
    status, code, text = answer.error
    assert (status, code) == (400, "AccessDeniedException")
    assert "kms:Encrypt" in text and keystead.key_arn(key) in text, text
    assert "Message" in answer.json(), "this one text has a capital letter on the wire"


@pytest.mark.parametrize("pattern", ["kms:*crypt", "kms:Encryp?", "KMS:ENCRYPT", "kms:E*t"])
def test_patterns_of_actions_are_enforced(kms, keystead, key, pattern):
    put(kms, key, with_statement(keystead.account, deny(pattern)))
    with refused("AccessDeniedException"):
        kms.encrypt(KeyId=key, Plaintext=b"x")


def test_a_policy_that_locks_its_writer_out_is_refused(kms, keystead, key):
    policy = {"Version": "2012-10-17", "Statement": [allow_account(keystead.account) | {"Action": "kms:Encrypt"}]}
    with refused("MalformedPolicyDocumentException", starting("The new key policy will not allow you to update the key policy in the future.")):
        put(kms, key, policy)
    assert get(kms, key) == default(keystead.account)


@pytest.mark.parametrize(
    "text",
    [" ", "{", "[]", "{}", '"text"', '{"Version":"2012-10-17"}', '{"Version":"1999-01-01","Statement":[]}'],
)
def test_what_is_no_policy_is_refused(kms, keystead, key, text):
    with refused({"MalformedPolicyDocumentException", "ValidationException"}):
        put(kms, key, text)
    assert get(kms, key) == default(keystead.account)


@pytest.mark.parametrize(
    "more",
    [
        {"Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}}},
        {"NotAction": "kms:Encrypt"},
        {"NotPrincipal": {"AWS": "*"}},
        {"NotResource": "*"},
        {"Effect": "Maybe"},
        {"Surprise": True},
    ],
)
def test_what_would_not_be_enforced_is_not_stored(kms, keystead, key, more):
    """INV-13. A negated element stands instead of its plain one, as the grammar asks."""
    statement = deny("kms:Encrypt", **more)
    for negated, plain in [("NotAction", "Action"), ("NotPrincipal", "Principal"), ("NotResource", "Resource")]:
        if negated in more:
            del statement[plain]
    with refused({"MalformedPolicyDocumentException", "UnsupportedOperationException"}):
        put(kms, key, with_statement(keystead.account, statement))
    assert get(kms, key) == default(keystead.account)
    kms.encrypt(KeyId=key, Plaintext=b"x")


def test_there_is_one_policy_name(kms, key):
    with refused({"NotFoundException", "ValidationException"}):
        kms.get_key_policy(KeyId=key, PolicyName="other")


def test_an_unknown_key_has_no_policy(kms, keystead):
    absent = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{keystead.key_arn(absent)}' does not exist"):
        kms.get_key_policy(KeyId=absent)


def test_a_key_has_one_policy_by_name(kms, keystead, key):
    for reference in (key, keystead.key_arn(key)):
        answer = kms.list_key_policies(KeyId=reference, Limit=1)
        assert (answer["PolicyNames"], answer["Truncated"]) == (["default"], False)
    kms.schedule_key_deletion(KeyId=key)
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    absent = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{keystead.key_arn(absent)}' does not exist"):
        kms.list_key_policies(KeyId=absent)
