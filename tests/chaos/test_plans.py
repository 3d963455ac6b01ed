"""The plans: repeatable, and dealing every harm; the list of failpoints: complete."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from flows.settings import ROOT
from tests.chaos.faults import Kind, Rule, Weather
from tests.chaos.plans import rounds
from tests.chaos.points import POINTS, STRIKES
from tests.chaos.report import Report

CALL = re.compile(r"\b(?:failpoint|_passing)\(f?\"([^\"]+)\"")
ELSEWHERE = ("forget.", "expire.", "rewrite.", "frequencies.")
"""What no run over the press passes: tests of their own cut short takedowns, retention, rebuilds
and the monthly proposal, which needs more texts."""
ROUNDS = 200


def test_every_failpoint_of_the_sources_is_struck() -> None:
    named = {
        name
        for room in ("lake", "flows", "crawler")
        for path in (ROOT / room).rglob("*.py")
        for name in CALL.findall(path.read_text(encoding="utf-8"))
        if not name.startswith(ELSEWHERE)
    }
    assert len(named) > 15
    patterns = [re.compile(re.sub(r"\\\{.*?\\\}", "[a-z_]+", re.escape(n))) for n in named]
    assert [p.pattern for p in patterns if not any(p.fullmatch(q) for q in POINTS)] == []
    assert [q for q in POINTS if not any(p.fullmatch(q) for p in patterns)] == []


def test_a_round_can_be_repeated_alone() -> None:
    some, more = rounds(20, seed=7), rounds(60, seed=7)
    assert some == more[:20]
    assert [str(plan) for plan in some] == [str(plan) for plan in more[:20]]
    assert rounds(20, seed=8) != some


def test_the_long_form_deals_every_harm_often_enough() -> None:
    plans = rounds(ROUNDS, seed=1)
    steps = [step for plan in plans for step in plan.steps]
    dealt = Counter(step.strike.spec for step in steps if step.strike)
    assert min(dealt[strike.spec] for strike in STRIKES) >= 4
    assert sum(plan.spool_lost for plan in plans) == ROUNDS // 2
    assert sum(plan.bucket for plan in plans) == ROUNDS // 2
    assert sum(step.beside is not None for step in steps) > 15
    assert sum(step.kill_at is not None for step in steps) > 40
    assert sum(step.skew.total_seconds() < 0 for step in steps) > 30
    ruled = {rule.kind for step in steps for rule in step.rules}
    assert ruled == set(Kind)


def test_a_rule_strikes_where_it_is_told_to() -> None:
    weather = Weather((Rule(Kind.LOST, "PUT", "/articles/", first=2, times=2),))
    struck = [weather.strike("PUT", "/b/articles/x") for _ in range(4)]
    assert struck == [None, Kind.LOST, Kind.LOST, None]
    assert weather.strike("GET", "/b/articles/x") is None


def test_what_was_never_hit_is_told() -> None:
    report = Report(rounds=1, buckets=1)
    report.hits["publish.articles=kill"] = 3
    assert "publish.articles=kill" not in report.rare(3)
    assert "publish.commit=kill" in report.rare(3)
    assert report.clean
    assert report.to_json()["hits"] == {"publish.articles=kill": 3}


@pytest.mark.parametrize("word", ["lost 0", "doubled 0", "3 rounds"])
def test_the_report_tells(word: str) -> None:
    assert word in Report(rounds=3).to_text()
