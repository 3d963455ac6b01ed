"""Pages per second through fetch, WARC, extraction and spool, beside its rivals.

    python -m benchmarks.crawl [--json] [--rounds N] [--large] [--quick] [--zipped] [--only ...]

Table `throughput`: 20 sites with 200 pages of 60 KB and a feed each, served by a process of its
own; every system gets two processes with half of the sites each, no waits, and obeys robots.txt.

- `taar`: two crawl processes as the flow starts them; WARC and records are written.
- `scrapy_trafilatura`: Scrapy with trafilatura as a spider would use it, JSON lines.
- `scrapy_fetch_only`: the same without extraction: what is left when nothing is done.
- `news_please`: its `from_urls` over 50 of the pages; it makes processes by itself, one per core,
  so it is started once, and its `peak_mb` is that of the first process alone.

`pages_per_s` is by the wall clock, from the start of the processes to their end; `cpu_s` is the
processor time of all of them, `press_cpu_s` that of the press meanwhile; `peak_mb` the most memory
of any one process. With `--rounds` the medians. `--large` adds the table `large`: Taar on 20 sites
with 2,000 pages each, whose `peak_mb` should be that of `throughput`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.crawl.pages import Generated
from benchmarks.crawl.watch import BENCH_PYTHON, Serving, Spent, run
from crawler.plan import FeedTask, Plan
from crawler.source_model import Source
from lake.ids import new_run_id
from lake.runs.records import read_records
from press import BASE

PROCESSES: Final = 2
SYSTEMS: Final = ("taar", "scrapy_trafilatura", "news_please", "scrapy_fetch_only")
_PER_HOST: Final = 8

Row = dict[str, float]
Measure = Callable[[Generated, Path], tuple[Spent, int, str]]


def main() -> int:
    """Measures, and prints tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=1, help="interleaved; medians are printed")
    parser.add_argument("--large", action="store_true", help="Taar on ten times as many pages too")
    parser.add_argument("--quick", action="store_true", help="a tenth of the pages, to see it run")
    parser.add_argument("--zipped", action="store_true", help="the press compresses its pages")
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--keep", type=Path, help="folder for what the systems write")
    options = parser.parse_args()
    pages = 20 if options.quick else 200
    rows: dict[str, list[Row]] = {}
    versions: dict[str, str] = {}
    for _ in range(options.rounds):
        for system in options.only:
            if system != "taar" and not BENCH_PYTHON.exists():
                continue
            few = 4 if options.quick else 50
            row, versions[system] = _measured(system, pages, few, options.zipped, options.keep)
            rows.setdefault(system, []).append(row)
    tables = {"throughput": {name: _median(found) for name, found in rows.items()}}
    if options.large:
        tables["large"] = {"taar": _measured("taar", 10 * pages, 0, options.zipped, None)[0]}
    if options.json:
        print(json.dumps(tables, indent=1))
    else:
        _show(tables, versions)
    return 0


def _measured(
    system: str, pages: int, few: int, zipped: bool, keep: Path | None
) -> tuple[Row, str]:
    with tempfile.TemporaryDirectory(prefix="taar-crawl-") as made:
        folder = (keep / system) if keep is not None else Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        with Serving(20, pages, zipped=zipped) as press:
            web = Generated(20, pages, press.port, zipped)
            if system == "taar":
                spent, count, version = _taar(web, folder)
            else:
                spent, count, version = _rival(system, web, folder, few)
        wanted = few if system == "news_please" else web.sites * web.pages
        row = {
            "pages_per_s": round(count / spent.wall_s, 2),
            "cpu_s": round(spent.cpu_s, 2),
            "peak_mb": round(spent.peak_mb, 1),
            "press_cpu_s": round(press.cpu_s, 2),
            "pages": count,
            "wanted": wanted,
        }
    return row, version


def _taar(web: Generated, folder: Path) -> tuple[Spent, int, str]:
    """The crawl processes of one run; what they hand over is counted."""
    sources = _sources(web)
    plan = Plan(
        run_id=new_run_id(BASE),
        now=BASE,
        budget_s=3600.0,
        sources=tuple(source.model_dump(mode="json") for source in sources),
        feeds=tuple(FeedTask(s.id, s.feeds[0].url) for s in sources),
        shards=PROCESSES,
        host_map={"*.bench.test": {str(web.port): f"127.0.0.1:{web.port}"}},
        overrides={"DOWNLOAD_DELAY": 0},
    )
    spool = folder / plan.run_id
    spool.mkdir()
    plan.write(spool)
    command = [sys.executable, "-m", "crawler.run", str(spool), "--alone", "--shard"]
    spent = run([[*command, str(shard)] for shard in range(PROCESSES)])
    records = (r for log in spool.glob("shard-*/records.jsonl") for r in read_records(log))
    return spent, sum(r["kind"] == "url" and r["article"] is not None for r in records), ""


def _sources(web: Generated) -> list[Source]:
    """One source for each site."""
    return [
        Source.model_validate(
            {
                "id": host.partition(".")[0],
                "name": host,
                "home": f"http://{host}:{web.port}/",
                "feeds": [{"url": web.feed_url(host)}],
                "politeness": {"concurrency": _PER_HOST, "max_pages": web.pages},
            }
        )
        for host in web.hosts()
    ]


def _rival(system: str, web: Generated, folder: Path, few: int) -> tuple[Spent, int, str]:
    hosts = web.hosts()
    if system == "news_please":
        paths = web.paths()[:: web.pages // few][:few]
        shares = [[f"http://{hosts[0]}:{web.port}{path}" for path in paths]]
    else:
        shares = [[web.feed_url(h) for h in hosts[n::PROCESSES]] for n in range(PROCESSES)]
    orders = [
        {"system": system, "hosts": hosts, "urls": urls, "out": str(folder / f"{n}.jsonl")}
        for n, urls in enumerate(shares)
    ]
    # A clean environment: none of ours on the rival's path.
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    command = [str(BENCH_PYTHON), str(Path(__file__).with_name("rival.py"))]
    spent = run([command] * len(orders), [json.dumps(order) for order in orders], kept)
    said = [json.loads(text.splitlines()[-1]) for text in spent.said]
    return spent, sum(answer["pages"] for answer in said), said[0]["version"]


def _median(rows: list[Row]) -> Row:
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def _show(tables: dict[str, dict[str, Row]], versions: dict[str, str]) -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    if not BENCH_PYTHON.exists():
        print("no .venv-bench: the rivals are left out (make bench sets it up)")
    for name, table in tables.items():
        print(f"\n{name}")
        print(f"{'':28}{'pages/s':>9}{'CPU ms':>9}{'peak MB':>9}{'press CPU s':>13}{'pages':>13}")
        for system, row in table.items():
            each = 1000 * row["cpu_s"] / max(row["pages"], 1)
            label = f"{system} {versions.get(system, '')}".strip()
            print(
                f"{label:28}{row['pages_per_s']:9.1f}"
                f"{each:9.2f}{row['peak_mb']:9.0f}{row['press_cpu_s']:13.2f}"
                f"{row['pages']:7.0f}/{row['wanted']:.0f}"
            )
    rates = {system: row["pages_per_s"] for system, row in tables["throughput"].items()}
    for system in ("scrapy_trafilatura", "news_please"):
        if rates.get("taar") and rates.get(system):
            print(f"\nTaar is {rates['taar'] / rates[system]:.1f} times as fast as {system}")


if __name__ == "__main__":
    sys.exit(main())
