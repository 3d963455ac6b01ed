from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lake import failpoints
from lake.storage import S3Options, Storage, open_storage
from lake.tables import Lake


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.arm(None)


@pytest.fixture
def s3(s3_endpoint: str, bucket: str) -> Storage:
    return open_storage(f"s3://{bucket}/some/prefix", S3Options(endpoint_url=s3_endpoint))


@pytest.fixture
def local(tmp_path: Path) -> Storage:
    return open_storage(str(tmp_path / "lake"))


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    chosen: Storage = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def lake(storage: Storage) -> Lake:
    return Lake(storage)


@pytest.fixture
def local_lake(local: Storage) -> Lake:
    return Lake(local)


@pytest.fixture
def spools(tmp_path: Path) -> Path:
    return tmp_path / "spools"
