from __future__ import annotations

import errno

import pytest

from lake import failpoints
from lake.errors import ConfigError
from lake.failpoints import failpoint


def test_nothing_happens_unarmed() -> None:
    failpoint("anything")
    failpoints.arm("")
    failpoint("anything")


def test_it_strikes_from_the_nth_pass_on() -> None:
    failpoints.arm("a.b=enospc@3; c=eio")
    failpoint("a.b")
    failpoint("a.b")
    for _ in range(2):
        with pytest.raises(OSError) as caught:
            failpoint("a.b")
        assert caught.value.errno == errno.ENOSPC
    with pytest.raises(OSError) as caught:
        failpoint("c")
    assert caught.value.errno == errno.EIO


@pytest.mark.parametrize("spec", ["a", "a=explode", "a=kill@0", "=kill"])
def test_malformed(spec: str) -> None:
    with pytest.raises(ConfigError, match="not a failpoint"):
        failpoints.arm(spec)
