"""Real published reports: one town's whole text, one district's PDF, excerpts labelled by hand. The counts are printed (-s).

The texts are not the project's; they lie beside the checkout, or the tests are skipped.
"""

import json

import pytest
from labelled import HELD_OUT, LABELS, REPORTS, TUNED, Outcome, compare
from making import checked
from reports_made import as_text, barred, printed

from xltools.editions import load_form
from xltools.figures import show
from xltools.form.model import Agency, Filing
from xltools.ingest.report import Asked, import_file, import_report
from xltools.received.typed import read_text
from xltools.workbook.write import write_filing

pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason=f"the published texts are not there: {REPORTS}")
REQUESTS = {
    "new": "一、", "carried_in": "二、", "granted": "(一)", "partial": "(二)", "denied.state_secret": "(三)1",
    "denied.prohibited_by_law": "(三)2", "denied.security_stability": "(三)3", "denied.third_party": "(三)4",
    "denied.internal_affairs": "(三)5", "denied.process": "(三)6", "denied.enforcement_file": "(三)7",
    "denied.administrative_query": "(三)8", "unavailable.not_held": "(四)1", "unavailable.needs_creation": "(四)2",
    "unavailable.unclear": "(四)3", "refused.petition": "(五)1", "refused.repeated": "(五)2", "refused.publication": "(五)3",
    "refused.excessive": "(五)4", "refused.reconfirm": "(五)5", "total": "(七)", "carried_out": "四、",
}  # fmt: skip
"""The rows of part 三 as the printed one has them, by the start of their labels; its one row （六） is the old edition's."""


def test_a_town_s_whole_report():
    path = REPORTS / "wulanhua-2020.txt"
    got = import_file(path)
    filing = got.filing
    assert filing is not None and not [f for f in got.findings if f.severity != "note"]
    assert (filing.agency.name, filing.agency.level, filing.year) == ("乌兰花镇", "township", 2020)
    assert filing.form is load_form("2019", ("jilin-2020",))
    official = {k: v for k, v in filing.values.items() if not k.startswith("supplement.")}
    assert len(official) == 198 and set(official.values()) == {0}
    assert filing.values["supplement.published_items"] == 22
    text = path.read_text("utf-8")
    for section, first, last, count in (("overview", "（一）建立", "操作流程。", 7), ("problems", "（一）认识", "推向深入。", 3),
                                        ("other", "（一）加强", "开和上报。", 4)):  # fmt: skip
        words = filing.texts[section]
        assert (len(words), words[0][:5], words[-1][-5:]) == (count, first, last)
        assert all(paragraph in text for paragraph in words)
    found = checked(write_filing(filing)).findings
    assert [f.message for f in found if f.severity == "error"] == []
    print(
        f"\nwulanhua-2020.txt: {len(official)} figures, the supplement, {sum(map(len, filing.texts.values()))} paragraphs"
    )


def test_a_district_s_pdf():
    pytest.importorskip("pdfplumber")
    right = json.loads((REPORTS / "hongze-2023.json").read_text("utf-8"))
    got = import_file(REPORTS / "hongze-2023.pdf", Asked(name=right["agency"]["name"], level="county"))
    filing = got.filing
    assert filing is not None and (filing.form.edition, filing.year) == ("2021", 2023)
    wanted = dict(right["as_typed"])
    columns = [c.id for c in filing.form.table_sections[1].tables[0].columns]
    for row, start in REQUESTS.items():
        printed_row = next(v for k, v in right["section3_as_printed"].items() if k.startswith(start))
        wanted |= {f"requests.{row}.{column}": v for column, v in zip(columns, printed_row, strict=True)}
    inputs = {f.id: f for f in filing.form.inputs}
    placed = {k for k, v in wanted.items() if k in inputs and filing.inputs[k] == read_text(v, inputs[k].type).figure}
    assert placed == set(wanted) & set(inputs)
    listed = {f for item in got.findings if item.code == "import-unplaced" for f in item.related}
    apart = set(inputs) - placed
    # Its one row （六） is of noughts: each of the three rows can only be nought.
    assert (
        listed == set() and all(".other." in name and filing.inputs[name] == 0 for name in apart) and len(apart) == 18
    )
    told = {f.field: (f.actual, f.expected) for f in got.findings if f.code == "total-differs"}
    assert told == {"disputes.review.total": (0, 11), "disputes.after_review.total": (0, 5)}
    assert [len(filing.texts[s]) for s in ("overview", "problems", "other")] == [7, 1, 1]
    print(f"\nhongze-2023.pdf: {len(placed)} of {len(placed)} figures placed, {len(apart)} without a row proven nought")


@pytest.mark.parametrize(("title", "names"), [("tuned on", TUNED), ("held out", HELD_OUT)])
def test_labelled_excerpts(title, names):
    outcome = Outcome()
    for name in names:
        compare(name, outcome)
    print(
        f"\nexcerpts {title}: {len(names)}, {dict(outcome.counts)}, {outcome.share:.2%} placed",
        *outcome.told,
        sep="\n  ",
    )
    assert len(names) >= (10 if title == "held out" else 40)
    assert outcome.counts["wrong"] == outcome.counts["invented"] == outcome.counts["not listed"] == 0, outcome.told
    assert outcome.share >= 0.97


@pytest.mark.parametrize("name", sorted(LABELS["excerpts"]))
def test_every_excerpt_makes_a_workbook_that_can_be_checked(name):
    from labelled import imported

    filing = imported(name).filing
    received = checked(write_filing(filing))
    assert received.filing is not None and received.verdict == "original"
    assert received.filing.inputs == filing.inputs and received.filing.typed == filing.typed


@pytest.mark.parametrize("name", ["suqian-2023", "shuyang-bureau-2023", "shanghai-office-2019"])
def test_complete_tables_printed_and_read_back(name):
    data = json.loads((REPORTS / f"{name}.json").read_text("utf-8"))
    form = load_form(data["edition"])
    inputs, typed = {}, {}
    for item in form.inputs:
        text = data["as_typed"].get(item.id, "")
        reading = read_text(text, item.type)
        inputs[item.id] = reading.figure
        if text and reading.figure is None:
            typed[item.id] = text
    filing = Filing(form, Agency("1", data["agency"]["name"], "city"), data["year"], inputs=inputs, typed=typed)
    got = import_report(as_text(printed(filing), barred).encode(), "a.txt", Asked(level="city"))
    assert got.filing is not None and got.filing.inputs == filing.inputs


def test_the_official_blank_filled_in_word():
    """The format as published, with its own merged cells and broken headings."""
    import io

    from docx import Document
    from test_ingest_formats import made

    filing, document = made("2021", 8), Document(str(REPORTS.parent / "official-format-2021.docx"))
    for section, table in zip(filing.form.table_sections, document.tables, strict=True):
        rows = [
            [f for f in filing.form.fields.values() if f.section is section and f.row is row]
            for t in section.tables
            for row in t.rows
        ]
        lines = [
            r
            for r in table.rows
            if all(not c.text.strip() for c in r.cells[-len(r.cells) // 4 :]) or not r.cells[-1].text.strip()
        ]
        for fields, line in zip(rows, lines, strict=True):
            cells = list(dict.fromkeys(c._tc for c in line.cells))[-len(fields) :]
            for field, cell in zip(fields, cells, strict=True):
                value = filing.values[field.id]
                next(c for c in line.cells if c._tc is cell).text = "" if value is None else show(value, field.type)
    out = io.BytesIO()
    document.save(out)
    got = import_report(out.getvalue(), "a.docx", Asked(2023, "某镇", "1", "township"))
    assert got.filing is not None and got.filing.inputs == filing.inputs
    assert {f.code for f in got.findings} <= {"import-text-missing"}
