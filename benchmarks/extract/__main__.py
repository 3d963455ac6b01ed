"""Extraction beside its rivals: F1 of the words of the text, and milliseconds per page.

    python -m benchmarks.extract [--json] [--repeat N] [--gold FOLDER] [--only SYSTEM...]

Tables: `project_gold` (stored pages of the tests), `shared_gold` (real pages, where the folder is
there). Each row is text alone, from bytes to text: ours runs as `text_of(html, url=...)`. Two rows
are more: `taar_article` is `extract(html, url=...)`, which also finds dates, authors, agencies,
tags and the language, and judges whether the page is an article; `trafilatura_metadata` is the
nearest to it that trafilatura has (title, authors, date, site, tags). Ours goes without a feed's
word and without selectors of a source, so it is the generic path with JSON-LD that is measured.
`ms` is the median over the pages of the median of N runs after one to warm up, in processor time:
each works in one thread, and other work on the machine disturbs that less than the clock on the
wall. newspaper4k is run on two pages alone: it needs seconds for each.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.extract.gold import OWN, Page, Score, load, score
from crawler.extract import Extracted, extract, text_of

ROOT: Final = Path(__file__).resolve().parents[2]
OURS: Final = ("taar", "taar_article")
RIVALS: Final = (
    "trafilatura",
    "trafilatura_precision",
    "trafilatura_metadata",
    "goose3",
    "readability_lxml",
    "resiliparse",
    "newspaper4k",
)
SYSTEMS: Final = (*OURS, *RIVALS)
_FEW: Final = {"newspaper4k": 2}
_DEFAULT_SHARED: Final = ROOT.parent / "shared" / "gold"

Table = dict[str, dict[str, float]]


def main() -> int:
    """Measures, and prints tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--gold", type=Path, default=_DEFAULT_SHARED, help="folder of real pages")
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    parser.add_argument("--pages", action="store_true", help="print ours page by page")
    options = parser.parse_args()
    if options.gold != _DEFAULT_SHARED and not options.gold.is_dir():
        parser.error(f"--gold {options.gold}: there is no such folder")
    python = ROOT / ".venv-bench" / "bin" / "python"
    tables: dict[str, Table] = {}
    versions: dict[str, str] = {}
    for name, folder in (("project_gold", OWN), ("shared_gold", options.gold)):
        if not folder.is_dir():
            continue
        pages = load(folder)
        tables[name] = {}
        for system in options.only:
            if system in OURS:
                row = _ours(pages, options.repeat, whole=system != "taar", show=options.pages)
                tables[name][system] = row
            elif python.exists():
                row, versions[system] = _rival(python, system, pages, options.repeat)
                tables[name][system] = row
    if options.json:
        print(json.dumps(tables, indent=1))
        return 0
    if not python.exists():
        print("no .venv-bench: the rivals are left out (CONTRIBUTING.md says how to make it)")
    _show(tables, versions)
    return 0


def _ours(pages: Sequence[Page], repeat: int, *, whole: bool, show: bool) -> dict[str, float]:
    run = _article_text if whole else _text
    scores, times = [], []
    for page in pages:
        html = page.html
        runs = []
        for _ in range(repeat + 1):
            started = time.process_time()
            text = run(page, html)
            runs.append((time.process_time() - started) * 1000)
        scores.append(score(text, page.text))
        times.append(statistics.median(runs[1:]))
        if show:
            print(f"{page.name:24} {scores[-1].f1:.3f} {times[-1]:6.2f} ms")
    return _row(scores, times)


def _text(page: Page, html: bytes) -> str:
    return text_of(html, url=page.url, charset=page.charset)


def _article_text(page: Page, html: bytes) -> str:
    now = datetime.fromisoformat(page.now) if page.now else datetime(2100, 1, 1, tzinfo=UTC)
    made = extract(html, url=page.url, charset=page.charset, now=now)
    return made.text if isinstance(made, Extracted) else ""


def _rival(
    python: Path, system: str, pages: Sequence[Page], repeat: int
) -> tuple[dict[str, float], str]:
    few = pages[: _FEW[system]] if system in _FEW else pages
    order = {
        "system": system,
        "repeat": 1 if system in _FEW else repeat,
        "pages": [{"path": str(page.path), "url": page.url} for page in few],
    }
    # A clean environment: none of ours on the rival's path.
    environment = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    done = subprocess.run(
        [str(python), str(Path(__file__).with_name("rival.py"))],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{system} failed: {done.stderr[-2000:]}")
    answer = json.loads(done.stdout)
    scores = [score(r["text"], page.text) for r, page in zip(answer["results"], few, strict=True)]
    return _row(scores, [r["ms"] for r in answer["results"]]), answer["version"]


def _row(scores: Sequence[Score], times: Sequence[float]) -> dict[str, float]:
    return {
        "f1": round(statistics.mean(s.f1 for s in scores), 4),
        "min_f1": round(min(s.f1 for s in scores), 4),
        "precision": round(statistics.mean(s.precision for s in scores), 4),
        "recall": round(statistics.mean(s.recall for s in scores), 4),
        "ms": round(statistics.median(times), 3),
        "pages": len(scores),
    }


def _show(tables: dict[str, Table], versions: dict[str, str]) -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    for name, table in tables.items():
        print(f"\n{name}")
        print(f"{'':32}{'F1':>8}{'worst':>8}{'prec.':>8}{'recall':>8}{'ms':>10}{'pages':>7}")
        for system, row in table.items():
            label = f"{system} {versions.get(system, '')}".strip()
            print(
                f"{label:32}{row['f1']:8.3f}{row['min_f1']:8.3f}{row['precision']:8.3f}"
                f"{row['recall']:8.3f}{row['ms']:10.2f}{row['pages']:7.0f}"
            )


if __name__ == "__main__":
    sys.exit(main())
