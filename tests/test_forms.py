"""Forms of an office's own, as a clerk has them: drafted, drawn, tried, compared; carried by every blank, taken over, corrected."""

import shutil

import openpyxl
import pytest
from drawn import PACKAGE
from making import filing, run, save

import xltools
from xltools.editions import edition_for, editions, load_form
from xltools.editions.shelves import FORMS, shelved
from xltools.form.layout import DEFINITION
from xltools.received.read import read_file

NEWEST = max(editions(), key=lambda name: load_form(name).years)
TEXT = (PACKAGE / f"{NEWEST}.toml").read_text("utf-8")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A working folder, for a year after the newest edition's; its own folder of forms, and the user's, are empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    folder = tmp_path / "season"
    xltools.Season.init(folder, 2090)
    (folder / FORMS).mkdir()
    monkeypatch.chdir(folder)
    return folder


def drafted(home, year=2090, basis="某办函〔2090〕1号"):
    """A drawing of the edition that follows the newest, its basis filled in; open, with its path."""
    path = home / "表样.xlsx"
    xltools.draft_form(NEWEST, path, year=year)
    book = openpyxl.load_workbook(path)
    [cell] = [row[1] for row in book["格式"].iter_rows() if row[0].value == "依据"]
    cell.value = basis
    return book, path


def test_a_draft_asks_for_its_basis_and_nothing_else(home):
    xltools.draft_form(NEWEST, home / "表样.xlsx", year=2090)
    [found] = xltools.check_forms(home / "表样.xlsx").forms
    assert [(m.key[:4], m.reason) for m in found.mistakes] == [("“格式”", "“依据”空着")]


def test_from_drawing_to_summary(home):
    book, path = drafted(home)
    book.save(path)
    made = xltools.new_form(path)
    assert made.output.resolve() == home / FORMS / "2090.toml"
    with shelved(home):
        assert edition_for(2090) == "2090" and edition_for(2089) == NEWEST
        form = load_form("2090")
    assert form.basis == "某办函〔2090〕1号" and form.last.follows[NEWEST]
    assert len(form.lexicon.phrases) == len(load_form(NEWEST).lexicon.phrases)
    done = xltools.blank(name="甲局", code="1", level="county", output=home / "试", force=True)
    said = read_file(done.files[0])
    assert said.filing is None, "out of the folder nobody knows the form"
    reading = xltools.read(done.files[0])
    assert reading.filing.form.edition == "2090" and reading.filing.year == 2090


def test_a_drawing_with_mistakes_makes_no_form(home):
    book, path = drafted(home)
    book["勾稽"]["B2"].value = "严重"
    book.save(path)
    done = run("forms", "new", str(path))
    assert done.returncode == 1 and "“勾稽”B2" in done.stderr and not list((home / FORMS).iterdir())
    with pytest.raises(xltools.XltoolsError, match="严重"):
        xltools.new_form(path)


def test_commands_say_what_they_did(home):
    book, path = drafted(home)
    book.save(path)
    assert "√" in run("forms", "check", str(path), NEWEST).stdout
    assert (
        run("forms", "diff", NEWEST, str(path)).stdout.strip()
        == f"改内容依据：{load_form(NEWEST).basis} → 某办函〔2090〕1号"
    )
    assert run("forms", "diff", NEWEST, NEWEST).stdout.strip() == "两个格式相同"
    out = run("forms", "try", str(path), "-o", "试")
    assert out.returncode == 0 and "没有试出" not in out.stdout and (home / "试" / "试填.xlsx").exists()


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_changes_as_a_document(home, ending):
    (home / "新.toml").write_text(
        TEXT.replace("（一）予以公开", "（一）同意公开").replace(f'id = "{NEWEST}"', 'id = "新"', 1), "utf-8"
    )
    target = home / f"变动.{ending}"
    done = xltools.diff_forms(NEWEST, home / "新.toml", target)
    assert [c.kind for c in done.changes] == ["改名"] and target.stat().st_size > 300
    if ending == "html":
        assert "（一）同意公开" in target.read_text("utf-8")
    else:
        from docx import Document

        cells = [cell.text for row in Document(str(target)).tables[0].rows for cell in row.cells]
        assert "改名行" in cells


# ── a form goes with its workbooks ───────────────────────────────────────────


def own(home, *changes, name=NEWEST):
    """The newest edition in the folder's own forms, changed."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (home / FORMS / f"{name}.toml").write_text(text, "utf-8")


def test_every_blank_carries_its_form_out_of_sight(home):
    [file] = xltools.blank(name="甲", code="1", level="county", output=home / "试").files
    book = openpyxl.load_workbook(file)
    assert book[DEFINITION].sheet_state == "veryHidden"
    assert [c.value for c in book[DEFINITION][1]] == [f"{NEWEST}.toml", TEXT]


CORRECTED = {
    "a label": ('label = "规章"', 'label = "规章（含决定）"'),
    "the basis": ('basis = "国办', 'basis = "某办'),
    "a title": ('title = "四、政府信息公开行政复议、行政诉讼情况"', 'title = "四、复议与诉讼"'),
    "what a text asks for": ("文字描述：存在的主要问题，以及改进情况。", "文字描述：问题和改进。"),
    "a remedy": ("核对现行有效件数是否把本年制发的算进去了", "核对三个数"),
    "a severity": ('id = "disclosure.{row}.issued"\neach.row = ["rules", "normative"]\nseverity = "note"',
                   'id = "disclosure.{row}.issued"\neach.row = ["rules", "normative"]\nseverity = "query"'),
}  # fmt: skip


@pytest.mark.parametrize("what", CORRECTED)
def test_a_correction_in_mid_season_refuses_nobody(home, what):
    """Half the workbooks were issued before, half after: all are read, and judged alike."""
    [before] = xltools.blank(name="甲", code="1", level="county", output=home / "试").files
    own(home, CORRECTED[what])
    [after] = xltools.blank(name="乙", code="2", level="county", output=home / "试").files
    with shelved(home):
        old, new = read_file(before), read_file(after)
        assert old.filing.form is new.filing.form
    assert (old.verdict, new.verdict) == ("original", "original")
    assert [f.code for f in old.findings] == ["form-earlier-wording"] and not new.findings


OTHERS = {
    "a row more": ('{ id = "normative"', '{ id = "more", label = "又一行" }, { id = "normative"'),
    "another sum": ('"granted", "partial",\n', '"granted",\n'),
    "another type": ('type = "money", unit = "万元"', 'type = "count"'),
    "another sheet": ('sheet = "二、主动公开"', 'sheet = "二、公开"'),
    "another id": ('id = "effective"', 'id = "valid"'),
}


@pytest.mark.parametrize("what", [w for w in OTHERS if w != "another id"])
def test_a_form_of_another_kind_with_the_same_id_is_refused_and_told(home, what):
    [before] = xltools.blank(name="甲", code="1", level="county", output=home / "试").files
    own(home, OTHERS[what])
    with shelved(home):
        [told] = read_file(before).findings
    assert told.code == "form-of-other-kind" and "下发的空白表" in told.remedy


def test_a_folder_may_lay_its_own_wording_over_the_package_but_not_unsaid(home):
    own(home, CORRECTED["a label"])
    shown = run("forms", "list")
    assert f"格式/{NEWEST}.toml" in shown.stderr and "编号相同、内容不同" in shown.stderr


def test_a_form_from_elsewhere_is_taken_over_only_when_asked_for(home, tmp_path):
    """Another office's blank, of a form that this office has not got."""
    own(
        home,
        (f'id = "{NEWEST}"', 'id = "elsewhere"'),
        (f"from = {load_form(NEWEST).years[0]}", "from = 2090"),
        name="elsewhere",
    )
    [file] = xltools.blank(name="甲", code="1", level="county", output=tmp_path / "来", force=True).files
    kept = shutil.move(home / FORMS / "elsewhere.toml", tmp_path / "elsewhere.toml")
    with shelved(home):
        [told] = read_file(file).findings
    assert told.code == "edition-unknown" and "forms accept" in told.message
    [taken] = xltools.accept_form(file)
    assert taken.output.resolve() == home / FORMS / "elsewhere.toml"
    assert taken.output.read_text("utf-8") == kept.read_text("utf-8")
    with shelved(home):
        assert read_file(file).filing.form.edition == "elsewhere"
    with pytest.raises(xltools.XltoolsError, match="已经有了"):
        xltools.accept_form(file)
    own(home, (f'id = "{NEWEST}"', 'id = "elsewhere"'), ("from = 2021", "from = 2091"), name="elsewhere")
    with pytest.raises(xltools.XltoolsError, match="另一个格式"):
        xltools.accept_form(file)


@pytest.mark.parametrize("text", ["", "x = ", "id = 'a'", "[[section]]\n" * 9, "= = =", "\u0000", "a" * 400_000])
def test_a_hostile_definition_in_a_file_does_no_harm(home, tmp_path, text):
    """Whatever stands on the hidden sheet: the office's own form is what counts."""
    [file] = xltools.blank(name="甲", code="1", level="county", output=tmp_path / "来").files
    book = openpyxl.load_workbook(file)
    book[DEFINITION]["B1"].value = text[:32000].replace("\0", "?") or None
    book.save(tmp_path / "改.xlsx")
    said = read_file(tmp_path / "改.xlsx")
    assert said.filing is not None and said.filing.form is load_form(NEWEST)


# ── several forms side by side ───────────────────────────────────────────────


def test_a_bad_file_is_named_and_stops_no_other(home):
    (home / FORMS / "坏.toml").write_text('id = "坏', "utf-8")
    shown = run("forms", "list")
    assert "坏.toml" in shown.stderr and NEWEST in shown.stdout
    with shelved(home), pytest.raises(xltools.XltoolsError, match=r"坏\.toml"):
        edition_for(2090)


def test_a_sound_file_of_a_later_year_stops_nothing(home):
    own(
        home,
        (f'id = "{NEWEST}"', 'id = "later"'),
        (f"from = {load_form(NEWEST).years[0]}", "from = 2099"),
        ('"granted", ', '"granted!", '),
        name="later",
    )
    with shelved(home):
        assert edition_for(2090) == NEWEST and "later" not in editions()
        with pytest.raises(xltools.XltoolsError, match=r"later\.toml"):
            edition_for(2099)


def test_two_forms_of_one_year_are_asked_back_about(home):
    for name in ("one", "two"):
        own(
            home,
            (f'id = "{NEWEST}"', f'id = "{name}"'),
            (f"from = {load_form(NEWEST).years[0]}", "from = 2090"),
            name=name,
        )
    with shelved(home), pytest.raises(xltools.XltoolsError, match="one、two"):
        edition_for(2090)


def test_another_family_is_not_in_the_way(home):
    own(
        home,
        (f'id = "{NEWEST}"', 'id = "safety"\nfamily = "安全"'),
        (f"from = {load_form(NEWEST).years[0]}", "from = 2000"),
        name="safety",
    )
    with shelved(home):
        assert edition_for(2090) == NEWEST
    (home / "xltools.toml").write_text('year = 2090\nfamily = "安全"\n', "utf-8")
    with shelved(home, "安全"):
        assert edition_for(2090) == "safety"
    [file] = xltools.blank(name="甲", code="1", level="county", output=home / "试").files
    assert xltools.read(file).filing.form.edition == "safety"


# ── a form that follows another ──────────────────────────────────────────────

FOREIGN = '{ id = "foreign", label = ["申请人情况", "外国人"] },'
FOLLOWS = [
    (f'id = "{NEWEST}"', 'id = "2090"'),
    (f"years = {{ from = {load_form(NEWEST).years[0]} }}", "years = { from = 2090 }"),
    ("    { id = \"business\", label = [\"申", f"    {FOREIGN}\n    {{ id = \"business\", label = [\"申"),
    ('"natural", "business"', '"natural", "foreign", "business"'),
    ('    { id = "denied.third_party", label = ["三、本年度办理结果", "（三）不予公开", "4.保护第三方合法权益"] },\n', ""),
    (', "denied.third_party"', ""),
    (" + requests.denied.third_party.total", ""),
    ("[last.same]\n", f'[last.same]\n{NEWEST} = ["requests.", "disputes.", "disclosure."]\n'),
]  # fmt: skip


def in_comparison(path):
    """The rows of 同比 by their words: this year, last year."""
    rows = openpyxl.load_workbook(path, data_only=True)["同比"].iter_rows(values_only=True)
    return {row[0]: row[1:3] for row in rows if row[0]}


def test_totals_compare_with_last_years_own_though_lines_are_new_or_gone(home):
    """A column more and a row less: every total still has last year's, and so have the charts that are totals."""
    own(home, *FOLLOWS, name="2090")
    then = {"requests.new.natural": 30, "requests.denied.third_party.natural": 4, "requests.granted.natural": 26}
    now = {
        "requests.new.natural": 20,
        "requests.new.foreign": 12,
        "requests.granted.natural": 20,
        "requests.granted.foreign": 12,
    }
    with shelved(home):
        form = load_form("2090")
        last = save(home / "上年.xlsx", filing(then, year=2089, form=load_form(NEWEST)))
        here = save(home / "本年.xlsx", filing(now, year=2090, form=form))
    roster = save(
        home / "名录.csv", "单位代码,单位名称,层级,上级代码\n11,示例县,county,\n1101,示例县数据局,department,11\n"
    )
    xltools.merge(here, roster=roster, previous=last, output=home / "汇总.xlsx", force=True, include_queried=True)
    found = in_comparison(home / "汇总.xlsx")
    assert found["本年新收"] == (32, 30) and found["本年办结"] == (32, 30)
    assert found["一、本年新收政府信息公开申请数量 · 总计"] == (32, 30)
    assert found["一、本年新收政府信息公开申请数量 · 自然人"] == (20, 30)
    assert found["一、本年新收政府信息公开申请数量 · 外国人"] == (12, None), "nobody knows how many there were"
    assert found["三、本年度办理结果/（七）总计 · 总计"] == (32, 30)
    assert found["不予公开"] == (0, 4), "what last year's own form charted under these words"


def test_a_form_is_told_whole_as_json():
    told = xltools.forms(NEWEST).to_json()
    fields = {f["id"]: f for f in told["fields"]}
    assert fields["requests.new.natural"]["sum"] == [] and "requests.new.natural" in fields["requests.new.total"]["sum"]
    rules = {r["id"]: r for r in told["relations"]}
    assert rules["disclosure.rules.authority"]["levels"] == ["township", "department", "county"]
    assert rules["disclosure.rules.issued"]["holds"] == (
        "disclosure.rules.issued <= disclosure.rules.effective + disclosure.rules.repealed"
    )
    assert rules["requests.uniform"]["when"].endswith(">= 20") and rules["text.year"]["holds"] is None


@pytest.mark.parametrize("word", ["规章", "自然人", "商业企业", "结果维持", "行政许可", "第一项"])
def test_a_word_replaced_throughout_a_workbook_is_no_earlier_wording(home, tmp_path, word):
    """It is replaced on the hidden sheet too: that the form is as it was issued, its digest among the properties says."""
    [file] = xltools.blank(name="甲", code="1", level="county", output=tmp_path / "来").files
    book = openpyxl.load_workbook(file)
    for cell in (c for sheet in book for row in sheet.iter_rows() for c in row):
        if isinstance(cell.value, str):
            cell.value = cell.value.replace(word, "换掉的词")
    book.save(tmp_path / "改.xlsx")
    told = {f.code for f in read_file(tmp_path / "改.xlsx").findings}
    assert "form-label-changed" in told and "form-earlier-wording" not in told
