"""TagResource, UntagResource, ListResourceTags, and tags at birth. Texts are those that AWS KMS answers."""

import json
import re

import pytest
from refusals import refused


def tags(kms, key):
    pages = kms.get_paginator("list_resource_tags").paginate(KeyId=key)
    return {tag["TagKey"]: tag["TagValue"] for page in pages for tag in page["Tags"]}


def tag(key, value=""):
    return {"TagKey": key, "TagValue": value}


def test_tags_are_written_over_and_taken(kms, keystead, key):
    assert kms.list_resource_tags(KeyId=key)["Tags"] == []
    answer = kms.tag_resource(KeyId=key, Tags=[tag("team", "pay"), tag("Team", "PAY"), tag("empty")])
    assert set(answer) == {"ResponseMetadata"}, "the answer is empty"
    kms.tag_resource(KeyId=keystead.key_arn(key), Tags=[tag("team", "Löhne")])
    assert tags(kms, key) == {"team": "Löhne", "Team": "PAY", "empty": ""}
    assert set(kms.untag_resource(KeyId=key, TagKeys=["team", "never there"])) == {"ResponseMetadata"}
    assert tags(kms, key) == {"Team": "PAY", "empty": ""}


def test_a_key_is_born_with_tags(kms):
    key = kms.create_key(Tags=[tag("b", "2"), tag("a", "1")])["KeyMetadata"]["KeyId"]
    answer = kms.list_resource_tags(KeyId=key)
    assert (answer["Tags"], answer["Truncated"]) == ([tag("a", "1"), tag("b", "2")], False)


def test_tags_are_paged(kms, key):
    made = {f"k{n:02}": str(n) for n in range(50)}
    kms.tag_resource(KeyId=key, Tags=[tag(name, value) for name, value in made.items()])
    first = kms.list_resource_tags(KeyId=key, Limit=20)
    assert first["Truncated"] is True and len(first["Tags"]) == 20
    assert kms.list_resource_tags(KeyId=key)["Truncated"] is False, "the default is fifty"
    seen, marker = [], {}
    while True:
        page = kms.list_resource_tags(KeyId=key, Limit=20, **marker)
        seen += [entry["TagKey"] for entry in page["Tags"]]
        if not page["Truncated"]:
            break
        marker = {"Marker": page["NextMarker"]}
    assert seen == sorted(made)
    with refused("InvalidMarkerException"):
        kms.list_resource_tags(KeyId=key, Marker="nonsense")
    for limit in (51, 1000):
        text = f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50"
        with refused("ValidationException", text):
            kms.list_resource_tags(KeyId=key, Limit=limit)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ([tag("aws:x")], "Tags beginning with aws: are reserved"),
        ([tag("AWS:x")], "Tags beginning with aws: are reserved"),
        ([tag("a", "1"), tag("a", "2")], "Duplicate tag keys"),
        ([tag(str(n)) for n in range(51)], "Too many tags"),
    ],
    ids=["reserved", "reserved in capitals", "twice", "too many"],
)
def test_tags_that_are_none(kms, key, given, text):
    with refused("TagException", text):
        kms.tag_resource(KeyId=key, Tags=given)
    with refused("TagException", text):
        kms.create_key(Tags=given)
    assert tags(kms, key) == {}


def test_tags_have_bounds(kms, key, raw):
    rule = "failed to satisfy constraint: Member must have length"
    for given, text in (
        (tag("k" * 129), f"Value '{'k' * 129}' at 'tags.1.member.tagKey' {rule} less than or equal to 128"),
        (tag("a", "v" * 257), f"Value '{'v' * 257}' at 'tags.1.member.tagValue' {rule} less than or equal to 256"),
    ):
        with refused("ValidationException", f"1 validation error detected: {text}"):
            kms.tag_resource(KeyId=key, Tags=[given])
    status, code, _ = raw.call("TagResource", {"KeyId": key, "Tags": [tag("")]}).error
    assert (status, code) == (400, "ValidationException")
    kms.tag_resource(KeyId=key, Tags=[tag("k" * 128, "v" * 256)] + [tag(str(n)) for n in range(49)])
    with refused("TagException", "Too many tags"):
        kms.tag_resource(KeyId=key, Tags=[tag("one more")])
    kms.tag_resource(KeyId=key, Tags=[tag("0", "again")])


def test_a_key_that_is_pending_deletion_keeps_its_tags(kms, keystead, key):
    kms.disable_key(KeyId=key)
    kms.tag_resource(KeyId=key, Tags=[tag("state", "asleep")])
    kms.schedule_key_deletion(KeyId=key)
    text = f"{keystead.key_arn(key)} is pending deletion."
    with refused("KMSInvalidStateException", text):
        kms.tag_resource(KeyId=key, Tags=[tag("state", "doomed")])
    with refused("KMSInvalidStateException", text):
        kms.untag_resource(KeyId=key, TagKeys=["state"])
    assert tags(kms, key) == {"state": "asleep"}


def test_tags_follow_no_alias(kms, keystead, key, name):
    alias = f"alias/{name}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    for reference in (alias, keystead.alias_arn(alias)):
        for act in (
            lambda key: kms.tag_resource(KeyId=key, Tags=[]),
            lambda key: kms.untag_resource(KeyId=key, TagKeys=[]),
            lambda key: kms.list_resource_tags(KeyId=key),
        ):
            with refused("NotFoundException", f"Invalid keyId '{reference}'"):
                act(reference)


def test_tagging_and_untagging_are_granted_apart(kms, keystead, key):
    def deny(action):
        whole = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{keystead.account}:root"}, "Action": "kms:*", "Resource": "*"}
        denied = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [whole, denied]}
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))

    deny("kms:UntagResource")
    kms.tag_resource(KeyId=key, Tags=[tag("a", "1")])
    with refused("AccessDeniedException", re.compile(".* perform: kms:UntagResource on resource: ")):
        kms.untag_resource(KeyId=key, TagKeys=["a"])
    deny("kms:TagResource")
    with refused("AccessDeniedException", re.compile(".* perform: kms:TagResource on resource: ")):
        kms.tag_resource(KeyId=key, Tags=[tag("b", "2")])
    kms.untag_resource(KeyId=key, TagKeys=["a"])
    deny("kms:ListResourceTags")
    with refused("AccessDeniedException", re.compile(".* perform: kms:ListResourceTags on resource: ")):
        kms.list_resource_tags(KeyId=key)
