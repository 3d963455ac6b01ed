"""The short form of the chaos suite: a few dense rounds, chosen by hand. The long: `make chaos`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.chaos.faults import Kind, Rule
from tests.chaos.plans import Round, Step
from tests.chaos.points import Strike, Work
from tests.chaos.report import Report
from tests.chaos.rounds import Stage, compare
from tests.chaos.stage import open_stage
from tests.chaos.world import Rows

DAY = timedelta(days=1)
COMMIT = "/articles/"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("chaos") / "stage", "moto") as made:
        yield made


def plan(number: int, *steps: Step, bucket: bool, last_machine: int = 0) -> Round:
    return Round(
        number=number,
        seed=f"short-{number}",
        bucket=bucket,
        aged=True,
        whole=False,
        spool_lost=last_machine > 0,
        steps=steps,
        last_machine=last_machine,
    )


ROUNDS = {
    "killed after the commit, then the disk is full": plan(
        0,
        Step(Work.COLLECT, Strike("publish.state")),
        Step(Work.COLLECT, Strike("seal.object", "enospc")),
        bucket=False,
    ),
    "a compaction is killed, then a run whose clock was set back, and the spool is gone": plan(
        1,
        Step(Work.MAINTAIN, Strike("compact.delete.articles")),
        Step(Work.COLLECT, Strike("collect.assemble"), skew=-DAY),
        bucket=False,
        last_machine=1,
    ),
    "the whole machine in the midst of a crawl, then the answer to the commit is lost": plan(
        2,
        Step(Work.COLLECT, kill_at=0.7, kill_all=True, slow_pages_s=0.05),
        Step(
            Work.COLLECT,
            Strike("publish.state"),
            rules=(Rule(Kind.LOST, "PUT", COMMIT), Rule(Kind.TRUNCATED, "GET", "", first=2)),
        ),
        bucket=True,
        last_machine=1,
    ),
    "two at once, while the server is slow, stumbles and hangs up": plan(
        3,
        Step(
            Work.COLLECT,
            Strike("publish.commit"),
            beside=Work.COLLECT,
            blind=True,
            rules=(
                Rule(Kind.SLOW_DOWN, "PUT", first=2),
                Rule(Kind.RESET, "GET", first=5),
                Rule(Kind.ERROR, "GET", first=9),
                Rule(Kind.SLOW, "PUT", first=4),
            ),
        ),
        bucket=True,
    ),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ROUNDS)
def test_nothing_is_lost_and_nothing_doubled(name: str, stage: Stage) -> None:
    report = Report()
    chosen = ROUNDS[name]
    stage.play(chosen, report)
    assert report.troubles == [], report.to_text()
    assert (report.lost, report.doubled) == (0, 0)
    assert report.published > 30
    armed = [step.strike.spec for step in chosen.steps if step.strike]
    assert sorted(report.hits.elements()) == sorted(armed), report.to_text()
    planned = sum(len(step.rules) for step in chosen.steps)
    assert report.faults.total() == planned, report.to_text()


def test_a_row_that_is_there_twice_or_not_at_all_is_seen() -> None:
    expected = Rows({("http://a.test/1", 1, "x"): 1, ("http://a.test/2", 1, "y"): 1})
    report = Report()
    assert compare(expected, expected, "the view", report) == []
    assert report.clean
    found = Rows({("http://a.test/1", 1, "x"): 2, ("http://a.test/2", 2, "y"): 1})
    lost, doubled = compare(expected, found, "the view", report)
    assert lost == "1 lost from the view: http://a.test/2 v1"
    assert doubled.startswith("2 too many in the view: http://a.test/1 v1")
    assert (report.lost, report.doubled, report.clean) == (1, 2, False)
