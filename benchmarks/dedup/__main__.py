"""Dedup beside its rivals, in one run.

    python -m benchmarks.dedup [--json] [--only TABLE...] [--rounds N] [--small]

Each module named in `MODULES` makes one or more tables. ``--small`` shows that everything runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from benchmarks.dedup.running import BENCH_PYTHON, ROOT, Measured, Options, Tables

MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "signatures": ("signatures",),
    "windows": ("window_1m", "window_10m", "index_100k"),
    "link": ("link",),
    "quality": (
        *("exact", "near", "partial", "excerpt", "roundup", "series", "thread"),
        *("edits", "making"),
    ),
    "real": ("real", "pair", "pair_originals"),
}
"""Module -> the tables that its function ``measure`` makes."""


def main() -> int:
    """Measures, and prints tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    names = [name for tables in MODULES.values() for name in tables]
    parser.add_argument("--only", nargs="+", default=[], metavar="TABLE", choices=names)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--scratch", type=Path, help="folder in which generated windows are kept")
    given = parser.parse_args()
    options = Options(
        rounds=given.rounds,
        small=given.small,
        only=tuple(given.only),
        corpus=given.corpus if given.corpus.is_dir() else None,
        scratch=given.scratch,
    )
    found: list[Measured] = []
    for module, tables in MODULES.items():
        if not options.only or set(tables) & set(options.only):
            found.append(import_module(f"benchmarks.dedup.{module}").measure(options))
    made: Tables = {name: table for m in found for name, table in m.tables.items()}
    if given.json:
        print(json.dumps(made, indent=1))
        return 0
    _show(made, found)
    return 0


def _show(tables: Tables, found: list[Measured]) -> None:
    print(f"{_machine()}, Python {platform.python_version()}")
    versions = {name: v for m in found for name, v in m.versions.items()}
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    if not BENCH_PYTHON.exists():
        print("no .venv-bench: the rivals are left out (make bench sets it up)")
    for name, table in tables.items():
        print(f"\n{name}")
        width = max(map(len, table))
        for system, metrics in table.items():
            told = "  ".join(f"{metric} {value:,.4g}" for metric, value in metrics.items())
            print(f"  {system:{width}}  {told}")
    for note in (note for m in found for note in m.notes):
        print(f"\n{note}")


def _machine() -> str:
    model = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return f"{os.cpu_count()} x {model}"


if __name__ == "__main__":
    raise SystemExit(main())
