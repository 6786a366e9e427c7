"""The integration tests that AWS ships with its Encryption SDK and CLI, as they are, pointed at our server."""

import glob
import os
import pathlib
import subprocess
import sys

import pytest

VENV = pathlib.Path(sys.executable).parent.parent
CLI = VENV / "aws-encryption-cli" / "bin"
KEY = "AWS_ENCRYPTION_SDK_PYTHON_INTEGRATION_TEST_AWS_KMS_"
# These open messages under keys of AWS's own, which nobody else has.
UNDER_KEYS_OF_AWS = ["--ignore=test/integration/test_kat_commitment.py", "--ignore=test/integration/test_i_xcompat_kms.py"]
# It asks for a region that DNS does not know; here every region is at one address.
NEEDS_DNS = ["--deselect=test/integration/test_i_aws_encrytion_sdk_client.py::test_remove_bad_client"]
# What each suite counts at least: a suite that shrank is no proof.
SUITES = {"aws_encryption_sdk-4": (sys.executable, UNDER_KEYS_OF_AWS + NEEDS_DNS, 47), "aws_encryption_sdk_cli-4": (CLI / "python", [], 69)}


@pytest.fixture(scope="module")
def running(kms_for, aws_variables, tmp_path_factory):
    """Both suites at once, each beside the other: they wait more than they work."""
    kms, folder = kms_for(), tmp_path_factory.mktemp("suites")
    arn = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    names = {KEY + name: arn[place] for name, place in (("KEY_ID", 0), ("KEY_ID_2", 1), ("MRK_KEY_ID_1", 0), ("MRK_KEY_ID_2", 1))}
    path = {"PATH": f"{CLI}{os.pathsep}{os.environ['PATH']}"}
    started = {}
    for name, (python, words, _) in SUITES.items():
        [source] = glob.glob(str(VENV / "sdists" / f"{name}*[0-9]"))
        command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "test/integration", *words]
        with (folder / name).open("wb") as out:
            process = subprocess.Popen(command, cwd=source, env=aws_variables | names | path, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        started[name] = process
    yield folder, started, arn[0]
    for process in started.values():
        process.kill()
        process.wait()


@pytest.mark.parametrize("name", SUITES)
def test_the_suite_passes(keystead, running, name):
    folder, started, arn = running
    status = started[name].wait(timeout=240)
    told = (folder / name).read_text(errors="replace")
    assert status == 0, told[-6000:]
    passed = int(told.rsplit(" passed", 1)[0].split()[-1])
    assert passed >= SUITES[name][2], told[-500:]
    assert ("GenerateDataKey", "success") in {use[:2] for use in keystead.uses(arn.rsplit("/", 1)[1])}
