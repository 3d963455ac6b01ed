"""Objects on an S3-compatible server.

Here belongs the storage of an ``s3://`` lake. It asks for nothing but PUT, GET with ranges, HEAD,
list and DELETE, because the compatible servers differ in everything else. How the client is made is
in `lake.storage.s3_clients`, what the server's answers mean for a person in
`lake.storage.s3_errors`; boto3 is in these three alone.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from hashlib import md5
from pathlib import Path
from random import random
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import pyarrow as pa
import pyarrow.fs as pafs
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from lake.errors import ObjectMissingError, StorageError
from lake.failpoints import failpoint
from lake.storage import ObjectInfo, S3Options
from lake.storage.cache import BlockCache
from lake.storage.rangefile import FarFile, RangeFile, ReadOnlyFileSystem
from lake.storage.s3_clients import address, check, clients
from lake.storage.s3_errors import explain, is_missing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef, ListObjectsV2OutputTypeDef

T = TypeVar("T")

_WHOLE: Final = 2 << 20
"""Bytes: a smaller object is read in one request, because a second one costs more."""

_FAILURES: Final = (
    *(BotoCoreError, ClientError, Boto3Error, OSError, ValueError),
    *(HTTPError, ResponseParserError),
)
"""What a request may raise; the last two are urllib3's and the parser's own, as they come."""


class _OtherError(Exception):
    """The object is not the one that was asked for."""


class S3Storage:
    """A `lake.storage.Storage` in a bucket. Made by `open_s3`."""

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        prefix: str,
        options: S3Options,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._options = options
        self._sleep = sleep
        self._etags: dict[str, str] = {}  # As last listed or looked at: what a cached block is of.
        self._cache = None
        if options.cache is not None and options.cache_bytes > 0:
            self._cache = BlockCache(options.cache, options.cache_bytes)
        self._transfer = TransferConfig(
            multipart_threshold=options.multipart_bytes,
            multipart_chunksize=options.multipart_bytes,
            max_concurrency=4,
        )

    @property
    def url(self) -> str:
        """``s3://bucket/prefix``."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    @property
    def parallel(self) -> int:
        """How many objects are worth reading at once."""
        return self._options.parallel

    @property
    def filesystem(self) -> pafs.FileSystem:
        """The objects as a read-only Arrow file system; paths are keys."""
        return pafs.PyFileSystem(ReadOnlyFileSystem(self))

    def put(self, key: str, data: bytes | Path) -> None:
        """Writes an object: one PUT with its MD5, or parts for a large one."""
        failpoint("s3.put")
        size = data.stat().st_size if isinstance(data, Path) else len(data)
        if isinstance(data, Path) and size >= self._options.multipart_bytes:
            self._put_parts(key, data, size)
            return
        body = data.read_bytes() if isinstance(data, Path) else data
        extra = self._extra()
        if self._options.checksum == "md5":
            extra["ContentMD5"] = b64encode(md5(body, usedforsecurity=False).digest()).decode()
        self._ask(
            f"write {key}",
            key,
            lambda: self._client.put_object(
                Bucket=self._bucket, Key=self._prefix + key, Body=body, **extra
            ),
        )
        self._etags.pop(key, None)

    def _extra(self) -> dict[str, Any]:
        """What is said of every object that is written."""
        options, extra = self._options, {}
        if options.encryption is not None:
            extra["ServerSideEncryption"] = options.encryption
        if options.kms_key_id is not None:
            extra["SSEKMSKeyId"] = options.kms_key_id
        if options.checksum == "crc32":
            extra["ChecksumAlgorithm"] = "CRC32"
        return extra

    def _put_parts(self, key: str, path: Path, size: int) -> None:
        def upload() -> None:
            with path.open("rb") as file:
                self._client.upload_fileobj(
                    file,
                    self._bucket,
                    self._prefix + key,
                    ExtraArgs=self._extra(),
                    Config=self._transfer,
                )

        self._ask(f"write {key}", key, upload)
        self._etags.pop(key, None)
        there = self.head(key)
        if there is None or there.size != size:
            raise StorageError(
                f"{key} did not arrive whole: {there.size if there else 0} of {size} bytes",
                where=self.url,
                remedy="run the same command again: the run is still in its spool",
            )

    def get(self, key: str) -> bytes:
        """Reads an object."""
        return self._ask(f"read {key}", key, lambda: self._body(key, None))

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Reads a part of an object."""
        if length <= 0:
            return b""
        wanted = f"bytes={start}-{start + length - 1}"
        return self._ask(f"read {key}", key, lambda: self._body(key, wanted))

    def _cached(self, key: str, size: int, etag: str, start: int, length: int) -> bytes:
        """A part of an object that the cache may have."""
        cache = cast("BlockCache", self._cache)

        def fetch(at: int, count: int) -> bytes:
            wanted = f"bytes={at}-{at + count - 1}"
            return self._ask(f"read {key}", key, lambda: self._body(key, wanted, etag))

        try:
            return cache.read(f"{self.url}/{key}\n{etag}", size, start, length, fetch)
        except _OtherError:
            # Replaced since it was listed, or a server that names what it lists otherwise.
            return self.get_range(key, start, length)

    def _body(self, key: str, wanted: str | None, etag: str | None = None) -> bytes:
        # botocore repeats a request that fails, but not the reading of a body that breaks off.
        extra: GetObjectRequestTypeDef = {"Bucket": self._bucket, "Key": self._prefix + key}
        if wanted is not None:
            extra["Range"] = wanted
        for attempt in range(1, self._options.max_attempts):
            answer = self._client.get_object(**extra)
            if etag is not None and answer["ETag"].strip('"') != etag:
                answer["Body"].close()
                raise _OtherError
            try:
                return answer["Body"].read()
            except (IncompleteReadError, ReadTimeoutError, ResponseStreamingError):
                self._back_off(attempt)
        return self._client.get_object(**extra)["Body"].read()

    def open_input(self, key: str, size: int | None = None) -> pa.NativeFile:
        """Opens an object for reading parts of it."""
        etag = self._etags.get(key)
        if size is None or (self._cache is not None and etag is None):
            info = self._ask(f"look at {key}", key, lambda: self._head(key))
            size, etag = info.size, info.etag
        if self._cache is not None and etag is not None:
            read = partial(self._cached, key, size, etag)
        else:
            read = partial(self.get_range, key)
            if size <= _WHOLE:
                return pa.BufferReader(self.get(key))
        if size <= _WHOLE:
            return pa.BufferReader(read(0, size))
        return FarFile(RangeFile(read, key, size))

    def head(self, key: str) -> ObjectInfo | None:
        """Looks at an object; None if it is not there."""
        try:
            return self._ask(f"look at {key}", key, lambda: self._head(key))
        except ObjectMissingError:
            return None

    def _head(self, key: str) -> ObjectInfo:
        answer = self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
        etag = self._etags[key] = answer["ETag"].strip('"')
        return ObjectInfo(key, answer["ContentLength"], etag, answer["LastModified"])

    def list(self, prefix: str = "") -> list[ObjectInfo]:
        """The objects whose keys begin with `prefix`, sorted by key."""
        pages = self._client.get_paginator("list_objects_v2")

        def fetch() -> list[ObjectInfo]:
            return [
                ObjectInfo(
                    item["Key"].removeprefix(self._prefix),
                    item["Size"],
                    item["ETag"].strip('"'),
                    item["LastModified"],
                )
                for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix)
                for item in page.get("Contents", [])
            ]

        found = self._ask("list the lake", prefix, fetch)
        self._etags |= {info.key: info.etag for info in found}
        return sorted(found, key=lambda info: info.key)

    def delete(self, keys: Iterable[str]) -> None:
        """Deletes objects one by one: DeleteObjects is where compatible servers differ most."""
        for key in keys:
            self._ask(f"delete {key}", key, partial(self._delete, self._prefix + key))

    def _delete(self, name: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=name)

    def sweep(self, before: datetime) -> int:
        """Aborts uploads in parts that began before a time, where the server lets us."""
        try:
            answer = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=self._prefix)
            old = [u for u in answer.get("Uploads", []) if u["Initiated"] < before]
            for upload in old:
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                )
        except ClientError:  # Not every server can, and not every key may: it is only tidying.
            return 0
        return len(old)

    def server_time(self) -> datetime | None:
        """The server's clock, to the second, from the Date header of an answer."""
        answer = self._ask("list the lake", "", self._look)
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        return parsedate_to_datetime(date) if date else None

    def _look(self) -> ListObjectsV2OutputTypeDef:
        # Not HeadBucket: its refusals have no body to say why, and a key limited to the prefix
        # may list it but not look at the bucket.
        return self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)

    def probe(self) -> None:
        """Makes sure that the server answers, knows the bucket and lets us in."""
        self._ask("open the lake", "", self._look)

    def _ask(self, doing: str, key: str, request: Callable[[], T]) -> T:
        try:
            return self._until_whole(request)
        except _FAILURES as error:
            if is_missing(error):
                raise ObjectMissingError(
                    f"no such object: {key}",
                    where=self.url,
                    remedy="another writer may have removed it: run the command again",
                ) from error
            raise explain(error, doing, self.url, self._options.endpoint_url) from error

    def _until_whole(self, request: Callable[[], T]) -> T:
        # What an error says of an object is read past botocore's own retries: when it breaks off,
        # urllib3's exception comes through, or half an answer that cannot be parsed.
        for attempt in range(1, self._options.max_attempts):
            try:
                return request()
            except (HTTPError, ResponseParserError):
                self._back_off(attempt)
        return request()

    def _back_off(self, attempt: int) -> None:
        self._sleep(min(0.05 * 2**attempt, 5.0) * (1 + random()))  # noqa: S311 - jitter


def open_s3(url: str, options: S3Options) -> S3Storage:
    """Opens a bucket, or a prefix in one, as a storage.

    Args:
        url: ``s3://bucket/prefix``.
        options: How to talk to the server.

    Raises:
        ConfigError: If the address or an option is wrong.
        StorageError: If the server cannot be reached, does not know the bucket, or refuses us.
    """
    bucket, prefix = address(url)
    check(options)
    # Few and short attempts: a wrong endpoint is to be noticed while somebody is looking.
    hasty = replace(options, max_attempts=2, read_timeout_s=min(options.read_timeout_s, 10))
    first, client = clients(url, hasty, options)
    S3Storage(first, bucket, prefix, hasty).probe()
    return S3Storage(client, bucket, prefix, options)
