"""What crawls compute from a body, computed again: for `taar verify`.

Here belongs what the lake cannot repeat itself, because it knows nothing of extraction. Not here:
the comparison (`lake.verify.values`).
"""

from __future__ import annotations

from crawler.extract import EXTRACTOR_VERSION
from crawler.extract.normal import body_key, words


def measured(version: str, text: str) -> tuple[str, int] | None:
    """What a crawl stores of a body: `lake.verify.values.Measure`.

    All versions of the extraction so far fold a body and count its words alike; what a newer one
    on another machine does, nobody knows here.

    Args:
        version: ``extractor_version`` of the row.
        text: The body.

    Returns:
        The folded body, and the number of words.
    """
    if not version.isdigit() or int(version) > int(EXTRACTOR_VERSION):
        return None
    return body_key(text), words(text)
