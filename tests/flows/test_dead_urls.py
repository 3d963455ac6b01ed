"""Which known URLs no article came of."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from flows.steps.known import dead_ids
from lake.ids import url_id
from lake.schema import KNOWN

NOW = datetime(2024, 11, 22, 3, 30, tzinfo=UTC)


def test_only_urls_without_any_article_are_dead() -> None:
    def row(url: str, **fields: object) -> dict[str, object]:
        return {"url_id": url_id(url), "url": url, "last_seen_at": NOW, **fields}

    rows = [
        row("http://a.test/published", article_id="a" * 32),
        row("http://a.test/gone"),
        # Another address of an article names that one's URL.
        row("http://a.test/alias") | {"url": "http://a.test/published"},
    ]
    known = pa.Table.from_pylist(rows, schema=KNOWN.schema)
    assert dead_ids(known) == [url_id("http://a.test/gone")]
