"""Find every copy of a Hindi news story, and name the first publisher.

Pure functions over Arrow tables and NumPy: no clock, no network, no files but the table of word
counts that ships with the package. The engine can be used without the rest of Taar::

    prints = dedup.fingerprint(articles)              # a table as lake.schema.ARTICLES has it
    pairs = dedup.find_relations(prints, window)      # window: earlier tables of fingerprints
    pairs = dedup.resolve_relations(pairs, fingerprints=prints)  # needs all pairs and texts
    families = dedup.derive_families(articles, pairs)  # who copied, and who was first
    threads = dedup.find_threads(prints, pairs)

- `fingerprint` folds, cleans, hashes and signs: minhashes of datasketch's affine32 scheme, a
  containment sketch, shingle hashes, content words, numerals.
- `find_relations` proposes pairs by LSH and by containment, and verifies each from its shingles.
  `candidates` and `verify` do the same in two steps, for a window that is too long to be read
  whole: the first needs a tenth of its bytes, the second the rest of the candidates alone.
- `resolve_relations` tells round-ups, and templates without telling numbers, from copies.
- `derive_families` joins copies, keeps ids from the families before, and finds who was first.
- `find_threads` joins articles that tell one continuing story in other words.
- `doubtful_families` names those that look wrong; `propose_frequencies` counts words anew.
- `compare` explains how two texts are related; `compare_articles` two articles, with all that is
  known of them.

Names are looked up on first use: importing the package loads neither NumPy nor Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedup.explain import Comparison, compare, compare_articles
    from dedup.families import derive_families
    from dedup.frequencies import (
        Frequencies,
        count_documents,
        propose_frequencies,
        start_frequencies,
    )
    from dedup.hindi import fold, tokens
    from dedup.labels.doubts import Doubt, doubtful_families
    from dedup.labels.roundups import resolve_relations
    from dedup.relations import Kind, find_relations, verify
    from dedup.scheme import SCHEME_VERSION, check_scheme
    from dedup.search import candidates
    from dedup.settings import DedupSettings
    from dedup.signature import fingerprint
    from dedup.text.debris import clean_for_matching
    from dedup.threads import find_threads, term_words

_HOMES = {
    "Comparison": "explain",
    "DedupSettings": "settings",
    "Doubt": "labels.doubts",
    "Frequencies": "frequencies",
    "Kind": "relations",
    "SCHEME_VERSION": "scheme",
    "candidates": "search",
    "check_scheme": "scheme",
    "clean_for_matching": "text.debris",
    "compare": "explain",
    "compare_articles": "explain",
    "count_documents": "frequencies",
    "derive_families": "families",
    "doubtful_families": "labels.doubts",
    "find_relations": "relations",
    "find_threads": "threads",
    "fingerprint": "signature",
    "fold": "hindi",
    "propose_frequencies": "frequencies",
    "resolve_relations": "labels.roundups",
    "start_frequencies": "frequencies",
    "term_words": "threads",
    "tokens": "hindi",
    "verify": "relations",
}

__all__ = [
    "SCHEME_VERSION",
    "Comparison",
    "DedupSettings",
    "Doubt",
    "Frequencies",
    "Kind",
    "candidates",
    "check_scheme",
    "clean_for_matching",
    "compare",
    "compare_articles",
    "count_documents",
    "derive_families",
    "doubtful_families",
    "find_relations",
    "find_threads",
    "fingerprint",
    "fold",
    "propose_frequencies",
    "resolve_relations",
    "start_frequencies",
    "term_words",
    "tokens",
    "verify",
]


def __getattr__(name: str) -> object:
    """Imports a public name from the module where it lives."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'dedup' has no attribute {name!r}")
    return getattr(import_module(f"dedup.{home}"), name)
