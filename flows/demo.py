"""The demo: the press on loopback, two runs of the flow `collect`, one of `link`.

Here belongs the staging: a fresh lake, a press with a clock, the settings that lead the crawler to
it, and the comparison with the truth that the press recorded. What runs is what a deployment runs.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lake.errors import ConfigError
from lake.keys import LOCK, PAGES
from lake.schema import DATASETS
from press.dates import BASE

if TYPE_CHECKING:
    from flows.summary import LinkSummary, RunSummary
    from lake.tables import Lake
    from press import Marks, Press

_HALF_HOUR = timedelta(minutes=30)
_MARK = ".taar-demo"
"""A file of this name marks a lake that a demo made and may make anew."""


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family of copies, as the table shows it."""

    first: str
    title: str
    size: int
    kinds: str


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread edge, as the table shows it."""

    later: str
    earlier: str
    cosine: float


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo found.

    Attributes:
        lake: The folder.
        runs: The two runs of collect.
        articles: Rows of articles, versions included.
        families: Families of two or more.
        threads: Thread edges.
        truth: Precision and recall by relation, against what the press recorded.
        largest: The largest families.
        examples: The thread edges that reach back furthest.
    """

    lake: str
    runs: tuple[RunSummary, ...]
    articles: int
    families: int
    threads: int
    truth: dict[str, Marks]
    largest: tuple[FamilyRow, ...]
    examples: tuple[ThreadRow, ...]

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "lake": self.lake,
            "runs": [run.to_json() for run in self.runs],
            "articles": self.articles,
            "families": self.families,
            "threads": self.threads,
            "truth": self.truth,
        }


def _only_a_demo(lake: Path) -> bool:
    """Whether a folder holds the lake of a demo, of the demo's own day, and nothing else."""
    day = f"crawl_date={BASE.astimezone(UTC).date().isoformat()}"
    folders = {dataset.name.partition("/")[0] for dataset in DATASETS} | {PAGES}
    others = {path.name for path in lake.iterdir()} - folders - {_MARK, LOCK}
    return not others and {path.name for path in lake.glob("articles/*")} <= {day}


def _fresh_lake(place: Path | None) -> Path:
    lake = place or Path("data") / "demo"
    if lake.exists() and not lake.is_dir():
        raise ConfigError(f"{lake} is a file", where="--lake", remedy="name a folder")
    if (lake / _MARK).exists() and _only_a_demo(lake):
        try:
            shutil.rmtree(lake)
        except OSError as error:
            raise ConfigError(
                f"{lake} cannot be made anew: {error.strerror}",
                where="--lake",
                remedy="remove it, or name another folder",
            ) from None
    if lake.exists() and any(lake.iterdir()):
        raise ConfigError(
            f"{lake} is not empty, and not all that is in it was made by a demo",
            where="--lake",
            remedy="name a folder that is empty or does not exist",
        )
    try:
        lake.mkdir(parents=True, exist_ok=True)
        (lake / _MARK).write_text("made by `taar demo`, which may make it anew\n")
    except OSError as error:
        raise ConfigError(
            f"{lake} cannot be written: {error.strerror}",
            where="--lake",
            remedy="name a folder that you may write to",
        ) from None
    return lake.resolve()


@contextmanager
def _environment(work: Path, given: dict[str, str]) -> Iterator[None]:
    """The environment of a deployment that knows only the press; the user's own is put back."""
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(("TAAR_", "PREFECT_")):
            del os.environ[name]
    # A profile of the user's may point at a server; the demo has its own home and needs none.
    os.environ["PREFECT_HOME"] = str(work / "prefect")
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def _two_runs_and_link(
    lake: Path,
    press: Press,
    start: datetime,
) -> tuple[tuple[RunSummary, RunSummary], LinkSummary]:
    from flows.collect import collect
    from flows.link import link
    from flows.running import run_flow

    press.set_now(start)
    first = await run_flow(collect, lake=str(lake), now=start)
    later = start + _HALF_HOUR
    press.set_now(later)
    second = await run_flow(collect, lake=str(lake), now=later)
    linked = await run_flow(link, lake=str(lake), now=later + timedelta(minutes=1))
    return (first, second), linked


def run_demo(place: Path | None, *, quiet: bool) -> DemoResult:
    """Runs the demo.

    Args:
        place: Folder for the lake: empty, absent, or made by an earlier demo.
        quiet: Whether to keep progress off the terminal.

    Raises:
        ConfigError: If the folder is in use by something else.
        TaarError: If a run fails.
    """
    from flows.running import prepare_prefect, run_to_end, waiting
    from press import Press

    lake = _fresh_lake(place)
    with tempfile.TemporaryDirectory(prefix="taar-demo-") as folder, Press(now=BASE) as press:
        work = Path(folder)
        pack = work / "sources.yaml"
        press.write_sources(pack)
        given = {
            "TAAR_SOURCE_PACK": str(pack),
            "TAAR_HOST_MAP": json.dumps(press.host_map),
            "TAAR_CA_FILE": str(press.ca_file),
            "TAAR_CACHE": str(work / "cache"),
            "TAAR_CONTACT": "demo@press.test",
        }
        with (
            _environment(work, given),
            waiting(quiet, "crawling the press twice, then linking ..."),
        ):
            prepare_prefect()
            runs, linked = run_to_end(_two_runs_and_link(lake, press, BASE))
            return _result(lake, runs, linked, press)


def _result(
    place: Path,
    runs: tuple[RunSummary, ...],
    linked: LinkSummary,
    press: Press,
) -> DemoResult:
    from flows.opening import open_lake
    from flows.settings import load_settings
    from lake.reading.views import connect

    lake: Lake = open_lake(load_settings(lake=str(place)), create=False)
    db = connect(lake)
    pairs = db.sql(
        "select a.url, b.url, r.kind from relations r "
        "join articles a on a.article_id = r.article_id "
        "join articles b on b.article_id = r.other_id"
    ).fetchall()
    largest = db.sql(
        "select coalesce(any_value(first_source_id), 'undetermined'), "
        "coalesce(min(a.title) filter (f.article_id = f.first_id), min(a.title)), "
        "any_value(f.size), string_agg(distinct f.kind, ', ' order by f.kind) "
        "from families f join articles a using (article_id) "
        "group by f.family_id order by 3 desc, 2 limit 8"
    ).fetchall()
    edges = db.sql(
        "select strftime(a.published_at, '%Y-%m-%d') || ' ' || a.title, "
        "strftime(b.published_at, '%Y-%m-%d') || ' ' || b.title, t.cosine from threads t "
        "join articles a on a.article_id = t.article_id "
        "join articles b on b.article_id = t.other_id "
        "order by a.published_at - b.published_at desc, t.cosine desc limit 3"
    ).fetchall()
    (articles,) = db.sql("select count(*) from articles").fetchall()[0]
    return DemoResult(
        lake=str(place),
        runs=runs,
        articles=int(articles),
        families=linked.families,
        threads=linked.threads,
        truth=press.evaluate(pairs),
        largest=tuple(FamilyRow(*row) for row in largest),
        examples=tuple(ThreadRow(*row) for row in edges),
    )
