"""What a derivation went by beside the articles: kept with what was derived.

Here belongs its form in the metadata of relations, families and threads, and in what two of them
differ. Which sources are agencies' own, thresholds and tables of frequencies are settings of a
machine: another one that checks or cuts down what is derived must go by those it was made with.
Not here: the derivation itself (`flows.steps.linking`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from typing import Any, Final

from crawler.source_model import Source
from dedup import DedupSettings
from dedup.scheme import SCHEME_VERSION
from lake.schema import FAMILIES
from lake.tables import Lake

_OF_MEMORY: Final = frozenset({"slice_rows"})
"""Settings that change no result."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """What relations, families and threads were derived by.

    Attributes:
        agencies: source_id -> agency id, of sources that are an agency's own site.
        settings: Thresholds.
        frequencies: Version of the table of document frequencies.
        scheme: Version of the fingerprints.
    """

    agencies: Mapping[str, str]
    settings: DedupSettings
    frequencies: str
    scheme: int = field(default=SCHEME_VERSION)

    def to_json(self) -> str:
        """As it is kept in the metadata of an object; times in seconds."""
        told = {
            "agencies": dict(sorted(self.agencies.items())),
            "settings": _plain(self.settings),
            "frequencies": self.frequencies,
            "scheme": self.scheme,
        }
        return json.dumps(told, ensure_ascii=False)


def agencies_of(sources: Iterable[Source]) -> dict[str, str]:
    """source_id -> agency id, of the sources that are an agency's own site."""
    return {source.id: source.agency for source in sources if source.agency}


def stored_derivation(lake: Lake) -> Derivation | None:
    """What the families in the lake were derived by; None if they do not say, or there are none."""
    told = lake.derivation(FAMILIES)
    if told is None:
        return None
    given = told.get("settings", {})
    # What a newer version of Taar has besides is not known here, and what an older one had not is
    # as it was then.
    settings: dict[str, Any] = {
        f.name: timedelta(seconds=given[f.name])
        if isinstance(f.default, timedelta)
        else given[f.name]
        for f in fields(DedupSettings)
        if f.name in given
    }
    return Derivation(
        agencies=dict(told.get("agencies", {})),
        settings=DedupSettings(**settings),
        frequencies=str(told.get("frequencies", "")),
        scheme=int(told.get("scheme", 0)),
    )


def differences(before: Derivation, now: Derivation) -> list[str]:
    """In what a derivation goes by something else than the one before it, a sentence for each."""
    found = []
    if before.agencies != now.agencies:
        added = len(now.agencies.keys() - before.agencies.keys())
        gone = len(before.agencies.keys() - now.agencies.keys())
        both = before.agencies.keys() & now.agencies.keys()
        other = sum(before.agencies[name] != now.agencies[name] for name in both)
        counts = ((added, "added"), (gone, "gone"), (other, "of another agency"))
        told = ", ".join(f"{count} {what}" for count, what in counts if count)
        found.append(f"first publishers were derived with other agency sources: {told} now")
    old, new = _plain(before.settings), _plain(now.settings)
    found += [
        f"{name} was {old[name]}, and is {new[name]} now" for name in new if old[name] != new[name]
    ]
    if before.frequencies != now.frequencies:
        found.append(f"frequencies were {before.frequencies}, and are {now.frequencies} now")
    if before.scheme != now.scheme:
        found.append(f"fingerprints were of scheme {before.scheme}, and are of {now.scheme} now")
    return found


def _plain(settings: DedupSettings) -> dict[str, Any]:
    return {
        name: value.total_seconds() if isinstance(value, timedelta) else value
        for name, value in asdict(settings).items()
        if name not in _OF_MEMORY
    }
