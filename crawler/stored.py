"""Stored pages: read back from archives and files, and made into articles without the network.

Here belongs the reading of WARC files and of single pages with what is expected of them, and the
one way in which a stored page is extracted. Not here: writing the archive (`crawler.warc`), what
becomes of the articles (`flows`).
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from w3lib.encoding import http_content_type_encoding
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.beside import read_beside
from crawler.extract import AgencyBook, Extracted, Listed, NoArticle, extract
from crawler.source_model import Source
from lake.errors import ConfigError
from lake.upkeep.warcs import Damaged, Record, walk

PAGE_NAMES: Final = (".html", ".htm", ".html.gz")
ARCHIVE_NAMES: Final = (".warc", ".warc.gz")
_GZIP: Final = b"\x1f\x8b"
_WARC: Final = b"WARC/"


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as it came.

    Attributes:
        url: The URL that answered.
        body: Its bytes, in no Content-Encoding.
        name: Where it was found: a file, or a file and an offset.
        charset: Character set that the HTTP header named.
        fetched_at: When it was fetched, if that is known.
        status: HTTP status code.
        offset: Byte offset of its record in the archive.
        headers: Values of its HTTP headers, by name in lower case.
        expected: Fields that its article must have, by name, with their values in JSON.
    """

    url: str
    body: bytes
    name: str
    charset: str | None = None
    fetched_at: datetime | None = None
    status: int = 200
    offset: int | None = None
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)


def read_archive(
    stream: BinaryIO, name: str = "", damaged: Callable[[Damaged], None] | None = None
) -> Iterator[StoredPage]:
    """The responses of a WARC file, in their order.

    Args:
        stream: The file, gz or not. It may begin at any record, and may be cut short. A damaged
            record of a gz file is skipped; in one that is none it ends the reading.
        name: What to call it.
        damaged: Is told of each damaged place: of a gz file, of its members.

    Yields:
        One page for each ``response`` record of HTTP.
    """
    begin = stream.tell()
    first = stream.read(len(_WARC))
    stream.seek(begin)
    if not first.startswith(_GZIP):
        if first and first != _WARC and damaged is not None:
            damaged(Damaged(0, 0, "the file begins with no WARC record"))
        yield from _responses(stream, name, None, damaged)
        return
    for item in walk(stream, sys.maxsize):
        if isinstance(item, Record):
            yield from _responses(BytesIO(item.head), name, item.start, None)
        elif damaged is not None:
            damaged(item)


def _responses(
    stream: BinaryIO, name: str, at: int | None, damaged: Callable[[Damaged], None] | None
) -> Iterator[StoredPage]:
    """The responses in records that are not compressed, which may lie at one place of a file."""

    def tell(start: int, what: str) -> None:
        if damaged is not None:
            damaged(Damaged(start, start, what))

    records = ArchiveIterator(stream)
    try:
        for record in records:
            if record.rec_type != "response" or record.http_headers is None:
                continue
            body = record.content_stream().read()
            if getattr(record.raw_stream, "limit", 0) > 0:
                begin = records.get_record_offset() if at is None else at
                tell(begin, f"the file ends within the record at byte {begin}")
                return  # Cut short: the file was still being written when its writer was killed.
            # Only now: asking for it reads to the end of the record.
            offset = records.get_record_offset() if at is None else at
            date = record.rec_headers.get_header("WARC-Date")
            yield StoredPage(
                url=record.rec_headers.get_header("WARC-Target-URI"),
                body=body,
                name=f"{name}@{offset}",
                charset=http_content_type_encoding(record.http_headers.get_header("Content-Type")),
                fetched_at=datetime.fromisoformat(date) if date else None,
                status=int(record.http_headers.get_statuscode() or 0),
                offset=offset,
                headers=_by_name(record.http_headers.headers),
            )
    except (ArchiveLoadFailed, EOFError):
        begin = stream.tell() if at is None else at
        tell(begin, f"the record before byte {begin} is damaged")


def _by_name(lines: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for name, value in lines:
        values[name.lower()] = (*values.get(name.lower(), ()), value)
    return values


def read_stored(
    path: Path, *, url: str, damaged: Callable[[str, Damaged], None] | None = None
) -> Iterator[StoredPage]:
    """The pages of a file or of all files of a folder.

    Args:
        path: A page (``.html``, ``.html.gz``), a WARC file, or a folder of them. Beside
            ``x.html`` may stand ``x.json``: an object with the page's ``url``, its ``charset``,
            when it was fetched (``fetched_at``), and ``article``: fields that its article must
            have. The words of the gold files, ``now`` and ``expect``, do as well.
        url: The URL of a page that has none by itself.
        damaged: Is told of each damaged place of a WARC file, with the file's name.

    Raises:
        ConfigError: If there is nothing to read, or what stands there cannot be read.
    """
    if path.is_dir():
        files = sorted(f for f in path.iterdir() if f.name.endswith((*PAGE_NAMES, *ARCHIVE_NAMES)))
    else:
        files = [path]
    if not files or not path.exists():
        raise ConfigError(
            "there is no stored page",
            where=str(path),
            remedy=f"Name a file or a folder with files {', '.join(PAGE_NAMES + ARCHIVE_NAMES)}.",
        )
    for file in files:
        if file.name.endswith(ARCHIVE_NAMES):
            tell = None if damaged is None else partial(damaged, file.name)
            with file.open("rb") as stream:
                yield from read_archive(stream, file.name, tell)
        else:
            yield _page(file, url)


def _page(file: Path, url: str) -> StoredPage:
    try:
        body = file.read_bytes()
        if file.name.endswith(".gz"):
            body = gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(
            f"the page cannot be read: {error}", where=str(file), remedy="save the page again"
        ) from error
    stem = file.name.removesuffix(".gz").rpartition(".")[0]
    said = read_beside(file.with_name(f"{stem}.json"))
    return StoredPage(
        url=said.url or url,
        body=body,
        name=file.name,
        charset=said.charset,
        fetched_at=said.fetched_at,
        expected=said.expected,
    )


def extract_stored(
    page: StoredPage,
    source: Source,
    *,
    now: datetime,
    agencies: AgencyBook | None = None,
    listed: Listed | None = None,
    min_words: int = 40,
) -> Extracted | NoArticle:
    """Makes an article of a stored page, as the crawl would.

    Args:
        page: The page.
        source: Its source.
        now: The clock; of a page that says when it was fetched, that time counts.
        agencies: The news agencies; by default those of seeds/agencies.yaml.
        listed: What its feed said of it, if that is known.
        min_words: A text with fewer words is too short.
    """
    return extract(
        page.body,
        url=page.url,
        charset=page.charset,
        listed=listed,
        timezone=source.timezone,
        now=page.fetched_at or now,
        min_words=min_words,
        agencies=agencies,
        selectors=source.selectors_on((page.fetched_at or now).date()),
    )


def differences(page: StoredPage, made: Extracted | NoArticle) -> list[str]:
    """What of a page's article is not as expected, in words; without expectations nothing is.

    Args:
        page: The page.
        made: What was made of it.
    """
    found = []
    for name, wanted in page.expected.items():
        value = getattr(made, name, None)
        if isinstance(value, datetime):
            same = _is_time(wanted, value)
        elif isinstance(value, tuple):
            parts = [getattr(part, "id", part) for part in value]
            same = parts == ([] if wanted is None else wanted)
        else:
            same = value == wanted
        if not same:
            found.append(f"{name} is {value!r}, not {wanted!r}")
    return found


def _is_time(wanted: object, value: datetime) -> bool:
    try:
        return isinstance(wanted, str) and datetime.fromisoformat(wanted) == value
    except (ValueError, TypeError):
        return False
