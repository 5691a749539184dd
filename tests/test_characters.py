"""Halves of characters are made whole where they enter; what would steer a screen is shown on it, and never obeyed."""

import io
import json
import os
import unicodedata

import docx
import pytest
from making import AGENCIES, BUREAU, ROSTER, altered, cell_of, checked, filing, opened, patched, run, save
from xlsxwriter.worksheet import Worksheet

from xltools.characters import escaped, visible, whole
from xltools.editions import load_form
from xltools.ingest.pdf import read_pdf
from xltools.inputs import read_json
from xltools.ooxml.streamed import PressedSheet
from xltools.ooxml.worksheet import unescaped
from xltools.workbook.write import write_filing

FORM = load_form("2021")
SHEET, CELL = cell_of(FORM, "requests.new.natural")

HALVES = [
    ("\ud83d\ude00", "\U0001f600"),
    ("\ud83d", "\ufffd"),
    ("\ude00", "\ufffd"),
    ("\ude00\ud83d", "\ufffd\ufffd"),
    ("\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
    ("甲\ud83d乙", "甲\ufffd乙"),
    ("\ud840\udc00\udbff\udfff", "\U00020000\U0010ffff"),
    ("名\udcff.xlsx", "名\ufffd.xlsx"),
    ("没有半个", "没有半个"),
]


@pytest.mark.parametrize(("text", "right"), HALVES, ids=ascii)
def test_halves_are_joined_or_replaced(text, right):
    assert whole(text) == visible(text) == right
    whole(text).encode()


@pytest.mark.parametrize(("stored", "read"), [
    ("_xD83D__xDE00_", "\U0001f600"), ("12_xD83D_5", "12\ufffd5"), ("_xde00_", "\ufffd"), ("_xD83D__x0041_", "\ufffdA"),
    ("_xD840__xDC0B_", "\U0002000b"), ("_x005F_xD83D_", "_xD83D_"), ("_x000D_", "\r"), ("_xD83D", "_xD83D"),
])  # fmt: skip
def test_escapes_of_a_workbook(stored, read):
    assert unescaped(stored) == read


def test_what_is_written_without_a_look_needs_no_escape():
    """``PressedSheet`` asks XlsxWriter only about attributes that are not letters and digits alone."""
    every = "".join(filter(str.isalnum, map(chr, range(0x110000))))
    assert len(every) > 100_000
    sheet = Worksheet()
    assert sheet._escape_attributes(sheet._escape_control_characters(every)) == every
    assert PressedSheet()._escape_attributes('甲<\x01"_x0041_') == "甲&lt;_x0001_&quot;_x005F_x0041_"


@pytest.mark.parametrize("typed", ["_xD83D_5", "12_xDE00_", "_xDBFF_", "_xD83D__xDE00_", "3_xDFFF__xD800_"])
def test_half_a_character_in_a_figures_cell_is_a_finding_as_any_other_text(typed):
    received = checked(altered(write_filing(filing()), SHEET, {CELL: typed}))
    [found] = [f for f in received.findings if f.cell == CELL]
    assert found.code == "cell-not-number" and unescaped(typed) in found.message and not received.accepted
    found.message.encode()


@pytest.mark.parametrize(
    "text", ["总体良好_xD83D__xDE00_", "断了_xD83D_", "_xDC00_开头", "两_xD800__xD800_个", "_xDFFF_"]
)
def test_every_output_of_a_filing_with_one(tmp_path, text):
    received = write_filing(filing({"requests.new.natural": 1}))
    path = save(tmp_path / "回收" / "表.xlsx", altered(received, "一、总体情况", {"A5": text}))
    said = json.loads(run("export", path).stdout)
    assert unescaped(text) in said["texts"]["overview"]
    for name in ("出.docx", "出.html"):
        assert run("report", path, "-o", tmp_path / name).returncode == 1
    assert unescaped(text) in (tmp_path / "出.html").read_text("utf-8")
    assert run("export", path, "--format", "xlsx", "-o", tmp_path / "出.xlsx").returncode in (0, 1)
    assert unescaped(text) in {
        c.value for row in opened((tmp_path / "出.xlsx").read_bytes())["一、总体情况"] for c in row
    }
    assert run("check", tmp_path / "回收", "--slips", tmp_path / "退").returncode == 1
    assert len(list((tmp_path / "退").iterdir())) == 3


def test_json_is_whole():
    assert read_json(r'{"a": ["\ud83d\ude00", "\ud83d", {"\udc00": "x"}]}') == {
        "a": ["\U0001f600", "\ufffd", {"\ufffd": "x"}]
    }


def test_values_with_halves_are_written_whole(tmp_path):
    save(tmp_path / "空白.xlsx", filing())
    values = {
        "texts": {"overview": "断了\ud83d"},
        "signoff": {"compiler": "\udc00三"},
        "values": {"requests.new.natural": "1\ud800"},
    }
    save(tmp_path / "数.json", json.dumps(values))
    assert run("fill", "空白.xlsx", "数.json", "-o", "出.xlsx", cwd=tmp_path).returncode == 0
    read = checked((tmp_path / "出.xlsx").read_bytes()).filing
    assert read.texts["overview"] == ("断了\ufffd",) and read.signoff["compiler"] == "\ufffd三"
    assert read.typed["requests.new.natural"] == "1\ufffd"


def test_document_properties_with_halves_stop_no_slips(tmp_path):
    """The record of explanations is JSON in a property: a hand may have written anything there."""
    said = filing({"requests.new.natural": 1, "disclosure.rules.effective": 1})
    stamps = r'{"\\ud83d":"0123456789abcdef.0123456789abcdef"}'  # in a replacement a backslash is two
    content = patched(write_filing(said), "docProps/custom.xml", "</Properties>",
                      '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="99" name="xltools_stamps">'
                      f"<vt:lpwstr>{stamps}</vt:lpwstr></property></Properties>")  # fmt: skip
    save(tmp_path / "回收" / "表.xlsx", content)
    done = run("check", tmp_path / "回收", "--slips", tmp_path / "退")
    assert done.returncode == 1 and "维护人员" not in done.stdout and len(list((tmp_path / "退").iterdir())) == 3


def test_rosters_and_names_of_files(tmp_path):
    name = os.fsdecode(b"\xff\xfe1101.xlsx")
    try:
        save(tmp_path / "回收" / name, filing({"requests.new.natural": 1}))
    except OSError:
        pytest.skip("file names are whole here")
    save(tmp_path / "名录.csv", ROSTER)
    for agency in AGENCIES[1:]:
        save(tmp_path / "回收" / f"{agency.code}.xlsx", filing(agency=agency))
    done = run("check", "回收", "--roster", "名录.csv", "--slips", "退", cwd=tmp_path)
    assert done.returncode == 1 and "维护人员" not in done.stdout and len(list((tmp_path / "退").iterdir())) == 3
    done = run("merge", "回收", "--roster", "名录.csv", "-o", "汇.xlsx", "--json", cwd=tmp_path)
    assert done.returncode == 1 and json.loads(done.stdout)["summary"]["accepted"] == 3
    done.stdout.encode()


# ── the screen ───────────────────────────────────────────────────────────────

ORDERS = ("\x1b[2J", "\x1b]0;x\x07", "\x9b2J", "\u202e12", "\u2066x", "\x08\x08", "\r✓", "a\n✓ 12 份通过", "\x7f", "\u200f",
          "\u2028x", "\U000e0041", "\ufeff", "\x85")  # fmt: skip


def steers(text):
    """Whether anything of it is no character that stands for itself; ends of lines are the program's own."""
    return [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize("order", ORDERS, ids=ascii)
def test_visible_is_one_line_without_orders(order):
    assert not steers(visible(f"甲{order}乙")) and "\n" not in visible(order)
    assert visible(f"甲{order}乙").startswith("甲") and visible(f"甲{order}乙").endswith("乙")
    assert json.loads(escaped(json.dumps(order, ensure_ascii=False))) == order
    assert not steers(escaped(json.dumps(order, ensure_ascii=False)))


def test_every_such_character_is_known():
    wild = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert len(wild) > 2000 and not steers(visible("".join(wild)))


def test_ordinary_text_stays_as_it_is():
    text = "政府信息公开　“一、总体情况”A5：1,234.5 万元，é ü ñ 𠮷 😀 ①²½ ―·"
    assert visible(text) == whole(text) == text and escaped(json.dumps(text, ensure_ascii=False)) == json.dumps(
        text, ensure_ascii=False
    )


@pytest.mark.parametrize("order", ORDERS, ids=ascii)
@pytest.mark.parametrize("arguments", [
    ("check", "回收", "--roster", "名录.csv"), ("check", "回收", "--json"), ("export", "回收/表.xlsx"),
    ("export", "回收/表.xlsx", "--format", "csv"), ("merge", "回收", "--roster", "名录.csv", "-o", "汇.xlsx"),
    ("check", "回收", "--slips", "退"),
], ids=lambda arguments: " ".join(arguments))  # fmt: skip
def test_no_order_of_a_filing_reaches_the_terminal(tmp_path, order, arguments):
    save(tmp_path / "名录.csv", ROSTER)
    save(tmp_path / "回收" / "表.xlsx", spoofed(order))
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode in (0, 1) and not steers(done.stdout + done.stderr), ascii(steers(done.stdout + done.stderr))
    assert [line for line in done.stdout.splitlines() if "12 份通过" in line[:12]] == []
    for path in tmp_path.glob("退/*"):
        if path.suffix == ".docx":
            paper = docx.Document(io.BytesIO(path.read_bytes()))
            words = [p.text for p in paper.paragraphs] + [
                c.text for t in paper.tables for row in t.rows for c in row.cells
            ]
        elif path.suffix == ".txt":
            words = path.read_text("utf-8").splitlines()
        else:
            continue
        assert words and not [w for w in words if steers(w)]


def spoofed(order):
    """A filing whose clerk would rather have the screen say something else: in a figure, in its own name, in an explanation."""
    typed = "".join(f"_x{ord(c):04X}_" if ord(c) < 0x10000 else c for c in f"5{order}")
    content = altered(write_filing(filing()), SHEET, {CELL: typed})
    clean = "".join(c for c in order if c in "\t\n\r" or c >= " ")  # what XML can hold
    return patched(
        content, "docProps/custom.xml", r'(name="xltools_name">\s*<vt:lpwstr>)[^<]*', rf"\g<1>{BUREAU.name}{clean}"
    )


@pytest.mark.parametrize("arguments", [
    ("check", "没有\x1b[2J.xlsx"), ("export", "没有\u202e.xlsx"), ("check", "--roster", "没有\x9b.csv", "."),
    ("\x1b]0;x\x07",), ("check", "--\x1b[2J"), ("forms", "show", "\x1b[2J"), ("import", "没\n有.txt", "-o", "x.xlsx"),
    ("report", "没有\x07.xlsx", "-o", "x.docx"), ("blank", "--year", "2023", "--name", "甲\x1b", "--code", "1", "--level", "county"),
], ids=ascii)  # fmt: skip
def test_no_order_of_an_argument_comes_back(tmp_path, arguments):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and not steers(done.stderr)


def test_a_pdf_may_hold_halves(monkeypatch):
    """The process that reads it hands over JSON."""
    lines = json.dumps({"lines": [["第 1 页", 0, [["断\ud83d了", 0, 1]]]]}).encode()
    monkeypatch.setattr("subprocess.run", lambda *_, **__: type("Done", (), {"stdout": lines}))
    pytest.importorskip("pdfplumber")
    assert read_pdf(b"%PDF").lines[0].cells[0].text == "断\ufffd了"


# ── texts no cell can hold ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["长" * 32_768, "😀" * 16_384, "a" * 100_000, "长" * 32_766 + "😀", "9" * 40_000], ids=len
)
@pytest.mark.parametrize("spot", [(SHEET, CELL), ("一、总体情况", "A5"), ("封面", "C13")], ids=" ".join)
def test_a_text_longer_than_a_cell_is_refused_by_its_reader(text, spot):
    """Excel would cut it, and no copy, summary or report could be written with it."""
    sheet, cell = spot
    [found] = checked(altered(write_filing(filing()), sheet, {cell: text})).findings
    assert found.code == "file-unsafe" and "32767" in found.message


@pytest.mark.parametrize("text", ["长" * 32_767, "😀" * 16_383])
def test_a_text_that_fills_a_cell_is_read(tmp_path, text):
    path = save(tmp_path / "回收" / "表.xlsx", altered(write_filing(filing()), SHEET, {CELL: text}))
    for command in (("check", path, "--slips", tmp_path / "退"), ("export", path, "--format", "xlsx", "-o", tmp_path / "出.xlsx"),
                    ("merge", path, "--roster", save(tmp_path / "名录.csv", ROSTER), "-o", tmp_path / "汇.xlsx")):  # fmt: skip
        done = run(*command)
        assert done.returncode == 1 and "程序" not in done.stdout + done.stderr


@pytest.mark.parametrize("length", [101, 255, 5_000, 32_767, 100_000])
@pytest.mark.parametrize("name", ["xltools_name", "xltools_code"])
def test_a_name_without_end_is_nobodys(tmp_path, name, length):
    content = patched(
        write_filing(filing()), "docProps/custom.xml", rf'(name="{name}">\s*<vt:lpwstr>)[^<]*', rf"\g<1>{'长' * length}"
    )
    path = save(tmp_path / "回收" / "表.xlsx", content)
    assert [f.code for f in checked(content).findings] == ["form-foreign"]
    for command in (("export", path, "--format", "xlsx", "-o", tmp_path / "出.xlsx"), ("report", path, "-o", tmp_path / "出.docx"),
                    ("check", path, "--slips", tmp_path / "退")):  # fmt: skip
        done = run(*command)
        assert done.returncode == 1 and "程序" not in done.stdout + done.stderr
