"""Mutated pages: nothing may be raised, no page may take long or much memory.

    python -m benchmarks.extract.fuzz [--pages 20000] [--seed N] [--json]

The stored pages are truncated, sprinkled with random bytes, nested 10,000 deep, glued together,
stripped of their markup's characters, re-coded and blown up to 5 MB (the crawler takes no larger
ones). Times are of the processor; memory is the peak of the whole process. Exit code 1 if a limit
is broken; the page is then written to the folder of temporary files.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.extract.gold import OWN, load
from crawler.extract import Listed, extract

LIMIT_S: Final = 2.0
LIMIT_MB: Final = 500
MAX_BYTES: Final = 5 * 1024 * 1024
NOW: Final = datetime(2024, 7, 2, tzinfo=UTC)
_TAGS: Final = (
    b"<div>", b"<b>", b"<p>", b"<table><tr><td>", b"<ul><li>", b"<font a=1><p>", b"<a href=x>",
    b'<p class="share date author">', b"<time>18 June 2024</time>", b"<h1>", b"<br>", b"<span>",
    b"<section><header>", b"<svg><g>", b"<template>", b"<select><option>", b"<!--", b"</div>",
    b'<script type="application/ld+json">{"@type":"NewsArticle"', b"<meta name=date content=x>",
    b"&#2325;", b"<blockquote>", b"<i class=x>", b"<ul><li><a href=x>y</a></li></ul>",
)  # fmt: skip
_CHARSETS: Final = (None, "utf-8", "utf-16", "iso-8859-1", "windows-1252", "rot13", "\x00")


def mutated(page: bytes, other: bytes, rng: random.Random) -> bytes:
    """One mutation of a page, of at most `MAX_BYTES`."""
    at = rng.randrange(len(page))
    match rng.randrange(10):
        case 0:
            made = page[:at]
        case 1:
            damaged = bytearray(page)
            for _ in range(rng.choice([1, 10, 300])):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            made = bytes(damaged)
        case 2:
            count = rng.choice([10, 100, 1_000, 10_000])
            made = page[:at] + rng.choice(_TAGS) * count + page[at:]
        case 3:
            cut = rng.randrange(len(other))
            made = other[cut:] + page[at:] + page[:at]
        case 4:
            made = page[:at] + rng.randbytes(rng.choice([10, 10_000])) + page[at:]
        case 5:
            what = rng.choice([b">", b"<", b'"', b"/", b"=", b"</p>", b"</div>", b"</script>"])
            made = page.replace(what, b"", rng.choice([1, 100, -1]))
        case 6:
            coding = rng.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
            made = page.decode("utf-8", "replace").encode(coding, "replace")
        case 7:
            a, b = sorted((at, rng.randrange(len(page))))
            made = page[:a] + page[a:b][:5_000] * rng.choice([2, 20, 100]) + page[b:]
        case 8:
            made = page.decode("utf-8", "replace").encode("cp1252", "xmlcharrefreplace")
        case _:
            # Now and then one of the largest that the crawler takes.
            made = page * (MAX_BYTES // len(page) if rng.random() < 0.02 else 2)
    return made[:MAX_BYTES]


def run(pages: int, seed: int) -> dict[str, float]:
    """Extracts that many mutated pages.

    Returns:
        pages, raised (1.0 if something was, then it ends there), slowest_s, peak_mb.
    """
    rng = random.Random(seed)
    stock = [(page.html, page.url) for page in load(OWN)]
    slowest = 0.0
    for number in range(pages):
        (page, url), (other, _) = rng.choice(stock), rng.choice(stock)
        made = mutated(page, other, rng)
        charset = rng.choice(_CHARSETS)
        started = time.process_time()
        try:
            extract(made, url=url, charset=charset, now=NOW, listed=Listed("शीर्षक", None, "x"))
        except Exception as error:  # noqa: BLE001 (that nothing is raised is what is tested)
            print(f"page {number}: {error!r}, kept as {_keep(made)}", file=sys.stderr)
            return {"pages": number, "raised": 1.0, "slowest_s": slowest, "peak_mb": _peak_mb()}
        taken = time.process_time() - started
        if taken > LIMIT_S:
            print(f"page {number}: {taken:.1f} s, kept as {_keep(made)}", file=sys.stderr)
        slowest = max(slowest, taken)
    return {"pages": pages, "raised": 0.0, "slowest_s": slowest, "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _keep(page: bytes) -> Path:
    with tempfile.NamedTemporaryFile(prefix="taar-fuzz-", suffix=".html", delete=False) as file:
        file.write(page)
    return Path(file.name)


def main() -> int:
    """Runs, and prints the worst."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20240618)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = run(options.pages, options.seed)
    if options.json:
        print(json.dumps({"fuzz": {"taar": found}}, indent=1))
    else:
        print(
            f"{found['pages']:.0f} pages; raised: {'yes' if found['raised'] else 'nothing'}; "
            f"slowest {found['slowest_s']:.2f} s; peak {found['peak_mb']:.0f} MB"
        )
    broken = found["raised"] or found["slowest_s"] > LIMIT_S or found["peak_mb"] > LIMIT_MB
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
