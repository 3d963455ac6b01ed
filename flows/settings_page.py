"""The table of all settings in docs/deploy.md: ``python -m flows.settings_page`` writes it.

Here belongs the table alone. The settings are `flows.settings`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from flows.settings import ROOT, Settings

PAGE: Final = ROOT / "docs" / "deploy.md"

_BLOCK: Final = re.compile(r"<!-- settings -->\n.*?<!-- /settings -->", re.DOTALL)


def table() -> str:
    """The settings as a table in markdown, in the order of `Settings`."""
    lines = ["| variable | meaning | default |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        if field.default_factory is not None:
            default = "the user's cache folder" if name == "cache" else "none"
        else:
            default = _shown(field.default)
        lines.append(f"| `TAAR_{name.upper()}` | {field.description} | {default} |")
    return "\n".join(lines)


def written(page: str) -> str:
    """A page with the table in its place.

    Raises:
        ValueError: If the page has no place for it.
    """
    if not _BLOCK.search(page):
        raise ValueError("the page has no place for the table of settings")
    block = f"<!-- settings -->\n{table()}\n<!-- /settings -->"
    return _BLOCK.sub(lambda _: block, page)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "none"
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}`"
    return f"{value:g}" if isinstance(value, float) else f"`{value}`" if value else "none"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
