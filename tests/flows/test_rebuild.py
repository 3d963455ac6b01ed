"""Everything derived, made anew: the same as what came about run by run."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.repair.rebuild import rebuild, rebuild_fingerprints
from flows.settings import Settings, load_settings
from flows.stepping import clock_from
from lake import failpoints, parquet
from lake.errors import LakeFormatError
from lake.schema import ARTICLES, FAMILIES, FETCHES, FINGERPRINTS, RELATIONS, THREADS
from lake.storage import open_storage
from lake.tables import Lake
from lake.verify import verify
from press import BASE
from tests.flows.conftest import THREE_DAYS, link, maintain

LATER = BASE + THREE_DAYS
DERIVED = (RELATIONS, FAMILIES, THREADS)


@pytest.fixture
def settings(two_days: Path, tmp_path: Path) -> Settings:
    shutil.copytree(two_days / "lake", tmp_path / "lake")
    return load_settings(
        lake=str(tmp_path / "lake"), source_pack=two_days / "sources.yaml", cache=tmp_path / "cache"
    )


def lake_of(settings: Settings) -> Lake:
    return Lake(open_storage(settings.lake))


def contents(lake: Lake) -> dict[str, pa.Table]:
    """All that is derived, in an order of its own; when a URL was last seen listings tell."""
    found = {d.name: lake.read_derived(d) for d in DERIVED}
    found["fingerprints"] = lake.read(FINGERPRINTS).sort_by("article_id")
    found["known"] = lake.known().drop_columns(["last_seen_at"])
    return found


def same(lake: Lake, before: dict[str, pa.Table]) -> None:
    after = contents(lake)
    for name, table in before.items():
        assert after[name].equals(table), name


def test_what_is_made_anew_is_what_was_there(settings: Settings) -> None:
    lake = lake_of(settings)
    before = contents(lake)
    done = rebuild(settings, clock=clock_from(LATER))
    assert done.days == 2
    assert done.fingerprints == lake.read(ARTICLES, ["run_id"]).num_rows
    assert (done.relations, done.threads) == tuple(
        before[d.name].num_rows for d in (RELATIONS, THREADS)
    )
    assert done.known_urls == before["known"].num_rows
    same(lake_of(settings), before)
    assert verify(lake_of(settings)).sound


def test_it_needs_nothing_of_what_was_derived(settings: Settings) -> None:
    before = contents(lake_of(settings))
    for name in ("fingerprints", "relations", "threads", "families", "known"):
        shutil.rmtree(Path(settings.lake) / name)
    rebuild(settings, clock=clock_from(LATER))
    same(lake_of(settings), before)
    report = verify(lake_of(settings))
    assert report.sound, report.to_text()


def change(path: Path, name: str, values: pa.Array[Any]) -> None:
    table = pq.ParquetFile(path).read()
    at = table.schema.get_field_index(name)
    pq.write_table(table.set_column(at, table.schema.field(at), values), path)


def test_only_days_that_need_it_get_new_fingerprints(settings: Settings) -> None:
    before = contents(lake_of(settings))
    clock = clock_from(LATER)
    assert rebuild_fingerprints(settings, clock=clock).days == 0
    one, other = sorted((Path(settings.lake) / "fingerprints").rglob("*.parquet"))
    rows = pq.read_metadata(one).num_rows
    change(one, "scheme", pa.array([-1] * rows, pa.int16()))
    with pytest.raises(LakeFormatError, match="scheme -1 cannot be compared") as caught:
        link(settings, LATER)
    assert "taar dedup rebuild" in str(caught.value)
    done = rebuild_fingerprints(settings, clock=clock)
    assert (done.days, done.kept, done.fingerprints) == (1, 1, rows)
    assert other.exists()
    assert not one.exists()
    same(lake_of(settings), before)
    other.write_bytes(other.read_bytes()[:-20])
    assert rebuild_fingerprints(settings, clock=clock).days == 1
    same(lake_of(settings), before)
    assert rebuild_fingerprints(settings, clock=clock, everything=True).kept == 0
    same(lake_of(settings), before)


def test_fingerprints_that_are_as_they_should_be_are_read_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    read = parquet.read

    def counting(source: pa.NativeFile, key: str, *args: Any, **given: Any) -> Any:
        asked.append(key)
        return read(source, key, *args, **given)

    monkeypatch.setattr(parquet, "read", counting)
    assert rebuild_fingerprints(settings, clock=clock_from(LATER)).days == 0
    prints = [key for key in asked if key.startswith("fingerprints/")]
    assert len(prints) == len(set(prints)) == 2


def test_a_damaged_index_is_made_anew_though_fetches_are_no_longer_kept(
    settings: Settings,
) -> None:
    lean = settings.model_copy(update={"keep_fetches_days": 90})
    link(settings, LATER)
    assert maintain(lean, LATER + timedelta(days=89)).expired["fetches"]
    lake = lake_of(settings)
    columns = ["url_id", "article_id", "version", "content_hash", "url", "source_id"]
    before = {row["url_id"]: row for row in lake.known(columns).to_pylist() if row["article_id"]}
    assert not before.keys() <= set(lake.read(FETCHES, ["url_id"])["url_id"].to_pylist())
    (path,) = Path(settings.lake).glob("known/*.parquet")
    path.write_bytes(path.read_bytes()[:-9])
    done = rebuild(lean, clock=clock_from(LATER + timedelta(days=89)))
    assert done.deleted == (f"known/{path.name}",)
    after = {row["url_id"]: row for row in lake.known(columns).to_pylist() if row["article_id"]}
    assert after == before
    assert verify(lake).sound


@pytest.mark.parametrize("point", ["rewrite.put.fingerprints", "rewrite.delete.fingerprints"])
def test_cut_short_it_leaves_a_sound_lake(point: str, settings: Settings) -> None:
    before = contents(lake_of(settings))
    broken = settings.model_copy(update={"failpoints": f"{point}=eio"})
    with pytest.raises(OSError, match=point.replace(".", r"\.")):
        rebuild(broken, clock=clock_from(LATER))
    failpoints.arm(None)
    assert verify(lake_of(settings)).sound
    rebuild(settings, clock=clock_from(LATER))
    same(lake_of(settings), before)


def test_the_commands_say_what_they_did(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAAR_SOURCE_PACK", str(settings.source_pack))
    run = CliRunner().invoke
    told = json.loads(run(main, ["dedup", "rebuild", "--lake", settings.lake, "--json"]).output)
    assert (told["days"], told["kept"], told["relations"]) == (0, 2, None)
    said = run(main, ["rebuild", "--lake", settings.lake])
    assert said.exit_code == 0, said.output
    assert "fingerprints of 2 days" in said.output
