"""Custodians open a sealed server with `bao operator unseal`, as they open the original."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

import conftest
import server as keystead_server

pytestmark = pytest.mark.skipif("KEYSTEAD_ORACLE" in os.environ, reason="it needs a server of its own")


class Sealed:
    """A server with custodians: their shares, where it listens, and `bao` beside it."""

    def __init__(self, folder):
        self.folder = folder
        self.endpoint = f"http://127.0.0.1:{keystead_server.free_port()}"
        listen = self.endpoint.removeprefix("http://")
        settings = [f"data_dir={folder / 'data'}", f"listen={listen}", "tls.mode=off"]
        settings += ["root.kind=shamir", "root.shares=5", "root.threshold=3", "audit.segment_mib=1", "metrics.listen=off"]
        self.command = [str(keystead_server.binary())]
        for setting in settings:
            self.command += ["--set", setting]
        self.clean = {name: value for name, value in os.environ.items() if not name.startswith("KEYSTEAD_")}
        made = subprocess.run([*self.command, "init"], env=self.clean, capture_output=True, text=True, check=True)
        self.shares = [line for line in made.stdout.splitlines() if line.startswith("kss1-")]
        self.token = (folder / "data" / "first-token").read_text()
        program = os.environ.get("KEYSTEAD_BAO") or shutil.which("bao", path=pathlib.Path(sys.executable).parent)
        variables = {"BAO_ADDR": self.endpoint, "BAO_TOKEN": self.token, "BAO_FORMAT": "json"}
        self.bao = conftest.Program([program], conftest.environment(folder, **variables))
        self.process = None

    def start(self):
        with (self.folder / "stderr").open("ab") as errors:
            self.process = subprocess.Popen([*self.command, "server"], env=self.clean, stderr=errors)
        deadline = time.monotonic() + keystead_server.PATIENCE_SECONDS
        while self.page("/healthz") != 200:
            assert time.monotonic() < deadline and self.process.poll() is None, "it is not ready"
            time.sleep(0.02)

    def page(self, path):
        try:
            return urllib.request.urlopen(self.endpoint + path, timeout=5).status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def stop(self):
        self.process.kill()
        self.process.wait()

    def status(self):
        """What `bao status` says; it ends with 2 while the server is sealed."""
        done = self.bao.run("status")
        assert done.returncode in (0, 2), done.stderr
        told = json.loads(done.stdout)
        assert told["sealed"] == (done.returncode == 2)
        return told


@pytest.fixture
def sealed(tmp_path):
    server = Sealed(tmp_path)
    server.start()
    yield server
    server.stop()


def test_custodians_unseal_with_bao(sealed):
    bao, shares = sealed.bao, sealed.shares
    told = sealed.status()
    assert (told["type"], told["sealed"], told["t"], told["n"], told["progress"]) == ("shamir", True, 3, 5, 0)
    assert (sealed.page("/v1/sys/health"), sealed.page("/readyz")) == (503, 503)
    assert "Vault is sealed" in bao.fails("write", "-f", "transit/keys/app")

    first = bao.ok("operator", "unseal", shares[0])
    assert (first["progress"], first["sealed"]) == (1, True)
    second = bao.ok("operator", "unseal", shares[1])
    assert (second["progress"], second["nonce"]) == (2, first["nonce"]) and len(first["nonce"]) == 36
    assert "share 2 was given already" in bao.fails("operator", "unseal", shares[1])
    assert "must be a share" in bao.fails("operator", "unseal", "bm90IGEgc2hhcmU=")
    assert sealed.status()["progress"] == 2, "what was wrong cost nothing"
    third = bao.ok("operator", "unseal", shares[4])
    assert (third["sealed"], third["progress"]) == (False, 0)

    assert (sealed.page("/v1/sys/health"), sealed.page("/readyz")) == (200, 200)
    bao.ok("write", "-f", "transit/keys/app")
    ciphertext = bao.ok("write", "transit/encrypt/app", "plaintext=aGVsbG8=")["data"]["ciphertext"]
    sealed.stop()
    sealed.start()
    bao.ok("operator", "unseal", shares[3])
    assert bao.ok("operator", "unseal", "-reset")["progress"] == 0
    for share in (shares[2], shares[0]):
        assert bao.ok("operator", "unseal", share)["sealed"]
    assert not bao.ok("operator", "unseal", shares[3])["sealed"]
    opened = bao.ok("write", "transit/decrypt/app", f"ciphertext={ciphertext}")["data"]["plaintext"]
    assert opened == "aGVsbG8="
