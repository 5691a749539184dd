"""Typical mistakes in a definition file: each is told with its line, in Chinese, with what to do; none is passed over."""

import re

import pytest
from drawn import PACKAGE

from xltools.drawing.examine import examine
from xltools.editions import editions, load_form

NEWEST = max(editions(), key=lambda name: load_form(name).years)
GOOD = (PACKAGE / f"{NEWEST}.toml").read_text("utf-8").replace(f'id = "{NEWEST}"', 'id = "next"', 1).replace(
    f"from = {load_form(NEWEST).years[0]}", "from = 2090", 1).replace("[last.same]\n", f"""[last.from.{NEWEST}]
same = ["disclosure.", "requests.", "disputes."]

[last.same]
""", 1)  # fmt: skip
ROW = '    { id = "normative", label = "行政规范性文件" },\n'
LINE = GOOD[: GOOD.index(ROW)].count("\n") + 1
LEFT = 'left = "requests.new.{column} + requests.carried_in.{column}"'
assert GOOD.count(ROW) == 1 and LEFT in GOOD


def put(old, new, text=GOOD):
    assert old in text, old
    return text.replace(old, new, 1)


def row(new):
    return put(ROW, new)


def line(part):
    """The number of the line on which a part of the good text stands."""
    return GOOD[: GOOD.index(part)].count("\n") + 1


MORE = """
[[relation]]
id = "{id}"
severity = "query"
left = "{left}"
right = "requests.new.total"
holds = "left >= right"
basis = "x"
remedy = "x"
"""

HERE = f"第 {LINE} 行"
SHEET_LINE, PART_LINE = (f"第 {line(part)} 行" for part in ('sheet = "二、主动公开"', '[[section]]\nid = "disclosure"'))
TOLD = {
    "a wrong key": (row(ROW.replace("label", "lable")), HERE, "不认识的键", "是不是 label"),
    "no comma in a line": (row(ROW.replace('", label', '" label')), HERE, "少了逗号", "逗号"),
    "no comma between lines": (put('label = "规章" },', 'label = "规章" }'), HERE, "上一行的末尾少了逗号", "逗号"),
    "an id twice": (row(ROW.replace("normative", "rules")), HERE, "“rules”重复", "换一个编号"),
    "a relation's id twice": (
        GOOD + MORE.format(id="disclosure.rules.authority", left="requests.new.total"),
        "relation",
        "重复",
        "换一个编号",
    ),
    "a circle of sums": (
        put('"（一）予以公开"] }', '"（一）予以公开"], sum = ["total"] }'),
        "rows",
        "绕成了圈",
        "合计",
    ),
    "a long sheet name": (put('sheet = "二、主动公开"', f'sheet = "{"二" * 40}"'), SHEET_LINE, "最多 31 个字", ""),
    "a sign in a sheet name": (put('sheet = "二、主动公开"', 'sheet = "二/主动公开"'), "sheet", "不允许的“/”", "换成"),
    "brackets in a sheet name": (put('sheet = "二、主动公开"', 'sheet = "[二]主动"'), "sheet", "不允许的“[]”", "换成"),
    "a sheet name of the house": (put('sheet = "二、主动公开"', 'sheet = "封面"'), "sheet", "程序自己要用", "换一个"),
    "a sheet name of a summary": (put('sheet = "二、主动公开"', 'sheet = "明细"'), "sheet", "程序自己要用", "换一个"),
    "a year as text": (put("from = 2090", 'from = "2090"'), "years.from", "整数（不加引号）", ""),
    "no year": (put("{ from = 2090 }", "{}"), "years.from", "缺少这一项", ""),
    "an unknown severity": (
        put('severity = "error"', 'severity = "错误"'),
        "severity",
        "“错误”不在可用的值之内：error、query、note",
        "",
    ),
    "an unknown type": (put('type = "money"', 'type = "percent"'), "type", "“percent”不在可用的值之内", ""),
    "a full-width space": (row("　　" + ROW.strip() + "\n"), HERE, "全角空格", "半角"),
    "full-width quotes": (row(ROW.replace('"行政规范性文件"', "“行政规范性文件”")), HERE, "中文标点““”", '"'),
    "a full-width comma": (row(ROW.replace('", label', '"，label')), HERE, "中文标点“，”", "半角的 ,"),
    "a full-width equals sign": (row(ROW.replace("label =", "label ＝")), HERE, "中文标点“＝”", "半角的 ="),
    "a full-width brace": (row(ROW.replace("{", "｛")), HERE, "中文标点“｛”", "半角的 {"),
    "a full-width plus": (put(LEFT, LEFT.replace(" + ", " ＋ ")), "requests.balance", "看不懂“＋”", ""),
    "an unknown field": (
        put(LEFT, LEFT.replace("new", "news")),
        "relation",
        "没有指标“requests.news.natural”",
        "是不是 requests.new.natural",
    ),
    "a misspelt place": (
        put(LEFT, LEFT.replace("{column} +", "{colum} +")),
        "requests.balance",
        "each 或 every 里没有“colum”",
        "",
    ),
    "a sign for at most": (put('holds = "left <= right"', 'holds = "left ≤ right"'), "holds", "“≤”", ""),
    "a division": (put(LEFT, LEFT.replace(" + ", " / ")), "left", "不能用除法", ""),
    "a fraction": (put(LEFT, LEFT.replace('"requests', '"0.5*requests')), "left", "只能是整数", ""),
    "brackets in a sum": (
        put(LEFT, 'left = "(requests.new.{column} + requests.carried_in.{column})"'),
        "left",
        "括号",
        "",
    ),
    "an unknown part of a sum": (
        put('"granted", "partial",\n', '"granted", "partail",\n'),
        "rows",
        "“partail”不在本表",
        "是不是 partial",
    ),
    "an empty label": (row(ROW.replace("行政规范性文件", "")), HERE, "名称是空的", "写上"),
    "a label twice": (row(ROW.replace("行政规范性文件", "规章")), HERE, "名称“规章”写了两次", "改成"),
    "a label with a break": (row(ROW.replace("规范", "\\n规范")), HERE, "里有换行", "一行"),
    "a label without end": (row(ROW.replace("文件", "文件" * 200)), HERE, "最多 200 个", ""),
    "a heading in half width": (
        put('"（三）不予公开", "5.', '"（三)不予公开", "5.'),
        "rows",
        "只差全角半角",
        "改成一样",
    ),
    "no rows": (put('rows = [{ id = "fees", label = "行政事业性收费" }]\n', ""), "rows", "缺少这一项", ""),
    "no title of a part": (put('title = "二、主动公开政府信息情况"\n', ""), PART_LINE, "缺少这一项", ""),
    "an edition that is not there": (
        put("[last.same]\n", '[last.same]\n1912 = ["requests."]\n'),
        "1912",
        "不认识",
        "现有",
    ),
    "a crosswalk of nothing": (
        put('    "requests.", "disputes.",\n', '    "request.", "disputes.",\n'),
        "last.same",
        "没有指标“request.”",
        "开头",
    ),
    "another file's id": (put('id = "next"', 'id = "other"'), "id", "文件名", ""),
    "an id in Chinese": (row(ROW.replace("normative", "规范")), HERE, "“规范”不能作编号", "小写"),
    "an id with a dash": (row(ROW.replace("normative", "other-policy")), HERE, "不能作编号", "小写"),
    "an id with a space": (row(ROW.replace("normative", "Other Policy")), HERE, "不能作编号", "小写"),
    "counts against money": (GOOD + MORE.format(id="x.y", left="disclosure.fees.amount"), "x.y", "单位不同", ""),
    "a string without end": (row(ROW.replace('文件" }', "文件 }")), HERE, "引号没有成对", "半角引号"),
    "single brackets": (
        put('[[section]]\nid = "requests"', '[section]\nid = "requests"'),
        "第",
        "写了两次",
        "[[section]]",
    ),
    "money in yuan": (put('unit = "万元"', 'unit = "元"'), "last.from", "单位不同", "不可比"),
    "the same year twice": (
        put("from = 2090", f"from = {load_form(NEWEST).years[0]}"),
        "years",
        f"与“{NEWEST}”都从",
        "起用的年度",
    ),
}


def looked_over(folder, text, name="next"):
    path = folder / f"{name}.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return examine(path)


def test_the_good_one_is_good(tmp_path):
    found = looked_over(tmp_path, GOOD)
    assert found.mistakes == () and [r.reason for r in found.remarks] == [f"收进来以后，“{NEWEST}”用到 2089 年度为止"]


@pytest.mark.parametrize("what", TOLD)
def test_a_mistake_is_told_with_its_place_and_what_to_do(what, tmp_path):
    text, place, reason, remedy = TOLD[what]
    told = {f"{m.key}：{m.reason}→{m.remedy}": m for m in looked_over(tmp_path, text).mistakes}
    found = [m for one, m in told.items() if all(words in one for words in (place, reason, remedy))]
    assert found, [*told]
    assert re.match(r"第 \d+ 行", found[0].key) and re.search("[一-鿿]", found[0].reason) and found[0].remedy, "grade A"


NOTICED = {
    "a column that a total leaves out": (
        put('sum = ["natural", "business",', 'sum = ["natural",'), "合计“总计”没有加进这几列：“商业企业”"),
    "a column that a balance leaves out": (
        put('each.column = ["natural", "business",', 'each.column = ["natural",'), "requests.balance.{column} 没有用于“商业企业”"),
    "a row that a rule leaves out": (
        put('each.row = ["rules", "normative"]', 'each.row = ["rules"]'), "没有用于“行政规范性文件”"),
    "a row that a total leaves out": (put('"granted", "partial",\n', '"granted",\n'), "合计“（七）总计”没有加进这几行"),
    "a row that a chart leaves out": (
        put("requests.denied.state_secret.total + ", "", GOOD), "图的“不予公开”没有加进“1.属于国家秘密”"),
    "a heading left out": (put('"（三）不予公开", "8.', '"8.'), "不在“三、本年度办理结果/（三）不予公开”之下"),
    "a carried figure left out": (
        put('field = "requests.carried_in.{column}"\neach.column = ["natural", "business",',
            'field = "requests.carried_in.{column}"\neach.column = ["natural",'), "结转没有用于“商业企业”"),
    "money that is no money": (put('type = "money", unit = "万元"', 'type = "count"'), "类型却不是金额"),
}  # fmt: skip


@pytest.mark.parametrize("what", NOTICED)
def test_what_is_left_out_is_told(what, tmp_path):
    text, words = NOTICED[what]
    found = looked_over(tmp_path, text)
    assert any(words in r.reason and r.key.startswith("第 ") and r.remedy for r in found.remarks), found.remarks


@pytest.mark.parametrize("name", editions())
def test_the_editions_themselves_leave_nothing_out(name):
    found = examine(name)
    assert found.mistakes == () and found.remarks == ()


SAVED = {
    "by Notepad with a mark": b"\xef\xbb\xbf" + GOOD.encode("utf-8"),
    "by Notepad as ANSI": GOOD.encode("gb18030"),
    "by Notepad as Unicode": GOOD.encode("utf-16"),
    "with Windows' line ends": GOOD.replace("\n", "\r\n").encode("utf-8"),
    "with tabs": GOOD.replace("    {", "\t{").encode("utf-8"),
}


@pytest.mark.parametrize("how", SAVED)
def test_a_file_is_read_whatever_editor_saved_it(how, tmp_path):
    found = looked_over(tmp_path, SAVED[how])
    assert found.mistakes == () and found.data == looked_over(tmp_path, GOOD).data


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00\x01\x02", b"\xff\xff\xff\xff"])
def test_what_is_no_text_says_how_to_save_it(content, tmp_path):
    [told] = looked_over(tmp_path, content).mistakes
    assert "编码" in told.reason and "UTF-8" in told.remedy


def test_all_mistakes_are_told_at_once(tmp_path):
    text = row(ROW.replace("label", "lable"))
    text = put('severity = "error"', 'severity = "错误"', text)
    text = put('sheet = "四、复议诉讼"', 'sheet = "四/复议"', text)
    text = put(
        '{ label = "本年新收", sum = "requests.new.total" }', '{ label = "本年新收", sum = "requests.now.total" }', text
    )
    told = " ".join(f"{m.key} {m.reason}" for m in looked_over(tmp_path, text).mistakes)
    assert all(words in told for words in ("lable", "错误", "四/复议", "requests.now.total"))


# ── ratios ───────────────────────────────────────────────────────────────────

KINDS = {
    "件": "",
    "人": "",
    "万元": 'type = "money", unit = "万元"',
    "元": 'type = "money", unit = "元"',
    "减": 'type = "signed"',
}
UNLIKE = [("万元", "件"), ("件", "万元"), ("元", "件"), ("万元", "元"), ("元", "减"), ("减", "万元")]
ALIKE = [("件", "人"), ("万元", "万元"), ("元", "元"), ("减", "件"), ("人", "人")]


def ratio_of(above, below, way):
    """A form with a ratio of two figures of these kinds, in its rows or its columns."""
    lines = [f'{{ id = "{name}", label = "{name}", {KINDS[kind]} }}' for name, kind in (("a", above), ("b", below))]
    lines.append('{ id = "r", label = "比", type = "ratio", of = ["a", "b"] }')
    other = "rows" if way == "columns" else "columns"
    listed = ", ".join(lines).replace(",  }", " }")
    return (
        'id = "next"\ntitle = "表"\nyears = { from = 2090 }\nbasis = "文"\nfamily = "比"\n'
        '[[section]]\nid = "s"\nsheet = "一"\ntitle = "一"\n[[section.table]]\n'
        f'{way} = [{listed}]\n{other} = [{{ id = "x", label = "天" }}]\n'
    )


@pytest.mark.parametrize("way", ["rows", "columns"])
@pytest.mark.parametrize(("above", "below"), UNLIKE)
def test_a_ratio_of_figures_of_unlike_units_is_refused(above, below, way, tmp_path):
    [told] = looked_over(tmp_path, ratio_of(above, below, way)).mistakes
    assert told.key.startswith("第 ") and "比率“比”的两个数单位不同" in told.reason and told.remedy
    assert all(("件" if kind in "件减" else kind) in told.reason for kind in (above, below))


@pytest.mark.parametrize("way", ["rows", "columns"])
@pytest.mark.parametrize(("above", "below"), ALIKE)
def test_a_ratio_of_figures_of_one_unit_is_none(above, below, way, tmp_path):
    assert looked_over(tmp_path, ratio_of(above, below, way)).mistakes == ()
