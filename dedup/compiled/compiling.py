"""How functions are compiled: the one place that knows numba.

Compiled code is kept beside the source, else in the user's cache folder (``NUMBA_CACHE_DIR`` names
another one); where neither can be written, each process compiles anew.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numba
import numpy as np

if TYPE_CHECKING:

    def int64(value: object) -> int:
        """What compiled code has for an int."""
        ...
else:
    int64 = np.int64

_sparing: Final = Lock()

_Function = TypeVar("_Function", bound=Callable[..., Any])

_SOURCES: Final = (
    "compiled/joining.py",
    "compiled/kernel.py",
    "compiled/naming.py",
    "compiled/paging.py",
    "compiled/postings.py",
    "compiled/scoring.py",
    "compiled/sharing.py",
    "compiled/sifting.py",
    "compiled/signing.py",
    "index.py",
    "prints/hashing.py",
    "prints/marks.py",
    "text/letters.py",
)
"""The modules whose functions and constants are compiled in."""


def compiled(function: _Function) -> _Function:
    """Compiles a function of arrays and numbers on its first call; it runs without the GIL.

    Array bounds are not checked in compiled code: the function has to keep within them. Integers
    divided by zero give 0. Nothing can be allocated: scratch memory is handed in.

    Args:
        function: Uses what numba can compile, and the types that it is called with.
    """
    # Without its runtime there is no counting of references, which made this code seven times
    # slower.
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
    _spare_scipy()
    try:
        made: Any = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # No folder for the cache can be written.
        return cast("_Function", numba.njit(**options)(function))
    # numba takes cached code for stale when the file of the function has changed; but constants
    # and functions of other files are compiled in as well.
    kept = made._cache._cache_file
    kept._source_stamp = (kept._source_stamp, _digest())
    return cast("_Function", made)


def _spare_scipy() -> None:
    """Keeps numba from loading all of SciPy only to see whether it is there.

    That took longer than to match a million articles. Whoever does need linear algebra in
    compiled code is none the worse: numba looks again then.
    """
    with _sparing:
        if "numba.np.arraymath" in sys.modules or find_spec("scipy") is None:
            return
        linalg: Any = import_module("numba.np.linalg")
        look = linalg.ensure_blas
        linalg.ensure_blas = lambda: None
        try:
            import_module("numba.np.arraymath")
        finally:
            linalg.ensure_blas = look


def cores() -> int:
    """How many threads can work at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@lru_cache(maxsize=1)
def _digest() -> str:
    """A hash of all that is compiled in."""
    room = Path(__file__).parents[1]
    files = [room / name for name in _SOURCES]
    return blake2b(b"".join(f.read_bytes() for f in files)).hexdigest()
