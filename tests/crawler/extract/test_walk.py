"""The outline of a page: places, where a run of text makes no block."""

from __future__ import annotations

from crawler.extract import page
from crawler.extract.walk import outline


def test_places_leave_out_what_cannot_be_seen() -> None:
    seen = outline(
        page.parse(
            "<div><p>एक</p></div><div>\u200b<p>\u200b</p></div>"
            "<div class=date><p>दो</p><p>तीन</p></div>".encode()
        ).body
    )
    assert [block.text for block in seen.blocks] == ["एक", "दो", "तीन"]
    spans = list(zip(seen.elements.first, seen.elements.last, strict=True))
    # body, div, p, div, p, div, p, p
    assert spans == [(0, 3), (0, 1), (0, 1), (1, 1), (1, 1), (1, 3), (1, 2), (2, 3)]
    assert [(mark.at, mark.text) for mark in seen.dates] == [(1, "दोतीन")]


def test_list_of_links_is_one_block() -> None:
    items = "".join(f"<li><a href={n}>खबर {n}</a></li>" for n in range(6))
    (block,) = outline(page.parse(f"<ul>{items}</ul>".encode()).body).blocks
    assert (block.items, block.linked, block.size) == (6, 12, 12)
