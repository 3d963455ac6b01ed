"""OpenStack Swift with its S3 interface on loopback: ``python -m tests.chaos.swift``.

It differs from moto in what matters: it checks signatures, its listings come from other servers
than its objects, and it has no conditional writes worth the name. Here belongs its installation
into an environment of its own (from ``swift.lock``, with hashes), its configuration for one node
with one disk and one copy of everything, and its life.
"""

from __future__ import annotations

import configparser
import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from flows.settings import ROOT

USER: Final = ("test:tester", "testing")
"""Access key and secret key."""

_ENVIRONMENT: Final = ROOT / ".venv-swift"
_LOCK: Final = Path(__file__).with_name("swift.lock")
_START_S: Final = 60.0
_RINGS: Final = ("account", "container", "object")
_FILTERS: Final = (
    *("catch_errors", "gatekeeper", "healthcheck", "listing_formats", "bulk", "s3api"),
    *("tempauth", "copy", "slo", "dlo", "proxy_logging"),
)
"""The way of a request through the proxy server; s3api needs bulk, slo and listing_formats."""


def installed() -> Path:
    """The folder of Swift's programs; installs them if they are not there, or of another lock.

    Raises:
        subprocess.CalledProcessError: If the packages cannot be had.
    """
    done = _ENVIRONMENT / ".done"
    programs = _ENVIRONMENT / "bin"
    if not done.exists() or done.read_bytes() != _LOCK.read_bytes():
        shutil.rmtree(_ENVIRONMENT, ignore_errors=True)
        venv.create(_ENVIRONMENT, with_pip=True)
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
        command = [str(programs / "python"), *install, "--require-hashes", "-r", str(_LOCK)]
        subprocess.run(command, check=True)
        shutil.copy(_LOCK, done)
    return programs


@contextmanager
def swift(folder: Path) -> Iterator[str]:
    """Runs Swift for as long as the block; its address.

    Args:
        folder: For its files; it is made. Its file system must know extended attributes.

    Raises:
        RuntimeError: If it does not start.
    """
    programs = installed()
    ports = dict(zip(("proxy", *_RINGS), _free_ports(4), strict=True))
    _configure(folder, ports, programs)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for name in (*_RINGS, "proxy"):
            with (folder / f"{name}.log").open("wb") as log:
                processes.append(
                    subprocess.Popen(
                        [programs / "python", programs / f"swift-{name}-server", f"{name}.conf"],
                        cwd=folder,
                        env={**os.environ, "SWIFT_DIR": str(folder), "PYTHONWARNINGS": "ignore"},
                        stdout=log,
                        stderr=log,
                    )
                )
        url = f"http://127.0.0.1:{ports['proxy']}"
        _wait(url, folder, processes)
        yield url
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _configure(folder: Path, ports: dict[str, int], programs: Path) -> None:
    (folder / "disks" / "disk").mkdir(parents=True)
    _write(
        folder / "swift.conf",
        {
            # Any: it goes into the hashes of the paths.
            "swift-hash": {"swift_hash_path_suffix": "chaos"},
            "storage-policy:0": {"name": "one", "default": "yes"},
        },
    )
    common = {
        "bind_ip": "127.0.0.1",
        "user": getpass.getuser(),
        "swift_dir": folder,
        # All in one process: it is a server for tests.
        "workers": 0,
        "log_level": "WARNING",
        "log_address": folder / "no-syslog",
    }
    for name in _RINGS:
        disk = {
            "devices": folder / "disks",
            "mount_check": "false",
            "disable_fallocate": "true",
            "fallocate_reserve": 0,
        }
        _write(
            folder / f"{name}.conf",
            {
                "DEFAULT": {**common, **disk, "bind_port": ports[name]},
                "pipeline:main": {"pipeline": f"{name}-server"},
                f"app:{name}-server": {"use": f"egg:swift#{name}"},
            },
        )
        builder = f"{name}.builder"
        for step in (
            # 2^4 partitions, one copy, and no waiting before they may move.
            (builder, "create", "4", "1", "0"),
            (builder, "add", f"r1z1-127.0.0.1:{ports[name]}/disk", "1"),
            (builder, "rebalance"),
        ):
            command = [programs / "python", programs / "swift-ring-builder", *step]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    filters: dict[str, dict[str, Any]] = {
        f"filter:{name}": {"use": f"egg:swift#{name}"} for name in _FILTERS
    }
    filters["filter:s3api"] |= {"location": "us-east-1", "s3_acl": "no"}
    account, _, name = USER[0].partition(":")
    filters["filter:tempauth"] |= {f"user_{account}_{name}": f"{USER[1]} .admin"}
    _write(
        folder / "proxy.conf",
        {
            "DEFAULT": {**common, "bind_port": ports["proxy"]},
            "pipeline:main": {"pipeline": " ".join([*_FILTERS, "proxy-server"])},
            **filters,
            "app:proxy-server": {
                "use": "egg:swift#proxy",
                "account_autocreate": "true",
                "allow_account_management": "true",
            },
        },
    )


def _write(path: Path, sections: dict[str, dict[str, Any]]) -> None:
    # PasteDeploy reads the file, and would take a section named DEFAULT for any other.
    config = configparser.RawConfigParser(default_section="")
    config.read_dict(sections)
    with path.open("w", encoding="utf-8") as file:
        config.write(file)


def _wait(url: str, folder: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    """Until a bucket can be made: the proxy server answers before the others do."""
    client = boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=USER[0],
        aws_secret_access_key=USER[1],
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    end = time.monotonic() + _START_S
    while True:
        try:
            client.create_bucket(Bucket="first")
        except (BotoCoreError, ClientError) as error:
            dead = [p for p in processes if p.poll() is not None]
            if dead or time.monotonic() > end:
                logs = "\n".join(
                    path.read_text(errors="replace")[-2000:] for path in folder.glob("*.log")
                )
                raise RuntimeError(f"Swift does not start: {error}\n{logs}") from error
            time.sleep(0.2)
        else:
            return


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="taar-swift-") as place, swift(Path(place, "s")) as at:
        sys.stdout.write(f"{at}\naccess key {USER[0]}, secret key {USER[1]}; Ctrl-C ends it\n")
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass
