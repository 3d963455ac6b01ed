"""The stored pages: the text of each against what is known of it, and the other fields exactly.

The floors may only rise. Real pages that must not be in the repository can be kept in a folder of
one's own, in the same form: set TAAR_GOLD to it (docs/add-a-page.md).
"""

from __future__ import annotations

import os
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.extract.gold import OWN, Page, load, score
from crawler.extract import Extracted, Listed, NoArticle, extract, text_of
from tests.crawler.extract import add_page
from tests.crawler.extract.goldmaker.__main__ import LOOKS, make
from tests.crawler.extract.goldmaker.piece import NOW

MEAN_FLOOR = 0.999
PAGE_FLOOR = 0.98
OUTSIDE_FLOOR = 0.90
PAGES = load(OWN)


@cache
def made(page: Page) -> Extracted | NoArticle:
    return extract(
        page.html,
        url=page.url,
        charset=page.charset,
        now=datetime.fromisoformat(page.now) if page.now else NOW,
        listed=_listed(page),
    )


def _listed(page: Page) -> Listed | None:
    if not page.listed:
        return None
    data = dict(page.listed)
    at = data.get("published_at")
    return Listed(**{**data, "published_at": datetime.fromisoformat(at) if at else None})


def got(article: Extracted, name: str) -> Any:
    value = getattr(article, name)
    if name == "agencies":
        return [agency.id for agency in article.agencies]
    return list(value) if isinstance(value, tuple) else value


def differences(page: Page, article: Extracted) -> dict[str, tuple[Any, Any]]:
    wrong = {}
    for name, wanted in page.expect.items():
        found = got(article, name)
        want = datetime.fromisoformat(wanted) if name.endswith("_at") and wanted else wanted
        if found != want:
            wrong[name] = (found, wanted)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page(page: Page) -> None:
    article = made(page)
    assert isinstance(article, Extracted), article
    assert score(article.text, page.text).f1 >= PAGE_FLOOR
    assert differences(page, article) == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_text_alone_is_that_of_the_article(page: Page) -> None:
    article = extract(page.html, url=page.url, charset=page.charset, now=NOW)
    assert isinstance(article, Extracted)
    assert text_of(page.html, url=page.url, charset=page.charset) == article.text


def test_text_alone_of_what_has_none() -> None:
    assert text_of(b"", url="https://a.example/x") == ""
    assert text_of(b"<nav>" * 12_001, url="https://a.example/x") == ""
    assert text_of(b"\xff\xfe<\0", url="not a URL") == ""


def test_mean_of_all_pages() -> None:
    scores = [score(a.text if isinstance(a := made(p), Extracted) else "", p.text) for p in PAGES]
    assert sum(s.f1 for s in scores) / len(scores) >= MEAN_FLOOR


def test_there_are_enough_pages_and_looks() -> None:
    assert len(PAGES) >= 40
    assert len({page.name.rpartition("-")[0] for page in PAGES}) >= 12


def test_stored_pages_are_what_the_looks_make() -> None:
    pages = {page.name: page for page in make()}
    assert len(pages) == sum(count for _, count in LOOKS)
    stored = {page.name: page for page in PAGES}
    assert {n for n in pages if pages[n].html != stored[n].html} == set()
    assert {n for n in pages if "\n\n".join(pages[n].text) != stored[n].text} == set()


def test_pages_kept_outside() -> None:
    folder = os.environ.get("TAAR_GOLD")
    if not folder:
        pytest.skip("TAAR_GOLD names no folder")
    wrong = {}
    pages = load(Path(folder))
    assert pages, f"TAAR_GOLD={folder} holds no page"
    for page in pages:
        article = made(page)
        assert isinstance(article, Extracted), (page.name, article)
        f1 = score(article.text, page.text).f1
        if f1 < OUTSIDE_FLOOR:
            wrong[page.name] = f1
    assert wrong == {}


def test_score_is_one_for_the_same_words_and_falls_with_every_other() -> None:
    assert score("क ख, ग।", "क ख ग").f1 == 1.0
    more, less = score("क ख ग घ", "क ख ग"), score("क ख", "क ख ग घ")
    assert (more.precision, more.recall) == (0.75, 1.0)
    assert (less.precision, less.recall) == (1.0, 0.5)
    assert score("", "क").f1 == 0.0


def test_page_without_its_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "lost.json").write_text('{"url": "http://x.example/a", "text": []}')
    with pytest.raises(ValueError, match=r"lost\.json has no page"):
        load(tmp_path)
    with pytest.raises(ValueError, match="is no folder"):
        load(tmp_path / "none")


@pytest.mark.parametrize(
    ("file", "url", "to", "told"),
    [
        ("none.html", "https://x.example/a", "gold", "none.html: No such file"),
        ("page.html", "xx", "gold", "--url xx"),
        ("empty.html", "https://x.example/a", "gold", "is empty"),
        ("page.html", "https://x.example/a", "page.html", "page.html: File exists"),
    ],
)
def test_a_page_that_cannot_be_added_is_told_and_nothing_is_written(
    file: str, url: str, to: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.html").write_text("<p>क</p>", encoding="utf-8")
    (tmp_path / "empty.html").write_text("\n", encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        add_page.main([str(tmp_path / file), "--url", url, "--to", str(tmp_path / to)], NOW)
    assert caught.value.code == 2
    assert told in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty.html", "page.html"]


def test_a_page_without_an_article_is_stored_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    file.write_text("<p>क</p>", encoding="utf-8")
    to = tmp_path / "gold"
    assert add_page.main([str(file), "--url", "https://x.example/a", "--to", str(to)], NOW) == 0
    assert "no article" in capsys.readouterr().err
    assert len(load(to)) == 1


def test_a_page_is_added_by_one_command_and_held_from_then_on(tmp_path: Path) -> None:
    source = OWN / "daily-0.html"
    arguments = [str(source), "--url", "https://www.x.example/a/b.html", "--to", str(tmp_path)]
    assert add_page.main(arguments, NOW) == 0
    (page,) = load(tmp_path)
    article = made(page)
    assert isinstance(article, Extracted)
    assert page.html == source.read_bytes()
    assert (score(article.text, page.text).f1, differences(page, article)) == (1.0, {})
    assert add_page.main(arguments, NOW) == 2
