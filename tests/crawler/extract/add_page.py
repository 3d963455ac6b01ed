"""Stores a page with a draft of its article: ``python -m tests.crawler.extract.add_page``.

    python -m tests.crawler.extract.add_page FILE --url URL [--to FOLDER] [--name NAME]

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
    """Writes both files; exit code 2 if there is such a page already."""
    parser = argparse.ArgumentParser(description="Store a page with a draft of its article.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--url", required=True)
    parser.add_argument("--to", type=Path, default=OWN)
    parser.add_argument("--name")
    options = parser.parse_args(arguments)
    name = options.name or re.sub(r"[^a-z0-9]+", "-", options.url.lower().split("//")[-1])[:60]
    page, known = options.to / f"{name}.html", options.to / f"{name}.json"
    if page.exists() or known.exists():
        print(f"{page} is there already; give another --name", file=sys.stderr)
        return 2
    html = options.file.read_bytes()
    options.to.mkdir(parents=True, exist_ok=True)
    page.write_bytes(html)
    text = json.dumps(
        draft(html, options.url, now or datetime.now(UTC)), ensure_ascii=False, indent=1
    )
    known.write_text(text + "\n", encoding="utf-8")
    print(f"{page}\n{known}: correct it by hand against the page")
    return 0


if __name__ == "__main__":
    sys.exit(main())
