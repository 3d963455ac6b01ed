"""Raw responses as WARC 1.1, one gzip member per record.

Here belongs the writing of the archive of one crawl process, so that a kill at any moment leaves
whole records and at most one torn tail. Not here: which responses are worth keeping
(`crawler.pages`), where the file goes (`lake.keys`).

The responses are as they came: real header lines, the body in its Content-Encoding. Only the
transfer coding (chunks) is undone, because the HTTP client does so before anybody sees the bytes.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from lake.storage.files import os_errors

Headers = Sequence[tuple[str, str]]

_CHUNK: Final = 1 << 20
_LEVEL: Final = 4
"""Of gzip. Measured on pages of Hindi newspapers: 23 % of their size at a third of the time that
level 9 takes for 21 %. It was a quarter of what a page cost."""
_CODED_LEVEL: Final = 1
"""Of gzip, for bodies that came compressed: only the headers around them get smaller."""
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back for it.

    Attributes:
        url: The URL asked for.
        at: When the answer was complete.
        request_headers: Header lines sent, without Host and Connection.
        status: HTTP status code.
        protocol: For example ``HTTP/1.1``.
        headers: Header lines received.
        body: The body, in its Content-Encoding.
        ip_address: Address that answered.
    """

    url: str
    at: datetime
    request_headers: Headers
    status: int
    protocol: str
    headers: Headers
    body: bytes
    ip_address: str | None = None


class Archive:
    """A growing WARC file. What `add` returned from survives a kill -9."""

    def __init__(self, path: Path, software: str) -> None:
        """Opens or makes the file; a record torn by a kill is dropped from its end.

        Args:
            path: The file, ``*.warc.gz``.
            software: What the warcinfo record names as the maker.

        Raises:
            StorageError: If the file cannot be written.
        """
        self.path = path
        with os_errors("open the archive of raw pages", path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            self._end = complete_length(path)
            os.ftruncate(self._handle, self._end)
        self._buffer = BytesIO()
        # Its own compression is that of level 9.
        self._writer = WARCWriter(self._buffer, gzip=False, warc_version="1.1")
        if self._end == 0:
            info = {"software": software, "format": "WARC File Format 1.1"}
            self._append(self._member(self._writer.create_warcinfo_record(path.name, info)))

    def add(self, exchange: Exchange) -> int:
        """Writes a response record, and the request record after it.

        Returns:
            The byte offset of the response record.

        Raises:
            StorageError: If the disk is full; the file stays as it was.
        """
        offset = self._end
        date = exchange.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        named = {"WARC-Date": date}
        if exchange.ip_address:
            named["WARC-IP-Address"] = exchange.ip_address
        response = self._writer.create_warc_record(
            exchange.url,
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=StatusAndHeaders(
                _status_line(exchange.status), list(exchange.headers), protocol=exchange.protocol
            ),
            warc_headers_dict=named,
        )
        parts = urlsplit(exchange.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = self._writer.create_warc_record(
            exchange.url,
            "request",
            payload=BytesIO(b""),
            length=0,
            http_headers=StatusAndHeaders(
                f"GET {target} {exchange.protocol}",
                [("Host", parts.netloc), *exchange.request_headers],
                is_http_request=True,
            ),
            warc_headers_dict={
                "WARC-Date": date,
                "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
            },
        )
        coded = any(name.lower() == "content-encoding" for name, _ in exchange.headers)
        level = _CODED_LEVEL if coded else _LEVEL
        # In one write: a page is archived with its request, or not at all.
        self._append(self._member(response, level) + self._member(request, level))
        return offset

    def close(self) -> None:
        """Closes the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _member(self, record: ArcWarcRecord, level: int = _LEVEL) -> bytes:
        """One record as one gzip member."""
        self._writer.write_record(record)
        plain = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return zlib.compress(plain, level, _GZIP_WINDOW)

    def _append(self, data: bytes) -> None:
        with os_errors("archive a raw page", self.path):
            try:
                written = 0
                while written < len(data):
                    written += os.pwrite(self._handle, data[written:], self._end + written)
            except OSError:
                os.ftruncate(self._handle, self._end)
                raise
        self._end += len(data)


def complete_length(path: Path) -> int:
    """Length of the whole records at the start of a WARC file, bytes.

    Args:
        path: A file of gzip members, one per record.

    Returns:
        Where the last whole member ends; what lies after it was torn by a kill.
    """
    end = 0
    with path.open("rb") as file:
        unpack = zlib.decompressobj(_GZIP_WINDOW)
        position = 0
        while chunk := file.read(_CHUNK):
            position += len(chunk)
            while chunk:
                try:
                    unpack.decompress(chunk)
                except zlib.error:
                    return end
                if not unpack.eof:
                    break
                chunk = unpack.unused_data
                end = position - len(chunk)
                unpack = zlib.decompressobj(_GZIP_WINDOW)
    return end


def _status_line(status: int) -> str:
    # The HTTP client does not tell the words that the server put after the number.
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
