"""Small things the tests share: filings, their files, altered copies of those, the command line."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from lxml import etree

from xltools.cli import main
from xltools.collection.check import check_file
from xltools.editions import edition_for, load_form
from xltools.editions.definition import read_definition
from xltools.editions.source import Definition
from xltools.form.layout import layout_of
from xltools.form.model import Agency, Filing, Scope
from xltools.received.file import Received
from xltools.received.whereabouts import Whereabouts
from xltools.rules import judge
from xltools.rules.relation import Relation
from xltools.rules.signoff import Signoff
from xltools.workbook.write import write_filing

BUREAU = Agency("1101", "示例县数据局", "department")

SHEET = """
id = "small"
title = "小表"
years = { from = 2000 }
basis = "测试"
[[section]]
id = "s"
sheet = "一、小表"
title = "一、小表"
"""
"""What a form begins with, its one sheet without tables."""

SIGNED = """[signoff]
id = "cover.signoff"
severity = "query"
names = ["compiler"]
date = "date"
basis = "测试"
remedy = "填上"
"""
"""How it is signed, to stand at its end."""

SMALL = (
    SHEET
    + """[[section.table]]
columns = [
    { id = "a", label = "甲数" }, { id = "b", label = "乙数" }, { id = "sum", label = "合计", sum = ["a", "b"] },
]
rows = [{ id = "x", label = "天字" }, { id = "y", label = "地字" }]
[[section.table]]
columns = [{ id = "m", label = "金额", type = "money", unit = "万元" }, { id = "n", label = "收入", type = "money" }]
rows = [{ id = "z", label = "钱" }]
[[section.table]]
columns = [{ id = "d", label = "增减", type = "signed" }]
rows = [{ id = "w", label = "变化" }]
"""
    + SIGNED
)
"""A form with a cell of every type: s.x.a s.x.b s.y.a s.y.b, their sums, s.z.m, s.z.n, s.w.d."""


def relation(left, right, holds="left = right", id="s.rule", severity="error", **more):
    """A relation as TOML, to stand below SMALL."""
    keys = {
        "id": id,
        "severity": severity,
        "left": left,
        "right": right,
        "holds": holds,
        "basis": "测试",
        "remedy": "改",
    }
    return "[[relation]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in {**keys, **more}.items())


def _toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def form_of(text):
    """The form that a definition's TOML gives."""
    return read_definition(Definition("small.toml", tomllib.loads(text)))


def relations_at(form, level, last=frozenset()):
    """The relations of a form that apply to a filing of a level."""
    return [rule for rule in form.at(Scope(level, "filing", frozenset(last))) if isinstance(rule, Relation)]


def listed_relations(form, level, last=frozenset()):
    """Those that 校验 lists."""
    return [rule for rule in relations_at(form, level, last) if rule.shows]


def signoff_of(form):
    """The rule that a form is signed."""
    return form.rules_of(Signoff)[0]


# ── filings and their files ──────────────────────────────────────────────────


def texts_of(form):
    """Something written in every text part."""
    return {s.id: ("写了一段。", "又写了一段。") for s in form.text_sections}


def signoff_in(year):
    """A sign-off of the January after a report year."""
    return {"compiler": "张三", "reviewer": "李四", "head": "王五", "date": f"{year + 1}-01-15", "phone": "010-1234"}


def signed(summary):
    """A summary with the area's own part: texts, and a sign-off."""
    said = summary.filing
    summary.filing = replace(said, texts=texts_of(said.form), signoff=signoff_in(said.year))
    return summary


def filing(figures=None, *, year=2023, agency=BUREAU, supplements=(), form=None, **more):
    """A filing with nothing to complain of: all 0 but the figures given; a text among them is what was typed."""
    form = form or load_form(edition_for(year), supplements)
    given = dict.fromkeys((f.id for f in form.inputs), 0) | (figures or {})
    inputs = {name: None if isinstance(value, str) else value for name, value in given.items()}
    typed = {name: value for name, value in given.items() if isinstance(value, str)}
    facts = {"inputs": inputs, "typed": typed, "texts": texts_of(form), "signoff": signoff_in(year), **more}
    return Filing(form, agency, year, **facts)


def blank(year=2023, agency=BUREAU, supplements=()):
    """A filing with nothing in it."""
    return Filing(load_form(edition_for(year), supplements), agency, year)


def distinct(form):
    """A different figure for every input field."""
    return {f.id: n + 1 for n, f in enumerate(form.inputs)}


def written(said):
    """A filing's workbook, for tests of something else: of the same filing it is written once."""
    return _written(said.form, pickle.dumps(replace(said, form=None)))


@lru_cache(maxsize=256)
def _written(form, packed):
    return write_filing(replace(pickle.loads(packed), form=form))


def save(path, content):
    """Writes bytes, text or a filing's workbook; returns the path."""
    if isinstance(content, Filing):
        content = written(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def checked(content, name="表.xlsx") -> Received:
    """A file with this content, read and judged."""
    with TemporaryDirectory() as folder:
        return check_file(save(Path(folder) / name, content))


def told(filing):
    """What all rules say of a filing, with the places of a file as issued."""
    where = Whereabouts(filing, "表.xlsx", {}, {})
    return [where.located(found) for found in judge(filing)]


def codes(received, *severities):
    """The codes of a file's open findings, of the severities named or of all."""
    return [f.code for f in received.findings if f.open and (not severities or f.severity in severities)]


def cell_of(form, field):
    """Sheet and A1 address of a field."""
    return form.fields[field].section.sheet, layout_of(form).cell(field)


# ── altered copies ───────────────────────────────────────────────────────────

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(content):
    """The parts of a workbook file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(found):
    """A workbook file of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in found.items():
            package.writestr(name, content)
    return out.getvalue()


def sheet_part(found, sheet):
    """The part of a sheet, in a workbook that numbers its sheets in order."""
    names = re.findall(r'<sheet [^>]*?name="([^"]*)"', found["xl/workbook.xml"].decode())
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def patched(content, part, pattern, replacement):
    """The file with one place of one part replaced; the place must be there."""
    found = parts(content)
    text, times = re.subn(pattern, replacement, found[part].decode(), count=1, flags=re.DOTALL)
    assert times == 1, f"{part} has no {pattern}"
    return packed({**found, part: text.encode()})


def altered(content, sheet, cells):
    """The file with cells changed in the sheet's own XML, and nothing else: no formula is recalculated.

    A number, a text, None for nothing, or a pair of formula and stored value (None where none is stored).
    """
    found = parts(content)
    part = sheet_part(found, sheet)
    root = etree.fromstring(found[part])
    there = {c.get("r"): c for c in root.iter(f"{_NS}c")}
    for address, value in cells.items():
        _set(there[address], value)
    return packed({**found, part: etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)})


def _set(cell, value):
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, tuple):
        formula, value = value
        etree.SubElement(cell, f"{_NS}f").text = formula
    if isinstance(value, bool):
        cell.set("t", "b")
        value = int(value)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{_NS}is"), f"{_NS}t").text = value
    elif value is not None:
        etree.SubElement(cell, f"{_NS}v").text = str(value)


def resaved(content, change=lambda book: None):
    """The file as another program (openpyxl) saves it, changed on the way."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def saved_at(content, time):
    """The file as another program saved it, at a time that its own record tells."""
    return patched(resaved(content), "docProps/core.xml", r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{time}")


def opened(content, **how):
    """The file as openpyxl sees it."""
    return openpyxl.load_workbook(io.BytesIO(content), **how)


# ── rosters and the command line ─────────────────────────────────────────────

ROSTER = """单位代码,单位名称,层级,上级代码,联系人,电话
11,示例县,县（市、区）,,,
1101,示例县数据局,部门,11,张三,010-1
1102,示例县教育局,部门,11,,
1103,东镇,乡镇（街道）,11,,
1104,西街道,乡镇,11,,
"""
COUNTY = Agency("11", "示例县", "county")
AGENCIES = (
    BUREAU,
    Agency("1102", "示例县教育局", "department"),
    Agency("1103", "东镇", "township"),
    Agency("1104", "西街道", "township"),
)
"""Those on ROSTER that file."""


def run(*arguments, cwd=None):
    """The command line, run here: what it prints, and the status it ends with."""
    words, old = list(map(str, arguments)), (sys.argv, sys.stdout, sys.stderr, Path.cwd())
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2)]
    sys.argv, (sys.stdout, sys.stderr) = ["xltools", *words], streams
    os.chdir(cwd or old[3])
    try:
        main()
        status = 0
    except SystemExit as ended:
        status = ended.code or 0
    finally:
        sys.argv, sys.stdout, sys.stderr = old[:3]
        os.chdir(old[3])
    for stream in streams:
        stream.flush()
    said = [stream.buffer.getvalue().decode("utf-8") for stream in streams]
    return subprocess.CompletedProcess(words, status, *said)


def run_process(*arguments, cwd=None, stdout=subprocess.PIPE, **environment):
    """The command line in a process of its own, as users start it."""
    command = [sys.executable, "-m", "xltools", *map(str, arguments)]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    pipes = {"stdout": stdout, "stderr": subprocess.PIPE}
    return subprocess.run(command, cwd=cwd, env=env, **pipes, encoding="utf-8", timeout=120)


def own_rows(home):
    """Puts an office's own agencies in the place of the example rows that ``init`` wrote; everything else in the workbook stays."""
    book = openpyxl.load_workbook(home / "名录.xlsx")
    names = book.worksheets[0]
    for row in names.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str) and "（" in cell.value and cell.column == 2:
                cell.value = cell.value.partition("（")[0]
    book.save(home / "名录.xlsx")


def run_json(*arguments, status=0, cwd=None):
    """What a command prints as JSON."""
    done = run(*arguments, cwd=cwd)
    assert done.returncode == status, (done.stderr or done.stdout)[:400]
    return json.loads(done.stdout)
