"""The archive of raw responses."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.warc import Archive, Exchange, complete_length
from lake.errors import StorageError

BODY = gzip.compress("<html>हिन्दी समाचार</html>".encode())


def exchange(url: str = "http://a.test/news?id=1", status: int = 200) -> Exchange:
    return Exchange(
        url=url,
        at=datetime(2024, 6, 18, 7, 0, 1, 250, tzinfo=UTC),
        request_headers=[("User-Agent", "Taar/0")],
        status=status,
        protocol="HTTP/1.1",
        headers=[
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Encoding", "gzip"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
        ],
        body=BODY,
        ip_address="127.0.0.1",
    )


def test_others_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "shard-00" / "pages-000.warc.gz"
    with Archive(path, "Taar/0") as archive:
        archive.add(exchange())
    with path.open("rb") as file:
        info, response, request = [
            (r.rec_type, r.rec_headers, r.http_headers, r.raw_stream.read())
            for r in ArchiveIterator(file)
        ]
    assert (info[0], response[0], request[0]) == ("warcinfo", "response", "request")
    assert response[1].protocol == "WARC/1.1"
    assert response[1].get_header("WARC-Target-URI") == "http://a.test/news?id=1"
    assert response[1].get_header("WARC-Date") == "2024-06-18T07:00:01.000250Z"
    assert response[1].get_header("WARC-IP-Address") == "127.0.0.1"
    # The real header lines, the body in its coding.
    assert response[2].get_statuscode() == "200"
    assert [v for k, v in response[2].headers if k == "Set-Cookie"] == ["a=1", "b=2"]
    assert response[3] == BODY
    assert request[2].statusline == "/news?id=1 HTTP/1.1"
    assert request[2].get_header("Host") == "a.test"
    assert request[1].get_header("WARC-Concurrent-To") == response[1].get_header("WARC-Record-ID")


def test_an_offset_leads_to_its_response(tmp_path: Path) -> None:
    path = tmp_path / "pages.warc.gz"
    with Archive(path, "Taar/0") as archive:
        offsets = {
            url: archive.add(exchange(url)) for url in ("http://a.test/1", "http://a.test/2")
        }
    for url, offset in offsets.items():
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file)))
            assert record.rec_headers.get_header("WARC-Target-URI") == url
            assert record.content_stream().read().decode() == "<html>हिन्दी समाचार</html>"


def test_a_torn_tail_is_dropped_and_the_file_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "pages.warc.gz"
    with Archive(path, "Taar/0") as archive:
        archive.add(exchange("http://a.test/1"))
        whole = path.stat().st_size
        archive.add(exchange("http://a.test/2", 599))
    for cut in (1, 30, 200):
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - cut)
        # The request record after a response is a record of its own.
        assert whole <= complete_length(path) < path.stat().st_size
    with Archive(path, "Taar/0") as archive:
        again = archive.add(exchange("http://a.test/3"))
    assert again >= whole
    assert complete_length(path) == path.stat().st_size
    with path.open("rb") as file:
        urls = [
            r.rec_headers.get_header("WARC-Target-URI")
            for r in ArchiveIterator(file)
            if r.rec_type == "response"
        ]
    assert urls[0] == "http://a.test/1"
    assert urls[-1] == "http://a.test/3"


def test_what_is_no_archive_has_no_length(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"plain text")
    assert complete_length(path) == 0


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="archive"):
        Archive(tmp_path / "file" / "pages.warc.gz", "Taar/0")
