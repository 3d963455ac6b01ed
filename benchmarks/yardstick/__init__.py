"""A labelled yardstick of Hindi news: texts that are related in known ways.

It is synthetic: the stories of the press (invented events, written for the project), their
retellings, twins and sequels written for the yardstick, and what generators make of them. What
happens to real articles is measured on real articles (`benchmarks.dedup.real`); the yardstick is
for what has to be known exactly. `build` makes it, the same on every machine.

- `texts`: the texts that all others come from.
- `edits`, `dirt`, `carriers`, `series`: what is done to them.
- `reference`: the truth about a pair, by counting, independent of the engine.
- `corpus`: texts and labelled pairs together.
- `engine`: the yardstick handed to `dedup`, and what it found.
"""

from __future__ import annotations

from benchmarks.yardstick.corpus import KINDS, Pair, Yardstick, build
from benchmarks.yardstick.texts import Text

__all__ = ["KINDS", "Pair", "Text", "Yardstick", "build"]
