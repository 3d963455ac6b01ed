"""Families that look wrong are told of by `link`, and kept."""

from __future__ import annotations

from pathlib import Path

from dedup import DedupSettings, fingerprint
from flows.steps import linking
from flows.summary import SHOWN_DOUBTS, LinkSummary
from lake import schema
from lake.runs.spool import Spool
from lake.storage import open_storage
from lake.tables import Lake
from tests.dedup.stories import BRIDGE, body
from tests.lake.making import DAY, NOW, article, fetch, row, table


def test_a_family_that_goes_on_for_months_is_doubted(tmp_path: Path) -> None:
    settings = DedupSettings()
    lake = Lake(open_storage(str(tmp_path / "lake")))
    step = settings.copy_window - DAY
    run_id = lake.new_run_id(NOW)
    rows = [
        article(name, run_id, text=body(BRIDGE), published_at=NOW - number * step)
        for number, name in enumerate(("a", "b", "c"))
    ]
    articles = table(schema.ARTICLES, rows)
    spool = Spool.create(tmp_path / "spools", run_id)
    lake.seal(
        spool,
        articles=articles,
        fetches=table(schema.FETCHES, [fetch(r) for r in rows]),
        source_runs=table(schema.SOURCE_RUNS, [row(schema.SOURCE_RUNS, run_id=run_id)]),
        fingerprints=fingerprint(articles),
        state=table(schema.STATE, []),
    )
    lake.publish(spool)
    derived = linking.compute(lake, {}, settings)
    assert derived.families.num_rows == 3
    (doubt,) = derived.doubts
    assert doubt.family_id == derived.families["family_id"][0].as_py()
    assert doubt.why == f"it lasts {2 * step.days} days"


def test_the_page_of_a_link_shows_the_doubts() -> None:
    lines = [f"family-{n} (3 articles): it lasts 99 days" for n in range(SHOWN_DOUBTS + 5)]
    page = LinkSummary("run", 1.0, doubts=lines).to_markdown()
    assert f"Families that look wrong: {SHOWN_DOUBTS + 5}." in page
    assert page.count("it lasts 99 days") == SHOWN_DOUBTS
    assert "look wrong" not in LinkSummary("run", 1.0).to_markdown()
