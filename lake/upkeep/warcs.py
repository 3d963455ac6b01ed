"""WARC files of the lake as they lie there: walking over their records, and emptying some.

Here belongs what is done to archived pages after they were published. Not here: the writing of
such files (`crawler.warc`), and what rows owe them (`lake.verify.pages`).

A record is emptied by putting another in its place that has exactly its length, so that the
offsets of all others stay right.
"""

from __future__ import annotations

import os
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
_MAGIC: Final = b"\x1f\x8b\x08"
_WARC: Final = b"WARC/"
_PROBE: Final = 1 << 12
"""Bytes of a possible record that tell whether it is one."""
_GZIP_FRAME: Final = 18
"""Bytes of a gzip member around its data: RFC 1952, header 10, checksum and size 8."""

_STORED: Final = 0xFFFF
"""Bytes in a stored block of DEFLATE at most, and 5 around them: RFC 1951, 3.2.4."""

_EMPTY_DATA: Final = b"\x03\x00"
"""DEFLATE of nothing."""

_LEAST: Final = _GZIP_FRAME + len(_EMPTY_DATA) + 2
"""Bytes of the shortest member that `filler` makes."""


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
        if not first.startswith(_WARC):
            return {}
        lines = (line.decode(errors="replace").partition(":") for line in rest.split(b"\r\n"))
        return {name.strip().lower(): value.strip() for name, _, value in lines}


@dataclass(frozen=True, slots=True)
class Damaged:
    """A place where no whole record is.

    Attributes:
        start: Where a record should begin.
        end: Where the next whole record begins, or the file ends.
        what: What is wrong, as a sentence without its end.
    """

    start: int
    end: int
    what: str


def walk(source: IO[bytes], keep: int = _HEAD) -> Iterator[Record | Damaged]:
    """Everything in a WARC file of gzip members, one for each record: whole or damaged.

    Behind a damaged member the walk goes on at the next one that holds a WARC record.

    Args:
        source: The file, from any record on; its offsets count from there. It is read once, and
            sought in where it is damaged.
        keep: How many bytes of each record are wanted, unpacked.
    """
    origin = start = source.tell()
    ahead = b""
    while ahead or (ahead := source.read(_BLOCK)):
        try:
            head, length, ahead = _member(source, ahead, keep)
        except (zlib.error, EOFError) as error:
            following, size = _next_record(source, start + 1)
            place = f"the record at byte {start - origin}"
            if isinstance(error, zlib.error):
                what = f"{place} is damaged: {error}"
            elif following < size:  # A length in it is wrong.
                what = f"{place} is damaged: it has no end"
            else:
                what = f"the file ends within {place}"
            yield Damaged(start - origin, following - origin, what)
            source.seek(following)
            start, ahead = following, b""
        else:
            yield Record(start - origin, start - origin + length, head)
            start += length


def _member(source: IO[bytes], chunk: bytes, keep: int) -> tuple[bytes, int, bytes]:
    """One gzip member, of which `chunk` was read: its data, its length, and what was read on."""
    unpack = zlib.decompressobj(_GZIP)
    parts: list[bytes] = []
    length = 0
    while chunk:
        data = unpack.decompress(chunk)
        if keep > 0:
            parts.append(data[:keep])
            keep -= len(data)
        length += len(chunk)
        if unpack.eof:
            return b"".join(parts), length - len(unpack.unused_data), unpack.unused_data
        chunk = source.read(_BLOCK)
    raise EOFError


def _next_record(source: IO[bytes], at: int) -> tuple[int, int]:
    """Where the next record seems to begin from a position on, or the file ends; and the latter."""
    size = source.seek(0, os.SEEK_END)
    while at < size:
        source.seek(at)
        block = source.read(_BLOCK)
        found = block.find(_MAGIC)
        while found >= 0:
            source.seek(at + found)
            try:
                begin = zlib.decompressobj(_GZIP).decompress(source.read(_PROBE), len(_WARC))
            except zlib.error:
                begin = b""
            if begin == _WARC:
                return at + found, size
            found = block.find(_MAGIC, found + 1)
        # It may lie across the border of two blocks.
        at += max(len(block) - len(_MAGIC) + 1, 1)
    return size, size


def to_empty(
    source: IO[bytes], offsets: Collection[int], urls: Collection[str]
) -> list[tuple[int, int]]:
    """The records of a WARC file to be emptied: responses, and the requests that belong to them.

    Damaged places stay as they are, but for those where a response is to go.

    Args:
        source: The file.
        offsets: Where responses begin that are to go.
        urls: Every exchange with one of these is to go too.

    Returns:
        Start and end of each; those that were emptied before are not among them.
    """
    found: list[tuple[int, int]] = []
    answered: str | None = None
    for item in walk(source):
        if isinstance(item, Damaged):
            # From where the response began: what lies before it is somebody else's.
            begin = min((o for o in offsets if item.start <= o < item.end), default=None)
            if begin is not None:
                found.append((begin, item.end))
            answered = None
            continue
        fields = item.fields
        kind, target = fields.get("warc-type"), fields.get("warc-target-uri", "").strip("<>")
        if kind not in ("response", "request", "revisit"):
            continue
        # A request lies behind its response.
        chosen = item.start in offsets or target in urls
        if chosen or (kind == "request" and target == answered):
            found.append((item.start, item.end))
        if kind != "request":
            answered = target if chosen else None
    return found


def emptied(data: bytes, places: Collection[tuple[int, int]]) -> bytes:
    """A WARC file with other records in some places; all offsets are as before."""
    changed = bytearray(data)
    for start, end in places:
        # A torn end may be too short for a record.
        short = end - start < _LEAST
        changed[start:end] = bytes(end - start) if short else filler(end - start, f"{start}")
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
