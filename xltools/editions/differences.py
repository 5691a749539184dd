"""What changed between two forms, in an office's words: parts, rows and columns, names, sums, relations, severities."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Literal

from xltools.classes import dataclass
from xltools.editions.altered import (
    carried_otherwise,
    charted_otherwise,
    measured,
    says_otherwise,
    worded_otherwise,
)
from xltools.editions.crosswalk import TIES
from xltools.editions.succession import strands
from xltools.form.fields import COUNT, Line, Section, Table, Tie
from xltools.form.model import Form, Rule
from xltools.form.sums import CEILING, LAST, Comparison, Sum
from xltools.rules.relation import Relation
from xltools.rules.total import Total
from xltools.terms import SEVERITIES

Kind = Literal["新增", "取消", "改名", "合并", "拆分", "改合计", "改类型", "改编号", "改级别", "改内容", "改处理"]


_OPENS = {"agency": "单位", "area": "汇总", "contact": "联系电话", "reach": "联系办法"}
"""The words with which a published report opens, by whose or of what they are."""


@dataclass(frozen=True)
class Difference:
    """A change: of what kind, of what (行、列、勾稽关系…), in which part, in words."""

    kind: Kind
    what: str
    where: str
    words: str

    @property
    def line(self) -> str:
        """The change on one line."""
        return f"{self.kind}{self.what}：{f'{self.where}　' if self.where else ''}{self.words}"


def differences(old: Form, new: Form) -> Iterator[Difference]:
    """Every change from one form to another, part by part, then rules."""
    opens = [
        (f"报告开头（{name}）", getattr(old.report, key), getattr(new.report, key)) for key, name in _OPENS.items()
    ]
    for name, was, now in (("名称", old.title, new.title), ("依据", old.basis, new.basis), *opens):
        if was != now:
            yield Difference("改内容", name, "", f"{was or '（空）'} → {now or '（空）'}")
    before, after = ({s.id: s for s in form.sections} for form in (old, new))
    came = _came(old, new)
    yield from (Difference("取消", "部分", "", s.title) for name, s in before.items() if name not in after)
    for name, section in after.items():
        if name not in before:
            yield Difference("新增", "部分", "", section.title)
        else:
            yield from _section(before[name], section, came)
    yield from _rules(old, new)
    yield from (
        Difference("改内容", "结转", f.section.title, f"{f.place}：{how}") for f, how in carried_otherwise(old, new)
    )
    yield from _charts(old, new)


def _charts(old: Form, new: Form) -> Iterator[Difference]:
    before, after = ({chart.title: chart for chart in form.charts} for form in (old, new))
    yield from (Difference("取消", "图", "", title) for title in before if title not in after)
    for title, chart in after.items():
        if title not in before:
            yield Difference("新增", "图", "", title)
        elif how := charted_otherwise(before[title], chart, old, new):
            yield Difference("改内容", "图", "", f"{title}：{how}")


Came = Mapping[tuple[str, str, tuple[str, ...]], tuple[Tie, dict[str, tuple[str, ...]]]]
"""By part, 行 or 列, and label: how a line with a new id came to be, and the lines it came from, their labels by id."""


def _came(old: Form, new: Form) -> Came:
    """What the crosswalk says of the lines that the older form does not have."""
    found = {}
    known = new.last.follows.get(old.edition, {})
    there = {(s.section, s.way, s.id) for s in strands(old)} if known else set()
    for strand in strands(new) if known else ():
        tied = [known[n] for n in strand.fields if n in known and known[n].tie in ("renamed", "merged", "split")]
        fields = [old.fields[source] for d in tied for source in d.sources if source in old.fields]
        lines = {line.id: line.label for f in fields for line in [f.row if strand.way == "row" else f.column]}
        if tied and (strand.section, strand.way, strand.id) not in there and strand.id not in lines:
            what = "行" if strand.way == "row" else "列"
            tie = min((d.tie for d in tied), key=TIES.index)  # what the line says; of a line across it may weigh more
            found[strand.section, what, strand.label] = (tie, lines)
    return found


def _section(old: Section, new: Section, came: Came) -> Iterator[Difference]:
    for what, was, now in (("部分", old.title, new.title), ("工作表", old.sheet, new.sheet)):
        if was != now:
            yield Difference("改名", what, "", f"{was} → {now}")
    if old.text != new.text:
        yield Difference("改内容", "填写要求", new.title, f"{old.text} → {new.text}")
    if old.none != new.none:
        yield Difference("改内容", "填写要求", new.title, "可以只写“无”" if new.none else "不能只写“无”")
    for what, was_lines, now_lines in (("行", _rows(old), _rows(new)), ("列", _columns(old), _columns(new))):
        own = {label: how for (part, way, label), how in came.items() if (part, way) == (new.id, what)}
        yield from _lines(new.title, what, was_lines, now_lines, own)
    for was_table, now_table in zip(old.tables, new.tables, strict=False):
        for what, was, now in (
            ("表上方的一行", was_table.heading, now_table.heading),
            ("左上角的字", was_table.corner, now_table.corner),
            ("表下方的说明", was_table.note, now_table.note),
        ):
            if was != now:
                yield Difference("改内容", what, new.title, f"{was or '（空）'} → {now or '（空）'}")


def _rows(section: Section) -> dict[str, tuple[Table, Line]]:
    """Rows by their ids; where another table of the part has a row of that id too, each stands for itself."""
    found: dict[str, tuple[Table, Line]] = {}
    for table in section.tables:
        for row in table.rows:
            name = f"{table.prefix}.{row.id}"
            while name in found:
                name += "+"
            found[name] = (table, row)
    return found


def _columns(section: Section) -> dict[str, tuple[Table, Line]]:
    """Columns by the rows that they stand over: a part may have several tables with columns of one id."""
    return {f"{t.prefix}.{t.rows[0].id}.{c.id}": (t, c) for t in section.tables if t.rows for c in t.columns}


_CAME: dict[str, Kind] = {"renamed": "改名", "merged": "合并", "split": "拆分"}


def _lines(
    where: str,
    what: str,
    old: Mapping[str, tuple[Table, Line]],
    new: Mapping[str, tuple[Table, Line]],
    came: Mapping[tuple[str, ...], tuple[Tie, dict[str, tuple[str, ...]]]],
) -> Iterator[Difference]:
    gone = {name: line for name, line in old.items() if name not in new}
    for name, (table, line) in new.items():
        words = "/".join(line.label)
        if name not in old:
            same = next((n for n, (_, o) in gone.items() if o.label == line.label), None)
            if same is not None:
                yield Difference("改编号", what, where, f"{words}（{gone.pop(same)[1].id} → {line.id}）")
            elif line.label in came:
                tie, sources = came[line.label]
                gone = {n: o for n, o in gone.items() if o[1].id not in sources}
                names = "、".join("/".join(label) for label in sources.values())
                yield Difference(_CAME[tie], what, where, f"{names} → {words}")
            else:
                yield Difference("新增", what, where, words)
            continue
        before, was = old[name]
        if was.label != line.label:
            yield Difference("改名", what, where, f"{'/'.join(was.label)} → {words}")
        if was.measure != line.measure and (was.measure or COUNT) != (line.measure or COUNT):
            said, says = (measured(o, t.rows if what == "行" else t.columns) for t, o in ((before, was), (table, line)))
            yield Difference("改类型", what, where, f"{words}：{said} → {says}")
        if was.parts != line.parts and (changed := _parts(before, was, table, line, what)):
            yield Difference("改合计", what, where, f"{words}：{changed}")
    yield from (Difference("取消", what, where, "/".join(line.label)) for _, line in gone.values())


def _parts(before: Table, was: Line, table: Table, line: Line, what: str) -> str:
    """What a total takes in more, and what no longer; nothing where only ids of its parts have changed."""
    then, now = ({o.id: o.label for o in (t.rows if what == "行" else t.columns)} for t in (before, table))
    more = [now[p][-1] for p in line.parts if p not in was.parts and now[p] not in [then[q] for q in was.parts]]
    less = [then[p][-1] for p in was.parts if p not in line.parts and then[p] not in [now[q] for q in line.parts]]
    return "，".join(
        f"{word}{'、'.join(f'“{n}”' for n in found)}" for word, found in (("加上", more), ("不再加", less)) if found
    )


def _rules(old: Form, new: Form) -> Iterator[Difference]:
    before, after = ({r.id: r for r in form.rules if not isinstance(r, Total)} for form in (old, new))
    both = old.fields.keys() & new.fields.keys()
    was_called = _alike(before, after, old, new)
    for name, rule in after.items():
        words = f"［{SEVERITIES[rule.severity]}］{rule.sentence}"
        if name not in was_called:
            yield Difference("新增", "勾稽关系", "", words)
            continue
        was = before[was_called[name]]
        if was.id != rule.id:
            yield Difference("改编号", "勾稽关系", "", f"{rule.sentence}（{was.id} → {rule.id}）")
        if was.severity != rule.severity:
            yield Difference(
                "改级别", "", "", f"{rule.sentence}：{SEVERITIES[was.severity]} → {SEVERITIES[rule.severity]}"
            )
        if _by_labels(was, old) != _by_labels(rule, new) and _said(was, both) != _said(rule, both):
            said = f"{was.sentence} → {rule.sentence}" if was.sentence != rule.sentence else rule.sentence
            more = says_otherwise(was, rule, old, new)
            yield Difference("改内容", "勾稽关系", "", f"{said}（{more}）" if more else said)
        elif worded_otherwise(was, rule, old, new):
            yield Difference("改内容", "勾稽关系", "", f"{was.sentence} → {rule.sentence}")
        elif (was.basis, was.remedy) != (rule.basis, rule.remedy):
            yield Difference("改处理", "", "", f"{rule.sentence}：{rule.remedy or rule.basis}")
    gone = before.keys() - set(was_called.values())
    yield from (Difference("取消", "勾稽关系", "", rule.sentence) for name, rule in before.items() if name in gone)


def _alike(before: Mapping[str, Rule], after: Mapping[str, Rule], old: Form, new: Form) -> dict[str, str]:
    """Which rule of the older form each of the newer one is: the one of its id that says the same, else another that does, else the
    one of its id. Ids that were made for drawings mean nothing: two hands give them to different rules, and others to the same.
    """
    said = {name: _by_labels(rule, old) for name, rule in before.items()}
    found = {name: name for name, rule in after.items() if name in before and said[name] == _by_labels(rule, new)}
    left: dict[object, list[str]] = {}
    for name in (name for name in before if name not in found):
        left.setdefault(said[name], []).append(name)
    for name, rule in after.items():
        if name not in found and (names := left.get(_by_labels(rule, new))):
            found[name] = names.pop(0)
    taken = {*found.values()}
    return found | {name: name for name in after if name not in found and name in before and name not in taken}


def _by_labels(rule: Rule, form: Form) -> object:
    """What a rule says beside its id, how grave it is and why, its fields called as they are printed."""
    if not isinstance(rule, Relation):
        return (type(rule), rule.sentence, repr(_said(rule, form.fields)))

    def printed(found: Sum) -> object:
        return (sorted((factor, *_printed(name, form)) for factor, name in found.terms), found.constant)

    def condition(comparisons: Sequence[Comparison]) -> object:
        return sorted(repr((printed(c.left), c.op, printed(c.right), c.choices)) for c in comparisons)

    holds = sorted(repr(condition(one)) for one in rule.holds)
    instead = _by_labels(rule.with_last, form) if rule.with_last else ""
    told = (
        printed(rule.left),
        printed(rule.right),
        condition(rule.when),
        holds,
        rule.levels,
        rule.years,
        rule.ceiling,
        instead,
    )
    return repr(told)


def _printed(name: str, form: Form) -> tuple[str, str, str]:
    """A figure of a sum as it is printed: last year's, its part, its row and column."""
    field = form.fields.get(name.removeprefix(LAST))
    return (LAST if name.startswith(LAST) else "", field.section.title if field else "", field.label if field else name)


def _said(rule: Rule, both: Container[str]) -> tuple[object, ...]:
    """What a rule says beside how grave it is, and why, of the fields that both forms have: totals grow and shrink by themselves."""

    def kept(found: Sum) -> Sum:
        terms = tuple(t for t in found.terms if t[1] == CEILING or t[1].removeprefix(LAST) in both)
        return Sum(terms, found.constant)

    def _left(whole: Comparison, part: Comparison) -> bool:
        """Whether of each side that speaks of fields something is left."""
        sides = ((whole.left, part.left), (whole.right, part.right))
        return all(now.terms or not was.terms for was, now in sides) and any(now.terms for _, now in sides)

    if isinstance(rule, Relation):
        instead = _said(rule.with_last, both) if rule.with_last else ()
        plain = replace(rule.mapped(kept), with_last=None)
        pairs = zip(rule.holds, plain.holds, strict=True)
        holds = {tuple(k for c, k in zip(was, now, strict=True) if _left(c, k)) for was, now in pairs}
        return (plain.left, plain.right, plain.when, holds, plain.levels, plain.years, plain.ceiling, instead)
    return tuple(getattr(rule, f.name) for f in fields(rule) if f.name not in ("severity", "basis", "remedy"))
