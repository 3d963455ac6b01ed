"""Opening and closing everything that the rounds are played on.

Here belongs the order in which presses, servers and proxies come and go.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from tests.chaos.proxy import FaultProxy
from tests.chaos.rounds import Stage
from tests.chaos.worker import READ_TIMEOUT_S
from tests.chaos.world import Bucket, Scene
from tests.servers import AWS, s3_server


@contextmanager
def variables() -> Iterator[None]:
    """The variables of this process as the rounds need them: those for S3, and none for Taar."""
    foreign = ("TAAR_", "PREFECT_", "AWS_")
    before = {name: value for name, value in os.environ.items() if name.startswith(foreign)}
    _set({**dict.fromkeys(before), **AWS})
    try:
        yield
    finally:
        _set({**dict.fromkeys(AWS), **before})


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def open_stage(
    folder: Path, server: str, *, whole: bool = False, prefect: bool = False
) -> Iterator[Stage]:
    """Makes everything that rounds need.

    Args:
        folder: For all files; it is made.
        server: One of `tests.servers.SERVERS`.
        whole: Whether a round crawls the whole press.
        prefect: Whether the flows run through Prefect.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # A line for each request.
    logging.getLogger("botocore").setLevel(logging.ERROR)
    with ExitStack() as stack:
        stack.enter_context(variables())
        folder.mkdir(parents=True)
        endpoint = stack.enter_context(s3_server(server, folder / "s3"))
        proxy = stack.enter_context(FaultProxy(endpoint, patience_s=1.5 * READ_TIMEOUT_S))
        some = Scene(folder / "some", whole=False)
        stack.callback(some.stop)
        all_of_it = None
        if whole:
            all_of_it = Scene(folder / "whole", whole=True)
            stack.callback(all_of_it.stop)
        env: dict[str, str] | None = None
        if prefect:
            from tests.chaos.prefect_server import prefect_server

            env = stack.enter_context(prefect_server(folder / "prefect")).env
            env["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
        bucket = Bucket(endpoint, f"chaos-{uuid4().hex[:12]}")
        yield Stage(folder / "rounds", some, all_of_it, bucket, proxy, env)
