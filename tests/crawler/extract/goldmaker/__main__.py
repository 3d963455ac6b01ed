"""Writes the stored pages again: ``python -m tests.crawler.extract.goldmaker``.

Pages that no look makes are left alone, so a page added by hand stays.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.crawler.extract.goldmaker import blind, papers, regional, special, wordpress
from tests.crawler.extract.goldmaker.piece import NOW, GoldPage, Piece, pieces

GOLD: Final = Path(__file__).parents[1] / "gold"
# How many pages of each look.
LOOKS: Final[tuple[tuple[Callable[[Piece, int], GoldPage], int], ...]] = (
    (blind.blogger, 3),
    (blind.nextnews, 3),
    (wordpress.magazine, 3),
    (wordpress.blocktheme, 3),
    (papers.daily, 3),
    (papers.hashed, 3),
    (papers.channel, 3),
    (papers.elements, 3),
    (regional.hosted, 3),
    (regional.drupal, 3),
    (regional.table, 3),
    (regional.amp, 3),
    (regional.agency, 2),
    (special.live, 2),
    (special.video, 2),
    (special.paywall, 2),
    (special.parts, 2),
    (special.lists, 2),
)


def make() -> list[GoldPage]:
    """All pages, each of another story."""
    stock = list(pieces())
    made: list[GoldPage] = []
    # Every 11th story, so that the pages of one look differ in subject.
    order = [stock[(7 + 11 * step) % len(stock)] for step in range(len(stock))]
    for look, count in LOOKS:
        made += [look(order[len(made) + n], n) for n in range(count)]
    return made


def main() -> int:
    """Writes each page and what must come out of it."""
    GOLD.mkdir(exist_ok=True)
    for page in make():
        (GOLD / f"{page.name}.html").write_bytes(page.html)
        expected = {
            "url": page.url,
            "charset": page.charset,
            "now": NOW.isoformat(),
            "listed": page.listed,
            "note": page.note,
            "expect": dict(page.expect),
            "text": list(page.text),
        }
        text = json.dumps(expected, ensure_ascii=False, indent=1)
        (GOLD / f"{page.name}.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
