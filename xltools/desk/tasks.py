"""Work that takes a while: done beside the pages, one thing at a time, seen as it goes on, and stopped when somebody says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from typing import Literal, TypeVar

from xltools.classes import dataclass
from xltools.errors import XltoolsError

T = TypeVar("T")
Stage = Literal["running", "done", "stopped", "failed"]


class Stopped(XltoolsError):
    """Somebody stopped the work."""


@dataclass
class Task:
    """A piece of work: what it is in words, the command that does the same, how far it is, how it ended."""

    what: str
    command: str
    stage: Stage = "running"
    words: str = ""
    label: str = ""
    done: int = 0
    total: int = 0
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        return self.stage == "running"

    @property
    def stopping(self) -> bool:
        return self.running and self._stop.is_set()

    def progress(self, items: Sequence[T], label: str, /) -> Iterator[T]:
        """Hands items on one by one, tells how far it is, and stops between two of them."""
        self.label, self.done, self.total = label, 0, len(items)
        for item in items:
            if self._stop.is_set():
                raise Stopped("已经停下，没有做完的不算数")
            yield item
            self.done += 1

    def start(self, work: Callable[[Task], str]) -> None:
        """Begins; what ``work`` returns are the words for how it ended."""

        def run() -> None:
            try:
                words, stage = work(self), "done"
            except Stopped as problem:
                words, stage = str(problem), "stopped"
            except XltoolsError as problem:
                words, stage = str(problem), "failed"
            except Exception as problem:  # a page must not hang over work that died
                words, stage = f"程序内部出错（{type(problem).__name__}：{problem}）；请把这一行发给维护人员", "failed"
            self.words, self.ended = words, time.monotonic()
            self.stage = stage  # type: ignore[assignment]

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Asks it to stop."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Waits for its end; whether it ended."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.running
