"""What is said to the server of every object that is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from flows.opening import open_lake
from flows.settings import load_settings
from lake.errors import ConfigError, StorageError
from lake.storage import S3Options, Storage, open_storage

PARTS = 5 << 20
"""Bytes: the smallest part that S3 accepts."""


def opened(s3_endpoint: str, bucket: str, **options: Any) -> Storage:
    wanted = S3Options(endpoint_url=s3_endpoint, multipart_bytes=PARTS, **options)
    return open_storage(f"s3://{bucket}/x", wanted)


def encrypts(s3_endpoint: str, bucket: str) -> None:
    """Leaves the test to servers that encrypt."""
    try:
        opened(s3_endpoint, bucket, encryption="AES256").put("probe", b"x")
    except StorageError as error:
        # Every other refusal is a defect, and the test goes on to meet it.
        if "cannot do this" in error.what:
            pytest.skip(error.what)


def heads(s3_endpoint: str, bucket: str, storage: Storage, folder: Path) -> list[Any]:
    """What the server says of a small object and of one in parts."""
    large = folder / "large"
    large.write_bytes(bytes(PARTS + 1))
    storage.put("small", b"x")
    storage.put("large", large)
    assert storage.get_range("large", PARTS, 5) == b"\0"
    client = boto3.client("s3", endpoint_url=s3_endpoint)
    return [
        client.head_object(Bucket=bucket, Key=f"x/{key}", ChecksumMode="ENABLED")
        for key in ("small", "large")
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"encryption": "AES256"}, {"ServerSideEncryption": "AES256"}),
        ({"encryption": "aws:kms"}, {"ServerSideEncryption": "aws:kms"}),
        (
            {"encryption": "aws:kms", "kms_key_id": "alias/news"},
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/news"},
        ),
    ],
)
def test_objects_are_encrypted_as_was_asked(
    options: dict[str, str], expected: dict[str, str], s3_endpoint: str, bucket: str, tmp_path: Path
) -> None:
    encrypts(s3_endpoint, bucket)
    storage = opened(s3_endpoint, bucket, **options)
    for head in heads(s3_endpoint, bucket, storage, tmp_path):
        assert {name: head.get(name) for name in expected} == expected


@pytest.mark.parametrize("checksum", ["md5", "crc32", "none"])
def test_checksums(checksum: str, s3_endpoint: str, bucket: str, tmp_path: Path) -> None:
    storage = opened(s3_endpoint, bucket, checksum=checksum)
    sent: list[dict[str, Any]] = []
    events = storage._client.meta.events  # type: ignore[attr-defined]
    events.register("before-call.s3", lambda params, **_: sent.append(dict(params["headers"])))
    heads(s3_endpoint, bucket, storage, tmp_path)
    names = {name.lower() for headers in sent for name in headers}
    assert ("content-md5" in names) == (checksum == "md5")
    assert ("x-amz-sdk-checksum-algorithm" in names) == (checksum == "crc32")


@pytest.mark.parametrize(
    ("options", "variable"),
    [
        ({"encryption": "rot13"}, "TAAR_S3_ENCRYPTION"),
        ({"checksum": "sum"}, "TAAR_S3_CHECKSUM"),
        ({"kms_key_id": "k"}, "TAAR_S3_KMS_KEY_ID"),
        ({"kms_key_id": "k", "encryption": "AES256"}, "TAAR_S3_KMS_KEY_ID"),
    ],
)
def test_wrong_options_are_told(options: dict[str, str], variable: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_storage("s3://bucket/x", S3Options(endpoint_url="http://127.0.0.1:1", **options))  # type: ignore[arg-type]
    assert caught.value.where == variable
    assert caught.value.remedy


def test_settings_reach_the_server(
    s3_endpoint: str, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypts(s3_endpoint, bucket)
    monkeypatch.setenv("TAAR_S3_ENCRYPTION", "AES256")
    monkeypatch.setenv("TAAR_S3_CHECKSUM", "none")
    given = load_settings(lake=f"s3://{bucket}/x", s3_endpoint_url=s3_endpoint, cache=tmp_path)
    lake = open_lake(given)
    for head in heads(s3_endpoint, bucket, lake.storage, tmp_path):
        assert head["ServerSideEncryption"] == "AES256"
    lake.storage.list()
    with lake.storage.open_input("large", PARTS + 1) as file:
        assert file.read(4) == bytes(4)
    assert list((tmp_path / "blocks").rglob("*-0")), "what was read is kept"
    monkeypatch.setenv("TAAR_S3_ENCRYPTION", "rot13")
    with pytest.raises(ConfigError, match="s3_encryption"):
        load_settings()
