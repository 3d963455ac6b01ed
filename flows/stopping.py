"""What Ctrl-C and SIGTERM mean for a command: an orderly end and one line.

Here belongs the way from a signal to an exit code. What is under way needs no more: crawl processes
are stopped as the stack unwinds, and a publish is whole or not at all, wherever it is cut off.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM has come; it ends a command as Ctrl-C does."""


def exit_code(stop: KeyboardInterrupt) -> int:
    """128 and the number of the signal, as shells have it."""
    number = signal.SIGTERM if isinstance(stop, Terminated) else signal.SIGINT
    return 128 + number


def stop_behind(error: RuntimeError) -> KeyboardInterrupt | None:
    """The signal that made DuckDB give up a query; None if it is another error.

    DuckDB looks for signals while it works, and turns what Python raises then into a RuntimeError.
    """
    return error.__cause__ if isinstance(error.__cause__, KeyboardInterrupt) else None


@contextmanager
def sigterm_as_exception() -> Iterator[None]:
    """Makes SIGTERM raise `Terminated` while the block runs; its default would leave no trace."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _raise(_: int, __: FrameType | None) -> None:
    raise Terminated
