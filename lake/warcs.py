"""WARC files of the lake as they lie there: walking over their records, and emptying some.

Here belongs what is done to archived pages after they were published. Not here: the writing of
such files (`crawler.warc`), and what rows owe them (`lake.verify_pages`).

A record is emptied by putting another in its place that has exactly its length, so that the
offsets of all others stay right.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import IO, Final
from uuid import UUID

_BLOCK: Final = 1 << 20
_HEAD: Final = 1 << 14
"""Bytes of a record that are looked at: its header has a few hundred."""

_GZIP: Final = 16 + zlib.MAX_WBITS
_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00" + bytes(5) + b"\xff"
_GZIP_EXTRA: Final = b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff"
_GZIP_FRAME: Final = 18
"""Bytes of a gzip member around its data: RFC 1952, header 10, checksum and size 8."""

_STORED: Final = 0xFFFF
"""Bytes in a stored block of DEFLATE at most, and 5 around them: RFC 1951, 3.2.4."""

_EMPTY_DATA: Final = b"\x03\x00"
"""DEFLATE of nothing."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: where it begins and ends in the file, and its first bytes, unpacked."""

    start: int
    end: int
    head: bytes

    @property
    def fields(self) -> dict[str, str]:
        """Its header, names in lower case; empty if it is no WARC record."""
        first, _, rest = self.head.partition(b"\r\n\r\n")[0].partition(b"\r\n")
        if not first.startswith(b"WARC/"):
            return {}
        lines = (line.decode(errors="replace").partition(":") for line in rest.split(b"\r\n"))
        return {name.strip().lower(): value.strip() for name, _, value in lines}


def records(source: IO[bytes]) -> Iterator[Record]:
    """The records of a WARC file of gzip members, one for each record.

    Raises:
        ValueError: If the file is damaged, or ends within a record; what is whole comes first.
    """
    start = position = 0
    unpack, head = zlib.decompressobj(_GZIP), b""
    while chunk := source.read(_BLOCK):
        position += len(chunk)
        while chunk:
            try:
                data = unpack.decompress(chunk)
            except zlib.error as error:
                raise ValueError(f"the record at byte {start} is damaged: {error}") from None
            if len(head) < _HEAD:
                head += data[: _HEAD - len(head)]
            if not unpack.eof:
                break
            chunk = unpack.unused_data
            yield Record(start, position - len(chunk), head)
            start = position - len(chunk)
            unpack, head = zlib.decompressobj(_GZIP), b""
    if start != position:
        raise ValueError(f"the file ends within the record at byte {start}")


def to_empty(
    source: IO[bytes], offsets: Collection[int], urls: Collection[str]
) -> list[tuple[int, int]]:
    """The records of a WARC file to be emptied: responses, and the requests that belong to them.

    Args:
        source: The file.
        offsets: Where responses begin that are to go.
        urls: Every exchange with one of these is to go too.

    Returns:
        Start and end of each; those that were emptied before are not among them.

    Raises:
        ValueError: If the file is damaged.
    """
    found: list[tuple[int, int]] = []
    answered: str | None = None
    for record in records(source):
        fields = record.fields
        kind, target = fields.get("warc-type"), fields.get("warc-target-uri", "").strip("<>")
        if kind not in ("response", "request", "revisit"):
            continue
        # A request lies behind its response.
        chosen = record.start in offsets or target in urls
        if chosen or (kind == "request" and target == answered):
            found.append((record.start, record.end))
        if kind != "request":
            answered = target if chosen else None
    return found


def emptied(data: bytes, places: Collection[tuple[int, int]]) -> bytes:
    """A WARC file with other records in some places; all offsets are as before."""
    changed = bytearray(data)
    for start, end in places:
        changed[start:end] = filler(end - start, f"{start}")
    return bytes(changed)


def filler(length: int, name: str) -> bytes:
    """A record that says nothing, in exactly so many bytes.

    Args:
        length: Bytes in the file; a gzip member has 18 or more.
        name: Makes its id; the same name always gives the same bytes.

    Raises:
        ValueError: If no gzip member is so short.
    """
    content = length - _GZIP_FRAME
    blocks = -(-content // (_STORED + 5))
    # The id of this record is required by WARC 1.1, 5.2, and says nothing of what was here.
    made = UUID(bytes=blake2b(name.encode(), digest_size=16).digest(), version=4)
    body = content - 5 * blocks
    head = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{made}>\r\n"
        "WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Length: {:010d}\r\n\r\n"
    )
    blank = body - len(head.format(0)) - 4
    if blank < 0:
        return _padding(length)
    text = head.format(blank).encode() + b" " * blank + b"\r\n\r\n"
    data = bytearray()
    for block in range(blocks):  # The last one may be empty.
        part = text[block * _STORED : (block + 1) * _STORED]
        last = block == blocks - 1
        size = len(part).to_bytes(2, "little")
        data += bytes([last]) + size + bytes(255 - b for b in size) + part
    tail = zlib.crc32(text).to_bytes(4, "little") + len(text).to_bytes(4, "little")
    return _GZIP_HEAD + bytes(data) + tail


def _padding(length: int) -> bytes:
    """A gzip member of nothing, for a place that is too short for a record."""
    extra = length - _GZIP_FRAME - len(_EMPTY_DATA) - 2
    if extra < 0:
        raise ValueError(f"no gzip member has {length} bytes")
    return _GZIP_EXTRA + extra.to_bytes(2, "little") + bytes(extra) + _EMPTY_DATA + bytes(8)
