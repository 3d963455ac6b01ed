"""What was derived is checked, and cut down, by what it was derived with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler.sources import load_sources
from dedup import DedupSettings
from flows.repair.checking import with_derived
from flows.repair.forget import forget
from flows.repair.rebuild import rebuild_fingerprints
from flows.settings import Settings, load_settings
from flows.stepping import clock_from
from flows.steps.derivation import Derivation, agencies_of, differences, stored_derivation
from lake.parquet import DERIVATION
from lake.schema import ARTICLES, FAMILIES
from lake.storage import open_storage
from lake.tables import Lake
from lake.verify import verify
from lake.verify.findings import Report
from press import BASE
from tests.flows.conftest import THREE_DAYS, link

LATER = BASE + THREE_DAYS


@pytest.fixture
def settings(two_days: Path, tmp_path: Path) -> Settings:
    """Of a machine that knows no agencies' sources: not those that the lake was linked with."""
    shutil.copytree(two_days / "lake", tmp_path / "lake")
    every = [s for s in load_sources(two_days / "sources.yaml", None) if s.agency]
    assert every, "the press has an agency's own site"
    text = (two_days / "sources.yaml").read_text()
    own = "\n".join(line for line in text.splitlines() if not line.strip().startswith("agency:"))
    (tmp_path / "sources.yaml").write_text(own)
    return load_settings(
        lake=str(tmp_path / "lake"), source_pack=tmp_path / "sources.yaml", cache=tmp_path / "cache"
    )


def lake_of(settings: Settings) -> Lake:
    return Lake(open_storage(settings.lake))


def report_of(settings: Settings) -> Report:
    lake = lake_of(settings)
    return with_derived(verify(lake, pages=False), lake, settings)


def rewritten(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    table = pq.ParquetFile(path).read()
    pq.write_table(change(table), path)


def without_derivation(table: pa.Table) -> pa.Table:
    metadata = dict(table.schema.metadata or {})
    del metadata[DERIVATION]
    return table.replace_schema_metadata(metadata)


def of_families(settings: Settings) -> dict[str, dict[str, Any]]:
    rows = lake_of(settings).read_derived(FAMILIES).to_pylist()
    return {str(row["article_id"]): dict(row) for row in rows if row is not None}


def test_it_is_checked_by_what_it_was_derived_with(settings: Settings, two_days: Path) -> None:
    stored = stored_derivation(lake_of(settings))
    assert stored is not None
    assert stored.agencies == agencies_of(load_sources(two_days / "sources.yaml", None))
    assert stored.settings == DedupSettings()
    assert report_of(settings.model_copy(update={"near_jaccard": 0.9})).findings == ()
    assert report_of(settings).notes == ()


def test_a_takedown_changes_no_other_family(settings: Settings) -> None:
    before = of_families(settings)
    lake = lake_of(settings)
    sized = {row["article_id"] for row in before.values() if row["size"] == 3}
    urls = {
        str(row["url"]): str(row["article_id"])
        for row in lake.read(ARTICLES, ["article_id", "url"]).to_pylist()
        if row["article_id"] in sized
    }
    url, gone = min(urls.items())
    family = before[gone]["family_id"]
    forget(settings, url, clock=clock_from(LATER))
    after = of_families(settings)
    assert {k: v for k, v in after.items() if v["family_id"] != family} == {
        k: v for k, v in before.items() if v["family_id"] != family
    }
    assert stored_derivation(lake_of(settings)) is not None
    assert report_of(settings).sound


def test_link_goes_by_its_own_settings_and_says_so(settings: Settings) -> None:
    stored = stored_derivation(lake_of(settings))
    assert stored is not None
    count = len(stored.agencies)
    done = link(settings.model_copy(update={"near_jaccard": 0.6}), LATER)
    assert done.changes == [
        f"first publishers were derived with other agency sources: {count} gone now",
        "near_jaccard was 0.5, and is 0.6 now",
    ]
    assert all(line in done.to_markdown() for line in done.changes)
    assert link(settings.model_copy(update={"near_jaccard": 0.6}), LATER).changes == []


def test_of_older_lakes_it_says_what_it_went_by(settings: Settings) -> None:
    link(settings, LATER)
    for path in Path(settings.lake).glob("families/*.parquet"):
        rewritten(path, without_derivation)
    report = report_of(settings)
    assert report.sound
    assert "the settings of this machine" in report.to_text()
    assert report.to_json()["notes"] == report.notes
    assert link(settings, LATER).changes == []


def test_what_differs_is_told_in_words() -> None:
    one = Derivation({"a": "pti", "b": "ani"}, DedupSettings(), "hi-1")
    other = Derivation({"b": "bhasha", "c": "ians"}, DedupSettings(thread_cosine=0.4), "hi-2", 9)
    assert differences(one, one) == []
    told = "\n".join(differences(one, other))
    assert "1 added, 1 gone, 1 of another agency now" in told
    assert "thread_cosine was 0.3, and is 0.4 now" in told
    assert "frequencies were hi-1, and are hi-2 now" in told
    assert "and are of 9 now" in told
    assert json.loads(one.to_json())["settings"]["copy_window"] == 30 * 86400


def roll(name: str) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        column = table.column(name).to_pylist()
        moved = pa.array([*column[1:], *column[:1]], table.schema.field(name).type)
        place = table.schema.get_field_index(name)
        return table.set_column(place, table.schema.field(name), moved)

    return change


@pytest.mark.parametrize("column", ["shingles3", "shingles5", "body_key", "sketch", "order3"])
def test_fingerprints_of_other_texts_are_found_and_made_anew(
    column: str, settings: Settings
) -> None:
    days = len(list(Path(settings.lake).glob("fingerprints/v1/*")))
    path = min(Path(settings.lake).glob("fingerprints/v1/*/*.parquet"))
    rewritten(path, roll(column))
    (finding,) = report_of(settings).findings
    assert finding.check == "fingerprints"
    assert finding.count > 10
    done = rebuild_fingerprints(settings, clock=clock_from(LATER))
    assert (done.days, done.kept) == (1, days - 1)
    assert report_of(settings).sound
