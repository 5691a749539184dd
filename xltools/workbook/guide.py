"""填报说明: a page that a clerk reads once."""

from __future__ import annotations

from xltools.form.layout import CHECKS, COVER, DATA, GUIDE, ISSUES, LEDGER, SOURCES, STANDINGS, Layout
from xltools.form.model import Filing
from xltools.ooxml.book import Book
from xltools.periods import in_words, spoken
from xltools.terms import KINDS, LEVELS, SIGNOFF

_COLOURS = "颜色：浅黄＝要填的格　浅蓝＝上年带来　灰色＝自动合计　红色＝错误　橙色＝请核实　绿色＝已通过。填完的表变成白色，照样打印"


def write_guide(book: Book, layout: Layout, filing: Filing, sending: str = "") -> None:
    """The page of instructions, made from the form; ``sending`` says by when and to whom it goes."""
    form = layout.form
    out = book.sheet(GUIDE)
    out.widths(5, 87)
    tables = "、".join(f"“{s.sheet}”" for s in form.table_sections)
    texts = "、".join(f"“{s.sheet}”" for s in form.text_sections)
    notes = [t.note for s in form.table_sections for t in s.tables if t.note]
    words = spoken("浅蓝色格是从上年的表带来的数，已经锁定；全部上年的数列在“{}”右侧。", form.periods)
    carried = [words.format(CHECKS)] if filing.carried else []
    *people, phone = SIGNOFF.values()
    signed = f"{'、'.join(people)}和{phone}"
    steps = [
        f"先核对“{COVER}”上的单位名称、代码和年度；不对的，请与发表单位联系，不要自行修改。",
        f"在{tables}的浅黄色格里填数。灰色格是合计，自动计算，不用填也不能改。",
        "没有发生的请填 0。空白不等于 0：空白格确实全部是 0 的，把该表上方“本表空白格均为0”选为“是”。",
        "只填数字，不要带“件”“元”等字，不要用“/”“—”“无”代替 0。",
        *notes,
        *carried,
        f"在{texts}里写文字，每段一行；可以从 Word 整段复制，点第一格粘贴。",
        f"看“{CHECKS}”：标“不符”的，“错误”必须改正，“核实”请改正或者在“情况说明”里写清原因（只写“无”“核实无误”不算说明）。",
        f"在“{COVER}”填写{signed}。“{COVER}”显示“全部通过，可以报送”即可。",
        "需要盖章的，打印后核对每页的校验码与文件相同。改动任何一个数字，校验码都会变。",
        "不要增删行列、改表名，也不要另做一份表。用 Excel、WPS 表格、LibreOffice 都可以填。",
        "填好后就保存在这个文件里（Excel 工作簿，.xlsx），文件名不用改；把这个文件交回，不能只交打印件。",
        *([f"{sending}。"] if sending else []),
    ]
    if filing.kind == "summary":
        steps = [
            f"各表的数是“{LEDGER}”里各单位的数相加得出的，都是公式，不用填。",
            f"“{STANDINGS}”列出每个单位报了没有、通过没有；“{ISSUES}”列出全部问题，可以按单位、按规则筛选。",
            f"“{DATA}”一行一个单位的一个指标，供分析用；“{SOURCES}”列出每个文件及其校验值。",
            f"{texts}由本级填写；“{COVER}”由本级签字、盖章后上报。",
            "每张表顶上一行写着应报多少家、采用多少家、缺哪些家；没有收齐的，是暂定的数。",
        ]
    kind = KINDS[filing.kind]
    out.put((0, 1), f"{form.title}{kind}", "title")
    out.put(
        (1, 1), f"{in_words(filing.year)}　格式依据：{form.basis}　填报层级：{LEVELS[filing.agency.level]}", "subtitle"
    )
    out.height(0, 40)
    out.height(1, 24)
    for number, step in enumerate(steps, 1):
        row = number + 2
        out.put((row, 0), number, "right")
        out.put((row, 1), step, "plain")
        out.height(row, 22 if len(step) < 42 else 38 if len(step) < 84 else 54)
    row = len(steps) + 4
    out.put(
        (row, 1),
        spoken(_COLOURS, form.periods),
        "small",
    )
    out.finish(tall=1, footer=GUIDE)
