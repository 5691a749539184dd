"""Workbooks printed from a plate are, to the byte, those that XlsxWriter would have written."""

import io
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import AGENCIES, BUREAU, distinct, filing, opened

from xltools.collection.issuing import blanks
from xltools.collection.previous import Previous
from xltools.editions import load_form
from xltools.figures import SCALE
from xltools.form.layout import layout_of
from xltools.form.model import Agency, Filing
from xltools.terms import LEVELS
from xltools.workbook.cached import Shown
from xltools.workbook.copies import CallTrace, Plates
from xltools.workbook.outline import Outline
from xltools.workbook.write import front, write_filing

FORMS = [(2023, load_form("2021")), (2020, load_form("2019", ("jilin-2020",)))]
PRINTED = sorted(
    {label.text for sheet in layout_of(FORMS[0][1]).tables.values() for label in sheet.labels if label.text}
)
"""Words that stand on the sheets already: XlsxWriter stores equal texts once."""

ODD = ["&<>\"'", "=1+1", " 甲 ", "\n甲\t", "123", "2023", "否", "0", "#N/A", "<r>甲</r>", "<r><t>&</r>", "_x000D_", "\x0b",
       "😀" * 40, "长" * 100, "长" * 300, "甲\ue0000\ue001", "\ue000", "\uffff", "封面", "TRUE", "￾"]  # fmt: skip
words = st.one_of(
    st.sampled_from(ODD), st.sampled_from(PRINTED), st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
)
thorough = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def long_properties_are_only_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


@pytest.fixture(scope="module")
def plates():
    """One and the same for all the examples: so that most find a plate, whatever was printed from it before."""
    return Plates()


@thorough
@given(st.sampled_from(FORMS), words, words, st.booleans(), st.sampled_from(list(LEVELS)))
def test_blanks_of_any_agency(plates, which, name, code, same, level):
    year, form = which
    blank = Filing(form, Agency(name if same else code, name, level), year)
    assert plates.write(blank) == write_filing(blank)


figures = st.one_of(st.none(), st.integers(0, 10**12), st.integers(-9, 9), st.fractions(), words)


@thorough
@given(st.data())
def test_filings_with_any_figures_and_words(plates, data):
    year, form = data.draw(st.sampled_from(FORMS))
    fields = data.draw(st.lists(st.sampled_from([f.id for f in form.inputs]), max_size=6))
    said = filing(
        {name: data.draw(figures) for name in fields},
        form=form,
        year=year,
        agency=Agency(data.draw(words), data.draw(words), "county"),
        texts={s.id: tuple(data.draw(st.lists(words, max_size=3))) for s in form.text_sections},
        signoff={"compiler": data.draw(words), "date": "2024-01-15"},
        explanations={"disclosure.fees.unit": data.draw(words)},
        declared_zero=frozenset(data.draw(st.sampled_from([(), ("requests",)]))),
    )
    assert plates.write(said) == write_filing(said)


@thorough
@given(st.lists(st.integers(0, 300), min_size=8, max_size=8), words, st.booleans())
def test_blanks_that_carry_last_year(plates, numbers, source, lock):
    form = FORMS[0][1]
    last = {f.id: numbers[n % 8] * SCALE[f.type] for n, f in enumerate(form.inputs)}
    carried = {name: last[name.replace("carried_in", "carried_out")] for name in last if "carried_in" in name}
    said = Filing(form, BUREAU, 2023, inputs=carried, carried=frozenset(carried if lock else ())).follow(last, source)
    assert plates.write(said) == write_filing(said)


# ── plates are really used, and only where they fit ──────────────────────────


class Counted(Plates):
    """Counts how often XlsxWriter is asked."""

    def __init__(self):
        super().__init__()
        self.made = []

    def write(self, filing):
        before = dict(self._kept)
        content = super().write(filing)
        self.made += [key for key in self._kept if key not in before]
        return content


def test_agencies_of_a_level_share_a_plate():
    plates, form = Counted(), FORMS[0][1]
    for n in range(5):
        for level in ("township", "city"):
            plates.write(Filing(form, Agency(f"0{n}", f"第{n}局", level), 2023))
    assert len(plates.made) == 2


def test_last_years_figures_need_no_plate_of_their_own():
    plates, form = Counted(), FORMS[0][1]
    for agency in AGENCIES[2:]:
        before = filing(distinct(form) | {"requests.carried_out.natural": len(agency.name)}, year=2022, agency=agency)
        previous = Previous({(2022, agency.code): before})
        assert plates.write(previous.blank(form, agency, 2023)) == write_filing(previous.blank(form, agency, 2023))
    assert len(plates.made) == 1


def test_no_more_plates_are_kept_than_there_is_room_for():
    plates, form = Plates(), FORMS[0][1]
    for n in range(20):
        said = filing({}, form=form, texts={"overview": ("段",) * n})
        assert plates.write(said) == write_filing(said)
    assert len(plates._kept) == 12


def test_a_trace_replayed_with_its_own_values_is_the_book():
    said = filing(distinct(FORMS[0][1]))
    properties, title, year = front(said)
    trace = CallTrace(Outline.of(said))
    values, _ = trace.worked_out(Shown(said), (title, *properties.values()))
    assert trace.book(values, properties, year).bytes() == write_filing(said)


def test_what_xlsxwriter_refuses_is_refused_from_a_plate_too():
    form = FORMS[0][1]
    plates = Plates()
    plates.write(Filing(form, BUREAU, 2023))
    with pytest.raises(ValueError, match="refused"):
        plates.write(Filing(form, Agency("1", "长" * 40_000, "department"), 2023))


# ── the blanks of a roster ───────────────────────────────────────────────────


def test_blanks_are_made_when_asked_for():
    made = blanks(AGENCIES, 2023)
    assert [str(path) for path in made] == [f"2023_{a.code}_{a.name}.xlsx" for a in AGENCIES]
    for agency, content in zip(AGENCIES, made.values(), strict=True):
        assert content == write_filing(Filing(load_form("2021"), agency, 2023))


def test_a_printed_package_is_whole():
    for content in blanks(AGENCIES, 2023).values():
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            assert package.testzip() is None
        assert opened(content).sheetnames[0] == "填报说明"
