"""The editions as data: every figure of the notices, every label; a bad definition is refused, naming file, key and reason."""

from itertools import product

import pytest
from making import SMALL, form_of, relation, signoff_of

from xltools.collection.issuing import form_for
from xltools.editions import edition_for, load_form, supplements
from xltools.editions.additions import read_supplement
from xltools.editions.shelves import FORMS, shelved
from xltools.editions.source import Definition
from xltools.errors import FormError, XltoolsError
from xltools.rules.relation import Relation

APPLICANTS = {
    "natural": "自然人",
    "business": "商业企业",
    "research": "科研机构",
    "nonprofit": "社会公益组织",
    "legal_service": "法律服务机构",
    "other_org": "其他",
    "total": "总计",
}
ROWS = {
    "new": "一、本年新收政府信息公开申请数量",
    "carried_in": "二、上年结转政府信息公开申请数量",
    "granted": "（一）予以公开",
    "partial": "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "denied.state_secret": "1.属于国家秘密",
    "denied.prohibited_by_law": "2.其他法律行政法规禁止公开",
    "denied.security_stability": "3.危及“三安全一稳定”",
    "denied.third_party": "4.保护第三方合法权益",
    "denied.internal_affairs": "5.属于三类内部事务信息",
    "denied.process": "6.属于四类过程性信息",
    "denied.enforcement_file": "7.属于行政执法案卷",
    "denied.administrative_query": "8.属于行政查询事项",
    "unavailable.not_held": "1.本机关不掌握相关政府信息",
    "unavailable.needs_creation": "2.没有现成信息需要另行制作",
    "unavailable.unclear": "3.补正后申请内容仍不明确",
    "refused.petition": "1.信访举报投诉类申请",
    "refused.repeated": "2.重复申请",
    "refused.publication": "3.要求提供公开出版物",
    "refused.excessive": "4.无正当理由大量反复申请",
    "refused.reconfirm": "5.要求行政机关确认或重新出具已获取信息",
    "total": "（七）总计",
    "carried_out": "四、结转下年度继续办理",
}
OTHER_ROWS = {
    "2019": {"other": "（六）其他处理"},
    "2021": {
        "other.no_correction": "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "other.no_payment": "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "other.rest": "3.其他",
    },
}
DISCLOSURE = {
    "2019": {
        ("rules", "normative"): ("made", "published", "total"),
        ("licensing", "services", "penalty", "coercion"): ("previous", "change", "decisions"),
        ("fees",): ("previous", "change"),
        ("procurement",): ("projects", "amount"),
    },
    "2021": {
        ("rules", "normative"): ("issued", "repealed", "effective"),
        ("licensing", "penalty", "coercion"): ("decisions",),
        ("fees",): ("amount",),
    },
}
DISCLOSURE_LABELS = {
    "2019": {
        "rules.made": "规章 · 本年新制作数量",
        "normative.published": "规范性文件 · 本年新公开数量",
        "normative.total": "规范性文件 · 对外公开总数量",
        "licensing.previous": "行政许可 · 上一年项目数量",
        "services.change": "其他对外管理服务事项 · 本年增/减",
        "penalty.decisions": "行政处罚 · 处理决定数量",
        "coercion.decisions": "行政强制 · 处理决定数量",
        "fees.change": "行政事业性收费 · 本年增/减",
        "procurement.projects": "政府集中采购 · 采购项目数量",
        "procurement.amount": "政府集中采购 · 采购总金额",
    },
    "2021": {
        "rules.issued": "规章 · 本年制发件数",
        "normative.repealed": "行政规范性文件 · 本年废止件数",
        "normative.effective": "行政规范性文件 · 现行有效件数",
        "licensing.decisions": "行政许可 · 本年处理决定数量",
        "penalty.decisions": "行政处罚 · 本年处理决定数量",
        "coercion.decisions": "行政强制 · 本年处理决定数量",
        "fees.amount": "行政事业性收费 · 本年收费金额（单位：万元）",
    },
}
DISPUTES = list(product(("review", "direct", "after_review"), ("upheld", "corrected", "other", "pending", "total")))


def expected(edition):
    """Every field id that the notice's tables have."""
    found = {f"disclosure.{r}.{c}" for rows, cs in DISCLOSURE[edition].items() for r, c in product(rows, cs)}
    found |= {f"requests.{r}.{c}" for r, c in product((*ROWS, *OTHER_ROWS[edition]), APPLICANTS)}
    return found | {f"disputes.{group}.{result}" for group, result in DISPUTES}


@pytest.mark.parametrize(("edition", "figures"), [("2019", 198), ("2021", 200)])
def test_every_figure_of_the_notice_is_there_and_no_other(edition, figures):
    assert set(load_form(edition).fields) == expected(edition)
    assert len(expected(edition)) == figures


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_labels_are_as_printed(edition):
    fields = load_form(edition).fields
    for (row, label), (column, applicant) in product({**ROWS, **OTHER_ROWS[edition]}.items(), APPLICANTS.items()):
        field = fields[f"requests.{row}.{column}"]
        assert (field.row.name, field.column.name) == (label, applicant)
    for name, label in DISCLOSURE_LABELS[edition].items():
        assert fields[f"disclosure.{name}"].label == label
    groups = {"review": "行政复议", "direct": "未经复议直接起诉", "after_review": "复议后起诉"}
    results = {
        "upheld": "结果维持",
        "corrected": "结果纠正",
        "other": "其他结果",
        "pending": "尚未审结",
        "total": "总计",
    }
    for group, result in DISPUTES:
        assert fields[f"disputes.{group}.{result}"].column.label[-2:] == (groups[group], results[result])


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_types_and_totals(edition):
    form = load_form(edition)
    money = {"2019": {"disclosure.procurement.amount"}, "2021": {"disclosure.fees.amount"}}[edition]
    assert {f.id for f in form.fields.values() if f.type == "money"} == money
    assert all(f.unit == "万元" for f in form.fields.values() if f.type == "money")
    assert {f.id for f in form.fields.values() if f.type == "signed"} == {
        name for name in expected(edition) if name.endswith(".change")
    }
    totals = {n for n in expected(edition) if n.endswith(".total") and not n.startswith("disclosure.")}
    assert {f.id for f in form.totals} == totals | {f"requests.total.{column}" for column in APPLICANTS}
    results = [r for r in (*ROWS, *OTHER_ROWS[edition]) if r not in ("new", "carried_in", "total", "carried_out")]
    columns = [c for c in APPLICANTS if c != "total"]
    assert set(form.fields["requests.total.natural"].parts) == {f"requests.{r}.natural" for r in results}
    assert set(form.fields["requests.new.total"].parts) == {f"requests.new.{c}" for c in columns}
    every = {f"requests.{r}.{c}" for r, c in product(results, columns)}
    assert set(form.fields["requests.total.total"].parts) == every


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_six_parts_in_the_official_order(edition):
    assert [s.title for s in load_form(edition).sections] == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]


RULES = {
    "2019": {
        **{f"disclosure.{r}.items": "error" for r in ("licensing", "services", "penalty", "coercion", "fees")},
        **{f"disclosure.{r}.misread": "query" for r in ("licensing", "services", "penalty", "coercion")},
        **{f"disclosure.{r}.{c}": "query" for r in ("rules", "normative") for c in ("made", "published")},
        "disclosure.procurement.pair": "query",
        "disclosure.procurement.unit": "query",
        **{f"disclosure.{r}.previous": "query" for r in ("licensing", "services", "penalty", "coercion", "fees")},
    },
    "2021": {
        "disclosure.fees.unit": "query",
        **{f"disclosure.{r}.issued": "note" for r in ("rules", "normative")},
        **{f"disclosure.{r}.effective": "query" for r in ("rules", "normative")},
    },
}


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_rule_has_its_id_severity_basis_and_remedy(edition):
    form = load_form(edition)
    both = {f"requests.balance.{c}": "error" for c in APPLICANTS if c != "total"}
    both |= {f"requests.carry.{c}": "query" for c in APPLICANTS if c != "total"}
    both |= {"disclosure.rules.authority": "query", "requests.uniform": "note"}
    assert {r.id: r.severity for r in form.rules_of(Relation)} == both | RULES[edition]
    assert all(r.basis and r.remedy and r.text for r in form.rules_of(Relation))
    assert (signoff_of(form).id, signoff_of(form).severity) == ("cover.signoff", "query")
    others = {r.id: r.severity for r in form.rules if r.kind not in ("relation", "total")}
    assert others == {
        "cell-blank": "error", "same-as-last-year": "query", "jump.{field}": "note", "likely-culprit": "note",
        "text-too-long": "note", "text.empty": "error", "text.instruction": "query", "text.{quantity}": "query",
        "text.year": "query", "text.repeated": "query", "text.fee": "note", "cover.signoff": "query",
    }  # fmt: skip
    assert all(r.sentence and r.basis for r in form.rules)


@pytest.mark.parametrize(("year", "edition"), [(2019, "2019"), (2020, "2019"), (2021, "2021"), (2030, "2021")])
def test_the_edition_of_a_year(year, edition):
    assert edition_for(year) == edition


def test_a_year_without_an_edition_is_refused():
    with pytest.raises(XltoolsError, match="2018"):
        edition_for(2018)


def test_an_unknown_edition_is_refused_with_those_there_are():
    with pytest.raises(XltoolsError, match=r"1999.*2019.*2021"):
        load_form("1999")


# ── supplements ──────────────────────────────────────────────────────────────


def test_a_supplement_adds_its_figure_and_nothing_else():
    plain, more = load_form("2019"), load_form("2019", ("jilin-2020",))
    assert list(more.fields) == [*plain.fields, "supplement.published_items"]
    added = more.fields["supplement.published_items"]
    assert (added.section.sheet, added.type) == ("二、主动公开", "count")
    assert added.row.name == "本行政区域（或本部门）政府信息公开发布总数量（非新闻类、消息类）"
    assert more.rules == plain.rules
    assert "jilin-2020" in supplements()


def test_a_supplement_is_refused_where_it_does_not_belong():
    with pytest.raises(XltoolsError, match=r"jilin-2020.*2021"):
        load_form("2021", ("jilin-2020",))
    with pytest.raises(XltoolsError, match=r"jilin-2020.*2019"):
        form_for(2019, ("jilin-2020",))
    assert form_for(2020, ("jilin-2020",)).covers(2020)
    with pytest.raises(XltoolsError, match="none-such"):
        load_form("2019", ("none-such",))


def test_a_supplement_may_correct_a_severity():
    form = form_of(SMALL + relation("s.x.a", "s.y.a"))
    data = {
        "id": "more",
        "title": "补充",
        "editions": ["small"],
        "years": {"from": 2000},
        "severity": {"s.rule": "note"},
    }
    assert read_supplement(Definition("more.toml", data), form).rules_of(Relation)[0].severity == "note"
    with pytest.raises(FormError, match=r"more\.toml.*severity\.s\.none"):
        read_supplement(Definition("more.toml", {**data, "severity": {"s.none": "note"}}), form)
    with pytest.raises(FormError, match="年度没有重合"):
        read_supplement(Definition("more.toml", {**data, "years": {"from": 1900, "to": 1999}}), form)


# ── bad definitions ──────────────────────────────────────────────────────────

BALANCE = relation("s.x.a", "s.y.a")
SECTION = SMALL[SMALL.index("[[section]]") : SMALL.index("[signoff]")]


def replaced(old, new):
    """SMALL with a relation, one place of it changed."""
    assert old in SMALL + BALANCE
    return (SMALL + BALANCE).replace(old, new, 1)


def chart(sum):
    return f'[[chart]]\ntitle = "图"\nitems = [{{ label = "甲", sum = "{sum}" }}]\n'


BAD = {
    "a key is missing": (replaced('basis = "测试"\n[[section]]', "[[section]]"), "basis", "缺少"),
    "a key is misspelt": (replaced('title = "小表"', 'titel = "小表"'), "titel", "不认识的键"),
    "a column's key is misspelt": (replaced('type = "money"', 'tpye = "money"'), "columns[1].tpye", "不认识的键"),
    "a relation's key is misspelt": (replaced("holds =", "hold ="), "relation[1].hold", "不认识的键"),
    "a value of the wrong type": (replaced('title = "小表"', "title = 3"), "title", "类型不对"),
    "a truth value for a number": (replaced("from = 2000", "from = true"), "years.from", "类型不对"),
    "the id is not the file's": (replaced('id = "small"', 'id = "large"'), "id", "small.toml"),
    "years the wrong way round": (replaced("from = 2000", "from = 2000, to = 1999"), "years.to", "早于"),
    "an unknown type": (replaced('type = "signed"', 'type = "number"'), "columns[1].type", "number"),
    "an unknown part of a sum": (replaced('["a", "b"]', '["a", "c"]'), "columns", "“c”不在本表"),
    "a sum of itself": (replaced('["a", "b"]', '["a", "sum"]'), "columns", "“sum”不在本表"),
    "sums in a circle": (replaced('{ id = "b", label', '{ id = "b", sum = ["sum"], label'), "columns", ""),
    "a sum over two units": (replaced('"收入", type = "money"', '"收入", sum = ["m"]'), "columns", ""),
    "the same row twice": (replaced('id = "y", label = "地字"', 'id = "x", label = "地字"'), "rows[2].id", "“x”重复"),
    "the same section twice": (replaced("[signoff]", f"{SECTION}[signoff]"), "section", "重复"),
    "an unknown field": (replaced('left = "s.x.a"', 'left = "s.x.c"'), "relation[1].left", "没有指标“s.x.c”"),
    "a sum that cannot be read": (replaced('left = "s.x.a"', 'left = "s.x.a s.x.b"'), "relation[1].left", "看不懂"),
    "a condition that cannot be read": (replaced("left = right", "left equals"), "relation[1].holds", "看不懂"),
    "an empty side": (replaced('left = "s.x.a"', 'left = ""'), "relation[1].left", "空"),
    "no field at all": (
        replaced('left = "s.x.a"\nright = "s.y.a"', 'left = "1"\nright = "2"'),
        "relation[1].left",
        "指标",
    ),
    "a chart of an unknown field": (SMALL + chart("s.x.c"), "chart[1].items[1].sum", "s.x.c"),
    "a chart of two units": (SMALL + chart("s.x.a + s.z.m"), "chart[1].items", "单位"),
    "a chart that cannot be read": (SMALL + chart("s.x.a s.x.b"), "chart[1].items[1].sum", "看不懂"),
    "a chart of nothing": (SMALL + '[[chart]]\ntitle = "图"\nitems = []\n', "chart[1].items", "没有一项"),
    "a bad severity": (replaced('severity = "error"', 'severity = "fatal"'), "relation[1].severity", "fatal"),
    "units mixed in a comparison": (replaced('left = "s.x.a"', 'left = "s.z.m"'), "relation[1].holds", "单位不同"),
    "the same relation twice": (SMALL + BALANCE + BALANCE, "relation[2].id", "“s.rule”重复"),
    "a rule that all forms have, again": (
        SMALL + '[[rule]]\nkind = "text.year"\nid = "text.year"\nseverity = "note"\ntext = "又一次"\nbasis = "测试"\n',
        "rule",
        "“text.year”重复",
    ),
    "an unknown level": (SMALL + relation("s.x.a", "s.y.a", levels=["village"]), "relation[1].levels", "village"),
    "a ceiling for some levels only": (
        SMALL + relation("s.x.a", "ceiling", "left <= right", ceiling={"county": 3}),
        "relation[1].ceiling.township",
        "缺少",
    ),
    "a ceiling that is not given": (SMALL + relation("s.x.a", "ceiling"), "relation[1].right", "ceiling"),
    "or in when": (SMALL + relation("s.x.a", "s.y.a", when="left > 0 or right > 0"), "relation[1].when", "or"),
    "or beside every": (
        SMALL + relation("s.x.a", "s.y.a", "s.{r}.a = 0 or left = 0", every={"r": ["x", "y"]}),
        "relation[1].holds",
        "or",
    ),
    "every with nothing in it": (SMALL + relation("s.x.a", "s.y.a", every={"r": []}), "relation[1].every", ""),
    "an unknown sign-off": (replaced('["compiler"]', '["stamp"]'), "signoff.names", "stamp"),
    "a section with neither tables nor text": (
        replaced("[signoff]", '[[section]]\nid = "e"\nsheet = "e"\ntitle = "e"\n[signoff]'),
        "section[2].table",
        "要么",
    ),
    "a sheet name that Excel refuses": (
        replaced('sheet = "一、小表"', f'sheet = "{"长" * 32}"'),
        "section[1].sheet",
        "31",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_definition_is_refused_with_file_key_and_reason(what):
    text, key, reason = BAD[what]
    with pytest.raises(FormError) as refused:
        form_of(text)
    assert refused.value.file == "small.toml"
    assert refused.value.key.endswith(key) and reason in refused.value.reason
    assert all(words in str(refused.value) for words in ("small.toml", key, reason))


def test_toml_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / FORMS).mkdir()
    (tmp_path / FORMS / "bad.toml").write_text('id = "bad', "utf-8")
    with shelved(tmp_path), pytest.raises(FormError, match=r"bad\.toml.*不是有效的 TOML"):
        load_form("bad")


def test_the_small_form_of_these_tests_is_a_good_one():
    assert len(form_of(SMALL + BALANCE).fields) == 9


def test_a_form_is_one_however_it_is_asked_for():
    assert load_form("2021") is load_form("2021", ()) is load_form("2021", supplements=())
    assert load_form("2019", ("jilin-2020", "jilin-2020")) is load_form("2019", ("jilin-2020",))
