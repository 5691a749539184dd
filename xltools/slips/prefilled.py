"""Returns on this year's form: where a file itself cannot be put right, what was read of it goes back in the agency's own blank.

Every figure that was read without doubt stands in it; what is doubtful is left empty, and told. Nothing has to be copied again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from xltools.classes import dataclass
from xltools.collection.collected import Collection, is_asked, of_year
from xltools.collection.explanations import close_explained, stamps_of
from xltools.collection.issuing import file_name, form_for
from xltools.collection.whose import named_by
from xltools.errors import XltoolsError
from xltools.figures import Figure, show, total_of_all
from xltools.findings import CATALOGUE, Finding, finding
from xltools.form.fields import Field, Section
from xltools.form.lastyear import carried_over, ways
from xltools.form.layout import TEXT_ROWS, layout_of
from xltools.form.model import Agency, Filing, Form
from xltools.inputs import must_read
from xltools.outputs import slashed
from xltools.received.file import FILE_LIMIT, Received
from xltools.received.mark import Mark, marked
from xltools.received.read import read_bytes
from xltools.rules import judge
from xltools.slips.marks import marks_of
from xltools.slips.words import anew, bare, to_correct
from xltools.terms import SEVERITIES, SOME, several
from xltools.workbook.table_sheets import agency_line
from xltools.workbook.write import write_filing


@dataclass(frozen=True)
class Prefilled:
    """A return on this year's form: its workbook, marked; how it reads, judged; what of the file received is not in it as it came."""

    content: bytes
    received: Received
    told: tuple[Finding, ...]

    @property
    def filled(self) -> int:
        """How many figures are in it that were read of the file received."""
        filing = self.received.known
        return sum(figure is not None for name, figure in filing.inputs.items() if name not in filing.carried)


def prefilled(received: Received, collection: Collection, sending: str = "") -> Prefilled | None:
    """The return on this year's form, which says by when and to whom it goes (``sending``).

    None where the file itself can be corrected, or nobody's blank can be made of it.
    """
    if collection.year is None or not anew(received):
        return None
    came = received if received.filing else _read_as_form(received, collection)
    source = came.filing if came else None
    if came is None or source is None or source.kind != "filing":
        return None
    agency = _agency(source.agency, collection)
    try:
        form = form_for(collection.year, _supplements(source, collection), collection.family)
    except XltoolsError:
        return None
    if agency is None:
        return None
    empty = _blank(form, agency, source, collection)
    if _is_last_year(source, agency, collection):
        filing, told = empty, [finding("return-last-year", file=slashed(received.path), agency=agency)]
    else:
        filing, told = _filled(empty, came)
    content = write_filing(filing, sending=sending)
    back = _judged(content, file_name(agency, collection.year))
    empty_told = {name for f in told for name in (f.field, *f.related)}
    back.revise(f for f in back.findings if f.code != "cell-blank" or not empty_told.issuperset(f.related))
    marks = [*(Mark(f.sheet, f.cell, f.severity, _words(f)) for f in told if f.sheet and f.cell), *marks_of(back)]
    copy = marked(content, marks, stamps_of(filing), (received.sha256, *received.originals))
    return Prefilled(copy, back, tuple(told))


def _read_as_form(received: Received, collection: Collection) -> Received | None:
    """A file that is none of our forms, read as this year's of the agency that its name names and of which nothing else came.

    None where it names none, or nothing of the form is found in it: XltoolsError where it is no longer what was checked.
    """
    agency = named_by(received.path, collection.roster) if collection.roster else None
    if (
        agency is None
        or collection.year is None
        or any(r.known.agency.code == agency.code for r in of_year(collection))
    ):
        return None
    form = form_for(collection.year, _supplements(None, collection), collection.family)
    content = must_read(received.path, "", FILE_LIMIT)
    came = read_bytes(received.path, content, Filing(form, agency, collection.year))
    if came.sha256 != received.sha256:
        raise XltoolsError(f"“{received.path}”在审核以后又改过；请重新审核")
    read = came.filing is not None and any(figure is not None for figure in came.filing.inputs.values())
    return came if read else None


def _words(found: Finding) -> str:
    return f"{SEVERITIES[found.severity]}：{bare(found)}\n→ {found.remedy}。"


def _agency(agency: Agency, collection: Collection) -> Agency | None:
    """An agency as this year's roster has it, maybe under another code than the last; None where it has none such."""
    roster = collection.roster
    if roster is None:
        return agency
    if agency.code in roster.by_code:
        return roster.by_code[agency.code].agency
    heirs = [entry.agency for entry in roster.expected if agency.code in entry.last_codes]
    return heirs[0] if len(heirs) == 1 else None


def _supplements(source: Filing | None, collection: Collection) -> tuple[str, ...]:
    """The supplements of this year's forms: those that are demanded, else as most of what came in has them, or the file itself."""
    if collection.supplements:
        return collection.supplements
    others = (r.filing for r in collection.received if r.filing and is_asked(r.filing, collection))
    known = Counter(filing.form.supplements for filing in others)
    return known.most_common(1)[0][0] if known else source.form.supplements if source else ()


def _blank(form: Form, agency: Agency, source: Filing, collection: Collection) -> Filing:
    """The agency's blank, as it was issued: last year's figures in it where they are known, or where the file carries them."""
    assert collection.year is not None
    if collection.previous is not None:
        return collection.previous.blank(form, agency, collection.year)
    filing = Filing(form, agency, collection.year)
    if source.year == filing.year and source.form is form and source.last:
        carried = carried_over(form, source.last) if source.carried else {}
        filing = replace(filing, last=source.last, last_source=source.last_source, inputs=carried,
                         carried=frozenset(carried))  # fmt: skip
    return filing


def _is_last_year(source: Filing, agency: Agency, collection: Collection) -> bool:
    """Whether a file is what the agency filed last year, and not last year's form filled in for this one."""
    if collection.previous is None or collection.year is None or source.year == collection.year:
        return False
    last = collection.previous.of(agency.code, collection.year, source.form.periods)
    return len(last) == 1 and last[0].values == source.values and any(source.values.values())


# ── figures ──────────────────────────────────────────────────────────────────


def _filled(empty: Filing, received: Received) -> tuple[Filing, list[Finding]]:
    """A blank with what was read of a file, and what of that is not in it as it came."""
    source, form = received.known, empty.form
    known = _same(form, source)
    doubts = _doubts(received)
    inputs, told = dict(empty.inputs), list(_not_found(empty, source))
    for item in form.inputs:
        doubt = doubts.get(item.id, "")
        figure = known.get(item.id)
        if item.id in empty.inputs:
            if not doubt and figure is not None and figure != empty.inputs[item.id]:
                told.append(_at(item, empty, "return-carried", actual=figure, expected=empty.inputs[item.id],
                                types=(item.type, item.type)))  # fmt: skip
        elif item.id in source.unread:
            continue
        elif doubt:
            told.append(_at(item, empty, "return-left-empty", reason=doubt))
        else:
            inputs[item.id] = figure
    filing = replace(
        empty,
        inputs=inputs,
        texts={s.id: tuple(_said(source, s)) for s in form.text_sections},
        opening=source.opening or empty.opening,
        signoff=source.signoff,
        explanations={rule: said for rule, said in source.explanations.items() if rule in form.queries},
        stamps=stamps_of(source),
    )
    return filing, [*told, *_without_place(source, known, empty)]


def _said(source: Filing, section: Section) -> Iterator[str]:
    """The paragraphs of a text part, without what is printed on its sheet: in a foreign layout that stands among them."""
    printed = {section.title, agency_line(source)[1]}
    said = (
        p
        for p in source.texts.get(section.id, ())
        if p not in printed and not (section.text and p.startswith(section.text))
    )
    yield from islice(said, TEXT_ROWS)


def _not_found(empty: Filing, source: Filing) -> Iterator[Finding]:
    """Cells that were not found in the file: one by one, of a table that lacks many of them together."""
    for section in empty.form.table_sections:
        lost = [f for f in empty.form.inputs_of(section.id) if f.id in source.unread and f.id not in empty.inputs]
        if len(lost) <= SOME:
            yield from (_at(f, empty, "return-left-empty", reason="报来的表里没有找到这一格") for f in lost)
        else:
            reason = f"报来的表里没有找到“{section.sheet}”的 {len(lost)} 格"
            yield _at(lost[0], empty, "return-left-empty", reason=reason, related=tuple(f.id for f in lost))


def _same(form: Form, source: Filing) -> dict[str, Figure]:
    """A file's figures by the fields of a form: those of other editions where they mean the same. Blanks declared zero are 0."""
    if source.form.edition == form.edition:
        return {f.id: source.values[f.id] for f in form.inputs if f.id in source.values}
    return {
        name: total_of_all(source.values[there] for there in sources)
        for name, sources in ways(form, source.form).items()
    }


def _doubts(received: Received) -> dict[str, str]:
    """Why a figure is not to be taken as it was read, by field: whatever of its cell is open and no mere note."""
    found: dict[str, str] = {}
    for told in to_correct(received):
        if told.code in _DOUBTLESS or not told.code.startswith(_OF_CELLS):
            continue
        typed = told.detail.get("typed") or told.detail.get("actual_text")
        said = f"（{'印的' if told.code == _LABEL else '填的'}是“{typed}”）" if typed else ""
        beside = _beside(received.known, told) if told.code == _LABEL else ()
        for name in filter(None, (told.field, *told.related, *beside)):
            found.setdefault(name, f"报来的表“{told.sheet}”{told.cell or ''}{CATALOGUE[told.code].title}{said}")
    return found


_LABEL = "form-label-changed"
_OF_CELLS, _DOUBTLESS = ("cell-", "form-covered", "form-drawing", _LABEL), ("cell-blank",)
"""How the codes begin that say what stands in a cell, or beside it; those that leave no doubt of it."""


def _beside(filing: Filing, told: Finding) -> Iterator[str]:
    """The fields whose row or column had other words: what was filled in there may be something else."""
    words = told.detail["expected_text"]
    for item in filing.form.inputs:
        if item.section.sheet == told.sheet and words in (*item.row.label, *item.column.label):
            yield item.id


def _at(item: Field, filing: Filing, code: str, **details: Any) -> Finding:
    """A finding on a cell of the return."""
    return finding(code, agency=filing.agency, sheet=item.section.sheet, cell=layout_of(filing.form).cell(item.id),
                   field=item.id, place=item.place, **details)  # fmt: skip


def _without_place(source: Filing, known: dict[str, Figure], empty: Filing) -> Iterator[Finding]:
    """Figures other than 0 that this year's form has no field for."""
    same = source.form.edition == empty.form.edition
    taken = set(known) if same else {name for names in ways(empty.form, source.form).values() for name in names}
    lost = [f"{f.place} {show(figure, f.type)}" for f in source.form.inputs
            if (figure := source.values[f.id]) and f.id not in taken]  # fmt: skip
    if lost:
        yield finding("return-no-place", agency=empty.agency, count=len(lost), names=several(lost, 30, "个", "；"))


def _judged(content: bytes, name: str) -> Received:
    """The return as it reads, judged as a filing of its own."""
    back = read_bytes(Path(name), content)
    filing = back.known
    reported = frozenset(f.field for f in back.findings if f.field)
    back.add(*back.located(judge(filing, reported)))
    back.revise(close_explained(f, filing) for f in back.findings)
    return back
