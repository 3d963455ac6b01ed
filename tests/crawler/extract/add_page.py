"""Stores a page with a draft of its article: ``tests.crawler.extract.add_page``.

    .venv/bin/python -m tests.crawler.extract.add_page FILE --url URL [--to FOLDER] [--name NAME]

The draft is what Taar makes of the page today. It is to be corrected by hand: see
docs/add-a-page.md. Without ``--to`` the folder is that of the repository, for pages that may be
published.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.extract.gold import OWN
from crawler.extract import Extracted, extract
from crawler.urls import is_web_url

FIELDS = (
    "title",
    "summary",
    "authors",
    "section",
    "tags",
    "published_at",
    "published_precision",
    "date_source",
    "modified_at",
    "dateline",
    "image_url",
    "canonical_url",
    "language",
)


def draft(html: bytes, url: str, now: datetime) -> dict[str, Any]:
    """The file beside a page, with what is made of it today."""
    made = extract(html, url=url, now=now)
    expect: dict[str, Any] = {}
    if isinstance(made, Extracted):
        for name in FIELDS:
            value = getattr(made, name)
            expect[name] = value.isoformat() if isinstance(value, datetime) else value
        expect["agencies"] = [agency.id for agency in made.agencies]
    return {
        "url": url,
        "charset": None,
        "now": now.isoformat(),
        "listed": None,
        "note": "",
        "expect": expect,
        "text": made.text.split("\n\n") if isinstance(made, Extracted) else [],
    }


def main(arguments: list[str] | None = None, now: datetime | None = None) -> int:
    """Writes both files; exit code 2 if they cannot be, or there is such a page already."""
    parser = argparse.ArgumentParser(description="Store a page with a draft of its article.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--url", required=True)
    parser.add_argument("--to", type=Path, default=OWN)
    parser.add_argument("--name")
    options = parser.parse_args(arguments)
    if not is_web_url(options.url):
        parser.error(f"--url {options.url}: name the page's own address: https://...")
    name = options.name or re.sub(r"[^a-z0-9]+", "-", options.url.lower().split("//")[-1])[:60]
    page, known = options.to / f"{name}.html", options.to / f"{name}.json"
    if page.exists() or known.exists():
        print(f"{page} is there already; give another --name", file=sys.stderr)
        return 2
    try:
        html = options.file.read_bytes()
        if not html.strip():
            parser.error(f"{options.file} is empty: save the page once more")
        made = draft(html, options.url, now or datetime.now(UTC))
        options.to.mkdir(parents=True, exist_ok=True)
        page.write_bytes(html)
        text = json.dumps(made, ensure_ascii=False, indent=1)
        known.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    print(f"{page}\n{known}: correct it by hand against the page")
    if not made["text"]:
        print("Taar makes no article of this page: write down all of it", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
