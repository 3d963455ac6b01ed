"""Named points at which a test can kill the process or fill the disk.

Here belongs the registry that tests and the chaos runs arm through `arm`; nothing is read from
the environment. A point that is not armed costs one look into an empty dict. Not here: what
happens after the crash.
"""

from __future__ import annotations

import errno
import os
import re
import signal
from dataclasses import dataclass
from typing import Final

from lake.errors import ConfigError

_PART: Final = re.compile(r"(?P<name>[a-z0-9_.]+)=(?P<action>kill|enospc|eio)(@(?P<nth>[1-9]\d*))?")


@dataclass(slots=True)
class _Armed:
    action: str
    left: int


_armed: dict[str, _Armed] = {}


def arm(spec: str | None) -> None:
    """Arms the points of a specification and disarms all others.

    Args:
        spec: Such as ``publish.articles=kill;local.put=enospc@3``: point, action, and at which
            pass it strikes (the first by default; ``enospc`` and ``eio`` then strike at every
            later pass too, as a full disk does). None or empty disarms all.

    Raises:
        ConfigError: If the specification is malformed.
    """
    _armed.clear()
    for part in filter(None, (spec or "").split(";")):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ConfigError(
                f"not a failpoint: {part!r}",
                where="failpoints",
                remedy="write NAME=kill, NAME=enospc or NAME=eio, joined by semicolons",
            )
        _armed[match["name"]] = _Armed(match["action"], int(match["nth"] or 1))


def failpoint(name: str) -> None:
    """Does what the point is armed for: nothing, as a rule.

    Raises:
        OSError: With ENOSPC or EIO, if it is armed so.
    """
    armed = _armed.get(name)
    if armed is None:
        return
    armed.left -= 1
    if armed.left > 0:
        return
    if armed.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    code = errno.ENOSPC if armed.action == "enospc" else errno.EIO
    raise OSError(code, f"{os.strerror(code)} (failpoint {name})")
