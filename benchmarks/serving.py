"""An S3 server on loopback, in a process of its own, for benchmarks.

Here belongs how it is started and ended. It is moto, which keeps objects in memory: what it takes
is part of every number that is measured with it, ours and the rivals' alike. By itself moto copies
a whole object for every range that is asked of it, however short; no other server does, so here it
keeps the bytes and cuts the range out of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

BUCKET: Final = "taar-bench"
_CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
}
_PROGRAM: Final = """
import logging, sys
from moto.s3.models import FakeKey
from moto.server import ThreadedMotoServer
stored = FakeKey.value
def value(key):
    if "whole" not in key.__dict__:
        key.whole = stored.fget(key)
    return key.whole
def set_value(key, new):
    key.__dict__.pop("whole", None)
    stored.fset(key, new)
FakeKey.value = property(value, set_value)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
sys.stdin.read()
server.stop()
"""


@contextmanager
def s3_server() -> Iterator[str]:
    """Yields the address of a server with an empty bucket; credentials are in the environment."""
    import boto3

    before = dict(os.environ)
    os.environ |= _CREDENTIALS
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        endpoint = process.stdout.readline().strip()
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
        yield endpoint
    finally:
        process.stdin.close()
        process.wait()
        os.environ.clear()
        os.environ |= before
