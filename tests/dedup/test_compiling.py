"""What compiled code costs to start, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from dedup.compiled.postings import shift_of
assert shift_of(2) == 31
assert "scipy.linalg" not in sys.modules, "numba has loaded SciPy"
import numba, numpy
turned = numba.njit(lambda a: numpy.linalg.inv(a))(numpy.eye(2) * 2)
assert turned.tolist() == [[0.5, 0.0], [0.0, 0.5]]
"""


def test_scipy_is_loaded_by_whoever_needs_it_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
