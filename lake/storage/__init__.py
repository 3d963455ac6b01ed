"""Where objects are kept: the interface, and the way from an address to one that works.

Here belongs what every storage can do and the choice between them. `lake.storage.local` keeps
objects in a folder, `lake.storage.s3` (the only boto3) on an S3-compatible server; neither knows
what an object means. Nothing here needs conditional writes, renames on the server, or locks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from lake.errors import ConfigError

if TYPE_CHECKING:  # The crawl process comes by here for `lake.storage.files` and needs no Arrow.
    import pyarrow as pa
    import pyarrow.fs as pafs

ADDRESSING: Final = ("auto", "path", "virtual")
ENCRYPTIONS: Final = (None, "AES256", "aws:kms")
CHECKSUMS: Final = ("md5", "crc32", "none")


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object: its key under the root, size in bytes, entity tag, time of the last write."""

    key: str
    size: int
    etag: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class S3Options:
    """How to talk to an S3-compatible server. Credentials come from the usual AWS variables.

    Attributes:
        endpoint_url: Of servers other than AWS, such as ``http://127.0.0.1:9000``; None: what the
            AWS variables and files say.
        region: None: what the AWS variables and files say.
        addressing_style: ``path``, ``virtual``, or ``auto``: path unless it is AWS.
        retry_mode: ``standard`` or ``adaptive``, as in botocore: back-off with jitter.
        max_attempts: How often a request is sent in all.
        connect_timeout_s: Seconds.
        read_timeout_s: Seconds without a byte.
        multipart_bytes: Larger objects go up in parts of this size.
        parallel: Objects that are read at once.
        cache: Folder for blocks of objects that were read; None: none are kept.
        cache_bytes: How much of them.
        encryption: Server-side encryption of what is written: ``AES256`` (SSE-S3), ``aws:kms``
            (SSE-KMS), or None: what the bucket does by itself.
        kms_key_id: Key for ``aws:kms``; None: the bucket's or the account's own.
        checksum: Of what is written: ``md5`` (Content-MD5, which every server knows), ``crc32``
            (what newer SDKs send), or ``none`` for servers that stumble over either.
    """

    endpoint_url: str | None = None
    region: str | None = None
    addressing_style: str = "auto"
    retry_mode: str = "standard"
    max_attempts: int = 6
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 60.0
    multipart_bytes: int = 16 << 20
    parallel: int = 16
    cache: Path | None = None
    cache_bytes: int = 0
    encryption: str | None = None
    kms_key_id: str | None = None
    checksum: str = "md5"


class Storage(Protocol):
    """Objects under one root, by key. Every failure is a `StorageError` with a remedy."""

    @property
    def url(self) -> str:
        """The root, as a person writes it."""
        ...

    @property
    def parallel(self) -> int:
        """How many objects are worth reading at once."""
        ...

    @property
    def filesystem(self) -> pafs.FileSystem:
        """The objects as a read-only Arrow file system; paths are keys."""
        ...

    def put(self, key: str, data: bytes | Path) -> None:
        """Writes an object, whole or not at all; one that is there is replaced."""
        ...

    def get(self, key: str) -> bytes:
        """Reads an object.

        Raises:
            ObjectMissingError: If it is not there.
        """
        ...

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Reads `length` bytes from `start`; fewer at the end of the object.

        Raises:
            ObjectMissingError: If it is not there.
        """
        ...

    def open_input(self, key: str, size: int | None = None) -> pa.NativeFile:
        """Opens an object for reading parts of it.

        Args:
            key: The object.
            size: Its size, if the caller knows it: that saves a request.

        Raises:
            ObjectMissingError: If it is not there.
        """
        ...

    def head(self, key: str) -> ObjectInfo | None:
        """Looks at an object; None if it is not there."""
        ...

    def list(self, prefix: str = "") -> list[ObjectInfo]:
        """The objects whose keys begin with `prefix`, sorted by key."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Deletes objects; those that are not there are none the worse for it."""
        ...

    def sweep(self, before: datetime) -> int:
        """Removes what writes left behind that were interrupted before a time; counts them."""
        ...

    def server_time(self) -> datetime | None:
        """The server's clock, for telling a wrong one; None where there is no server."""
        ...


def open_storage(url: str, s3: S3Options | None = None, *, create: bool = True) -> Storage:
    """Opens the storage at an address and makes sure that it answers.

    Args:
        url: A folder, ``file:///folder`` or ``s3://bucket/prefix``.
        s3: How to talk to the server, for ``s3://``.
        create: Whether a folder that is missing is made, and must be writable.

    Raises:
        ConfigError: If the address or an option is wrong.
        StorageError: If the storage cannot be reached or refuses us.
    """
    scheme, separator, rest = url.partition("://")
    if not url.strip():
        raise ConfigError(
            "the lake's address is empty",
            where="TAAR_LAKE",
            remedy="give a folder such as ./data, or s3://bucket/prefix",
        )
    mistyped = re.match(r"(s3|file|https?):(?!//)", url) or re.match(r"file://[^/]", url)
    if mistyped or not url.isprintable():
        raise ConfigError(
            f"{url!r} is neither a folder nor the address of a bucket",
            where="TAAR_LAKE",
            remedy="give a folder such as ./data, file:///srv/news, or s3://bucket/prefix",
        )
    if separator and scheme not in {"s3", "file"}:
        raise ConfigError(
            f"a lake cannot lie at {scheme}://",
            where=url,
            remedy="give a folder such as ./data, or s3://bucket/prefix",
        )
    if scheme == "s3" and separator:
        from lake.storage.s3 import (
            open_s3,  # boto3 takes a third of a second, and only S3 needs it.
        )

        return open_s3(url, s3 or S3Options())
    from lake.storage.local import open_local

    return open_local(_folder(rest if separator else url), create=create)


def local_root(url: str) -> Path | None:
    """The folder of a lake on this machine, links followed; None for one on a server.

    Args:
        url: As `open_storage` takes it.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "file":
        return None
    return _folder(rest if separator else url).resolve()


def _folder(address: str) -> Path:
    try:
        return Path(address).expanduser()
    except RuntimeError as error:
        raise ConfigError(
            f"nobody knows the home that {address!r} begins with: {error}",
            where="TAAR_LAKE",
            remedy="write the path of the folder from the root on",
        ) from None
