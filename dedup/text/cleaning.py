"""Bodies of many articles, cleaned for matching at once.

Here belongs the search for the few paragraphs that may be promotions or disclaimers: all words of
all articles go through the compiled tokeniser together, and only paragraphs with a telling word are
folded and looked at one by one. Not here: what is cut off (`dedup.text.debris`,
`dedup.text.chrome`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dedup.prints.hashing import U64, hash_tokens
from dedup.prints.marking import tokenise
from dedup.text.chrome import COPY_WORDS, PROMOTIONS
from dedup.text.debris import clean_paragraphs, paragraphs_of


def _telling_word(phrase: str) -> str | None:
    """The longest word of a phrase that is wholly in a text with it: all but the last are."""
    return max(phrase.split()[:-1], key=len, default=None)


_TELLING: Final[U64] = np.unique(
    hash_tokens(sorted({w for p in PROMOTIONS if (w := _telling_word(p))} | COPY_WORDS))
)


def clean_all(
    texts: Sequence[str | None], agencies: Sequence[Sequence[Mapping[str, Any]] | None]
) -> list[str]:
    """Cleans bodies, each as `dedup.text.debris.clean_for_matching` does.

    Args:
        texts: Bodies as stored; a null is an empty one.
        agencies: The agencies of each, as in the data contract.
    """
    paragraphs = [paragraphs_of(text or "") for text in texts]
    suspects = _suspects(list(chain.from_iterable(paragraphs)))
    ends = list(accumulate(map(len, paragraphs), initial=0))
    return [
        clean_paragraphs(found, credited or (), suspects[start:end])
        for found, credited, (start, end) in zip(paragraphs, agencies, pairwise(ends), strict=True)
    ]


def _suspects(paragraphs: list[str]) -> list[bool]:
    """Which paragraphs may be promotions or disclaimers."""
    found = tokenise(pa.array(paragraphs, pa.large_string()))
    told = np.concatenate(([0], np.cumsum(np.isin(found.hashes, _TELLING))))
    telling: list[bool] = (told[found.offsets[1:]] > told[found.offsets[:-1]]).tolist()
    return telling
