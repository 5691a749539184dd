"""What counts of a collection: one filing an agency, with what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from xltools.collection.check import Collection
from xltools.form.model import Filing, State
from xltools.received.read import Received


def counted(collection: Collection) -> Iterator[tuple[Filing, State]]:
    """The one filing of each agency that counts, and filings of other years, in the order they came, each with its state.

    An agency whose files contradict each other has none, as in the summary.
    """
    for received in collection.received:
        filing = received.filing
        if filing is None or received.set_aside:
            continue
        if filing.year != collection.year or collection.counted.get(filing.agency.code) is received:
            yield filing, state_of(received)


def state_of(received: Received) -> State:
    """What became of a filing that counts."""
    return "accepted" if received.accepted else "returned" if received.open_errors else "queried"
