"""One server for the whole run, fresh keys for each test, and the clients that reach it.

`KEYSTEAD_ORACLE=http://127.0.0.1:PORT` with `KEYSTEAD_ORACLE_TOKEN` runs `clients/vault` against an OpenBao server
with transit enabled instead: what passes there is what the original does.
"""

import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import types
import uuid

import boto3
import botocore.config
import hvac
import pytest

import server as keystead_server
from signing import Signer

PROGRAMS = pathlib.Path(sys.executable).parent


@pytest.fixture(scope="session")
def keystead(tmp_path_factory):
    try:
        server = keystead_server.start(tmp_path_factory.mktemp("keystead"))
    except RuntimeError as error:
        pytest.exit(str(error), returncode=1)
    yield server
    died = not server.alive()
    server.stop()
    assert not died, f"the server died during the run:\n{keystead_server.tail(server.folder / 'stderr')}"


@pytest.fixture(scope="session")
def client_for(keystead):
    """Makes a boto3 client of a service: other region, other credentials; one try, so that a refusal is seen once."""

    def make(service, **changes):
        options = {
            "region_name": keystead.region,
            "endpoint_url": keystead.endpoint,
            "aws_access_key_id": keystead.access_key,
            "aws_secret_access_key": keystead.secret_key,
            "config": botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=20),
        }
        return boto3.session.Session().client(service, **(options | changes))

    return make


@pytest.fixture(scope="session")
def kms_for(client_for):
    return functools.partial(client_for, "kms")


@pytest.fixture(scope="session")
def kms(kms_for):
    return kms_for()


@pytest.fixture
def key(kms):
    """A fresh enabled key: its id."""
    return kms.create_key(Description="made for one test")["KeyMetadata"]["KeyId"]


@pytest.fixture
def name():
    """A name that no other test uses, legal in every dialect."""
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def raw(keystead):
    """Signs and sends requests that no SDK would send."""
    return Signer(keystead)


@pytest.fixture(scope="session")
def vault(request):
    """Where the Vault dialect listens: endpoint and token."""
    oracle = os.environ.get("KEYSTEAD_ORACLE")
    if oracle:
        return types.SimpleNamespace(endpoint=oracle, token=os.environ["KEYSTEAD_ORACLE_TOKEN"])
    server = request.getfixturevalue("keystead")
    return types.SimpleNamespace(endpoint=server.endpoint, token=server.root_token)


@pytest.fixture(scope="session")
def hvac_client(vault):
    return hvac.Client(url=vault.endpoint, token=vault.token)


@pytest.fixture(scope="session")
def bao(vault, tmp_path_factory):
    """Runs `bao` with JSON output; `.ok(...)` gives the answer, `.fails(...)` what it said on stderr."""
    program = os.environ.get("KEYSTEAD_BAO") or shutil.which("bao", path=PROGRAMS)
    home = tmp_path_factory.mktemp("bao-home")
    return Program([program], environment(home, BAO_ADDR=vault.endpoint, BAO_TOKEN=vault.token, BAO_FORMAT="json"))


@pytest.fixture(scope="session")
def aws(aws_for):
    """Runs `aws kms …` with JSON output."""
    return aws_for("kms")


@pytest.fixture(scope="session")
def aws_for(keystead, tmp_path_factory):
    """Makes what runs `aws SERVICE …` with JSON output."""
    home = tmp_path_factory.mktemp("aws-home")
    command = [sys.executable, PROGRAMS / "aws", "--endpoint-url", keystead.endpoint, "--output", "json"]
    variables = {
        "AWS_ACCESS_KEY_ID": keystead.access_key,
        "AWS_SECRET_ACCESS_KEY": keystead.secret_key,
        "AWS_DEFAULT_REGION": keystead.region,
        "AWS_MAX_ATTEMPTS": "1",
    }
    return lambda service: Program([*command, service], environment(home, **variables))


@pytest.fixture(scope="session")
def aws_variables(keystead, tmp_path_factory):
    """What a program of AWS's needs in its environment to reach the server: no option of it names an endpoint."""
    variables = {
        "AWS_ENDPOINT_URL_KMS": keystead.endpoint,
        "AWS_ACCESS_KEY_ID": keystead.access_key,
        "AWS_SECRET_ACCESS_KEY": keystead.secret_key,
        "AWS_REGION": keystead.region,
        "AWS_DEFAULT_REGION": keystead.region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return environment(tmp_path_factory.mktemp("home"), **variables)


def environment(home, **variables):
    """A person's clean account: no settings of the machine reach the client."""
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | variables


class Program:
    """A client program and how its answers are read."""

    def __init__(self, command, variables):
        self.command = [str(word) for word in command]
        self.variables = variables

    def run(self, *words, **changes):
        command = self.command + [str(word) for word in words]
        variables = self.variables | changes
        return subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def ok(self, *words, **changes):
        done = self.run(*words, **changes)
        assert done.returncode == 0, f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def fails(self, *words, **changes):
        done = self.run(*words, **changes)
        assert done.returncode != 0, f"{words} was accepted\n{done.stdout}"
        return done.stderr
