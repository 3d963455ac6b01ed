"""What is to be extracted again, and what came of it: the form of both.

Here belong the question, with the mistakes that it may hold, and the report with its renderings.
Not here: the work (`flows.repair.correcting`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crawler.source_model import Source
from flows.repair.comparing import COMPARED
from flows.repair.rereading import Reread
from flows.steps.choose import choose_sources
from flows.summary import markdown_table
from lake.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be extracted again.

    Attributes:
        only: Ids of sources; None: all.
        since: First crawl date.
        until: Last crawl date, included.
        fields: Only changes of these fields count; by default all of
            `flows.repair.comparing.COMPARED`.
        publish: Whether what differs is published.
    """

    only: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    fields: tuple[str, ...] = COMPARED
    publish: bool = False


@dataclass(slots=True)
class Correction:
    """What came of it.

    Attributes:
        seconds: Wall time.
        pages: Archived pages by what became of them (see `flows.repair.rereading.Reread`).
        fields: Changed articles by field.
        told: The changed, new and refused pages, and those of which a part is missing.
        runs: The runs that published.
        published: New articles.
        updated: New versions.
        overtaken: Articles that were published anew or taken down meanwhile, and were left alone.
        lost: Pages that should be there, by what is wrong with their archive or record.
    """

    seconds: float = 0.0
    pages: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    told: list[Reread] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    published: int = 0
    updated: int = 0
    overtaken: int = 0
    lost: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "seconds": round(self.seconds, 2),
            "pages": dict(self.pages),
            "fields": dict(self.fields.most_common()),
            "runs": self.runs,
            "published": self.published,
            "updated": self.updated,
            "overtaken": self.overtaken,
            "lost": dict(self.lost),
            "changes": [
                {
                    "kind": r.kind,
                    "url": r.url,
                    "source_id": r.source_id,
                    "fields": list(r.fields),
                    "before": dict(r.before),
                    "after": dict(r.after),
                }
                for r in self.told
            ],
        }

    def to_markdown(self) -> str:
        """The summary as an artifact for the dashboard."""
        return "\n".join(
            [
                f"# reextract: {self.updated} new versions, {self.published} new articles",
                "",
                *markdown_table(["archived pages", ""], [[k, v] for k, v in self.pages.items()]),
                "",
                *markdown_table(["field", "changed"], [[k, v] for k, v in self.fields.items()]),
                "",
            ]
        )


def check_asked(asked: Asked, sources: Iterable[Source]) -> None:
    """Refuses a question that cannot be meant.

    Raises:
        ConfigError: If a source id, a field or the dates are wrong.
    """
    if asked.only is not None:
        choose_sources(sources, asked.only)
    strange = sorted(set(asked.fields) - set(COMPARED))
    if strange:
        raise ConfigError(
            f"there is no field {strange[0]!r} to compare",
            where="--field",
            remedy=f"one of {', '.join(COMPARED)}",
        )
    if asked.since and asked.until and asked.until < asked.since:
        raise ConfigError(
            f"the range ends on {asked.until} and begins later, on {asked.since}",
            where="--from, --to",
            remedy="swap them",
        )
