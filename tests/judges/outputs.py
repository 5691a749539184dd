"""Every kind of file that xltools writes, made into a folder: what the judges judge."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from making import BUREAU, altered, blank, cell_of, checked, distinct, filing, opened, packed, parts, resaved
from making import save as saved
from office import Office
from office_samples import YEARS, random_filing, summary_of
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from PIL import Image as Picture
from test_office_cached import filings, summaries

from xltools.collection.check import check, check_file
from xltools.collection.previous import Previous
from xltools.collection.roster import write_roster
from xltools.editions import editions, load_form, supplements
from xltools.errors import XltoolsError
from xltools.form.layout import LEDGER
from xltools.form.model import Agency, Filing, Form
from xltools.publication.content import report_of
from xltools.publication.docx import word_report
from xltools.received.file import Received
from xltools.season.docket import write_decisions
from xltools.slips.letter import letter
from xltools.slips.prefilled import prefilled
from xltools.slips.single import marked_copy
from xltools.summary.writing import write_summary
from xltools.terms import LEVELS
from xltools.workbook.official import write_official
from xltools.workbook.write import write_filing

WRONG = {"requests.new.natural": 9, "requests.granted.natural": 5}
"""What no form lets pass: more answered than asked."""
MENDED = "a total typed over"


@dataclass(frozen=True)
class Output:
    """A file that we wrote; ``before`` is the received one of which it is a marked-up copy."""

    kind: str
    path: Path
    before: Path | None = None


Contents = Iterator[bytes]


def made(folder: Path, office: Office | None) -> list[Output]:
    """Every kind of output, in files; those received from LibreOffice only where there is one."""
    found = []
    for kind, (ending, contents) in KINDS.items():
        for number, content in enumerate(contents(folder / "work" / kind)):
            found.append(Output(kind, saved(folder / "out" / f"{kind} {number}{ending}", content)))
    for name, content in received(folder, office):
        before = saved(folder / "received" / f"received {name}.xlsx", content)
        first = marked_copy(check_file(before))
        assert first, f"{name} has nothing to be marked"
        path = saved(folder / "out" / f"marked {name}.xlsx", first)
        again = marked_copy(check_file(path))
        mended = name.startswith(MENDED)  # what the first gave back the second has nothing to say of
        assert mended or again == first, f"{name}: a second slip of the same marks differs"
        found.append(Output("marked copy", path, before))
    return found


# ── filings ──────────────────────────────────────────────────────────────────


def forms() -> Iterator[Form]:
    """Every edition, alone and with each supplement that is for it."""
    for edition in editions():
        yield load_form(edition)
        for supplement in supplements():
            try:
                yield load_form(edition, (supplement,))
            except XltoolsError:
                continue


def year_of(form: Form) -> int:
    return form.years[1] or form.years[0]


def blanks(_: Path) -> Contents:
    for form in forms():
        for level in LEVELS:
            yield write_filing(Filing(form, Agency("1101", "示例县数据局", level), year_of(form)))


def filled(_: Path) -> Contents:
    yield from map(write_filing, filings())
    for words in ("<b>&\"'\x01￾", "=cmd|' /C calc'!A0", "长" * 3000, "\u3000　\xa0", "😀_x0041_"):
        said = {"overview": (words,), "problems": (words,)}
        yield write_filing(filing(texts=said, signoff={"head": words[:200]}, agency=replace(BUREAU, name=words[:90])))


def carried(_: Path) -> Contents:
    for edition, year in YEARS.items():
        form = load_form(edition)
        for number, level in enumerate(LEVELS):
            last = replace(random_filing(random.Random(number), form, 1, level), year=year - 1)
            who = replace(last.agency, level=level)
            previous = Previous({(year - 1, who.code): last})
            for lock in (True, False):
                yield write_filing(previous.blank(form, who, year, lock=lock))


# ── summaries ────────────────────────────────────────────────────────────────


def twelve(folder: Path, edition: str, kept: Filing | None = None) -> bytes:
    rng, form = random.Random(12), load_form(edition)
    return write_summary(summary_of([random_filing(rng, form, n) for n in range(12)], folder / edition, kept=kept))


def whole(folder: Path) -> Contents:
    for edition in YEARS:
        yield twelve(folder, edition)
    yield from summaries(folder / "more")


def adjusted(folder: Path) -> Contents:
    """Made a second time, after a clerk typed adjustments into the first: beside a reason, and without one."""
    for edition in YEARS:
        content = twelve(folder / "first", edition)
        row = next(cell.row for cell in opened(content)[LEDGER]["B"] if not cell.protection.locked)
        for number, cells in enumerate(
            ({f"B{row}": "法院改判，来不及改报", f"D{row}": -1}, {f"D{row}": 2, f"E{row}": 5})
        ):
            typed = checked(altered(content, LEDGER, cells)).filing
            assert typed.adjustments
            yield twelve(folder / f"again {number}", edition, typed)


# ── lists, copies, papers ────────────────────────────────────────────────────


def official(folder: Path) -> Contents:
    for content in [*map(write_filing, filings()[:12]), *summaries(folder)]:
        yield write_official(checked(content).filing)


def lists(_: Path) -> Contents:
    rows = [(f"{n}", f"第{n}局", "department", "11" if n else "", "张三", "010-1") for n in range(20)]
    yield write_roster([], 2024)
    yield write_roster(rows, 2024)
    yield write_decisions(2024)


def papers(_: Path) -> Contents:
    for edition, year in YEARS.items():
        form = load_form(edition)
        yield word_report(report_of(checked(write_filing(random_filing(random.Random(1), form, 3)))))
        yield word_report(report_of(checked(write_filing(blank(year)))))
        yield letter(_read(write_filing(filing(WRONG, year=year))), "表_请更正.xlsx")
        yield letter(_read(write_filing(blank(year))), "")
    yield letter(_read(b"nothing"), "")


def renewed(folder: Path) -> Contents:
    """This year's forms filled with what was read of another year's, with and without last year's figures, some left empty."""
    for edition, year in YEARS.items():
        form = load_form(edition)
        odd = {"requests.new.natural": "约3", "requests.granted.natural": 5}
        sent = saved(folder / f"{year}.xlsx", filing({**distinct(form), **odd}, year=year))
        last = Previous({(year, BUREAU.code): filing(distinct(form), year=year)})
        for previous in (None, last):
            collection = check([sent], year=year + 1, previous=previous)
            back = prefilled(collection.received[0], collection)
            assert back
            yield back.content


def _read(content: bytes) -> Received:
    return checked(content, "某局 报送.xlsx")


KINDS: dict[str, tuple[str, Callable[[Path], Contents]]] = {
    "blank": (".xlsx", blanks),
    "filled": (".xlsx", filled),
    "carried over": (".xlsx", carried),
    "summary": (".xlsx", whole),
    "adjusted summary": (".xlsx", adjusted),
    "official copy": (".xlsx", official),
    "list": (".xlsx", lists),
    "Word": (".docx", papers),
    "on this year's form": (".xlsx", renewed),
}


# ── received files, of which marked-up copies are made ───────────────────────


def received(folder: Path, office: Office | None) -> Iterator[tuple[str, bytes]]:
    """Faulty filings as they come back: untouched, saved by other programs, with things of the clerk's own."""
    for edition, year in YEARS.items():
        content = write_filing(filing(WRONG, year=year))
        yield f"as issued {edition}", content
        yield f"openpyxl {edition}", resaved(content)
    sheet, cell = cell_of(load_form("2021"), "requests.new.natural")
    content = write_filing(filing({**WRONG, "disclosure.rules.effective": 1}))

    def comment(book):
        book[sheet][cell].comment = Comment("自己记的", "张三")
        book[sheet]["E12"].comment = Comment("另一处", "张三")

    def picture(book):
        saved(folder / "work" / "seal.png", b"")
        Picture.new("RGB", (9, 9)).save(folder / "work" / "seal.png")
        book[sheet].add_image(Image(folder / "work" / "seal.png"), "L2")

    total, box = cell_of(load_form("2021"), "requests.new.total")
    yield MENDED, altered(content, total, {box: 12})
    yield f"{MENDED}, openpyxl", resaved(altered(content, total, {box: "合计"}))
    yield "with comments", resaved(content, comment)
    yield "with a picture", resaved(content, picture)
    yield "with both", resaved(content, lambda book: (comment(book), picture(book)))
    yield "with a header drawing", header_drawing(content)
    yield "with a broken drawing", broken_drawing(resaved(content, comment))
    yield "many marks", write_filing(filing(dict.fromkeys(distinct(load_form("2021")), -1)))
    if office:
        paths = [saved(folder / "work" / f"{n}.xlsx", c) for n, c in enumerate((content, resaved(content, comment)))]
        for number, path in enumerate(office.recalculated(paths, folder / "work" / "again").values()):
            yield f"LibreOffice {number}", path.read_bytes()


def header_drawing(content: bytes) -> bytes:
    """The file with a drawing in the header of the sheet that gets marks."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    found = parts(content)
    found["xl/drawings/vmlDrawing1.vml"] = (
        b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        b'<v:shapetype id="_x0000_t75" coordsize="21600,21600" path="m@4@5l@4@11@9@11@9@5xe"/>'
        b'<v:shape id="CH" o:spid="_x0000_s1025" type="#_x0000_t75" style="width:9pt;height:9pt"/></xml>'
    )
    found["xl/worksheets/_rels/sheet5.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{office}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/></Relationships>'
    ).encode()
    kind = b'<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(b"<Override", kind + b"<Override", 1)
    sheet = "xl/worksheets/sheet5.xml"
    found[sheet] = found[sheet].replace(b"</worksheet>", b'<legacyDrawingHF r:id="rId1"/></worksheet>')
    return packed(found)


def broken_drawing(content: bytes) -> bytes:
    """The file with a drawing as Excel wrote it for years: a line break left open in the words of a button."""
    found = parts(content)
    [name] = [name for name in found if name.endswith(".vml")]
    button = (
        b'<v:shape xmlns:v="urn:schemas-microsoft-com:vml" id="_x0000_s1999" type="#_x0000_t202" style="width:9pt">'
        b"<v:textbox><div>a<br>b</div></v:textbox></v:shape></xml>"
    )
    return packed({**found, name: found[name].replace(b"</xml>", button)})
