"""The summary workbook: the filing's own sheets over live sums, and the sheets that say where every figure comes from."""

from __future__ import annotations

from xltools.checkcode import check_code
from xltools.findings import CLOSED
from xltools.layout import CODE_LABEL, DATA, ISSUES, SOURCES, STANDINGS, STATUS_ROW, layout_of
from xltools.merge import STATES, Summary
from xltools.terms import LEVELS, SEVERITIES
from xltools.workbook.book import Book, Sheet
from xltools.workbook.ledger import sum_over, write_ledger
from xltools.workbook.shown import number, plain
from xltools.workbook.write import write_filing

VERDICTS = {
    "original": "原表",
    "resaved": "原表（另存过）",
    "modified": "表被改动",
    "foreign": "不是填报表",
    "unreadable": "读不出",
}
_HEAD, _TOP = 2, 3


def write_summary(summary: Summary) -> bytes:
    """The whole workbook of a summary."""
    layout = layout_of(summary.filing.form)
    filings = summary.included

    def more(book: Book) -> None:
        write_ledger(book, layout, filings, summary.status)
        _standings(book, summary)
        _issues(book, summary)
        _data(book, summary)
        _sources(book, summary)

    return write_filing(
        summary.filing, status=summary.status, entry=lambda f: sum_over(layout, len(filings), f), more=more
    )


def _sheet(book: Book, name: str, title: str, status: str, columns: dict[str, float]) -> Sheet:
    out = book.sheet(name)
    out.widths(*columns.values())
    out.put((STATUS_ROW, 0), status, "status")
    out.put((1, 0), title, "title_left")
    out.height(1, 26)
    for column, heading in enumerate(columns):
        out.put((_HEAD, column), heading, "column")
    return out


def _finish(out: Sheet, rows: int, columns: int, footer: str) -> None:
    out.filter(_HEAD, max(_TOP, _TOP + rows - 1), columns - 1)
    out.finish(landscape=True, freeze=(_TOP, 0), repeat=_HEAD, footer=footer)


def _standings(book: Book, summary: Summary) -> None:
    columns = {"单位代码": 18.0, "单位名称": 34.0, "层级": 14.0, "状态": 10.0, "错误": 8.0, "核实": 8.0, "提示": 8.0,
               CODE_LABEL: 20.0, "文件": 40.0}  # fmt: skip
    out = _sheet(book, STANDINGS, "上报情况", summary.status, columns)
    for row, standing in enumerate(summary.standings, _TOP):
        agency, received = standing.entry.agency, standing.received
        state = STATES[standing.state] + ("（已计入）" if standing.included and standing.state == "queried" else "")
        for column, fact in enumerate((agency.code, agency.name, LEVELS[agency.level], state)):
            out.put((row, column), fact, "cell_left")
        open_ = [f.severity for f in received.findings if f.open] if received else []
        for column, severity in enumerate(SEVERITIES, 4):
            out.put((row, column), open_.count(severity) if received else None, "cell_number")
        out.put((row, 7), (check_code(received.filing) or "") if received and received.filing else "", "cell")
        out.put((row, 8), received.path.name if received else "", "cell_left")
    _finish(out, len(summary.standings), len(columns), STANDINGS)


def _issues(book: Book, summary: Summary) -> None:
    columns = {"单位代码": 12.0, "单位名称": 20.0, "级别": 6.0, "状态": 8.0, "表": 13.0, "单元格": 7.0, "编号": 20.0,
               "问题": 60.0, "现在": 10.0, "应为": 10.0, "怎么办／怎样了结": 34.0, "文件": 24.0}  # fmt: skip
    out = _sheet(book, ISSUES, "审核问题：按单位、按规则筛选", summary.status, columns)
    row = _TOP
    for found in summary.collection.all_findings():
        agency = found.agency
        closure = found.closure
        state = CLOSED[closure.how] if closure else "" if found.severity == "note" else "未解决"
        texts = (agency.code if agency else "", agency.name if agency else "", SEVERITIES[found.severity], state,
                 found.sheet or "", found.cell or "", found.rule or found.code, found.message)  # fmt: skip
        for column, text in enumerate(texts):
            out.put((row, column), text, "cell_left")
        for column, figure, kind in ((8, found.actual, found.types[0]), (9, found.expected, found.types[1])):
            out.put((row, column), None if figure is None else plain(figure, kind), "cell_number")
        out.put((row, 10), closure.words if closure else found.remedy, "cell_left")
        out.put((row, 11), found.file.replace("\\", "/").rpartition("/")[2] if found.file else "", "cell_left")
        out.height_for(
            row,
            {columns["问题"]: found.message, columns["怎么办／怎样了结"]: closure.words if closure else found.remedy},
        )
        row += 1
    _finish(out, row - _TOP, len(columns), ISSUES)


def _data(book: Book, summary: Summary) -> None:
    columns = {
        "年度": 8.0,
        "单位代码": 16.0,
        "单位名称": 26.0,
        "层级": 12.0,
        "表": 14.0,
        "指标编号": 36.0,
        "指标": 60.0,
        "数值": 12.0,
    }
    out = _sheet(book, DATA, "数据：一行一个单位的一个指标，供分析用", summary.status, columns)
    row = _TOP
    for filing in summary.included:
        agency, values = filing.agency, filing.values
        facts = (agency.code, agency.name, LEVELS[agency.level])
        for field in filing.form.fields.values():
            out.put((row, 0), filing.year, "cell_number")
            for column, text in enumerate((*facts, field.section.sheet, field.id, field.label), 1):
                out.put((row, column), text, "data")
            out.put((row, 7), number(values[field.id], field), "cell_number")
            row += 1
    _finish(out, row - _TOP, len(columns), DATA)


def _sources(book: Book, summary: Summary) -> None:
    columns = {
        "文件": 60.0,
        "单位代码": 16.0,
        "单位名称": 26.0,
        "年度": 8.0,
        "是否计入": 16.0,
        "表的情况": 16.0,
        "保存时间": 20.0,
        "SHA-256": 68.0,
    }
    out = _sheet(book, SOURCES, "来源：每个文件及其校验值", summary.status, columns)
    counted = [s.received for s in summary.standings if s.included]
    newest = {r.filing.agency.code for r in summary.collection.received if r.superseded_by and r.filing}
    for row, received in enumerate(summary.collection.received, _TOP):
        filing = received.filing
        used = "是" if received in counted else "否"
        if received.superseded_by:
            used = "否，有更新的一份"
        elif filing and filing.agency.code in newest and received in counted:
            used = "是，取最后保存的一份"
        facts = (str(received.path), filing.agency.code if filing else "", filing.agency.name if filing else "",
                 str(filing.year) if filing else "", used, VERDICTS[received.verdict],
                 received.saved, received.sha256)  # fmt: skip
        for column, fact in enumerate(facts):
            out.put((row, column), fact, "cell_left")
    _finish(out, len(summary.collection.received), len(columns), SOURCES)
