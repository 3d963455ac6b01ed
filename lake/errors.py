"""Errors that a person is meant to read.

Here belongs the one base class for failures of a run that somebody can mend, and the few
subclasses that more than one room raises. Not here: programming errors (plain ``ValueError`` and
``TypeError`` say those) and the outcome of one page (an `lake.outcomes.Outcome` says that).
"""

from __future__ import annotations


class TaarError(Exception):
    """A run or a command cannot go on, and a person can do something about it.

    Args:
        what: What went wrong, in one sentence.
        where: The file and line, key, URL or setting that it went wrong at.
        remedy: What to do about it, in one sentence.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where:  {self.where}")
        if self.remedy:
            lines.append(f"  remedy: {self.remedy}")
        return "\n".join(lines)


class ConfigError(TaarError):
    """A setting, a source file or an argument is wrong: nothing was started."""

    exit_code = 2


class StorageError(TaarError):
    """The lake's storage cannot be reached, refuses us, is full, or lost an object."""


class ObjectMissingError(StorageError):
    """An object is not, or no longer, in the lake: deleted meanwhile, or never there."""


class LakeBusyError(TaarError):
    """Another writer holds the lake or the spool."""


class LakeFormatError(TaarError):
    """An object in the lake is damaged, or written by a version that we cannot read."""
