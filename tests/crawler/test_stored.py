"""Stored pages: archives read back, whole and torn, and what is made of them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from crawler.extract import Extracted, NoArticle
from crawler.stored import differences, extract_stored, read_archive, read_stored
from crawler.warc import Archive, Exchange
from lake.errors import ConfigError
from lake.upkeep.warcs import Damaged
from tests.crawler.crawls import NOW, Spool, plan, source
from tests.crawler.web import Web, article, rss

HOST = "http://alpha.test"


def archive(path: Path, count: int = 3) -> list[int]:
    """An archive of pages in gzip, and the offsets of its responses."""
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip")]
    with Archive(path, "Taar/1") as file:
        return [
            file.add(
                Exchange(
                    url=f"{HOST}/{n}",
                    at=NOW,
                    request_headers=[("User-Agent", "Taar/1")],
                    status=200,
                    protocol="HTTP/1.1",
                    headers=headers,
                    body=gzip.compress(article(n).encode()),
                )
            )
            for n in range(count)
        ]


def test_what_was_archived_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    offsets = archive(file)
    pages = list(read_stored(tmp_path, url=HOST))
    assert [p.url for p in pages] == [f"{HOST}/{n}" for n in range(3)]
    assert [p.offset for p in pages] == offsets
    assert [p.body for p in pages] == [article(n).encode() for n in range(3)]
    assert {(p.charset, p.status, p.fetched_at) for p in pages} == {("utf-8", 200, NOW)}
    assert pages[0].headers["content-type"] == ("text/html; charset=utf-8",)
    # From any record on, as a range of an object in the lake gives it.
    (last,) = read_archive(BytesIO(file.read_bytes()[offsets[2] :]))
    assert last.url == f"{HOST}/2"


@pytest.mark.parametrize("left", [10, 200, 600])
def test_a_torn_archive_gives_what_is_whole(tmp_path: Path, left: int) -> None:
    file = tmp_path / "a.warc.gz"
    offsets = archive(file)
    torn = file.read_bytes()[: offsets[2] + left]
    assert [p.url for p in read_archive(BytesIO(torn))] == [f"{HOST}/{n}" for n in range(2)]
    assert list(read_archive(BytesIO(b""))) == []


def test_an_archived_crawl_gives_the_same_articles_again(tmp_path: Path) -> None:
    pages = {f"alpha.test/{n}": article(n) for n in range(4)}
    pages["alpha.test/feed.xml"] = rss(*(f"{HOST}/{n}" for n in range(4)))
    with Web(pages) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        spool.run()
    file = spool.path / "shard-00" / "pages-000.warc.gz"
    crawled = {a["warc_offset"]: a for a in spool.articles()}
    again = {p.offset: extract_stored(p, source(), now=NOW) for p in read_stored(file, url=HOST)}
    assert set(again) == set(crawled)
    for offset, made in again.items():
        assert isinstance(made, Extracted)
        assert made.content_hash == crawled[offset]["content_hash"]
        assert made.title == crawled[offset]["title"]


def test_a_page_beside_its_expectations(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(article(7).encode()))
    said = {
        "url": HOST + "/7",
        "article": {
            "title": "किसानों के लिए नई योजना की घोषणा, समाचार 7",
            "published_at": "2024-06-18T10:00:00+05:30",
            "authors": [],
            "word_count": 1,
        },
    }
    (tmp_path / "a.json").write_text(json.dumps(said), encoding="utf-8")
    (page,) = read_stored(tmp_path, url=HOST)
    assert page.url == HOST + "/7"
    made = extract_stored(page, source(), now=datetime(2024, 7, 1, tzinfo=UTC))
    (wrong,) = differences(page, made)
    assert wrong.startswith("word_count is ")
    nothing = extract_stored(page, source(), now=NOW, min_words=10_000)
    assert isinstance(nothing, NoArticle)
    assert len(differences(page, nothing)) == 4


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.html"):
        with pytest.raises(ConfigError, match="no stored page"):
            list(read_stored(path, url=HOST))
    (tmp_path / "a.html").write_text("x")
    (tmp_path / "a.json").write_text("[1]")
    with pytest.raises(ConfigError, match="no JSON object"):
        list(read_stored(tmp_path, url=HOST))


@pytest.mark.parametrize("harm", [0, 3, 60, -6])
def test_a_damaged_record_does_not_hide_those_behind_it(tmp_path: Path, harm: int) -> None:
    file = tmp_path / "a.warc.gz"
    offsets = archive(file, 4)
    data = bytearray(file.read_bytes())
    request = data.index(b"\x1f\x8b\x08", offsets[1] + 1)
    at = (offsets[1] if harm >= 0 else request) + harm
    data[at : at + 4] = bytes(255 - b for b in data[at : at + 4])
    told: list[Damaged] = []
    pages = list(read_archive(BytesIO(bytes(data)), "a", told.append))
    assert [p.offset for p in pages] == [offsets[0], *offsets[2:]]
    assert [p.body for p in pages] == [article(n).encode() for n in (0, 2, 3)]
    assert [(d.start, f"byte {offsets[1]}" in d.what) for d in told] == [(offsets[1], True)]
    assert offsets[1] < told[0].end <= offsets[2]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('{"artcle": {"title": "x"}}', "'artcle' says nothing"),
        ('{"article": {"titel": "x"}}', "no field 'titel'"),
        ('{"article": {}, "expect": {}}', "mean the same"),
        ('{"article": []}', "no object with fields"),
        ('{"expect": null}', "no object with fields"),
        ("[]", "no JSON object"),
        ('{"url": 5}', "no address"),
        ('{"charset": 5}', "no name of a character set"),
        ('{"now": "2024-11-22T09:00"}', "no time with a zone"),
        ('{"fetched_at": "0001-01-01T00:00+05:30"}', "no time with a zone"),
    ],
)
def test_what_is_not_understood_beside_a_page_is_refused(
    said: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_text(article(7))
    (tmp_path / "a.json").write_text(said)
    with pytest.raises(ConfigError, match=words):
        list(read_stored(tmp_path, url=HOST))


def test_expectations_of_a_wrong_type_differ_and_the_words_of_gold_files_do(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.html").write_text(article(7))
    said = {"url": f"{HOST}/7", "now": "2024-07-02T09:30:00+05:30", "expect": {"agencies": 5}}
    (tmp_path / "a.json").write_text(json.dumps(said))
    (page,) = read_stored(tmp_path, url=HOST)
    assert page.fetched_at == datetime(2024, 7, 2, 4, tzinfo=UTC)
    made = extract_stored(page, source(), now=NOW)
    assert len(differences(page, made)) == 1


def test_a_damaged_page_and_a_torn_archive_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(ConfigError, match="cannot be read"):
        list(read_stored(tmp_path / "a.html.gz", url=HOST))
    told: list[tuple[str, Damaged]] = []
    for n, content in enumerate((b"nonsense " * 40, b"\x1f\x8bnonsense")):
        file = tmp_path / f"{n}.warc.gz"
        file.write_bytes(content)
        assert list(read_stored(file, url=HOST, damaged=lambda *what: told.append(what))) == []
    assert [name for name, _ in told] == ["0.warc.gz", "1.warc.gz"]
