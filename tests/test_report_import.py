"""A published report that ``xltools report`` writes is read back by ``xltools import``: the same figures, the same texts."""

import random

import pytest
from making import checked

from xltools.editions import load_form
from xltools.form.model import Agency, Filing
from xltools.ingest.report import Asked, import_report
from xltools.publication.content import report_of
from xltools.publication.docx import word_report
from xltools.publication.html import page_report
from xltools.workbook.write import write_filing

FORMS = {"2019": (2019, ()), "2020 in Jilin": (2020, ("jilin-2020",)), "2021": (2023, ())}
LONG = (
    "2023年，本镇坚持以公开为常态、不公开为例外，全年主动公开政府信息1136条，其中通过政府网站公开1000条、微信公众号136条；"
    * 4
)
TEXTS = {
    "overview": (
        "（一）主动公开情况。" + LONG,
        "（二）依申请公开情况。全年收到申请 3 件，均按期答复。",
        "（三）监督保障。开展培训2次。",
    ),
    "problems": ("存在的问题：一是公开不够及时；二是解读形式单一。", LONG, "改进情况：加强培训，压实责任。"),
    "other": ("（一）本年度没有收取信息处理费。", "（二）其他需要报告的事项：无。"),
}
AGENCY = Agency("0101", "示例县青山镇人民政府", "township")


def received(which, blank=0.0):
    year, supplements = FORMS[which]
    form, chance = load_form("2019" if year < 2021 else "2021", supplements), random.Random(year)
    inputs = {}
    for item in form.inputs:
        figure = chance.choice((0, 1, 7, 35, 1136, 184))
        inputs[item.id] = None if chance.random() < blank else figure
        if item.type == "money":
            inputs[item.id] = 1234567890
        if item.type == "signed":
            inputs[item.id] = chance.choice((-11, 0, 19))
    return checked(write_filing(Filing(form, AGENCY, year, inputs=inputs, texts=TEXTS)))


WAYS = {"page": (page_report, "报告.html"), "Word": (word_report, "报告.docx")}


def back(content, file):
    content = content.encode() if isinstance(content, str) else content
    return import_report(content, file, Asked(code="0101"))


def same(got, filing):
    assert got.filing is not None, [f.message for f in got.findings]
    differing = {k: (v, got.filing.values[k]) for k, v in filing.values.items() if got.filing.values[k] != v}
    assert not differing
    assert got.filing.form is filing.form and got.filing.year == filing.year
    assert got.filing.agency == filing.agency
    assert got.filing.texts == filing.texts
    assert {f.code for f in got.findings} <= {"import-inferred", "import-unit", "import-opening"}


@pytest.mark.parametrize("which", FORMS)
@pytest.mark.parametrize("way", WAYS)
def test_what_report_writes_import_reads(which, way):
    write, file = WAYS[way]
    filed = received(which)
    same(back(write(report_of(filed)), file), filed.filing)


@pytest.mark.parametrize("which", FORMS)
@pytest.mark.parametrize("way", WAYS)
def test_blanks_come_back_as_blanks(which, way):
    write, file = WAYS[way]
    filed = received(which, blank=0.2)
    got = back(write(report_of(filed)), file)
    assert got.filing.inputs == filed.filing.inputs
    assert not [f for f in got.findings if f.severity == "error"]


@pytest.mark.office
def test_by_way_of_a_pdf(office, tmp_path):
    pytest.importorskip("pdfplumber")
    filed, paths = {}, []
    for number, which in enumerate(FORMS):
        filed[which] = received(which, blank=0.05 * number)
        paths.append(tmp_path / f"{number}.docx")
        paths[-1].write_bytes(word_report(report_of(filed[which])))
    made = office.printed_letters(paths, tmp_path / "pdf")
    for path, which in zip(paths, FORMS, strict=True):
        got, filing = back(made[path].read_bytes(), "报告.pdf"), filed[which].filing
        assert got.filing is not None, [f.message for f in got.findings]
        differing = {k: (v, got.filing.inputs[k]) for k, v in filing.inputs.items() if got.filing.inputs[k] != v}
        assert not differing, which
        assert got.filing.texts == filing.texts
