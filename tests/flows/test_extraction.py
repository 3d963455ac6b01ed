"""The command taar extract: files, pages of sites, selectors of a source, and what fails."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from click.testing import CliRunner, Result

from crawler.extract import Extracted
from flows.cli import main
from flows.look.page import extract_page
from press import Press
from tests.crawler.extract.templates import HEADLINE, PARAGRAPHS, TEMPLATES, TEXT, URL
from tests.flows.conftest import settings_for


def taar(*args: str, **env: str) -> Result:
    return CliRunner().invoke(main, ["extract", *args], env=env)


def stored(folder: Path, name: str = "drupal") -> str:
    path = folder / "page.html"
    path.write_bytes(TEMPLATES[name].make())
    return str(path)


def test_file_is_shown_with_the_step_that_won(tmp_path: Path) -> None:
    done = taar(stored(tmp_path), "--url", URL)
    assert done.exit_code == 0, done.output
    assert HEADLINE[:30] in done.stdout
    assert "generic" in done.stdout
    assert PARAGRAPHS[-1] in done.stdout


def test_json_and_packed_file(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(TEMPLATES["publisher"].make()))
    done = taar(str(path), "--url", URL, "--json")
    article = json.loads(done.stdout)
    assert (article["article"], article["text"], article["title"]) == (True, TEXT, HEADLINE)
    assert article["extractor"] == "generic"


def test_selectors_of_the_source_and_without_them(tmp_path: Path) -> None:
    sources = tmp_path / "sources.yaml"
    sources.write_text(
        "version: 1\nsources:\n  - id: pahadi\n    name: Pahadi\n"
        "    home: https://www.pahadikhabar.example/\n"
        "    extract:\n      - body: div.field-name-body\n",
        encoding="utf-8",
    )
    page = stored(tmp_path)
    won = []
    for options in ([], ["--generic"]):
        done = taar(page, "--url", URL, "--json", *options, TAAR_SOURCES=str(sources))
        made = json.loads(done.stdout)
        won.append((made["source_id"], made["extractor"]))
    assert won == [("pahadi", "selectors"), ("pahadi", "generic")]


def test_page_without_an_article(tmp_path: Path) -> None:
    path = tmp_path / "empty.html"
    path.write_text("<html><body><p>कुछ नहीं</p></body></html>", encoding="utf-8")
    done = taar(str(path), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["outcome"] == "no_text"
    assert "no article: no_text" in taar(str(path)).stdout


def test_wrong_use_is_told(tmp_path: Path) -> None:
    missing = taar(str(tmp_path / "none.html"))
    assert missing.exit_code == 2
    assert "cannot be read" in missing.stderr
    wrong = taar(stored(tmp_path), "--url", "pahadi")
    assert wrong.exit_code == 2
    assert "no URL" in wrong.stderr
    both = taar("http://127.0.0.1/a", "--url", "https://x.in/a")
    assert both.exit_code == 2
    assert "has its URL already" in both.stderr
    for address in ("http://[", "ftp://x.in/a"):
        strange = taar(address)
        assert strange.exit_code == 2
        assert "no address that can be fetched" in strange.stderr
    for name, body in (("a.warc.gz", gzip.compress(b"WARC/1.1\r\n")), ("a.html", b"WARC/1.1\r\n")):
        (tmp_path / name).write_bytes(body)
        archive = taar(str(tmp_path / name))
        assert archive.exit_code == 2
        assert "taar sources test" in archive.stderr


def test_address_that_is_not_public_is_refused() -> None:
    done = taar("http://127.0.0.1:9/x")
    assert done.exit_code == 2
    assert "127.0.0.1 is not public" in done.stderr


def test_page_of_a_site_is_fetched_as_a_crawl_would(press: Press, tmp_path: Path) -> None:
    url = next(
        a.url
        for a in press.truth().articles.values()
        if a.outcome == "published" and a.url.startswith("http:")
    )
    settings = settings_for(press, tmp_path)
    made = extract_page(url, settings, url=None, general=False, now=press.now)
    assert isinstance(made.made, Extracted)
    assert made.url == url
    asked = [request.path for request in press.requests]
    assert "/robots.txt" in asked
