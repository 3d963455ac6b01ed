"""Tables of document frequencies: proposed by maintain, taken up by link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dedup.frequencies import START_VERSION
from flows.cli import main
from flows.opening import open_lake
from flows.repair.checking import with_derived
from flows.repair.rebuild import rebuild
from flows.settings import Settings, load_settings
from flows.steps import frequencies as module
from lake.errors import ConfigError, LakeFormatError
from lake.schema import THREADS
from lake.verify import verify
from press import BASE, Press
from tests.flows.conftest import collect, link, maintain, settings_for

DAY = timedelta(days=1)
PROPOSED = f"hi-{BASE:%Y-%m-%d}"


@pytest.fixture(scope="module")
def _crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with Press() as press:
        settings = settings_for(press, tmp_path_factory.mktemp("frequencies"))
        collect(settings, BASE, only=["janrekha", "udgam", "samvadkendra"])
        yield settings


@pytest.fixture
def settings(_crawled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A lake of its own for each test, with fewer texts than a real table takes."""
    import shutil

    for name in ("flows.steps.frequencies", "dedup.frequencies"):
        monkeypatch.setattr(f"{name}.LEAST_DOCUMENTS", 20)
    shutil.copytree(_crawled.lake, tmp_path / "lake")
    return _crawled.model_copy(update={"lake": str(tmp_path / "lake")})


def tables(settings: Settings) -> list[str]:
    return sorted(path.name for path in Path(settings.lake).glob("frequencies/*"))


def versions(settings: Settings) -> set[str]:
    column = open_lake(settings).read_derived(THREADS)["frequencies"]
    return {str(version) for version in column.to_pylist()}


def test_the_default_is_the_table_that_ships() -> None:
    assert load_settings().frequencies == START_VERSION


def test_a_table_is_proposed_once_a_month(settings: Settings) -> None:
    done = maintain(settings, BASE)
    assert done.proposed == PROPOSED
    assert f"TAAR_FREQUENCIES={PROPOSED}" in done.to_markdown()
    assert "taar link" in done.to_markdown()
    assert tables(settings) == [f"{PROPOSED}.npz"]
    kept = (Path(settings.lake) / "frequencies" / f"{PROPOSED}.npz").read_bytes()
    assert maintain(settings, BASE + 29 * DAY).proposed == PROPOSED  # Told until it is taken up.
    assert tables(settings) == [f"{PROPOSED}.npz"]
    later = f"hi-{BASE + 30 * DAY:%Y-%m-%d}"
    assert maintain(settings, BASE + 30 * DAY).proposed == later
    assert tables(settings) == sorted([f"{PROPOSED}.npz", f"{later}.npz"])
    assert (Path(settings.lake) / "frequencies" / f"{PROPOSED}.npz").read_bytes() == kept
    assert verify(open_lake(settings)).sound


def test_the_newest_tables_are_kept_and_those_in_use(settings: Settings) -> None:
    storage = open_lake(settings).storage
    months = [f"hi-{BASE - 30 * n * DAY:%Y-%m-%d}" for n in range(1, 11)]
    maintain(settings, BASE - 300 * DAY)  # The first that is made, and taken up by another machine.
    assert tables(settings) == [f"{months[-1]}.npz"]
    link(settings.model_copy(update={"frequencies": months[-1]}), BASE - 299 * DAY)
    table = storage.get(f"frequencies/{months[-1]}.npz")
    for name in (*months, "mine", "hi-2024-13-01"):
        storage.put(f"frequencies/{name}.npz", table)
    kept = [months[-1], months[-3], *months[:5], PROPOSED, "mine", "hi-2024-13-01"]
    done = maintain(settings.model_copy(update={"frequencies": months[-3]}), BASE)
    assert tables(settings) == sorted(f"{name}.npz" for name in kept)
    assert done.proposed == PROPOSED
    assert done.warnings == []
    link(settings, BASE)
    maintain(settings, BASE)
    assert tables(settings) == sorted(f"{name}.npz" for name in kept[2:])


def test_a_maintain_cut_short_proposes_the_next_time(settings: Settings) -> None:
    full = settings.model_copy(update={"failpoints": "frequencies.put=enospc"})
    with pytest.raises(OSError, match=r"frequencies\.put"):
        maintain(full, BASE)
    assert tables(settings) == []
    assert maintain(settings, BASE).proposed == PROPOSED


def test_too_few_texts_make_no_table(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAST_DOCUMENTS", 100_000)
    done = maintain(settings, BASE)
    assert done.proposed is None
    assert "TAAR_FREQUENCIES" not in done.to_markdown()
    assert tables(settings) == []
    # Texts that lie further back than threads reach do not count either.
    monkeypatch.setattr(module, "LEAST_DOCUMENTS", 20)
    maintain(settings, BASE + 500 * DAY)
    assert tables(settings) == []


def test_damage_to_fingerprints_stops_no_maintain(settings: Settings) -> None:
    (path,) = Path(settings.lake).glob("fingerprints/v*/*/*.parquet")
    path.write_bytes(path.read_bytes()[:-100])
    done = maintain(settings, BASE)
    assert done.proposed is None
    assert "no table of document frequencies" in done.warnings[-1]


def test_a_version_that_is_taken_up_stands_in_the_edges(settings: Settings) -> None:
    link(settings, BASE + DAY)
    assert versions(settings) == {START_VERSION}
    maintain(settings, BASE + DAY)
    version = f"hi-{BASE + DAY:%Y-%m-%d}"
    adopted = settings.model_copy(update={"frequencies": version})
    link(adopted, BASE + 2 * DAY)
    assert versions(settings) == {version}
    assert maintain(adopted, BASE + 2 * DAY).proposed is None
    lake = open_lake(adopted)
    # What was derived says by which, whatever the machine that looks has taken up.
    for given in (adopted, settings):
        report = with_derived(verify(lake), lake, given)
        assert (report.findings, report.notes) == ((), ())
    (path,) = Path(settings.lake).glob("frequencies/*.npz")
    path.rename(away := path.with_suffix(".away"))
    report = with_derived(verify(lake), lake, settings)
    assert report.sound
    assert f"{version}, which is no longer kept" in report.to_text()
    away.rename(path)
    rebuild(adopted, clock=lambda: BASE + 3 * DAY)
    assert versions(settings) == {version}
    link(settings, BASE + 4 * DAY)
    assert versions(settings) == {START_VERSION}


def test_a_version_that_is_not_there_is_named(settings: Settings) -> None:
    maintain(settings, BASE)
    wrong = settings.model_copy(update={"frequencies": "hi-2001-01-01"})
    with pytest.raises(ConfigError, match="hi-2001-01-01") as caught:
        link(wrong, BASE + DAY)
    assert caught.value.where == "TAAR_FREQUENCIES"
    assert PROPOSED in str(caught.value.remedy)
    with pytest.raises(ConfigError):
        load_settings(frequencies="../articles/x")


@pytest.mark.parametrize("data", [b"", b"no table", b"PK\x03\x04 torn"])
def test_a_damaged_table_is_named(data: bytes, settings: Settings) -> None:
    open_lake(settings).storage.put("frequencies/mine.npz", data)
    with pytest.raises(LakeFormatError) as caught:
        link(settings.model_copy(update={"frequencies": "mine"}), BASE)
    assert caught.value.where == "frequencies/mine.npz"


def test_the_command_tells_how_to_take_it_up(settings: Settings) -> None:
    done = CliRunner().invoke(main, ["maintain", "--no-prefect", "--lake", settings.lake])
    assert done.exit_code == 0, done.output
    assert "TAAR_FREQUENCIES" not in done.output  # Today the texts of 2024 are too old.
