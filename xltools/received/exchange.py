"""Filings as JSON and CSV: what ``export`` gives and ``fill`` takes."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

from xltools.characters import visible
from xltools.errors import XltoolsError
from xltools.figures import as_json, bounded, exact, show
from xltools.findings import Finding, finding
from xltools.form.checkcode import check_code
from xltools.form.fields import APART, Field
from xltools.form.layout import TEXT_ROWS
from xltools.form.model import Filing, State
from xltools.form.openings import OPENING_LIMIT, shown
from xltools.form.standing import lacking
from xltools.inputs import TEXT_LIMIT, must_read, read_json
from xltools.periods import part_of
from xltools.received.typed import read_text
from xltools.terms import SIGNOFF, AgencyJson

_CELL_LIMIT = 32_767
"""Characters that one cell holds."""

_NUMBERS = (-(10**15), 10**15)
"""Beyond these a cell no longer holds every digit of a whole number."""


class LackingJson(AgencyJson):
    """An agency whose figures are not in a summary, and why."""

    state: State


class MembersJson(TypedDict):
    """How many agencies a summary is of, how many of these are in it, and the others."""

    expected: int
    accepted: int
    lacking: list[LackingJson]


class AdjustmentJson(TypedDict):
    """What an office added to a summary's figures, by field, and why."""

    reason: str
    values: dict[str, int | float | str | None]


class FilingJson(TypedDict):
    """A filing or summary: figures by field (totals recomputed, null for a blank), texts by part, sign-off, check code.

    A summary also has its ``agencies`` and ``adjustments``, which its values include.
    """

    agency: AgencyJson
    year: int
    period: NotRequired[str]
    edition: str
    kind: Literal["filing", "summary"]
    supplements: list[str]
    values: dict[str, int | float | str | None]
    texts: dict[str, str]
    opening: NotRequired[str]
    signoff: dict[str, str]
    checkcode: str | None
    agencies: NotRequired[MembersJson]
    adjustments: NotRequired[list[AdjustmentJson]]


def filing_json(filing: Filing) -> FilingJson:
    """A filing as ``export`` gives it: figures recomputed, totals and supplements among them."""
    agency, form = filing.agency, filing.form
    told: FilingJson = {
        "agency": agency.as_json(),
        "year": int(filing.year),
        "edition": form.edition,
        "kind": filing.kind,
        "supplements": list(form.supplements),
        "values": {field.id: _said(filing, field) for field in form.fields.values()},
        "texts": {s.id: "\n".join(filing.texts.get(s.id, ())) for s in form.text_sections},
        "signoff": {key: filing.signoff.get(key, "") for key in SIGNOFF},
        "checkcode": check_code(filing),
    }
    if filing.opening:
        told["opening"] = filing.opening
    if filing.form.periods:
        told["period"] = part_of(filing.year)
    if filing.kind == "summary":
        told["agencies"], told["adjustments"] = _members_json(filing), _adjustments_json(filing)
    return told


def _said(filing: Filing, field: Field) -> int | float | str | None:
    """A figure as JSON has it: the word of a choice, short text as typed."""
    figure = filing.values[field.id]
    if field.type == "words":
        return filing.typed.get(field.id)
    if field.choices and filing.kind == "filing":
        return field.word(figure) or None
    return as_json(figure, field.type)


def _members_json(filing: Filing) -> MembersJson:
    return {
        "expected": len(filing.members),
        "accepted": sum(m.counted for m in filing.members),
        "lacking": [{**m.agency.as_json(), "state": m.state} for m in lacking(filing)],
    }


def _adjustments_json(filing: Filing) -> list[AdjustmentJson]:
    fields = filing.form.fields
    return [
        {"reason": a.reason, "values": {name: as_json(v, fields[name].type) for name, v in a.figures.items()}}
        for a in filing.adjustments
    ]


def filing_csv(filing: Filing) -> str:
    """A filing's figures as CSV, a field a row."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("单位代码", "单位名称", "年度", "指标编号", "指标", "数值"))
    agency = (harmless(filing.agency.code), harmless(filing.agency.name), filing.year)
    for name, value in filing.values.items():
        field = filing.form.fields[name]
        said = _said(filing, field) if field.type in APART else "" if value is None else show(value, field.type)
        table.writerow((*agency, name, field.label, harmless(said) if isinstance(said, str) else said))
    return out.getvalue()


def harmless(text: str) -> str:
    """A text that a spreadsheet opening the CSV cannot take for a formula, nor a screen for an order."""
    text = visible(text)
    return f"'{text}" if text[:1] in "=+-@" and text else text


def unharmed(text: str) -> str:
    """Such a text as it was."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def load_values(given: Path | Mapping[str, Any]) -> dict[str, Any]:
    """What a VALUES file says, or what stands for one; XltoolsError where it cannot be read."""
    if isinstance(given, Mapping):
        figures = given.get("values")
        if not isinstance(figures, Mapping):
            return dict(given)
        # A float as it is printed: what the same number in a file would be.
        exactly = {name: Decimal(repr(v)) if isinstance(v, float) else v for name, v in figures.items()}
        return {**given, "values": exactly}
    try:
        text = must_read(given, "", TEXT_LIMIT).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise XltoolsError(f"“{given}”不是 UTF-8 编码的 JSON 文件") from None
    return read_values(text, str(given))


def read_values(text: str, file: str) -> dict[str, Any]:
    """The JSON of a VALUES file, decimals kept exact; XltoolsError where it is none."""
    try:
        data = read_json(text, parse_float=Decimal)
    except ValueError as problem:
        raise XltoolsError(f"“{file}”不是有效的 JSON：{problem}") from None
    if not isinstance(data, dict) or not isinstance(data.get("values", {}), dict):
        raise XltoolsError(f"“{file}”里应当是一个对象，其中 values 是“指标编号: 数值”")
    return data


_KEYS = ("agency", "year", "period", "edition", "kind", "supplements", "values", "texts", "opening", "signoff",
         "explanations",          "declared_zero", "checkcode", "agencies", "adjustments")  # fmt: skip


def unused(data: dict[str, Any], blank: Filing) -> list[str]:
    """What of a VALUES file is not going into the blank, in words: keys that nothing reads, another agency's name."""
    found = [f"“{key}”这一项没有用到" for key in data if key not in _KEYS]
    agency = data.get("agency")
    code = agency.get("code") if isinstance(agency, dict) else None
    if code not in (None, "", blank.agency.code):
        found.append(f"数据是单位 {code} 的，空白表是 {blank.agency.name}（{blank.agency.code}）的")
    return found


def fill(blank: Filing, data: dict[str, Any], file: str) -> tuple[Filing, list[Finding]]:
    """The filing with values, texts, sign-off and 情况说明 written in, and a finding for each total given that is not right.

    A number becomes the figure, a string the text typed, null an empty cell. Fields not named stay as they are.
    XltoolsError for a field, part or key that the form does not have, and for another year's or edition's data.
    """
    form = blank.form
    for key, right in (("year", int(blank.year)), ("period", part_of(blank.year)), ("edition", form.edition)):
        if str(data.get(key, right)) != str(right):
            raise XltoolsError(f"“{file}”是 {key}={data[key]} 的数据，空白表是 {right}，不能写入")
    inputs, typed = dict(blank.inputs), dict(blank.typed)
    totals: dict[str, Any] = {}
    for name, value in data.get("values", {}).items():
        field = form.fields.get(name)
        if field is None:
            raise XltoolsError(
                f"“{file}”里的指标“{name}”不在格式版本 {form.edition} 里；全部指标见 xltools forms show {form.edition}"
            )
        if field.computed:
            totals[name] = value
            continue
        inputs[name], words = _value(value, field, file)
        typed.pop(name, None)
        if words is not None:
            typed[name] = words
    filled = replace(
        blank,
        inputs=inputs,
        typed=typed,
        texts={**blank.texts, **_texts(data, blank, file)},
        opening=_opening(data, blank, file),
        signoff={**blank.signoff, **_words(data, "signoff", SIGNOFF, file)},
        explanations={**blank.explanations, **_words(data, "explanations", _explainable(blank), file)},
        declared_zero=_declared(data, blank, file),
    )
    return filled, list(_compared(filled, totals, file))


def _value(value: Any, field: Field, file: str) -> tuple[Any, str | None]:
    if value is None or value == "":
        return None, None
    if isinstance(value, str):
        _fits(value, f"指标“{field.id}”的文字", file)
        if field.type == "words" or (field.choices and field.chosen(value.strip()) is None):
            return None, value
        if field.choices:
            return field.chosen(value.strip()), None
        return read_text(value, field.type).figure, value
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise XltoolsError(f"“{file}”里指标“{field.id}”的值应当是数字、文字或 null，现在是 {value!r}")
    if not bounded(value) or not _NUMBERS[0] < value < _NUMBERS[1]:
        raise XltoolsError(f"“{file}”里指标“{field.id}”的值 {str(value)[:60]} 位数太多，一格放不下这样的数")
    return exact(value, field.type), None


def _compared(filled: Filing, totals: dict[str, Any], file: str) -> Any:
    for name, value in totals.items():
        field = filled.form.fields[name]
        given, _ = _value(value, field, file)
        if given is not None and given != filled.values[name]:
            yield finding("total-differs", file=file, agency=filled.agency, field=name, related=field.parts, actual=given,
                          expected=filled.values[name], types=(field.type, field.type), place=field.place, rule=name)  # fmt: skip


def _words(data: dict[str, Any], part: str, known: Mapping[str, str], file: str) -> dict[str, str]:
    said = data.get(part) or {}
    if not isinstance(said, dict) or not all(isinstance(v, str) for v in said.values()):
        raise XltoolsError(f"“{file}”里的 {part} 应当是“名称: 文字”")
    for key in said:
        if key not in known:
            raise XltoolsError(f"“{file}”里的 {part} 没有“{key}”这一项；可用：{'、'.join(known)}")
    for key, text in said.items():
        _fits(text, f"“{known[key]}”", file)
    return said


def _opening(data: dict[str, Any], blank: Filing, file: str) -> str:
    """What the report opens with, as given; else what the blank has."""
    said = data.get("opening", blank.opening) or ""
    if not isinstance(said, str) or len(said) > OPENING_LIMIT:
        raise XltoolsError(f"“{file}”里的 opening 应当是报告开头的文字，不超过 {OPENING_LIMIT} 字")
    return shown(said)


def _explainable(blank: Filing) -> dict[str, str]:
    """The rules that a 情况说明 can be given for: the queries."""
    return {rule: f"{rule} 的情况说明" for rule in sorted(blank.form.queries)}


def _fits(text: str, what: str, file: str) -> None:
    if any(len(line) > _CELL_LIMIT for line in text.split("\n")):
        raise XltoolsError(f"“{file}”里{what}太长：一格（一段）最多 {_CELL_LIMIT} 个字")


def _texts(data: dict[str, Any], blank: Filing, file: str) -> dict[str, tuple[str, ...]]:
    sections = {s.id: s.sheet for s in blank.form.text_sections}
    found = {}
    for key, text in _words(data, "texts", sections, file).items():
        found[key] = tuple(line.strip() for line in text.split("\n") if line.strip())
        if len(found[key]) > TEXT_ROWS:
            raise XltoolsError(f"“{file}”里“{sections[key]}”有 {len(found[key])} 段，表里最多 {TEXT_ROWS} 段")
    return found


def _declared(data: dict[str, Any], blank: Filing, file: str) -> frozenset[str]:
    if "declared_zero" not in data:
        return blank.declared_zero
    sections = [s.id for s in blank.form.table_sections]
    wanted = data["declared_zero"]
    if not isinstance(wanted, list) or any(name not in sections for name in wanted):
        raise XltoolsError(f"“{file}”里的 declared_zero 应当是一个列表，可用：{'、'.join(sections)}")
    return frozenset(wanted)
