"""What a run says of itself, to people and to scripts.

Here belongs the summary as data, and its renderings as JSON, markdown and table rows. Not here:
the counting (`flows.steps.summarise`) and the sending of artifacts (`flows.collect`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from html import escape
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What one run of collect did.

    Attributes:
        run_id: The run; None if there was nothing to record.
        seconds: Wall time.
        outcomes: URLs by outcome; they add up to `taken_up`.
        taken_up: URLs taken up.
        published: New articles.
        updated: New versions of known articles.
        exact: New articles whose best earlier copy is exact; so for `near` and `partial`.
        near: See `exact`.
        partial: See `exact`.
        feeds: Feeds, sitemaps and section pages asked for.
        not_modified: Of these, answered with 304.
        sources: Rows of source_runs.
        adopted: Runs that had died, and whose work was taken over.
        warnings: One line for each thing that somebody should look at.
        only: The sources that were named, if any were.
        next_due_at: If nothing was due: when something is.
        died: How each crawl process ended, if none got as far as to record anything.
    """

    run_id: str | None
    seconds: float
    outcomes: dict[str, int] = field(default_factory=dict)
    taken_up: int = 0
    published: int = 0
    updated: int = 0
    exact: int = 0
    near: int = 0
    partial: int = 0
    feeds: int = 0
    not_modified: int = 0
    sources: tuple[dict[str, Any], ...] = ()
    adopted: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    next_due_at: datetime | None = None
    died: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The summary without the rows of sources, for ``--json``."""
        fields = asdict(self)
        del fields["sources"], fields["only"], fields["died"]
        fields["next_due_at"] = self.next_due_at.isoformat() if self.next_due_at else None
        fields["seconds"] = round(self.seconds, 2)
        return fields

    def nothing_due(self) -> str:
        """Why nothing was asked for, in a sentence."""
        what = f"Nothing of {', '.join(self.only)} was due" if self.only else "Nothing was due"
        if self.next_due_at is None:
            return f"{what}."
        return f"{what}; the next is due at {self.next_due_at.astimezone():%Y-%m-%d %H:%M %Z}."

    def to_markdown(self) -> str:
        """The summary as an artifact for the dashboard."""
        if self.run_id is None:
            lines = ["# collect: nothing was due", "", self.nothing_due()]
        else:
            lines = [
                f"# collect {self.run_id}",
                "",
                f"**{self.published}** new articles and **{self.updated}** new versions from "
                f"{len(self.sources)} sources in {self.seconds:.1f} s. Of the new articles "
                f"{self.exact} are exact copies of earlier ones, {self.near} near copies and "
                f"{self.partial} partial ones.",
                "",
                f"{self.feeds} feeds asked for, {self.not_modified} of them not modified. "
                f"{self.taken_up} URLs taken up:",
                "",
                *markdown_table(
                    ["outcome", "URLs"],
                    [[k, v] for k, v in sorted(self.outcomes.items(), key=lambda i: -i[1])],
                ),
            ]
        if self.adopted:
            lines += ["", f"Work taken over from runs that died: {', '.join(self.adopted)}."]
        if self.warnings:
            # Words of a server stand in them, and the dashboard renders HTML.
            shown = (escape(warning, quote=False) for warning in self.warnings)
            lines += ["", "## To look at", "", *(f"- {warning}" for warning in shown)]
        return "\n".join(lines) + "\n"

    def source_table(self) -> list[dict[str, Any]]:
        """One row for each source, for a table artifact."""
        return [
            {
                "source": row["source_name"],
                "feeds": row["feeds_polled"],
                "not modified": row["feeds_not_modified"],
                "failed": row["feeds_failed"],
                "entries": row["entries"],
                "new": row["new_entries"],
                "taken up": row["taken_up"],
                "published": row["published"],
                "newest": row["newest_at"].isoformat() if row["newest_at"] else "",
            }
            for row in self.sources
        ]


SHOWN_DOUBTS: Final = 20
"""Doubtful families that a page shows; ``--json`` has them all."""


@dataclass(frozen=True, slots=True)
class LinkSummary:
    """What one run of link derived.

    Attributes:
        run_id: The run; None if there was nothing to link.
        seconds: Wall time.
        articles: Articles in the lake, versions included.
        relations: Pairs by kind.
        families: Families of two or more articles.
        threads: Edges between articles of one story.
        doubts: Families that look wrong, a line for each: a template or a round-up that was not
            seen, perhaps. They are kept as they are.
        changes: In what it went by other settings than the link before it, a line for each.
    """

    run_id: str | None
    seconds: float
    articles: int = 0
    relations: dict[str, int] = field(default_factory=dict)
    families: int = 0
    threads: int = 0
    doubts: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    @property
    def shown_doubts(self) -> list[str]:
        """As many of `doubts` as a page shows."""
        return self.doubts[:SHOWN_DOUBTS]

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        fields = asdict(self)
        fields["seconds"] = round(self.seconds, 2)
        return fields

    def to_markdown(self) -> str:
        """The summary as an artifact for the dashboard."""
        return "\n".join(
            [
                f"# link {self.run_id or ': nothing to link'}",
                "",
                f"{self.articles} articles, {self.families} families, {self.threads} thread "
                f"edges, in {self.seconds:.1f} s.",
                "",
                *markdown_table(["relation", "pairs"], [[k, v] for k, v in self.relations.items()]),
                "",
                *(
                    [f"Other settings than before: {'; '.join(self.changes)}.", ""]
                    * bool(self.changes)
                ),
                *([f"Families that look wrong: {len(self.doubts)}.", ""] if self.doubts else []),
                *(f"- {line}" for line in self.shown_doubts),
            ]
        )


@dataclass(frozen=True, slots=True)
class MaintainSummary:
    """What one run of maintain put in order.

    Attributes:
        seconds: Wall time.
        compacted_days: Day files written.
        removed: Objects removed that belonged to no committed run.
        known_urls: URLs in the index of known URLs.
        final_days: Days to which no run will add any more.
        expired: Objects that are no longer kept, by dataset.
        warnings: What somebody should look at: runs that lost their articles.
        proposed: The newest table of document frequencies in the lake, if another one is in use.
    """

    seconds: float
    compacted_days: int = 0
    removed: int = 0
    known_urls: int = 0
    final_days: int = 0
    expired: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    proposed: str | None = None

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        fields = asdict(self)
        fields["seconds"] = round(self.seconds, 2)
        return fields

    def to_markdown(self) -> str:
        """The summary as an artifact for the dashboard."""
        hint = (
            f"\nThe lake holds a newer table of document frequencies, {self.proposed}. To take it "
            f"up, set TAAR_FREQUENCIES={self.proposed} wherever Taar runs, and run `taar link`.\n"
        )
        gone = ", ".join(f"{count} of {name}" for name, count in self.expired.items())
        return (
            f"# maintain\n\n{self.compacted_days} day files written, {self.removed} left-over "
            f"objects removed, {self.known_urls} known URLs, {self.final_days} "
            + ("day is final" if self.final_days == 1 else "days are final")
            + (f", no longer kept: {gone}" if gone else "")
            + f", in {self.seconds:.1f} s.\n"
            + "".join(f"\n- warning: {line}\n" for line in self.warnings)
            + (hint if self.proposed else "")
        )


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """A table in GitHub's markdown, line by line."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"

    return [line(head), line(["---"] * len(head)), *(line(r) for r in rows)]
