"""An S3 server for the tests of every room that keeps a lake there; CHAOS_S3 names another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import boto3
import pytest

from tests.servers import AWS, s3_server


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """The usual AWS variables, and nothing from this machine's own files."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in AWS.items():
            patch.setenv(name, value)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def s3_endpoint(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    request.getfixturevalue("aws")
    name = os.environ.get("CHAOS_S3", "moto")
    with s3_server(name, tmp_path_factory.mktemp("s3") / name) as url:
        yield url


@pytest.fixture
def bucket(s3_endpoint: str) -> str:
    name = f"taar-{uuid4().hex[:12]}"
    boto3.client("s3", endpoint_url=s3_endpoint).create_bucket(Bucket=name)
    return name
