from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from press import BASE, Faults, Press

SAMPLES = Path(__file__).parent / "stories"


@pytest.fixture(scope="session")
def serving() -> Iterator[Press]:
    with Press(faults=Faults(slow_s=0.05)) as press:
        yield press


@pytest.fixture
def press(serving: Press) -> Iterator[Press]:
    """A running press, with clock and faults as at the start."""
    serving.requests.clear()
    yield serving
    serving.set_now(BASE)
    serving.faults = Faults(slow_s=0.05)
