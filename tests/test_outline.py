"""What decides the pattern of a workbook is parted from what fills it: the writer sees the outline of a filing and nothing else."""

import io
import tomllib
import zipfile
from dataclasses import replace

import pytest
from drawn import form_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import BUREAU, SMALL, distinct, filing, form_of
from test_periods import FORM as BY_QUARTERS
from test_types import FORM as OF_ALL_TYPES

from xltools.collection.previous import Previous
from xltools.editions import load_form
from xltools.figures import SCALE
from xltools.form.model import Agency, Filing
from xltools.periods import PartOfYear
from xltools.terms import LEVELS, SIGNOFF
from xltools.workbook import copies
from xltools.workbook.copies import CallTrace, Plates
from xltools.workbook.outline import Outline
from xltools.workbook.write import front, write_filing

FORM = load_form("2021")
FORMS = [
    (2023, FORM),
    (2020, load_form("2019")),
    (2022, form_of(SMALL)),
    (2022, form_in(tomllib.loads(OF_ALL_TYPES))),
    (PartOfYear(2022, "第二季度"), form_in(tomllib.loads(BY_QUARTERS))),
]
"""Forms with figures of every type, filed for years and for parts of one."""


def other(said):
    """A filing that differs in everything that is no outline: name, code, figures, last year's."""
    return replace(
        said,
        agency=Agency("甲-7/x", "另一个很长的单位名称", said.agency.level),
        inputs={name: None if figure is None else figure + SCALE["money"] for name, figure in said.inputs.items()},
        last={name: None if figure is None else figure * 3 for name, figure in said.last.items()},
        last_source="别处",
        last_verified=False,
        signoff={"head": "赵六"},
        declared_zero=frozenset(s.id for s in said.form.table_sections),
        texts={section: tuple("乙" * len(p) for p in paragraphs) for section, paragraphs in said.texts.items()},
        opening="依据《条例》",
    )


def refilled(said, n):
    """A filing that has something else wherever this one has anything: it is printed from the same plate, unless something is odd."""
    return replace(
        said,
        agency=Agency(f"乙-{n}", f"第{n}家", said.agency.level),
        inputs={name: None if figure is None else figure + n for name, figure in said.inputs.items()},
        last={name: None if figure is None else figure + n for name, figure in said.last.items()},
        typed=dict.fromkeys(said.typed, f"约{n}"),
        texts={section: tuple(str(n) * len(p) for p in paragraphs) for section, paragraphs in said.texts.items()},
        signoff=dict.fromkeys(said.signoff, f"第{n}人"),
        opening=f"第{n}款" if said.opening else "",
    )


def last_year(form, agency, year, figures=5):
    return Filing(form, agency, year, inputs={f.id: figures * SCALE[f.type] for f in form.inputs if f.type != "words"})


@pytest.mark.parametrize(("year", "form"), FORMS, ids=[form.edition for _, form in FORMS])
def test_what_fills_a_workbook_is_no_part_of_its_outline(year, form):
    last = {f.id: n for n, f in enumerate(form.inputs) if n % 3}
    texts = {s.id: ("一段。", "", "又一段") for s in form.text_sections}
    said = Filing(form, BUREAU, year, inputs=dict(last), last=last, texts=texts)
    assert Outline.of(other(said)) == Outline.of(said) and hash(Outline.of(other(said))) == hash(Outline.of(said))
    assert Outline.of(Outline.of(said).filing) == Outline.of(said)


@pytest.mark.parametrize(
    "change",
    [
        {"agency": Agency("1101", "示例县数据局", "city")},
        {"year": 2024},
        {"kind": "summary"},
        {"region": "长春"},
        {"carried": frozenset(["requests.carried_in.natural"])},
        {"last": {"requests.new.natural": 5}},
        {"last": {"requests.new.natural": None}, "region": "长春"},
        {"texts": {"overview": ("两段", "两段")}},
        {"texts": {"overview": ("两",)}},
        {"explanations": {"disclosure.fees.unit": "已核实"}},
        {"form": load_form("2019")},
    ],
)
def test_what_decides_the_pattern_is(change):
    said = Filing(FORM, BUREAU, 2023)
    assert Outline.of(replace(said, **change)) != Outline.of(said)


def test_the_writer_sees_neither_names_nor_figures():
    """Nothing that XlsxWriter is asked for an outline comes from the filing itself."""
    said = filing(distinct(FORM), texts={"overview": ("概述甲",)}, signoff={"head": "王五"})
    said = said.follow(dict.fromkeys(said.inputs, 987_654_321), "某源")
    trace = CallTrace(Outline.of(said))
    asked = repr([trace._calls, trace._texts])
    for own in (said.agency.name, said.agency.code, "概述甲", "王五", "987654321", "某源"):
        assert own not in asked


@pytest.mark.parametrize("call", ["mark", "height", "finish", "tint", "widths", "name"])
def test_a_value_that_no_place_is_known_for_is_refused(call):
    trace = CallTrace(Outline.of(Filing(FORM, BUREAU, 2023)))
    sheet = trace.sheet("新表")
    with pytest.raises(TypeError, match=call):
        getattr(trace if call == "name" else sheet, call)(1, copies._Later(lambda shown: shown.code))


# ── the same bytes, whatever the form and the agency ─────────────────────────

words = st.one_of(
    st.sampled_from(
        ["&<>\"'", "=1+1", " 甲 ", "#REF!", "_x0001_", "\x01", "长" * 128, "😀" * 128, "封面", "是", "\ue0003:\ue001"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)
paragraphs = st.sampled_from(
    [(), ("无",), ("<",), ("", "=1+1"), ("", "#N/A"), ("", "“&”。"), ("两段",) * 2, ("\x01 ",) * 2, ("长" * 3000,)]
)
"""Of few lengths: what differs in lengths is of another pattern."""
thorough = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def plates():
    """The same for all examples: so that most find a trace and a plate, whatever was printed before."""
    return Plates("请于 1 月 10 日前报“某办”<>")


@pytest.mark.filterwarnings("ignore:Length of 'value'")
@thorough
@given(st.sampled_from(FORMS), words, words, st.sampled_from(list(LEVELS)), st.data())
def test_workbooks_of_every_kind_of_form(plates, which, name, code, level, data):
    """With last year's figures, all of them or some, locked or open, under any name, with any opening and region; and with what
    people put into one: texts in cells of figures, noughts declared, paragraphs, signatures; each as it is, then refilled."""
    year, form = which
    agency = Agency(code, name, level)
    figure = st.one_of(st.none(), st.integers(0, 3), st.integers(-(10**9), 10**12))
    last = {f.id: data.draw(figure) for f in data.draw(st.lists(st.sampled_from(form.inputs), max_size=8, unique=True))}
    some = data.draw(st.sets(st.sampled_from(sorted(last)))) if last else ()
    figures = {f: last[f] for f in some}
    typed = data.draw(st.dictionaries(st.sampled_from([f.id for f in form.inputs]), words, max_size=3))
    said = Filing(
        form,
        agency,
        year,
        inputs=figures | dict.fromkeys(typed),
        typed=typed,
        declared_zero=frozenset(data.draw(st.sets(st.sampled_from([s.id for s in form.table_sections])))),
        texts={s.id: data.draw(paragraphs) for s in form.text_sections},
        signoff=data.draw(st.dictionaries(st.sampled_from([*SIGNOFF]), words)),
        carried=frozenset(some if data.draw(st.booleans()) else ()),
        region=data.draw(st.sampled_from(["", "长春", "长春/德惠"])),
        opening=data.draw(st.sampled_from(["", "依据《条例》。\n电话：1", "开" * 600, "😀" * 300])),
    )
    if last:
        said = said.follow(last, data.draw(words))
    for one in (said, *(refilled(said, n) for n in (1, 2))):
        assert plates.write(one) == write_filing(one, sending="请于 1 月 10 日前报“某办”<>")


@pytest.mark.parametrize(("year", "form"), FORMS, ids=[form.edition for _, form in FORMS])
def test_blanks_after_last_year_share_a_plate(year, form, monkeypatch):
    """And XlsxWriter is asked once for all of them, whatever last year's figures were."""
    made = []
    monkeypatch.setattr(copies, "Book", lambda *given: made.append(given) or real(*given))
    plates = Plates()
    for n, name in enumerate(("甲局", "乙局", "丙<局>", "丁 局", "戊局“&”")):
        agency = Agency(f"0{n}", name, "county")
        earlier = last_year(form, agency, year - 1 if not form.periods else PartOfYear(2022, "第一季度"), n + 1)
        said = Previous({(earlier.year, agency.code): earlier}).blank(form, agency, year)
        assert said.last
        assert plates.write(said) == write_filing(said)
    assert len(made) == 1


real = copies.Book


@pytest.mark.parametrize("source", ["😀" * 128, "𠮷" * 300, "甲" + "😀" * 200, "甲" * 300, "𠮷"])
def test_a_source_is_cut_as_excel_counts(source):
    said = last_year(FORM, BUREAU, 2023).follow(dict.fromkeys(["requests.new.natural"], 1), source)
    said = replace(said, carried=frozenset(["requests.carried_in.natural"]))
    assert Plates().write(said) == write_filing(said)


def test_openings_of_one_length_share_a_plate_too():
    plates = Plates()
    for n in range(5):
        said = Filing(FORM, Agency(f"{n}", f"第{n}局", "city"), 2023, opening=f"根据规定，第{n}局公布本报告。" * 30)
        assert plates.write(said) == write_filing(said)
    assert len(plates._kept) == 1


@pytest.mark.parametrize("label", ["\ue0000\ue001", "甲\ue00012:.16G\ue001", "\ue000"])
def test_a_form_whose_words_look_like_a_mark_is_written_by_xlsxwriter(label):
    form, plates = form_of(SMALL.replace("天字", label)), Plates()
    for n in range(5):
        said = Filing(form, Agency(f"{n}", f"第{n}局", "city"), 2022, inputs={"s.x.a": n})
        assert plates.write(said) == write_filing(said)
    assert not plates._kept


@pytest.mark.parametrize("said", ["#N/A", "#N/A，已核实", "=1+1", "<&>", "长" * 300])
def test_explanations_go_with_the_pattern(said):
    """Some are taken for an error value by XlsxWriter, and all of them make a row higher or not."""
    query = next(rule.id for rule in Outline.of(Filing(FORM, BUREAU, 2023)).filing.rules if rule.id in FORM.queries)
    plates = Plates()
    for n in range(3):
        told = Filing(FORM, Agency(f"{n}", f"第{n}局", "city"), 2023, explanations={query: said})
        assert plates.write(told) == write_filing(told)


def test_the_order_of_filings_makes_no_difference():
    said = [
        Filing(FORM, Agency(f"{n}", name, "city"), 2023) for n, name in enumerate(("甲", "#N/A", "封面", "乙", "丙"))
    ]
    forwards, backwards = Plates(), Plates()
    there = [forwards.write(one) for one in said]
    assert there == [backwards.write(one) for one in reversed(said)][::-1]


def test_an_agency_named_as_a_printed_word_shares_its_text():
    said = Filing(FORM, Agency("1", "封面", "city"), 2023)
    with zipfile.ZipFile(io.BytesIO(Plates().write(said))) as package:
        texts = package.read("xl/sharedStrings.xml").decode()
    assert texts.count("<t>封面</t>") == 1 and front(said)[1].endswith("封面")
