"""A shelf for what was read of very many files: the last of them are at hand, the others lie on disk until they are asked for.

Whoever holds a file need not know where it lies: what is away comes back when it is asked for, and goes again when others have
come. In memory stays what it is told by. The disk is a temporary file without a name (on Windows one that the system takes away
with the process): nothing is left behind, however a run ends.
"""

from __future__ import annotations

import copyreg
import pickle
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, ClassVar, Self
from weakref import ReferenceType, ref

from xltools.form.compact import FigureRow
from xltools.form.model import Form

AT_HAND = 300
"""Files of which everything is in memory, some 6 kB each. A county has fifty, and nothing of it goes to disk."""


class Shelved:
    """What can be put on a shelf: the slots named ``BULK`` are not set while they are away."""

    __slots__ = ("__weakref__", "_changed", "_place", "_shelf", "_sight")
    BULK: ClassVar[tuple[str, ...]] = ()
    _changed: bool
    _place: int
    _shelf: Shelf | None
    _sight: Any

    def in_sight(self) -> Any:
        """What is to be known of it while it is away, in little room."""
        return None

    @property
    def away(self) -> bool:
        """Whether it lies on disk."""
        return self._shelf is not None and not _is_set(self, self.BULK[0])

    def twin(self) -> Self:
        """A copy that may be changed, on the same shelf; what is away is not brought back for it."""
        other = object.__new__(type(self))
        for name in _slots(type(self)):
            if name != "_shelf" and _is_set(self, name):
                object.__setattr__(other, name, getattr(self, name))
        if self._shelf is not None:
            self._shelf.put_beside(other, self)
        return other

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name == "_shelf":
                return None
            if name in self.BULK and self._shelf is not None:
                self._shelf.fetch(self)
                return getattr(self, name)
            raise AttributeError(f"{type(self).__name__} has no {name}")

    def __setattr__(self, name: str, value: object) -> None:
        shelf = self._shelf if name in self.BULK else None
        if shelf is None:
            object.__setattr__(self, name, value)
            return
        with shelf.still(self):
            self._changed = self._changed or value is not getattr(self, name)
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process: all of it, and no shelf."""
        return type(self), tuple(getattr(self, item.name) for item in fields(self))  # type: ignore[arg-type]


class Shelf:
    """Holds what is put on it; of more than ``most`` the longest there goes to disk."""

    def __init__(self, most: int | None = None) -> None:
        self._most = max(AT_HAND if most is None else most, 1)
        self._near: deque[ReferenceType[Shelved]] = deque()
        """Those that are at hand, the longest there first. They stay no longer for it than anybody holds them."""
        self._file: IO[bytes] | None = None
        self._lock = threading.RLock()

    def put(self, item: Shelved) -> None:
        """Takes something, from another shelf too."""
        if item._shelf is self:
            return
        if item.away and item._shelf is not None:
            item._shelf.fetch(item)
        with self._lock:
            item._shelf, item._changed = self, True
            self._keep_near(item)

    def put_beside(self, twin: Shelved, item: Shelved) -> None:
        """Takes the twin of something that is here: as long as it is not changed, both lie in the same place."""
        with self._lock:
            away = item.away
            twin._shelf = self
            if not away:
                self._keep_near(twin)

    @contextmanager
    def still(self, item: Shelved) -> Iterator[None]:
        """All of something at hand, and nothing sent away meanwhile by another thread."""
        with self._lock:
            self.fetch(item)
            yield

    def fetch(self, item: Shelved) -> None:
        """Brings back what is away of something."""
        with self._lock:
            if not item.away:
                return
            assert self._file is not None
            self._file.seek(item._place)
            for name, value in zip(item.BULK, pickle.load(self._file), strict=True):
                object.__setattr__(item, name, value)
            item._changed = False
            self._keep_near(item)

    def _keep_near(self, item: Shelved) -> None:
        self._near.append(ref(item))
        while len(self._near) > self._most:
            first = self._near.popleft()()
            if first is not None and first._shelf is self and not first.away:
                self._send_away(first)

    def _send_away(self, item: Shelved) -> None:
        if item._changed:
            try:
                item._place = self._written([getattr(item, name) for name in item.BULK])
            except OSError:  # no room on the disk: what cannot go stays
                self._most = sys.maxsize
                return
            item._sight = item.in_sight()
        for name in item.BULK:
            object.__delattr__(item, name)

    def _written(self, values: list[object]) -> int:
        """Where on disk values now lie."""
        if self._file is None:
            self._file = TemporaryFile(prefix="xltools-")  # noqa: SIM115 - it is closed with the last filing on the shelf
        place = self._file.seek(0, 2)
        pickler = pickle.Pickler(self._file, pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = _SHARED
        pickler.dump(values)
        self._file.flush()  # a process that is forked must have nothing left to write
        return place

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()


def _slots(kind: type) -> tuple[str, ...]:
    return tuple(name for one in kind.__mro__ for name in getattr(one, "__slots__", ()) if name != "__weakref__")


def _is_set(item: object, name: str) -> bool:
    try:
        object.__getattribute__(item, name)
    except AttributeError:
        return False
    return True


_shared: dict[int, object] = {}
"""What very many filings share, by the number by which it lies on disk: no other process reads it there."""


def _number(of: object) -> int:
    # In one step, whatever other threads do; and so it stays, and nothing else takes its id.
    _shared.setdefault(id(of), of)
    return id(of)


def _of_number(number: int) -> object:
    return _shared[number]


def _row_of(number: int, *rest: Any) -> FigureRow:
    return FigureRow(_shared[number], *rest)  # type: ignore[arg-type]


def _reduced_row(row: FigureRow) -> tuple[Any, ...]:
    _, (names, *rest) = row.__reduce__()
    return _row_of, (_number(names), *rest)


_SHARED: dict[type, Any] = {
    **copyreg.dispatch_table,
    Form: lambda form: (_of_number, (_number(form),)),
    FigureRow: _reduced_row,
}
