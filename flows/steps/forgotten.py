"""What a run does with pages of articles that were taken down while it was under way.

Here belongs emptying the archives of a run before they are published. Not here: the outcome of
such a URL (`flows.steps.settle`), and the takedown itself (`flows.repair.forget`).
"""

from __future__ import annotations

from collections import defaultdict

from flows.steps.records import Recorded
from flows.steps.settle import is_forgotten
from lake.storage.files import write_file
from lake.upkeep.tombstones import Forgotten
from lake.upkeep.warcs import emptied, to_empty


def empty_archives(recorded: Recorded, forgotten: Forgotten) -> None:
    """Empties the exchanges with forgotten URLs in the archives of a run, before they are sealed.

    Args:
        recorded: What the run has recorded; its archives hold whole records only.
        forgotten: What was taken down.
    """
    if not forgotten:
        return
    offsets: dict[str, set[int]] = defaultdict(set)
    for record in recorded.urls:
        fetch = record["fetch"]
        if is_forgotten(fetch, record.get("article"), forgotten.url_ids) and fetch.get("warc_file"):
            offsets[fetch["warc_file"]].add(int(fetch["warc_offset"]))
    for archive in recorded.archives:
        if archive.key not in offsets:
            continue
        with archive.path.open("rb") as source:
            places = to_empty(source, offsets[archive.key], ())
        fresh = archive.path.with_name(f".{archive.path.name}")
        fresh.unlink(missing_ok=True)
        write_file(fresh, emptied(archive.path.read_bytes(), places))
        fresh.replace(archive.path)
