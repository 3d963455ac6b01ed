"""What a machine of a user's has: a measured process starts without what only the tests need."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class _NoPandas(MetaPathFinder):
    """Arrow loads pandas where it finds it; only the tests need it, no installed Taar has it."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Refuses pandas."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def forbid_pandas() -> None:
    """Lets no later import find pandas."""
    sys.meta_path.insert(0, _NoPandas())
