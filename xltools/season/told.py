"""What ``check --json`` and ``merge --json`` give: the result, and in a working folder what else the run did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NotRequired, cast

from xltools.collection.account import CollectionJson, collection_json
from xltools.collection.collected import Collection
from xltools.outputs import slashed
from xltools.received.file import Received
from xltools.season.record import Changes, ChangesJson
from xltools.summary import MergedJson, Summary


class CheckJson(CollectionJson):
    """``check --json``: every file, findings about the set; the slips and the page written, what has changed, where there are any."""

    slips: NotRequired[list[str]]
    page: NotRequired[str]
    changes: NotRequired[ChangesJson]


class MergeJson(MergedJson):
    """``merge --json``: as ``check --json``, with the summary."""

    changes: NotRequired[ChangesJson]


def check_json(
    collection: Collection,
    slips: Sequence[Path] | None = None,
    changes: Changes | None = None,
    page: Path | None = None,
) -> CheckJson:
    """A check as JSON; ``slips`` and ``page`` are the files written, None where none were asked for."""
    told = cast(CheckJson, collection_json(collection))
    if slips is not None:
        told["slips"] = [slashed(path) for path in slips]
    if page is not None:
        told["page"] = slashed(page)
    if changes:
        told["changes"] = changes.as_json()
    return told


def merge_json(summary: Summary, made: Received, kept: str = "", changes: Changes | None = None) -> MergeJson:
    """A merge as JSON; ``made`` is the summary judged, ``kept`` what was taken over from the one it replaces, in words."""
    told = cast(MergeJson, summary.as_json(made, kept))
    if changes:
        told["changes"] = changes.as_json()
    return told
