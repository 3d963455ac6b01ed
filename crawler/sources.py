"""Sources: YAML files to `Source` objects, and each mistake with its file and line.

Here belong `load_sources`, the laying of a user's file over the shipped one, and the wording of
mistakes. Not here: what a source is (`crawler.source_model`).

``python -m crawler.sources`` writes the JSON Schema to standard output.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import ConstructorError, DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from crawler.source_model import (
    Feed,
    PageRules,
    Politeness,
    Polling,
    Source,
    SourceFile,
    json_schema,
)
from lake.errors import ConfigError

__all__ = ["Feed", "Politeness", "Polling", "Source", "json_schema", "load_sources"]

_MODELS: Final[dict[str, type[BaseModel]]] = {
    "feeds": Feed,
    "politeness": Politeness,
    "polling": Polling,
    "extract": PageRules,
}
_OVERLAY_ENV: Final = "TAAR_SOURCES"
_SHOWN: Final = 60
"""Characters of a wrong value that a mistake shows."""

_FORMS: Final = {"tuple_type": "write a list", "model_type": "write a mapping, `key: value`"}
"""What pydantic calls a tuple and an instance of a model, in the words of YAML."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One source as one file writes it."""

    path: Path
    node: CommentedMap


def load_sources(
    path: Path, overlay: Path | None = None, agencies: Collection[str] | None = None
) -> list[Source]:
    """Reads the sources, with those of the user's laid over them.

    A source of the overlay with a new id is added. One with a known id overrides the fields that
    it names: mappings (`politeness`, `polling`) key by key, everything else whole.

    Args:
        path: The source file, YAML.
        overlay: Another of the same form, or None.
        agencies: Ids of the agencies that a source may be of; None: they are not looked at.

    Returns:
        The sources, in the order of the files.

    Raises:
        ConfigError: If a file cannot be read or is wrong, with file, line and remedy.
    """
    parts: dict[str, list[_Part]] = {}
    for file in (path, overlay):
        if file is None:
            continue
        seen: dict[str, int] = {}
        for part in _parts(file):
            source_id = _id_of(part)
            line = _line(part.node, ())
            if source_id in seen:
                raise ConfigError(
                    f"source id {source_id!r} is used twice",
                    where=f"{file}:{line} and {file}:{seen[source_id]}",
                    remedy="Give one of the two another id, or merge them.",
                )
            seen[source_id] = line
            parts.setdefault(source_id, []).append(part)
    return [_validate(group, agencies, list(parts)) for group in parts.values()]


def _parts(file: Path) -> Iterator[_Part]:
    root = _read(file)
    known = list(SourceFile.model_fields)
    if not isinstance(root, CommentedMap) or not isinstance(root.get("sources"), CommentedSeq):
        raise ConfigError(
            "a source file is a mapping with the key `sources`, which holds a list",
            where=f"{file}:1",
            remedy="Begin the file with the line `sources:` and write the sources as a list.",
        )
    for key in root:
        if key not in known:
            raise _unknown_key(file, _line(root, (key,)), str(key), known)
    if root.get("version", 1) != 1:
        raise ConfigError(
            f"version {root['version']!r} of the source file is not known",
            where=f"{file}:{_line(root, ('version',))}",
            remedy="This Taar reads version 1; take the file that came with it, or update Taar.",
        )
    sources = root["sources"]
    for index, node in enumerate(sources):
        if not isinstance(node, CommentedMap):
            raise ConfigError(
                f"a source is a mapping, not {node!r}",
                where=f"{file}:{_line(sources, (index,))}",
                remedy="Write each source as `- id: ...` with its fields below.",
            )
        yield _Part(file, node)


class _Constructor(RoundTripConstructor):
    """Makes values of the YAML, and says where one stands that only looks like a value."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: ANN401
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:  # 2024-13-45 has the form of a date.
            raise ConstructorError(
                problem=f"{node.value[:_SHOWN]!r} is no value: {error}",
                problem_mark=node.start_mark,
            ) from error


def _read(file: Path) -> object:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            "the source file does not exist",
            where=str(file),
            remedy=f"Correct the path (an overlay is named by {_OVERLAY_ENV}).",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the source file cannot be read: {error}",
            where=str(file),
            remedy="Make it a readable file of UTF-8 text.",
        ) from error
    try:
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        loaded: object = yaml.load(StringIO(text))
        return loaded
    except DuplicateKeyError as error:
        raise ConfigError(
            "a key is written twice in one mapping",
            where=f"{file}:{_mark_line(error)}",
            remedy="Delete one of the two.",
        ) from error
    except ConstructorError as error:
        raise ConfigError(
            f"the source file cannot be understood: {error.problem}",
            where=f"{file}:{_mark_line(error)}",
            remedy="Correct the value; a text that looks like a date or a number needs quotes.",
        ) from error
    except RecursionError as error:
        raise ConfigError(
            "the source file cannot be understood: it is nested too deeply",
            where=str(file),
            remedy="Close what is open: look for brackets and braces without an end.",
        ) from error
    except YAMLError as error:
        problem = error.problem if isinstance(error, MarkedYAMLError) else None
        raise ConfigError(
            f"the source file is not YAML: {problem or str(error).splitlines()[0]}",
            where=f"{file}:{_mark_line(error)}",
            remedy="Look at this line and the one before it: indentation, a missing colon, a "
            "quote that is not closed, a `: ` or ` #` in text without quotes.",
        ) from error


def _mark_line(error: YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _id_of(part: _Part) -> str:
    source_id = part.node.get("id")
    if not isinstance(source_id, str):
        raise ConfigError(
            "a source has no id" if source_id is None else f"{source_id!r} is not an id",
            where=f"{part.path}:{_line(part.node, ('id',))}",
            remedy="Give it one: lower-case letters, digits, - and _, for example `id: amarujala`.",
        )
    return source_id


def _validate(group: list[_Part], agencies: Collection[str] | None, ids: Sequence[str]) -> Source:
    merged: dict[str, Any] = {}
    origin: dict[tuple[str, ...], _Part] = {}
    for part in group:
        for key, value in part.node.items():
            plain = _plain(value)
            if isinstance(plain, dict) and isinstance(merged.get(key), dict):
                merged[key] = {**merged[key], **plain}
            else:
                merged[key] = plain
            origin[(key,)] = part
            if isinstance(plain, dict):
                origin.update({(key, sub): part for sub in plain})
    try:
        source = Source.model_validate(merged)
    except ValidationError as error:
        raise _config_error(error, group, origin, ids) from error
    if agencies is not None and source.agency is not None and source.agency not in agencies:
        part = origin[("agency",)]
        close = difflib.get_close_matches(source.agency, agencies, n=1)
        raise ConfigError(
            f"source {source.id!r}: there is no agency {source.agency!r}",
            where=f"{part.path}:{_line(part.node, ('agency',))}",
            remedy=f"Did you mean `{close[0]}`?"
            if close
            else f"The agencies are: {', '.join(sorted(agencies))}.",
        )
    return source


def _config_error(
    error: ValidationError,
    group: list[_Part],
    origin: Mapping[tuple[str, ...], _Part],
    ids: Sequence[str],
) -> ConfigError:
    """The first mistake, in words."""
    first = _telling(error)
    place = tuple(first["loc"])
    names = tuple(str(step) for step in place)
    part = origin.get(names[:2]) or origin.get(names[:1]) or group[-1]
    line = _line(part.node, place)
    kind, key = first["type"], str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        return _unknown_key(part.path, line, key, _known_keys(names))
    source_id = part.node["id"]
    if kind == "missing":
        return ConfigError(
            f"source {source_id!r} lacks `{'.'.join(names)}`",
            where=f"{part.path}:{line}",
            remedy=f"Add the line `{key}: ...` to it" + _meant(source_id, ids),
        )
    message = _FORMS.get(kind) or str(first["msg"]).removeprefix("Value error, ")
    field = ".".join(names)
    return ConfigError(
        f"source {source_id!r}: " + (f"`{field}`: {message}" if field else message),
        where=f"{part.path}:{line}",
        remedy="Correct the value; seeds/sources.schema.json tells every field and its form.",
    )


def _meant(source_id: str, ids: Sequence[str]) -> str:
    """The end of a remedy: perhaps the id of another source was written wrong."""
    close = difflib.get_close_matches(source_id, [other for other in ids if other != source_id], 1)
    return f", or write `id: {close[0]}` if that one is meant." if close else "."


def _telling(error: ValidationError) -> Mapping[str, Any]:
    """The first mistake; for a key that is missing, the one that was written in its place."""
    mistakes = error.errors()
    first = mistakes[0]
    if first["type"] != "missing":
        return first
    beside = (e for e in mistakes if e["loc"][:-1] == first["loc"][:-1])
    return next((e for e in beside if e["type"] == "extra_forbidden"), first)


def _known_keys(place: tuple[str, ...]) -> list[str]:
    model = _MODELS.get(place[0], Source) if len(place) > 1 else Source
    return list(model.model_fields)


def _unknown_key(file: Path, line: int, key: str, known: list[str]) -> ConfigError:
    close = difflib.get_close_matches(key, known, n=1)
    return ConfigError(
        f"unknown key `{key}`",
        where=f"{file}:{line}",
        remedy=f"Did you mean `{close[0]}`?" if close else f"The keys are: {', '.join(known)}.",
    )


def _line(node: CommentedMap | CommentedSeq, place: Sequence[Any]) -> int:
    """Line, counted from 1, of what lies at `place`, or of the nearest thing above it."""
    line = int(node.lc.line) + 1
    current: Any = node
    for step in place:
        try:
            at = (
                current.lc.key(step) if isinstance(current, CommentedMap) else current.lc.item(step)
            )
            line = int(at[0]) + 1
            current = current[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def _plain(value: object) -> object:
    """The value without the reader's own types."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
