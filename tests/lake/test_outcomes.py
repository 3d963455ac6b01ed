from __future__ import annotations

from datetime import timedelta

import pytest

from lake.errors import ConfigError, StorageError, TaarError
from lake.outcomes import RULES, Outcome, next_try


def test_every_outcome_has_a_rule() -> None:
    assert set(RULES) == set(Outcome)
    assert all(rule.meaning for rule in RULES.values())


def test_final_outcomes_are_not_tried_again() -> None:
    for outcome, rule in RULES.items():
        assert (next_try(outcome, 1) is None) == rule.final


def test_waits_double_until_the_tries_are_used_up() -> None:
    waits = [next_try(Outcome.HTTP_5XX, tries) for tries in range(1, 7)]
    quarter = timedelta(minutes=15)
    assert waits == [quarter, 2 * quarter, 4 * quarter, 8 * quarter, 16 * quarter, None]


def test_what_was_not_reached_waits_for_nothing() -> None:
    assert next_try(Outcome.DEFERRED, 1000) == timedelta(0)
    with pytest.raises(ValueError, match="1 or more"):
        next_try(Outcome.DEFERRED, 0)


def test_errors_say_what_where_and_what_to_do() -> None:
    error = StorageError("it is full", where="/data", remedy="make room")
    assert str(error) == "it is full\n  where:  /data\n  remedy: make room"
    assert str(TaarError("only this")) == "only this"
    assert (error.exit_code, ConfigError("x").exit_code) == (1, 2)
