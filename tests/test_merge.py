"""Merging: exact sums of the accepted filings, who is missing or left out named, a workbook that is itself a filing."""

from fractions import Fraction
from pathlib import Path

import pytest
from making import (
    AGENCIES,
    BUREAU,
    COUNTY,
    ROSTER,
    altered,
    blank,
    cell_of,
    checked,
    codes,
    distinct,
    filing,
    opened,
    patched,
    resaved,
    run_json,
    save,
)

from xltools.collection.check import check
from xltools.collection.roster import read_roster
from xltools.editions import load_form
from xltools.errors import XltoolsError
from xltools.form.layout import layout_of
from xltools.form.model import Agency
from xltools.summary import merge
from xltools.summary.judged import judged
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

FORM = load_form("2021")
MORE = ["明细", "上报情况", "审核问题", "同比", "数据", "来源"]


def balanced(n):
    """Figures that keep all rules, different for each n."""
    return {
        "disclosure.normative.issued": n,
        "disclosure.normative.effective": 40 + n,
        "disclosure.licensing.decisions": 1000 * n,
        "disclosure.fees.amount": 1_234_567 * n + 1,
        "requests.new.natural": 10 * n,
        "requests.carried_in.business": n,
        "requests.granted.natural": 7 * n,
        "requests.refused.petition.natural": 3 * n,
        "requests.carried_out.business": n,
        "disputes.direct.upheld": n,
        "disputes.review.pending": n * n,
    }


FILINGS = {a.code: filing(balanced(n), agency=a) for n, a in enumerate(AGENCIES, 1)}
BYTES = {code: write_filing(said) for code, said in FILINGS.items()}


class Season:
    """A folder of filings and a roster."""

    def __init__(self, folder, without=(), **files):
        self.folder = folder
        self.roster_path = save(folder / "名录.csv", ROSTER)
        for code, content in {**BYTES, **files}.items():
            if code not in without:
                save(folder / "回收" / f"{code}.xlsx", content)

    def merge(self, **how):
        roster = read_roster(self.roster_path)
        return merge(check([self.folder / "回收"], roster), roster, roster.top, **how)


def total(field, codes_=BYTES):
    figures = [FILINGS[code].values[field] for code in codes_]
    return sum(figures, 0)


def test_the_sum_of_all_is_exact(tmp_path):
    found = Season(tmp_path).merge()
    assert found.filing.values == {f: total(f) for f in FORM.fields}
    assert found.filing.agency == COUNTY and found.filing.kind == "summary" and found.filing.year == 2023
    assert found.status == "4/4 家，全部收齐" and found.left_out == []


def test_money_does_not_drift(tmp_path):
    """0.1 + 0.2 and its like: sums of 分, not of binary fractions."""
    said = {code: filing({"disclosure.fees.amount": 100_000 * n}, agency=a)
            for n, (code, a) in enumerate(((a.code, a) for a in AGENCIES), 1)}  # fmt: skip
    found = Season(tmp_path, **{code: write_filing(f) for code, f in said.items()}).merge()
    assert found.as_json(judged(found, Path("x")))["summary"]["values"]["disclosure.fees.amount"] == 1
    content = write_summary(found)
    sheet, address = cell_of(FORM, "disclosure.fees.amount")
    assert opened(content, data_only=True)[sheet][address].value == 1
    assert checked(content).filing.values["disclosure.fees.amount"] == 1_000_000


def test_who_is_missing_or_left_out_is_named(tmp_path):
    wrong = write_filing(filing({"requests.new.natural": 5}, agency=AGENCIES[1]))
    found = Season(tmp_path, without=["1103"], **{"1102": wrong}).merge()
    assert found.status.startswith("2/4 家，缺 2 家，暂定")
    assert "东镇" in found.status and "示例县教育局" in found.status
    assert [r.path.name for r in found.left_out] == ["1102.xlsx"]
    assert found.filing.values == {f: total(f, ["1101", "1104"]) for f in FORM.fields}
    told = found.as_json(judged(found, Path("汇总.xlsx")))["summary"]
    assert (told["agencies"], told["received"], told["accepted"]) == (4, 3, 2)
    assert told["missing"] == [{"code": "1103", "name": "东镇"}]


def test_the_status_stands_on_every_sheet(tmp_path):
    found = Season(tmp_path, without=["1103", "1102"]).merge()
    book = opened(write_summary(found), data_only=True)
    assert tuple(book.sheetnames[:9]) == layout_of(FORM).sheet_names
    assert [name for name in book.sheetnames if name in MORE] == MORE
    for sheet in book:
        if sheet.title != "填报说明" and sheet.sheet_state != "veryHidden":
            top = [c.value for c in sheet[1] if c.value]
            assert top and str(top[0]).startswith("2/4 家，缺 2 家，暂定"), sheet.title


def test_without_any_accepted_filing_nothing_is_claimed(tmp_path):
    files = {a.code: write_filing(blank(agency=a)) for a in AGENCIES}
    found = Season(tmp_path, **files).merge()
    assert set(found.filing.values.values()) == {None} and found.status.startswith("0/4 家，缺 4 家")
    assert len(found.left_out) == 4
    assert set(checked(write_summary(found)).filing.values.values()) == {None}


def test_nothing_read_cannot_be_merged(tmp_path):
    roster = read_roster(save(tmp_path / "名录.csv", ROSTER))
    with pytest.raises(XltoolsError, match="没有读到"):
        merge(check([tmp_path / "名录.csv"]), roster, COUNTY)


def test_queried_filings_are_left_out_unless_asked_for(tmp_path):
    queried = filing({**balanced(1), "disclosure.rules.effective": 1}, agency=BUREAU)
    season = Season(tmp_path, **{"1101": write_filing(queried)})
    found = season.merge()
    assert found.status.startswith("3/4 家") and [r.path.name for r in found.left_out] == ["1101.xlsx"]
    found = season.merge(include_queried=True)
    assert found.status.startswith("4/4 家") and found.left_out == []
    assert found.filing.values["disclosure.rules.effective"] == 1


def test_a_filing_with_an_error_is_left_out_whatever_is_asked(tmp_path):
    wrong = write_filing(filing({"requests.new.natural": 5}, agency=BUREAU))
    assert Season(tmp_path, **{"1101": wrong}).merge(include_queried=True).status.startswith("3/4 家")


def test_two_equal_files_count_once_and_two_different_not_at_all(tmp_path):
    found = Season(tmp_path / "甲", **{"1101 副本": BYTES["1101"]}).merge()
    assert found.filing.values == {f: total(f) for f in FORM.fields} and found.left_out == []
    found = Season(tmp_path / "乙", **{"1101 改": write_filing(filing(agency=BUREAU))}).merge()
    assert found.filing.values == {f: total(f, ["1102", "1103", "1104"]) for f in FORM.fields}
    assert "重复：示例县数据局" in found.status and len(found.left_out) == 2


def test_files_not_on_the_roster_or_unreadable_are_left_out(tmp_path):
    stranger = write_filing(filing(balanced(9), agency=Agency("99", "外县某局", "department")))
    found = Season(tmp_path, **{"99": stranger, "坏的": b"x", "去年": write_filing(filing(year=2022))}).merge()
    assert found.filing.values == {f: total(f) for f in FORM.fields}
    assert sorted(r.path.stem for r in found.left_out) == ["99", "去年", "坏的"]


def test_supplements_are_summed_where_they_are(tmp_path):
    said = [
        filing({"supplement.published_items": 22}, year=2020, agency=AGENCIES[0], supplements=("jilin-2020",)),
        filing({"supplement.published_items": 3}, year=2020, agency=AGENCIES[1], supplements=("jilin-2020",)),
        filing(year=2020, agency=AGENCIES[2]),
        filing(year=2020, agency=AGENCIES[3]),
    ]
    found = Season(tmp_path, **{f.agency.code: write_filing(f) for f in said}).merge()
    assert found.filing.values["supplement.published_items"] == 25
    back = checked(write_summary(found)).filing
    assert back.form.supplements == ("jilin-2020",) and back.values == found.filing.values


# ── the workbook ─────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    """A whole summary, and its workbook."""
    found = Season(tmp_path_factory.mktemp("season")).merge()
    return found, write_summary(found)


def test_the_same_season_gives_the_same_bytes(summary):
    found, content = summary
    assert write_summary(found) == content


def test_a_summary_is_a_filing_that_reads_back_the_same(summary, tmp_path):
    found, content = summary
    received = checked(content)
    assert (received.verdict, received.filing.kind, received.filing.agency) == ("original", "summary", COUNTY)
    assert received.filing.values == found.filing.values
    assert codes(received, "error", "query") == [] and received.accepted
    told = run_json("export", save(tmp_path / "汇总.xlsx", content))
    assert told["kind"] == "summary" and told["values"] == found.as_json(judged(found, Path("x")))["summary"]["values"]


def test_official_cells_are_live_sums_at_the_same_addresses(summary):
    found, content = summary
    formulas, values = opened(content), opened(content, data_only=True)
    for field in FORM.fields.values():
        sheet, address = cell_of(FORM, field.id)
        assert formulas[sheet][address].data_type == "f"
        scale = 1_000_000 if field.type == "money" else 1
        assert values[sheet][address].value == found.filing.values[field.id] / scale
        assert ("明细" in formulas[sheet][address].value) is not bool(field.parts)
        assert formulas[sheet][address].protection.locked


def test_the_detail_has_an_agency_a_row_and_a_field_a_column(summary):
    _, content = summary
    rows = [[c.value for c in row] for row in opened(content)["明细"].iter_rows()]
    head = next(row for row in rows if "requests.new.natural" in row)
    body = [row for row in rows if row[0] in BYTES]
    assert [row[0] for row in body] == list(BYTES)
    for row in body:
        for field in FORM.inputs:
            scale = 1_000_000 if field.type == "money" else 1
            assert Fraction(str(row[head.index(field.id)])) == Fraction(FILINGS[row[0]].values[field.id], scale)


def table(content, sheet):
    """A list sheet as rows by their headings."""
    rows = [[c.value for c in row] for row in opened(content)[sheet].iter_rows()]
    top = next(n for n, row in enumerate(rows) if "单位代码" in row)
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :] if row[0] or row[1]]


def test_every_agency_has_its_state(tmp_path):
    files = {"1101": write_filing(filing({"requests.new.natural": 5}, agency=BUREAU)),
             "1102": write_filing(filing({"disclosure.rules.issued": 1}, agency=AGENCIES[1])),
             "1104 副本": write_filing(filing(agency=AGENCIES[3]))}  # fmt: skip
    found = Season(tmp_path, without=["1103"], **files).merge()
    content = write_summary(found)
    states = {row["单位代码"]: row["状态"] for row in table(content, "上报情况")}
    assert states == {"1101": "退回", "1102": "待核实", "1103": "没有报", "1104": "重复"}
    told = {(row["单位代码"], row["级别"]) for row in table(content, "审核问题")}
    assert told >= {("1101", "错误"), ("1102", "核实"), ("1103", "提示"), ("1104", "错误")}
    counted = {row["文件"].rpartition("/")[2]: row["是否计入"] for row in table(content, "来源")}
    assert counted == {"1101.xlsx": "否", "1102.xlsx": "否", "1104.xlsx": "否", "1104 副本.xlsx": "否"}


def test_the_data_are_tidy_and_name_no_persons(summary):
    _, content = summary
    rows = table(content, "数据")
    assert len(rows) == len(BYTES) * len(FORM.fields)
    for row in rows[:: len(rows) // 50]:
        field = FORM.fields[row["指标编号"]]
        scale = 1_000_000 if field.type == "money" else 1
        assert row["数值"] * scale == pytest.approx(FILINGS[row["单位代码"]].values[field.id], abs=1e-6)
    words = {str(c.value) for row in opened(content)["数据"] for c in row}
    assert not words & {"张三", "李四", "王五", "010-1234"}


def test_sources_have_path_hash_and_verdict(summary):
    found, content = summary
    rows = table(content, "来源")
    assert [row["SHA-256"] for row in rows] == [r.sha256 for r in found.collection.received]
    assert {row["是否计入"] for row in rows} == {"是"}


def test_a_summary_is_protected_but_the_lists_that_nobody_reads_back(summary):
    """Excel sorts no locked cells: what can be sorted is open, and nothing else says that it can be."""
    book = opened(summary[1])
    open_ = ("审核问题", "数据", "来源")
    assert {sheet.title for sheet in book if not sheet.protection.sheet} == set(open_) and book.security.lockStructure
    assert all(sheet.protection.sort for sheet in book if sheet.protection.sheet)
    for name in ("上报情况", *open_):
        assert book[name].auto_filter.ref
    assert not book["上报情况"].protection.autoFilter


@pytest.mark.parametrize("order", ["单位名称", "级别", "编号", "问题", "单元格"])
def test_a_summary_whose_findings_were_sorted_is_the_same_summary(tmp_path, order):
    wrong = ({"requests.new.natural": 900}, {"disclosure.rules.issued": 1}, {}, {"requests.granted.natural": 1})
    filings = [filing({**balanced(n), **wrong[n]}, agency=agency) for n, agency in enumerate(AGENCIES)]
    received = {f.agency.code: write_filing(f) for f in filings}
    found = Season(tmp_path, **received).merge(include_queried=True)
    content = write_summary(found)

    def sort(book):
        sheet = book["审核问题"]
        head = next(r for r in sheet.iter_rows() if r[0].value == "单位名称" and r[1].value == "级别")
        at = [c.value for c in head].index(order)
        listed = [[c.value for c in r] for r in sheet.iter_rows(min_row=head[0].row + 1)]
        for row, values in enumerate(sorted(listed, key=lambda r: str(r[at]), reverse=True), head[0].row + 1):
            for column, value in enumerate(values, 1):
                sheet.cell(row, column).value = value

    before, after = checked(resaved(content)), checked(resaved(content, sort))
    assert after.filing.values == before.filing.values == found.filing.values and after.verdict == before.verdict
    assert [f.code for f in after.findings] == [f.code for f in before.findings]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(1)", "-2+3"])
def test_names_that_look_like_formulas_stay_texts(tmp_path, name):
    agency = Agency("1101", name, "department")
    said = filing(balanced(1), agency=agency, texts={"overview": (name,), "problems": (name,), "other": (name,)})
    found = Season(tmp_path, **{"1101": write_filing(said)}).merge(include_queried=True)
    book = opened(write_summary(found))
    cells = [c for sheet in book for row in sheet for c in row if isinstance(c.value, str) and name in c.value]
    assert len(cells) > 3 and all(c.data_type == "s" or (c.value[0] == "=" and "封面" in c.value) for c in cells)


def test_a_figure_of_a_summary_typed_over_is_told(summary):
    found, content = summary
    sheet, address = cell_of(FORM, "requests.new.natural")
    received = checked(altered(content, sheet, {address: 5}))
    assert received.filing.values == found.filing.values
    assert "total-overwritten" in codes(received, "error") and received.verdict == "modified"
    received = checked(altered(content, sheet, {address: ("2+3", 5)}))
    assert received.filing.values == found.filing.values and received.verdict == "modified"


def test_a_detail_that_is_no_number_is_not_passed_over(summary):
    """What a summary rests on is read with the same care as a filing."""
    _, content = summary
    detail = opened(content)["明细"]
    column = next(c.column_letter for row in detail for c in row if c.value == "requests.new.natural")
    row = next(c.row for c in detail["A"] if c.value == "1102")
    for value in ("20件", "约3", 1.5):
        received = checked(altered(content, "明细", {f"{column}{row}": value}))
        assert codes(received, "error", "query"), value


def test_a_summary_without_its_detail_cannot_be_read(summary):
    content = patched(summary[1], "xl/workbook.xml", 'name="明细"', 'name="明细2"')
    received = checked(content)
    assert codes(received, "error") and (received.filing is None or not received.accepted)


def test_distinct_figures_are_summed_field_by_field(tmp_path):
    """No field's figures end in another's sum."""
    n = {a.code: k for k, a in enumerate(AGENCIES, 1)}
    roster = read_roster(save(tmp_path / "名录.csv", ROSTER))
    for agency in AGENCIES:
        figures = {f: v * n[agency.code] for f, v in distinct(FORM).items()}
        save(tmp_path / "回收" / f"{agency.code}.xlsx", filing(figures, agency=agency))
    collection = check([tmp_path / "回收"], roster)
    for received in collection.received:
        received.findings = []
    found = merge(collection, roster, COUNTY)
    assert found.filing.inputs == {f: v * sum(n.values()) for f, v in distinct(FORM).items()}
    assert checked(write_summary(found)).filing.inputs == found.filing.inputs
