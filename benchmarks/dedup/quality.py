"""Quality on the yardstick (`benchmarks.yardstick`, synthetic), ours beside the rivals.

Here belong the tables ``exact``, ``near``, ``partial``, ``excerpt``, ``roundup``, ``series``,
``thread``, ``edits`` (recall by share of words edited) and ``making`` (right labels by how the
pairs were made). What the rivals take for duplicates, and with which settings, is in
``rivals_quality.py``.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

from benchmarks.dedup.running import BENCH_PYTHON, Measured, Options, Tables
from benchmarks.yardstick import Yardstick, build, engine, marks

_RIVALS: Final = Path(__file__).with_name("rivals_quality.py")
_EVERY: Final = 8
"""With ``--small`` one in so many stories is taken."""
_NOTES: Final = (
    "The yardstick is synthetic: stories written for the project, and what generators make of "
    "them. The truth is the exact score of the clean texts.",
    "Rivals do not name kinds: a pair that they propose counts for a kind unless it is of a "
    "stronger one; their candidates stand unverified, as these tools leave them.",
)


def measure(options: Options) -> Measured:
    """Marks the engine and the rivals on the yardstick.

    Args:
        options: ``small`` takes one in eight stories.
    """
    yardstick = build(_EVERY if options.small else 1)
    found = engine.relations(yardstick)
    tables: Tables = {name: {"taar": row} for name, row in marks.by_kind(yardstick, found).items()}
    tables["thread"] = {"taar": marks.of_threads(yardstick, engine.threads(yardstick))}
    tables["edits"] = {"taar": marks.by_edit_rate(yardstick, found)}
    tables["making"] = {"taar": marks.by_making(yardstick, found)}
    for system, pairs in _rivals(yardstick).items():
        proposed = {frozenset(pair) for pair in pairs}
        for name, row in marks.by_pairs(yardstick, proposed).items():
            tables[name][system] = row
        tables["edits"][system] = marks.by_edit_rate(yardstick, dict.fromkeys(proposed, "near"))
    return Measured(tables, notes=_NOTES)


def _rivals(yardstick: Yardstick) -> dict[str, list[list[str]]]:
    """The pairs that each rival proposes; none where their environment is not there."""
    if not BENCH_PYTHON.exists():
        return {}
    texts = {name: "\n\n".join(text.shown) for name, text in yardstick.texts.items()}
    done = subprocess.run(
        [str(BENCH_PYTHON), str(_RIVALS)],
        input=json.dumps(texts), capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    pairs: dict[str, list[list[str]]] = json.loads(done.stdout)
    return pairs
