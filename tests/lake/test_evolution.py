"""Lakes of every version of the schema: today's code reads them and goes on with them."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.repair.forget import forget
from flows.stepping import clock_from
from lake.reading.former import is_former
from lake.reading.views import connect
from lake.schema import ARTICLES, DATASETS, FETCHES, FINGERPRINTS, SCHEMA_VERSION
from lake.storage import open_storage
from lake.tables import Lake
from lake.verify import verify
from press import Press
from tests.flows.conftest import collect, link, maintain, settings_for
from tests.lake.write_fixture import FIXTURES, LATER, SOURCES, shape

VERSIONS = [f"v{n}" for n in range(1, SCHEMA_VERSION + 1)]
DAY = timedelta(days=1)


def test_the_schema_is_the_one_that_its_version_names() -> None:
    folder = FIXTURES / f"v{SCHEMA_VERSION}"
    told = "raise SCHEMA_VERSION, then run: python -m tests.lake.write_fixture"
    assert folder.is_dir(), told
    assert json.loads((folder / "schema.json").read_text()) == shape(), told


@pytest.mark.parametrize("version", VERSIONS)
def test_columns_are_only_ever_added(version: str) -> None:
    then = json.loads((FIXTURES / version / "schema.json").read_text())
    now = {dataset.name: dataset for dataset in DATASETS}
    for name, columns in then.items():
        assert name in now
        fields = {c.name: c for c in now[name].columns}
        assert columns.keys() <= fields.keys(), name
        for column in fields.keys() - columns.keys():
            assert not fields[column].required, f"older objects have no {name}.{column}"
        if now[name].public:
            kinds = {c: [str(fields[c].type), fields[c].required] for c in columns}
            assert kinds == columns, name
    for path in (FIXTURES / version).rglob("*.parquet"):
        written = pq.read_schema(path)
        dataset = now[(written.metadata or {})[b"taar.dataset"].decode()]
        for field in dataset.stored_schema:
            at = written.get_field_index(field.name)
            if at >= 0:
                kind = written.field(at).type
                assert kind.equals(field.type) or is_former(kind, field.type), field.name


@pytest.mark.parametrize("version", VERSIONS)
def test_a_lake_is_read_and_gone_on_with(version: str, tmp_path: Path) -> None:
    with Press() as press:
        go_on(version, press, tmp_path)


def go_on(version: str, press: Press, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / version / "lake", tmp_path / "lake")
    settings = settings_for(press, tmp_path, shards=1)
    lake = Lake(open_storage(settings.lake))
    written = {
        (pq.read_schema(path).metadata or {})[b"taar.schema_version"].decode()
        for path in (tmp_path / "lake").rglob("*.parquet")
    }
    assert written == {version[1:]}
    report = verify(lake)
    assert report.sound, report.to_text()
    count = lake.read(ARTICLES).num_rows
    assert count > 30
    assert lake.read(FINGERPRINTS).num_rows == count
    assert connect(lake).sql("select count(*) from latest").fetchall() == [(count,)]

    press.set_now(LATER + DAY)
    first = link(settings, LATER + DAY)
    assert (first.articles, first.families) == (count, first.families)
    again = collect(settings, LATER + DAY, only=[*SOURCES, "janrekha"])
    taken = {row["source_id"]: row["taken_up"] for row in again.sources}
    assert taken[SOURCES[0]] == 0, "what was known is known"
    assert again.exact + again.near > 5, "copies of what an older version has published"
    maintain(settings, LATER + 4 * DAY)
    link(settings, LATER + 4 * DAY)
    report = verify(Lake(open_storage(settings.lake)))
    assert report.sound, report.to_text()
    url = lake.read(ARTICLES, ["url"])["url"][0].as_py()
    forget(settings, url, clock=clock_from(LATER + 5 * DAY))
    report = verify(Lake(open_storage(settings.lake)))
    assert report.sound, report.to_text()
    merged = [i.key for i in lake.storage.list("articles/") if "/day-" in i.key]
    assert len(merged) == 3
    assert lake.read(FETCHES).num_rows > count
