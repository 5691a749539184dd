"""What a season remembers of its last run, and what has changed since: new, corrected, settled, withdrawn, still missing.

Kept as JSON in the working folder, for it goes where the season goes. Of each agency: its files, its figures that are not
zero, what was open, and what explanations and decisions were given for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TypedDict

from xltools.classes import dataclass
from xltools.collection.changes import changed, is_blank
from xltools.collection.collected import Collection
from xltools.collection.decisions import Office, stamps
from xltools.collection.explanations import digest, stamps_of
from xltools.collection.states import absent, senders
from xltools.errors import XltoolsError
from xltools.figures import Figure
from xltools.findings import Finding
from xltools.form.model import Filing, Form, State
from xltools.form.standing import STATES
from xltools.inputs import must_read, read_json
from xltools.outputs import write_whole
from xltools.received.file import Received
from xltools.received.renamed import called_now, following
from xltools.season.codec import Unfit, decoder, encoder
from xltools.terms import NamedJson

RECORD = "record.json"
_LIMIT = 512 * 2**20


@dataclass
class Known:
    """What is remembered of an agency. ``figures`` are the input figures but zeros; ``words`` a digest of all else it says."""

    name: str
    state: State
    files: tuple[str, ...] = ()
    figures: dict[str, int | Fraction | None] = field(default_factory=dict)
    words: str = ""
    open: tuple[str, ...] = ()
    explained: dict[str, str] = field(default_factory=dict)
    decided: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Record:
    """The last run: when it was (local time), for which year, what was known of each agency by code."""

    at: str
    year: int
    agencies: dict[str, Known]

    def again(self) -> Record:
        """What there is to remember of a run that found the same, now."""
        return replace(self, at=_now())

    @property
    def explained(self) -> dict[str, Mapping[str, str]]:
        """The stamps of explanations by agency and rule."""
        return {code: known.explained for code, known in self.agencies.items() if known.explained}

    @property
    def decided(self) -> dict[str, Mapping[str, tuple[str, ...]]]:
        """The stamps of decisions by agency and item."""
        return {code: known.decided for code, known in self.agencies.items() if known.decided}


def read_record(path: Path) -> Record | None:
    """The record of the last run; None where there is none.

    XltoolsError where it is damaged: unlike readings, what it says cannot be had again.
    """
    try:
        if not path.exists():
            return None
        told = decoder(Record)(read_json(must_read(path, "上次运行的记录", _LIMIT)))
    except (Unfit, ValueError, TypeError, KeyError, AttributeError, RecursionError, ZeroDivisionError):
        raise XltoolsError(
            f"上次运行的记录“{path}”损坏了；可以从备份里恢复它，或者删掉它，程序就当作第一次运行（此前的情况说明重新按现在的数字算）"
        ) from None
    assert isinstance(told, Record)
    return told


def write_record(path: Path, record: Record) -> None:
    """Writes the record whole, in place of the last one."""
    told = json.dumps(encoder(Record)(record), ensure_ascii=False, separators=(",", ":"))
    write_whole(path, told.encode(), force=True)


def take_stock(collection: Collection, office: Office, last: Record | None) -> Record:
    """What this run leaves to remember. An agency of which nothing counts now keeps the figures and stamps it had."""
    before = last.agencies if last else {}
    agencies = {}
    for standing in senders(collection):
        code, name = standing.entry.agency.code, standing.entry.agency.name
        counted = standing.received
        old = before.get(code, Known(name, "missing"))
        known = Known(name, standing.state, tuple(sorted(r.sha256 for r in standing.files)),
                      old.figures, old.words, (), old.explained, old.decided)  # fmt: skip
        if counted is not None and counted.filing is not None:
            old = _called_now(old, counted.filing.form)
            known.figures, known.words = _figures(counted.filing), _words(counted.filing)
            known.open = tuple(sorted(_open(counted.findings)))
            known.explained = {**old.explained, **stamps_of(counted.filing)}
            decided = stamps(counted.findings, counted.filing, office)
            known.decided = {item: tuple(kept) for item, kept in decided.items()}
        agencies[code] = known
    for code, old in before.items():
        agencies.setdefault(
            code, Known(old.name, "missing", (), old.figures, old.words, (), old.explained, old.decided)
        )
    return Record(_now(), collection.year or 0, agencies)


def _now() -> str:
    return datetime.now().isoformat(" ", "minutes")


def _called_now(known: Known, form: Form) -> Known:
    """What is remembered of an agency by the names that its form has now."""

    def now(name: str) -> str:
        names = called_now(form, name)
        return names[0] if len(names) == 1 else name

    opened = tuple("|".join(map(now, one.split("|"))) for one in known.open)
    return replace(known, open=opened, figures=following(form, known.figures),
                   explained=following(form, known.explained), decided=following(form, known.decided))  # fmt: skip


def _figures(filing: Filing) -> dict[str, Figure]:
    return {f.id: figure for f in filing.form.inputs if (figure := filing.values[f.id]) != 0}


def _words(filing: Filing) -> str:
    said = (filing.form.edition, filing.form.supplements, sorted(filing.typed.items()), sorted(filing.texts.items()),
            sorted(filing.signoff.items()), sorted(filing.explanations.items()))  # fmt: skip
    return digest([repr(said)])


def _open(findings: Iterable[Finding]) -> Iterator[str]:
    """What is open, told by where it is and not by its figures: the same place failing otherwise is the same problem."""
    for f in findings:
        if f.open and f.severity != "note":
            yield "|".join((f.code, f.rule or "", f.sheet or "", f.field or f.cell or ""))


# ── what has changed ─────────────────────────────────────────────────────────


class StepJson(NamedJson):
    """What happened to an agency since the last run: state then and now, figures changed (null: nothing to compare), problems
    gone and new.
    """

    was: State
    now: State
    figures: int | None
    gone: int
    new: int


class ChangesJson(TypedDict):
    """What has changed since the last run over the working folder (null: this is the first)."""

    since: str | None
    new: list[StepJson]
    corrected: list[StepJson]
    settled: list[StepJson]
    withdrawn: list[StepJson]
    missing: list[NamedJson]
    unchanged: int


@dataclass(frozen=True)
class Step:
    """What happened to an agency since the last run. ``figures`` counts changed ones; None where there is nothing to compare."""

    code: str
    name: str
    was: State
    now: State
    new_file: bool
    figures: int | None
    words: bool
    gone: int
    arisen: int
    same: bool = False
    """Whether the file that counts was there before."""
    first: bool = False
    """Whether figures were filled in for the first time: what came before was a blank."""

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）：{self.what}"

    @property
    def what(self) -> str:
        """What happened, in words: 改了 2 个数，解决了 1 项问题，退回 → 通过."""
        facts = ["原来一个数也没有填"] if self.first else []
        if self.figures:
            facts.append(f"改了 {self.figures} 个数")
        elif self.figures == 0 and self.words:
            facts.append("数没有变，文字、签字或情况说明改了")
        elif self.figures == 0 and self.new_file:
            facts.append("采用的一份没有变，其他文件有增减" if self.same else "重新保存过，内容没有变")
        if self.gone:
            facts.append(f"解决了 {self.gone} 项问题")
        if self.arisen:
            facts.append(f"新出 {self.arisen} 项问题")
        state = STATES[self.now] if self.was == self.now else f"{STATES[self.was]} → {STATES[self.now]}"
        return "，".join([*facts, state])

    def as_json(self) -> StepJson:
        return {"code": self.code, "name": self.name, "was": self.was, "now": self.now, "figures": self.figures,
                "gone": self.gone, "new": self.arisen}  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """What has changed since the last run; ``since`` is "" for a first one."""

    since: str
    new: tuple[Step, ...] = ()
    corrected: tuple[Step, ...] = ()
    settled: tuple[Step, ...] = ()
    withdrawn: tuple[Step, ...] = ()
    missing: tuple[Step, ...] = ()
    unchanged: int = 0

    def groups(self) -> Iterator[tuple[str, tuple[Step, ...]]]:
        """What has happened since an earlier run, by kind: its words, and the agencies."""
        for words, steps in (("新报来", self.new if self.since else ()), ("更正", self.corrected),
                             ("情况变了", self.settled), ("文件不见了", self.withdrawn)):  # fmt: skip
            if steps:
                yield words, steps

    def lines(self) -> Iterator[str]:
        """The changes for people."""
        yield f"与上次（{self.since}）相比：" if self.since else "第一次运行，下次起告诉您有什么变化："
        for words, steps in self.groups():
            yield f"    {words} {len(steps)} 家："
            yield from (f"        {step}" for step in steps)
        if not self.since:
            yield f"    收到 {len(self.new)} 家。"
        if self.missing:
            yield f"    还没有报 {len(self.missing)} 家：{'、'.join(step.name for step in self.missing)}。"
        if self.since:
            yield f"    没有变化 {self.unchanged} 家。"

    def as_json(self) -> ChangesJson:
        """The changes as ``--json`` gives them."""
        return {
            "since": self.since or None,
            "new": [step.as_json() for step in self.new],
            "corrected": [step.as_json() for step in self.corrected],
            "settled": [step.as_json() for step in self.settled],
            "withdrawn": [step.as_json() for step in self.withdrawn],
            "missing": [{"code": step.code, "name": step.name} for step in self.missing],
            "unchanged": self.unchanged,
        }


def compare(last: Record | None, now: Record, collection: Collection) -> Changes:
    """What has changed from one run to the next."""
    before = last.agencies if last else {}
    kinds: dict[str, list[Step]] = {"new": [], "corrected": [], "settled": [], "withdrawn": [], "missing": []}
    unchanged = 0
    expected = {e.agency.code for e in absent(collection)}
    for code, known in now.agencies.items():
        old = before.get(code)
        if known.state == "missing" and code not in expected and not (old and old.files):
            continue
        if known == old and known.state != "missing":  # nothing to go through
            unchanged += 1
            continue
        step = _step(code, old, known, collection.counted.get(code))
        if known.state == "missing":
            kinds["withdrawn" if old and old.files else "missing"].append(step)
        elif old is None or not old.files or step.first:
            kinds["new"].append(step)
        elif step.new_file and code in collection.counted and not step.same:
            kinds["corrected"].append(step)
        elif step.new_file or step.was != step.now or step.gone or step.arisen:
            kinds["settled"].append(step)
        else:
            unchanged += 1
    return Changes(
        last.at if last else "", **{name: tuple(steps) for name, steps in kinds.items()}, unchanged=unchanged
    )


def _step(code: str, old: Known | None, now: Known, counted: Received | None) -> Step:
    was = old.state if old else "missing"
    if old is not None and counted is not None and counted.filing is not None:
        old = _called_now(old, counted.filing.form)
    figures, words, first = None, False, False
    if old is not None and old.words and counted is not None and counted.filing is not None:
        form, before = counted.filing.form, _whole(old.figures, counted.filing)
        first = is_blank(before, form) and not is_blank(counted.filing.values, form)
        figures = None if first else len(changed(before, counted.filing))
        words = old.words != now.words
    left, right = Counter(old.open if old else ()), Counter(now.open)
    if counted is None or was == "duplicate":  # of several that contradict each other none is gone through
        left = right = Counter[str]()
    new_file = old is not None and old.files != now.files
    same = counted is not None and old is not None and counted.sha256 in old.files
    return Step(
        code,
        now.name,
        was,
        now.state,
        new_file,
        figures,
        words,
        (left - right).total(),
        (right - left).total(),
        same,
        first,
    )


def _whole(figures: Mapping[str, Figure], filing: Filing) -> dict[str, Figure]:
    return {**dict.fromkeys((f.id for f in filing.form.inputs), 0), **figures}
