"""Articles in several pages, made again from the archive: joined as in the crawl."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.opening import open_lake
from flows.repair import correcting
from flows.repair.correction import Asked, Correction
from flows.settings import Settings, load_settings
from flows.stepping import clock_from
from flows.steps import older_extractor
from flows.steps.known import by_url
from flows.steps.records import Recorded
from lake.upkeep.warcs import Record, walk
from lake.verify import verify
from press import BASE
from tests.crawler.test_parts import PAGES, part
from tests.crawler.web import Web, rss
from tests.flows.conftest import collect, query

HOST = "http://alpha.test"
AGENCIES = "agencies:\n  - id: {0}\n    name: {0}\n    names: [{1}]\n"
SOURCES = f"""
version: 1
sources:
  - id: alpha
    name: Alpha
    home: {HOST}/
    feeds: [{{url: "{HOST}/feed.xml"}}]
"""
CREDITED = part("three", 1, "/three/2").replace(
    "</head>", '<meta name="author" content="पीटीआई"></head>'
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A lake that was filled when no agency was known."""
    folder = tmp_path_factory.mktemp("parted")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "then.yaml").write_text(AGENCIES.format("old", "कोई और"), encoding="utf-8")
    (folder / "now.yaml").write_text(AGENCIES.format("pti", "पीटीआई"), encoding="utf-8")
    pages = {
        **PAGES,
        "alpha.test/three": CREDITED,
        "alpha.test/%E0%A4%B9": part("escaped", 1, "/ह/2"),
        "alpha.test/%E0%A4%B9/2": part("escaped", 2, None),
        "alpha.test/feed.xml": rss(f"{HOST}/three", f"{HOST}/torn", f"{HOST}/%E0%A4%B9"),
    }
    with Web(pages) as loopback:
        settings = load_settings(
            lake=str(folder / "lake"),
            cache=folder / "cache",
            source_pack=folder / "sources.yaml",
            agencies=folder / "then.yaml",
            host_map=loopback.host_map,
            crawl_overrides={"RETRY_TIMES": 0, "DOWNLOAD_DELAY": 0},
        )
        assert collect(settings, BASE).published == 3
        yield settings


@pytest.fixture
def settings(filled: Settings, tmp_path: Path) -> Settings:
    """The same lake, now that the agency is known."""
    shutil.copytree(filled.lake, tmp_path / "lake")
    here = {"lake": str(tmp_path / "lake"), "cache": tmp_path / "cache"}
    return filled.model_copy(update={**here, "agencies": filled.agencies.with_name("now.yaml")})


def again(settings: Settings, *, publish: bool = False) -> Correction:
    clock = clock_from(BASE + timedelta(minutes=5))
    return asyncio.run(correcting.reextract(settings, Asked(publish=publish), clock=clock))


def cut_out(settings: Settings, url: str) -> None:
    """Damages the answer of a URL in the archive."""
    (archive,) = Path(settings.lake).glob("pages/*/*.warc.gz")
    with archive.open("rb") as stream:
        (start,) = [
            item.start
            for item in walk(stream)
            if isinstance(item, Record)
            and item.fields.get("warc-type") == "response"
            and item.fields["warc-target-uri"] == url
        ]
    data = bytearray(archive.read_bytes())
    data[start + 20 : start + 40] = bytes(20)
    archive.write_bytes(data)


def test_an_article_is_made_again_of_all_its_pages(settings: Settings) -> None:
    ask = query(settings)
    ((before,),) = ask(f"select text from articles where url = '{HOST}/three'")
    assert [f"पन्ना {n} three" in before for n in (1, 2, 3)] == [True] * 3
    done = again(settings, publish=True)
    # Of the torn one the second page never came: nobody knows what it said.
    assert dict(done.pages) == {"changed": 1, "same": 1, "part_missing": 1}
    assert {"agencies"} <= set(done.fields) <= {"agencies", "authors"}
    (missing,) = [r for r in done.told if r.kind == "part_missing"]
    assert missing.url == f"{HOST}/torn"
    assert missing.after == {"part": f"{HOST}/torn/2"}
    assert "part_missing" in done.to_markdown()
    assert json.dumps(done.to_json())
    ((version, text, agency),) = ask(
        f"select version, text, agencies[1].id from latest where url = '{HOST}/three'"
    )
    assert (version, text, agency) == (2, before, "pti")
    assert verify(open_lake(settings)).findings == ()
    assert dict(again(settings).pages) == {"same": 2, "part_missing": 1}


def test_a_better_extractor_is_no_edit_of_an_article_in_several_pages(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = open_lake(settings)
    ((url_id, today),) = query(settings)(
        f"select url_id, content_hash from articles where url = '{HOST}/three'"
    )
    known = by_url(lake.known(), [url_id])
    known[url_id]["content_hash"] = "as an older extractor saw it"
    fetched = Recorded(urls=({"article": {"url_id": url_id, "content_hash": "edited"}},))
    monkeypatch.setattr("crawler.extract.EXTRACTOR_VERSION", "another")
    rows = older_extractor.up_to_date(lake, known, fetched, {}, BASE)
    assert rows[url_id]["content_hash"] == today
    cut_out(settings, f"{HOST}/three/3")
    rows = older_extractor.up_to_date(lake, known, fetched, {}, BASE)
    assert rows[url_id]["content_hash"] == "as an older extractor saw it"


def test_an_article_whose_part_is_gone_stays_as_it_is(settings: Settings) -> None:
    cut_out(settings, f"{HOST}/three/3")
    done = again(settings, publish=True)
    assert done.runs == []
    assert {r.url for r in done.told if r.kind == "part_missing"} == {
        f"{HOST}/three", f"{HOST}/torn",
    }  # fmt: skip
