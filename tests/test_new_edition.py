"""A new edition is one TOML file and nothing else: the older ones end where it begins, and no rule on texts is lost unsaid."""

import re
from pathlib import Path

import pytest
from making import filing

import xltools.editions as room
from xltools.cli import cli
from xltools.editions import edition_for, editions, load_form
from xltools.editions.describe import forms_list
from xltools.editions.shelves import FORMS, shelved, sources
from xltools.editions.source import Definition
from xltools.rules import judge

HOME = Path(room.__file__).parent
NEWEST = max(editions(), key=lambda name: load_form(name).years)
SAID = "本机关新收政府信息公开申请9件。"


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Adds an edition made of the newest one's text, changed, from 2026 on; its form."""
    folder = tmp_path / FORMS
    folder.mkdir()
    (tmp_path / "xltools.toml").write_text("year = 2026\n", "utf-8")
    monkeypatch.chdir(tmp_path)

    def add(*changes, text=None, name="2026"):
        text = text or TEXT
        text = text.replace(f'id = "{NEWEST}"', f'id = "{name}"', 1)
        text = re.sub(r"^years = .*", f"years = {{ from = {name} }}", text, count=1, flags=re.MULTILINE)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (folder / f"{name}.toml").write_text(text, "utf-8")
        return load_form(name)

    with shelved(tmp_path):
        yield add


def phrases(form):
    return {phrase: tuple(q.id for q in found) for phrase, found in form.lexicon.phrases.items()}


def told(form, words, **figures):
    said = filing(figures, year=form.years[0], form=form, texts={s.id: (words,) for s in form.text_sections})
    return [(f.code, f.actual, f.expected) for f in judge(said) if f.code == "text-differs"]


def test_a_copy_has_every_phrase_and_finds_what_the_old_one_finds(add):
    old = phrases(load_form(NEWEST))
    form = add()
    assert phrases(form) == old and len(old) > 250
    assert edition_for(2026) == "2026" and edition_for(2025) == NEWEST
    figures = {"requests.new.natural": 5, "requests.granted.natural": 5}
    wrong = [("text-differs", 9, 5)] * len(form.text_sections)
    assert told(form, f"2026年，{SAID}", **figures) == wrong
    assert told(load_form(NEWEST), f"{load_form(NEWEST).years[0]}年，{SAID}", **figures) == wrong


def test_every_edition_begins_where_the_one_before_it_ends(add):
    add()
    add(name="2031")
    ends = [tuple(form["years"]) for form in forms_list()["editions"]]
    assert ends[-3:] == [(load_form(NEWEST).years[0], 2025), (2026, 2030), (2031, None)]
    assert [edition_for(year) for year in (2025, 2026, 2030, 2031, 2040)] == [NEWEST, "2026", "2026", "2031", "2031"]


KEPT = {
    "another label": ('"（一）予以公开"]', '"（一）同意公开"]'),
    "another title": ('title = "四、政府信息公开行政复议、行政诉讼情况"', 'title = "四、复议与诉讼"'),
    "a row more": ('    { id = "partial"', '    { id = "postponed", label = "延期" },\n    { id = "partial"'),
    "another basis": ('basis = "国办', 'basis = "某办'),
    "another sheet": ('sheet = "二、主动公开"', 'sheet = "二、公开"'),
}


@pytest.mark.parametrize("what", KEPT)
def test_what_an_edition_changes_beside_its_fields_costs_no_quantity(add, what):
    form = add(KEPT[what])
    known = {q for many in phrases(form).values() for q in many}
    assert known == {q for many in phrases(load_form(NEWEST)).values() for q in many}


GONE = {
    "requests.granted": ("granted", "予以公开"),
    "requests.carried_in": ("carried_in", "上年结转"),
    "disclosure.licensing.decisions": ("licensing", "行政许可处理决定"),
    "disclosure.normative.repealed": ("repealed", "废止行政规范性文件"),
    "disputes.review.upheld": ("upheld", "行政复议结果维持"),
}


@pytest.mark.parametrize("field", GONE)
def test_only_what_names_a_field_that_is_gone_goes_with_it(add, field):
    """The definition says of another id all it said of this one, so that only the lexicons miss it."""
    name, words = GONE[field]
    old = load_form(NEWEST)
    form = add(text=re.sub(rf"\b{name}\b", "renamed", TEXT))
    lost = {q for many in phrases(old).values() for q in many} - {q for many in phrases(form).values() for q in many}
    quantities = {q.id: q for many in old.lexicon.phrases.values() for q in many}
    assert lost == {q for q, known in quantities.items() if not set(known.anchors) <= set(form.fields)} and lost
    assert told(form, f"2026年，{words}9件。") == []


TEXT = (HOME / f"{NEWEST}.toml").read_text("utf-8")


def test_words_of_a_quantity_that_the_form_does_not_have_are_no_words_of_it():
    first, last = (load_form(name).lexicon for name in ("2019", "2021"))
    assert "采购" in first.topics and "采购" not in last.topics
    assert "现行有效" in last.words and "现行有效" not in first.words
    assert first.fee_sign is None and last.fee_sign is not None


def test_every_quantity_of_the_lexicons_is_one_of_some_edition(add):
    """No misspelt field hides behind “this form does not have it”."""
    known = {q for name in editions() for many in phrases(load_form(name)).values() for q in many}
    for source in sources("lexicon").values():
        for entry in Definition(source.file, source.data).parts("quantity", []):
            for values in room.wordbook._each(entry):
                assert room.wordbook._filled(entry.text("id"), values) in known, f"{source.file}: {entry.text('id')}"
    assert {load_form(name).lexicon.fee_section for name in editions()} == {"other"}


def test_a_form_whose_texts_nothing_is_held_against_says_so(add, capsys):
    small = (
        'id = "2021"\ntitle = "小表"\nyears = { from = 0 }\nbasis = "测试"\n'
        '[[section]]\nid = "s"\nsheet = "一"\ntitle = "一"\n[[section.table]]\n'
        'columns = [{ id = "a", label = "甲" }]\nrows = [{ id = "x", label = "天" }]\n'
        '[[section]]\nid = "t"\nsheet = "二"\ntitle = "二"\ntext = "写。"\n'
    ).replace('id = "2021"', f'id = "{NEWEST}"', 1)
    signoff = TEXT[TEXT.index("[signoff]") :]
    form = add(text=small + signoff)
    assert not form.lexicon.phrases
    [listed] = [one for one in forms_list()["editions"] if one["edition"] == "2026"]
    assert listed["phrases"] == 0 and len(listed["gaps"]) == 2
    cli.main(["forms", "list"], standalone_mode=False)
    shown = capsys.readouterr().out
    assert "注意：文字部分不与表格核对" in shown and f"不与上年用 {NEWEST} 版的表核对" in shown


def test_a_copy_that_names_no_crosswalk_to_the_edition_before_says_so(add):
    add()
    gaps = {one["edition"]: one["gaps"] for one in forms_list()["editions"]}
    assert gaps["2026"] == [f"不与上年用 {NEWEST} 版的表核对：没有写与它的对照（[last.from.{NEWEST}]）"]
    assert gaps["2019"] == gaps[NEWEST] == []
    add(("[last.same]", f'[last.same]\n{NEWEST} = ["requests."]'), name="2027")
    assert len({one["edition"]: one["gaps"] for one in forms_list()["editions"]}["2027"]) == 1  # not that of 2026
