"""The source file of the user, as ``taar sources add`` writes it: whole, or as it was.

Here belong the form of an entry and its place at the end of the file. Not here: reading source
files and telling what is wrong with them (`crawler.sources`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from crawler.source_model import Source
from crawler.sources import load_sources
from lake.errors import ConfigError
from lake.storage.files import make_folders, storage_error, sync_folder, write_file


def check_target(path: Path) -> None:
    """Finds out whether a source file could be written, before anything is done for it.

    Raises:
        ConfigError: If it could not.
    """
    if os.path.lexists(path) and not os.path.isfile(path):  # noqa: PTH113  never raises
        raise ConfigError(
            "it is no file" if not os.path.isdir(path) else "it is a folder",  # noqa: PTH112
            where=str(path),
            remedy="name a file to write to, for example sources.yaml",
        )
    there = _real(path).parent
    while not os.path.exists(there) and there != there.parent:  # noqa: PTH110  never raises
        there = there.parent
    with _told(path), tempfile.TemporaryFile(dir=there):
        pass


def write_entry(source: Source, path: Path, pack: Path) -> None:
    """Adds a source to a source file, which is made if there is none.

    Args:
        source: The source; its id is not in the file.
        path: The file. It is replaced in one step: whoever reads it sees it before or after.
        pack: The source pack that it is laid over.

    Raises:
        ConfigError: If the file is wrong or cannot be written; it is left as it was.
    """
    yaml = _yaml()
    root: Any = CommentedMap({"version": 1, "sources": CommentedSeq()})
    if os.path.lexists(path):
        load_sources(pack, path)  # Tells what is wrong with it, and where.
        root = yaml.load(path.read_text(encoding="utf-8"))
    root["sources"].append(_plain(source))
    out = StringIO()
    yaml.dump(root, out)
    file = _real(path)
    fresh = file.with_name(f".{uuid4().hex}.yaml")
    with _told(path):
        make_folders(file.parent)
        try:
            write_file(fresh, out.getvalue().encode())
            if file.exists():
                shutil.copymode(file, fresh)
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
        sync_folder(file.parent)


def entry_text(source: Source) -> str:
    """The YAML of one source, as it stands in a source file."""
    out = StringIO()
    _yaml().dump([_plain(source)], out)
    return out.getvalue()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        told = storage_error(error, "write the source file", path)
        raise ConfigError(told.what, where=str(path), remedy=told.remedy) from error


def _real(path: Path) -> Path:
    """The file itself: a link to it stays a link."""
    return Path(os.path.realpath(path))


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    return yaml


def _plain(source: Source) -> Any:  # noqa: ANN401
    return source.model_dump(mode="json", exclude_defaults=True)
