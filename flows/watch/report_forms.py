"""A report as data, and its two forms: markdown and HTML.

Here belongs how tables and headlines are written so that nothing in them is taken for markup. Not
here: what stands in a report (`flows.watch.report`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, Final

_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,'Noto Sans Devanagari',sans-serif;max-width:60rem;"
    "margin:2rem auto;padding:0 1rem}"
    # A wide table scrolls in its own box, so that the page never does.
    "div{overflow-x:auto;margin:.5rem 0 2rem}table{border-collapse:collapse;min-width:60%}"
    "th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #8886;vertical-align:top}"
    "th:first-child,td:first-child{min-width:11rem;padding-left:0}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem}"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to a page."""

    words: str
    url: str


Cell = str | int | float | datetime | Link | None


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report.

    Attributes:
        title: What it is about.
        head: Names of the columns.
        rows: As many cells in each.
        empty: What is said in place of a table without rows.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "None."

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        rows = [dict(zip(self.head, map(_plain, row), strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows}


@dataclass(frozen=True, slots=True)
class Report:
    """A day in the lake.

    Attributes:
        since: From when.
        until: To when.
        lead: The day in a few sentences.
        sections: The tables.
    """

    since: datetime
    until: datetime
    lead: tuple[str, ...]
    sections: tuple[Section, ...] = field(default_factory=tuple)

    @property
    def title(self) -> str:
        """The headline."""
        return f"Hindi news, {self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M %Z}"

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "lead": list(self.lead),
            "sections": [section.to_json() for section in self.sections],
        }

    def to_markdown(self) -> str:
        """The report in GitHub's markdown."""
        lines = [f"# {self.title}", "", *(escape(line, quote=False) for line in self.lead)]
        for section in self.sections:
            lines += ["", f"## {section.title}", ""]
            if section.rows:
                lines.append("| " + " | ".join(section.head) + " |")
                lines.append("|" + "---|" * len(section.head))
                lines += ["| " + " | ".join(map(_markdown, row)) + " |" for row in section.rows]
            else:
                lines.append(section.empty)
        return "\n".join(lines) + "\n"

    def to_html(self) -> str:
        """The report as one HTML page, which asks nobody for anything."""
        parts = [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(self.title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(self.title)}</h1>",
            *(f"<p>{escape(line)}</p>" for line in self.lead),
        ]
        for section in self.sections:
            parts.append(f"<h2>{escape(section.title)}</h2>")
            if not section.rows:
                parts.append(f"<p>{escape(section.empty)}</p>")
                continue
            cells = zip(section.head, section.rows[0], strict=True)
            head = "".join(
                f'<th scope="col"{_side(cell)}>{escape(name)}</th>' for name, cell in cells
            )
            parts.append(f"<div><table><thead><tr>{head}</tr></thead><tbody>")
            parts += ["<tr>" + "".join(map(_html, row)) + "</tr>" for row in section.rows]
            parts.append("</tbody></table></div>")
        return "\n".join([*parts, "</body></html>", ""])


def _plain(cell: Cell) -> object:
    if isinstance(cell, Link):
        return {"words": cell.words, "url": cell.url}
    return cell.isoformat() if isinstance(cell, datetime) else cell


def _words(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return cell.words if isinstance(cell, Link) else str(cell)


def _safe(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _markdown(cell: Cell) -> str:
    # Headlines are other people's words: no markup of theirs may come through.
    words = escape(" ".join(_words(cell).split()), quote=False)
    for sign in "\\`*_[]|":
        words = words.replace(sign, f"\\{sign}")
    if isinstance(cell, Link) and _safe(cell.url):
        url = (
            cell.url.replace("|", "%7C").replace(" ", "%20").replace(")", "%29").replace("<", "%3C")
        )
        return f"[{words}]({url})"
    return words


def _side(cell: Cell) -> str:
    return ' class="n"' if isinstance(cell, int | float) else ""


def _html(cell: Cell) -> str:
    if isinstance(cell, Link) and _safe(cell.url):
        # Said of the headline alone, so that a screen reader changes its voice for it.
        link = f'<a lang="hi" href="{escape(cell.url)}">{escape(cell.words)}</a>'
        return f"<td>{link}</td>"
    return f"<td{_side(cell)}>{escape(_words(cell))}</td>"
