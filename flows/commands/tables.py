"""What the command line prints for people: tables.

Here belongs the look of results on a terminal (rich). Not here: the numbers, which come ready from
`flows.summary`, `flows.demo` and `flows.look.compare`.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from crawler.sources import Source
    from flows.demo import DemoResult
    from flows.look.compare import PairReport
    from flows.summary import LinkSummary, RunSummary

_LONGEST = 90
"""Characters of a cell that may hold a text; the tables of SQL results are cut there."""


_NARROWEST = 8
"""Characters of a column that can be read; where there is less for each, rows stand one by one."""

_SHOWN_WORDS = 25
"""Words of each end of a long passage."""

_FIRST_QUERY = "select source_id, count(*) from articles group by 1"
"""What the demo proposes to ask."""


def _console() -> Console:
    return Console(highlight=False)


def _table(title: str | None, *head: str, rows: Iterable[Sequence[object]]) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    table.show_header = any(head)
    body = [list(row) for row in rows]
    for n, name in enumerate(head):
        numeric = bool(body) and all(isinstance(row[n], int | float) for row in body)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in body:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    return table


def print_rows(
    head: Sequence[str], rows: Sequence[Sequence[object]], *, count: bool = True
) -> None:
    """Prints rows, such as the result of a query; long texts are cut.

    A table whose columns would be too narrow to read is laid out row by row, a line for each cell.

    Args:
        head: Names of the columns.
        rows: As many cells in each.
        count: Whether their number stands below.
    """

    def short(cell: object) -> object:
        text = str(cell)
        return cell if cell is None or len(text) <= _LONGEST else text[:_LONGEST] + "…"

    console = _console()
    if len(head) * (_NARROWEST + 1) > console.width:
        for n, row in enumerate(rows, 1):
            console.print(f"[bold]row {n}[/bold]")
            named = zip(head, row, strict=True)
            console.print(_table(None, "", "", rows=[(f"  {name}", short(c)) for name, c in named]))
    else:
        console.print(_table(None, *head, rows=[[short(c) for c in row] for row in rows]))
    if count:
        console.print(f"{len(rows)} row{'s' * (len(rows) != 1)}", style="dim")


def print_fields(fields: Mapping[str, str]) -> None:
    """Prints names and values, a line for each; long ones are folded."""
    _console().print(_table(None, "", "", rows=fields.items()))


def print_run(summary: RunSummary) -> None:
    """Prints what one collect did."""
    console = _console()
    if summary.adopted:
        console.print(f"Took over from runs that had died: {', '.join(summary.adopted)}")
    if summary.run_id is None:
        console.print(summary.nothing_due())
        return
    console.print(
        _table(
            f"Run {summary.run_id}",
            "source", "feeds", "304", "failed", "entries", "taken up", "published", "newest",
            rows=[
                (
                    r["source_name"], r["feeds_polled"], r["feeds_not_modified"],
                    r["feeds_failed"], r["entries"], r["taken_up"], r["published"],
                    f"{r['newest_at']:%Y-%m-%d %H:%M}" if r["newest_at"] else "",
                )
                for r in summary.sources
            ],
        )
    )  # fmt: skip
    print_outcomes([summary])
    for warning in summary.warnings:
        console.print(f"! {escape(warning)}", style="yellow")


def print_outcomes(runs: Sequence[RunSummary]) -> None:
    """Prints the outcomes of one or more runs side by side, with their sums."""
    names = sorted(
        {name for run in runs for name in run.outcomes},
        key=lambda name: (-sum(run.outcomes.get(name, 0) for run in runs), name),
    )
    rows: list[list[object]] = [[n, *(run.outcomes.get(n, 0) for run in runs)] for n in names]
    rows.append(["URLs taken up", *(run.taken_up for run in runs)])
    heads = [f"run {n}" for n in range(1, len(runs) + 1)] if len(runs) > 1 else ["URLs"]
    _console().print(_table(None, "outcome", *heads, rows=rows))


def print_link(summary: LinkSummary) -> None:
    """Prints what link derived."""
    console = _console()
    console.print(
        f"{summary.articles} articles, {summary.families} families of copies, "
        f"{summary.threads} thread edges"
    )
    if summary.relations:
        console.print(_table(None, "relation", "pairs", rows=summary.relations.items()))
    for line in summary.changes:
        console.print(f"other settings than before: {line}", highlight=False)
    for line in summary.shown_doubts:
        console.print(f"look at the family {line}", highlight=False)


def print_demo(result: DemoResult) -> None:
    """Prints what the demo found, the families and how it compares with the truth."""
    console = _console()
    console.print("\n[bold]Two runs of collect, the second half an hour later[/bold]")
    print_outcomes(result.runs)
    console.print()
    console.print(
        _table(
            "The largest families of copies",
            "first publisher", "headline", "size", "kinds",
            rows=[(f.first, f.title, f.size, f.kinds) for f in result.largest],
        )
    )  # fmt: skip
    console.print()
    console.print(
        _table(
            "The same story in other words, months apart",
            "later", "earlier", "cosine",
            rows=[(t.later, t.earlier, round(t.cosine, 3)) for t in result.examples],
        )
    )  # fmt: skip
    console.print()
    console.print(
        _table(
            "Against the truth of the press",
            "relation", "precision", "recall",
            rows=[
                (kind, round(scores["precision"], 4), round(scores["recall"], 4))
                for kind, scores in result.truth.items()
            ],
        )
    )  # fmt: skip
    lake = _from_here(result.lake)
    console.print(
        f"\n{result.articles} articles, {result.families} families, {result.threads} thread edges "
        f"in [bold]{escape(lake)}[/bold]"
    )
    command = shlex.join([called(), "sql", "--lake", lake, _FIRST_QUERY])
    console.print(f"Look into it: {escape(command)}", soft_wrap=True)


def called() -> str:
    """The command as it was called: by its name if the shell finds it by that, else by its path."""
    path = sys.argv[0]
    name = Path(path).name
    if name != "taar":  # As `python -m flows.cli`.
        return "taar"
    return name if shutil.which(name) == path else path


def _from_here(folder: str) -> str:
    """A folder as one would type it: relative where it lies below the current one."""
    path, here = Path(folder), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else folder


def print_sources(sources: Sequence[Source]) -> None:
    """Prints the sources, one line each."""
    _console().print(
        _table(
            None,
            "id", "name", "feeds", "enabled", "status", "home",
            rows=[
                (
                    s.id, s.name, sum(f.enabled for f in s.feeds), "yes" if s.enabled else "no",
                    s.status, s.home,
                )
                for s in sources
            ],
        )
    )  # fmt: skip


def _both_ends(passage: str) -> str:
    """A passage that a screen can bear; ``--json`` has all of it."""
    words = passage.split()
    left_out = len(words) - 2 * _SHOWN_WORDS
    if left_out <= 0:
        return passage
    first, last = words[:_SHOWN_WORDS], words[-_SHOWN_WORDS:]
    return f"{' '.join(first)} … ({left_out} words) … {' '.join(last)}"


def print_pairs(pairs: Sequence[PairReport]) -> None:
    """Prints compared texts pair by pair, with the words that tell them apart."""
    console = _console()
    for pair in pairs:
        found = pair.found
        console.print(f"[bold]{escape(pair.first)}[/bold] and [bold]{escape(pair.second)}[/bold]")
        console.print(
            f"  {found.kind}: Jaccard {found.jaccard:.3f}, containment {found.containment:.3f}, "
            f"cosine {found.cosine:.3f}"
        )
        console.print(f"  why: {escape(pair.why)}")
        if pair.stored is not None and pair.stored != found.kind:
            console.print(f"  in the lake, with all articles known: {pair.stored}")
        if pair.changes:
            told = escape("; ".join(pair.changes))
            console.print(f"  the lake's pairs were derived by other settings: {told}")
        if found.passage:
            console.print(f"  longest passage in common: {escape(_both_ends(found.passage))}")
        if found.differences:
            console.print(
                _table("  where they differ", "the first", "the second", rows=found.differences)
            )
        console.print(
            _table(
                None,
                "both use", "only the first", "only the second",
                rows=[[", ".join(w) for w in (found.shared_terms, found.only_a, found.only_b)]],
            )
        )  # fmt: skip
