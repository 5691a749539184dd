"""Several files of one agency: equal ones count once, different ones not at all, or the one that was saved last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from xltools.changes import difference
from xltools.findings import Closure, Finding, finding
from xltools.model import Filing
from xltools.outputs import slashed
from xltools.workbook.read import Received

_PAIRS = 3
"""Pairs of files whose differences are told."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def one_of(files: Sequence[Received], *, newest: bool = False) -> tuple[Received | None, Finding | None]:
    """The file that stands for an agency among all of its files, and a finding where there are several.

    Different files contradict each other and are set aside, all of them; with ``newest`` all but those saved last, where the
    workbooks' own records tell which that is. Findings on a file that a newer one replaces are closed.
    """
    versions = _versions(files)
    if len(versions) == 1:
        counted = next((r for r in files if r.accepted), files[0])
        return counted, _told(files, "note", "内容相同，只计一份。") if len(files) > 1 else None
    ordered = _in_order(versions)
    changes = _changes(ordered or versions)
    if newest and ordered:
        last = next((r for r in ordered[-1] if r.accepted), ordered[-1][0])
        for received in (r for version in ordered[:-1] for r in version):
            _supersede(received, last)
        saved = max(r.saved for r in ordered[-1])
        return last, _told(
            files, "note", f"内容不同（{changes}），取最后保存的“{slashed(last.path)}”（{saved}），其余不计。"
        )
    for received in files:
        received.set_aside = True
    unclear = "看不出哪一份是最后保存的，" if newest else ""
    return None, _told(files, "error", f"内容不同（{changes}），{unclear}都没有计入。")


def _told(files: Sequence[Received], severity: Any, words: str) -> Finding:
    assert files[0].filing is not None
    return finding("agency-duplicate", severity=severity, agency=files[0].filing.agency, count=len(files),
                   files="、".join(slashed(r.path) for r in files), same=words)  # fmt: skip


def _supersede(received: Received, last: Received) -> None:
    received.set_aside, received.superseded_by = True, slashed(last.path)
    closure = Closure("superseded", f"有更新的一份“{last.path.name}”")
    received.findings = [replace(f, closure=closure) if f.open else f for f in received.findings]


def _versions(files: Sequence[Received]) -> list[list[Received]]:
    """The files by what they say, each version with its equal copies."""
    found: list[list[Received]] = []
    for received in files:
        for version in found:
            if _says(version[0].filing) == _says(received.filing):
                version.append(received)
                break
        else:
            found.append([received])
    return found


def _says(filing: Filing | None) -> tuple[Any, ...]:
    assert filing is not None
    return (filing.form.edition, filing.values, filing.texts, filing.typed)


def _in_order(versions: list[list[Received]]) -> list[list[Received]] | None:
    """The versions, the one saved last at the end; None where their records do not tell the order."""
    times = [_saved(version) for version in versions]
    known = [time for time in times if time is not None]
    if len(set(known)) < len(versions):
        return None
    return [version for _, version in sorted(zip(known, versions, strict=True), key=lambda pair: pair[0])]


def _saved(version: list[Received]) -> datetime | None:
    """When a version was last saved; None where no file of it tells.

    A form as issued tells nothing: our own program wrote it, with a date that is always the same. Where it is still blank it
    comes before every other; a filled one may have been written at any time.
    """
    times = [time for time in map(_time, version) if time is not None]
    if times:
        return max(times)
    return _NEVER if all(_blank(r.filing) for r in version) else None


def _time(received: Received) -> datetime | None:
    try:
        time = datetime.fromisoformat(received.saved)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _blank(filing: Filing | None) -> bool:
    assert filing is not None
    return not (
        any(filing.inputs.values()) or filing.typed or any(filing.texts.values()) or any(filing.signoff.values())
    )


def _changes(versions: list[list[Received]]) -> str:
    """What changed from each version to the next."""
    words = []
    for old, new in pairwise(version[0] for version in versions):
        assert old.filing is not None and new.filing is not None
        names = (old.path.name, new.path.name)
        before, after = names if names[0] != names[1] else (slashed(old.path), slashed(new.path))
        words.append(f"{before} → {after}：{difference(old.filing, new.filing)}")
    return "；".join(words[:_PAIRS]) + (" 等" if len(words) > _PAIRS else "")
