"""Several files of one agency: one that says which it was made from takes its place; of others equal ones count once, different ones
not at all, or the one that was saved last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from xltools.collection.changes import difference
from xltools.findings import Closure, Finding, finding
from xltools.form.model import Filing
from xltools.outputs import slashed
from xltools.received.file import Card, Received
from xltools.rules.signoff import Signoff
from xltools.terms import FEW, several

_NEVER = datetime.min.replace(tzinfo=UTC)


def corrected(files: Sequence[Received], asked: Callable[[Filing | Card], bool]) -> Iterator[Finding]:
    """Puts aside the files that others of the set were made from, and tells which took their place and what changed.

    What went back carries the SHA-256 of the file that it was made from (``Received.originals``), whenever either came in. It takes
    the place of that file, and of such as say the same, and of no other; never where another agency seems to have filled it in.
    ``asked`` tells the filings of the year and the family that is collected.
    """
    places = _places(files, asked)
    taken: dict[int, list[int]] = {}
    for number, later in places.items():
        # What took the place of a file may have been corrected itself: the last stands for all.
        taken.setdefault(next((n for n in later if n not in places), later[0]), []).append(number)
    for number, numbers in sorted(taken.items()):
        old, new = [files[n] for n in numbers], files[number]
        for received in old:
            _supersede(received, new)
        yield _told_corrected(old, new)


def _places(files: Sequence[Received], asked: Callable[[Filing | Card], bool]) -> dict[int, list[int]]:
    """By its number the files that others were made from, with the numbers of those."""
    if not any(received.originals for received in files):
        return {}
    named: dict[str, list[int]] = {}
    by_code: dict[str, list[int]] = {}
    for number, received in enumerate(files):
        named.setdefault(received.sha256, []).append(number)
        if received.card is not None and asked(received.card):
            by_code.setdefault(received.card.agency.code, []).append(number)
    found: dict[int, list[int]] = {}
    for number, new in enumerate(files):
        if not new.originals or new.card is None or not asked(new.card) or new.doubt:
            continue
        own = [n for sha256 in new.originals for n in named.get(sha256, ())]
        says = [_says(files[n].filing) for n in own if files[n].filing]
        alike = (n for n in by_code[new.card.agency.code] if says and _says(files[n].filing) in says)
        for n in dict.fromkeys((*own, *alike)):
            exact = files[n].sha256 in new.originals
            if n != number and (exact or _says(files[n].filing) != _says(new.filing)) and _may_replace(files[n], new):
                found.setdefault(n, []).append(number)
    return found


def _may_replace(old: Received, new: Received) -> bool:
    """Whether a file is the later one of two of one agency. A form of another year may have borne an earlier code of it."""
    assert new.filing is not None
    if new.sha256 in old.originals:
        return False
    if old.filing is None or old.filing.year != new.filing.year:
        return True
    return old.filing.agency.code == new.filing.agency.code and not _strangers(old.filing, new.filing)


def _told_corrected(old: Sequence[Received], new: Received) -> Finding:
    """The note that a file took the place of others, the earliest first, with what changed from each to the next."""
    assert new.filing is not None
    age = {sha256: number for number, sha256 in enumerate(new.originals)}
    inturn = sorted(old, key=lambda received: -age.get(received.sha256, len(age)))
    readable = [[r] for r in inturn if r.filing and r.filing.year == new.filing.year]
    changes = _changes([*readable, [new]]) if readable else ""
    return finding("agency-corrected", file=slashed(new.path), agency=new.filing.agency, changes=f"（{changes}）" if changes else "",
                   files="、".join(f"“{slashed(r.path)}”" for r in inturn))  # fmt: skip


def one_of(files: Sequence[Received], *, newest: bool = False) -> tuple[Received | None, Finding | None]:
    """The file that stands for an agency among all of its files, and a finding where there are several.

    Different files contradict each other and are set aside, all of them; with ``newest`` all but those saved last, where the
    workbooks' own records tell which that is. Findings on a file that a newer one replaces are closed. Time never decides between
    files that seem to be of two agencies: the later one is not the earlier one corrected.
    """
    if len(files) == 1:
        return files[0], None
    versions = _versions(files)
    if len(versions) == 1:
        counted = next((r for r in files if r.accepted), files[0])
        return counted, _told(files, "note", "内容相同，只计一份。", way=_NOTHING)
    ordered = _in_order(versions)
    changes = _changes(ordered or versions, ordered=ordered is not None)
    mixed = _of_two_agencies(versions)
    if newest and ordered and not mixed:
        last = next((r for r in ordered[-1] if r.accepted), ordered[-1][0])
        for received in (r for version in ordered[:-1] for r in version):
            _supersede(received, last)
        saved = max(r.saved for r in ordered[-1])
        return last, _told(
            files,
            "note",
            f"内容不同（{changes}），取最后保存的“{slashed(last.path)}”（{saved}），其余不计。",
            last=last,
            way=_NOTHING,
        )
    for received in files:
        received.set_aside = True
    latest = ordered[-1][0] if ordered and not mixed else None
    unclear = mixed or ("看不出哪一份是最后保存的，" if newest else "")
    words = f"内容不同（{changes}），{unclear}都没有计入。"
    return None, _told(files, "error", words, last=latest,
                       way=_FIND_OUT if mixed else _KEEP if newest else _CHOOSE)  # fmt: skip


_NOTHING = "不用处理；多余的留着、移走都可以"
_KEEP = "请只留下正确的一份，把其余的移出文件夹"
_CHOOSE = f"{_KEEP}；或者加 --prefer newest，取最后保存的一份"
_FIND_OUT = "先查清每一份是谁填的：别的单位填的移出文件夹，请那个单位用发给它自己的空白表填报；不能按保存的先后取舍"


def _told(files: Sequence[Received], severity: Any, words: str, *, last: Received | None = None, way: str) -> Finding:
    assert files[0].filing is not None
    return finding("agency-duplicate", severity=severity, agency=files[0].filing.agency, count=len(files), way=way,
                   files="、".join(slashed(r.path) for r in files), same=words,
                   last=slashed(last.path) if last else "", mixed=way == _FIND_OUT)  # fmt: skip


def _of_two_agencies(versions: Sequence[Sequence[Received]]) -> str:
    """That files of one agency seem to be filled by two, and which, in words; "" where they do not."""
    files = [received for version in versions for received in version]
    others = sorted({r.doubt.detail["other_name"] for r in files if r.doubt})
    if others:
        assert files[0].filing is not None
        own = "" if all(r.doubt for r in files) else f"有的是{files[0].filing.agency.name}填的，"
        return f"看来{own}{''.join(f'有的是{other}填的，' for other in others)}"
    if any(_strangers(old[0].filing, new[0].filing) for old, new in pairwise(versions)):
        return "数、文字和签字都不相同，不像一个单位先后报的，"
    return ""


def _names(filing: Filing) -> tuple[str, ...]:
    return tuple(name for rule in filing.form.rules_of(Signoff) for name in rule.names)


def _strangers(a: Filing | None, b: Filing | None) -> bool:
    """Whether two filings have nothing in common that a corrected one keeps: nobody who signed, no text, hardly a figure."""
    assert a is not None and b is not None
    people = [{words.strip() for key, words in f.signoff.items() if key in _names(f)} - {""} for f in (a, b)]
    told = [name for name in a.values.keys() & b.values.keys() if a.values[name] or b.values[name]]
    kept = sum(a.values[name] == b.values[name] for name in told)
    texts = [{text for lines in f.texts.values() for text in lines} for f in (a, b)]
    same = len(texts[0] & texts[1])
    return bool(all(people) and not people[0] & people[1] and 2 * kept < len(told) and 2 * same < min(map(len, texts)))


def _supersede(received: Received, last: Received) -> None:
    received.set_aside, received.superseded_by = True, slashed(last.path)
    closure = Closure("superseded", f"有更新的一份“{last.path.name}”")
    received.revise(replace(f, closure=closure) if f.open else f for f in received.findings)


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


def _changes(versions: list[list[Received]], *, ordered: bool = True) -> str:
    """What changed from each version to the next; where their order is not known, in what they differ."""
    words = []
    for old, new in pairwise(version[0] for version in versions):
        assert old.filing is not None and new.filing is not None
        names = (old.path.name, new.path.name)
        before, after = names if names[0] != names[1] else (slashed(old.path), slashed(new.path))
        arrow = "→" if ordered else "与"
        said = difference(old.filing, new.filing, ordered=ordered) or "内容没有变"
        words.append(f"{before} {arrow} {after}：{said}")
    return several(words, FEW, "处", "；")
