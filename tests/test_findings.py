"""The catalogue of findings: every code can happen, and says in Chinese what, where and what to do."""

import re
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import followed
import openpyxl
import pytest
import test_supplements
from alterations_seen import _anchor
from joints import bad_joints
from making import (
    AGENCIES,
    BUREAU,
    COUNTY,
    ROSTER,
    altered,
    cell_of,
    checked,
    filing,
    opened,
    packed,
    parts,
    patched,
    resaved,
    save,
    told,
)
from test_bad_input import encrypted, other_container, workbook_of_another
from test_ingest_hostile import SCANNED, SECRET
from test_one_act import values_only
from test_seen import drawn

from xltools.collection.check import check, check_file, hold_against_parts
from xltools.collection.decisions import Decision, Office, stamps
from xltools.collection.explanations import stamp
from xltools.collection.previous import Previous, read_previous
from xltools.collection.roster import read_roster
from xltools.editions import load_form
from xltools.editions.shelves import FORMS, shelved
from xltools.findings import CATALOGUE, Finding, finding
from xltools.form.fields import Origin
from xltools.form.model import Adjustment, Agency, Filing
from xltools.ingest.report import Asked, import_report
from xltools.ingest.run import import_all, reports_in
from xltools.publication.content import report_of
from xltools.publication.html import page_report
from xltools.received.exchange import fill
from xltools.received.file import Received
from xltools.received.read import read_file
from xltools.slips.chat import _returned
from xltools.slips.prefilled import prefilled
from xltools.slips.single import marked_copy
from xltools.slips.words import bare, item
from xltools.summary import merge, partly
from xltools.summary.judged import judged
from xltools.summary.writing import write_summary
from xltools.terms import SEVERITIES
from xltools.workbook.write import write_filing

FORM = load_form("2021")
GOOD = write_filing(filing())
REQUESTS, FIRST = cell_of(FORM, "requests.new.natural")


def of_file(content, name="表.xlsx"):
    """Findings of one file."""
    return checked(content, name).findings


def of_return(folder, wrong, last=None):
    """What is told of a file of another year that goes back on this year's form."""
    files = [save(folder / f"{n}.xlsx", one) for n, one in enumerate([wrong, filing(agency=AGENCIES[1])])]
    previous = read_previous([save(folder / "上年" / "表.xlsx", last)]) if last else None
    collection = check(files, year=2023, previous=previous)
    return prefilled(collection.received[0], collection).told


def of_correction(folder):
    """What is told of a marked copy that came back beside its original."""
    sent = save(folder / "表.xlsx", filing({"requests.new.natural": 1}))
    copy = marked_copy(check_file(sent))
    save(folder / "更正.xlsx", altered(copy, REQUESTS, {FIRST: 0}))
    return check([folder]).findings


def of_failure(path):
    """Findings of a file over which the program itself fails."""
    with patch("xltools.received.read.audit", side_effect=ZeroDivisionError("division by zero")):
        return check([path]).all_findings()


def of_cell(value, field="requests.new.natural", **more):
    """Findings of a filing with one input cell changed."""
    form = filing(**more).form
    sheet, address = cell_of(form, field)
    return of_file(altered(write_filing(filing(**more)), sheet, {address: value}))


def of_change(change, content=GOOD):
    """Findings of a filing changed by another program."""
    return of_file(resaved(content, change))


def of_set(tmp_path, *filings, files=(), names=(), contact=""):
    """Findings of a folder held against the roster, of its files and of the set; ``names`` are files of a filing that is right."""
    for number, one in enumerate(filings):
        save(tmp_path / "回收" / f"{number}.xlsx", one)
    for name in names:
        save(tmp_path / "回收" / f"{name}.xlsx", filing())
    for name in files:
        save(tmp_path / "回收" / name, b"x")
    save(tmp_path / "名录.csv", ROSTER.replace("部门,11,,\n", f"部门,11,{contact or ','}\n"))
    return list(check([tmp_path], read_roster(tmp_path / "名录.csv")).all_findings())


OTHER_RETURN = """
id = "works"
family = "安全"
title = "安全生产情况统计报表"
years = { from = 2020 }
basis = "某安〔2020〕1号"
[[section]]
id = "rules"
sheet = "一、制度"
title = "一、制度建设情况"
[[section.table]]
corner = "项目"
columns = [{ id = "", label = "情况" }]
rows = [{ id = "public", label = "是否公示", type = "choice", choices = ["是", "否"] }, { id = "cases", label = "起数" }]
"""


def of_other_return(tmp_path, family, choice=1):
    """Findings of a filing of another return than disclosure, where those of a family are asked for."""
    save(tmp_path / FORMS / "works.toml", OTHER_RETURN)
    with shelved(tmp_path, family):
        form = load_form("works")
        made = Filing(form, Agency("11", "甲局", "department"), 2023, inputs={"rules.public": 1, "rules.cases": 3})
        sheet, cell = cell_of(form, "rules.public")
        content = write_filing(made)
        if choice != 1:
            content = resaved(content, lambda book: book[sheet].__setitem__(cell, choice))
        save(tmp_path / "回收" / "表.xlsx", content)
        return list(check([tmp_path / "回收"], year=2023).all_findings())


def said_by(name):
    """A filing whose texts say plainly whose they are."""
    return filing(texts={**filing().texts, "overview": (f"本报告由{name}编制。", "又写了一段。")})


def of_year(tmp_path, now, last):
    """Findings of a filing held against last year's."""
    for name, one in (("上年", last), ("本年", now)):
        save(tmp_path / name / "表.xlsx", one)
    previous = read_previous([tmp_path / "上年"])
    return list(check([tmp_path / "本年"], previous=previous).all_findings())


def of_supplement(tmp_path):
    """Findings of two filings one of which lacks a supplement that is asked of both, and of their sum."""
    name, roster = "jilin-2020", read_roster(save(tmp_path / "名录.csv", ROSTER_OF_TWO))
    for code, supplements in (("1", (name,)), ("2", ())):
        agency = Agency(code, f"{code}局", "department")
        save(tmp_path / "来" / f"{code}.xlsx", filing(form=load_form("2019", supplements), year=2020, agency=agency))
    collection = check([tmp_path / "来"], roster, supplements=(name,))
    filings = [received.filing for received in collection.received]
    return [*collection.all_findings(), *partly(load_form("2019", (name,)), filings)]


def of_rivals(tmp_path):
    """Findings of a filing that was issued before another supplement called its lines as its own does."""
    with followed.form_at_hand(tmp_path, followed.OLD, test_supplements.NAN):
        said = test_supplements.full(load_form("old", ("nan-2030",)))
        path = save(tmp_path / "来" / "1.xlsx", write_filing(said))
    with followed.form_at_hand(tmp_path, test_supplements.BEI):
        return check_file(path).findings


ROSTER_OF_TWO = "单位代码,单位名称,层级,上级代码\n0,县,county,\n1,1局,department,0\n2,2局,department,0\n"
AUTHORITY = "disclosure.rules.authority"
QUERIED = filing({"disclosure.rules.effective": 1}, explanations={AUTHORITY: "市里下放的权限，有文件。"})
STALE = {BUREAU.code: {AUTHORITY: f"{stamp(QUERIED, AUTHORITY).partition('.')[0]}.0"}}


def of_office(tmp_path, *decisions, **known):
    """Findings of a queried filing, with what the office knows and has settled."""
    said = QUERIED if known.get("explained") else filing({"disclosure.rules.effective": 1})
    save(tmp_path / "回收" / "表.xlsx", said)
    decided = {code: stamps([], said, Office("", decisions)) for code in known.get("decided", ())}
    office = Office("办理记录.xlsx", decisions, known.get("explained", {}), decided)
    return list(check([tmp_path], office=office).all_findings())


def merged(tmp_path, *some):
    """The summary of the county over filings, by default one of every agency."""
    for number, one in enumerate(some or [filing(agency=agency) for agency in AGENCIES]):
        save(tmp_path / "下级" / f"{number}.xlsx", one)
    roster = read_roster(save(tmp_path / "名录.csv", ROSTER))
    return write_summary(merge(check([tmp_path / "下级"], roster), roster, COUNTY))


def of_made(tmp_path, *some):
    """Findings of a summary where it is made, with an adjustment that nobody below explained."""
    roster = read_roster(save(tmp_path / "名录.csv", ROSTER))
    paths = [save(tmp_path / f"{n}.xlsx", one) for n, one in enumerate(some)]
    kept = filing(agency=COUNTY, adjustments=(Adjustment("另有一件", {"disclosure.rules.effective": 1}),))
    summary = merge(check(paths, roster), roster, COUNTY, kept=kept)
    return judged(summary, tmp_path / "汇总.xlsx").findings


def of_levels(tmp_path, *files, above="12,市直部门,部门,11\n"):
    """Findings of summaries and filings received together, held against a roster."""
    top = "1,示例市,设区的市," if ",1\n" in above else "11,示例县,县,"
    above = f"单位代码,单位名称,层级,上级代码\n{top}\n{above}"
    for number, one in enumerate(files):
        save(tmp_path / "上级" / f"{number}.xlsx", one)
    return list(check([tmp_path / "上级"], read_roster(save(tmp_path / "上级名录.csv", above))).all_findings())


def of_parts(tmp_path, whole, *parts):
    """Findings of a summary held against its parts."""
    collection = check([save(tmp_path / "汇总.xlsx", whole)])
    hold_against_parts(collection, check([save(tmp_path / "部分" / f"{n}.xlsx", one) for n, one in enumerate(parts)]))
    return list(collection.all_findings())


TOWN = Agency("1", "东镇人民政府", "township")
CUT = "三、收到和处理政府信息公开申请情况\n一、本年新收政府信息公开申请数量\n3\n4"
ROW = f"<tr><th colspan=3>（八）另有一行</th>{'<td>5</td>' * 7}</tr></tbody>"

HEAD = "<td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td><td>备注</td>"
ROW_NOTED = "<td>规章</td><td>1</td><td>0</td><td>7</td><td>9</td>"
OPENING = "对本报告有疑问的，请与东镇人民政府联系（地址：东镇中心路1号，邮编：130000，电子邮箱：east@example.cn）。"
NOTED = f"<meta charset=utf-8><table><tr>{HEAD}</tr><tr>{ROW_NOTED}</tr></table>"


def of_report(change=lambda text: text, year=2023, name_asked="", figures=None):
    """Findings of an import of our own report, its text changed."""
    page = page_report(report_of(checked(write_filing(filing(figures, year=year, agency=TOWN)))))
    return import_report(change(page).encode(), "a.html", Asked(code="1", name=name_asked)).findings


def with_another(text):
    """Another agency's report below the report."""
    return text.replace(
        "</body>", text[text.index("<body>") :].replace(TOWN.name, "西镇人民政府").replace(">0<", ">1<")
    )


def of_document(content, name):
    return import_report(content, name, Asked(code="1", name="东镇", year=2023)).findings


def of_folder(tmp_path):
    """Findings of two reports of one agency and year, imported together."""
    page = page_report(report_of(checked(GOOD)))
    for name in ("甲.html", "乙.html"):
        save(tmp_path / "报告" / name, page)
    return [
        f for done in import_all(reports_in(tmp_path / "报告"), tmp_path / "表", Asked(code="")) for f in done.findings
    ]


def without_total(text):
    """The first row total of part three is empty."""
    return re.sub(r'(<td headers="[^"]*t3r3c9|<td headers="[^"]*")([^>]*)>0</td></tr>', r"\1\2></td></tr>", text)


def put(sheet, address, value):
    return lambda book: book[sheet].__setitem__(address, value)


def rename(book):
    book["四、复议诉讼"].title = "复议"


def swap_rows(book):
    """Two rows change places, labels and all."""
    sheet = book[REQUESTS]
    rows = [c.row for c in sheet["A"] if str(c.value).startswith(("一、", "二、")) and c.row > 5]
    for column in range(1, sheet.max_column + 1):
        one, other = (sheet.cell(row, column) for row in rows)
        if type(one).__name__ == "Cell" and type(other).__name__ == "Cell":
            one.value, other.value = other.value, one.value


def hide(book):
    book["六、其他事项"].sheet_state = "hidden"


def hide_figures(book):
    cell = book[REQUESTS][FIRST]
    cell.value, book[REQUESTS].row_dimensions[cell.row].hidden = 57, True


def unprotect(book):
    book["校验"].protection.sheet = False


def free(book):
    book[REQUESTS].data_validations.dataValidation = []


def thousands(book):
    cell = book[REQUESTS][FIRST]
    cell.value, cell.number_format = 57000, "0,"


def date_cell(book):
    book[REQUESTS][FIRST].value, book[REQUESTS][FIRST].number_format = 45355, "yyyy-mm-dd"


def with_macros():
    return packed({**parts(GOOD), "xl/vbaProject.bin": b"macro"})


def redefined(old, new):
    """A file that carries a form which says something else than the office's."""
    text = next(text for _, text in FORM.origin.texts).replace(old, new, 1)
    digest = Origin(((f"{FORM.edition}.toml", text),)).digest
    return patched(
        patched(GOOD, "xl/sharedStrings.xml", re.escape(old), new), "docProps/custom.xml", FORM.digest, digest
    )


MANY = {f"requests.{row}.{column}": 3 for row in ("new", "granted") for column in ("natural", "business", "research")}

NONE = frozenset()
LONG = "".join(f"第{n}件事办得怎么样，现在说一说。" for n in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉")


def of_texts(texts):
    """Findings of a filing with other texts."""
    return of_file(write_filing(filing(texts={**filing().texts, **texts})))


SIGNED = {**filing().signoff, "compiler": "赵六", "phone": "010-1"}
"""With the telephone that the roster has for another agency."""

PROVOKERS = {
    "file-empty": lambda _: of_file(b""),
    "file-not-workbook": lambda _: of_file(b"hello"),
    "file-encrypted": lambda _: of_file(encrypted()),
    "file-wrapped": lambda _: of_file(b"%TSD-Header-###%" + bytes(600)),
    "file-damaged": lambda _: of_file(GOOD[: len(GOOD) // 2]),
    "file-unsafe": lambda _: of_file(patched(GOOD, "xl/workbook.xml", r"\?>", '?><!DOCTYPE x [<!ENTITY a "b">]>')),
    "file-failed": lambda tmp: of_failure(save(tmp / "表.xlsx", GOOD)),
    "file-unreadable": lambda tmp: read_file(tmp / "没有.xlsx").findings,
    "file-packed": lambda tmp: of_set(tmp, files=["各镇.rar"]),
    "file-skipped": lambda tmp: of_set(tmp, files=["~$表.xlsx"]),
    "file-beside": lambda tmp: of_set(tmp, files=["县_汇总表.xlsx", "县_年度报告.docx"]),
    "form-foreign": lambda _: of_file(workbook_of_another()),
    "edition-unknown": lambda _: of_file(patched(GOOD, "docProps/custom.xml", r"(edition.*?lpwstr>)2021", r"\g<1>2031")),
    "form-earlier-wording": lambda _: of_file(redefined('title = "政府', 'title = "某地政府')),
    "form-of-other-kind": lambda _: of_file(redefined('{ id = "normative"', '{ id = "more", label = "又一行" }, { id = "normative"')),
    "form-sheet-missing": lambda _: of_change(lambda book: book.remove(book["四、复议诉讼"])),
    "form-line-added": lambda _: of_change(lambda book: (book[REQUESTS].insert_rows(12), put(REQUESTS, "A12", "加行")(book))),
    "form-cell-added": lambda _: of_change(put(REQUESTS, "A40", "另有说明")),
    "text-vast": lambda _: of_file(write_filing(filing(texts={"overview": ("长" * 800,) * 200}))),
    "text-too-long": lambda _: of_file(write_filing(filing(texts={"overview": ("长" * 801,)}))),
    "text-empty": lambda _: of_texts({"problems": ("无",)}),
    "text-instruction": lambda _: of_texts({"overview": (next(x.text for x in FORM.text_sections),)}),
    "text-differs": lambda _: of_texts({"overview": ("全年收到政府信息公开申请51件。",)}),
    "text-parts": lambda _: of_texts({"overview": ("收到申请0件，其中网上申请3件、当面申请2件。",)}),
    "text-year": lambda _: of_texts({"overview": ("统计期限为2022年1月1日至12月31日。",)}),
    "text-repeated": lambda _: told(filing(texts={"overview": (LONG,)}, last_texts={"overview": (LONG,)})),
    "text-fee": lambda _: of_texts({"overview": ("收取信息处理费120元。",)}),
    "form-line-moved": lambda _: of_change(swap_rows),
    "form-line-lost": lambda _: of_change(lambda book: book[REQUESTS].delete_rows(12)),
    "form-label-changed": lambda _: of_change(put("二、主动公开", "A6", "改了")),
    "form-formula-changed": lambda _: of_change(put("校验", "F5", "通过")),
    "form-protection-lost": lambda _: of_change(unprotect),
    "form-validation-lost": lambda _: of_change(free),
    "form-other-version": lambda _: of_file(patched(GOOD, "docProps/custom.xml", r"(_layout.*?lpwstr>)[^<]+", r"\g<1>99")),
    "form-sheet-added": lambda _: of_change(lambda book: book.create_sheet("草稿")),
    "form-sheet-hidden": lambda _: of_change(hide),
    "form-sheet-renamed": lambda _: of_change(rename),
    "form-not-audited": lambda _: of_file(other_container(), "表.ods"),
    "file-macros": lambda _: of_file(with_macros(), "表.xlsm"),
    "identity-contradicts": lambda _: of_change(put("封面", "C5", "别的局")),
    "cell-blank": lambda _: of_cell(None),
    "cell-placeholder": lambda _: of_cell("/"),
    "cell-text-number": lambda _: of_cell("1,113"),
    "cell-grouped": lambda _: of_cell("184 184"),
    "cell-look": lambda _: of_file(patched(
        altered(GOOD, REQUESTS, {FIRST: "X"}), "xl/worksheets/sheet5.xml", "<is><t>X</t></is>",
        "<is><r><t>1</t></r><r><rPr><strike/></rPr><t>7</t></r></is>")),
    "cell-as-text": lambda _: of_change(lambda book: [put(REQUESTS, f"D{row}", "0")(book) for row in range(8, 14)]),
    "form-values-only": lambda _: of_file(values_only(GOOD)),
    "form-shown-otherwise": lambda _: of_change(lambda book: setattr(book[REQUESTS]["A8"], "number_format", ";;;")),
    "form-drawing": lambda _: of_file(drawn(_anchor((7, 3), (7, 3), "5"))),
    "form-figures-hidden": lambda _: of_change(hide_figures),
    "cell-format": lambda _: of_change(thousands),
    "cell-serial": lambda _: of_cell(45355),
    "form-covered": lambda _: of_file(patched(
        GOOD, "xl/worksheets/sheet5.xml", "<mergeCell ", '<mergeCell ref="D9:E9"/><mergeCell ')),
    "cell-unit-suffix": lambda _: of_cell("3件"),
    "cell-direction": lambda _: of_cell("减11", "disclosure.licensing.change", year=2020),
    "cell-money-wan": lambda _: of_cell("240万元", "disclosure.fees.amount"),
    "cell-money-yuan": lambda _: of_cell("251000元", "disclosure.fees.amount"),
    "cell-not-number": lambda _: of_cell("约3"),
    "cell-date": lambda _: of_change(date_cell),
    "cell-error-value": lambda _: of_file(
        patched(GOOD, "xl/worksheets/sheet5.xml", rf'<c r="{FIRST}"( s="\d+")><v>0</v>',
                rf'<c r="{FIRST}"\1 t="e"><v>#DIV/0!</v>')),
    "cell-formula": lambda _: of_cell(("1+2", 3)),
    "cell-fraction": lambda _: of_cell(1.5),
    "cell-negative": lambda _: of_cell(-1),
    "cell-too-precise": lambda _: of_cell(0.1234567, "disclosure.fees.amount"),
    "cell-too-large": lambda _: of_cell(10**13),
    "switch-unclear": lambda _: of_change(put(REQUESTS, "D4", "也许")),
    "total-overwritten": lambda _: of_change(put(REQUESTS, cell_of(FORM, "requests.new.total")[1], 5)),
    "rule-failed": lambda _: of_cell(5),
    "likely-culprit": lambda _: of_file(write_filing(filing(
        {"requests.new.natural": 35, "requests.granted.natural": 12, "requests.partial.natural": 32}))),
    "signoff-missing": lambda _: of_file(write_filing(filing(signoff={}))),
    "signoff-date": lambda _: of_file(write_filing(filing(signoff={**filing().signoff, "date": "2023-01-01"}))),
    "total-differs": lambda _: fill(filing(), {"values": {"requests.new.total": 3}}, "数.json")[1],
    "return-left-empty": lambda tmp: of_return(tmp, filing({"requests.new.natural": "约3"}, year=2022)),
    "return-no-place": lambda tmp: of_return(tmp, filing({"disclosure.rules.made": 3}, year=2020)),
    "return-carried": lambda tmp: of_return(
        tmp, filing({"requests.carried_in.natural": 3}, year=2021), last=filing(MANY, year=2022)),
    "return-last-year": lambda tmp: of_return(tmp, filing(MANY, year=2022), last=filing(MANY, year=2022)),
    "explanation-stale": lambda tmp: of_office(tmp, explained=STALE),
    "explanation-partial": lambda tmp: of_made(tmp, QUERIED),
    "decision-unusable": lambda tmp: of_office(tmp, Decision(2, "9", "x", "张三", "2024-01-20", "电话问清了")),
    "decision-stale": lambda tmp: of_office(tmp, Decision(2, BUREAU.code, AUTHORITY, "张三", "2024-01-20", "电话问清了"),
                                            decided={BUREAU.code}),
    "agency-missing": lambda tmp: of_set(tmp, filing()),
    "agency-duplicate": lambda tmp: of_set(tmp, filing(), filing({"requests.new.natural": 1})),
    "agency-corrected": of_correction,
    "agency-unknown": lambda tmp: of_set(tmp, filing(agency=Agency("99", "外县某局", "department"))),
    "agency-area": lambda tmp: of_set(tmp, filing(agency=COUNTY)),
    "agency-renamed": lambda tmp: of_set(tmp, filing(agency=Agency(BUREAU.code, "别的局", "department"))),
    "agency-doubtful": lambda tmp: of_set(tmp, said_by("示例县教育局")),
    "agency-hinted": lambda tmp: of_set(
        tmp, filing(agency=Agency("1102", "示例县教育局", "department"), signoff=SIGNED), contact="李某,010-2"),
    "file-named-otherwise": lambda tmp: of_set(tmp, names=["示例县教育局"]),
    "year-other": lambda tmp: of_set(tmp, filing(), filing(year=2022), filing(agency=COUNTY)),
    "last-repeated": lambda tmp: of_year(tmp, *(filing(MANY, year=year) for year in (2024, 2023))),
    "last-jump": lambda tmp: of_year(tmp, filing({"disputes.review.other": 50}, year=2024), filing()),
    "last-differs": lambda tmp: of_year(tmp, filing(year=2024, last={"requests.carried_out.natural": 3}), filing()),
    "previous-skipped": lambda tmp: of_year(tmp, filing(year=2024), b"no workbook"),
    "supplement-missing": lambda tmp: of_supplement(tmp),
    "supplement-partial": lambda tmp: of_supplement(tmp),
    "supplement-renamed": lambda tmp: of_rivals(tmp),
    "crosswalk-missing": lambda _: Previous({(2030, "1"): followed.then()}).unfollowed(followed.made(followed.NEW)),
    "carried-left-open": lambda _: Previous({(2030, "1"): followed.then()}).unfollowed(followed.made(followed.WHOLE)),
    "previous-missing": lambda tmp: of_year(tmp, filing(year=2024), filing(year=2022)),
    "agency-counted-twice": lambda tmp: of_levels(tmp, merged(tmp), filing(), above="11,示例县,县,1\n1101,某局,部门,11\n"),
    "summary-provisional": lambda tmp: of_file(merged(tmp, filing())),
    "summary-of-others": lambda tmp: of_levels(tmp, merged(tmp), above="11,示例县,县,1\n1101,某局,部门,1\n"),
    "summary-of-itself": lambda tmp: of_levels(tmp, merged(tmp), filing(agency=Agency("12", "市直部门", "department"))),
    "summary-row-changed": lambda tmp: of_file(altered(merged(tmp), "明细", {"D5": 901})),
    "summary-members-differ": lambda tmp: of_file(altered(merged(tmp), "上报情况", {"J4": "别的代码"})),
    "parts-differ": lambda tmp: of_parts(tmp, merged(tmp), filing({"requests.new.natural": 1})),
    "parts-unlike": lambda tmp: of_parts(tmp, merged(tmp), filing(agency=Agency("1188", "另一局", "department"))),
    "adjustment-made": lambda tmp: of_file(altered(merged(tmp), "明细", {"B10": "法院改判，来不及改报", "D10": -1})),
    "adjustment-unexplained": lambda tmp: of_file(altered(merged(tmp), "明细", {"D10": -1})),
    "import-not-document": lambda _: of_document(b"", "a.txt"),
    "import-damaged": lambda _: of_document(b"%PDF-1.7 cut", "a.pdf"),
    "import-encrypted": lambda _: of_document(SECRET, "a.pdf"),
    "import-no-text": lambda _: of_document(SCANNED, "a.pdf"),
    "import-unsafe": lambda _: of_document(b"1\n" * 200_000, "a.txt"),
    "import-no-tables": lambda _: of_document(b"<p>hello</p>", "a.html"),
    "import-identity": lambda _: import_report(b"<p>hello</p>", "a.html").findings,
    "import-inferred": lambda _: of_report(),
    "import-contradicts": lambda _: of_report(name_asked="西镇人民政府"),
    "import-several": lambda _: of_report(with_another),
    "import-one-of-several": lambda _: of_report(with_another, name_asked="西镇人民政府"),
    "import-opening": lambda _: of_report(lambda t: t.replace("</h1>", f"</h1><p>{OPENING}</p>", 1)),
    "import-row-missing": lambda _: of_document(NOTED.encode(), "a.html"),
    "import-figure-extra": lambda _: of_document(NOTED.encode(), "a.html"),
    "import-twice": of_folder,
    "import-unplaced": lambda _: of_document(CUT.encode(), "a.txt"),
    "import-row-unknown": lambda _: of_report(lambda t: t.replace("</tbody>", ROW, 2)),
    "import-total-missing": lambda _: of_report(without_total),
    "import-unit": lambda _: of_report(year=2020, figures={"disclosure.procurement.amount": 12 * 10**6}),
    "import-text-missing": lambda _: of_report(lambda t: re.sub(r"<section[^>]*part5.*?</section>", "", t, flags=re.S)),
    "import-prose": lambda _: of_report(lambda t: t.replace("</h2>", "</h2><p>这一部分另有一段说明文字，不在表里。</p>", 2)),
    "edition-other": lambda tmp: of_set(tmp, filing(form=load_form("2019"), year=2023)),
    "family-other": lambda tmp: of_other_return(tmp, ""),
    "cell-not-choice": lambda tmp: of_other_return(tmp, "安全", "对"),
}  # fmt: skip
"""What provokes each code: a folder to work in → findings, that code's among them."""


@pytest.fixture(scope="module")
def provoked(tmp_path_factory):
    """All findings of each code's provoker, made once."""
    made = {}

    def get(code):
        if code not in made:
            made[code] = [f for f in PROVOKERS[code](tmp_path_factory.mktemp("provoked")) if f.code == code]
        return made[code]

    return get


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_can_be_provoked(code, provoked):
    assert code in PROVOKERS, "a code that no test provokes"
    assert provoked(code)


def test_no_provoker_is_left_over():
    assert set(PROVOKERS) <= set(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_message_is_whole_chinese_and_says_where(code, provoked):
    for found in provoked(code):
        for words in (found.message, found.remedy):
            assert re.search(r"[\u4e00-\u9fff]", words)
            assert not re.search(r"[{}]|None|Fraction|Decimal|nan\b", words), words
        assert found.message.endswith("。") and not found.remedy.endswith("。")
        assert not found.sheet or found.sheet in found.message
        assert not found.cell or any(place in found.message for place in places(found))
        assert not found.agency or found.agency.level


@pytest.mark.parametrize("code", CATALOGUE)
def test_its_pieces_meet_well_wherever_it_is_told(code, provoked):
    """On the screen, in a letter, beside a cell, in the chat group."""
    for found in provoked(code):
        told = item(found, 90, 28)
        lines = [found.message, found.remedy, bare(found), told.problem, told.remedy]
        got = Received(Path("表.xlsx"), "", "original", None, [replace(found, severity="error", closure=None)])
        lines += [f"→ {found.remedy}。", _returned(got)]
        assert [one for line in lines for one in bad_joints(line)] == []


@pytest.mark.parametrize(
    "words",
    [
        "甲，（乙）",
        "甲。。",
        "甲、、乙",
        "甲；。",
        "甲，。",
        "甲（）",
        "“”甲",
        "甲（乙，）",
        "甲：，乙",
        "甲、",
        "→ ，甲",
        "甲；（见乙）",
    ],
)
def test_a_bad_joint_is_seen(words):
    assert bad_joints(f"某处：{words}")


@pytest.mark.parametrize(
    "words",
    ["甲（乙），丙。", "甲、（二）部分公开", "“三”B18（（一）予以公开）是 3。", "甲：“乙”", "甲，（一）予以公开"],
)
def test_a_good_one_is_none(words):
    assert bad_joints(words) == []


def places(found):
    """The ways a message may say where it is: the cell, its row or column, or what is printed there."""
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", found.cell).groups()
    return [found.cell, f"第 {row} 行", f"{column} 列", f"封面上的{found.detail.get('place')}"]


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_finding_as_json_has_all_its_keys(code, provoked):
    places = "file agency sheet cell field related actual expected rule basis remedy"
    keys = f"code severity open message {places} closed".split()
    for found in provoked(code):
        told = found.as_json()
        assert list(told) == keys
        assert told["severity"] in SEVERITIES and isinstance(told["related"], list)
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", told["code"])
        assert told["cell"] is None or re.fullmatch(r"[A-Z]+[1-9]\d*", told["cell"])
        assert told["rule"] is None or told["rule"] == "cover.signoff" or told["rule"] in known_rules(found)


def known_rules(found):
    forms = [load_form("2019"), load_form("2021")]
    quantities = {q.id for f in forms for many in f.lexicon.phrases.values() for q in many}
    places = {"field": {i.id for f in forms for i in f.inputs}, "quantity": quantities, "": {""}}
    return {
        r.id.replace(f"{{{place}}}", name) for f in forms for r in f.rules for place in places for name in places[place]
    }


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_catalogue_owns_severity_title_message_and_remedy(code):
    entry = CATALOGUE[code]
    assert entry.id == code and entry.severity in SEVERITIES
    assert all(re.search(r"[\u4e00-\u9fff]", words) for words in (entry.title, entry.message))
    found = Finding(code, entry.severity)
    assert found.open and found.closure is None


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_finding_that_lacks_words_is_refused_where_it_is_made(code):
    """Never where it is printed: a place misspelt stops the rule, not the whole run."""
    needed = set(re.findall(r"{(\w+)}", CATALOGUE[code].message + CATALOGUE[code].remedy))
    told = {*Finding(code, "note")._words()}
    words = dict.fromkeys(needed - told, "甲")
    assert "{" not in finding(code, **words).message
    for name in words:
        with pytest.raises(KeyError, match=name):
            finding(code, **{other: said for other, said in words.items() if other != name}, palce="甲")


def test_findings_are_frozen():
    with pytest.raises(AttributeError):
        finding("file-empty").code = "other"


def test_two_figures_come_with_their_difference():
    found = finding("total-overwritten", sheet="表", cell="A1", actual=5, expected=12, place="某处", how="公式被换掉了")
    assert all(words in found.message for words in ("5", "12", "相差 7"))
    money = finding(
        "total-overwritten",
        actual=1_500_000,
        expected=2_000_000,
        types=("money", "money"),
        place="某处",
        how="公式被换掉了",
    )
    assert all(words in money.message for words in ("1.5", "2", "相差 0.5"))


def test_no_message_is_spoilt_by_what_a_filer_typed():
    """Braces and percent signs of theirs are text."""
    for typed in ("{0}", "{file}", "%s", "{"):
        [found] = [f for f in of_cell(typed) if f.code == "cell-not-number"]
        assert typed in found.message


def test_provoking_leaves_the_model_file_as_it_is():
    assert checked(GOOD).findings == [] and isinstance(opened(GOOD), openpyxl.Workbook)


def test_a_misspelt_detail_is_refused_where_the_finding_is_made():
    with pytest.raises(TypeError, match="palce"):
        finding("cell-fraction", palce="x", typed="1.5", place="甲", suggestion="", read="1.5")
    with pytest.raises(KeyError, match="place"):
        finding("cell-fraction", typed="1.5", suggestion="", read="1.5")


@pytest.mark.parametrize(
    ("before", "change", "decided"), [(61, 36, 97), (61, -11, 50), (1, 1, 2), (300, -1, 299), (12, 8, 20)]
)
def test_where_two_figures_must_differ_nobody_reads_of_a_difference_of_nought(before, change, decided):
    said = {"previous": before, "change": change, "decisions": decided}
    found = of_file(
        write_filing(filing({f"disclosure.penalty.{name}": figure for name, figure in said.items()}, year=2020))
    )
    [misread] = [f for f in found if f.rule == "disclosure.penalty.misread"]
    assert f"左边是 {decided}，右边是 {decided}，正好相等" in misread.message and "办件" in misread.remedy
