"""What is wrong with a lake: the findings of `lake.verify`, and how they are told.

Here belongs what one finding says, and the report of all. Not here: the search for them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any, Final

from lake.schema import ARTICLES

CHECKS: Final = {
    "keys": "every object lies where its name says, under a key that is ours",
    "readable": "every object can be read to its end",
    "schema": "columns, types and metadata are as declared; what is required is there",
    "runs": "an object holds rows of the runs that it names, and of no other",
    "order": "the rows of every object are sorted",
    "values": "every value is one that its column may have, and agrees with those beside it",
    "overlap": "each row comes from one object, and what is left over holds nothing else",
    "ids": "ids are the hashes that they should be, and unique",
    "outcomes": "the outcomes of each run and source add up to the URLs taken up",
    "articles": "every published fetch has its article, and every article its fetch",
    "references": "supersedes, copy_of and relations point to articles that exist",
    "fingerprints": "every article has one fingerprint, which is of it, and no other has one",
    "derived": "relations, families and threads are about articles that exist, and agree",
    "pages": "every archived page is a whole WARC record of its URL",
    "forgotten": "nothing that was taken down is stored (`taar maintain` finishes a takedown)",
    "state": "the newest state is of a committed run, and has each feed once",
    "known": "the index of known URLs has each URL once, and articles that exist",
}
"""The checks by name, each with what holds in a sound lake."""

_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold.

    Attributes:
        check: One of `CHECKS`.
        where: Key of an object, name of a dataset, or run.
        what: What is wrong, in one sentence, with examples.
        count: Number of rows or objects that it is wrong with.
    """

    check: str
    where: str
    what: str
    count: int = 1


def offending(check: str, where: str, what: str, offenders: Collection[object]) -> list[Finding]:
    """One finding for all rows that something is wrong with; none if there are none.

    Args:
        check: One of `CHECKS`.
        where: As in `Finding`.
        what: What is wrong with each.
        offenders: What names them; some are given as examples.
    """
    if not offenders:
        return []
    named = sorted(str(o) for o in offenders)
    more = "" if len(named) <= _EXAMPLES else ", ..."
    return [Finding(check, where, f"{what}: {', '.join(named[:_EXAMPLES])}{more}", len(named))]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a verification.

    Attributes:
        findings: What does not hold; none in a sound lake.
        objects: Number of objects read.
        rows: Number of rows that readers see, by dataset.
        left_over: Objects that readers skip; `maintain` removes them.
        notes: What a reader of the report should know, and is no fault of the lake.
    """

    findings: tuple[Finding, ...]
    objects: int
    rows: dict[str, int]
    left_over: int
    notes: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """The report for a script."""
        counts = dict.fromkeys(CHECKS, 0)
        for finding in self.findings:
            counts[finding.check] += finding.count
        return {"sound": self.sound, "checks": counts, **asdict(self)}

    def to_text(self) -> str:
        """The report for people: what was found, by check, and how much was looked at."""
        lines = []
        for name, promise in CHECKS.items():
            mine = [finding for finding in self.findings if finding.check == name]
            if mine:
                lines.append(f"{name}: it should be that {promise}")
                lines += [f"  {f.where}: {f.what} ({f.count})" for f in mine]
        lines += [f"note: {note}" for note in self.notes]
        articles = self.rows.get(ARTICLES.name, 0)
        seen = f"{_counted(self.objects, 'object')}, {_counted(articles, 'article')}"
        skipped = f", {_counted(self.left_over, 'left-over object')} that nobody reads"
        skipped *= bool(self.left_over)
        verdict = "sound" if self.sound else _counted(len(self.findings), "finding")
        return "\n".join([*lines, f"{verdict}: {seen}{skipped}"])


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
