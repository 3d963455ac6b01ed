"""Stored pages with known text: folders of pages, and the score of a text against what is known.

Two forms of folder are read: pairs ``NAME.html`` (or ``.html.gz``) and ``NAME.json`` as
`tests.crawler.extract.gold` writes them, and one ``gold.json`` with a list of pages.
"""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

OWN: Final = Path(__file__).resolve().parents[2] / "tests" / "crawler" / "extract" / "gold"


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A stored page.

    Attributes:
        name: Its name in the folder; what stands before the last hyphen is its template.
        path: The file.
        url: Where it was.
        charset: What the HTTP header said.
        now: When it was read, ISO 8601; None if not kept.
        text: Its article, a blank line between blocks.
        expect: Other fields of the article that are known, by name.
        listed: What the feed said of it: title, published_at, published_raw, source.
    """

    name: str
    path: Path
    url: str
    charset: str | None
    now: str | None
    text: str
    expect: Mapping[str, Any] = field(default_factory=dict)
    listed: Mapping[str, Any] | None = None

    @property
    def html(self) -> bytes:
        """The bytes as served."""
        raw = self.path.read_bytes()
        return gzip.decompress(raw) if self.path.suffix == ".gz" else raw


@dataclass(frozen=True, slots=True)
class Score:
    """Words of a text against those that are known: precision, recall, F1, each 0 to 1."""

    precision: float
    recall: float
    f1: float


def load(folder: Path) -> list[Page]:
    """Reads a folder of stored pages, in the order of their names.

    Raises:
        ValueError: If there is no such folder, or a page has no text beside it, or the other way
            round; the message says which.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder of stored pages")
    listing = folder / "gold.json"
    if listing.exists():
        return [_listed(folder, entry) for entry in json.loads(listing.read_text("utf-8"))]
    pages = []
    for known in sorted(folder.glob("*.json")):
        path = next(
            (p for p in (known.with_suffix(".html"), known.with_suffix(".html.gz")) if p.exists()),
            None,
        )
        if path is None:
            raise ValueError(f"{known.name} has no page beside it")
        data = json.loads(known.read_text("utf-8"))
        pages.append(
            Page(
                name=known.stem,
                path=path,
                url=data["url"],
                charset=data.get("charset"),
                now=data.get("now"),
                text="\n\n".join(data["text"]),
                expect=data.get("expect") or {},
                listed=data.get("listed"),
            )
        )
    return pages


def _listed(folder: Path, entry: Mapping[str, Any]) -> Page:
    path = folder / entry["page"]
    if not path.exists():
        raise ValueError(f"gold.json names {entry['page']}, which is not there")
    name = entry["page"].removesuffix(".gz").removesuffix(".html")
    text = "\n\n".join(entry["paragraphs"])
    return Page(name, path, entry["url"], None, None, text, {"title": entry["title"]})


def words(text: str) -> list[str]:
    """The words of a text: NFC, lower case, letters, marks and digits of any script."""
    folded = unicodedata.normalize("NFC", text).lower()
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in folded)
    return "".join(kept).split()


def score(found: str, known: str) -> Score:
    """Compares two texts as bags of words."""
    got, want = Counter(words(found)), Counter(words(known))
    shared = (got & want).total()
    if not shared:
        return Score(0.0, 0.0, 0.0)
    precision, recall = shared / got.total(), shared / want.total()
    return Score(precision, recall, 2 * precision * recall / (precision + recall))
