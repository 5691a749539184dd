"""More kinds of alterations: what the screen shows otherwise than it is stored, what programs make of a file, several at once."""

from __future__ import annotations

import re

import alterations
from alterations import Alteration, Case, kind
from lxml import etree
from surgery import MAIN, NS, RELATIONS, put_in

from xltools.address import a1
from xltools.form.fields import Field, Section
from xltools.form.layout import COVER, COVER_CELLS, TEXT_TOP

DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_OFFICE_XML = "http://schemas.openxmlformats.org/package/2006/relationships"

# ── what people see ──────────────────────────────────────────────────────────

_OTHER_WORDS = ('0;0;0;"其他"', ";;;", '@"（注）"', '"合计";"合计";"合计";"合计"', ';;;"无"@')


@kind("number format that shows other words on a label, the switch or the cover")
def words_otherwise(case: Case) -> None:
    sheet, label = case.label()
    spots = [(sheet.name, (label.box.top, label.box.left))]
    box = sheet.switch_boxes[1]
    if case.book.sheet(sheet.name).text((box.top, box.left)):
        spots.append((sheet.name, (box.top, box.left)))
    spots.append((COVER, (COVER_CELLS.name, COVER_CELLS.column)))
    name, spot = case.rng.choice(spots)
    there = case.book.sheet(name)
    if not there.text(spot):
        there.put(spot, label.text)
    there.cell(spot).set("s", str(case.book.own_style(case.rng.choice(_OTHER_WORDS))))
    case.tell("form-shown-otherwise", sheet=name, cell=a1(*spot))


@kind("number format that shows another total, or none")
def total_otherwise(case: Case) -> None:
    item = case.total()
    there = case.book.sheet(item.section.sheet)
    inputs = {f.id: case.figures[f.id] or 0 for f in case.form.inputs}
    there.put(case.spot(item), (item.total(inputs) or 0) + 1000, formula=there.formula(case.spot(item)))
    style = case.book.own_style(case.rng.choice(("0,", '"5"', ";;;", '0"0"', "0%", '0.0,"千"', "yyyy/m/d", "#?/?")))
    there.cell(case.spot(item)).set("s", str(style))
    case.tell("form-shown-otherwise", sheet=item.section.sheet, cell=a1(*case.spot(item)))


def _plain_figure(case: Case) -> Field:
    """An input cell with a figure of its own."""
    item = case.input("count")
    figure = case.rng.randint(2, 999)
    case.put(item, figure)
    case.figures[item.id] = figure
    return item


def _lay_rule(case: Case, sheet: str, cell: str, style: str) -> None:
    """A conditional format that always lays a style over a cell."""
    styles = case.book.root("xl/styles.xml").find(f"{NS}dxfs")
    styles.append(etree.fromstring(f'<dxf xmlns="{MAIN}">{style}</dxf>'))
    case.book.sheet(sheet).root.append(
        etree.fromstring(
            f'<conditionalFormatting xmlns="{MAIN}" sqref="{cell}"><cfRule type="expression" dxfId="{len(styles) - 1}" '
            f'priority="99"><formula>TRUE</formula></cfRule></conditionalFormatting>'
        )
    )


@kind("two rules that hide a figure together")
def rules_together(case: Case) -> None:
    item = _plain_figure(case)
    sheet, cell = item.section.sheet, a1(*case.spot(item))
    colour = case.rng.choice(("FF00B050", "FFFFFFFF", "FF0070C0"))
    _lay_rule(case, sheet, cell, f'<font><color rgb="{colour}"/></font>')
    _lay_rule(case, sheet, cell, f'<fill><patternFill><bgColor rgb="{colour}"/></patternFill></fill>')
    case.tell("cell-format", sheet=sheet, cell=cell)


@kind("a sign that fills the cell, or a colour in a rule's format")
def filled_up(case: Case) -> None:
    item = _plain_figure(case)
    sheet, cell = item.section.sheet, a1(*case.spot(item))
    if case.rng.random() < 0.5:
        style = case.book.own_style(case.rng.choice(("*50", "0*0", "0*.", "[>1]*7#;0")))
        case.book.sheet(sheet).cell(case.spot(item)).set("s", str(style))
    else:
        code = case.rng.choice(("[White]0", "[白色]0", "[Color2]0", "*90"))
        _lay_rule(case, sheet, cell, f'<numFmt numFmtId="399" formatCode="{code}"/>')
    case.tell("cell-format", sheet=sheet, cell=cell)


@kind("a value that shows something kept elsewhere")
def rich_value(case: Case) -> None:
    item = _plain_figure(case)
    case.book.sheet(item.section.sheet).cell(case.spot(item)).set("vm", "1")
    case.figures[item.id] = None
    case.unreadable.add(item.id)
    case.tell("cell-look", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("panes that leave figures out of reach, rows of next to no height")
def out_of_reach(case: Case) -> None:
    item = _plain_figure(case)
    there = case.book.sheet(item.section.sheet)
    row, column = case.spot(item)
    if case.rng.random() < 0.5:
        for view in there.root.findall(f"{NS}sheetViews/{NS}sheetView"):
            view.set("topLeftCell", a1(row + 1, column + 1))
            for pane in view.findall(f"{NS}pane"):
                view.remove(pane)
            across = case.rng.choice(("xSplit", "ySplit"))
            view.insert(0, etree.fromstring(f'<pane xmlns="{MAIN}" {across}="1" state="frozen"/>'))
    else:
        there.row(row).attrib.pop("ht", None)
        there.root.find(f"{NS}sheetFormatPr").set("defaultRowHeight", case.rng.choice(("0", "0.5", "3")))
    case.tell("form-figures-hidden", sheet=item.section.sheet)


@kind("zeros that are not shown")
def no_zeros(case: Case) -> None:
    item = _plain_figure(case)
    case.put(item, 0)
    case.figures[item.id] = 0
    for view in case.book.sheet(item.section.sheet).root.findall(f"{NS}sheetViews/{NS}sheetView"):
        view.set("showZeros", case.rng.choice(("0", "false")))
    if item.section.id not in case.declared:
        case.tell("form-shown-otherwise", sheet=item.section.sheet)


def _draw(case: Case, sheet: str, anchor: str) -> None:
    part = case.book.part_of(sheet)
    rels = part.replace("worksheets/", "worksheets/_rels/") + ".rels"
    known = case.book.parts.get(rels, f'<Relationships xmlns="{_OFFICE_XML}"></Relationships>'.encode()).decode()
    case.book.parts[rels] = known.replace(
        "</Relationships>",
        f'<Relationship Id="rIdDrawn" Type="{RELATIONS}/drawing" Target="../drawings/drawn.xml"/></Relationships>',
    ).encode()
    case.book.parts["xl/drawings/drawn.xml"] = (
        f'<xdr:wsDr xmlns:xdr="{DRAWN}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{anchor}</xdr:wsDr>'
    ).encode()
    element = etree.fromstring(f'<drawing xmlns="{MAIN}" xmlns:r="{RELATIONS}" r:id="rIdDrawn"/>')
    case.book.sheet(sheet).root.append(element)


def _anchor(first: tuple[int, int], last: tuple[int, int], words: str) -> str:
    corners = "".join(
        f"<xdr:{name}><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
        f"</xdr:{name}>"
        for name, (row, column) in (("from", first), ("to", last))
    )
    body = f"<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{words}</a:t></a:r></a:p></xdr:txBody>" if words else ""
    shape = f"<xdr:sp><xdr:nvSpPr/><xdr:spPr/>{body}</xdr:sp>" if words else "<xdr:pic/>"
    return f"<xdr:twoCellAnchor>{corners}{shape}<xdr:clientData/></xdr:twoCellAnchor>"


@kind("text box or picture laid over a figure")
def drawn_over(case: Case) -> None:
    item = case.input()
    row, column = case.spot(item)
    words = case.rng.choice(("57", "见附件", "", "０"))
    _draw(case, item.section.sheet, _anchor((row, column), (row + case.rng.choice((0, 2)), column + 1), words))
    case.tell("form-drawing", sheet=item.section.sheet, cell=a1(row, column))


@kind("text written into a text box instead of the cells")
def drawn_text(case: Case) -> None:
    section: Section = case.rng.choice(case.form.text_sections)
    there = case.book.sheet(section.sheet)
    for spot in [spot for spot in there.cells if spot[0] >= TEXT_TOP]:
        there.put(spot)
    case.texts[section.id] = ()
    _draw(case, section.sheet, _anchor((TEXT_TOP, 0), (TEXT_TOP + 9, 3), "主要问题有三个方面。"))
    case.tell("form-drawing", sheet=section.sheet)


# ── one act ──────────────────────────────────────────────────────────────────


@kind("formulas of a sheet turned into values")
def pasted_as_values(case: Case) -> None:
    sheet = case.rng.choice(
        [s for s in case.layout.tables.values() if sum(bool(case.form.fields[n].parts) for n in s.boxes) >= 3]
    )
    _values_only(case, sheet.name)
    case.tell("form-values-only", sheet=sheet.name)


def _values_only(case: Case, name: str) -> None:
    for cell in case.book.sheet(name).data.iter(f"{NS}c"):
        formula = cell.find(f"{NS}f")
        if formula is not None:
            cell.remove(formula)


@kind("formulas of the whole workbook turned into values")
def all_values(case: Case) -> None:
    for name in case.book.sheets:
        _values_only(case, name)
    case.modified = True
    case.tell("form-values-only")


@kind("formulas of a sheet turned into values, one total wrong")
def pasted_and_wrong(case: Case) -> None:
    item = case.total()
    _values_only(case, item.section.sheet)
    case.book.sheet(item.section.sheet).put(case.spot(item), 987_654_321)
    case.tell("total-overwritten", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("figures of a table stored as text")
def all_as_text(case: Case) -> None:
    sheet = case.layout.tables["requests"]
    for item in case.form.inputs_of("requests"):
        if case.figures[item.id] is not None:
            case.put(item, str(case.figures[item.id]))
    if sum(case.figures[f.id] is not None for f in case.form.inputs_of("requests")) >= 4:
        case.tell("cell-as-text", sheet=sheet.name)


@kind("paragraphs parted by line ends within a cell")
def lines_in_a_cell(case: Case) -> None:
    section: Section = case.rng.choice(case.form.text_sections)
    there = case.book.sheet(section.sheet)
    for spot in [spot for spot in there.cells if spot[0] >= TEXT_TOP]:
        there.put(spot)
    said = [f"第{n}段，收到 {n} 件。" for n in range(1, case.rng.randint(3, 6))]
    end = case.rng.choice(("\n", "\n\n", "_x000D_\n", "\n\u3000\u3000", "\u2028"))
    there.put((TEXT_TOP, 0), end.join(said))
    case.texts[section.id] = tuple(said)


# ── programs ─────────────────────────────────────────────────────────────────


@kind("cell addresses in small letters", quiet=True)
def small_letters(case: Case) -> None:
    for name in case.book.sheets:
        for cell in case.book.sheet(name).data.iter(f"{NS}c"):
            if cell.get("r"):
                cell.set("r", cell.get("r").lower())


@kind("document properties with white space round them, or garbled", quiet=True)
def properties_spoilt(case: Case) -> None:
    def spaced(text: str) -> str:
        return re.sub(r"(<vt:lpwstr>)(.*?)(</vt:lpwstr>)", r"\1" + "\n  " + r"\2" + "\n " + r"\3", text)

    def garbled(text: str) -> str:
        return re.sub(
            r"(<vt:lpwstr>)(.*?)(</vt:lpwstr>)", lambda m: m[1] + m[2].encode().decode("latin-1") + m[3], text
        )

    case.book.replace("docProps/custom.xml", case.rng.choice((spaced, garbled)))


@kind("a line of captions above every table and the cover, document properties lost")
def captions(case: Case) -> None:
    alterations._properties_lost(case)
    for name in (COVER, *(s.name for s in case.layout.tables.values())):
        there = case.book.sheet(name)
        there.apply(put_in("row", 0))
        there.put((0, 0), f"表格 1：{name}")
    case.refused = True


@kind("part of a package that stands there twice, alike in all but capitals", quiet=True)
def doubled_alike(case: Case) -> None:
    case.book.bytes()
    part = case.rng.choice([p for p in case.book.parts if p.startswith("xl/worksheets/sheet") or p == "xl/styles.xml"])
    case.book.parts[part.replace("xl/", "XL/")] = case.book.parts[part]


@kind("a number that is a day's of the report year or the next")
def day_numbers(case: Case) -> None:
    for item in (case.input("count"), case.input("count")):
        year = case.sample.filing.year + case.rng.choice((0, 1))
        n = (year - 1900) * 365 + (year - 1901) // 4 + case.rng.randint(2, 360)
        case.put(item, n)
        case.figures[item.id] = n
        case.tell("cell-serial", sheet=item.section.sheet, cell=a1(*case.spot(item)))


# ── two to four at once ──────────────────────────────────────────────────────

_CELLS: tuple[Alteration, ...] = (
    alterations.typed_numbers, alterations.typed_units, alterations.typed_nothing, alterations.typed_words,
    alterations.typed_groups, alterations.typed_apart, alterations.error_value, alterations.truth_value,
    alterations.formula_in_input, alterations.rich_digits, alterations.format_other, alterations.format_alike,
    alterations.became_date, day_numbers, rules_together, filled_up, rich_value,
)  # fmt: skip
_SHEETS: tuple[Alteration, ...] = (
    pasted_as_values, total_otherwise, drawn_over, lines_in_a_cell, out_of_reach, no_zeros,
)  # fmt: skip
_LINES: tuple[Alteration, ...] = (
    alterations.row_inserted, alterations.own_row, alterations.row_deleted, alterations.column_inserted,
    alterations.rows_swapped, alterations.label_altered, alterations.sheet_renamed, alterations.row_inserted_crudely,
    alterations.column_deleted, alterations.label_cut,
)  # fmt: skip
_FILES: tuple[Alteration, ...] = (
    alterations.looks_removed, alterations.dimension_wrong, alterations.prefixed, alterations.strict, alterations.encodings,
    properties_spoilt, small_letters,
)  # fmt: skip


def _together(case: Case, *groups: tuple[Alteration, ...]) -> None:
    """One of each group, in order; what must be told is not asked, for one may hide what another did."""
    for group in groups:
        case.rng.choice(group)(case)
    case.must = []


@kind("two things at once: a cell, and a line or the whole file")
def two_together(case: Case) -> None:
    _together(case, _CELLS, case.rng.choice((_LINES, _FILES)))


@kind("two things at once: what is seen on a sheet, and a line or the whole file")
def two_seen(case: Case) -> None:
    _together(case, _SHEETS, case.rng.choice((_LINES, _FILES)))


@kind("three things at once: two cells, and a line")
def three_together(case: Case) -> None:
    _together(case, _CELLS, _CELLS, _LINES)


@kind("three things at once: a cell, what is seen on a sheet, the whole file")
def three_seen(case: Case) -> None:
    _together(case, _CELLS, _SHEETS, _FILES)


@kind("four things at once: a cell, what is seen on a sheet, a line, the whole file")
def four_together(case: Case) -> None:
    _together(case, _CELLS, _SHEETS, _LINES, _FILES)


@kind("four things at once: two cells, a line, the whole file")
def four_cells(case: Case) -> None:
    _together(case, _CELLS, _CELLS, _LINES, _FILES)
