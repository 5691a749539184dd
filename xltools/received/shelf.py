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
from contextlib import contextmanager, suppress
from dataclasses import fields
from tempfile import TemporaryFile
from typing import IO, Any, ClassVar, Self
from weakref import ReferenceType, ref

from xltools.form.compact import FigureRow
from xltools.form.model import Form

AT_HAND = 300
"""Files of which everything is in memory, some 6 kB each. A county has fifty, and nothing of it goes to disk."""

_LARGE, _MMAP_THRESHOLD = 2**18, -3
"""Bytes of a block that goes back to the system when it is freed, and what the C library calls this."""


class _Bulk:
    """One of those that are away together, and come back when it is asked for."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __get__(self, item: Shelved | None, kind: type) -> Any:
        if item is None:
            return self
        while (bulk := item._bulk) is None:
            assert item._shelf is not None
            item._shelf.fetch(item)
        return bulk[self._number]

    def __set__(self, item: Shelved, value: object) -> None:
        if item._shelf is None:
            item._at_hand[self._number] = value
            return
        with item._shelf.still(item):
            if value is not item._at_hand[self._number]:
                item._place = None
                item._at_hand[self._number] = value


class _Kind(type):
    """Has what is named ``BULK`` lie in one place of an instance, and not in a slot each: what is away takes 96 bytes, not 160."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        bulk, slots = body.get("BULK", ()), body.get("__slots__")
        if bulk and slots is not None:
            own = tuple(slot for slot in slots if slot not in bulk)
            body = {**body, "__slots__": own, **{one: _Bulk(number) for number, one in enumerate(bulk)}}
        return super().__new__(cls, name, bases, body)


class Shelved(metaclass=_Kind):
    """What can be put on a shelf, but for small things all of what is named ``BULK``."""

    __slots__ = ("__weakref__", "_bulk", "_place", "_shelf", "_sight")
    BULK: ClassVar[tuple[str, ...]] = ()
    _bulk: list[Any] | None
    """What can be away, in its order; None while it is."""
    _place: int | None
    """Where it lies on disk as it is; None where it does not yet."""
    _shelf: Shelf | None
    _sight: Any

    def __new__(cls, *given: object, **named: object) -> Self:
        made = object.__new__(cls)
        made._bulk, made._place, made._shelf, made._sight = [None] * len(cls.BULK), None, None, None
        return made

    def in_sight(self) -> Any:
        """What is to be known of it while it is away, in little room."""
        return None

    @property
    def away(self) -> bool:
        """Whether it lies on disk."""
        return self._bulk is None

    @property
    def _at_hand(self) -> list[Any]:
        assert self._bulk is not None
        return self._bulk

    def twin(self) -> Self:
        """A copy that may be changed, on the same shelf; what is away is not brought back for it."""
        other = object.__new__(type(self))
        for name in _slots(type(self)):
            setattr(other, name, getattr(self, name))
        if other._bulk is not None:
            other._bulk = [*other._bulk]
        if self._shelf is not None:
            self._shelf.stay_near(other)
        return other

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
        if item._shelf is not None:
            item._shelf.fetch(item)
        with self._lock:
            item._shelf, item._place = self, None
            self._keep_near(item)

    def stay_near(self, twin: Shelved) -> None:
        """Takes the twin of something that is here: as long as it is not changed, both lie in the same place."""
        with self._lock:
            if not twin.away:
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
            assert self._file is not None and item._place is not None
            self._file.seek(item._place)
            item._bulk = pickle.load(self._file)
            self._keep_near(item)

    def _keep_near(self, item: Shelved) -> None:
        self._near.append(ref(item))
        while len(self._near) > self._most:
            first = self._near.popleft()()
            if first is not None and first._shelf is self and not first.away:
                self._send_away(first)

    def _send_away(self, item: Shelved) -> None:
        if item._place is None:
            try:
                item._place = self._written(item._at_hand)
            except OSError:  # no room on the disk: what cannot go stays
                self._most = sys.maxsize
                return
            item._sight = item.in_sight()
        item._bulk = None

    def _written(self, values: list[object]) -> int:
        """Where on disk values now lie."""
        if self._file is None:
            self._file = TemporaryFile(prefix="xltools-")  # noqa: SIM115 - it is closed with the last filing on the shelf
            _give_back()
        place = self._file.seek(0, 2)
        pickler = pickle.Pickler(self._file, pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = _SHARED
        pickler.dump(values)
        self._file.flush()  # a process that is forked must have nothing left to write
        return place

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()


def _give_back() -> None:
    """Has large blocks go back to the system when they are freed, of whoever they are: tables that grow with the filings, a workbook.

    The C library of Linux else keeps the room of blocks of up to 32 MB once it has seen such a one freed, and seldom has the right
    room for the next. Others have no such habit, or no word for it.
    """
    with suppress(OSError, AttributeError, TypeError):
        import ctypes

        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)


def _slots(kind: type) -> tuple[str, ...]:
    return tuple(name for one in kind.__mro__ for name in getattr(one, "__slots__", ()) if name != "__weakref__")


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
