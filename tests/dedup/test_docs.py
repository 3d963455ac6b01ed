from __future__ import annotations

import ast
import re
from pathlib import Path

from dedup import DedupSettings

PAGE = (Path(__file__).parents[2] / "docs" / "dedup.md").read_text(encoding="utf-8")


def test_the_example_gives_what_the_page_says() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    told = re.findall(r"`(\w+)` is\s`([^`]+)`", PAGE)
    assert [name for name, _ in told] == ["found", "roles", "edges", "doubts"]
    for name, value in told:
        assert names[name] == ast.literal_eval(value), name
    assert names["found"]
    assert names["edges"]


def test_the_page_names_what_the_package_offers() -> None:
    for name in ("fingerprint", "find_relations", "resolve_relations", "derive_families"):
        assert f"dedup.{name}(" in PAGE


def test_the_page_has_the_thresholds_of_the_code() -> None:
    settings = DedupSettings()
    for told in (
        f"Jaccard of {settings.near_jaccard:g} or more".replace("0.", "."),
        f"containment of {settings.partial_containment:g} or more".replace("0.", "."),
        f"{settings.partial_shared} shared shingles",
        f"passage of {settings.excerpt_words} or more running words",
        f"its {settings.keywords} weightiest words",
        f"share {settings.thread_shared} of them",
        f"at most {settings.thread_edges} for each article",
        f"under {settings.series_overlap:.0%} are shared".replace("%", " %"),
        f"at least {settings.series_gap.total_seconds() / 3600:g} hours apart",
    ):
        assert told in PAGE, told
    assert f"cosine of {settings.thread_cosine:.2f}".replace("0.", ".") in PAGE
