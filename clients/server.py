"""Starts `keystead dev` for the tests, waits until it accepts connections, and ends it by its pid."""

import json
import os
import pathlib
import socket
import subprocess
import time
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parent.parent
ACCOUNT = "111122223333"
REGION, OTHER_REGION = "eu-central-1", "us-west-2"
ACCESS_KEY, SECRET_KEY = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ROOT_TOKEN = "s.clients-root-token"
PATIENCE_SECONDS = 30


@dataclass
class Server:
    """A running server and what a client needs to reach it."""

    endpoint: str
    process: subprocess.Popen
    folder: pathlib.Path
    account: str = ACCOUNT
    region: str = REGION
    other_region: str = OTHER_REGION
    access_key: str = ACCESS_KEY
    secret_key: str = field(default=SECRET_KEY, repr=False)
    root_token: str = field(default=ROOT_TOKEN, repr=False)

    def key_arn(self, key_id, region=None):
        return f"arn:aws:kms:{region or self.region}:{self.account}:key/{key_id}"

    def alias_arn(self, alias, region=None):
        return f"arn:aws:kms:{region or self.region}:{self.account}:{alias}"

    def uses(self, key_id):
        """What the audit log's files hold about a key, oldest first: (operation, outcome, context) each."""
        command = [str(binary()), "audit", "search", str(self.folder / "data" / "audit"), "-o", "json", "--limit", "1000"]
        done = subprocess.run([*command, "--target", key_id], capture_output=True, text=True, timeout=60, check=True)
        records = [json.loads(line)["record"] for line in done.stdout.splitlines()]
        return [(one["operation"], one["outcome"], dict(one["context"] or ())) for one in reversed(records)]

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(folder, *more):
    """Starts a server on a free loopback port with its data in `folder`; `more` are arguments of `dev`."""
    port = free_port()
    endpoint = f"{'https' if '--tls' in more else 'http'}://127.0.0.1:{port}"
    command = [
        str(binary()), "dev",
        "--listen", f"127.0.0.1:{port}",
        "--data-dir", str(folder / "data"),
        "--account", ACCOUNT,
        "--region", REGION,
        "--region", OTHER_REGION,
        "--access-key", f"{ACCESS_KEY}:{SECRET_KEY}",
        "--root-token", ROOT_TOKEN,
        *map(str, more),
    ]
    out, err = folder / "stdout", folder / "stderr"
    # The tests' own variables are no settings of the server, which refuses those it does not know.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEYSTEAD_")}
    with out.open("wb") as to_out, err.open("wb") as to_err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=to_out, stderr=to_err, env=clean)
    server = Server(endpoint=endpoint, process=process, folder=folder)
    await_ready(server, out, err)
    return server


def await_ready(server, out, err):
    """Returns once stdout holds the promised line; otherwise says what the server said instead."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.alive():
        if f"ready {server.endpoint}" in out.read_text(errors="replace").splitlines():
            return
        time.sleep(0.02)
    state = "is still not ready" if server.alive() else f"ended with status {server.process.returncode}"
    server.stop()
    raise RuntimeError(f"keystead dev {state}\nstdout:\n{tail(out)}\nstderr:\n{tail(err)}")


def binary():
    path = pathlib.Path(os.environ.get("KEYSTEAD_BIN", ROOT / "target" / "ci" / "keystead"))
    if not path.is_file():
        raise RuntimeError(f"{path} is not built: run `cargo xtask test --layer clients`")
    return path


def tail(path, characters=4000):
    return path.read_text(errors="replace")[-characters:]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
