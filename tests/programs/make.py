"""The files of tests/data/programs made anew: one filing, in which each program changes one figure and saves.

    PYTHONPATH=tests python tests/programs/make.py FOLDER [--base FILE] [PROGRAM …]

Programs are libraries of PyPI (installed for this Python: openpyxl, pandas, wolfxl, excelize, aspose-cells-python, Spire.XLS,
xlsxwriter, pyexcelerate), of npm (found by NODE_PATH: exceljs, xlsx, xlsx-js-style, xlsx-populate), LibreOffice and Gnumeric.
One that is not here is said to be so. With ``--base`` the filing is not written anew, so that a Python without xltools can run it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SHEET, CELL, FIGURE = "三、依申请公开", "D8", 13
HERE = Path(__file__).parent
Program = Callable[[Path, Path], None]


def base(path: Path) -> None:
    """The filing: it breaks no rule until the figure is changed."""
    from making import filing

    from xltools.workbook.write import write_filing

    figures = {
        "requests.new.natural": 12, "requests.new.business": 3, "requests.carried_in.natural": 2,
        "requests.granted.natural": 9, "requests.granted.business": 3, "requests.partial.natural": 1,
        "requests.denied.third_party.natural": 1, "requests.carried_out.natural": 3, "disclosure.licensing.decisions": 345,
        "disclosure.fees.amount": 25_100_000,
    }  # fmt: skip
    path.write_bytes(write_filing(filing(figures)))


def with_openpyxl(source: Path, out: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(source)
    book[SHEET][CELL].value = FIGURE
    book.save(out)


def with_pandas(source: Path, out: Path) -> None:
    import pandas

    shutil.copy(source, out)
    row, column = 7, 3
    with pandas.ExcelWriter(out, mode="a", engine="openpyxl", if_sheet_exists="overlay") as writer:
        frame = pandas.DataFrame([[FIGURE]])
        frame.to_excel(writer, sheet_name=SHEET, header=False, index=False, startrow=row, startcol=column)


def with_wolfxl(source: Path, out: Path) -> None:
    import wolfxl

    book = wolfxl.load_workbook(str(source), modify=True)
    book[SHEET][CELL].value = FIGURE
    book.save(str(out))


def with_excelize(source: Path, out: Path) -> None:
    import excelize

    book = excelize.open_file(str(source))
    book.set_cell_value(SHEET, CELL, FIGURE)
    book.save_as(str(out))


def with_aspose(source: Path, out: Path) -> None:
    from aspose.cells import Workbook

    book = Workbook(str(source))
    book.worksheets.get(SHEET).cells.get(CELL).put_value(FIGURE)
    book.save(str(out))


def with_spire(source: Path, out: Path) -> None:
    from spire.xls import ExcelVersion, Workbook

    book = Workbook()
    book.LoadFromFile(str(source))
    book.Worksheets[SHEET].Range[CELL].NumberValue = FIGURE
    book.SaveToFile(str(out), ExcelVersion.Version2016)


def with_xlsxwriter(source: Path, out: Path) -> None:
    """Formulas, values and properties written anew, as scripts do that copy a form: looks and input rules are lost."""
    import openpyxl
    import xlsxwriter

    formulas, values = openpyxl.load_workbook(source), openpyxl.load_workbook(source, data_only=True)
    book = xlsxwriter.Workbook(out)
    for known in formulas.custom_doc_props.props:
        book.set_custom_property(known.name, str(known.value))
    for sheet in formulas:
        there = book.add_worksheet(sheet.title)
        there.protect()
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            value = FIGURE if (sheet.title, cell.coordinate) == (SHEET, CELL) else cell.value
            at = cell.row - 1, cell.column - 1
            if cell.data_type == "f":
                there.write_formula(*at, cell.value, None, values[sheet.title][cell.coordinate].value or "")
            elif isinstance(value, str):
                there.write_string(*at, value)
            else:
                there.write(*at, value)
    book.close()


def with_pyexcelerate(source: Path, out: Path) -> None:
    """Values alone: formulas, looks and properties are lost."""
    import openpyxl
    from pyexcelerate import Workbook

    book = Workbook()
    for sheet in openpyxl.load_workbook(source, data_only=True):
        rows = [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
        if sheet.title == SHEET:
            rows[7][3] = FIGURE
        book.new_sheet(sheet.title, data=rows)
    book.save(str(out))


def _node(library: str) -> Program:
    def change(source: Path, out: Path) -> None:
        _run("node", HERE / "change.js", library, SHEET, CELL, FIGURE, source, out)

    return change


def with_gnumeric(source: Path, out: Path) -> None:
    changed = out.with_name(f"changed_{out.name}.xlsx")
    with_openpyxl(source, changed)
    kind = {".xlsx": "Gnumeric_Excel:xlsx", ".xls": "Gnumeric_Excel:excel_biff8", ".ods": "Gnumeric_OpenCalc:odf"}[
        out.suffix
    ]
    _run("ssconvert", "--recalc", "-T", kind, changed, out)
    changed.unlink()


def with_libreoffice(source: Path, out: Path) -> None:
    changed = out.with_name(f"changed_{out.stem}.xlsx")
    with_openpyxl(source, changed)
    folder = out.parent / "libreoffice"
    _run("soffice", "--headless", "--convert-to", out.suffix[1:], "--outdir", folder, changed)
    shutil.move(folder / f"{changed.stem}{out.suffix}", out)
    folder.rmdir()
    changed.unlink()


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=180)


PROGRAMS: dict[str, Program] = {
    "openpyxl.xlsx": with_openpyxl, "pandas.xlsx": with_pandas, "wolfxl.xlsx": with_wolfxl, "excelize.xlsx": with_excelize,
    "aspose.xlsx": with_aspose, "spire.xlsx": with_spire, "xlsxwriter.xlsx": with_xlsxwriter,
    "pyexcelerate.xlsx": with_pyexcelerate, "exceljs.xlsx": _node("exceljs"), "sheetjs.xlsx": _node("xlsx"),
    "sheetjs.ods": _node("xlsx"), "sheetjs.xls": _node("xlsx"), "xlsx-js-style.xlsx": _node("xlsx-js-style"),
    "xlsx-populate.xlsx": _node("xlsx-populate"), "gnumeric.xlsx": with_gnumeric, "gnumeric.xls": with_gnumeric,
    "gnumeric.ods": with_gnumeric, "libreoffice.xlsx": with_libreoffice, "libreoffice.xls": with_libreoffice,
    "libreoffice.ods": with_libreoffice,
}  # fmt: skip
"""The files, and what makes each."""


def main() -> None:
    words = sys.argv[1:]
    given = Path(words[words.index("--base") + 1]) if "--base" in words else None
    folder, *names = [word for word in words if word != "--base" and word != str(given)]
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    source = given or out / "base.xlsx"
    if given is None:
        base(source)
    for name in names or PROGRAMS:
        try:
            PROGRAMS[name](source, out / name)
            print(f"{name}: {(out / name).stat().st_size} bytes")
        except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as problem:
            print(f"{name}: not made ({type(problem).__name__}: {str(problem)[:80]})")


if __name__ == "__main__":
    main()
