"""Runs one rival over pages; executed by the Python of .venv-bench, which knows nothing of Taar.

Standard input: JSON ``{"system": NAME, "repeat": N, "pages": [{"path": FILE, "url": URL}]}``.
Standard output: JSON ``{"version": V, "results": [{"text": TEXT, "ms": MEDIAN_OF_N}]}``.
A page that a rival cannot read counts as an empty text: that is what its user would get.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib.metadata
import io
import json
import logging
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Extract = Callable[[bytes, str], str]


def _decode(html: bytes) -> str:
    """Text of a page, for rivals that take no bytes."""
    if html[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return html.decode("utf-16", "replace")
    return html.decode("utf-8", "replace")


def _trafilatura(*, precision: bool) -> Extract:
    # By name: type checkers do not see .venv-bench.
    trafilatura = import_module("trafilatura")

    def run(html: bytes, url: str) -> str:
        return (
            trafilatura.extract(html, url=url, include_comments=False, favor_precision=precision)
            or ""
        )

    return run


def _trafilatura_metadata() -> Extract:
    # The quicker of its two ways to text with title, authors, date, site and tags.
    trafilatura = import_module("trafilatura")

    def run(html: bytes, url: str) -> str:
        found = trafilatura.bare_extraction(
            html, url=url, include_comments=False, with_metadata=True
        )
        return (found.text if found else None) or ""

    return run


def _goose() -> Extract:
    goose = import_module("goose3").Goose(
        {"use_meta_language": False, "target_language": "hi", "enable_image_fetching": False}
    )

    def run(html: bytes, url: str) -> str:
        del url
        return goose.extract(raw_html=_decode(html)).cleaned_text or ""

    return run


def _readability() -> Extract:
    lxml_html = import_module("lxml.html")
    document = import_module("readability").Document

    def run(html: bytes, url: str) -> str:
        del url
        summary = document(_decode(html)).summary()
        return str(lxml_html.fromstring(summary).text_content())

    return run


def _resiliparse() -> Extract:
    plain_text = import_module("resiliparse.extract.html2text").extract_plain_text

    def run(html: bytes, url: str) -> str:
        del url
        return str(plain_text(_decode(html), main_content=True, alt_texts=False))

    return run


def _newspaper() -> Extract:
    newspaper = import_module("newspaper")

    def run(html: bytes, url: str) -> str:
        article = newspaper.Article(url, language="hi", fetch_images=False)
        article.download(input_html=_decode(html))
        article.parse()
        return article.text or ""

    return run


SYSTEMS: dict[str, tuple[str, Callable[[], Extract]]] = {
    "trafilatura": ("trafilatura", lambda: _trafilatura(precision=False)),
    "trafilatura_precision": ("trafilatura", lambda: _trafilatura(precision=True)),
    "trafilatura_metadata": ("trafilatura", _trafilatura_metadata),
    "goose3": ("goose3", _goose),
    "readability_lxml": ("readability-lxml", _readability),
    "resiliparse": ("resiliparse", _resiliparse),
    "newspaper4k": ("newspaper4k", _newspaper),
}


def _measure(extract: Extract, html: bytes, url: str, repeat: int) -> dict[str, Any]:
    times = []
    text = ""
    for _ in range(repeat):
        started = time.process_time()
        try:
            text = extract(html, url)
        except Exception as error:  # noqa: BLE001 - whatever a rival raises, its user has no text
            print(f"{url}: {error!r}", file=sys.stderr)
            text = ""
        times.append((time.process_time() - started) * 1000)
    return {"text": text, "ms": statistics.median(times)}


def main() -> None:
    """Reads the order, runs it, prints the result."""
    logging.disable(logging.CRITICAL)
    order = json.load(sys.stdin)
    package, make = SYSTEMS[order["system"]]
    # Some rivals print to standard output.
    with contextlib.redirect_stdout(io.StringIO()):
        extract = make()
        results = []
        for page in order["pages"]:
            raw = Path(page["path"]).read_bytes()
            html = gzip.decompress(raw) if page["path"].endswith(".gz") else raw
            if order["repeat"] > 1:
                _measure(extract, html, page["url"], 1)
            results.append(_measure(extract, html, page["url"], order["repeat"]))
    version = importlib.metadata.version(package)
    json.dump({"version": version, "results": results}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
