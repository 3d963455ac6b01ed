"""S3 servers for the tests: moto in this process, or OpenStack Swift with ``CHAOS_S3=swift``.

Here belongs the choice between them and the keys that both take. How Swift is installed and run is
`tests.chaos.swift`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from moto.server import ThreadedMotoServer

AWS: Final = {
    "AWS_ACCESS_KEY_ID": "test:tester",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
"""What leads boto3 to them. The keys are those of the Swift server; moto takes any."""

SERVERS: Final = ("moto", "swift")


@contextmanager
def s3_server(name: str, folder: Path) -> Iterator[str]:
    """Runs an S3 server for as long as the block; its address.

    Args:
        name: One of `SERVERS`.
        folder: For its files, if it has any; it must not be there yet.

    Raises:
        ValueError: If there is no such server.
        RuntimeError: If it does not start.
    """
    if name not in SERVERS:
        raise ValueError(f"no S3 server is called {name!r}; there are {', '.join(SERVERS)}")
    if name == "swift":
        from tests.chaos.swift import swift

        with swift(folder) as url:
            yield url
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
