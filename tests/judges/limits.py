"""What Excel itself takes, and no library on the way enforces: of texts, names, links, styles, formulas, input rules, comments."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl.utils import range_boundaries

from judges import formulas
from judges.outputs import Output
from judges.packages import Package

NAME = "Excel's limits"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
VML, EXCEL, OFFICE = (f"{{urn:schemas-microsoft-com:{name}}}" for name in ("vml", "office:excel", "office:office"))
ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations "
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches "
    "ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems "
    "tableParts extLst"
)
"""The elements of a sheet in the one order that Excel reads (ECMA-376, 18.3.1.99)."""

CELL_TEXT, SHEET_NAME, LABEL, NAME_LENGTH, FOOTER, ROW_HEIGHT, PROPERTY = 32767, 31, 255, 255, 255, 409.5, 255
VALIDATION = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 225}
VALIDATION_FORMULA = 255
"""What Excel takes: characters, points, characters of an input rule's words and of its formulas."""

LINK = re.compile(r"(?:'((?:[^']|'')+)'|([^\W\d]\w*))!\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?")
Complaints = Iterator[str]


def lacking() -> str:
    return ""


def takes(output: Output) -> bool:
    return output.path.suffix == ".xlsx"


def complaints(paths: Sequence[Path]) -> dict[Path, list[str]]:
    return {path: judged(path) for path in paths}


def judged(path: Path) -> list[str]:
    book = Book(Package(path))
    found = [*of_names(book), *of_styles(book), *of_texts(book), *of_properties(book), *of_drawings(book)]
    for sheet in book.sheets:
        found += [f"{sheet.name}: {words}" for judge in OF_SHEETS for words in judge(sheet)]
    return found


def extremes(paths: Sequence[Path]) -> dict[str, tuple[int, str]]:
    """The longest, deepest and widest formula of all, with where it stands."""
    found: dict[str, tuple[int, str]] = {}
    for path in paths:
        for sheet in Book(Package(path)).sheets:
            for where, words in sheet.formulas():
                facts = formulas.judged(words)
                for what in ("length", "arguments", "depth"):
                    place = getattr(facts, what), f"{path.stem}: {sheet.name}!{where}"
                    found[what] = max(found.get(what, (0, "")), place, key=lambda pair: pair[0])
    return found


class Book:
    """The parts of a workbook that the judges look at."""

    def __init__(self, package: Package) -> None:
        self.package = package
        [self.part] = package.named("", "officeDocument")
        self.root = package.root(self.part)
        self.styles = package.root(package.named(self.part, "styles")[0])
        texts = package.named(self.part, "sharedStrings")
        self.texts = package.root(texts[0]) if texts else None
        self.strings = 0 if self.texts is None else len(self.texts.findall(f"{MAIN}si"))
        self.formats = len(self.styles.find(f"{MAIN}cellXfs"))
        marks = self.styles.find(f"{MAIN}dxfs")
        self.marks = 0 if marks is None else len(marks)
        self.names = {item.get("name") for item in self.root.iter(f"{MAIN}definedName")}
        known = package.relations[self.part]
        self.sheets = [Sheet(self, s.get("name"), known[s.get(RELATION)][1]) for s in self.root.iter(f"{MAIN}sheet")]
        self.sheet_names = {sheet.name for sheet in self.sheets}


class Sheet:
    """A sheet's part, and what it names."""

    def __init__(self, book: Book, name: str, part: str) -> None:
        self.book, self.name, self.part = book, name, part
        self.root = book.package.root(part)

    def all(self, tag: str) -> Iterator[Any]:
        return self.root.iter(f"{MAIN}{tag}")

    def one(self, tag: str) -> Any:
        return self.root.find(f"{MAIN}{tag}")

    def formulas(self) -> Iterator[tuple[str, str]]:
        """Every formula, in cells, formats and input rules, with where it stands."""
        yield from ((c.get("r"), f.text or "") for c in self.all("c") for f in c.iterfind(f"{MAIN}f"))
        for tag in ("conditionalFormatting", "dataValidation"):
            for item in self.all(tag):
                for f in [*item.iter(f"{MAIN}formula", f"{MAIN}formula1", f"{MAIN}formula2")]:
                    yield f"{tag} {item.get('sqref', '')[:20]}", f.text or ""

    def related(self, tag: str) -> str:
        """The part that an element names; "" where it names none that is there."""
        element = self.one(tag)
        known = self.book.package.relations.get(self.part, {})
        return "" if element is None else known.get(element.get(RELATION), ("", ""))[1]


def length(words: str | None) -> int:
    """Characters as Excel counts them: one outside the first plane is two."""
    return len((words or "").encode("utf-16-le", "surrogatepass")) // 2


def place(address: str) -> tuple[int, int]:
    column, row, *_ = range_boundaries(address)
    return row, column


# ── the workbook ─────────────────────────────────────────────────────────────


def of_names(book: Book) -> Complaints:
    for name in book.sheet_names:
        if length(name) > SHEET_NAME or re.search(r"[\[\]:*?/\\]", name) or name.strip("'") != name:
            yield f"sheet name {name}"
    said = Counter((str(i.get("name")).lower(), i.get("localSheetId")) for i in book.root.iter(f"{MAIN}definedName"))
    yield from (f"name {name} twice" for (name, _), times in said.items() if times > 1)
    for item in book.root.iter(f"{MAIN}definedName"):
        name, words = item.get("name"), item.text or ""
        if (
            not re.fullmatch(r"[^\W\d][\w.]*", name)
            or re.fullmatch(r"[A-Za-z]{1,3}\d+", name)
            or len(name) > NAME_LENGTH
        ):
            yield f"name {name}"
        missing = formulas.judged(words).sheets - book.sheet_names
        if "#REF!" in words or missing:
            yield f"name {name} of {words}"


def of_styles(book: Book) -> Complaints:
    sizes = {}
    for tag in ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
        listed = book.styles.find(f"{MAIN}{tag}")
        sizes[tag] = 0 if listed is None else len(listed)
        if listed is not None and int(listed.get("count", len(listed))) != len(listed):
            yield f"{tag}: {listed.get('count')} announced, {len(listed)} there"
    for number, look in enumerate(book.styles.find(f"{MAIN}cellXfs")):
        for key, tag in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"), ("xfId", "cellStyleXfs")):
            if int(look.get(key, 0)) >= sizes[tag]:
                yield f"format {number}: {key} {look.get(key)}"


def of_texts(book: Book) -> Complaints:
    shown = sum(cell.get("t") == "s" for sheet in book.sheets for cell in sheet.all("c"))
    if book.texts is None:
        return
    for key, right in (("count", shown), ("uniqueCount", book.strings)):
        if int(book.texts.get(key, right)) != right:
            yield f"shared texts: {key} {book.texts.get(key)}, there are {right}"
    for item in book.texts:
        if sum(length(t.text) for t in item.iter(f"{MAIN}t")) > CELL_TEXT:
            yield "a text is too long for a cell"


def of_properties(book: Book) -> Complaints:
    for part in book.package.named("", "custom-properties"):
        items = list(book.package.root(part))
        numbers, names = ([item.get(key, "").lower() for item in items] for key in ("pid", "name"))
        if len(set(numbers)) < len(items) or len(set(names)) < len(items) or min(map(int, numbers), default=2) < 2:
            yield f"{part}: numbers or names twice"
        for item in items:
            if length("".join(item.itertext())) > PROPERTY or length(item.get("name")) > PROPERTY:
                yield f"{part}: {item.get('name')} is too long"


def of_drawings(book: Book) -> Complaints:
    """Numbers of shapes belong to one drawing of the workbook only."""
    numbers = Counter()
    for name in book.package.parts:
        if name.endswith(".vml"):
            try:
                root = book.package.root(name)
            except SyntaxError:
                yield f"{name} is no XML"
                continue
            numbers.update(i.get("data") for i in root.iter(f"{OFFICE}idmap"))
            ids = [shape.get("id") for shape in root.iter(f"{VML}shape")]
            if len(set(ids)) < len(ids):
                yield f"{name}: a shape's id twice"
    yield from (f"two drawings have the shapes' numbers {number}" for number, times in numbers.items() if times > 1)


# ── a sheet ──────────────────────────────────────────────────────────────────


def of_order(sheet: Sheet) -> Complaints:
    known = ORDER.split()
    order = [known.index(e.tag.removeprefix(MAIN)) for e in sheet.root if str(e.tag).startswith(MAIN)]
    if order != sorted(order):
        yield "elements out of order"


def of_cells(sheet: Sheet) -> Complaints:
    last = 0
    for row in sheet.all("row"):
        number, column = int(row.get("r")), 0
        if number <= last or float(row.get("ht", 0)) > ROW_HEIGHT:
            yield f"row {number} out of order, or too high"
        last = number
        for cell in row:
            there = place(cell.get("r"))
            if there[0] != number or there[1] <= column:
                yield f"{cell.get('r')} out of order"
            column = there[1]
            yield from of_cell(sheet, cell)


def of_cell(sheet: Sheet, cell: Any) -> Complaints:
    where, kind, value, formula = cell.get("r"), cell.get("t", "n"), cell.find(f"{MAIN}v"), cell.find(f"{MAIN}f")
    if int(cell.get("s", 0)) >= sheet.book.formats:
        yield f"{where}: format {cell.get('s')}"
    if kind == "s" and int(value.text) >= sheet.book.strings:
        yield f"{where}: text {value.text}"
    if kind == "n" and value is not None:
        try:
            finite = abs(float(value.text or "")) < float("inf")
        except ValueError:
            finite = False
        if not finite:
            yield f"{where}: {value.text!r} is no number"
    if kind in ("str", "inlineStr") and length("".join(cell.itertext(f"{MAIN}v", f"{MAIN}t"))) > CELL_TEXT:
        yield f"{where}: too long"
    if formula is not None and value is None:
        yield f"{where}: a formula without value"
    if formula is not None and formula.get("t"):
        yield f"{where}: a formula of kind {formula.get('t')}"


def of_formulas(sheet: Sheet) -> Complaints:
    for where, words in sheet.formulas():
        facts = formulas.judged(words)
        yield from (f"{where}: {fault}" for fault in facts.faults)
        yield from (f"{where}: no sheet {name}" for name in sorted(facts.sheets - sheet.book.sheet_names))
        yield from (f"{where}: no name {name}" for name in sorted(facts.names - sheet.book.names))
        if where.startswith("conditionalFormatting") and facts.sheets - {sheet.name}:
            yield f"{where}: looks at another sheet, which Excel 2007 refuses"
        if where.startswith("dataValidation") and len(words) > VALIDATION_FORMULA:
            yield f"{where}: {len(words)} characters"


def of_boxes(sheet: Sheet) -> Complaints:
    """Merged cells, and cells with input rules, lie over no others of their kind."""
    rules = [box for item in sheet.all("dataValidation") for box in item.get("sqref").split()]
    for what, boxes in (("merged", [item.get("ref") for item in sheet.all("mergeCell")]), ("ruled", rules)):
        taken: set[tuple[int, int]] = set()
        for box in boxes:
            left, top, right, bottom = range_boundaries(box)
            cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
            if cells & taken:
                yield f"{box}: {what} twice"
            taken |= cells
    for tag in ("mergeCells", "dataValidations"):
        listed = sheet.one(tag)
        if listed is not None and int(listed.get("count", len(listed))) != len(listed):
            yield f"{tag}: {listed.get('count')} announced, {len(listed)} there"


def of_rules(sheet: Sheet) -> Complaints:
    for item in sheet.all("dataValidation"):
        for key, limit in VALIDATION.items():
            if length(item.get(key)) > limit:
                yield f"{item.get('sqref')}: {key} of {length(item.get(key))} characters"
    for item in sheet.all("cfRule"):
        if int(item.get("dxfId", 0)) >= max(sheet.book.marks, 1):
            yield f"format {item.get('dxfId')} of a rule"
    footer = sheet.one("headerFooter")
    for item in footer if footer is not None else ():
        if length(item.text) > FOOTER:
            yield f"{item.tag.removeprefix(MAIN)} too long"


def of_links(sheet: Sheet) -> Complaints:
    for item in sheet.all("hyperlink"):
        found = LINK.fullmatch(item.get("location") or "")
        if not found or (found[1] or found[2]).replace("''", "'") not in sheet.book.sheet_names:
            yield f"{item.get('ref')}: link to {item.get('location')}"
        if length(item.get("tooltip")) > LABEL:
            yield f"{item.get('ref')}: words of a link too long"


def of_comments(sheet: Sheet) -> Complaints:
    """Every comment has a box, every box a comment, in a drawing that is the sheet's own."""
    package = sheet.book.package
    drawing, header = sheet.related("legacyDrawing"), sheet.related("legacyDrawingHF")
    for part in package.named(sheet.part, "vmlDrawing"):
        if part not in (drawing, header):
            yield f"{part} is related, and drawn nowhere"
    for part in package.named(sheet.part, "comments"):
        root = package.root(part)
        cells = [comment.get("ref") for comment in root.iter(f"{MAIN}comment")]
        authors = len(root.find(f"{MAIN}authors"))
        if any(int(comment.get("authorId")) >= authors for comment in root.iter(f"{MAIN}comment")):
            yield "a comment of nobody"
        if any(sum(map(length, c.itertext())) > CELL_TEXT for c in root.iter(f"{MAIN}comment")):
            yield "a comment too long"
        if sorted(map(place, cells)) != sorted(boxes(package, drawing)):
            yield f"{len(cells)} comments, {len(boxes(package, drawing))} boxes, or in other cells"
        if drawing == header:
            yield "comments drawn in the header, or nowhere"


def boxes(package: Package, drawing: str) -> list[tuple[int, int]]:
    """The cells, as row and column, that have a comment's box."""
    try:
        root = package.root(drawing) if drawing in package.parts else None
    except SyntaxError:
        root = None
    return [
        (int(data.findtext(f"{EXCEL}Row")) + 1, int(data.findtext(f"{EXCEL}Column")) + 1)
        for data in (root.iter(f"{EXCEL}ClientData") if root is not None else ())
        if data.get("ObjectType") == "Note"
    ]


OF_SHEETS: tuple[Callable[[Sheet], Complaints], ...] = (
    of_order, of_cells, of_formulas, of_boxes, of_rules, of_links, of_comments,
)  # fmt: skip
