"""What falls due: a key is destroyed after its waiting period, and rotates on its schedule (`dev --time-travel`)."""

import datetime
import pathlib
import sqlite3
import time

import pytest
from refusals import refused

import server as keystead_server

PATIENCE_SECONDS = 20
DAY = datetime.timedelta(days=1)


class Travelling:
    """A server of its own whose keys live ahead of the time; only forward, so the tests share its days."""

    def __init__(self, folder, make):
        self.file = folder / "ahead"
        self.server = keystead_server.start(folder, "--time-travel", self.file)
        self.data = folder / "data"
        self.days = 0
        self.kms = make(endpoint_url=self.server.endpoint)

    def pass_days(self, days):
        self.days += days
        written = self.file.with_suffix(".new")
        written.write_text(f"{self.days}d\n")
        written.rename(self.file)
        probe = lambda: self.kms.create_key()["KeyMetadata"]["CreationDate"] - datetime.datetime.now(datetime.timezone.utc)
        until(lambda: probe() > self.days * DAY - datetime.timedelta(minutes=1))

    def sealed_material(self):
        database = sqlite3.connect(f"file:{self.data / 'keystead.db'}?mode=ro", uri=True)
        try:
            return {bytes(sealed) for [sealed] in database.execute("select sealed from secret where sealed is not null")}
        finally:
            database.close()

    def files_hold(self, needle):
        return any(needle in path.read_bytes() for path in pathlib.Path(self.data).rglob("*") if path.is_file())


def until(holds):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.05)


def is_gone(kms, key):
    try:
        kms.describe_key(KeyId=key)
    except kms.exceptions.NotFoundException:
        return True
    return False


@pytest.fixture(scope="module")
def future(tmp_path_factory, kms_for):
    travelling = Travelling(tmp_path_factory.mktemp("future"), kms_for)
    yield travelling
    travelling.server.stop()


def test_a_key_is_gone_after_its_waiting_period_and_its_bytes_with_it(future):
    kms = future.kms
    before = future.sealed_material()
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/doomed", TargetKeyId=key)
    kms.rotate_key_on_demand(KeyId=key)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    sealed = future.sealed_material() - before
    assert len(sealed) == 2 and all(future.files_hold(row[:24]) for row in sealed), "a row for each version"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    future.pass_days(6)
    time.sleep(0.5)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion", "not before"
    future.pass_days(2)
    until(lambda: is_gone(kms, key))
    assert not any(future.files_hold(row[:24]) or future.files_hold(row[-24:]) for row in sealed)
    arn = future.server.key_arn(key)
    for call in (kms.cancel_key_deletion, kms.schedule_key_deletion, kms.enable_key, kms.get_key_policy, kms.get_key_rotation_status):
        with refused("NotFoundException", f"Key '{arn}' does not exist"):
            call(KeyId=key)
    with refused("NotFoundException", f"Key '{arn}' does not exist"):
        kms.encrypt(KeyId=key, Plaintext=b"x")
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob)
    listed = [entry["KeyId"] for page in kms.get_paginator("list_keys").paginate() for entry in page["Keys"]]
    assert listed and key not in listed
    kms.create_alias(AliasName="alias/doomed", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])


def test_a_key_rotates_on_its_schedule_and_on_demand_beside_it(future):
    kms = future.kms
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    old = kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    planned = kms.get_key_rotation_status(KeyId=key)["NextRotationDate"]
    future.pass_days(60)
    kms.rotate_key_on_demand(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["NextRotationDate"] == planned
    future.pass_days(31)
    rotations = lambda: kms.list_key_rotations(KeyId=key)["Rotations"]
    until(lambda: len(rotations()) == 2)
    assert [entry["RotationType"] for entry in rotations()] == ["ON_DEMAND", "AUTOMATIC"]
    done = rotations()[1]["RotationDate"]
    following = kms.get_key_rotation_status(KeyId=key)["NextRotationDate"]
    assert planned <= done and following - done == 90 * DAY
    assert kms.decrypt(CiphertextBlob=old)["Plaintext"] == b"old"


def test_a_disabled_key_rotates_when_it_is_enabled_overdue(future):
    kms = future.kms
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    kms.disable_key(KeyId=key)
    future.pass_days(200)
    time.sleep(0.5)
    assert kms.list_key_rotations(KeyId=key)["Rotations"] == []
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    kms.enable_key(KeyId=key)
    until(lambda: kms.list_key_rotations(KeyId=key)["Rotations"])
    [rotation] = kms.list_key_rotations(KeyId=key)["Rotations"]
    assert rotation["RotationType"] == "AUTOMATIC"
