"""seeds/agencies.yaml -> which words name which agency.

Here belongs loading and checking the file and the patterns made of it. Not here: where in a page
a name is a credit (`credits`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from crawler.extract import normal
from lake.errors import ConfigError

DEFAULT_PATH: Final = Path(__file__).resolve().parents[2] / "seeds" / "agencies.yaml"
_KEYS: Final = frozenset({"id", "name", "names", "common_words", "spoken_of"})
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
# Between the parts of a name, and of an abbreviation: "पी.टी.आई.", "हि. स.", "पीटीआई - भाषा".
_JOINT: Final = r"[\s.\-–]*"
_BEGINNING: Final = 4
_FIRST_LETTERS: Final = re.compile(
    f"([{normal.WORD_CHARS}]{{1,{_BEGINNING}}})[{normal.WORD_CHARS}]*+"
)


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What names begin with. Asking for it costs a tenth of looking for the names.

    Attributes:
        letters: The first four letters of the names, or all of those that have fewer.
        initials: The first one, two and three letters: what stands before the first joint of a
            name that is written as an abbreviation.
    """

    letters: frozenset[str]
    initials: frozenset[str]

    def may_be_in(self, text: str) -> bool:
        """Whether a word of a text begins like one of the names."""
        words: list[str] = _FIRST_LETTERS.findall(text)
        if not self.letters.isdisjoint(words):
            return True
        short = self.initials.intersection(words)
        if not short:
            return False
        # "ए. एन. आई": each letter by itself.
        for at in [at for at, word in enumerate(words) if word in short]:
            joined = "".join(words[at : at + _BEGINNING])
            if not self.letters.isdisjoint((joined[:4], joined[:3], joined[:2])):
                return True
        return False


def _beginnings(keys: Iterable[str]) -> Beginnings:
    names = list(keys)
    return Beginnings(
        frozenset(name[:_BEGINNING] for name in names),
        frozenset(name[:size] for name in names for size in range(1, _BEGINNING)),
    )


@dataclass(frozen=True, slots=True)
class AgencyBook:
    """The agencies as patterns.

    Attributes:
        ids: Id by the key of a name; see `key`.
        common: Keys of names that are also ordinary words.
        spoken_of: Ids of agencies that a phrase in the text does not credit.
        names: Pattern of all names that are no ordinary words; not anchored.
        all_names: Pattern of all names.
        any_word: What the words of a text are asked for that may hold one of all names.
        sure_word: The same for the names that are no ordinary words.
    """

    ids: dict[str, str]
    common: frozenset[str]
    spoken_of: frozenset[str]
    names: str
    all_names: str
    any_word: Beginnings
    sure_word: Beginnings

    def may_name(self, text: str) -> bool:
        """Whether a word of a text begins like a name: if not, no agency is named in it."""
        return self.any_word.may_be_in(text)

    def find(self, text: str, *, common_words: bool) -> str | None:
        """The id of the agency that a whole string names, or None."""
        name = key(text)
        if name in self.common and not common_words:
            return None
        return self.ids.get(name)


def key(name: str) -> str:
    """A name without its full stops, hyphens and spaces. Case stays."""
    return re.sub(r"[\s.\-–।]", "", normal.line(name))


def load_agencies(path: Path | None = None) -> AgencyBook:
    """Loads the agencies; each file once per process.

    Args:
        path: The file; seeds/agencies.yaml of the checkout if None.

    Returns:
        The agencies.

    Raises:
        ConfigError: If the file is missing or wrong; says where and what to do.
    """
    return _load(path or DEFAULT_PATH)


@lru_cache(maxsize=8)
def _load(path: Path) -> AgencyBook:
    try:
        data: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"The list of agencies cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Run from a checkout, or give the path of agencies.yaml.",
        ) from error
    except (YAMLError, ValueError) as error:  # ValueError: no UTF-8, or no day of the calendar.
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        raise ConfigError(
            "The list of agencies is not valid YAML.",
            where=f"{path}:{mark.line + 1}" if mark else str(path),
            remedy="Mend the file; each agency is an item with id, name and names.",
        ) from error
    entries = data.get("agencies") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise _wrong(path, "has no list under `agencies`")
    return _book(path, entries)


def _book(path: Path, entries: list[Any]) -> AgencyBook:
    ids: dict[str, str] = {}
    seen: set[str] = set()
    common: set[str] = set()
    spoken_of: set[str] = set()
    names: list[str] = []
    common_names: list[str] = []
    for number, entry in enumerate(entries, 1):
        _check(path, number, entry)
        if entry["id"] in seen:
            raise _wrong(path, f"has two agencies with the id {entry['id']!r}")
        seen.add(entry["id"])
        words = entry.get("common_words") or []
        for name in (*entry["names"], *words):
            other = ids.setdefault(key(name), entry["id"])
            if other != entry["id"]:
                raise _wrong(path, f"gives the name {name!r} to {other} and {entry['id']}")
        names += entry["names"]
        common_names += words
        common.update(key(word) for word in words)
        if entry.get("spoken_of"):
            spoken_of.add(entry["id"])
    return AgencyBook(
        ids,
        frozenset(common),
        frozenset(spoken_of),
        _any_of(names),
        _any_of(names + common_names),
        _beginnings(ids),
        _beginnings(map(key, names)),
    )


def _check(path: Path, number: int, entry: object) -> None:
    place = f"agency {number}"
    if not isinstance(entry, dict):
        raise _wrong(path, f"has an item that is no mapping: {place}")
    unknown = set(entry) - _KEYS
    if unknown:
        raise _wrong(path, f"has unknown keys in {place}: {', '.join(map(str, sorted(unknown)))}")
    if not isinstance(entry.get("id"), str) or not _ID.fullmatch(entry["id"]):
        raise _wrong(path, f"has no id of small letters in {place}")
    for field in ("names", "common_words"):
        value = entry.get(field, [] if field == "common_words" else None)
        if not isinstance(value, list) or not all(isinstance(n, str) and key(n) for n in value):
            raise _wrong(path, f"has no list of strings under `{field}` in {place}")
    if not entry["names"]:
        raise _wrong(path, f"has no names in {place}")


def _wrong(path: Path, what: str) -> ConfigError:
    return ConfigError(
        f"The list of agencies {what}.",
        where=str(path),
        remedy="Mend the entry; the head of the file says what each key means.",
    )


def _any_of(names: Iterable[str]) -> str:
    """A pattern that matches any of the names, the longest first, with free joints."""
    rests: dict[str, list[str]] = {}
    for name in sorted(set(names), key=len, reverse=True):
        pieces = [re.escape(piece) for piece in re.split(r"[\s.\-–]+", normal.line(name)) if piece]
        pattern = _JOINT.join(pieces)
        rests.setdefault(pattern[0], []).append(pattern[1:])
    # By their first letters: no word begins with more than one of them.
    parts = (f"{first}(?:{'|'.join(listed)})" for first, listed in rests.items())
    return "(?:" + "|".join(parts) + ")"
