"""A form that came with a filing and clashes with those that are there is not taken over unsaid."""

import re
import shutil

import pytest
from followed import NEW, OLD, form_at_hand
from making import relation, run, save
from test_supplements import BEI, NAN, full, merged

import xltools
from xltools.editions import load_form
from xltools.editions.shelves import FORMS, shelved
from xltools.workbook.write import write_filing

HEAD = """
id = "xi-2030"
title = "西省补充项"
editions = ["old"]
years = { from = 2030 }
"""
ROWS = (
    HEAD
    + """
[[rows]]
section = "s"
after = "y"
rows = [{ id = "%s", label = "%s" }]
"""
)
TEXT = (
    HEAD
    + """
[[section]]
id = "%s"
sheet = "%s"
title = "九、打算"
text = "写。"
"""
)
RULE = relation("supplement.own.a", "s.y.a", "left <= right", "supplement.%s", "query")
CLASHING = {
    "a row's number": (ROWS % ("p", "西定"), "编号 p"),
    "a row's name": (ROWS % ("own", "其中：省定"), "不能一起用：这张表里已经有“其中：省定”"),
    "all of it": (BEI.replace("bei-2030", "xi-2030").replace("北省", "西省"), "编号 all.n、some.n、p、q、plan"),
    "a text's number": (TEXT % ("plan", "九、打算"), "编号 plan"),
    "a text's sheet": (TEXT % ("later", "三、打算"), "不能一起用：.*三、打算"),
    "a rule's number": (ROWS % ("own", "西定") + RULE % "some", "编号 some"),
}
BESIDE = {
    "other rows": ROWS % ("own", "西定"),
    "another rule": ROWS % ("own", "西定") + RULE % "yet",
    "other years": (NAN.replace("nan-2030", "xi-2030").replace("南省", "西省").replace("from = 2030, to = 2040", "from = 2041")
                    .replace('"p"', '"r"').replace("supplement.p.", "supplement.r.").replace('"q"', '"t"')
                    .replace("supplement.q.", "supplement.t.").replace('"all"', '"al"').replace('"some"', '"so"')
                    .replace("supplement.all", "supplement.al").replace("supplement.some", "supplement.so")
                    .replace("within", "among").replace('"plan"', '"later"')),
}  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    folder = tmp_path / "季"
    folder.mkdir()
    monkeypatch.chdir(folder)
    form_at_hand(folder, OLD, NAN)
    return folder


def came(tmp_path, text, edition=OLD):
    """A filing of another office, which has an edition and a supplement alone."""
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir(exist_ok=True)
    with form_at_hand(elsewhere, edition, *([text] if text else [])):
        name = re.search(r'id = "([^"]+)"', edition)[1]
        form = load_form(name, ("xi-2030",) if text else ())
        content = write_filing(full(form) if text else full(form).__class__(form, full(form).agency, 2041))
    shutil.rmtree(elsewhere)
    return save(tmp_path / "来.xlsx", content)


@pytest.mark.parametrize("what", CLASHING)
def test_a_supplement_that_clashes_is_refused_until_it_is_asked_for(what, home, tmp_path):
    text, words = CLASHING[what]
    path = came(tmp_path, text)
    with pytest.raises(xltools.XltoolsError, match=words) as refused:
        xltools.accept_form(path)
    said = str(refused.value)
    assert all(w in said for w in ("“西省补充项”（xi-2030）", "“南省补充项”（nan-2030）", "有冲突也收下", "没有收下"))
    assert not (home / FORMS / "xi-2030.toml").exists()
    [taken] = xltools.accept_form(path, apart=True)
    assert taken.output.read_text("utf-8") == text and re.search(words, taken.remarks[0].reason)


@pytest.mark.parametrize("what", BESIDE)
def test_one_that_stands_beside_the_others_is_taken_over(what, home, tmp_path):
    text = BESIDE[what]
    if what == "other years":
        (home / FORMS / "xi-2030.toml").write_text(text, "utf-8")
        [found] = xltools.check_forms("xi-2030").forms
        assert found.mistakes == found.remarks == ()
        return
    [taken] = xltools.accept_form(came(tmp_path, text))
    assert taken.remarks == () and taken.output.exists()


def test_the_command_says_so_in_one_line_and_what_was_taken_apart(home, tmp_path):
    path = came(tmp_path, CLASHING["a row's number"][0])
    done = run("forms", "accept", path)
    assert (
        done.returncode == 2
        and done.stderr.count("\n") == 1
        and "都有编号 p" in done.stderr
        and "加 --apart" in done.stderr
    )
    done = run("forms", "accept", path, "--apart")
    assert done.returncode == 0 and "［提示］" in done.stderr and done.stdout.strip().endswith("xi-2030.toml")


def test_what_was_taken_apart_is_added_up_each_by_itself(home, tmp_path):
    text = ROWS % ("p", "西定")
    xltools.accept_form(came(tmp_path, text), apart=True)
    with shelved(home):
        for code, name, figure in (("1", "nan-2030", 3), ("2", "xi-2030", 4)):
            field = f"supplement.{name.replace('-', '_')}.p.a"
            save(
                tmp_path / "来" / f"{code}.xlsx", write_filing(full(load_form("old", (name,)), code, **{field: figure}))
            )
    done = merged(tmp_path)
    values = done.summary.filing.values
    assert (values["supplement.nan_2030.p.a"], values["supplement.xi_2030.p.a"]) == (3, 4)


def test_an_edition_that_begins_when_another_does_is_refused(home, tmp_path):
    same = NEW.replace('id = "new"', 'id = "other"').replace("from = 2031", "from = 2030")
    with pytest.raises(xltools.XltoolsError, match="与“old”都从 2030 年度起用"):
        xltools.accept_form(came(tmp_path, "", same))


def test_an_edition_that_takes_the_place_of_another_says_so(home, tmp_path):
    [taken] = xltools.accept_form(came(tmp_path, "", NEW.replace("from = 2031", "from = 2041")))
    [told] = taken.remarks
    assert "“old”用到 2040 年度为止" in told.reason
